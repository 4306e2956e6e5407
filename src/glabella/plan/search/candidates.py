"""Where a plan may put its points: known sites, and a grid in the safe part of their muscles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from glabella import facts
from glabella.face.frame import BothSides, Face, Side
from glabella.face.muscles import contains, muscle_at, outline
from glabella.face.sites import place_site, sides_of
from glabella.facts.anatomy import Depth
from glabella.plan.geometry_rules import geometry_findings
from glabella.plan.place import Dose
from glabella.units import Units

# Points of the grid lie this far apart, and keep half as far from the sites that have a name.
GRID_MM = 11.0
# A sheet as wide as the platysma needs no finer grid than its elements.
WIDE_GRID_MM = 20.0
WIDE = {"platysma"}
# What a rule says of the pattern as a whole is no word on one point of it.
OF_THE_PATTERN = {"lateral-frontalis-alone"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place for a point; on a paired one there is the same place on the other side.

    `x_mm` is the distance from the midline; `site` is empty on the grid. One is `warned` of where
    a rule of place has something to say, short of forbidding it.
    """

    area: str
    muscle: str
    site: str
    x_mm: float
    y_mm: float
    depth: Depth
    sides: tuple[Side, ...]
    name: str
    warned: bool = False

    def __hash__(self) -> int:
        # A search looks places up a hundred thousand times; where they are tells them apart.
        return hash((self.x_mm, self.y_mm))

    def on(self, side: Side, units: Units) -> Dose:
        """A dose at this place on one of its sides; its volume is not known yet."""
        return Dose(
            units=units,
            x_mm=self.x_mm,
            y_mm=self.y_mm,
            side=side,
            depth=self.depth,
            volume_ml=0.0,
            area=self.area,
            muscle=self.muscle,
            site=self.site,
            where=f"{self.area}: {self.name}, {side}",
        )


def candidates(
    face: Face, areas: tuple[str, ...], product: str, spare: frozenset[str] = frozenset()
) -> tuple[Candidate, ...]:
    """Places of the areas that may be treated, in muscles that are not spared."""
    return tuple(
        one
        for area in areas
        if area not in spare
        for one in _of_area(face, area, product)
        if one.muscle not in spare
    )


@lru_cache(maxsize=256)
def _of_area(face: Face, area: str, product: str) -> tuple[Candidate, ...]:
    named = tuple(
        replace(one, warned=_told(face, one, product, "warn"))
        for one in _named(face, area)
        if not _told(face, one, product, "stop")
    )
    gap = (WIDE_GRID_MM if area in WIDE else GRID_MM) * face.scale
    low = min((one.y_mm for one in named), default=-np.inf)
    return named + tuple(
        one
        for one in _grid(face, area, gap)
        if all(np.hypot(one.x_mm - near.x_mm, one.y_mm - near.y_mm) >= gap / 2 for near in named)
        and (area != "lateral-canthal" or _outside_the_rim(face, one, low))
        and muscle_at(face, one.x_mm, one.y_mm, one.sides[0], one.depth) == one.muscle
        and not any(_told(face, one, product, severity) for severity in ("stop", "warn"))
    )


def _outside_the_rim(face: Face, one: Candidate, low_mm: float) -> bool:
    """Whether a place is lateral to the rim of the orbit, and no lower than the label's lowest."""
    margin = facts.load().safety.lateral_rim_margin_mm.value
    return one.x_mm >= face.lateral_canthus_mm + margin and one.y_mm >= low_mm


def _named(face: Face, area: str) -> Iterator[Candidate]:
    for site, known in facts.load().anatomy.sites.items():
        if known.area != area:
            continue
        x_mm, y_mm, depth = place_site(face, site, sides_of(site)[0])
        yield Candidate(
            area=area,
            muscle=known.muscle,
            site=site,
            x_mm=x_mm,
            y_mm=y_mm,
            depth=depth,
            sides=sides_of(site),
            name=known.name,
        )


def _grid(face: Face, area: str, gap: float) -> Iterator[Candidate]:
    known = facts.load().anatomy
    depths = {site.muscle: site.depth for site in known.sites.values() if site.area == area}
    for muscle, depth in depths.items():
        polygon = np.array(outline(face, muscle, Side.LEFT))
        paired = known.muscles[muscle].paired
        low, high = polygon.min(axis=0), polygon.max(axis=0)
        if not paired:
            low[0] = high[0] = 0.0
        across = np.arange(low[0] + gap / 2, high[0], gap) if paired else np.zeros(1)
        along = np.arange(low[1] + gap / 2, high[1], gap)
        x, y = (axis.ravel() for axis in np.meshgrid(across, along))
        inside = contains(polygon, x, y)
        for x_mm, y_mm in zip(x[inside].tolist(), y[inside].tolist(), strict=True):
            yield Candidate(
                area=area,
                muscle=muscle,
                site="",
                x_mm=round(x_mm, 1),
                y_mm=round(y_mm, 1),
                depth=depth,
                sides=BothSides if paired else (Side.MIDLINE,),
                name=f"{known.muscles[muscle].name}, {x_mm:.0f} mm out, {_height(y_mm)}",
            )


def _height(y_mm: float) -> str:
    """A height against the canthi, in words."""
    return f"{abs(y_mm):.0f} mm {'up' if y_mm >= 0 else 'down'}"


def _told(face: Face, one: Candidate, product: str, severity: str) -> bool:
    """Whether the rules of place have something of such severity to say of a point there."""
    doses = tuple(one.on(side, Units(1, product)) for side in one.sides)
    return any(
        found.severity == severity and found.code not in OF_THE_PATTERN
        for found in geometry_findings(face, doses, facts.load().safety)
    )
