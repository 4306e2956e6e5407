"""Titration: what the last visit showed, and what that means for the next proposal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from glabella import facts
from glabella.plan.forecast import forecast
from glabella.plan.goals.asked_lines import GRADES
from glabella.plan.goals.goal import Goal
from glabella.plan.plan import LineArea, Plan, Review
from glabella.plan.result import Forecast, GradeCurve, Learned
from glabella.plan.search.proposal import Proposal
from glabella.plan.search.reasons import area_name
from glabella.plan.search.setting import Setting, setting

Array = NDArray[np.float64]

# A reading that lies further than this from the usual patient's severity is told as different.
HALF_GRADE = 0.5
# The effect of a session is followed for so long.
FOLLOWED_DAYS = 365
# Where a point lies in no area, such as a droplet in the skin.
ELSEWHERE = "skin"
# From these shares of patients on, one answers less or more than usual.
LOW, HIGH = 1 / 3, 2 / 3
Answer = Literal["less", "as usual", "more"]


class SeenThen(msgspec.Struct, frozen=True, kw_only=True):
    """What was read at a review, beside what was forecast for a usual patient on that day."""

    area: LineArea
    date: date
    day: int
    grade: int
    usual: float
    usual_low: float
    usual_high: float
    effect: Answer


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where this patient stands among all: the share who have less, and its 90% interval."""

    share: float
    low: float
    high: float


class Titration(msgspec.Struct, frozen=True, kw_only=True):
    """What the last visit showed.

    `given` are units by area of the products of the last session; `worn_off` the middle date on
    which each area's effect is over, None where that is later than a year. `sensitivity` and
    `duration` are there if something was learned. `sentences` say it all in plain words.
    """

    treated: date | None
    given: dict[str, dict[str, float]]
    seen: tuple[SeenThen, ...]
    worn_off: dict[str, date | None]
    sensitivity: Standing | None
    duration: Standing | None
    learned: Learned | None
    sentences: tuple[str, ...]


def titrate(goal: Goal, proposal: Proposal | None = None) -> Titration:
    """What was given last, what came of it, and how this patient answers against all.

    With a `proposal` its units are set beside the last visit's, of the same product only.
    """
    if not goal.treatments:
        return Titration(
            treated=None,
            given={},
            seen=(),
            worn_off={},
            sensitivity=None,
            duration=None,
            learned=None,
            sentences=("Nothing was given before: the proposal is for the population.",),
        )
    known = setting(goal)
    treated = max(treatment.date for treatment in goal.treatments)
    past = Plan(patient=goal.patient, treatments=goal.treatments, horizon_days=FOLLOWED_DAYS)
    usual = forecast(past)
    own = forecast(past, people=known.people) if _is_own(known) else usual
    taught = _is_own(known) and any(_says_something(review) for review in goal.reviews)
    found = Titration(
        treated=treated,
        given=_given(goal, known, treated),
        seen=tuple(_seen(goal.reviews, treated, usual)),
        worn_off=_worn_off(own),
        sensitivity=_standing(known.people.sensitivity) if taught else None,
        duration=_standing(known.people.duration) if taught else None,
        learned=known.learned,
        sentences=(),
    )
    words = (*_told(goal, found), *_set_beside(goal, found, proposal))
    return msgspec.structs.replace(found, sentences=words)


def _is_own(known: Setting) -> bool:
    """Whether the drawn patients are this patient's own, weighed by what was seen."""
    return known.learned is not None and known.learned.used


def _last(goal: Goal, treated: date) -> list[int]:
    """The treatments of the last session."""
    return [index for index, one in enumerate(goal.treatments) if one.date == treated]


def _given(goal: Goal, known: Setting, treated: date) -> dict[str, dict[str, float]]:
    """Units of the last session, by product and area."""
    found: dict[str, dict[str, float]] = {}
    for index in _last(goal, treated):
        areas = found.setdefault(goal.treatments[index].product, {})
        for dose in known.earlier[index][0]:
            name = dose.area or ELSEWHERE
            areas[name] = round(areas.get(name, 0.0) + dose.units.amount, 6)
    return found


def _seen(reviews: Sequence[Review], treated: date, usual: Forecast) -> Iterator[SeenThen]:
    """Every grade read at full movement since the last session, beside the usual patient's."""
    for review in sorted(reviews, key=lambda one: one.date):
        day = (review.date - treated).days
        if not 0 < day <= FOLLOWED_DAYS:
            continue
        for area, lines in review.lines.items():
            courses = [one for one in usual.grades if (one.area, one.at) == (area, "maximum")]
            if lines.maximum is None or not courses:
                continue
            middle, low, high = _on(day, usual.days, courses)
            yield SeenThen(
                area=area,
                date=review.date,
                day=day,
                grade=lines.maximum,
                usual=round(middle, 1),
                usual_low=round(low, 1),
                usual_high=round(high, 1),
                effect=_effect(lines.maximum, middle),
            )


def _on(day: int, days: Sequence[int], courses: Sequence[GradeCurve]) -> tuple[float, float, float]:
    """Severity on a day in the middle and its interval, over the sides of an area."""
    curves = [(one.grade.median, one.grade.low, one.grade.high) for one in courses]
    middle, low, high = (
        float(np.mean([np.interp(day, days, values) for values in same]))
        for same in zip(*curves, strict=True)
    )
    return middle, low, high


def _effect(grade: int, usual: float) -> Answer:
    if grade > usual + HALF_GRADE:
        return "less"
    return "more" if grade < usual - HALF_GRADE else "as usual"


