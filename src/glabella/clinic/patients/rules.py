"""What must hold for a patient's record, and how it enters a plan."""

from __future__ import annotations

from datetime import date
from typing import Literal, cast

import msgspec

from glabella import facts
from glabella.clinic.patients.measures import AREAS, BROW_PLACES, LinesAndBrows
from glabella.clinic.patients.models import MeasureSet, Patient
from glabella.errors import InputError, RecordError
from glabella.face import BrowHeights, Measures
from glabella.plan import plan as plans

OLDEST_YEARS = 120


class PatientRefused(RecordError):
    """The patient's record cannot be saved as it is."""


def check_birth(date_of_birth: date, *, today: date) -> None:
    if date_of_birth > today:
        raise PatientRefused("The date of birth lies in the future. Check the year.")
    if today.year - date_of_birth.year > OLDEST_YEARS:
        raise PatientRefused("The date of birth is more than 120 years ago. Check the year.")


def check_conditions(codes: list[str]) -> None:
    unknown = sorted(set(codes) - set(facts.load().conditions))
    if unknown:
        raise PatientRefused(f"Glabella does not know the condition `{unknown[0]}`.")


ALLERGY = "hypersensitivity"


def check_alert(*, kind: str, product: str, text: str) -> None:
    if not text.strip():
        raise PatientRefused("Say in a few words what is to be known.")
    if kind == "reaction" and product not in facts.load().products:
        raise PatientRefused("Choose the product that the patient reacted to.")


def brow_of(found: LinesAndBrows, side: str) -> BrowHeights | None:
    """The three heights of a brow, or nothing when one of them was not measured."""
    heights = {f"{place}_mm": found.brow_mm(side, place) for place in BROW_PLACES}
    known = {name: height for name, height in heights.items() if height is not None}
    return BrowHeights(**known) if len(known) == len(BROW_PLACES) else None


def check_brows(found: dict[str, object]) -> None:
    """A brow counts with all three of its heights or with none."""
    for side in ("left", "right"):
        given = [found.get(f"brow_{side}_{place}_mm") for place in BROW_PLACES]
        if None in given and any(height is not None for height in given):
            raise PatientRefused(
                f"The {side} brow has some of its three heights only. Give all three or none."
            )


def measures_of(found: MeasureSet | None) -> Measures:
    """The measures as the face takes them; what was not measured stays out."""
    if found is None:
        return Measures()
    number = {
        name: float(value)
        for name in ("interpupillary_mm", "forehead_height_mm", "c_line_fraction")
        if (value := getattr(found, name)) is not None
    }
    written = {
        **number,
        "brow_left": brow_of(found, "left"),
        "brow_right": brow_of(found, "right"),
        "bulk": found.bulk,
        "frontalis": found.frontalis,
    }
    try:
        return msgspec.convert(msgspec.to_builtins(written), Measures)
    except msgspec.ValidationError as error:
        raise InputError(f"The measures of this patient cannot be used: {error}.") from error


def lines_of(found: MeasureSet | None) -> dict[plans.LineArea, plans.LineGrades]:
    """Baseline grades of the areas that were graded at maximum."""
    lines: dict[plans.LineArea, plans.LineGrades] = {}
    for area in AREAS if found is not None else ():
        assert found is not None
        maximum, rest = found.grade(area, "maximum"), found.grade(area, "rest")
        if maximum is not None:
            grades = plans.LineGrades(maximum=maximum, rest=rest)
            lines[cast("plans.LineArea", area)] = grades
    return lines


def sex_of(patient: Patient) -> Literal["female", "male"]:
    """The sex as the default faces are called."""
    return cast("Literal['female', 'male']", patient.sex)


def plan_patient(patient: Patient, found: MeasureSet | None, *, on: date) -> plans.Patient:
    """The patient as the model sees one: nothing that identifies."""
    return plans.Patient(
        sex=sex_of(patient),
        age_years=patient.age_years(on),
        lines=lines_of(found),
        measures=measures_of(found),
        conditions=tuple(patient.conditions),
    )
