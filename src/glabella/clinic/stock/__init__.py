"""Vials: received, opened and diluted, drawn from, discarded."""
