"""The grid of droplets: one staggered lattice over the face, the same on both sides.

All regions share the lattice, so that neighbours keep their distance also where regions meet. Of a
few places of the lattice, and of wider spacings too, the one with most droplets is taken: a closer
spacing never sets fewer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.face.frame import Face, Side
from glabella.face.muscles import contains, outline, warp
from glabella.face.sites import locate
from glabella.facts.anatomy import DangerZone
from glabella.facts.droplets import KeepOff

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Rows of a staggered lattice stand this far apart, for neighbours at distance 1.
ROW = math.sqrt(3) / 2
# Where the lowest row may begin, as a share of a row.
STARTS = (0.0, 0.25, 0.5, 0.75)
CORNERS = 24


@dataclass(frozen=True, slots=True)
class Shape:
    """A region to fill: its name and its outline (n, 2) on the left half, or wherever drawn.

    A `mirrored` one is filled on both sides.
    """

    key: str
    name: str
    outline: tuple[tuple[float, float], ...]
    mirrored: bool

    @property
    def polygon(self) -> Array:
        return np.array(self.outline, dtype=float)

    def holds(self, x_mm: Array, y_mm: Array) -> Mask:
        """Which points, x signed, lie in it."""
        return contains(self.polygon, np.abs(x_mm) if self.mirrored else x_mm, y_mm)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Where droplets lie (N,), x signed, in which shape, at what spacing; and what was left out.

    `left_out` has the places (x, y) that the lattice has inside a keep-off zone, by shape and zone.
    """

    x_mm: Array
    y_mm: Array
    shape: NDArray[np.int64]
    spacing_mm: float
    left_out: dict[tuple[int, str], tuple[tuple[float, float], ...]]


@lru_cache(maxsize=64)
def fill(
    face: Face,
    shapes: tuple[Shape, ...],
    spacing_mm: float,
    taken: tuple[tuple[float, float], ...] = (),
) -> Grid:
    """The lattice of most droplets at this spacing or a wider one, kept off the zones.

    Droplets that are there already, at the places `taken` (x signed, y), keep their distance too.
    """
    best: tuple[int, float, Array, Array] | None = None
    for wide in _spacings(spacing_mm):
        if best is not None and _most(shapes, wide) <= best[0]:
            break
        x, y, lattice = _lattices(shapes, wide)
        inside = _inside(face, shapes, x, y) & _apart(taken, x, y, spacing_mm)
        x, y, lattice = x[inside], y[inside], lattice[inside]
        counts = np.bincount(lattice[zone_at(face, x, y) < 0], minlength=1)
        most = int(np.argmax(counts))
        if best is None or counts[most] > best[0]:
            best = int(counts[most]), wide, x[lattice == most], y[lattice == most]
    assert best is not None
    return _grid(face, shapes, *best[1:])


def _grid(face: Face, shapes: Sequence[Shape], spacing_mm: float, x: Array, y: Array) -> Grid:
    order = np.lexsort((x, -y))
    x, y = x[order], y[order]
    zone, own = zone_at(face, x, y), _shape_at(shapes, x, y)
    names = list(facts.load().droplets.keep_off)
    left_out: dict[tuple[int, str], tuple[tuple[float, float], ...]] = {}
    for i in np.flatnonzero(zone >= 0):
        key = int(own[i]), names[zone[i]]
        left_out[key] = (*left_out.get(key, ()), (round(float(x[i]), 2), round(float(y[i]), 2)))
    kept = zone < 0
    return Grid(x[kept], y[kept], own[kept], spacing_mm, left_out)


def _spacings(spacing_mm: float) -> Iterator[float]:
    limits = facts.load().droplets.limits
    step, most = limits.spacing_step_mm.value, limits.most_spacing_mm.value
    for number in range(round(spacing_mm / step), round(most / step) + 1):
        yield number * step


def _most(shapes: Sequence[Shape], spacing_mm: float) -> int:
    """No more droplets than this fit at a spacing: discs around them fill the area and its rim."""
    room = 0.0
    for shape in shapes:
        around = np.roll(shape.polygon, -1, axis=0) - shape.polygon
        rim = float(np.hypot(around[:, 0], around[:, 1]).sum())
        own = area_mm2(shape.polygon) + rim * spacing_mm / 2 + np.pi * spacing_mm**2 / 4
        room += own * (2 if shape.mirrored else 1)
    return int(room / (ROW * spacing_mm**2))


