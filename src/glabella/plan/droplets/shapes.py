"""The shapes that droplets fill: named regions of this face, and outlines drawn on it."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from glabella import facts
from glabella.errors import GeometryError, InputError
from glabella.face.frame import Face
from glabella.plan.droplets.grid import ROW, Shape, area_mm2
from glabella.plan.droplets.region import DrawnOutline, Region
from glabella.plan.skin import region_outline

Corner = tuple[float, float]


def shapes_of(region: Region, face: Face, *, spacing_mm: float) -> tuple[Shape, ...]:
    """What is to be filled, named regions first.

    Raises InputError or GeometryError for an outline that cannot be meant on this face.
    """
    named = [named_shape(face, name) for name in region_names(region.regions)]
    drawn = [
        _drawn(face, outline, number, spacing_mm)
        for number, outline in enumerate(region.outlines, start=1)
    ]
    return (*named, *drawn)


def region_names(chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Regions of the skin behind the names that were chosen, each once."""
    groups = facts.load().droplets.groups
    found = [one for name in chosen for one in (groups[name].regions if name in groups else [name])]
    return tuple(dict.fromkeys(found))


def named_shape(face: Face, name: str) -> Shape:
    """A region of the skin on both sides of this face."""
    corners = tuple((float(x), float(y)) for x, y in region_outline(face, name))
    return Shape(name, facts.load().model.skin.regions[name].name, corners, mirrored=True)


def _drawn(face: Face, outline: DrawnOutline, number: int, spacing_mm: float) -> Shape:
    where = f"The outline `{outline.name}` ({number})"
    corners = outline.points_mm
    for place, (x_mm, y_mm) in enumerate(corners, start=1):
        try:
            face.require_on_face(abs(x_mm), y_mm)
        except GeometryError as error:
            raise GeometryError(f"{where}, corner {place}: {error}") from error
    if crossing := _crossing(corners):
        one, two = crossing
        raise InputError(
            f"{where} crosses itself: its edges after corner {one + 1} and after corner {two + 1} "
            "meet. Give the corners in their order around the region."
        )
    area, least = area_mm2(np.array(corners)), ROW * spacing_mm**2
    if area < least:
        raise InputError(
            f"{where} has {area:.0f} mm²: too small for one droplet at {spacing_mm:g} mm, which "
            f"has {least:.0f} mm² to itself. Draw it larger, or give a smaller `spacing_mm`."
        )
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    if outline.mirrored and left < 0 < right:
        raise InputError(
            f"{where} lies on both sides and is `mirrored`: draw one side, or leave `mirrored` out."
        )
    if outline.mirrored:
        corners = tuple((abs(x_mm), y_mm) for x_mm, y_mm in corners)
    return Shape(f"drawn-{number}", outline.name, corners, outline.mirrored)


def _crossing(corners: tuple[Corner, ...]) -> tuple[int, int] | None:
    """Two edges of an outline that meet though they are not neighbours."""
    count = len(corners)
    edges = [(corners[i], corners[(i + 1) % count]) for i in range(count)]
    for one, two in combinations(range(count), 2):
        neighbours = two - one == 1 or (one == 0 and two == count - 1)
        if not neighbours and _meet(*edges[one], *edges[two]):
            return one, two
    return None


def _meet(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    def turn(p: Corner, q: Corner, r: Corner) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return turn(a, b, c) * turn(a, b, d) <= 0 and turn(c, d, a) * turn(c, d, b) <= 0
