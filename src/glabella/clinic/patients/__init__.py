"""The people treated at the clinic and what was measured on them."""
