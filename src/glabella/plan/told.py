"""What words at a review tell the model: how well drawn patients explain a droop that was seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.face.frame import BothSides, Face, Side
from glabella.plan.case import Case
from glabella.plan.correction import Noticed
from glabella.plan.learn import Past
from glabella.plan.movement import Movement
from glabella.plan.parameters import model_facts
from glabella.plan.residue import Likely
from glabella.plan.uneven import brow_apart, brow_peak, brow_rise, smile_apart

Array = NDArray[np.float64]


def likely(case: Case, face: Face, noticed: Sequence[Noticed]) -> Likely | None:
    """The log likelihood of what was told in words; None where all was measured, or says nothing.

    What was seen is taken to be as large as what counts as such a result, or larger.
    """
    told = [
        one
        for one in noticed
        if not one.measured and one.code in TELLING and (one.side or one.code != "asymmetry")
    ]
    if not told:
        return None

    def of(past: Past) -> Array:
        column = past.column(case.today)
        blur = facts.load().corrections.told_blur_mm.value
        total = np.zeros(len(past.people))
        for one in told:
            for side in (one.side,) if one.side else BothSides:
                size, least = _size(one, side, face, past.movement)
                missing = np.maximum(least - size[:, column], 0.0)
                total -= 0.5 * (missing / blur) ** 2
        return total

    return of


TELLING = frozenset({"eyelid-ptosis", "brow-ptosis", "spock-brow", "asymmetry", "uneven-smile"})


def _size(seen: Noticed, side: Side, face: Face, movement: Movement) -> tuple[Array, float]:
    """How large (P, T) in mm what was told is in each drawn patient, and from when on it counts."""
    limit = model_facts().risk
    match seen.code:
        case "eyelid-ptosis":
            return -movement.lid[side], limit.lid_ptosis_mm.value
        case "brow-ptosis":
            return -brow_rise(face, movement, side, "middle"), limit.brow_ptosis_mm.value
        case "spock-brow":
            return brow_peak(face, movement, side), limit.spock_brow_mm.value
        case "asymmetry":
            return side.sign * brow_apart(face, movement), limit.asymmetry_mm.value
    return smile_apart(movement), limit.smile_asymmetry_mm.value
