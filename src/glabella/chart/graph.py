"""Graphs of plain numbers: panels with axes, lines, bands and points, for figures of the model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from xml.sax.saxutils import escape

from glabella.chart.plot import text
from glabella.chart.style import ACCENT, FONT, INK, INK_SOFT, RULE, attributes, element, number

Pairs = Sequence[tuple[float, float]]
Shape = Literal["dot", "ring", "square", "diamond", "cross"]

WIDTH: Final = 360.0
HEIGHT: Final = 250.0
LEFT: Final = 56.0
RIGHT: Final = 14.0
TOP: Final = 30.0
BOTTOM: Final = 46.0
GAP: Final = 24.0
KEY_STEP: Final = 15.0
HEAD: Final = 26.0
# Colour and dash of the first, second ... line of a panel: no line is told by its colour alone.
MARKS: Final = (
    (ACCENT, ""),
    ("#9a5b00", "7 3"),
    ("#7a3a86", "2 3"),
    ("#2f7f52", "7 2 1.5 2"),
    ("#a3231c", "4 2"),
    (INK_SOFT, "1 2"),
)


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale with its name and its ticks, linear unless `log`."""

    label: str
    low: float
    high: float
    ticks: Sequence[float]
    log: bool = False

    def share(self, value: float) -> float:
        """Where a value lies between the ends: 0 to 1, held there."""
        ends = (self.low, self.high)
        if self.log:
            value, ends = math.log(max(value, self.low)), (math.log(self.low), math.log(self.high))
        return max(0.0, min(1.0, (value - ends[0]) / (ends[1] - ends[0])))


@dataclass(frozen=True, slots=True)
class Line:
    """A curve; `low` and `high`, where given, are the edges of its band at the same places."""

    label: str
    points: Pairs
    low: Pairs = ()
    high: Pairs = ()


@dataclass(frozen=True, slots=True)
class Dots:
    """Single points; `reach`, where given, are the ends of a vertical whisker at each."""

    label: str
    points: Pairs
    shape: Shape = "dot"
    colour: str = INK
    reach: Pairs = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """One graph of a figure."""

    title: str
    across: Axis
    up: Axis
    lines: Sequence[Line] = ()
    dots: Sequence[Dots] = ()


def graph_svg(panels: Sequence[Panel], *, title: str, description: str, columns: int = 2) -> str:
    """A figure of panels in rows, with a title and a description for those who cannot see it."""
    columns = min(columns, len(panels))
    keys = max(len(panel.lines) + len(panel.dots) for panel in panels)
    tall = TOP + HEIGHT + BOTTOM + KEY_STEP * keys
    body = ""
    for number_, panel in enumerate(panels):
        row, column = divmod(number_, columns)
        left, top = column * (LEFT + WIDTH + RIGHT + GAP), HEAD + row * tall
        body += _panel(panel, left + LEFT, top + TOP)
    width = columns * (LEFT + WIDTH + RIGHT) + (columns - 1) * GAP
    return picture(width, HEAD + -(-len(panels) // columns) * tall, body, title, description)


def picture(width: float, height: float, body: str, title: str, description: str) -> str:
    """The whole picture on white paper, titled on top and described for a reader that speaks."""
    opening = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": width,
            "height": height,
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "role": "img",
            "aria-labelledby": "title description",
            "font-family": FONT,
            "fill": INK_SOFT,
        }
    )
    return (
        f"<svg{opening}>"
        + element("title", escape(title), id="title")
        + element("desc", escape(description), id="description")
        + element("rect", width=width, height=height, fill="#ffffff")
        + text(12, 19, title, fill=INK, font_weight="600", font_size=14)
        + body
        + "</svg>\n"
    )


