"""What was seen after a treatment, beside what was forecast."""
