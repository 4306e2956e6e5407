"""The clinic: a Django site around the plan, with stock, signatures and reviews."""
