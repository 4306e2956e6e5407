"""When a treatment may be judged, corrected, and rated a second time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from glabella import facts
from glabella.errors import RecordError
from glabella.facts.vigilance import RatingScale


class ReviewRefused(RecordError):
    """The review cannot be kept as it is."""


def first_day() -> int:
    """The first day on which grades mean something."""
    return int(facts.load().safety.review_not_before_days.value)


def is_early(day: int) -> bool:
    return day < first_day()


def check_day(on: date, *, treated: date, today: date) -> None:
    if on > today:
        raise ReviewRefused("The review lies in the future. Date it on the day you looked.")
    if on < treated:
        raise ReviewRefused("The review lies before the treatment. Check the date.")


def check_kind(*, day: int, judged: bool) -> None:
    """Refuse grades and brow heights before the effect can be judged."""
    if is_early(day) and judged:
        raise ReviewRefused(
            f"Day {day} is too early to judge: the effect is still building. From day "
            f"{first_day()} on grades and brow heights are taken. Keep your words as a note, and "
            "leave the grades and heights empty."
        )


def check_something(*, judged: bool, note: str, events: int) -> None:
    if not (judged or note.strip() or events):
        raise ReviewRefused("There is nothing to keep yet: grade an area or write a note.")


# A review older than this is looked at again before toxin is added on its word.
FRESH_DAYS = 7


def check_fresh(*, reviewed: date, today: date) -> None:
    """Refuse to add toxin on the word of an old review."""
    if (today - reviewed).days > FRESH_DAYS:
        raise ReviewRefused(
            f"This review is {(today - reviewed).days} days old, and the effect has changed since. "
            "Review again before anything is added."
        )


def check_not_treated_since(treated: date | None) -> None:
    """Refuse a correction that may have been given already."""
    if treated is not None:
        raise ReviewRefused(
            f"The patient was treated again on {treated:%d %b %Y}, after this review. Review that "
            "treatment first."
        )


def check_empty(*, points: int) -> None:
    """Refuse to put a correction on a chart that holds something else."""
    if points:
        raise ReviewRefused(
            "You have a draft with points open for this patient. Sign it or throw it away, then "
            "add the correction."
        )


# Rating on scales

LINES = "lines"


def scales_for(areas: Sequence[str]) -> dict[str, RatingScale]:
    """The scales that fit the areas that were treated; lines are graded with the review itself."""
    return {
        code: scale
        for code, scale in facts.load().scales.items()
        if code != LINES and not scale.only_named and ({"any", *areas} & set(scale.areas))
    }


def named_scales(areas: Sequence[str]) -> list[RatingScale]:
    """Scales that belong to somebody: named with what they are, and not reproduced."""
    return [
        scale
        for scale in facts.load().scales.values()
        if scale.only_named and ({"any", *areas} & set(scale.areas))
    ]


def check_rating(code: str, value: float) -> None:
    """Refuse a value that the scale has not."""
    scale = facts.load().scales[code]
    if scale.steps:
        if value not in {step.value for step in scale.steps}:
            raise ReviewRefused(f"{scale.name} has no step {value:g}.")
    elif not scale.low <= value <= scale.high:
        raise ReviewRefused(
            f"{scale.name}: {value:g} {scale.unit} cannot be. It lies between {scale.low:g} and "
            f"{scale.high:g}."
        )


def check_second(*, first: int, second: int, kind: str, rated: bool) -> None:
    """Refuse a second rating by the first rater, of an early contact, or a second time."""
    if kind != "review":
        raise ReviewRefused("An early contact has no grades to compare with.")
    if first == second:
        raise ReviewRefused("The second rater is somebody else than the one who signed the review.")
    if rated:
        raise ReviewRefused("This review was rated a second time already.")
