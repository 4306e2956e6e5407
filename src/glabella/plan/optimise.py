"""Planning backwards: from a goal to the fewest units that reach it within every limit.

goal -> aims -> candidates -> influence -> search -> second calculation -> proposal. The search is
on drawn patients under erring hands; what it finds is calculated again the forecast's own way on
other patients, and searched again with what was learnt until both agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glabella.face.frame import Side
from glabella.plan.aims import Aims, aims_of
from glabella.plan.alternatives import compare, label_treatment, treatment_of
from glabella.plan.basis import basis
from glabella.plan.goal import Goal
from glabella.plan.limits import check
from glabella.plan.nearest import nearest
from glabella.plan.outcome import outcome
from glabella.plan.place import place
from glabella.plan.plan import Injection
from glabella.plan.proposal import Proposal, ProposedPoint, Recheck
from glabella.plan.reasons import Planned, bindings, why, without_each
from glabella.plan.robustness import robustness
from glabella.plan.search import Found, Search, Spot, Steps
from glabella.plan.setting import plan_of, setting
from glabella.plan.space import (
    by_place,
    held_points,
    injection_at,
    injections_of,
    space_of,
    steps_at,
    units_at,
)

# So often is a plan searched again when the second calculation says otherwise.
TRIES = 3
# Both calculations agree when no chance differs by more.
AGREES_WITHIN = 0.05
# The second calculation may find this much more than was asked before units are taken away again.
TOO_GOOD = 0.015
LEAST = 0.002
# By so much a shape of the brow is asked for more strictly, where the second calculation misses it.
STRICTER_MM = 0.1


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
    stands_on = basis(plan)
    units = {**held_points(goal), **units_at(found.steps, aims.step_units)}
    return Proposal(
        product=goal.product,
        units=found.outcome.units,
        reached=found.outcome.reached,
        nearest="" if found.outcome.reached else nearest(found, binds),
        points=points,
        outcome=found.outcome,
        compared=compare(goal, aims),
        binds=binds,
        robustness=robustness(found.search.judge, units),
        recheck=found.recheck,
        findings=check(plan),
        notes=aims.notes,
        plan=plan,
        learned=setting(goal).learned,
        sources=stands_on.sources,
        assumptions=stands_on.assumptions,
    )


def search_for(goal: Goal, aims: Aims, *, start: Sequence[Injection] | None = None) -> Planned:
    """The best plan that can be found for a goal, calculated twice."""
    space = space_of(goal, aims)
    steps: Steps = {} if start is None else steps_at(goal, space, start)
    asked, tries = aims, []
    for tried in range(1, TRIES + 1):
        search = space.asking(asked)
        found = search.run(steps, near=start is not None or tried > 1)
        if tried == 1 and start is None:
            found = _no_worse(goal, search, found)
        planned = _twice(goal, aims, search, found, tried)
        tries.append(planned)
        steps, again = found.steps, _asked_again(aims, asked, planned, exact=start is None)
        if again == asked or not found.satisfied:
            break
        asked = again
    return min(tries, key=lambda one: (not one.outcome.reached, one.outcome.units))


def _no_worse(goal: Goal, search: Search, found: Found) -> Found:
    """The better of what was found and what is found from the label's own points.

    Where the goal is out of reach: the best of several starts, and of its units only those that
    are worth it.
    """
    label = _label_steps(goal, search)
    starts = [label] if label and search.allowed(label) else []
    if not found.satisfied:
        others = [search.run({}, at_once=True), *(search.run(one, near=True) for one in starts)]
        found = min([found, *others], key=_merit)
    else:
        worse = [steps for steps in starts if search.merit_of(steps) < found.merit]
        found = min([found, *(search.run(steps, near=True) for steps in worse)], key=_merit)
    return found if found.satisfied else search.thrifty().run(found.steps, near=True)


def _merit(found: Found) -> float:
    return found.merit


def _label_steps(goal: Goal, search: Search) -> Steps:
    label = label_treatment(goal)
    if label is None:
        return {}
    points = [
        Injection(site=dose.site, side=dose.side, units=dose.units.amount)
        for dose in place(setting(goal).face, label)
    ]
    return steps_at(goal, search, points)


def _twice(goal: Goal, aims: Aims, search: Search, found: Found, tried: int) -> Planned:
    """A found plan, calculated a second time the forecast's way on other patients."""
    injections = [*goal.held, *injections_of(found.steps, aims.step_units)]
    treatments = (treatment_of(goal, injections),) if injections else ()
    result = outcome(goal, treatments, name="Proposal", aims=aims)
    scores = search.judge.scores(search.load(found.steps)[None])
    apart = max(abs(float(scores.chance[area.area][0]) - area.chance) for area in result.areas)
    return Planned(
        search=search,
        steps=found.steps,
        outcome=result,
        recheck=Recheck(
            patients=len(setting(goal).people) - 1,
            apart=round(apart, 3),
            agrees=apart <= AGREES_WITHIN,
            tried=tried,
        ),
    )


def _asked_again(aims: Aims, asked: Aims, planned: Planned, *, exact: bool) -> Aims:
    """What to ask of a search so that the second calculation finds what the goal asks.

    The same as before where there is nothing to mend, or nothing more to be had. Only an `exact`
    answer is searched again for having found more than was asked.
    """
    scores = planned.search.judge.scores(planned.search.load(planned.steps)[None])
    areas = []
    for aim, before, area in zip(aims.areas, asked.areas, planned.outcome.areas, strict=True):
        seen = float(scores.chance[aim.area][0])
        kept = float(scores.kept[aim.area][0])
        short = seen >= before.chance and area.chance < aim.chance
        good = exact and planned.outcome.reached and area.chance > aim.chance + TOO_GOOD
        chance = aim.chance + seen - area.chance if short or good else before.chance
        lost = max(aim.kept - area.kept, 0.0)
        areas.append(
            replace(
                before,
                chance=float(np.clip(chance, LEAST, 1 - LEAST)),
                kept=kept + lost if lost else before.kept,
            )
        )
    risks, brow_mm = dict(asked.risks), asked.brow_mm
    if not planned.outcome.brow_reached and float(scores.brow_off_mm[0]) <= 0:
        brow_mm += STRICTER_MM if aims.brow == "lift-lateral" else -STRICTER_MM
    for risk in planned.outcome.risks:
        if not risk.holds:
            risks[risk.event] = max(
                float(scores.risks[risk.event][0]) - (risk.probability - risk.limit) - LEAST, 0.0
            )
    return replace(asked, areas=tuple(areas), risks=risks, brow_mm=brow_mm)


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
