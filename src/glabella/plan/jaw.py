"""The width of the jaw: bulk of masseter over months, earlier sessions included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from glabella.effect import expression
from glabella.face.frame import BothSides, Face, Side
from glabella.face.muscles import elements
from glabella.plan.course import Reach, blocked
from glabella.plan.movement import Movement, strength_left
from glabella.plan.parameters import Number, Parameters, model_facts
from glabella.plan.people import People
from glabella.plan.sizes import sizes

Array = NDArray[np.float64]

MASSETER = "masseter"
# A jaw is told of when toxin takes this share of a masseter.
NOTICED = 0.02
# Bulk is slow: this is how often it is followed through the sessions before the last.
STEP_DAYS = 7


def jaw_widths(
    face: Face,
    reaches: Sequence[Reach],
    movement: Movement,
    days: Array,
    people: People,
    *,
    parameters: Parameters,
    bulk: Number,
) -> dict[Side, Array]:
    """Change of the width of each side of the jaw (P, T) in mm; empty if no toxin gets there.

    Bulk remembers: it is followed from the first session on, before the forecast begins.
    """
    if not movement.strength.touches(MASSETER, share=NOTICED):
        return {}
    first = min(arrived.day for arrived in reaches)
    before = np.arange(first, min(days[0], 0.0), STEP_DAYS)
    strength = {side: movement.of(MASSETER, side) for side in BothSides}
    if len(before):
        grid = elements(face)
        own = np.array([grid.names[name][0] == MASSETER for name in grid.muscle])
        near = [replace(one, density=np.where(own, one.density, 0.0)) for one in reaches]
        lost = blocked(face, near, before, people, parameters, bulk=bulk)
        past = strength_left(face, lost)
        strength = {
            side: np.concatenate([past.of(MASSETER, side), now], axis=1)
            for side, now in strength.items()
        }
    known = model_facts().jaw
    most = sizes(known.full_loss_mm, len(people), step=0)[:, None]
    return {
        side: expression.jaw_width_mm(
            np.concatenate([before, days]),
            left,
            memory_days=known.bulk_memory_days.value,
            full_loss_mm=most,
        )[:, len(before) :]
        for side, left in strength.items()
    }
