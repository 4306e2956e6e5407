"""The frame of a curve: axes of days with dates, bands, lines and labels that keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from glabella.chart.names import on_day
from glabella.chart.style import INK, INK_SOFT, RULE, element, number
from glabella.plan.result import Curve

TICK_DAYS = 30
LABEL_STEP = 15.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the picture in px, with the values at its corners."""

    left: float
    top: float
    width: float
    height: float
    last_day: float
    bottom_value: float
    top_value: float

    def x(self, day: float) -> float:
        """Where a day lies."""
        return self.left + self.width * day / self.last_day

    def y(self, value: float) -> float:
        """Where a value lies, held within the frame."""
        share = (value - self.bottom_value) / (self.top_value - self.bottom_value)
        return self.top + self.height * (1 - max(-0.02, min(1.02, share)))


@dataclass(frozen=True, slots=True)
class Trace:
    """One curve with its mark: colour and dash, so that colour is never alone."""

    label: str
    curve: Curve
    colour: str
    dash: str = ""


def text(x: float, y: float, words: str, **style: str | float) -> str:
    """Words in the picture, escaped."""
    usual: dict[str, str | float] = {"font_size": 11, "fill": INK_SOFT}
    return element("text", escape(words), x=x, y=y, **(usual | style))


def grid(frame: Frame, values: Sequence[tuple[float, str]]) -> str:
    """Horizontal rules with their values at the left."""
    drawn = ""
    for value, label in values:
        y = frame.y(value)
        drawn += element(
            "path", d=f"M{number(frame.left)} {number(y)}h{number(frame.width)}", stroke=RULE,
            stroke_width=1,
        )  # fmt: skip
        drawn += text(frame.left - 6, y + 4, label, text_anchor="end")
    return drawn


def day_axis(frame: Frame, start: date, *, dates: bool = True) -> str:
    """Days below the frame and, under them, the dates they fall on."""
    drawn = ""
    bottom = frame.top + frame.height
    for day in range(0, int(frame.last_day) + 1, TICK_DAYS):
        x = frame.x(day)
        drawn += element(
            "path", d=f"M{number(x)} {number(bottom)}v4", stroke=INK_SOFT, stroke_width=1
        )
        drawn += text(x, bottom + 15, str(day) if day else "day 0", text_anchor="middle")
        if dates and day % (2 * TICK_DAYS) == 0:
            drawn += text(x, bottom + 28, on_day(start, day), text_anchor="middle", font_size=10)
    return drawn


def band(frame: Frame, days: Sequence[float], trace: Trace) -> str:
    """The range that holds 90 of 100 patients."""
    there = [
        f"{number(frame.x(d))} {number(frame.y(v))}"
        for d, v in zip(days, trace.curve.high, strict=True)
    ]
    back = [
        f"{number(frame.x(d))} {number(frame.y(v))}"
        for d, v in zip(days, trace.curve.low, strict=True)
    ]
    path = "M" + "L".join([*there, *reversed(back)]) + "Z"
    return element("path", d=path, fill=trace.colour, fill_opacity=0.1, class_="band")


def line(frame: Frame, days: Sequence[float], trace: Trace) -> str:
    """The curve of the median patient."""
    at = [
        f"{number(frame.x(d))} {number(frame.y(v))}"
        for d, v in zip(days, trace.curve.median, strict=True)
    ]
    dash: dict[str, str | float] = {"stroke_dasharray": trace.dash} if trace.dash else {}
    return element(
        "path", d="M" + "L".join(at), fill="none", stroke=trace.colour, stroke_width=2,
        stroke_linejoin="round", class_="trace", **dash,
    )  # fmt: skip


def key_rows(traces: Sequence[Trace], width: float) -> int:
    """How many rows the key needs."""
    return 1 + max((row for _, row in _key_places(traces, width)), default=0)


def _key_places(traces: Sequence[Trace], width: float) -> list[tuple[float, int]]:
    places: list[tuple[float, int]] = []
    at, row = 0.0, 0
    for trace in traces:
        need = 30 + 6.1 * len(trace.label)
        if at + need > width and at > 0:
            at, row = 0.0, row + 1
        places.append((at, row))
        at += need
    return places


def key(x: float, y: float, traces: Sequence[Trace], width: float) -> str:
    """What each curve is, as short samples of the curves in a row, wrapped at the width."""
    drawn = ""
    for trace, (along, row) in zip(traces, _key_places(traces, width), strict=True):
        at, level = x + along, y + row * LABEL_STEP
        dash: dict[str, str | float] = {"stroke_dasharray": trace.dash} if trace.dash else {}
        drawn += element(
            "path", d=f"M{number(at)} {number(level - 4)}h18", stroke=trace.colour,
            stroke_width=2.4, fill="none", **dash,
        )  # fmt: skip
        drawn += text(at + 22, level, trace.label, fill=INK)
    return drawn
