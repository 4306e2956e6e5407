"""A second pair of eyes on what was signed."""
