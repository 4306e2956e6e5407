"""Lines of the lower face and neck: nose, lips, chin and the bands of the platysma."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from glabella.chart.mouth import CORNER_MM, CUPID, LOWER_LIP, carried, corner_mm
from glabella.chart.shape import Point, fitted, mirrored, resampled
from glabella.chart.wrinkles import WORST, fold
from glabella.face import Face, Side
from glabella.plan.result import FaceState

Parts = dict[str, dict[str, str | float]]

# Oblique folds on the side of the nose, bridge to cheek, and the severity each shows from.
BUNNY_LINES: Final = (
    (((3.2, -13.5), (6.4, -9.6), (10.6, -6.4)), 0.0),
    (((3.8, -18.5), (7.2, -14.8), (11.4, -12)), 0.3),
    (((2.6, -8), (5.4, -5.2), (8.6, -3.2)), 1.2),
)
# Where the lip lines leave the red of the lip, as shares of half the mouth, and how long they are.
UPPER_LIP_LINES: Final = ((0.2, 6.2), (0.4, 7.4), (0.58, 6.8), (0.76, 5.2))
LOWER_LIP_LINES: Final = ((0.28, 4.2), (0.52, 4.8), (0.74, 3.8))
LIP_LINE_WIDTH: Final = 0.62
LIP_LINES_FROM: Final = (0.0, 1.0)
# The further from the midline, the more a lip line leans outwards.
LEAN: Final = 0.34
CHIN_CREASE: Final = ((-12, -82.6), (-6, -81.2), (0, -80.8), (6, -81.2), (12, -82.6))
# Dimples of the chin: middle of each, laid out on the right half and mirrored.
DIMPLES: Final = (
    (2, -85.1), (6.3, -84.6), (10.6, -86.4), (4.1, -88), (8.4, -88.3), (12.9, -90.2), (1.5, -90.6),
    (6, -91.6), (10.4, -92.8), (3.4, -94.4), (7.9, -95.4),
)  # fmt: skip
DIMPLE_MM: Final = 1.2
DIMPLE_SHADE: Final = 0.6
# Bands of the platysma, jaw downwards.
BANDS: Final = (
    (((12.6, -107), (13.8, -121), (14.2, -137), (13, -156)), 0.0),
    (((31, -98), (32, -116), (31.6, -136), (29, -158)), 0.6),
)
BAND_WIDTH: Final = 2.3
BAND_SHADE: Final = 0.7


def lower_lines(face: Face, state: FaceState) -> Parts:
    """Every fold of the lower face and neck in this state, by the suffix of its id."""
    drawn = _lips(face, state) | _chin(face, state)
    for side in (Side.LEFT, Side.RIGHT):
        drawn |= _nose(face, state, side) | _bands(face, state, side)
    return drawn


def _nose(face: Face, state: FaceState, side: Side) -> Parts:
    severity = state.lines.get(f"bunny-lines-{side}", 0.0)
    return {
        f"line-bunny-{i}-{side}": fold(
            resampled(mirrored(fitted(face, nodes), side.sign), 5), severity, shows_from, 0.8
        )
        for i, (nodes, shows_from) in enumerate(BUNNY_LINES, start=1)
    }


def _lips(face: Face, state: FaceState) -> Parts:
    """Fine lines that stand off the lips all round; every second one only shows when deep."""
    severity = state.lines.get("lip-lines", 0.0)
    drawn: Parts = {}
    for i, shows_from in enumerate(LIP_LINES_FROM):
        folds = [
            fold(nodes, severity, shows_from, LIP_LINE_WIDTH)
            for border, lines, up in ((CUPID, UPPER_LIP_LINES, 1), (LOWER_LIP, LOWER_LIP_LINES, -1))
            for nodes in _around(face, state, border, lines[i::2], up)
        ]
        deep = fold(((0, 0), (0, 1), (0, 2)), severity, shows_from)["opacity"]
        drawn[f"line-lip-{i + 1}"] = {"d": "".join(str(f["d"]) for f in folds), "opacity": deep}
    return drawn


def _around(
    face: Face, state: FaceState, border: Sequence[Point], lines: Sequence[Point], up: int
) -> list[list[Point]]:
    """Lines off one lip, both sides, each three nodes from the red of the lip outwards."""
    xs = sorted(border)
    found: list[list[Point]] = []
    for share, length in lines:
        x = share * CORNER_MM
        i = next(k for k in range(1, len(xs)) if xs[k][0] >= x)
        (x0, y0), (x1, y1) = xs[i - 1], xs[i]
        y = y0 + (x - x0) / (x1 - x0) * (y1 - y0) - 0.6 * up
        off = [(x + LEAN * share * length * t, y + up * length * t) for t in (0, 0.5, 1)]
        lip = "upper_lip" if up > 0 else "lower_lip"
        found += [carried(face, state, mirrored(off, sign), lip, 0.6) for sign in (1, -1)]
    return found


def _chin(face: Face, state: FaceState) -> Parts:
    severity = state.lines.get("chin", 0.0)
    share = max(0.0, min(1.0, severity / WORST))
    return {
        "line-chin-crease": fold(resampled(fitted(face, CHIN_CREASE), 5), severity, 0.0),
        "line-chin-dimples": {"d": _dimples(face), "opacity": round(DIMPLE_SHADE * share, 3)},
    }


@lru_cache(maxsize=64)
def _dimples(face: Face) -> str:
    """Path data of all dimples, which get darker and not larger."""
    marks: list[str] = []
    for x, y in DIMPLES:
        for sign in (1, -1):
            arc = [(x - DIMPLE_MM, y + 0.5), (x - 0.3, y - 0.5), (x + DIMPLE_MM, y + 0.1)]
            marks.append(str(fold(mirrored(fitted(face, arc), sign), WORST * 0.3, 0.0)["d"]))
    return "".join(marks)


def _bands(face: Face, state: FaceState, side: Side) -> Parts:
    """Vertical bands; those of a neck that is drawn up stand a little nearer to the midline."""
    severity = state.lines.get(f"platysma-{side}", 0.0)
    pulled = 0.25 * min(0.0, corner_mm(state, side))
    drawn: Parts = {}
    for i, (nodes, shows_from) in enumerate(BANDS, start=1):
        at = [(x + pulled, y) for x, y in resampled(fitted(face, nodes), 6)]
        band = fold(mirrored(at, side.sign), severity, shows_from, BAND_WIDTH)
        drawn[f"line-band-{i}-{side}"] = band | {"opacity": BAND_SHADE * float(band["opacity"])}
    return drawn
