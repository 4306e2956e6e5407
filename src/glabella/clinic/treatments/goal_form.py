"""What the page offers to say a goal with: areas, presets, words behind the sliders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from glabella import facts
from glabella.clinic.patients.measures import AREA_NAMES, AREAS, UPPER_AREAS
from glabella.clinic.patients.rules import plan_patient
from glabella.clinic.treatments import planning
from glabella.clinic.treatments.models import Treatment
from glabella.errors import UserError
from glabella.facts.goals import BrowShape, PresetName
from glabella.plan import Patient
from glabella.plan.goals.aims import Aims, aims_of
from glabella.plan.goals.goal import AreaGoal, Goal
from glabella.plan.plan import LineArea

GRADES = ("none", "mild", "moderate", "severe")
# What a chance is called, from this share on.
CHANCE_WORDS = (
    (0.0, "perhaps"),
    (0.55, "rather likely"),
    (0.65, "likely"),
    (0.75, "very likely"),
    (0.88, "almost sure"),
)
# What a slider between "matters little" and "matters most" weighs.
WEIGHTS = (
    (0.25, "matters little"),
    (0.5, "matters less"),
    (1.0, "as usual"),
    (2.0, "matters more"),
    (4.0, "matters most"),
)
MATTERS = (("smoothness", "Smooth lines"), ("brow", "Calm brow"), ("few_units", "Few units"))


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area that can be part of a goal, with its lines before any treatment."""

    area: str
    name: str
    before: int
    before_word: str
    grades: tuple[tuple[int, str], ...]
    upper: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A word that can be chosen, and what it means."""

    code: str
    name: str
    purpose: str = ""


def form(
    treatment: Treatment,
    products: Iterable[str],
    *,
    treated: bool,
    patient: Patient | None = None,
) -> dict[str, Any]:
    """The choices of the goal form, and what each preset fills in for each product.

    Who was `treated` before starts with a natural goal, everybody else slowly. The `patient` of a
    plan that is there already need not be read again.
    """
    patient = patient or _patient(treatment)
    known = facts.load().goals
    return {
        "areas": area_rows(patient),
        "ungraded": [AREA_NAMES[area] for area in UPPER_AREAS if area not in patient.lines],
        "presets": [Choice(code, one.name, one.purpose) for code, one in known.presets.items()],
        "first_preset": suggested(treated=treated),
        "movement": [
            Choice(code, one.name, f"keeps {one.kept.value:.0%} of the strength or more")
            for code, one in known.movement.items()
        ],
        "brows": [
            Choice(code, one.name, one.asks.replace("this", f"{one.mm.value:g} mm"))
            for code, one in known.brow.items()
        ],
        "spare": spared(patient),
        "matters": [Choice(code, name) for code, name in MATTERS],
        "usual_weight": [weight for weight, _ in WEIGHTS].index(1.0),
        "last_weight": len(WEIGHTS) - 1,
        "script": {
            "chance_words": CHANCE_WORDS,
            "weights": WEIGHTS,
            "products": {product: words_of(treatment, patient, product) for product in products},
        },
    }


def _patient(treatment: Treatment) -> Patient:
    measures = planning.latest_measures(treatment.patient)
    return plan_patient(treatment.patient, measures, on=treatment.date)


def area_rows(patient: Patient) -> list[AreaRow]:
    """The areas whose lines are graded; a goal is never more than the lines there are."""
    return [
        AreaRow(
            area=area,
            name=AREA_NAMES[area],
            before=grades.maximum,
            before_word=GRADES[grades.maximum],
            grades=tuple((grade, GRADES[grade].capitalize()) for grade in range(3)),
            upper=area in UPPER_AREAS,
        )
        for area, grades in sorted(patient.lines.items(), key=lambda one: AREAS.index(one[0]))
        if grades.maximum > 0
    ]


def suggested(*, treated: bool) -> PresetName:
    return "natural" if treated else "first-visit"


def spared(patient: Patient) -> list[Choice]:
    """Areas and muscles that can be asked to be left alone, those of the graded areas."""
    anatomy = facts.load().anatomy
    areas = [row.area for row in area_rows(patient)]
    muscles = dict.fromkeys(site.muscle for site in anatomy.sites.values() if site.area in areas)
    named = [Choice(muscle, anatomy.muscles[muscle].name) for muscle in muscles]
    return [Choice(area, AREA_NAMES[area], "area") for area in areas] + named


def words_of(treatment: Treatment, patient: Patient, product: str) -> dict[str, Any]:
    """What each preset fills in with this product, and why some areas cannot be planned with it."""
    refused: dict[str, str] = {}
    for area in patient.lines:
        alone = _goal(treatment, patient, product, (area,), None, brow="keep")
        if isinstance(told := _aims(alone), str):
            refused[area] = told
    areas = tuple(area for area in patient.lines if area not in refused)
    presets = facts.load().goals.presets
    return {
        "refused": refused,
        "presets": {code: _filled(treatment, patient, product, areas, code) for code in presets},
    }


def _filled(
    treatment: Treatment,
    patient: Patient,
    product: str,
    areas: tuple[LineArea, ...],
    preset: PresetName,
) -> dict[str, Any]:
    """The numbers behind a preset's words for each area, as planning itself reads them."""
    known = facts.load().goals.presets[preset]
    told: Aims | str = "No area can be planned."
    for brow in (known.brow, "keep") if areas else ():
        told = _aims(_goal(treatment, patient, product, areas, preset, brow=brow))
        if not isinstance(told, str):
            break
    if isinstance(told, str):
        return {"areas": {}, "brow": known.brow, "why_not": told}
    filled = {
        aim.area: {"grade": aim.grade, "chance": aim.chance, "movement": known.movement}
        for aim in told.areas
    }
    return {"areas": filled, "brow": known.brow, "why_not": ""}


def _goal(
    treatment: Treatment,
    patient: Patient,
    product: str,
    areas: tuple[LineArea, ...],
    preset: PresetName | None,
    *,
    brow: BrowShape,
) -> Goal:
    return Goal(
        patient=patient,
        date=treatment.date,
        product=product,
        areas={area: AreaGoal() for area in areas},
        preset=preset,
        brow=brow,
    )


def _aims(goal: Goal) -> Aims | str:
    """What a goal asks for in numbers, or why it cannot be asked."""
    try:
        return aims_of(goal)
    except UserError as refusal:
        return str(refusal)
