"""Goals as a clinician would state them, and how to read what is proposed."""

from __future__ import annotations

import json
from typing import Any

from glabella.face.frame import Side
from glabella.plan.goals.goal import Goal, read_goal
from glabella.plan.search.proposal import AreaOutcome, Proposal, RiskOutcome
from tests.plan.plans import DAY, patient

THREE = {
    "glabella": {"maximum": 3, "rest": 1},
    "forehead": {"maximum": 2, "rest": 1},
    "lateral-canthal": {"maximum": 2, "rest": 0},
}


def goal(**changes: Any) -> Goal:
    """Softer frown lines for a woman of 42, changed as asked; `lines` and the like are hers."""
    own = {"lines", "sex", "age_years", "measures", "conditions"} & set(changes)
    person = patient(**{name: changes.pop(name) for name in own})
    whole = {
        "patient": person,
        "date": DAY,
        "product": "botox-cosmetic",
        "areas": {area: {} for area in person["lines"]},
    }
    return read_goal(json.dumps(whole | changes))


def area(found: Proposal, name: str) -> AreaOutcome:
    return next(one for one in found.outcome.areas if one.area == name)


def risk(found: Proposal, event: str) -> RiskOutcome:
    return next(one for one in found.outcome.risks if one.event == event)


def units_in(found: Proposal, name: str) -> float:
    """Units of all points of an area."""
    return sum(point.injection.units for point in found.points if point.area == name)


def units_on(found: Proposal, side: Side, *areas: str) -> float:
    """Units of the points on a side, of the areas that are named or of all."""
    return sum(
        point.injection.units
        for point in found.points
        if point.injection.side is side and (not areas or point.area in areas)
    )
