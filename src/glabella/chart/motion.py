"""The parts of the drawn face that move, for one face state: brows, lids and all the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np
from msgspec import json
from msgspec.structs import replace

from glabella.chart.contour import contour
from glabella.chart.lower_lines import lower_lines
from glabella.chart.mouth import mouth
from glabella.chart.shape import Point, fitted, lens, mirrored, smooth, strokes
from glabella.chart.style import DRAWN_INTERPUPILLARY_MM
from glabella.chart.wrinkles import wrinkles
from glabella.face import Face, Side
from glabella.plan.result import FaceState

Parts = dict[str, dict[str, str | float]]

# Nodes of the lids on the drawing's default face: distance from the midline and height.
UPPER_LID: Final = (
    (16, -0.4),
    (19.2, 2.6),
    (24.5, 5.6),
    (30, 6.7),
    (35.5, 6.1),
    (41, 4),
    (46, 1.2),
)
LOWER_LID: Final = (
    (16, -0.4),
    (19.8, -1.9),
    (25, -3.5),
    (31, -4.2),
    (37, -3.6),
    (42, -1.6),
    (46, 1.2),
)
CREASE: Final = ((17.6, 3.4), (22, 8), (27.5, 10.5), (33, 10.9), (39, 9.5), (44, 6.6), (48, 3.6))
LOWER_FOLD: Final = ((19.5, -5.2), (25, -7.8), (31, -8.7), (37, -7.6), (42, -5))
# How thick the lashes draw the upper margin, canthus to canthus.
LASHES_MM: Final = (0.12, 0.35, 0.6, 0.85, 1.05, 1.15, 0.25)
CREASE_WITH_LID: Final = 0.6
CREASE_WITH_BROW: Final = 0.22
CREASE_CLEARANCE_MM: Final = 1.3
# The corrugator draws the head of the brow inwards: mm per grade of frown, head to middle.
INWARD_MM: Final = 0.6
INWARD_TAPER: Final = (1, 0.92, 0.7, 0.42, 0.2, 0.08, 0, 0, 0)
HAIRS: Final = 40
# A brow's head thins out: share of the full height at each node.
HEAD_TAPER: Final = (0.62, 0.94, 1, 1, 1, 1, 1, 1, 0.9)

UPPER_LINES: Final = ("glabella", "forehead", "lateral-canthal")

NEUTRAL: Final = FaceState(
    day=0, expression="rest", brow_mm={}, lid_mm={}, lower_lid_mm={}, lines={}
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A group of parts, what it needs of a state, and the expressions it draws as no other."""

    draw: Callable[[Face, FaceState], Parts]
    fields: tuple[str, ...]
    expressions: tuple[str, ...]
    lines: Literal["upper", "lower", "none"] = "none"

    def of(self, face: Face, state: FaceState) -> Parts:
        """The parts; states that are alike in what this group needs are drawn once."""
        needed: dict[str, Any] = {name: getattr(state, name) for name in self.fields}
        needed["expression"] = state.expression if state.expression in self.expressions else "rest"
        needed["lines"] = {
            area: severity
            for area, severity in state.lines.items()
            if self.lines == ("upper" if area.startswith(UPPER_LINES) else "lower")
        }
        return _kept(self.draw, face, json.encode(replace(NEUTRAL, **needed)))


@lru_cache(maxsize=512)
def _kept(draw: Callable[[Face, FaceState], Parts], face: Face, told: bytes) -> Parts:
    return draw(face, json.decode(told, type=FaceState))


def parts(face: Face, state: FaceState | None) -> Parts:
    """Attributes of every moving part, by the suffix of its id; None is the face at rest."""
    drawn: Parts = {}
    for drawing in DRAWINGS:
        drawn |= drawing.of(face, state or NEUTRAL)
    return drawn


def _upper(face: Face, state: FaceState) -> Parts:
    drawn: Parts = {}
    for side in (Side.LEFT, Side.RIGHT):
        drawn |= _brow(face, state, side)
        drawn |= _eye(face, state, side)
    return drawn | wrinkles(face, state, brow_rise)


DRAWINGS: Final = (
    Drawing(_upper, ("brow_mm", "lid_mm", "lower_lid_mm"), ("frown",), "upper"),
    Drawing(contour, ("jaw_mm", "chin_dimple", "tip_mm", "mouth_mm"), ("bite",)),
    Drawing(mouth, ("mouth_mm", "lip_close", "tip_mm"), ("smile",)),
    Drawing(lower_lines, ("mouth_mm", "lip_close"), ("smile",), "lower"),
)


def brow_rise(face: Face, state: FaceState, side: Side, x_mm: float) -> float:
    """Rise of the brow in mm at a distance from the midline, held level beyond its ends."""
    rise = state.brow_mm.get(side, ())
    if not rise:
        return 0.0
    nodes, _ = brow_nodes(face, side)
    share = (abs(x_mm) - nodes[0]) / (nodes[-1] - nodes[0]) * (len(rise) - 1)
    at = max(0.0, min(len(rise) - 1.0, share))
    i = min(int(at), len(rise) - 2)
    return rise[i] + (at - i) * (rise[i + 1] - rise[i])


