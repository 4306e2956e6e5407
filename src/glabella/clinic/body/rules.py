"""What must hold for a session outside the face to be started, and for a scale to be read."""

from __future__ import annotations

from datetime import date

from glabella import facts
from glabella.errors import RecordError
from glabella.facts.body import Scale
from glabella.plan.body.session import indication_of


class ScaleRefused(RecordError):
    """A reading that cannot be kept."""


def scale_of(indication_id: str) -> Scale:
    """The scale of an indication; raises ScaleRefused where no source ties one to it."""
    key = indication_of(indication_id).scale if indication_id else None
    if key is None:
        raise ScaleRefused("No source that was seen ties a scale to this treatment: write a note.")
    return facts.load().body.scales[key]


def check_value(scale: Scale, value: float) -> None:
    low, high = scale.low, scale.high
    if low is not None and high is not None and not low <= value <= high:
        raise ScaleRefused(f"{scale.name} goes from {low:g} to {high:g}, not {value:g}.")
    if scale.steps and value != int(value):
        raise ScaleRefused(f"{scale.name} is read in whole steps, not {value:g}.")


def check_day(on: date, *, treated: date, today: date) -> None:
    if on > today:
        raise ScaleRefused(f"{on:%d %b %Y} lies in the future. Give the day of the reading.")
    if on <= treated:
        raise ScaleRefused(
            f"The session was on {treated:%d %b %Y}: a reading after it has a later day."
        )
