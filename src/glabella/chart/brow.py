"""The brow profile: how high each brow stands against before, with the 90% range."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

import numpy as np

from glabella.chart.names import signed_range
from glabella.chart.plot import text
from glabella.chart.style import ACCENT, FONT, INK, INK_SOFT, RULE, attributes, element, number
from glabella.face import Side
from glabella.face.frame import BROW_HEAD_MM, BROW_TAIL_MM
from glabella.plan.result import BrowCurve, Curve, FaceState, Forecast

WIDTH, HEIGHT = 380.0, 120.0
MIDDLE_Y: Final = 62.0
# Each brow gets this much of the width; the gap between them is the glabella.
HALF_GAP: Final = 26.0
REACH: Final = 138.0
PX_PER_MM: Final = 9.0
LIMIT_MM: Final = 5.0
# A brow that moves less than the words can say does not move.
SEEN_MM: Final = 0.05
# The eye's width and the margins of the brow beyond it, on the default face.
EYE_MM: Final = 30.0
ARCH_FRACTION: Final = 0.929

Parts = dict[str, dict[str, str | float]]


def brow_moves(forecast: Forecast) -> bool:
    """Whether the toxin moves a brow at all, in any of the drawn patients that the range holds."""
    curves = [c for b in forecast.brow for c in (b.medial_mm, b.peak_mm, b.lateral_mm)]
    return any(max(map(abs, (*c.low, *c.median, *c.high))) >= SEEN_MM for c in curves)


def brow_svg(forecast: Forecast, day: int, *, prefix: str = "") -> str:
    """Change of both brows at rest on a day; the patient's left is on the right."""
    shapes = brow_parts(forecast, day)
    body = element("title", "Change of brow height at rest, in mm, with the 90% range")
    for value in (-4, -2, 0, 2, 4):
        y = MIDDLE_Y - value * PX_PER_MM
        strong = value == 0
        body += element(
            "path", d=f"M24 {number(y)}H{number(WIDTH - 24)}", stroke=INK_SOFT if strong else RULE,
            stroke_width=1, stroke_dasharray="4 3" if strong else "none",
        )  # fmt: skip
        body += text(20, y + 3.5, f"{value:+d}" if value else "0", text_anchor="end", font_size=10)
    body += text(28, 12, "right brow, tail", font_size=10)
    body += text(WIDTH / 2, 12, "heads", font_size=10, text_anchor="middle")
    body += text(WIDTH - 28, 12, "tail, left brow", font_size=10, text_anchor="end")
    for side in (Side.RIGHT, Side.LEFT):
        body += _shape(prefix, f"profile-range-{side}", shapes, stroke=ACCENT, stroke_width=7,
                       stroke_opacity=0.16, stroke_linecap="round", fill="none")  # fmt: skip
        body += _shape(
            prefix, f"profile-{side}", shapes, stroke=ACCENT, stroke_width=2.4, fill="none"
        )
        body += _shape(prefix, f"profile-dots-{side}", shapes, stroke=INK, stroke_width=5,
                       stroke_linecap="round", fill="none")  # fmt: skip
    opening = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {number(WIDTH)} {number(HEIGHT)}",
            "role": "img",
            "aria-label": "Brow profile",
            "font-family": FONT,
        }
    )
    return f"<svg{opening}>{body}</svg>"


def brow_parts(forecast: Forecast, day: int) -> Parts:
    """The moving parts of the profile on a day."""
    index = nearest(forecast.days, day)
    state = _rest_state(forecast, day)
    shapes: Parts = {}
    for brow in forecast.brow:
        places = _places(forecast)
        three = (brow.medial_mm, brow.peak_mm, brow.lateral_mm)
        heights = state.brow_mm.get(brow.side, ()) if state else ()
        nodes = list(np.linspace(0, 1, len(heights))) if heights else places
        values = list(heights) if heights else [c.median[index] for c in three]
        shapes[f"profile-{brow.side}"] = {"d": _line(brow.side, nodes, values)}
        shapes[f"profile-range-{brow.side}"] = {"d": _whiskers(brow.side, places, three, index)}
        shapes[f"profile-dots-{brow.side}"] = {"d": _dots(brow.side, places, three, index)}
    return shapes


def brow_words(brow: BrowCurve, index: int) -> list[tuple[str, str]]:
    """The three heights of a brow in words, each with its range on a second line."""
    three = (("head", brow.medial_mm), ("peak", brow.peak_mm), ("tail", brow.lateral_mm))
    return [(name, signed_range(curve, index)) for name, curve in three]


def nearest(days: tuple[int, ...], day: int) -> int:
    """The index of the day nearest to a wanted one."""
    at = bisect_left(days, day)
    around = [i for i in (at - 1, at) if 0 <= i < len(days)]
    return min(around, key=lambda i: abs(days[i] - day))


def _rest_state(forecast: Forecast, day: int) -> FaceState | None:
    at_rest = [state for state in forecast.states if state.expression == "rest"]
    return min(at_rest, key=lambda state: abs(state.day - day)) if at_rest else None


def _places(forecast: Forecast) -> list[float]:
    """Where head, peak and tail were measured, as shares of the brow's length."""
    length = EYE_MM + BROW_HEAD_MM + BROW_TAIL_MM
    peak = BROW_HEAD_MM + ARCH_FRACTION * EYE_MM
    if len(forecast.brow_nodes_mm) > 1:
        scale = (forecast.brow_nodes_mm[-1] - forecast.brow_nodes_mm[0]) / length
        length, peak = length * scale, peak * scale
        return [BROW_HEAD_MM * scale / length, peak / length, 1 - BROW_TAIL_MM * scale / length]
    return [BROW_HEAD_MM / length, peak / length, 1 - BROW_TAIL_MM / length]


def _at(side: Side, share: float, value: float) -> str:
    held = max(-LIMIT_MM, min(LIMIT_MM, value))
    x = WIDTH / 2 + side.sign * (HALF_GAP + REACH * share)
    return f"{number(x, 1)} {number(MIDDLE_Y - held * PX_PER_MM, 1)}"


def _line(side: Side, shares: list[float], values: list[float]) -> str:
    return "M" + "L".join(_at(side, s, v) for s, v in zip(shares, values, strict=True))


def _whiskers(side: Side, shares: list[float], curves: tuple[Curve, ...], index: int) -> str:
    return "".join(
        f"M{_at(side, s, c.low[index])}L{_at(side, s, c.high[index])}"
        for s, c in zip(shares, curves, strict=True)
    )


def _dots(side: Side, shares: list[float], curves: tuple[Curve, ...], index: int) -> str:
    return "".join(
        f"M{_at(side, s, c.median[index])}l0 0" for s, c in zip(shares, curves, strict=True)
    )


def _shape(prefix: str, name: str, shapes: Parts, **style: str | float) -> str:
    if name not in shapes:
        return ""
    return element("path", id=f"{prefix}part-{name}", **shapes[name], **style)
