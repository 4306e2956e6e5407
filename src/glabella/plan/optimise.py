"""Planning backwards: from a goal to the fewest units that reach it within every limit.

goal -> aims -> candidates -> influence -> search -> second calculation -> proposal. The search is
on drawn patients under erring hands; what it finds is calculated again the forecast's own way on
other patients, and searched again with what was learnt until both agree.
"""

from __future__ import annotations

from collections.abc import Sequence

from glabella import facts
from glabella.face.frame import Side
from glabella.plan.basis import basis
from glabella.plan.goals.aims import aims_of
from glabella.plan.goals.goal import Goal
from glabella.plan.limits import check
from glabella.plan.plan import Injection
from glabella.plan.search.alternatives import compare
from glabella.plan.search.moves import Spot
from glabella.plan.search.nearest import nearest
from glabella.plan.search.proposal import Proposal, ProposedPoint
from glabella.plan.search.reasons import Planned, below_all_trials, bindings, why, without_each
from glabella.plan.search.setting import plan_of, setting
from glabella.plan.search.space import by_place, held_points, injection_at, units_at
from glabella.plan.search.twice import search_for


def optimise(goal: Goal, *, start: Sequence[Injection] | None = None) -> Proposal:
    """The fewest units that reach a goal, why each point is there, and how sure that is.

    From `start`, such as the last proposal, only what is near to it is searched: far quicker.
    Raises InputError for a goal that contradicts itself or that Glabella cannot plan.
    """
    aims = aims_of(goal)
    found = search_for(goal, aims, start=start)
    binds = bindings(found.outcome, found.search, found.steps)
    points = _points(goal, found)
    plan = plan_of(goal, found.outcome.treatments)
    stands_on, cited = basis(plan), facts.load().sources
    return Proposal(
        product=goal.product,
        units=found.outcome.units,
        reached=found.outcome.reached,
        nearest="" if found.outcome.reached else nearest(found, binds),
        points=points,
        outcome=found.outcome,
        compared=compare(goal, aims),
        binds=binds,
        robustness=found.robustness,
        recheck=found.recheck,
        findings=check(plan),
        notes=(*aims.notes, *below_all_trials(goal, found.outcome)),
        plan=plan,
        learned=setting(goal).learned,
        sources={key: cited[key].citation for key in sorted({*stands_on.sources, *aims.sources})},
        assumptions=(*aims.assumptions, *stands_on.assumptions),
    )


def _points(goal: Goal, found: Planned) -> tuple[ProposedPoint, ...]:
    """The points of a plan, those that are held first, with what each is for."""
    held = [
        _point(found, spot, units, without="held: it stays as it is", held=True)
        for spot, units in held_points(goal).items()
    ]
    units = units_at(found.steps, found.search.aims.step_units)
    groups = [
        used
        for group in found.search.groups
        if (used := tuple(spot for spot in group if spot in units))
    ]
    told: dict[Spot, str] = {}
    for group, words in zip(groups, without_each(found.search, found.steps, groups), strict=True):
        for spot in group:
            told.setdefault(spot, words)
    return (
        *held,
        *(
            _point(found, spot, amount, without=told[spot])
            for spot, amount in sorted(units.items(), key=by_place)
        ),
    )


def _point(
    found: Planned, spot: Spot, units: float, *, without: str, held: bool = False
) -> ProposedPoint:
    place, side = spot
    return ProposedPoint(
        injection=injection_at(spot, units),
        area=place.area,
        muscle=place.muscle,
        name=place.name if side is Side.MIDLINE else f"{place.name}, {side}",
        why=why(spot),
        without=without,
        held=held,
    )
