"""The drawn mouth: lips, what shows between them, the folds around it, for one face state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from glabella.chart.shape import Point, fitted, lens, mirrored, smooth
from glabella.chart.style import DRAWN_INTERPUPILLARY_MM
from glabella.face import Face, Side
from glabella.plan.result import FaceState

Parts = dict[str, dict[str, str | float]]

# Half the mouth on the drawing's default face: the line between the lips and the outer borders.
MOUTH: Final = ((0, -66.2), (5, -65.6), (12, -66.4), (19, -66.9), (24.5, -66.6))
CUPID: Final = ((0, -60.6), (4.2, -59.4), (10, -61.2), (18, -64.6), (24.5, -66.6))
LOWER_LIP: Final = ((0, -74.6), (7, -74.2), (14, -72), (20, -69), (24.5, -66.6))
CORNER_MM: Final = 24.5
LINE_MM: Final = -66.4
CHEEK_FOLD: Final = ((19.5, -42.5), (23.5, -48), (27.5, -55.5), (30, -63))
MARIONETTE: Final = ((26, -70.2), (28, -75), (28.6, -80.5))
PHILTRUM: Final = ((2.6, -50.5), (3.4, -55), (4.2, -58.6))
# A corner takes its neighbourhood along, the more the nearer.
CORNER_TAPER: Final = 1.6
# The two sides of the upper lip part this far from the midline.
BLEND_MM: Final = 12.0
# What a smile does to a mouth of which the state says nothing.
SMILE_MM: Final = 4.6
# A rising corner goes outwards too, and takes the cheek fold along.
OUT_SHARE: Final = 0.95
FOLD_SHARE: Final = (0.72, 0.4)
# The outer border of a lip moves less than the inner one: a lip that is pulled gets thinner.
OUTER_SHARE: Final = 0.72
# Where the upper teeth end and where the gum begins, above the line between the closed lips, and
# how much higher both lie at the corners.
TEETH_END_MM: Final = -2.4
GUM_MM: Final = 5.2
TEETH_CURVE_MM: Final = 7.0
# A full pucker: how much narrower the mouth and how much fuller the lips get.
PUCKER_NARROWS: Final = 0.3
PUCKER_FILLS: Final = 0.34
MOST_PUCKER: Final = 1.3


def corner_mm(state: FaceState, side: Side) -> float:
    """Rise of a corner of the mouth in mm; a smile of which nothing is said is a usual one."""
    usual = SMILE_MM if state.expression == "smile" else 0.0
    return state.mouth_mm.get(side, {}).get("corner", usual)


def lip_mm(state: FaceState, lip: str, x_mm: float) -> float:
    """Rise of the "upper_lip" or "lower_lip" at a signed distance from the midline, in mm.

    The two sides blend into each other around the midline.
    """
    left, right = (state.mouth_mm.get(side, {}).get(lip, 0.0) for side in (Side.LEFT, Side.RIGHT))
    share = max(0.0, min(1.0, 0.5 + x_mm / BLEND_MM))
    return right + share * (left - right)


def mouth(face: Face, state: FaceState) -> Parts:
    """Lips, what shows between them, philtrum, cheek folds and the folds below the corners."""
    gap, below = _edges(face, state)
    teeth, gum = _teeth(face, gap, below)
    drawn: Parts = {
        "oral": {"d": lens(gap, below)},
        "gum": {"d": lens(gap, gum)},
        "teeth": {"d": lens(gum, teeth)},
        "lip-upper": {"d": lens(across(face, state, CUPID, "upper_lip", OUTER_SHARE), gap)},
        "lip-lower": {"d": lens(below, across(face, state, LOWER_LIP, "lower_lip", OUTER_SHARE))},
        "mouth": {"d": smooth(gap)},
    }
    for side in (Side.LEFT, Side.RIGHT):
        drawn |= _folds(face, state, side)
    return drawn


def across(
    face: Face, state: FaceState, half: Sequence[Point], lip: str, lift: float
) -> list[Point]:
    """A curve across the mouth, the patient's right to the left, from its half at the midline."""
    return carried(face, state, [*reversed(mirrored(half)), *half[1:]], lip, lift)