@lru_cache(maxsize=64)
def brow_nodes(face: Face, side: Side) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The lower brow border as plain numbers, kept, since every frame asks for it."""
    x, y = face.brow_nodes(side)
    return tuple(float(value) for value in x), tuple(float(value) for value in y)


def brow_border(face: Face, state: FaceState, side: Side) -> tuple[list[Point], list[Point]]:
    """Lower and upper border of a brow, head to tail, x from the midline."""
    x, y = brow_nodes(face, side)
    frown = state.lines.get("glabella", 0.0) if state.expression == "frown" else 0.0
    lower: list[Point] = []
    upper: list[Point] = []
    for i, (node_x, node_y) in enumerate(zip(x, y, strict=True)):
        rise = brow_rise(face, state, side, node_x)
        inward = INWARD_MM * frown * INWARD_TAPER[i]
        full = face.brow_thickness_mm[i]
        thin = full * (1 - HEAD_TAPER[i]) / 2
        lower.append((node_x - inward, node_y + rise + thin))
        upper.append((node_x - inward, node_y + rise + full - thin))
    return lower, upper


def _brow(face: Face, state: FaceState, side: Side) -> Parts:
    lower, upper = brow_border(face, state, side)
    body = lens(mirrored(upper, side.sign), mirrored(lower, side.sign))
    hairs = [((side.sign * a[0], a[1]), (side.sign * b[0], b[1])) for a, b in _hairs(lower, upper)]
    return {f"brow-{side}": {"d": body}, f"brow-hair-{side}": {"d": strokes(hairs)}}


def _hairs(lower: Sequence[Point], upper: Sequence[Point]) -> list[tuple[Point, Point]]:
    """Hairs: upright at the head, leaning to the tail, the upper ones combed down to meet them."""
    steps = np.linspace(0, len(lower) - 1, HAIRS)
    low = np.array([np.interp(steps, range(len(lower)), [p[i] for p in lower]) for i in (0, 1)])
    high = np.array([np.interp(steps, range(len(upper)), [p[i] for p in upper]) for i in (0, 1)])
    drawn: list[tuple[Point, Point]] = []
    for i in range(HAIRS):
        along = i / (HAIRS - 1)
        height = high[1, i] - low[1, i]
        wander = math.sin(i * 2.399) * 0.5 + 0.5
        lean = math.radians(78 - 68 * min(1.0, along * 1.5) + 16 * (wander - 0.5))
        length = (4.6 - 1.2 * along) * (0.8 + 0.3 * wander)
        root = (low[0, i], low[1, i] + height * (0.04 + 0.3 * wander))
        sag = -0.55 * length * max(0.0, along - 0.55)
        drawn.append((root, _end(root, lean, min(length, 1.25 * height + 1.4), sag)))
        if along > 0.12:
            top = (high[0, i] - 0.5, high[1, i] - height * 0.04)
            drawn.append((top, _end(top, math.radians(-14 - 10 * along), 3.2 - along, sag / 2)))
    return drawn


def _end(root: Point, angle: float, length: float, sag: float) -> Point:
    return root[0] + length * math.cos(angle), root[1] + length * math.sin(angle) + sag


def _eye(face: Face, state: FaceState, side: Side) -> Parts:
    upper, lower = lids(face, state, side)
    lash = [
        (x, y + thick * face.interpupillary_mm / DRAWN_INTERPUPILLARY_MM)
        for (x, y), thick in zip(upper, LASHES_MM, strict=True)
    ]
    lid = state.lid_mm.get(side, 0.0)
    crease = []
    for x, y in fitted(face, CREASE):
        with_brow = CREASE_WITH_BROW * brow_rise(face, state, side, x)
        moved = y + CREASE_WITH_LID * lid * _bow(face, x) + with_brow
        margin = float(np.interp(x, [p[0] for p in upper], [p[1] for p in upper]))
        crease.append((x, max(moved, margin + CREASE_CLEARANCE_MM)))
    lift = state.lower_lid_mm.get(side, 0.0)
    fold = [(x, y + 0.5 * lift * _bow(face, x)) for x, y in fitted(face, LOWER_FOLD)]
    sign = side.sign
    opening = lens(mirrored(upper, sign), mirrored(lower, sign))
    return {
        f"eye-{side}": {"d": opening},
        f"sclera-{side}": {"d": opening},
        f"lid-{side}": {"d": lens(mirrored(lash, sign), mirrored(upper, sign))},
        f"lid-lower-{side}": {"d": smooth(mirrored(lower, sign))},
        f"lid-skin-{side}": {"d": lens(mirrored(crease, sign), mirrored(upper, sign))},
        f"crease-{side}": {"d": smooth(mirrored(crease, sign))},
        f"lid-fold-{side}": {
            "d": smooth(mirrored(fold, sign)),
            "opacity": round(min(0.75, 0.28 + 0.2 * max(0.0, lift)), 3),
        },
    }


def lids(face: Face, state: FaceState, side: Side) -> tuple[list[Point], list[Point]]:
    """Upper and lower lid margin, medial to lateral; they never cross."""
    drop = state.lid_mm.get(side, 0.0)
    lift = state.lower_lid_mm.get(side, 0.0)
    upper = [(x, y + drop * _bow(face, x)) for x, y in fitted(face, UPPER_LID)]
    lower = [(x, y + lift * _bow(face, x)) for x, y in fitted(face, LOWER_LID)]
    at = [p[0] for p in lower]
    held = [(x, max(y, float(np.interp(x, at, [p[1] for p in lower])))) for x, y in upper]
    return held, lower


def _bow(face: Face, x_mm: float) -> float:
    """Share of a lid's movement: all over the pupil, none at the canthi."""
    half = (face.lateral_canthus_mm - face.medial_canthus_mm) / 2
    return max(0.0, 1 - ((x_mm - face.pupil_mm) / half) ** 2)
