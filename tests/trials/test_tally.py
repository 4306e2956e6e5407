"""Counting in blocks: parts add up to the whole, and single precision is enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from glabella.face.frame import Face
from glabella.plan.course import Blocked, blocked, reach
from glabella.plan.movement import drive_left, move
from glabella.plan.parameters import calibrated
from glabella.plan.place import place
from glabella.trials.cohort import DAY_ZERO
from glabella.trials.tally import LINE_DAYS, Schedule, Stratum, Tally, count
from glabella.trials.trial import strata
from tests.trials.specs import NONE_OR_MILD, WOMEN, glabella, spec

GRADES = {"2": 0.5, "3": 0.5}
ASKED = spec([glabella(20)], population={**WOMEN, "n": 300, "baseline_grades": GRADES})
SCHEDULE = Schedule.of(ASKED)


def treated(stratum: Stratum) -> Blocked:
    face = Face.fit(stratum.sex)
    treatment = ASKED.arms[0].treatment(DAY_ZERO)
    assert treatment is not None
    arrived = reach(face, place(face, treatment), 0.0, stratum.people, sigma_mm=6.0)
    return blocked(face, [arrived], SCHEDULE.days, stratum.people, calibrated(), bulk=1.0)


def tally_of(stratum: Stratum, lost: Blocked | None = None) -> Tally:
    tally = Tally.empty(ASKED)
    lost = lost or treated(stratum)
    count(ASKED, SCHEDULE, stratum, lost, parameters=calibrated(), tally=tally)
    return tally


def some(stratum: Stratum, chosen: np.ndarray) -> Stratum:
    return replace(stratum, grade=stratum.grade[chosen], people=stratum.people.take(chosen))


@pytest.fixture(scope="module")
def women() -> Stratum:
    [found] = strata(ASKED.population, 0)
    return found


def assert_same(one: Tally, other: Tally, **within: Any) -> None:
    assert one.patients == other.patients
    np.testing.assert_allclose(one.said, other.said, **within)
    np.testing.assert_array_equal(one.lost_on.sum(axis=1), other.lost_on.sum(axis=1))
    np.testing.assert_array_equal(one.brow.sum(axis=-1), other.brow.sum(axis=-1))
    assert one.events == other.events


def test_counting_parts_and_adding_them_is_counting_the_whole(women: Stratum) -> None:
    parts = Tally.empty(ASKED)
    for chosen in np.array_split(np.arange(300), 4):
        parts.add(tally_of(some(women, chosen)))
    whole = tally_of(women)
    assert_same(parts, whole, rtol=1e-5)
    assert np.abs(np.cumsum(parts.lost_on - whole.lost_on, axis=-1)).max() <= 1
    # A height on the edge of a bin may round to either side of it.
    apart = np.cumsum(parts.brow, axis=-1) - np.cumsum(whole.brow, axis=-1)
    assert np.abs(apart).max() <= 2


def test_everyone_is_counted_once_by_every_height_and_grade(women: Stratum) -> None:
    whole = tally_of(women)
    assert whole.patients == 300
    assert set(np.unique(whole.brow.sum(axis=-1))) == {300}
    assert 0 < whole.lost_on.sum() <= 300
    assert np.all((whole.said >= 0) & (whole.said <= 300))


def test_single_precision_counts_the_same_patients(women: Stratum) -> None:
    double = treated(women)
    assert_same(tally_of(women, double.single()), tally_of(women, double), rtol=1e-5)


def test_some_of_the_days_and_muscles_are_as_among_all_of_them(women: Stratum) -> None:
    face, lost = Face.fit("female"), treated(women)
    columns = np.array([0, 5, 20])
    part, whole = (move(face, one, women.people) for one in (lost.on(columns), lost))
    for key, rise in whole.brow.items():
        np.testing.assert_allclose(part.brow[key], rise[:, columns], atol=1e-12)
    alone = drive_left(face, lost, {"glabella"})
    assert {area for area, _ in alone} == {"glabella"}
    for key, drive in alone.items():
        np.testing.assert_allclose(drive, whole.drive[key], atol=1e-12)


def test_days_that_nobody_asks_for_are_not_followed() -> None:
    assert Schedule.of(ASKED).lines[-1] == LINE_DAYS[-1]
    visits = Schedule.of(spec([glabella(20)], durations=[], visits_days=[3, 11]))
    assert visits.lines.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 10, 11]
    assert visits.lines[visits.columns(visits.lines)].tolist() == [3, 11]
    late = Schedule.of(spec([glabella(20)], durations=[NONE_OR_MILD], visits_days=[500]))
    assert late.lines[-1] == 500
    assert set(late.days) == {*late.lines, *late.brow}
