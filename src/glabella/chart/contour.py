"""The drawn contour that moves: jaw, chin, masseter and the tip of the nose for one face state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from glabella.chart.mouth import lip_mm
from glabella.chart.shape import Point, fitted, mirrored, resampled, smooth
from glabella.chart.style import DRAWN_INTERPUPILLARY_MM
from glabella.chart.wrinkles import WORST, fold
from glabella.face import Face, Side
from glabella.plan.result import FaceState

Parts = dict[str, dict[str, str | float]]

# Half outline of the default face, crown to chin, mm: distance from the midline and height.
SKIN_HALF: Final[tuple[Point, ...]] = (
    (0, 104), (27, 100), (48, 85), (58.6, 63), (61.8, 40), (62.2, 22), (63, 6), (63.4, -12),
    (60.6, -36), (55.6, -55), (48.4, -71.5), (38, -85), (25.4, -95), (12.4, -100.8), (0, -102),
)  # fmt: skip
SKIN_TEMPLE: Final = 6
# By height, from the chin up: how much wider a man's jaw is, mm, and how much of a change of the
# jaw's width each height takes.
JAW_HEIGHTS: Final = (-102, -95, -85, -71.5, -55, -36, -20)
MALE_JAW_MM: Final = (0, 3.4, 4.4, 4.6, 3.2, 1.5, 0)
JAW_SHARES: Final = (0, 0.12, 0.55, 0.95, 1, 0.35, 0)
# The mentalis lifts the pad of the chin and the fold above it.
CHIN_LIFT_MM: Final = 1.1
CHIN_HALF_MM: Final = 26.0
CHIN_FOLD: Final = ((-13, -82), (-6, -80.6), (0, -80.2), (6, -80.6), (13, -82))
MASSETER: Final = ((44.5, -42), (40.6, -53), (38, -64.5), (37, -76))

ALA: Final = ((11.2, -32.6), (15.4, -35.2), (17.2, -40), (15.8, -44.6), (12, -45.6), (9.6, -43.8))
NOSTRIL: Final = ((3.6, -46.2), (6.4, -44.6), (10, -44.2), (12.2, -45.6))
COLUMELLA: Final = ((-5.4, -46.6), (-2.6, -48.6), (0, -49.2), (2.6, -48.6), (5.4, -46.6))
TIP: Final = ((-6, -42.6), (-3.4, -45), (0, -45.8), (3.4, -45), (6, -42.6))
# The tip takes the columella and the inner nostrils along, the wings hardly.
TIP_REACH_MM: Final = 13.0
# What lifts the upper lip widens and lifts the wing of the nose a little.
WING_OUT, WING_UP = 0.16, 0.12


def contour(face: Face, state: FaceState) -> Parts:
    """Outline of the skin, jaw line, chin, masseter and nose, by the suffix of the id."""
    halves = {side: _half(face, state, side) for side in (Side.LEFT, Side.RIGHT)}
    right = mirrored(halves[Side.RIGHT])
    around = [*halves[Side.LEFT], *reversed(right[1:-1])]
    jaw = [*halves[Side.LEFT][SKIN_TEMPLE:], *reversed(right[SKIN_TEMPLE:-1])]
    outline = smooth(around, closed=True)
    drawn: Parts = {
        "skin": {"d": outline},
        "skin-clip": {"d": outline},
        "jaw-line": {"d": smooth(jaw)},
        "chin-fold": {
            "d": smooth(_chin(face, state, CHIN_FOLD)),
            "opacity": round(min(0.6, 0.24 + 0.3 * max(0.0, state.chin_dimple)), 3),
        },
    }
    for side in (Side.LEFT, Side.RIGHT):
        drawn[f"masseter-{side}"] = _masseter(face, state, side)
    return drawn | _nose(face, state)


def _half(face: Face, state: FaceState, side: Side) -> list[Point]:
    """One half of the outline, crown to chin, x from the midline."""
    wider = state.jaw_mm.get(side, 0.0)
    male = MALE_JAW_MM if face.sex == "male" else (0,) * len(JAW_HEIGHTS)
    heights = [y for _, y in SKIN_HALF]
    own = np.interp(heights, JAW_HEIGHTS, male)
    share = np.interp(heights, JAW_HEIGHTS, JAW_SHARES)
    nodes = [(x + float(more), y) for (x, y), more in zip(SKIN_HALF, own, strict=True)]
    wide = [(x + wider * float(s), y) for (x, y), s in zip(nodes, share, strict=True)]
    return _chin(face, state, wide)


def _chin(face: Face, state: FaceState, nodes: Sequence[Point]) -> list[Point]:
    """Nodes on this face, those on the chin lifted as far as the mentalis is drawn up."""
    lift = CHIN_LIFT_MM * max(0.0, min(1.5, state.chin_dimple))
    return [
        (own_x, own_y + lift * max(0.0, 1 - (x / CHIN_HALF_MM) ** 2) * (y < -75))
        for (x, y), (own_x, own_y) in zip(nodes, fitted(face, nodes), strict=True)
    ]


def _masseter(face: Face, state: FaceState, side: Side) -> dict[str, str | float]:
    """The front border of the masseter, which stands out in a bite and less when it is weak."""
    wider = state.jaw_mm.get(side, 0.0)
    shown = 0.3 + 0.07 * wider if state.expression == "bite" else 0.0
    line = [(x + 0.4 * wider, y) for x, y in fitted(face, MASSETER)]
    ridge = fold(resampled(mirrored(line, side.sign), 5), WORST, 0.0)
    return ridge | {"opacity": round(max(0.0, min(0.5, shown)), 3)}


def _nose(face: Face, state: FaceState) -> Parts:
    drawn: Parts = {
        "nose-columella": {"d": smooth(_tipped(face, state, COLUMELLA))},
        "nose-tip": {"d": smooth(_tipped(face, state, TIP))},
    }
    for side in (Side.LEFT, Side.RIGHT):
        lip = max(0.0, lip_mm(state, "upper_lip", side.sign * CHIN_HALF_MM))
        wing = [(x + WING_OUT * lip, y + WING_UP * lip) for x, y in fitted(face, ALA)]
        drawn[f"nose-wing-{side}"] = {"d": smooth(mirrored(wing, side.sign))}
        hole = [(x, y + WING_UP * lip * x / TIP_REACH_MM) for x, y in _tipped(face, state, NOSTRIL)]
        drawn[f"nose-nostril-{side}"] = {"d": smooth(mirrored(hole, side.sign))}
    return drawn


def _tipped(face: Face, state: FaceState, nodes: Sequence[Point]) -> list[Point]:
    """Nodes of the nose moved with its tip, those beside it less."""
    scale = face.interpupillary_mm / DRAWN_INTERPUPILLARY_MM
    return [
        (x, y + state.tip_mm * max(0.0, 1 - (x / (TIP_REACH_MM * scale)) ** 2))
        for x, y in fitted(face, nodes)
    ]