def mark(shape: Shape, x: float, y: float, colour: str, size: float = 3.4) -> str:
    """One point of a shape."""
    if shape in ("dot", "ring"):
        fill = colour if shape == "dot" else "#ffffff"
        return element("circle", cx=x, cy=y, r=size, fill=fill, stroke=colour, stroke_width=1.4)
    if shape == "square":
        return element("rect", x=x - size, y=y - size, width=2 * size, height=2 * size, fill=colour)
    s = number(size)
    at = f"{number(x)} {number(y)}"
    if shape == "diamond":
        return element("path", d=f"M{at}m0 -{s}l{s} {s}-{s} {s}-{s} -{s}z", fill=colour)
    double = number(2 * size)
    path = f"M{at}m-{s} -{s}l{double} {double}m0 -{double}l-{double} {double}"
    return element("path", d=path, stroke=colour, stroke_width=1.6, fill="none")


def _panel(panel: Panel, left: float, top: float) -> str:
    def at(x: float, y: float) -> tuple[float, float]:
        return left + WIDTH * panel.across.share(x), top + HEIGHT * (1 - panel.up.share(y))

    drawn = text(left - LEFT + 12, top - 12, panel.title, fill=INK, font_weight="600")
    drawn += _axes(panel, left, top)
    key = top + HEIGHT + BOTTOM + 2
    for index, line in enumerate(panel.lines):
        colour, dash = MARKS[index % len(MARKS)]
        drawn += _line([at(*p) for p in line.points], colour, dash)
        if line.low:
            around = [at(*p) for p in (*line.high, *reversed(line.low))]
            drawn += element("path", d=_path(around) + "Z", fill=colour, fill_opacity=0.12)
        drawn += _line([(left, key - 4), (left + 20, key - 4)], colour, dash)
        drawn += text(left + 26, key, line.label, fill=INK)
        key += KEY_STEP
    for dots in panel.dots:
        for low, high in zip(dots.points, dots.reach, strict=False):
            x, _ = at(*low)
            ends = sorted(at(low[0], end)[1] for end in high)
            drawn += element(
                "path", d=f"M{number(x)} {number(ends[0])}V{number(ends[1])}", stroke=dots.colour,
                stroke_width=1.2, stroke_opacity=0.6,
            )  # fmt: skip
        drawn += "".join(mark(dots.shape, *at(*p), dots.colour) for p in dots.points)
        drawn += mark(dots.shape, left + 10, key - 4, dots.colour)
        drawn += text(left + 26, key, dots.label, fill=INK)
        key += KEY_STEP
    return drawn


def _axes(panel: Panel, left: float, top: float) -> str:
    drawn = ""
    for value in panel.up.ticks:
        y = top + HEIGHT * (1 - panel.up.share(value))
        rule = f"M{number(left)} {number(y)}h{number(WIDTH)}"
        drawn += element("path", d=rule, stroke=RULE, stroke_width=1)
        drawn += text(left - 6, y + 4, f"{value:g}", text_anchor="end")
    bottom = top + HEIGHT
    for value in panel.across.ticks:
        x = left + WIDTH * panel.across.share(value)
        tick = f"M{number(x)} {number(bottom)}v4"
        drawn += element("path", d=tick, stroke=INK_SOFT, stroke_width=1)
        drawn += text(x, bottom + 16, f"{value:g}", text_anchor="middle")
    drawn += text(left + WIDTH / 2, bottom + 32, panel.across.label, text_anchor="middle")
    x, y = left - 42, top + HEIGHT / 2
    turn = f"rotate(-90 {number(x)} {number(y)})"
    return drawn + text(x, y, panel.up.label, text_anchor="middle", transform=turn)


def _line(points: Pairs, colour: str, dash: str) -> str:
    dashed: dict[str, str | float] = {"stroke_dasharray": dash} if dash else {}
    return element(
        "path", d=_path(points), fill="none", stroke=colour, stroke_width=2,
        stroke_linejoin="round", **dashed,
    )  # fmt: skip


def _path(points: Pairs) -> str:
    return "M" + "L".join(f"{number(x, 1)} {number(y, 1)}" for x, y in points)
