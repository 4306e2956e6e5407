"""What a proposal is compared with: the label's own points, and the last visit."""

from __future__ import annotations

import msgspec

from glabella import facts
from glabella.plan.goals.aims import Aims
from glabella.plan.goals.goal import Goal, treatment_of
from glabella.plan.plan import AreaId, Treatment
from glabella.plan.search.outcome import outcome
from glabella.plan.search.proposal import Outcome


def compare(goal: Goal, aims: Aims) -> tuple[Outcome, ...]:
    """The label's protocol and the last visit, each measured against the same goal."""
    found = []
    label = label_treatment(goal)
    if label is not None:
        found.append(outcome(goal, (label,), name="Label", aims=aims))
    if goal.treatments:
        last = max(treatment.date for treatment in goal.treatments)
        again = tuple(
            msgspec.structs.replace(treatment, date=goal.date, status="planned")
            for treatment in goal.treatments
            if treatment.date == last
        )
        found.append(outcome(goal, again, name="Last visit", aims=aims))
    return tuple(found)


def label_treatment(goal: Goal) -> Treatment | None:
    """The label's own units in the goal's areas; None where no label covers any of them."""
    label = facts.product(goal.product).areas
    units: dict[AreaId, float] = {
        area: label[area].total_units.value for area in goal.areas if area in label
    }
    return treatment_of(goal, areas=units) if units else None
