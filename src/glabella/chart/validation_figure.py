"""The validation figure: every published number beside the model's, with its 90% interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from glabella.chart.graph import mark, picture
from glabella.chart.plot import text
from glabella.chart.style import ACCENT, INK, INK_SOFT, RULE, STOP, element, number

ROW: Final = 13.0
GROUP: Final = 24.0
LABEL: Final = 258.0
PLOT: Final = 250.0
COLUMN: Final = LABEL + PLOT + 60.0
TOP: Final = 96.0
TICKS: Final = (0, 25, 50, 75, 100)
USES: Final = {
    "fitted": "Rows that the model was fitted to",
    "not fitted": "Rows that it was not fitted to",
}
# Groups whose numbers all lie below this are drawn on a scale that ends here.
RARE: Final = 20.0


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One published number and the model's: `group` is its area and end point."""

    group: str
    label: str
    unit: str
    use: str
    published: float
    predicted: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        return self.low <= self.published <= self.high


def validation_svg(rows: Sequence[ShownRow]) -> str:
    """Rows fitted to the left and others to the right, by group in the order of their names.

    The bar is the model's 90% interval for such a trial, the stroke its middle; the published
    number is a full dot inside the interval and a cross outside.
    """
    body, bottoms, told = _key(), [TOP], []
    for column, (use, title) in enumerate(USES.items()):
        chosen = sorted(
            (row for row in rows if row.use == use), key=lambda row: (row.unit != "%", row.group)
        )
        held = sum(row.inside for row in chosen)
        share = f"{held / len(chosen):.0%}" if chosen else "none"
        words = f"{title}: {len(chosen)}, of them {share} inside the interval"
        left = 12 + column * COLUMN
        body += text(left, 74, words, fill=INK, font_weight="600", font_size=12.5)
        drawn, bottom = _column(chosen, left)
        body += drawn
        bottoms.append(bottom)
        told.append(words)
    return picture(
        2 * COLUMN + 12,
        max(bottoms) + 14,
        body,
        "Published against predicted",
        "Each row is one published number: a bar for the model's 90% interval, a stroke for its "
        "middle, a dot for the published number, or a cross where it lies outside. "
        + ". ".join(told)
        + ".",
    )


def _ends(rows: Sequence[ShownRow]) -> tuple[float, float]:
    """The scale of a group: shares to 100 %, rare ones to 20 %, other measures to full hundreds."""
    values = [value for row in rows for value in (row.published, row.predicted, row.high)]
    least = min(0.0, *(row.low for row in rows))
    if all(row.unit == "%" for row in rows):
        return 0.0, RARE if max(values) <= RARE else 100.0
    return least, max(1.0, math.ceil(max(values) / 100) * 100 if max(values) > RARE else RARE)


def _key() -> str:
    y = 46.0
    drawn = element("rect", x=12, y=y - 8, width=40, height=8, fill=ACCENT, fill_opacity=0.22)
    drawn += text(58, y, "90% interval of such a trial", fill=INK)
    drawn += element("path", d=f"M236 {number(y - 9)}v10", stroke=ACCENT, stroke_width=2)
    drawn += text(244, y, "model", fill=INK)
    drawn += mark("dot", 304, y - 4, INK) + text(312, y, "published, inside", fill=INK)
    return drawn + mark("cross", 432, y - 4, STOP) + text(440, y, "published, outside", fill=INK)


def _column(rows: Sequence[ShownRow], left: float) -> tuple[str, float]:
    drawn, y = "", TOP
    for (unit, group), found in groupby(rows, key=lambda row: (row.unit, row.group)):
        members = list(found)
        ends = _ends(members)
        height = ROW * len(members)
        drawn += text(left, y + 4, group, fill=INK, font_weight="600")
        drawn += _scale(left + LABEL, y + 8, height, unit, ends)
        for row in members:
            drawn += _row(row, left, y + 8 + ROW / 2, ends)
            y += ROW
        y += GROUP + 12
    return drawn, y


def _scale(left: float, top: float, height: float, unit: str, ends: tuple[float, float]) -> str:
    drawn = ""
    for tick in TICKS:
        x = left + PLOT * tick / 100
        value = ends[0] + (ends[1] - ends[0]) * tick / 100
        rule = f"M{number(x)} {number(top)}v{number(height)}"
        drawn += element("path", d=rule, stroke=RULE, stroke_width=1)
        words = f"{value:.0f}" + (f" {unit}" if tick == TICKS[-1] else "")
        drawn += text(x, top + height + 10, words, text_anchor="middle", font_size=9)
    return drawn


def _row(row: ShownRow, left: float, y: float, ends: tuple[float, float]) -> str:
    def at(value: float) -> float:
        share = (value - ends[0]) / (ends[1] - ends[0])
        return left + LABEL + PLOT * max(0.0, min(1.0, share))

    drawn = text(left, y + 3.5, row.label, font_size=9.5, fill=INK_SOFT)
    drawn += element(
        "rect", x=at(row.low), y=y - 4, width=max(1.0, at(row.high) - at(row.low)), height=8,
        fill=ACCENT, fill_opacity=0.22,
    )  # fmt: skip
    middle = f"M{number(at(row.predicted))} {number(y - 5)}v10"
    drawn += element("path", d=middle, stroke=ACCENT, stroke_width=2)
    shape, colour = ("dot", INK) if row.inside else ("cross", STOP)
    return drawn + mark(shape, at(row.published), y, colour, 2.8)  # type: ignore[arg-type]
