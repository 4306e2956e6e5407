"""Filters for the clinic's templates."""
