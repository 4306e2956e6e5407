"""Muscles of one face, cut into elements that toxin can reach."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.face.frame import Array, BothSides, Face, Side
from glabella.facts.anatomy import Depth, MuscleFacts

MuscleSide = tuple[str, Side]

# A point this far from the nearest element still belongs to its muscle.
NEARBY_MM = 9.0
# Where outlines overlap, an earlier one is meant: small muscles before the sheets they lie in.
MEANT_FIRST = (
    "procerus",
    "corrugator",
    "depressor-supercilii",
    "frontalis",
    "orbicularis-oculi",
    "nasalis",
    "levator-labii-alaeque-nasi",
    "depressor-septi",
    "mentalis",
    "depressor-anguli-oris",
    "orbicularis-oris",
    "masseter",
    "platysma",
)


@dataclass(frozen=True, slots=True)
class Elements:
    """All elements of a face's muscles, as columns of one length.

    `x_mm` is signed (patient's left positive); `weight` is the share of the motor endplates of
    its muscle on its side and sums to 1 there; `muscle` indexes `names`.
    """

    names: tuple[MuscleSide, ...]
    x_mm: Array
    y_mm: Array
    weight: Array
    muscle: NDArray[np.int64]
    deep: NDArray[np.bool_]
    orbit: NDArray[np.bool_]

    def of(self, muscle: str, side: Side) -> NDArray[np.int64]:
        """Indices of the elements of one muscle on one side."""
        return np.flatnonzero(self.muscle == self.names.index((muscle, side)))


def warp(face: Face, x_mm: Array, y_mm: Array) -> tuple[Array, Array]:
    """Stretch points of the default female face to this face; x stays at or above 0.

    Widths scale with the face. The forehead stretches between the brow and the hairline, so that
    outlines follow a high forehead or a low brow, and so does the lower face between the canthi,
    the chin and the neck, as the drawing does.
    """
    default = Face.fit("female")
    scale = face.interpupillary_mm / default.interpupillary_mm
    brow = default.brow_upper_mm(Side.LEFT, default.medial_canthus_mm)
    own_brow = face.hairline_mm - face.forehead_height_mm
    y = np.interp(
        y_mm,
        [default.neck_mm, default.chin_mm, 0.0, brow, default.hairline_mm],
        [face.neck_mm, face.chin_mm, 0.0, own_brow, face.hairline_mm],
    )
    return x_mm * scale, y


def outline(face: Face, muscle: str, side: Side) -> list[tuple[float, float]]:
    """The outline of a muscle on this face, x signed, mm."""
    known = facts.load().anatomy.muscles[muscle]
    points = np.array(known.outline_mm.value, dtype=float)
    if muscle == "frontalis" and face.v_shaped_frontalis:
        points = _v_shaped(points)
    x, y = warp(face, points[:, 0], points[:, 1])
    sign = side.sign if known.paired else 1
    return [(float(sign * px), float(py)) for px, py in zip(x, y, strict=True)]


def _v_shaped(points: Array) -> Array:
    """A frontalis whose bellies part towards the hairline: the medial edge slants outwards."""
    slanted = points.copy()
    rise = (points[:, 1] - points[:, 1].min()) / np.ptp(points[:, 1])
    medial = points[:, 0] <= points[:, 0].min() + 1
    slanted[medial, 0] += 14 * rise[medial]
    return slanted


@lru_cache(maxsize=64)
def elements(face: Face, spacing_factor: float = 1.0) -> Elements:
    """Cut the muscles of a face into elements; a smaller `spacing_factor` makes more of them.

    Endplates are spread evenly over a muscle: where they lie in facial muscles was not found.
    """
    columns: list[tuple[Array, Array]] = []
    names: list[MuscleSide] = []
    layers: list[str] = []
    for muscle, known in facts.load().anatomy.muscles.items():
        for side in BothSides if known.paired else (Side.MIDLINE,):
            columns.append(_fill(face, muscle, known, side, spacing_factor))
            names.append((muscle, side))
            layers.append(known.layer)
    counts = [len(x) for x, _ in columns]
    index = np.repeat(np.arange(len(names)), counts)
    return Elements(
        names=tuple(names),
        x_mm=np.concatenate([x for x, _ in columns]),
        y_mm=np.concatenate([y for _, y in columns]),
        weight=np.concatenate([np.full(count, 1 / count) for count in counts]),
        muscle=index,
        deep=np.array([layers[i] == "deep" for i in index]),
        orbit=np.array([layers[i] == "orbit" for i in index]),
    )


def _fill(
    face: Face, muscle: str, known: MuscleFacts, side: Side, spacing_factor: float
) -> tuple[Array, Array]:
    """Grid points inside the outline, laid out on the left and mirrored, so both sides agree."""
    polygon = np.array(outline(face, muscle, Side.LEFT))
    step = known.spacing_mm * spacing_factor * face.scale
    centre = polygon.mean(axis=0) if known.paired else np.array([step / 2, polygon[:, 1].mean()])
    reach = np.ceil(np.ptp(polygon, axis=0).max() / step) + 1
    ticks = np.arange(-reach, reach + 1) * step
    grid_x, grid_y = (axis.ravel() for axis in np.meshgrid(centre[0] + ticks, centre[1] + ticks))
    inside = contains(polygon, grid_x, grid_y)
    x, y = grid_x[inside], grid_y[inside]
    return (side.sign * x if known.paired else x), y


def contains(polygon: Array, x_mm: Array, y_mm: Array) -> NDArray[np.bool_]:
    """Which points lie inside a polygon (n, 2): the even-odd rule of crossing its edges."""
    x0, y0 = polygon[:, 0][:, None], polygon[:, 1][:, None]
    x1, y1 = np.roll(x0, -1, axis=0), np.roll(y0, -1, axis=0)
    spans = (y0 > y_mm) != (y1 > y_mm)
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = x0 + (y_mm - y0) * (x1 - x0) / (y1 - y0)
    return np.asarray(np.sum(spans & (x_mm < crossing), axis=0) % 2 == 1)


@lru_cache(maxsize=64)
def _outlines(face: Face) -> dict[str, Array]:
    """The outlines (n, 2) of the muscles that are treated, on the left."""
    return {muscle: np.array(outline(face, muscle, Side.LEFT)) for muscle in MEANT_FIRST}


# Page and forecast ask for the same points again and again, and droplets come by the hundred.
@lru_cache(maxsize=4096)
def muscle_at(face: Face, x_mm: float, y_mm: float, side: Side, depth: Depth = "muscle") -> str:
    """The treated muscle under a point; empty when none lies there. Sentinels are never meant.

    Where muscles overlap it is the one that a point there is usually for. A droplet in the dermis
    is never meant for a deep one.
    """
    known, outlines = facts.load().anatomy.muscles, _outlines(face)
    meant = [
        muscle
        for muscle in MEANT_FIRST
        if depth != "dermis" or known[muscle].layer == "superficial"
    ]
    at_x, at_y = np.array([x_mm]), np.array([y_mm])
    for muscle in meant:
        if contains(outlines[muscle], at_x, at_y)[0] and (side is not Side.MIDLINE or x_mm == 0):
            return muscle
    grid = elements(face)
    side = Side.LEFT if side is Side.MIDLINE else side
    apart = np.hypot(grid.x_mm - side.sign * x_mm, grid.y_mm - y_mm)
    spared = [muscle not in meant for muscle, _ in grid.names]
    apart[np.array(spared)[grid.muscle]] = np.inf
    nearest = int(np.argmin(apart))
    return grid.names[grid.muscle[nearest]][0] if apart[nearest] <= NEARBY_MM else ""
