"""How a plan stands up to hands that err: the same plan delivered many times, never quite alike."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.effect import spread
from glabella.face.muscles import elements
from glabella.plan.course import coupling
from glabella.plan.goals.aims import Aims
from glabella.plan.search.influence import DEPTHS, Influence, Single
from glabella.plan.search.moves import Spot
from glabella.plan.search.outcome import worst_risk
from glabella.plan.search.proposal import Robustness
from glabella.plan.search.score import Judge

Array = NDArray[np.float64]
DELIVERIES, SEED = 48, 11
# A delivery comes near the goal when no chance is short of it by more than this.
REACHED_WITHIN = 0.1


def robustness(judge: Judge, aims: Aims, points: Mapping[Spot, float]) -> Robustness:
    """How often every limit holds, and the goal is reached, when a plan is delivered by hand.

    `points` are units at places. In each delivery every point is off, the dilution slips and some
    points lie in the layer beside the one that was meant; limits are then held against all
    patients of the search.
    """
    hand = facts.load().goals.hand
    loads = _delivered(judge.influence.surely(), points)
    scores = judge.scores(loads)
    # A share of so few patients comes in steps: half of one is no excess.
    half, limits = 0.5 / len(judge.influence.people), aims.risks
    holds = np.all(
        [share <= limits[event] + half for event, share in scores.counted.items()], axis=0
    )
    reached = np.all(
        [scores.chance[aim.area] >= aim.chance - REACHED_WITHIN for aim in aims.areas], axis=0
    )
    worst, _ = worst_risk(
        {event: float(share.max()) for event, share in scores.counted.items()}, judge.aims
    )
    return Robustness(
        deliveries=DELIVERIES,
        patients=len(judge.influence.people) - 1,
        hold=round(float(holds.mean()), 3),
        reach=round(float(reached.mean()), 3),
        worst_event=worst or "",
        point_off_mm=hand.point_off_mm.value,
        dilution_slip=hand.dilution_log_sd.value,
        depth_slip=hand.depth_slip_share.value,
    )


def _delivered(known: Influence, points: Mapping[Spot, float]) -> Single:
    """The loads (M, P, E) of units at points in each of M deliveries."""
    hand, random = facts.load().goals.hand, np.random.default_rng(SEED)
    grid, shape = elements(known.face), (DELIVERIES, *known.shape)
    total = np.zeros(shape, np.float32)
    for (place, side), units in points.items():
        off = hand.point_off_mm.value * random.standard_normal((DELIVERIES, 2))
        apart = (side.sign * place.x_mm + off[:, :1] - grid.x_mm[known.own]) ** 2
        apart += (place.y_mm + off[:, 1:] - grid.y_mm[known.own]) ** 2
        width = known.width_mm(units).astype(np.float32)[:, None]
        found = spread.kernel(apart.astype(np.float32)[:, None], width[None])
        slipped = random.random(DELIVERIES) < hand.depth_slip_share.value
        beside = random.choice([-1, 1], DELIVERIES)
        at = np.clip(DEPTHS.index(place.depth) + np.where(slipped, beside, 0), 0, len(DEPTHS) - 1)
        arrives = np.stack([coupling(depth, grid)[known.own] for depth in DEPTHS])[at]
        found *= (units * arrives).astype(np.float32)[:, None]
        total += found
    slip = np.exp(hand.dilution_log_sd.value * random.standard_normal(DELIVERIES))
    return np.asarray(total * known.answer * slip.astype(np.float32)[:, None, None])
