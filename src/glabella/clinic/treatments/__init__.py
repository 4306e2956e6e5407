"""Treatments: charted as drafts, signed once, followed by addenda."""
