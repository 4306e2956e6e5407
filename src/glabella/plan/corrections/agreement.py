"""Where what is seen and what was forecast disagree."""

from __future__ import annotations

import numpy as np

from glabella.face.frame import BothSides
from glabella.plan.corrections.case import Case
from glabella.plan.corrections.residue import Residue, residue
from glabella.plan.corrections.seen import rises
from glabella.plan.corrections.uneven import PLACES, brow_rise
from glabella.plan.goals.asked_lines import GRADES
from glabella.plan.summary import HIGH, LOW

# A whole grade stands for what rounds to it; a height is read to about a millimetre.
GRADE_SLACK, HEIGHT_SLACK_MM = 0.5, 1.0


def agreement(left: Residue, case: Case) -> tuple[str, ...]:
    """Sentences on what lies outside 90% of drawn patients, before today's review is learned."""
    bare = case.plan()
    plan = type(bare)(
        patient=bare.patient, treatments=bare.treatments, reviews=case.reviews, title=bare.title
    )
    before = residue(plan, today=case.today)
    told = [*_lines(before, case), *_brows(before, case)]
    learned = left.learned
    if learned is not None and not learned.used:
        told.append(
            f"Too few drawn patients ({learned.effective:g} of {learned.drawn}) explain what was "
            "seen. What is predicted here is the population's, not this patient's."
        )
    return tuple(told)


def _lines(before: Residue, case: Case) -> list[str]:
    course = before.course([0.0])
    found = []
    for area, seen in case.lines.items():
        own = [one.maximum[1:, 0] for (name, _), one in course.lines.items() if name == area]
        if seen.maximum is None or not own:
            continue
        low, high = np.quantile(np.max(own, axis=0), [LOW, HIGH])
        if not low - GRADE_SLACK <= seen.maximum <= high + GRADE_SLACK:
            than = "more" if seen.maximum > high else "less"
            found.append(
                f"{area}: {GRADES[seen.maximum]} lines are {than} than forecast; nine of ten "
                f"drawn patients lie from {low:.1f} to {high:.1f}."
            )
    return found


def _brows(before: Residue, case: Case) -> list[str]:
    movement = before.course([0.0]).movement
    found = []
    for side in BothSides:
        seen = rises(case, before.face, side)
        for place in PLACES if seen else ():
            rise = brow_rise(before.face, movement, side, place)[1:, 0]
            low, high = np.quantile(rise, [LOW, HIGH])
            assert seen is not None
            if not low - HEIGHT_SLACK_MM <= seen[place] <= high + HEIGHT_SLACK_MM:
                found.append(
                    f"{side} brow, {place}: {seen[place]:+.1f} mm against before; nine of ten "
                    f"drawn patients lie from {low:+.1f} to {high:+.1f} mm."
                )
    return found
