"""Why a plan is as it is: what each point is for, what binds, and what stops it short of a goal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from glabella import facts
from glabella.plan.goals.aims import Aims
from glabella.plan.goals.goal import Goal
from glabella.plan.search.moves import Spot, Steps
from glabella.plan.search.proposal import Binding, Outcome, Recheck, Robustness
from glabella.plan.search.robustness import robustness
from glabella.plan.search.score import Scores
from glabella.plan.search.search import Search
from glabella.plan.summary import EVENTS

GRADES = ("no lines", "none or mild lines", "at most moderate lines", "any lines")
# What leaving a point out must change before it is worth a word.
SHARE, MM = 0.01, 0.1
# A limit binds when less room than this is left.
RISK_ROOM, KEPT_ROOM = 0.2, 0.03


@dataclass(frozen=True)
class Planned:
    """What a search came to: the plan, what it does by the second calculation, how they compare.

    `units` are those of all points, held ones among them. How the plan stands up to hands is
    worked out when it is first asked: of the plans that a search gives up nobody asks.
    """

    aims: Aims
    search: Search
    steps: Steps
    units: Mapping[Spot, float]
    outcome: Outcome
    recheck: Recheck

    @cached_property
    def robustness(self) -> Robustness:
        return robustness(self.search.judge, self.aims, self.units)

    @property
    def flaws(self) -> tuple[bool, bool]:
        """Whether a limit of risk is broken, and whether the goal is missed."""
        return any(not risk.holds for risk in self.outcome.risks), not self.outcome.reached


def grade_words(grade: int) -> str:
    """A highest grade in words: `none or mild lines`."""
    return GRADES[grade]


def without_each(search: Search, steps: Steps, groups: Sequence[tuple[Spot, ...]]) -> list[str]:
    """What the goal loses if the points of each group are left out, in words."""
    plans = [steps, *({s: n for s, n in steps.items() if s not in group} for group in groups)]
    scores = search.judge.scores(np.stack([search.load(plan) for plan in plans]))
    return [_lost(scores, number, search.aims) for number in range(1, len(plans))]


def _lost(scores: Scores, number: int, aims: Aims) -> str:
    told = []
    for aim in aims.areas:
        before, after = scores.chance[aim.area][[0, number]]
        if before - after >= SHARE:
            told.append(
                f"the chance of {grade_words(aim.grade)} in the {area_name(aim.area)} falls from "
                f"{before:.0%} to {after:.0%}"
            )
    for event, risk in scores.risks.items():
        if risk[number] - risk[0] >= SHARE:
            told.append(
                f"{EVENTS[event][0].lower()} becomes likelier: {max(risk[0], 0):.1%} to "
                f"{risk[number]:.1%}"
            )
    off = scores.brow_off_mm[[0, number]]
    if off[1] - off[0] >= MM:
        told.append(f"the brow is {off[1]:.1f} mm off the shape that is asked for")
    return "; ".join(told) or "hardly anything changes that is asked for"


def area_name(area: str) -> str:
    """An area in words, as the label of any product or the texts have it."""
    return area.replace("-", " ")


def why(spot: Spot) -> str:
    """What a point at a place is for: what its muscle does."""
    place, _ = spot
    muscle = facts.load().anatomy.muscles[place.muscle]
    return f"{muscle.name}: {muscle.action.value}"


def bindings(outcome: Outcome, search: Search, steps: Steps) -> tuple[Binding, ...]:
    """The limits that leave a plan no room, or hardly any."""
    return tuple(_bindings(outcome, search, search.units_by_area(steps)))


def _bindings(outcome: Outcome, search: Search, given: Mapping[str, float]) -> Iterator[Binding]:
    aims, product = search.aims, facts.product(search.influence.product)
    step, total = aims.step_units, sum(given.values())
    full = [aim for aim in aims.areas if given.get(aim.area, 0.0) + step > aim.most_units]
    for aim in full:
        yield Binding(
            code=f"most-units:{aim.area}",
            message=f"{area_name(aim.area).capitalize()}: {given.get(aim.area, 0.0):g} U "
            f"{product.name} is all that may be given there: {aim.most_words}.",
            source=aim.most_from,
        )
    if total + step > aims.most_units and len(full) < len(aims.areas):
        yield Binding(
            code="most-units",
            message=f"{total:g} U {product.name} is all that may be given in one session: "
            f"{aims.most_words}.",
            source=aims.most_from,
        )
    for area in outcome.areas:
        if area.asked_kept and area.kept - area.asked_kept < KEPT_ROOM:
            yield Binding(
                code=f"movement:{area.area}",
                message=f"{area_name(area.area).capitalize()}: {area.kept:.0%} of the strength is "
                f"kept; the goal keeps {area.asked_kept:.0%}.",
            )
    for risk in outcome.risks:
        if risk.probability > (1 - RISK_ROOM) * risk.limit:
            yield Binding(
                code=f"risk:{risk.event}",
                message=f"{risk.name}: {risk.probability:.1%}; the goal accepts {risk.limit:.1%}.",
                source=risk.source,
            )


def below_all_trials(goal: Goal, outcome: Outcome) -> Iterator[str]:
    """Areas that get less than any dose whose trial was read: there the model only extends."""
    product = facts.product(goal.product)
    for area in outcome.areas:
        tried = [
            row.units
            for row in facts.load().literature
            if row.product == goal.product and row.endpoint.area == area.area and row.units
        ]
        if tried and 0 < area.units < min(tried):
            yield (
                f"{area_name(area.area).capitalize()}: {area.units:g} U {product.name} is less "
                f"than any dose there whose trial was read ({min(tried):g} U). How much so little "
                "does is the model's extension, not what was seen: expect less, and add at the "
                "review."
            )
