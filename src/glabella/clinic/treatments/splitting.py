"""Typed units split over the points of an area in steps that a syringe can give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from glabella.plan import Dose
from glabella.units import Units

SLACK = 1e-6


def in_steps(doses: Sequence[Dose], *, total: float, step: float) -> list[Dose]:
    """Doses of about the same size that add up to `total`, both sides of a site always alike.

    Each point gets whole steps. What is left goes to the sites that were rounded down most; less
    than a step on each side of a site is shared by the points of the first one.
    """
    sites: dict[str, list[int]] = {}
    for index, dose in enumerate(doses):
        sites.setdefault(dose.site, []).append(index)
    steps = {site: doses[rows[0]].units.amount / step for site, rows in sites.items()}
    whole = {site: int(wanted + SLACK) for site, wanted in steps.items()}
    left = total - step * sum(whole[site] * len(rows) for site, rows in sites.items())
    for site in sorted(sites, key=lambda site: whole[site] - steps[site]):
        if left + SLACK >= step * len(sites[site]):
            whole[site] += 1
            left -= step * len(sites[site])
    first = next(iter(sites))
    extra = {site: left / len(sites[first]) if site == first else 0.0 for site in sites}
    return [
        replace(dose, units=Units(step * whole[dose.site] + extra[dose.site], dose.units.product))
        for dose in doses
    ]