def area_mm2(polygon: Array) -> float:
    """The area of a polygon (n, 2)."""
    x, y = polygon[:, 0], polygon[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def _lattices(shapes: Sequence[Shape], spacing_mm: float) -> tuple[Array, Array, NDArray[np.int64]]:
    """Places (N,) over all that the shapes cover, and which of the lattices each belongs to.

    Each lattice is the same on both sides of the midline.
    """
    across: list[Array] = []
    up: list[Array] = []
    corners = np.concatenate([shape.polygon for shape in shapes])
    low, high = corners[:, 1].min(), corners[:, 1].max()
    reach = math.ceil(np.abs(corners[:, 0]).max() / spacing_mm) + 1
    row = ROW * spacing_mm
    for start in STARTS:
        y = low + row * np.arange(start, (high - low) / row + 1)
        for parity in (0, 1):
            shift = (np.arange(len(y)) + parity) % 2 / 2
            x = (np.arange(-reach - 1, reach + 1)[None] + shift[:, None]) * spacing_mm
            across.append(x.ravel())
            up.append(np.repeat(y, x.shape[1]))
    number = np.repeat(np.arange(len(up)), [len(part) for part in up])
    return np.concatenate(across), np.concatenate(up), number


def _inside(face: Face, shapes: Sequence[Shape], x: Array, y: Array) -> Mask:
    found = np.zeros(len(x), dtype=bool)
    for shape in shapes:
        found |= shape.holds(x, y)
    half = np.interp(y, *face.edge_mm)
    return found & (np.abs(x) <= half) & (y >= face.neck_mm) & (y <= face.hairline_mm)


def _apart(taken: tuple[tuple[float, float], ...], x: Array, y: Array, spacing_mm: float) -> Mask:
    """Which points are no nearer than this to what is there already."""
    if not taken:
        return np.ones(len(x), dtype=bool)
    there = np.array(taken, dtype=float)
    nearest = np.hypot(x[:, None] - there[:, 0], y[:, None] - there[:, 1]).min(axis=1)
    return np.asarray(nearest >= spacing_mm - 1e-6)


def _shape_at(shapes: Sequence[Shape], x: Array, y: Array) -> NDArray[np.int64]:
    """The first shape that holds each point."""
    return np.asarray(np.argmax([shape.holds(x, y) for shape in shapes], axis=0))


def zone_at(face: Face, x_mm: Array, y_mm: Array) -> NDArray[np.int64]:
    """The keep-off zone that each point, x signed, lies in, by its place in the facts; -1 none."""
    found = np.full(len(x_mm), -1)
    across = np.abs(x_mm)
    for number, (polygons, margin_mm) in enumerate(_zones(face)):
        for corners in polygons:
            near = contains(corners, across, y_mm) | (
                edge_distance_mm(corners, across, y_mm) < margin_mm
            )
            found[near & (found < 0)] = number
    return found


def edge_distance_mm(polygon: Array, x_mm: Array, y_mm: Array) -> Array:
    """How far points are from the edge of a polygon (n, 2)."""
    start = polygon[:, None, :]
    along = np.roll(polygon, -1, axis=0)[:, None, :] - start
    apart = np.column_stack([x_mm, y_mm])[None] - start
    length = np.maximum(np.sum(along**2, axis=-1), 1e-12)
    share = np.clip(np.sum(apart * along, axis=-1) / length, 0.0, 1.0)
    return np.asarray(np.hypot(*np.moveaxis(apart - share[..., None] * along, -1, 0)).min(axis=0))


@lru_cache(maxsize=32)
def _zones(face: Face) -> tuple[tuple[tuple[Array, ...], float], ...]:
    return tuple(
        (keep_off_outlines(face, zone), zone.margin_mm.value)
        for zone in facts.load().droplets.keep_off.values()
    )


def keep_off_outlines(face: Face, zone: KeepOff) -> tuple[Array, ...]:
    """The outlines (n, 2) of a zone on the left half of this face, without its margin."""
    known = facts.load().anatomy
    found = [np.array(outline(face, muscle, Side.LEFT)) for muscle in zone.muscles]
    found += [_ellipse(face, known.danger_zones[key]) for key in zone.danger_zones]
    if zone.outline_mm:
        drawn = np.array(zone.outline_mm.value, dtype=float)
        found.append(np.column_stack(warp(face, drawn[:, 0], drawn[:, 1])))
    return tuple(found)


def _ellipse(face: Face, zone: DangerZone) -> Array:
    turn = np.arange(CORNERS) * 2 * np.pi / CORNERS
    x = locate(face, zone.x, Side.LEFT, axis="x") + zone.half_width_mm * np.cos(turn)
    y = locate(face, zone.y, Side.LEFT, axis="y") + zone.half_height_mm * np.sin(turn)
    return np.column_stack([x, y])
