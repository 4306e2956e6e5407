"""What words at a review tell the model: how well drawn patients explain a droop that was seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.face.frame import BothSides, Face, Side
from glabella.plan import mouth
from glabella.plan.corrections.case import Case
from glabella.plan.corrections.correction import Noticed
from glabella.plan.corrections.residue import Likely
from glabella.plan.corrections.seen import asked_grade
from glabella.plan.corrections.uneven import brow_apart, brow_peak, brow_rise
from glabella.plan.learn import Past
from glabella.plan.lines import follow_lines
from glabella.plan.movement import Movement
from glabella.plan.parameters import calibrated, model_facts, varied

Array = NDArray[np.float64]

TELLING = frozenset(
    {"eyelid-ptosis", "brow-ptosis", "spock-brow", "asymmetry", "uneven-smile", "under-treatment"}
)


def likely(case: Case, face: Face, noticed: Sequence[Noticed]) -> Likely | None:
    """The log likelihood of what was noticed beyond readings; None where that says nothing.

    What was seen is taken to be as large as what counts as such a result, or larger.
    """
    told = [one for one in noticed if _tells(one)]
    if not told:
        return None

    def of(past: Past) -> Array:
        column = past.column(case.today)
        known = facts.load().corrections
        total = np.zeros(len(past.people))
        for one in told:
            if one.code == "under-treatment":
                missing, blur = _too_smooth(case, past, one, column), known.told_blur_grades.value
                total -= 0.5 * (missing / blur) ** 2
                continue
            for side in (one.side,) if one.side else BothSides:
                size, least = _size(one, side, face, past.movement)
                missing = np.maximum(least - size[:, column], 0.0)
                total -= 0.5 * (missing / known.told_blur_mm.value) ** 2
        return total

    return of


def _tells(seen: Noticed) -> bool:
    if seen.code == "under-treatment":
        return bool(seen.area)
    if seen.code == "asymmetry" and seen.side is None:
        return False
    return seen.code in TELLING and not seen.measured


def _too_smooth(case: Case, past: Past, seen: Noticed, column: int) -> Array:
    """By how much (P,) lines are better than was seen: a line that pulls is no reading's error."""
    baseline = case.patient.lines.get(seen.area)  # type: ignore[call-overload]
    drives = [d for (name, _), d in past.movement.drive.items() if name == seen.area]
    if baseline is None or not drives:
        return np.zeros(len(past.people))
    parameters = varied(calibrated(), past.people.doubt)
    drive = np.asarray(np.mean(drives, axis=0))
    course = follow_lines(past.days, drive, baseline, past.people, parameters)
    read = case.lines.get(seen.area)  # type: ignore[call-overload]
    asked = asked_grade(case, seen.area)  # type: ignore[arg-type]
    grade = max(read.maximum if read and read.maximum is not None else 0, asked + 1)
    return np.maximum(grade - 0.5 - course.maximum[:, column], 0.0)


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
    return mouth.smile_apart_mm(movement), limit.smile_asymmetry_mm.value
