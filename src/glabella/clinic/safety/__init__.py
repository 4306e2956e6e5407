"""What went wrong after a treatment, what was done about it, and who was told."""
