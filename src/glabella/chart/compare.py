"""Small faces to be looked at side by side: what each plan injects and what it does on one day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from glabella.chart.face import face_svg
from glabella.chart.names import millimetres
from glabella.chart.points import PAPER, ChartPoint, shape
from glabella.chart.style import (
    ACCENT,
    DRAWN_INTERPUPILLARY_MM,
    INK,
    RULE,
    STOP,
    element,
    number,
    product_style,
)
from glabella.face import Face, Side
from glabella.face.frame import BothSides
from glabella.plan.result import FaceState
from glabella.plan.search.proposal import BrowOutcome, Outcome

# Larger than on the big chart, so that units can be read on a face of a hand's breadth.
RADIUS_MM: Final = 4.5
UNITS_SIZES_MM: Final = (5.4, 5.0, 3.9, 3.1)
HALF_WIDTH_MM: Final = 66.0
ABOVE_MM: Final = 3.0
# The picture ends below the eyes, or as far below the lowest point.
EYES_MM, BELOW_MM = -17.0, 12.0
# A move of the brow is drawn from here on, so many times as long.
SEEN_MM, ARROW_SCALE, LONGEST_MM = 0.25, 5.0, 7.0
# The middle of an arrow above the brow's tail, and under the upper border of its peak.
ARROW_LIFT_MM, UNDER_MM = 7.0, 12.0
HEAD_MM, WORDS_MM = 1.5, 2.4
MOVE_SIZE_MM: Final = 4.4


class Box(NamedTuple):
    """A part of the picture in mm, y down."""

    left: float
    top: float
    width: float
    height: float

    def __str__(self) -> str:
        return " ".join(number(value) for value in self)


def compare_box(face: Face, points: Sequence[ChartPoint]) -> Box:
    """As much of the face as holds the points of all plans that are compared."""
    scale = face.interpupillary_mm / DRAWN_INTERPUPILLARY_MM
    wide = max([HALF_WIDTH_MM * scale, *(point.x_mm + BELOW_MM / 2 for point in points)])
    bottom = min([EYES_MM, *(point.y_mm - BELOW_MM for point in points)])
    top = face.hairline_mm + ABOVE_MM
    return Box(-wide, -top, 2 * wide, top - bottom)


def compare_svg(
    face: Face, outcome: Outcome, points: Sequence[ChartPoint], *, box: Box, prefix: str
) -> str:
    """The face as a plan leaves it: its points, its lines and its brows on the goal's day.

    Lines are as deep as at full movement, in the middle patient; brows are as at rest.
    """
    marks = "".join(_move(face, brow) for brow in outcome.brow)
    marks += "".join(_point(point) for point in points)
    title = f"{outcome.name}: {_told(points)}"
    state = state_of(face, outcome)
    return face_svg(face, state=state, title=title, prefix=prefix, box=str(box), over=marks)


def state_of(face: Face, outcome: Outcome) -> FaceState:
    """What the middle patient's face shows: lines at full movement, brows at rest."""
    lines: dict[str, float] = {}
    for area in outcome.areas:
        # Where one side is told of, it is the deeper one, and the other is drawn alike.
        for name in (area.area, *(f"{area.area}-{side}" for side in BothSides)):
            told = area.side is Side.MIDLINE or name.endswith(area.side) or name not in lines
            lines[name] = area.median_grade if told else lines[name]
    brows = {str(brow.side): _along(face, brow) for brow in outcome.brow}
    day = max((area.day for area in outcome.areas), default=0)
    return FaceState(
        day=day, expression="rest", brow_mm=brows, lid_mm={}, lower_lid_mm={}, lines=lines
    )


def _along(face: Face, brow: BrowOutcome) -> tuple[float, ...]:
    x, _ = face.brow_nodes(Side(brow.side))
    at = [place for place, _ in _places(face, brow)]
    rises = [rise for _, rise in _places(face, brow)]
    return tuple(float(value) for value in np.interp(x, at, rises))


def _places(face: Face, brow: BrowOutcome) -> tuple[tuple[float, float], ...]:
    """Where a brow is measured, from the midline, and how far it rises there."""
    return (
        (face.medial_canthus_mm, brow.medial_mm),
        (face.arch_mm, brow.peak_mm),
        (face.lateral_canthus_mm, brow.lateral_mm),
    )


