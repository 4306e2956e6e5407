"""Frames of the moving chart: which attribute of which part changes on which day."""

from __future__ import annotations

from typing import Any, Final

from glabella.chart.brow import brow_parts, brow_words, nearest
from glabella.chart.curves import now_shift
from glabella.chart.motion import Parts, parts
from glabella.chart.names import on_day, percent
from glabella.face import Face
from glabella.plan.result import Forecast

EXPRESSIONS = ("rest", "frown", "raise", "smile")


# Days between which a browser can draw straight on without a visible error.
FRAME_DAYS: Final = (0, 2, 4, 7, 14, 30, 60, 90, 120, 150, 180)


def frames(face: Face, forecast: Forecast) -> dict[str, Any]:
    """Attributes by expression and day for the face, and by day for the curves and the texts.

    `base` holds every part of the face at rest with no lines; the first frame of an expression
    holds what differs from it, each later one what differs from the frame before.
    """
    base = parts(face, None)
    days = _frame_days(forecast)
    return {
        "days": days,
        "base": base,
        "expressions": {
            name: _expression(face, forecast, name, days, base) for name in EXPRESSIONS
        },
        "curves": [{"day": day, "parts": _curve_parts(forecast, day)} for day in days],
        "texts": [{"day": day, "texts": _texts(forecast, day)} for day in forecast.days],
    }


def _expression(
    face: Face, forecast: Forecast, name: str, days: list[int], base: Parts
) -> list[dict[str, Any]]:
    states = [s for s in forecast.states if s.expression == name and s.day in days]
    before = base
    drawn: list[dict[str, Any]] = []
    for state in sorted(states, key=lambda state: state.day):
        changed = _changed(parts(face, state), before)
        drawn.append({"day": state.day, "parts": changed})
        before = before | changed
    return drawn


def _frame_days(forecast: Forecast) -> list[int]:
    """The forecast's days that lie nearest to the frame days."""
    there = sorted({state.day for state in forecast.states})
    wanted = [day for day in FRAME_DAYS if day <= there[-1]]
    return sorted({min(there, key=lambda known: abs(known - day)) for day in wanted} | {there[-1]})


def _changed(drawn: Parts, before: Parts) -> Parts:
    """The parts that differ from before; a line that does not show keeps its old shape."""
    changed: Parts = {}
    for name, values in drawn.items():
        unseen = values.get("opacity") == 0
        now = before[name] | {"opacity": 0} if unseen else values
        if now != before[name]:
            changed[name] = now
    return changed


def _curve_parts(forecast: Forecast, day: int) -> Parts:
    now: Parts = {"now": {"transform": now_shift(forecast, day)}}
    return now | brow_parts(forecast, day)


def _texts(forecast: Forecast, day: int) -> dict[str, str]:
    """What the panel says about a day, by the suffix of the element that says it."""
    index = nearest(forecast.days, day)
    said = {"day-date": on_day(forecast.start, day)}
    for grade in forecast.grades:
        if grade.at == "maximum":
            name = f"day-{grade.area}-{grade.side}"
            said[name] = f"{percent(grade.none_or_mild[index])} none or mild"
            said[f"{name}-grade"] = f"{grade.grade.median[index]:.1f}"
    for brow in forecast.brow:
        for place, words in brow_words(brow, index):
            said[f"day-brow-{brow.side}-{place}"] = words
    return said
