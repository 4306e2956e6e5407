"""The baseline gate: what is measured before the first point."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from glabella.clinic.charted import back_from, charted
from glabella.clinic.gate import Gate
from glabella.clinic.patients.measures import AREA_NAMES, AREAS, BROW_FIELDS
from glabella.clinic.patients.models import MeasureSet, Patient
from glabella.plan.finding import Finding

if TYPE_CHECKING:
    from glabella.clinic.treatments.models import Treatment

# Areas whose treatment moves the brow.
BROW_AREAS = frozenset({"glabella", "forehead", "lateral-canthal"})


def missing(measures: MeasureSet | None, areas: frozenset[str]) -> list[str]:
    """What the areas to be treated still lack, in words; nothing known of areas asks for any."""
    if measures is None:
        return ["line grades and brow heights"]
    ungraded = [
        f"the grade of {AREA_NAMES[area].lower()}"
        for area in AREAS
        if area in areas and measures.grade(area, "maximum") is None
    ]
    brows = any(getattr(measures, name) is not None for name in BROW_FIELDS)
    return ungraded + (["brow heights"] if areas & BROW_AREAS and not brows else [])


def baseline_gate(patient: Patient, areas: frozenset[str], *, back: str = "") -> Gate:
    """Grades and asymmetry of what is treated today; without them nothing can be compared."""
    measures = patient.measure_sets.first()
    lacking = missing(measures, areas)
    if not lacking:
        assert measures is not None
        return Gate("Baseline", f"Measured on {measures.at:%d %b %Y}")
    finding = Finding(
        code="baseline",
        severity="warn",
        message=f"Not measured yet: {', '.join(lacking)}. After treatment nobody can say "
        "what was uneven before.",
        mend="Whoever takes the history can measure.",
    )
    url = reverse("patients:measure", args=[patient.pk]) + back
    return Gate("Baseline", "Before the first point", (finding,), url, "Measure")


def baseline(treatment: Treatment, now: datetime) -> Gate:
    areas = charted(treatment).areas
    return baseline_gate(treatment.patient, areas, back=back_from(treatment))
