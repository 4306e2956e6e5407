"""Patients who cannot be: what was graded or measured wrongly, and how to mend it."""

from __future__ import annotations

from glabella import facts
from glabella.errors import InputError
from glabella.face.frame import BrowHeights
from glabella.plan.plan import Patient


def refuse_nobody(patient: Patient) -> None:
    """Raise InputError for grades and brow heights that nobody has."""
    for area, grades in patient.lines.items():
        if grades.rest is not None and grades.rest > grades.maximum:
            raise InputError(
                f"The lines of the area `{area}` are graded {grades.rest} at rest and "
                f"{grades.maximum} at full movement: movement makes lines no milder. Grade them "
                "again, or leave out the grade at rest."
            )
    default = facts.load().anatomy.faces[patient.sex]
    for side in ("left", "right"):
        heights = getattr(patient.measures, f"brow_{side}")
        for name in BrowHeights.__struct_fields__ if heights else ():
            usual, found = getattr(default, f"brow_{name}"), getattr(heights, name)
            # As far outside the usual span as the span is wide there is nobody.
            wide = usual.high - usual.low
            if not usual.low - wide <= found <= usual.high + wide:
                raise InputError(
                    f"`measures.brow_{side}.{name}` is {found:g} mm; brows stand {usual.low:g} "
                    f"to {usual.high:g} mm above the pupil's centre there. Measure again, straight "
                    "up from the pupil's centre to the lower border of the brow, or leave it out."
                )
