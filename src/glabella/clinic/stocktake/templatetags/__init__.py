"""Filters of the stock counts."""
