"""Who works at the clinic and what each may do."""
