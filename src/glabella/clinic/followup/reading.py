"""Reading from a signed treatment what the recall list needs of it."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from glabella import facts
from glabella.clinic.followup.spans import Given, Span
from glabella.clinic.treatments.models import Treatment
from glabella.plan.result import AreaCourse


class _Courses(msgspec.Struct):
    """The part of a stored forecast that is needed; the rest is passed over."""

    courses: tuple[AreaCourse, ...] = ()


class _Grades(msgspec.Struct):
    maximum: int | None = None


class _PlannedPatient(msgspec.Struct):
    lines: dict[str, _Grades] = {}


class _Planned(msgspec.Struct):
    """The patient of a stored plan, as graded before."""

    patient: _PlannedPatient


def least_days(products: set[str]) -> int:
    """The label's interval: the longest of the products that were given."""
    every = facts.load().products
    known = [
        every[product].limits.minimum_interval_days for product in products if product in every
    ]
    told = [fact.value for fact in known if fact]
    return int(max(told, default=facts.load().safety.retreatment_days.value))


def _courses(treatment: Treatment) -> tuple[AreaCourse, ...]:
    try:
        return msgspec.json.decode(treatment.forecast_json or "{}", type=_Courses).courses
    except msgspec.DecodeError:
        # Signed under an older shape of the forecast.
        return ()


def _earliest(courses: list[AreaCourse]) -> Span:
    """Of the two sides of an area the one that wears off first."""
    first = min(courses, key=lambda one: one.wear_off.median or date.max)
    return Span(first.wear_off.low, first.wear_off.median, first.wear_off.high)


def read_span(treatment: Treatment) -> Given:
    """When the effect of a signed treatment wears off, by the forecast that was signed."""
    points = list(treatment.points.select_related("vial"))
    treated = {point.area for point in points if point.area}
    courses: dict[str, list[AreaCourse]] = {}
    for course in _courses(treatment):
        if course.area in treated or not treated:
            courses.setdefault(course.area, []).append(course)
    try:
        lines = msgspec.json.decode(treatment.plan_json, type=_Planned).patient.lines
    except msgspec.DecodeError:
        lines = {}
    days = least_days({point.vial.product for point in points})
    return Given(
        treatment=treatment.pk,
        on=treatment.date,
        not_before=treatment.date + timedelta(days=days),
        areas={area: _earliest(found) for area, found in courses.items()},
        baseline={
            area: grade.maximum for area, grade in lines.items() if grade.maximum is not None
        },
    )
