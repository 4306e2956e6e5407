"""Frames of the moving chart: which attribute of which part changes on which day."""

from __future__ import annotations

from typing import Any, Final

from glabella.chart import below
from glabella.chart.brow import brow_parts, brow_words, nearest
from glabella.chart.curves import now_shift
from glabella.chart.motion import Parts, parts
from glabella.chart.names import on_day, percent
from glabella.face import Face
from glabella.plan.result import Forecast

EXPRESSIONS: Final = ("rest", "frown", "raise", "smile", "pucker", "bite", "neck")

# Days between which a browser can draw straight on without a visible error.
FRAME_DAYS: Final = (0, 2, 4, 7, 14, 30, 60, 90, 120, 150, 180)


def frames(face: Face, forecast: Forecast) -> dict[str, Any]:
    """Attributes by expression and day for the face, and by day for the curves and the texts.

    `base` holds every part of the face at rest with no lines. Each frame holds what differs from
    the one before it, the first what differs from `base`. Another expression than rest holds
    only the parts that it moves, whole in its first frame; the others are as at rest that day.
    """
    base = parts(face, None)
    days = _frame_days(forecast)
    drawn = {
        name: {
            state.day: parts(face, state)
            for state in forecast.states
            if state.expression == name and state.day in days
        }
        for name in EXPRESSIONS
    }
    return {
        "days": days,
        "base": base,
        "expressions": {
            name: _differences(by_day, base if name == "rest" else _own(by_day, drawn["rest"]))
            for name, by_day in drawn.items()
        },
        "curves": [{"day": day, "parts": _curve_parts(forecast, day)} for day in days],
        "texts": [{"day": day, "texts": _texts(forecast, day)} for day in forecast.days],
    }


def _own(by_day: dict[int, Parts], rest: dict[int, Parts]) -> Parts:
    """The parts that an expression ever draws otherwise than the face at rest, as yet unknown."""
    moved = {
        name
        for day, drawn in by_day.items()
        for name, values in drawn.items()
        if not _alike(values, rest.get(day, {}).get(name))
    }
    return {name: {} for name in sorted(moved)}


def _alike(values: dict[str, str | float], other: dict[str, str | float] | None) -> bool:
    """Whether two drawings of a part look the same; one that does not show has no shape."""
    unseen = other is not None and values.get("opacity") == other.get("opacity") == 0
    return unseen or values == other


def _differences(by_day: dict[int, Parts], before: Parts) -> list[dict[str, Any]]:
    """Frames by day of the parts named in `before`, which is what stands there already."""
    listed: list[dict[str, Any]] = []
    for day in sorted(by_day):
        changed = _changed({name: by_day[day][name] for name in before}, before)
        listed.append({"day": day, "parts": changed})
        before = before | changed
    return listed


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
        now = before[name] | {"opacity": 0} if unseen and before[name] else values
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
    return said | below.texts(forecast, index)