def _worn_off(own: Forecast) -> dict[str, date | None]:
    """When the effect on each area is over in the middle patient; the later of two sides."""
    found: dict[str, date | None] = {}
    for course in own.courses:
        ends = course.wear_off.median
        known = found.get(course.area, ends)
        found[course.area] = max(known, ends) if known and ends else None
    return found


def _standing(deviates: Array) -> Standing:
    """Where the weighed patients (P,) stand among all, whose deviates are standard normal."""
    low, middle, high = np.percentile(ndtr(deviates[1:]), (5, 50, 95))
    return Standing(
        share=round(float(middle), 2), low=round(float(low), 2), high=round(float(high), 2)
    )


def _told(goal: Goal, found: Titration) -> Iterator[str]:
    """What was given, seen and learned, in this order."""
    for product, areas in found.given.items():
        name = facts.product(product).name
        what = ", ".join(
            f"{units:g} U {name} in the {area_name(area)}" for area, units in areas.items()
        )
        yield f"Last visit, {found.treated:%d %B %Y}: {what}."
    for seen in found.seen:
        yield _compared(seen)
    if goal.reviews and not found.seen:
        yield "No grade at full movement was read after the last visit."
    yield from _answers(found)
    for area, day in found.worn_off.items():
        yield _over(goal, area, day)


def _compared(seen: SeenThen) -> str:
    words = {
        "less": "less effect than usual",
        "as usual": "about what is usual",
        "more": "more effect than usual",
    }
    return (
        f"{area_name(seen.area).capitalize()}, day {seen.day} ({seen.date:%d %b %Y}): seen "
        f"{GRADES[seen.grade]} ({seen.grade}); a usual patient is at {seen.usual:.1f} "
        f"[{seen.usual_low:.1f} to {seen.usual_high:.1f}] then: {words[seen.effect]}."
        f"{_early(seen.day)}"
    )


def _early(day: int) -> str:
    """Readings before the effect is complete say little."""
    soonest = facts.load().safety.review_not_before_days
    if day >= soonest.value:
        return ""
    return f" Before day {soonest.value:g} the effect is not complete: this says little."


def _answers(found: Titration) -> Iterator[str]:
    learned = found.learned
    if learned is None:
        yield (
            "No review follows a treatment: how this patient answers was not learned, and the "
            "proposal is for the population."
        )
    elif not learned.used:
        yield (
            f"Nothing could be learned: only {learned.effective:g} of {learned.drawn} drawn "
            "patients explain what was seen. Check the grades, units and dates; the proposal is "
            "for the population."
        )
    elif found.sensitivity is None or found.duration is None:
        yield (
            "Nothing could be learned: the reviews record no grade and no height of a brow. "
            "The proposal is for the population."
        )
    else:
        yield _strength_words(found.sensitivity)
        yield _duration_words(found.duration)


def _says_something(review: Review) -> bool:
    read = [one for lines in review.lines.values() for one in (lines.maximum, lines.rest)]
    return any(one is not None for one in (*read, review.brow_left, review.brow_right))


def _strength_words(standing: Standing) -> str:
    where = _among(standing, "answer less to the same dose")
    if standing.share < LOW:
        return f"This patient answers less than usual: {where}. The proposal reckons with more."
    if standing.share > HIGH:
        return f"This patient answers more than usual: {where}. The proposal reckons with less."
    return f"This patient answers about as usual: {where}."


def _duration_words(standing: Standing) -> str:
    where = _among(standing, "keep the effect for a shorter time")
    if standing.share < LOW:
        return f"The effect is shorter than usual: {where}."
    if standing.share > HIGH:
        return f"The effect lasts longer than usual: {where}."
    return f"The effect lasts about as long as usual: {where}."


def _among(standing: Standing, what: str) -> str:
    return (
        f"about {100 * standing.share:.0f} of 100 patients {what} "
        f"[{100 * standing.low:.0f} to {100 * standing.high:.0f}]"
    )


def _over(goal: Goal, area: str, day: date | None) -> str:
    name = area_name(area).capitalize()
    if day is None:
        return f"{name}: the effect of the last visit lasts longer than a year."
    days = (goal.date - day).days
    if days >= 0:
        return f"{name}: the effect was over by {day:%d %B %Y}, {days} days before this visit."
    return (
        f"{name}: the effect is over by {day:%d %B %Y}, {-days} days after this visit; what is "
        "left is counted in."
    )


def _set_beside(goal: Goal, found: Titration, proposal: Proposal | None) -> Iterator[str]:
    """The proposal's units beside the last visit's, of the same product only."""
    product = facts.product(goal.product)
    for other in found.given:
        if other != product.id:
            yield (
                f"Last visit's {facts.product(other).name} is compared by its effect only: its "
                f"units are not those of {product.name}."
            )
    last = found.given.get(product.id)
    if proposal is None or last is None:
        return
    proposed = _by_area(proposal)
    for area in dict.fromkeys((*last, *proposed)):
        yield (
            f"{area_name(area).capitalize()}: {last.get(area, 0):g} U {product.name} last time, "
            f"{proposed.get(area, 0):g} U {product.name} proposed."
        )


def _by_area(proposal: Proposal) -> dict[str, float]:
    found: dict[str, float] = {}
    for point in proposal.points:
        name = point.area or ELSEWHERE
        found[name] = round(found.get(name, 0.0) + point.injection.units, 6)
    return found