def _told(points: Sequence[ChartPoint]) -> str:
    return f"{len(points)} points" if len(points) != 1 else "1 point"


def _point(point: ChartPoint) -> str:
    style = product_style(point.product_id)
    amount = f"{point.units:g}"
    size = UNITS_SIZES_MM[min(len(amount), len(UNITS_SIZES_MM)) - 1]
    colour = style.colour if point.depth == "dermis" else PAPER
    words = element(
        "text", amount, y=round(0.355 * size, 2), text_anchor="middle", font_size=size,
        font_weight="700", fill=colour,
    )  # fmt: skip
    return element(
        "g", shape(point.depth, style.colour, RADIUS_MM) + words, class_="small-point",
        data_point=point.key,
        transform=f"translate({number(point.signed_x_mm)} {number(-point.y_mm)})",
    )  # fmt: skip


def _move(face: Face, brow: BrowOutcome) -> str:
    """Arrows where a brow rises or falls enough to be seen: its peak from below, its tail above."""
    side = Side(brow.side)
    tail = face.lateral_canthus_mm
    above = face.brow_upper_mm(side, tail) + ARROW_LIFT_MM
    below = face.brow_upper_mm(side, face.arch_mm) - UNDER_MM
    drawn = _arrow(side.sign * tail, above, brow.lateral_mm)
    drawn += _arrow(side.sign * face.arch_mm, below, brow.peak_mm)
    return element("g", drawn, class_="brow-move") if drawn else ""


def _arrow(x: float, y: float, rise: float) -> str:
    if abs(rise) < SEEN_MM:
        return ""
    half = min(LONGEST_MM, ARROW_SCALE * abs(rise)) / 2
    up = 1 if rise > 0 else -1
    start, end = y - up * half, y + up * half
    back = end - up * min(HEAD_MM, half)
    path = f"M{number(x)} {number(-start)}V{number(-end)}M{number(x - HEAD_MM)} {number(-back)}"
    path += f"L{number(x)} {number(-end)}L{number(x + HEAD_MM)} {number(-back)}"
    line: dict[str, str | float] = {"d": path, "fill": "none", "stroke_linecap": "round"}
    at: dict[str, str | float] = {
        "x": x - math.copysign(WORDS_MM, x), "y": -y + 0.355 * MOVE_SIZE_MM,
        "font_size": MOVE_SIZE_MM, "font_weight": "650",
        "text_anchor": "end" if x > 0 else "start",
    }  # fmt: skip
    words = millimetres(rise, sign="+")
    return (
        element("path", **line, stroke=PAPER, stroke_width=1.8, stroke_opacity=0.85)
        + element("path", **line, stroke=ACCENT, stroke_width=0.8)
        + element("text", words, **at, fill=PAPER, stroke=PAPER, stroke_width=1.4)
        + element("text", words, **at, fill=ACCENT)
    )


GAUGE_WIDTH, GAUGE_HEIGHT = 100.0, 9.0


def gauge_svg(share: float, mark: float, *, most: float = 1.0, good: bool) -> str:
    """A bar for a share, with a line at what was asked or at the limit."""
    along = GAUGE_WIDTH * min(1.0, share / most)
    at = GAUGE_WIDTH * min(1.0, mark / most)
    middle = GAUGE_HEIGHT / 2
    track = element("rect", y=middle - 1.5, width=GAUGE_WIDTH, height=3, rx=1.5, fill=RULE)
    bar = element(
        "rect", y=middle - 1.5, width=max(along, 0.6), height=3, rx=1.5,
        fill=ACCENT if good else STOP,
    )  # fmt: skip
    rule = element("rect", x=at - 0.5, width=1, height=GAUGE_HEIGHT, fill=INK)
    return (
        f'<svg class="gauge" viewBox="0 0 {GAUGE_WIDTH:g} {GAUGE_HEIGHT:g}" aria-hidden="true" '
        f'preserveAspectRatio="none">{track}{bar}{rule}</svg>'
    )
