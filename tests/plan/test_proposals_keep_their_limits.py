"""Whatever is asked, a proposal keeps within what its goal and its product allow."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, settings
from hypothesis import given as over

from glabella.errors import InputError
from glabella.plan.goals.aims import aims_of
from glabella.plan.goals.goal import Goal, read_goal
from glabella.plan.optimise import optimise
from glabella.plan.search.proposal_text import as_text
from glabella.plan.search.titrate import titrate
from tests.plan.goals import THREE, goal, goals

SLACK = 1e-6


def keeps_its_limits(asked: Goal) -> None:
    aims, proposal = aims_of(asked), optimise(asked)
    held = sum(point.units for point in asked.held)
    assert held <= proposal.units + SLACK <= aims.most_units + 2 * SLACK
    for aim in aims.areas:
        own = [point for point in proposal.points if point.area == aim.area]
        free = [point.injection.units for point in own if not point.held]
        assert sum(point.injection.units for point in own) <= aim.most_units + SLACK
        assert all(units <= aim.most_at_point + SLACK for units in free)
        assert all(abs(units / aims.step_units % 1) < SLACK for units in free)
    assert as_text(proposal, titration=titrate(asked, proposal)).startswith("Proposal for")


@pytest.mark.parametrize("most", [10, 20, 30])
def test_all_areas_together_stay_below_the_most_of_a_session(most: float) -> None:
    asked = goal(areas={area: {} for area in THREE}, lines=THREE, most_units=most)
    keeps_its_limits(asked)


@over(goals())
@settings(max_examples=12, deadline=None)
def test_any_proposal_stays_below_every_limit_of_units(told: dict[str, Any]) -> None:
    asked = read_goal(json.dumps(told))
    try:
        aims_of(asked)
    except InputError:
        assume(False)
    keeps_its_limits(asked)
