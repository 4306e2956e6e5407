"""What the patient was told, asked and agreed to, in steps."""
