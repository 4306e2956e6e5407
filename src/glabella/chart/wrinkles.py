"""Dynamic lines as tapered folds: length, depth and place follow severity and the brow."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from glabella.chart.shape import Point, fitted, lens, mirrored, resampled
from glabella.chart.style import DRAWN_INTERPUPILLARY_MM
from glabella.face import Face, Side
from glabella.plan.result import FaceState

Parts = dict[str, dict[str, str | float]]
Rise = Callable[[Face, FaceState, Side, float], float]

WORST: Final = 3.0
DEEPEST: Final = 0.78
THIN_MM: Final = 0.22
THICK_MM: Final = 0.92
# Vertical frown folds, head of the brow upwards; each shows from a severity on.
FROWN_FOLDS: Final = (
    ("1", ((6.6, 11.5), (5.2, 17.5), (5.4, 23), (6.6, 28.5)), 0.0),
    ("2", ((9.8, 17), (8.9, 21.5), (9.6, 27)), 1.2),
)
NASAL_ROOT: Final = (((6.8, 6.2), (3, 7.4), (0, 7)), ((5.6, 9.8), (2.5, 10.6), (0, 10.3)))
# Height of each forehead line within the moving skin, half its width, and when it shows.
FOREHEAD_LINES: Final = ((0.2, 30, 0.9), (0.38, 40, 0.15), (0.56, 42, 0.0), (0.74, 37, 0.5))
# Lateral canthal lines: where each starts beyond the canthus, angle, length, bend, when it shows.
LATERAL_CANTHAL_LINES: Final = (
    ((4.6, 5.8), 38, 10.5, -0.8, 0.5),
    ((5.4, 2.6), 14, 11, -0.9, 0.0),
    ((5.4, -0.8), -12, 11, -0.4, 0.0),
    ((4.6, -4.2), -34, 11, 0.9, 0.4),
    ((3.0, -6.8), -50, 9, 1.0, 1.4),
)


def wrinkles(face: Face, state: FaceState, rise: Rise) -> Parts:
    """Every fold of the face in this state, by the suffix of its id."""
    drawn = _glabella(face, state, rise) | _forehead(face, state, rise)
    for side in (Side.LEFT, Side.RIGHT):
        drawn |= _lateral_canthal(face, state, side)
    return drawn


def fold(
    nodes: Sequence[Point], severity: float, shows_from: float, broad: float = 1.0
) -> dict[str, str | float]:
    """A fold that is widest in its middle and runs out at both ends; none at severity 0."""
    share = max(0.0, min(1.0, (severity - shows_from) / (WORST - shows_from)))
    width = broad * (THIN_MM + (THICK_MM - THIN_MM) * share)
    last = len(nodes) - 1
    one: list[Point] = []
    other: list[Point] = []
    for i, (x, y) in enumerate(nodes):
        before, after = nodes[max(0, i - 1)], nodes[min(last, i + 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        half = width / 2 * math.sin(math.pi * i / last)
        one.append((x - dy / length * half, y + dx / length * half))
        other.append((x + dy / length * half, y - dx / length * half))
    return {"d": lens(one, other), "opacity": round(DEEPEST * share**0.75, 3)}


def _glabella(face: Face, state: FaceState, rise: Rise) -> Parts:
    severity = state.lines.get("glabella", 0.0)
    pinch = 0.35 * severity if state.expression == "frown" else 0.0
    drawn: Parts = {}
    for side in (Side.LEFT, Side.RIGHT):
        lift = rise(face, state, side, face.medial_canthus_mm)
        for name, nodes, shows_from in FROWN_FOLDS:
            moved = [(x - pinch, y + lift) for x, y in resampled(fitted(face, nodes), 5)]
            drawn[f"line-glabella-{name}-{side}"] = fold(
                mirrored(moved, side.sign), severity, shows_from
            )
    both = [rise(face, state, side, face.medial_canthus_mm) for side in (Side.LEFT, Side.RIGHT)]
    middle = sum(both) / 2
    for i, half in enumerate(NASAL_ROOT):
        lifted = [(x, y + 0.6 * middle) for x, y in fitted(face, half)]
        across = [*mirrored(lifted), *list(reversed(lifted))[1:]]
        drawn[f"line-procerus-{i + 1}"] = fold(resampled(across, 5), severity, 0.4 + 0.8 * i)
    return drawn


def _forehead(face: Face, state: FaceState, rise: Rise) -> Parts:
    severity = state.lines.get("forehead", 0.0)
    scale = face.interpupillary_mm / DRAWN_INTERPUPILLARY_MM
    drawn: Parts = {}
    for i, (height, half_width, shows_from) in enumerate(FOREHEAD_LINES):
        nodes: list[Point] = []
        for step in range(-3, 4):
            x = step / 3 * half_width * scale
            side = Side.LEFT if x >= 0 else Side.RIGHT
            upper = _brow_upper(face, side, abs(x))
            level = face.hairline_mm - face.forehead_height_mm
            moving = face.frontalis_top_mm - level
            contour = 0.55 * (1 - height) * (upper - level)
            dip = -1.1 * math.exp(-((x / 9) ** 2)) * (1 - height)
            tails = -2.2 * (abs(step) / 3) ** 3
            lifted = (1 - height) * rise(face, state, side, abs(x))
            y = level + 5 + height * (moving - 5) + contour + dip + tails + 0.8 * lifted
            nodes.append((x, y))
        drawn[f"line-forehead-{i + 1}"] = fold(nodes, severity, shows_from)
    return drawn


@lru_cache(maxsize=512)
def _brow_upper(face: Face, side: Side, x_mm: float) -> float:
    return face.brow_upper_mm(side, x_mm)


def _lateral_canthal(face: Face, state: FaceState, side: Side) -> Parts:
    severity = state.lines.get(f"lateral-canthal-{side}", 0.0)
    scale = face.interpupillary_mm / DRAWN_INTERPUPILLARY_MM
    drawn: Parts = {}
    for i, (start, degrees, length, bend, shows_from) in enumerate(LATERAL_CANTHAL_LINES):
        start_x, start_y = start
        angle = math.radians(degrees)
        reach = length * (0.55 + 0.45 * min(1.0, severity / WORST)) * scale
        nodes: list[Point] = []
        for step in range(5):
            along = step / 4
            bow = bend * math.sin(math.pi * along)
            x = face.lateral_canthus_mm + start_x * scale + reach * along * math.cos(angle)
            y = start_y * scale + 1 + reach * along * math.sin(angle) + bow
            nodes.append((side.sign * x, y))
        drawn[f"line-canthal-{i + 1}-{side}"] = fold(nodes, severity, shows_from)
    return drawn
