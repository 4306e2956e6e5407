"""Goals that cannot be meant: what is wrong with them and what to do, never a plan."""

from __future__ import annotations

from typing import get_args

from glabella import facts
from glabella.errors import InputError
from glabella.face.frame import Face
from glabella.facts.goals import BrowShape
from glabella.plan import dose_rules, patient_rules
from glabella.plan.geometry_rules import geometry_findings
from glabella.plan.goals.caps import History, area_cap
from glabella.plan.goals.goal import Goal, treatment_of
from glabella.plan.goals.person import refuse_nobody
from glabella.plan.judged import Judged
from glabella.plan.parameters import calibrated
from glabella.plan.place import Dose, place
from glabella.plan.plan import AreaId, Plan

# The muscle that pulls the outer brow down, its area, and the other area that lets a brow rise.
BROW_DEPRESSOR, BROW_AREA = "orbicularis-oculi", "lateral-canthal"
LIFTING_AREAS = (BROW_AREA, "glabella")
# A stop of these rules means that there is nothing to plan.
STOPPING = (
    patient_rules.contraindications,
    patient_rules.age,
    dose_rules.interval,
    dose_rules.dilution,
)


def refuse(goal: Goal, brow: BrowShape, face: Face, history: History) -> tuple[Dose, ...]:
    """The doses that are held, if the goal can be meant.

    Raises InputError saying what is wrong and what to do.
    """
    _history(goal)
    _product(goal)
    refuse_nobody(goal.patient)
    _areas(goal)
    _spare(goal)
    held = _held(goal, face)
    _brow(goal, brow, held)
    _stopped(goal, face, history)
    return held


def _history(goal: Goal) -> None:
    for number, treatment in enumerate(goal.treatments, start=1):
        if treatment.status == "planned":
            raise InputError(
                f"Treatment {number} of the goal, of {treatment.date}, is marked as planned. "
                'Only what was given is history: mark it as "given", or leave it out.'
            )
        if treatment.date > goal.date:
            raise InputError(
                f"Treatment {number} was given on {treatment.date}, after the goal's date, "
                f"{goal.date}. Mend one of the dates: what is planned comes last."
            )
    for number, review in enumerate(goal.reviews, start=1):
        if review.date > goal.date:
            raise InputError(
                f"Review {number} is of {review.date}, after the goal's date, {goal.date}. "
                "Mend one of the dates."
            )
        if not any(treatment.date < review.date for treatment in goal.treatments):
            raise InputError(
                f"Review {number}, of {review.date}, follows no treatment of this goal. Give the "
                "treatment that it reviews in `treatments`, or leave the review out."
            )


def _product(goal: Goal) -> None:
    known = [product for product, _ in calibrated().products]
    if goal.product not in known:
        name = facts.product(goal.product).name
        told = ", ".join(facts.product(one).name for one in known)
        raise InputError(
            f"The model does not know how {name} acts, so nothing can be planned with it. "
            f"Choose one of {told}, or chart {name} by hand."
        )


def _areas(goal: Goal) -> None:
    for area in goal.areas:
        if area not in goal.patient.lines:
            raise InputError(
                f"The area `{area}` has no baseline grade, so nothing can be aimed at. Grade its "
                f"lines at full movement and give them in `patient.lines.{area}`."
            )


def _spare(goal: Goal) -> None:
    areas, muscles = get_args(AreaId), sorted(facts.load().anatomy.muscles)
    for word in goal.spare:
        if word not in areas and word not in muscles:
            raise InputError(
                f"`spare` names `{word}`, which is no area and no muscle. "
                f"Areas: {', '.join(areas)}. Muscles: {', '.join(muscles)}."
            )
    for area in goal.areas:
        if area in goal.spare:
            raise InputError(
                f"The area `{area}` is both to be treated and to be spared. "
                "Take it out of `areas` or out of `spare`."
            )
        behind = muscles_of(area)
        if behind <= set(goal.spare):
            raise InputError(
                f"The lines of the area `{area}` come from {' and '.join(sorted(behind))}, which "
                "`spare` keeps whole, so nothing can change them. "
                "Take the area out of `areas`, or the muscle out of `spare`."
            )


def muscles_of(area: str) -> set[str]:
    """The muscles that points of an area go into."""
    return {site.muscle for site in facts.load().anatomy.sites.values() if site.area == area}


def _held(goal: Goal, face: Face) -> tuple[Dose, ...]:
    """The doses of the points that stay as they are."""
    if not goal.held:
        return ()
    doses = place(face, treatment_of(goal, goal.held))
    for number, dose in enumerate(doses, start=1):
        for part in (dose.area, dose.muscle):
            if part and part in goal.spare:
                raise InputError(
                    f"Held point {number} ({dose.at()}) lies in {part}, which is to be spared. "
                    "Take the point away, or take the word out of `spare`."
                )
    for found in geometry_findings(face, doses, facts.load().safety):
        if found.severity == "stop":
            raise InputError(f"A held point cannot stay. {found.message} {found.mend}")
    return doses


def _brow(goal: Goal, brow: BrowShape, held: tuple[Dose, ...]) -> None:
    measures = goal.patient.measures
    if brow == "lift-lateral":
        spared = next((word for word in (BROW_DEPRESSOR, BROW_AREA) if word in goal.spare), None)
        if spared:
            raise InputError(
                f"The outer brow is to rise while `spare` keeps {spared}, which pulls it down. "
                "Take it out of `spare`, or ask for another shape of the brow."
            )
        if not any(area in LIFTING_AREAS for area in (*goal.areas, *(dose.area for dose in held))):
            raise InputError(
                "The outer brow is to rise, and no area that pulls a brow down may be treated. "
                f"Add {' or '.join(f'`{area}`' for area in LIFTING_AREAS)} to `areas`, or ask for "
                "another shape of the brow."
            )
    if brow == "level" and (measures.brow_left is None or measures.brow_right is None):
        raise InputError(
            "The sides are to be brought together, and it is not known how far apart they are. "
            "Measure both brows: `patient.measures.brow_left` and `brow_right`."
        )


def _stopped(goal: Goal, face: Face, history: History) -> None:
    """The stops that hold whatever is planned: of the patient, the interval, the vial."""
    product = facts.product(goal.product)
    usual: dict[AreaId, float] = {area: area_cap(product, area).units for area in goal.areas}
    session = treatment_of(goal, goal.held, areas=usual)
    plan = Plan(patient=goal.patient, treatments=(*goal.treatments, session))
    earlier = tuple((goal.treatments[index], doses) for index, doses in history.items())
    judged = Judged(plan, face, session, place(face, session), earlier)
    for rule in STOPPING:
        for found in rule(judged):
            if found.severity == "stop":
                raise InputError(f"No plan: {found.message} {found.mend}")
