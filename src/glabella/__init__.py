"""Glabella plans, charts and follows botulinum toxin treatment."""

__version__ = "0.1.0"