def carried(
    face: Face, state: FaceState, nodes: Sequence[Point], lip: str, lift: float
) -> list[Point]:
    """Nodes of the drawing (signed x) on this face, moved as the state moves the mouth there.

    `lift` is the share of the lip's own rise that they take.
    """
    scale = face.interpupillary_mm / DRAWN_INTERPUPILLARY_MM
    purse = max(0.0, min(MOST_PUCKER, state.lip_close))
    drawn: list[Point] = []
    for (x, y), (own_x, own_y) in zip(nodes, fitted(face, nodes), strict=True):
        side = Side.LEFT if x > 0 else Side.RIGHT
        share = (abs(x) / CORNER_MM) ** CORNER_TAPER
        corner = corner_mm(state, side)
        out = side.sign * OUT_SHARE * max(0.0, corner) * share
        fill = PUCKER_FILLS * purse * (y - LINE_MM) * scale
        rise = lift * lip_mm(state, lip, x) * max(0.0, 1 - (x / CORNER_MM) ** 2)
        narrow = 1 - PUCKER_NARROWS * purse
        drawn.append((own_x * narrow + out, own_y + corner * share + rise + fill))
    return drawn


def _edges(face: Face, state: FaceState) -> tuple[list[Point], list[Point]]:
    """The edges of the lips against each other: only a smile parts them, and they never cross."""
    below = across(face, state, MOUTH, "lower_lip", 1.0)
    if state.expression != "smile":
        below = across(face, state, MOUTH, "upper_lip", 1.0)
        return below, below
    above = across(face, state, MOUTH, "upper_lip", 1.0)
    return [(x, max(y, low)) for (x, y), (_, low) in zip(above, below, strict=True)], below


def _teeth(
    face: Face, gap: Sequence[Point], below: Sequence[Point]
) -> tuple[list[Point], list[Point]]:
    """Where the teeth end, downwards and at the gum; both within the gap between the lips."""
    ends = fitted(face, [(0, LINE_MM + TEETH_END_MM), (0, LINE_MM + GUM_MM)])
    half = max(abs(x) for x, _ in below)
    curves: list[list[Point]] = []
    for _, middle in ends:
        # The row of teeth bends up with the corners of a smile.
        wanted = [middle + TEETH_CURVE_MM * (x / half) ** 2 for x, _ in below]
        curves.append(
            [
                (x, max(low, min(y, level)))
                for (x, y), (_, low), level in zip(gap, below, wanted, strict=True)
            ]
        )
    return curves[0], curves[1]


def _folds(face: Face, state: FaceState, side: Side) -> Parts:
    corner = corner_mm(state, side)
    smiling = max(0.0, corner)
    out, up = FOLD_SHARE
    cheek = [(x + out * smiling, y + up * smiling) for x, y in fitted(face, CHEEK_FOLD)]
    below = [(x, y + corner * (0.8 - 0.3 * i)) for i, (x, y) in enumerate(fitted(face, MARIONETTE))]
    scale = face.interpupillary_mm / DRAWN_INTERPUPILLARY_MM
    lip = OUTER_SHARE * lip_mm(state, "upper_lip", side.sign * BLEND_MM)
    ridge = [
        (x, y + state.tip_mm * scale * (1 - i / 2) * 0.6 + lip * i / 2)
        for i, (x, y) in enumerate(fitted(face, PHILTRUM))
    ]
    return {
        f"cheek-fold-{side}": {
            "d": smooth(mirrored(cheek, side.sign)),
            "opacity": round(min(0.6, 0.2 + 0.05 * smiling), 3),
        },
        f"marionette-{side}": {
            "d": smooth(mirrored(below, side.sign)),
            "opacity": round(max(0.0, min(0.6, 0.13 - 0.11 * corner)), 3),
        },
        f"philtrum-{side}": {"d": smooth(mirrored(ridge, side.sign))},
    }
