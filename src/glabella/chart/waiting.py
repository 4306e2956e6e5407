"""When what is waited for is predicted back: a bar for each, from the first to the last date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from xml.sax.saxutils import escape

from glabella.chart.plot import text
from glabella.chart.style import ACCENT, FONT, INK, RULE, attributes, element, number

WIDTH: Final = 1000.0
LEFT: Final = 4.0
RIGHT: Final = 24.0
ROW: Final = 46.0
TOP: Final = 26.0
BAR: Final = 10.0
SOFT: Final = "#9cc3cb"
Place = Callable[[date | None], float]
# The axis ends this many days after the last date, and a month's name needs this much room.
SPARE_DAYS: Final = 12
MONTH_ROOM: Final = 46.0


@dataclass(frozen=True, slots=True)
class WaitBar:
    """One thing that is waited for; a date that is None lies beyond what was followed."""

    label: str
    low: date | None
    median: date | None
    high: date | None


def waiting_svg(bars: Sequence[WaitBar], *, today: date, title: str) -> str:
    """Bars over a calendar from today on; the mark in each is the middle patient's date."""
    dates = [day for bar in bars for day in (bar.low, bar.median, bar.high) if day]
    last = max([*dates, today + timedelta(days=60)]) + timedelta(days=SPARE_DAYS)
    scale = (WIDTH - LEFT - RIGHT) / (last - today).days

    def x(day: date | None) -> float:
        return WIDTH - RIGHT if day is None else LEFT + max((day - today).days, 0) * scale

    height = TOP + ROW * len(bars) + 8
    drawn = element("title", escape(title)) + _calendar(today, last, x, height)
    for index, bar in enumerate(bars):
        drawn += _bar(bar, TOP + ROW * index, x)
    opening = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {number(WIDTH)} {number(height)}",
            "role": "img",
            "aria-label": title,
            "class": "waiting",
            "font-family": FONT,
        }
    )
    return f"<svg{opening}>{drawn}</svg>"


def _calendar(today: date, last: date, x: Place, height: float) -> str:
    drawn, free = "", -1.0
    month = today
    while month <= last:
        at = x(month)
        drawn += element(
            "path", d=f"M{number(at)} {number(TOP - 6)}V{number(height)}", stroke=RULE,
            stroke_width=1,
        )  # fmt: skip
        if at >= free and at < WIDTH - RIGHT - MONTH_ROOM / 2:
            words = "today" if month == today else f"{month:%b %Y}"
            drawn += text(at, TOP - 11, words)
            free = at + MONTH_ROOM * (1.4 if month == today else 1)
        month = _next_month(month)
    return drawn


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _bar(bar: WaitBar, top: float, x: Place) -> str:
    low, high, middle = x(bar.low), x(bar.high), x(bar.median)
    y = top + 24
    drawn = text(LEFT, top + 14, bar.label, font_size=12, fill=INK)
    drawn += text(WIDTH - LEFT, top + 14, _dates(bar), font_size=12, text_anchor="end")
    drawn += element(
        "rect", x=low, y=y, width=max(high - low, BAR), height=BAR, rx=BAR / 2, fill=SOFT
    )
    if bar.median is not None:
        drawn += element("circle", cx=middle, cy=y + BAR / 2, r=7, fill=ACCENT)
    return drawn


def _dates(bar: WaitBar) -> str:
    low, middle, high = (
        f"{day.day} {day:%b %Y}" if day else "later" for day in (bar.low, bar.median, bar.high)
    )
    return f"{middle} ({low} to {high})"
