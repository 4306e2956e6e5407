"""Droplets in the skin: regions, grids, mixes, and what they do."""

from glabella.plan.droplets.droplets import droplets, lay_out, muscle_losses, plan_of, skin_changes

__all__ = ["droplets", "lay_out", "muscle_losses", "plan_of", "skin_changes"]
