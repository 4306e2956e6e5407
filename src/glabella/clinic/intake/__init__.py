"""What the patient says of their health before a treatment, and what a member makes of it."""
