"""The front: what more units buy, and the hands that deliver them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from glabella.plan.goals.aims import aims_of
from glabella.plan.optimise import optimise
from glabella.plan.search.front import PLANS, front
from glabella.plan.search.outcome import outcome
from glabella.plan.search.robustness import DELIVERIES, robustness
from glabella.plan.search.space import units_at
from glabella.plan.search.twice import search_for
from tests.plan.asked import THREE, goal


@pytest.mark.parametrize("lines", [{"glabella": {"maximum": 3}}, THREE], ids=["one", "three"])
def test_more_units_never_buy_less(lines: dict[str, dict[str, int]]) -> None:
    found = front(goal(lines=lines))
    assert len(found) > PLANS / 2
    for less, more in itertools.pairwise(found):
        assert more.units > less.units
        assert more.chance >= less.chance - 0.01


def test_the_last_units_buy_least() -> None:
    found = front(goal())
    gains = np.diff([one.chance for one in found]) / np.diff([one.units for one in found])
    third = len(gains) // 3
    assert gains[:third].mean() > 3 * gains[-third:].mean()


def test_a_plan_of_the_front_is_what_it_says() -> None:
    asked = goal()
    one = front(asked)[PLANS // 2]
    told = outcome(asked, (one.treatment,), name="front")
    assert told.units == one.units
    assert told.points == one.points
    assert told.areas[0].chance == pytest.approx(one.chance, abs=0.05)


def test_the_first_plan_that_reaches_the_goal_has_about_the_units_of_the_proposal() -> None:
    asked = goal()
    first = next(one for one in front(asked) if one.reached)
    assert first.units == pytest.approx(optimise(asked).units, abs=2)


def test_no_plan_of_the_front_gives_more_than_is_allowed() -> None:
    assert max(one.units for one in front(goal(preset="first-visit"))) <= 15


def test_held_points_are_in_every_plan_of_the_front() -> None:
    found = front(goal(held=[{"site": "procerus", "units": 3}]))
    assert all(one.treatment.injections[0].site == "procerus" for one in found)
    assert min(one.units for one in found) >= 3


def test_an_answer_says_how_often_erring_hands_keep_its_limits() -> None:
    found = optimise(goal())
    assert found.robustness.deliveries == DELIVERIES
    assert 0.5 < found.robustness.hold <= 1
    assert 0 < found.robustness.reach <= 1


def test_a_plan_with_no_room_left_stands_up_worse_than_one_with_room() -> None:
    asked = goal(lines=THREE, preset="full")
    aims = aims_of(asked)
    found = search_for(asked, aims)
    usual = robustness(found.search.judge, aims, units_at(found.steps, aims.step_units))
    doubled = robustness(found.search.judge, aims, units_at(found.steps, 2 * aims.step_units))
    assert doubled.hold <= usual.hold


def test_robustness_is_the_same_each_time() -> None:
    assert optimise(goal()).robustness == optimise(goal()).robustness
