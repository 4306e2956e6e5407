"""Searched, calculated a second time, and searched again until both calculations agree.

A search looks at drawn patients under erring hands. What it finds is calculated the forecast's own
way on other patients; where that finds a limit broken, a goal missed or units to spare, and where
too few deliveries by hand keep the limits, the search is asked again with what was learnt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glabella.plan.goals.aims import Aims
from glabella.plan.goals.goal import Goal, treatment_of
from glabella.plan.place import place
from glabella.plan.plan import Injection
from glabella.plan.search.alternatives import label_treatment
from glabella.plan.search.moves import Steps
from glabella.plan.search.outcome import outcome
from glabella.plan.search.proposal import Recheck
from glabella.plan.search.reasons import Planned
from glabella.plan.search.search import Found, Search
from glabella.plan.search.setting import setting
from glabella.plan.search.space import held_points, injections_of, space_of, steps_at, units_at

# So often is a plan searched again when the second calculation says otherwise.
TRIES = 4
# Both calculations agree when no chance differs by more under hands that do not err.
AGREES_WITHIN = 0.03
# The second calculation may find this much more than was asked before units are taken away again.
TOO_GOOD = 0.015
LEAST = 0.002
# By so much a shape of the brow is asked for more strictly where the second calculation misses it.
STRICTER_MM = 0.1
# In so many of the deliveries by hand every limit should hold; else the one that is broken most
# is asked for more strictly, by this factor.
HOLDS_IN, STRICTER = 0.9, 0.75


def search_for(goal: Goal, aims: Aims, *, start: Sequence[Injection] | None = None) -> Planned:
    """The best plan that can be found for a goal, calculated twice."""
    space = space_of(goal, aims)
    steps: Steps = {} if start is None else steps_at(goal, space, start)
    asked, tries = aims, []
    for tried in range(1, TRIES + 1):
        search = space.asking(asked)
        found = search.run(steps, "whole" if start is None and tried == 1 else "near")
        if tried == 1 and start is None:
            found = _no_worse(goal, search, found)
        tries.append(_twice(goal, aims, search, found, tried))
        steps, again = found.steps, _asked_again(aims, asked, tries[-1], exact=start is None)
        if again == asked or _no_better(tries):
            break
        asked = again
    return _best_of(tries)


def _best_of(tries: Sequence[Planned]) -> Planned:
    """Worst is a broken limit, then a goal missed, then hands that break a limit, then units."""
    fewest = sorted(tries, key=lambda one: (one.flaws, one.outcome.units))
    alike = [one for one in fewest if one.flaws == fewest[0].flaws]
    return next((one for one in alike if _holds(one)), alike[0])


def _no_better(tries: Sequence[Planned]) -> bool:
    """Whether the last plan does not improve on one before it that has no flaw."""
    *before, last = tries
    return any(
        (one.outcome.units <= last.outcome.units or not _flawless(last)) and _flawless(one)
        for one in before
    )


def _flawless(planned: Planned) -> bool:
    return not any(planned.flaws) and _holds(planned)


def _holds(planned: Planned) -> bool:
    return planned.robustness.hold >= HOLDS_IN


def _no_worse(goal: Goal, search: Search, found: Found) -> Found:
    """The better of what was found and what is found from the label's own points.

    Where the goal is out of reach: the best of several starts, and of its units only those that
    are worth it.
    """
    label = _label_steps(goal, search)
    starts = [label] if label and search.allowed(label) else []
    if not found.satisfied:
        others = [search.run({}, "rough"), *(search.run(one, "near") for one in starts)]
        found = min([found, *others], key=_merit)
    else:
        worse = [steps for steps in starts if search.merit_of(steps) < found.merit]
        found = min([found, *(search.run(steps, "near") for steps in worse)], key=_merit)
    return found if found.satisfied else search.thrifty().run(found.steps, "near")


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
    sure = replace(search, judge=replace(search.judge, influence=search.influence.surely()))
    units = {**held_points(goal), **units_at(found.steps, aims.step_units)}
    scores = sure.judge.scores(sure.loaded(units)[None])
    apart = max(abs(float(scores.chance[area.area][0]) - area.chance) for area in result.areas)
    return Planned(
        aims=aims,
        search=search,
        steps=found.steps,
        units=units,
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
            seen = float(scores.risks[risk.event][0])
            risks[risk.event] = max(min(STRICTER * seen, seen - risk.probability + risk.limit), 0.0)
    # Where there are units to spare the next plan is another: only that one is delivered by hand.
    spare = any(aim.chance < before.chance for aim, before in zip(areas, asked.areas, strict=True))
    if not spare and not _holds(planned) and (worst := planned.robustness.worst_event):
        risks[worst] = min(risks[worst], STRICTER * float(scores.risks[worst][0]))
    return replace(asked, areas=tuple(areas), risks=risks, brow_mm=brow_mm)
