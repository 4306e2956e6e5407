"""What a grade says of true lines, and what a rater says of them afterwards."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.face import Side
from glabella.plan.lines import (
    LineCourse,
    rated_below,
    severity_at_rest,
    true_severity,
)
from glabella.plan.parameters import calibrated
from glabella.plan.people import draw
from glabella.plan.summary import area_courses, curve
from tests.laws import law
from tests.plan.plans import expect, treatment

PEOPLE = draw()
FITTED = calibrated()


def test_a_worse_grade_means_worse_lines_for_every_patient() -> None:
    drawn = [true_severity(grade, PEOPLE, FITTED) for grade in range(4)]
    for lighter, worse in itertools.pairwise(drawn):
        assert np.all(lighter < worse)


@pytest.mark.parametrize("grade", [None, 0, 1, 2, 3])
def test_lines_at_rest_are_never_worse_than_moving_ones(grade: int | None) -> None:
    maximum = true_severity(3, PEOPLE, FITTED)
    rest = severity_at_rest(grade, maximum, PEOPLE)
    assert np.all(rest >= 0)
    assert np.all(rest <= maximum)
    if grade is not None:
        assert np.median(rest) == pytest.approx(grade, abs=0.3)


@law
@given(st.lists(st.floats(0, 4), min_size=2, max_size=12), st.floats(0.2, 3))
def test_worse_lines_are_never_rated_better(severity: list[float], limit: float) -> None:
    chance = rated_below(np.sort(severity), limit, FITTED)
    assert np.all(np.diff(chance) <= 1e-12)
    assert chance.min() >= FITTED.rater_lapse
    assert chance.max() <= 1


def a_course(severity: list[float], untreated: float = 3.0) -> LineCourse:
    """Two patients alike, after the typical one: lines day by day."""
    values = np.tile(severity, (3, 1))
    return LineCourse(np.full((3, 1), untreated), values, values)


def test_onset_and_wear_off_are_where_half_a_grade_is_crossed() -> None:
    days = np.array([0.0, 4, 10, 20, 40])
    lines = {("glabella", Side.MIDLINE): a_course([3, 2, 1, 2, 3])}
    (found,) = area_courses(lines, days, expect().start)
    assert found.onset.median_days == 2
    assert found.peak.median_days == 10
    assert found.wear_off.median_days == 30
    assert found.responders == 1


def test_an_effect_that_is_still_there_has_not_worn_off() -> None:
    days = np.array([0.0, 10, 20])
    lines = {("glabella", Side.MIDLINE): a_course([3, 1, 2])}
    (found,) = area_courses(lines, days, expect().start)
    assert found.wear_off.median_days is None


def test_a_curve_holds_nine_patients_of_ten_and_leaves_the_typical_one_out() -> None:
    values = np.vstack([[999.0], np.arange(101)[:, None]])
    found = curve(values)
    assert (found.low, found.median, found.high) == ((5,), (50,), (95,))


def at_rest(*sessions: str) -> tuple[float, ...]:
    """Median lines at rest on the days after the last of these sessions."""
    found = expect(*(treatment(date=day) for day in sessions))
    (grade,) = (g.grade for g in found.grades if g.at == "rest")
    return grade.median


def test_lines_at_rest_remember_the_session_before() -> None:
    once, twice = at_rest("2026-11-20"), at_rest("2026-07-20", "2026-11-20")
    assert twice[0] < once[0] - 0.2
    assert all(later <= first + 0.005 for later, first in zip(twice, once, strict=True))


def test_a_session_told_from_its_own_day_or_from_the_next_leaves_the_same_lines() -> None:
    """The second session gives next to nothing, so that only what is remembered speaks."""
    crumb = treatment(
        date="2026-09-20", injections=[{"site": "masseter-middle", "units": 0.01, "side": "left"}]
    )
    whole = expect(treatment(date="2026-07-20"))
    rest = expect(treatment(date="2026-07-20"), crumb)
    apart = (rest.start - whole.start).days
    for day in (0, 30, 60):
        told = [
            next(g for g in found.grades if g.at == "rest").grade.median[found.days.index(on)]
            for found, on in ((rest, day), (whole, nearest(whole.days, day + apart)))
        ]
        assert told[0] == pytest.approx(told[1], abs=0.05)


def nearest(days: tuple[int, ...], day: int) -> int:
    return min(days, key=lambda known: abs(known - day))
