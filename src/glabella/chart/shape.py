"""Smooth curves through nodes given in mm, written as SVG path data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from glabella.chart.style import (
    DRAWN_BROW_MM,
    DRAWN_CHIN_MM,
    DRAWN_HAIRLINE_MM,
    DRAWN_INTERPUPILLARY_MM,
    number,
)
from glabella.face import Face

Point = tuple[float, float]
# A Catmull-Rom spline turned into cubic Béziers: control points lie a sixth of the chord away.
SIXTH = 1 / 6
CROWN_MM = 40.0
NECK_MM = 120.0


def smooth(nodes: Sequence[Point], *, closed: bool = False, move: bool = True) -> str:
    """Path data of a smooth curve through nodes in face mm (y up)."""
    around = [(x, -y) for x, y in nodes]
    text = [f"M{_pair(around[0])}"] if move else []
    if closed:
        around = [around[-1], *around, around[0], around[1]]
    else:
        around = [around[0], *around, around[-1]]
    for i in range(len(around) - 3):
        (ax, ay), (bx, by), (cx, cy), (ex, ey) = around[i : i + 4]
        x, y = cx - bx, cy - by
        text.append(
            f"c{number((cx - ax) * SIXTH)} {number((cy - ay) * SIXTH)}"
            f" {number(x - (ex - bx) * SIXTH)} {number(y - (ey - by) * SIXTH)}"
            f" {number(x)} {number(y)}"
        )
    return "".join(text) + ("Z" if closed else "")


def lens(upper: Sequence[Point], lower: Sequence[Point]) -> str:
    """A closed shape between two curves that meet in corners, such as the opening of an eye."""
    back = list(reversed(lower))
    join = "" if upper[-1] == back[0] else f"L{_pair((back[0][0], -back[0][1]))}"
    return smooth(upper) + join + smooth(back, move=False) + "Z"


def rounded(nodes: Sequence[Point], share: float = 0.42) -> str:
    """A closed polygon with its corners rounded off: it never leaves its own outline."""
    flipped = [(x, -y) for x, y in nodes]
    text: list[str] = []
    for i, corner in enumerate(flipped):
        before, after = flipped[i - 1], flipped[(i + 1) % len(flipped)]
        start = _between(corner, before, share)
        text.append(f"{'L' if i else 'M'}{_pair(start)}Q{_pair(corner)} ")
        text.append(_pair(_between(corner, after, share)))
    return "".join(text) + "Z"


def resampled(nodes: Sequence[Point], count: int) -> list[Point]:
    """Points at even steps along the smooth curve through nodes."""
    sampled: list[Point] = []
    for step in range(count):
        at = step * (len(nodes) - 1) / (count - 1)
        i = min(int(at), len(nodes) - 2)
        t = at - i
        p0, p1, p2, p3 = (nodes[min(max(i + k, 0), len(nodes) - 1)] for k in (-1, 0, 1, 2))
        weights = (
            -t + 2 * t**2 - t**3,
            2 - 5 * t**2 + 3 * t**3,
            t + 4 * t**2 - 3 * t**3,
            -(t**2) + t**3,
        )
        x = sum(w * p[0] for w, p in zip(weights, (p0, p1, p2, p3), strict=True)) / 2
        y = sum(w * p[1] for w, p in zip(weights, (p0, p1, p2, p3), strict=True)) / 2
        sampled.append((x, y))
    return sampled


def strokes(segments: Sequence[tuple[Point, Point]]) -> str:
    """Many short straight strokes as one path."""
    return "".join(
        f"M{number(a[0], 1)} {number(-a[1], 1)}l{number(b[0] - a[0], 1)} {number(a[1] - b[1], 1)}"
        for a, b in segments
    )


def mirrored(nodes: Sequence[Point], sign: int = -1) -> list[Point]:
    """The nodes on the other side of the midline; sign 1 leaves them."""
    return [(sign * x, y) for x, y in nodes]


def fitted(face: Face, nodes: Sequence[Point]) -> list[Point]:
    """Nodes set out on the drawing's default face, moved to this face's landmarks."""
    scale = face.interpupillary_mm / DRAWN_INTERPUPILLARY_MM
    brow = face.hairline_mm - face.forehead_height_mm
    drawn = [DRAWN_CHIN_MM, 0.0, DRAWN_BROW_MM, DRAWN_HAIRLINE_MM]
    own = [face.chin_mm, 0.0, brow, face.hairline_mm]
    # What lies beyond keeps its distance above, and grows with the face below.
    drawn = [DRAWN_CHIN_MM - NECK_MM, *drawn, DRAWN_HAIRLINE_MM + CROWN_MM]
    own = [face.chin_mm - NECK_MM * scale, *own, face.hairline_mm + CROWN_MM]
    y = np.interp([node[1] for node in nodes], drawn, own)
    return [(node[0] * scale, float(height)) for node, height in zip(nodes, y, strict=True)]


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"
