"""The prescriber's assessment of a patient, and what it allows."""
