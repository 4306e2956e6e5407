"""Counting the stock, ordering it, and what became of it by person and month."""
