"""Corrections: what a review shows, and what answers it."""
