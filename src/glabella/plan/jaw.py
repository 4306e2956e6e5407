"""The width of the jaw: bulk of masseter over months, earlier sessions included."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from glabella.effect import expression
from glabella.face.frame import BothSides, Face, Side
from glabella.plan.course import Reach
from glabella.plan.movement import Movement, strength_before
from glabella.plan.parameters import Number, Parameters, model_facts
from glabella.plan.people import People
from glabella.plan.sizes import sizes

Array = NDArray[np.float64]

MASSETER = "masseter"
# A jaw is told of when toxin takes this share of a masseter.
NOTICED = 0.02


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
    strength = {side: movement.of(MASSETER, side) for side in BothSides}
    known_days = days
    past = strength_before(
        face,
        reaches,
        people,
        parameters=parameters,
        bulk=bulk,
        muscles=[(MASSETER, side) for side in BothSides],
    )
    if past is not None:
        before, left = past
        known_days = np.concatenate([before, days])
        strength = {
            side: np.concatenate([left.of(MASSETER, side), now], axis=1)
            for side, now in strength.items()
        }
    known = model_facts().jaw
    most = sizes(known.full_loss_mm, len(people), step=0)[:, None]
    return {
        side: expression.jaw_width_mm(
            known_days,
            now,
            memory_days=known.bulk_memory_days.value,
            full_loss_mm=most,
        )[:, -len(days) :]
        for side, now in strength.items()
    }
