"""The words of the chart: names of areas, muscles, sources, dates and shares."""

from __future__ import annotations

from datetime import date, timedelta

from glabella import facts
from glabella.plan.result import Curve, Interval

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# "90% of patients" is said of shares below the whole and above nothing.
NEARLY_NONE, NEARLY_ALL = 0.005, 0.995


def short_area_name(area: str) -> str:
    """A name short enough for a curve or a table head."""
    return {
        "glabella": "Glabella",
        "forehead": "Forehead",
        "lateral-canthal": "Lateral canthal",
        "platysma": "Platysma bands",
    }.get(area, area.replace("-", " ").capitalize())


def muscle_name(muscle: str) -> str:
    """The anatomical name of a muscle."""
    known = facts.load().anatomy.muscles.get(muscle)
    return known.name if known is not None else muscle.replace("-", " ").capitalize()


def day_month(day: date) -> str:
    """A date as short as an axis needs."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def full_date(day: date) -> str:
    """A date with its year, that cannot be read in two ways."""
    return f"{day_month(day)} {day.year}"


def on_day(start: date, day: float) -> str:
    """The date a number of days after the start."""
    return day_month(start + timedelta(days=round(day)))


def percent(share: float) -> str:
    """A share in whole percent, without claiming none or all."""
    if share < NEARLY_NONE:
        return "<1%"
    if share >= NEARLY_ALL:
        return ">99%"
    return f"{100 * share:.0f}%"


def signed_range(curve: Curve, index: int) -> str:
    """A change in mm on a day, with its range on a second line."""
    low, high = millimetres(curve.low[index]), millimetres(curve.high[index])
    return f"{millimetres(curve.median[index], sign='+')}\n{low} to {high}"


def share_range(curve: Curve, index: int) -> str:
    """A share of before in whole percent, with its range on a second line."""
    low, high = curve.low[index], curve.high[index]
    return f"{100 * curve.median[index]:.0f}%\n{100 * low:.0f} to {100 * high:.0f}%"


def millimetres(value: float, *, sign: str = "-") -> str:
    """A number with a true minus; sign '+' marks a rise as well."""
    text = f"{value:{sign}.1f}"
    return "0" if text.lstrip("+-") == "0.0" else text.replace("-", "−")


def when(interval: Interval, horizon_days: int) -> str:
    """When something happens: the middle date and between which dates for 90 of 100."""
    if interval.median is None:
        return f"not within {horizon_days} days"
    text = full_date(interval.median)
    if interval.low is not None and interval.high is not None:
        return f"{text} ({day_month(interval.low)} to {day_month(interval.high)})"
    if interval.low is not None:
        return f"{text} (from {day_month(interval.low)}, for some after day {horizon_days})"
    return text


def source_text(key: str) -> str:
    """The citation behind a source key, or the key itself."""
    known = facts.load().sources.get(key)
    return known.citation if known is not None else key
