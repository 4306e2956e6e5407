"""The front: what more units buy, and what they cost, up to all that is allowed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glabella.plan.goals.aims import aims_of
from glabella.plan.goals.goal import Goal, treatment_of
from glabella.plan.search.moves import LEAST_STEPS, Steps
from glabella.plan.search.outcome import worst_risk
from glabella.plan.search.proposal import TradeOff
from glabella.plan.search.score import Judge
from glabella.plan.search.search import NOTHING, Search
from glabella.plan.search.space import held_points, injections_of, space_of, units_at

PLANS = 30
# Asked of every plan of the front: as smooth as its units make it.
AS_SMOOTH_AS_CAN_BE = 0.995


def front(goal: Goal, plans: int = PLANS) -> tuple[TradeOff, ...]:
    """The smoothest plan for each of so many totals of units, fewest first.

    Limits of risk hold for all of them; how much movement they keep is told, not asked. Totals at
    which nothing better was found, or nothing within every limit, are left out. Raises InputError
    as `optimise` does.
    """
    aims = aims_of(goal)
    space = space_of(goal, aims)
    held = sum(space.held_units.values())
    most = min(aims.most_units, sum(aim.most_units for aim in aims.areas))
    wanted = tuple(replace(aim, chance=AS_SMOOTH_AS_CAN_BE, kept=0.0) for aim in aims.areas)
    found: list[TradeOff] = []
    steps: Steps = {}
    sure = replace(space.judge, influence=space.influence.surely())
    for units in np.linspace(min(held + LEAST_STEPS * aims.step_units, most), most, plans):
        asked = replace(aims, areas=wanted, most_units=float(units))
        search = space.asking(asked)
        steps = search.run(steps, "near").steps
        if not steps and not goal.held:
            continue
        one = _trade_off(goal, sure, search, steps)
        if one.worst_risk <= 1 and (not found or one.units > found[-1].units):
            found.append(one)
    return tuple(found)


def _trade_off(goal: Goal, judge: Judge, search: Search, steps: Steps) -> TradeOff:
    """What a plan buys and costs if it is delivered as meant, as a proposal is told."""
    aims = judge.aims
    units = {**held_points(goal), **units_at(steps, aims.step_units)}
    scores = judge.scores(replace(search, judge=judge).loaded(units)[None])
    risks = {event: float(share[0]) for event, share in scores.counted.items()}
    event, share = worst_risk(risks, aims)
    chances = {area: round(float(chance[0]), 3) for area, chance in scores.chance.items()}
    return TradeOff(
        units=round(sum(units.values()), 6),
        points=len(units),
        chance=round(float(np.mean(list(chances.values()))), 3),
        chances=chances,
        kept=round(min(float(left[0]) for left in scores.kept.values()), 3),
        brow_mm=round(float(scores.lowest_brow_mm[0]), 2),
        worst_risk=round(share, 2),
        worst_event=event or "",
        reached=float(scores.missing[0] + scores.broken[0]) < NOTHING,
        treatment=treatment_of(goal, [*goal.held, *injections_of(steps, aims.step_units)]),
    )
