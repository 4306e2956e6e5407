"""What more units buy and what they cost: chance and brow against units, plan by plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from glabella.chart.names import millimetres
from glabella.chart.plot import text
from glabella.chart.style import ACCENT, FONT, INK, INK_SOFT, RULE, attributes, element, number
from glabella.plan.search.proposal import TradeOff

WIDTH, HEIGHT = 560.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 48.0, 52.0, 26.0, 42.0
BROW: Final = "#9a5b00"
SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
# The scale of the brow is never finer than this, so that nothing looks like a lot.
LEAST_SPAN_MM: Final = 2.0
UNIT_STEPS: Final = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
MOST_TICKS: Final = 8
DOT: Final = 4.2
MARK: Final = 10


@dataclass(frozen=True, slots=True)
class Compared:
    """A plan beside the curve: the label's, the last visit's."""

    letter: str
    units: float
    chance: float


@dataclass(frozen=True, slots=True)
class _Scale:
    most_units: float
    low_mm: float
    high_mm: float

    def x(self, units: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * units / self.most_units

    def chance_y(self, share: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)

    def brow_y(self, mm: float) -> float:
        share = (mm - self.low_mm) / (self.high_mm - self.low_mm)
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)


def tradeoff_svg(
    front: Sequence[TradeOff], *, product_name: str, compared: Sequence[Compared] = ()
) -> str:
    """Chance as a line with dots, full where the goal is reached; the brow as a dashed line."""
    plans = sorted(front, key=lambda plan: plan.units)
    scale = _scale(plans, compared)
    opening = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}",
            "role": "img",
            "aria-label": _said(plans, product_name),
            "class": "tradeoff",
            "font-family": FONT,
        }
    )
    body = _axes(scale, product_name) + _brow(plans, scale) + _chance(plans, scale)
    body += "".join(_mark(*mark) for mark in _marks(compared, scale)) + _cursor()
    return f"<svg{opening}>{body}</svg>"


def _said(plans: Sequence[TradeOff], product_name: str) -> str:
    if not plans:
        return "No plan to be shown"
    first, last = plans[0], plans[-1]
    return (
        f"{len(plans)} plans from {first.units:g} to {last.units:g} U {product_name}: chance from "
        f"{first.chance:.0%} to {last.chance:.0%}, lowest brow from "
        f"{millimetres(first.brow_mm, sign='+')} to {millimetres(last.brow_mm, sign='+')} mm"
    )


def _scale(plans: Sequence[TradeOff], compared: Sequence[Compared]) -> _Scale:
    units = max([1.0, *(plan.units for plan in plans), *(one.units for one in compared)])
    step = _step(units)
    low = min([0.0, *(plan.brow_mm for plan in plans)])
    high = max([0.0, *(plan.brow_mm for plan in plans)])
    low, high = math.floor(low), math.ceil(high)
    if high - low < LEAST_SPAN_MM:
        low, high = min(low, -1), max(high, 1)
    return _Scale(step * math.ceil(units / step), low, high)


def _step(most: float) -> float:
    return next((step for step in UNIT_STEPS if most / step <= MOST_TICKS), UNIT_STEPS[-1])


def _axes(scale: _Scale, product_name: str) -> str:
    drawn = ""
    for share in SHARES:
        y = scale.chance_y(share)
        drawn += element("path", d=f"M{LEFT:g} {number(y)}H{WIDTH - RIGHT:g}", stroke=RULE)
        drawn += text(LEFT - 7, y + 4, f"{share:.0%}", text_anchor="end", fill=ACCENT)
    for mm in range(round(scale.low_mm), round(scale.high_mm) + 1):
        words = millimetres(float(mm), sign="+").removesuffix(".0")
        drawn += text(WIDTH - RIGHT + 7, scale.brow_y(mm) + 4, words, fill=BROW)
    step = _step(scale.most_units)
    for count in range(round(scale.most_units / step) + 1):
        units = count * step
        drawn += text(scale.x(units), HEIGHT - BOTTOM + 17, f"{units:g}", text_anchor="middle")
    drawn += text(LEFT - 40, 13, "Chance, mean of areas", fill=ACCENT, font_weight="600")
    brow = {"text_anchor": "end", "fill": BROW, "font_weight": "600"}
    drawn += text(WIDTH - 4, 13, "Lowest brow, mm (dashed)", **brow)
    middle = (LEFT + WIDTH - RIGHT) / 2
    return drawn + text(middle, HEIGHT - 6, f"Units of {product_name}", text_anchor="middle")


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in places)


def _chance(plans: Sequence[TradeOff], scale: _Scale) -> str:
    places = [(scale.x(plan.units), scale.chance_y(plan.chance)) for plan in plans]
    if not places:
        return ""
    drawn = element("path", d=_path(places), fill="none", stroke=ACCENT, stroke_width=2)
    for index, ((x, y), plan) in enumerate(zip(places, plans, strict=True)):
        drawn += element(
            "circle", cx=x, cy=y, r=DOT, fill=ACCENT if plan.reached else "#ffffff", stroke=ACCENT,
            stroke_width=1.6, data_plan=str(index), class_="tradeoff-plan",
        )  # fmt: skip
    return drawn


def _brow(plans: Sequence[TradeOff], scale: _Scale) -> str:
    places = [(scale.x(plan.units), scale.brow_y(plan.brow_mm)) for plan in plans]
    if not places:
        return ""
    drawn = element(
        "path", d=_path(places), fill="none", stroke=BROW, stroke_width=1.8, stroke_dasharray="6 4"
    )
    for x, y in places:
        drawn += element("rect", x=x - 2.2, y=y - 2.2, width=4.4, height=4.4, fill=BROW)
    return drawn


def _marks(compared: Sequence[Compared], scale: _Scale) -> list[tuple[float, float, str]]:
    """Where plans that were not searched for lie; those at one place share a mark."""
    placed: list[tuple[float, float, str]] = []
    for one in compared:
        x, y, letters = scale.x(one.units), scale.chance_y(one.chance), one.letter
        for other in [mark for mark in placed if math.hypot(x - mark[0], y - mark[1]) < MARK]:
            placed.remove(other)
            x, y, letters = *other[:2], other[2] + letters
        placed.append((x, y, letters))
    return placed


def _mark(x: float, y: float, letters: str) -> str:
    """A diamond with a letter on the paper's side of it."""
    path = f"M{number(x)} {number(y - MARK)}l{MARK} {MARK}l-{MARK} {MARK}l-{MARK} -{MARK}z"
    diamond = element("path", d=path, fill="#ffffff", stroke=INK, stroke_width=1.4)
    size = 11 if len(letters) == 1 else 9
    return diamond + text(
        x, y + 4, letters, text_anchor="middle", font_weight="700", fill=INK, font_size=size
    )


def _cursor() -> str:
    """Where the page stands on the curve; its script moves it."""
    line = element(
        "path", d=f"M0 {TOP:g}V{HEIGHT - BOTTOM:g}", stroke=INK_SOFT, stroke_dasharray="2 3"
    )
    ring = element("circle", r=DOT + 3.5, fill="none", stroke=INK, stroke_width=2)
    return element(
        "g", line + element("g", ring, data_ring=""), data_cursor="", visibility="hidden"
    )
