"""The prescriber gate: assessed, and what is charted is allowed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from glabella.clinic.charted import Charted, back_from, charted
from glabella.clinic.gate import Gate
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.prescribing import queries, rules

if TYPE_CHECKING:
    from glabella.clinic.treatments.models import Treatment

NAME = "Prescriber"


def prescriber_gate(
    patient: Patient, injector: Member, chart: Charted, *, now: datetime, back: str = ""
) -> Gate:
    """Whether a prescriber has seen the patient and allows what is charted."""
    url = reverse("prescribing:assess", args=[patient.pk]) + back
    found = queries.standing(patient, now=now)
    # Where the policy asks for none, standing orders allow; a prescriber's no counts all the same.
    free = Gate(NAME, "Not asked for by the clinic's policy")
    if found is None:
        if not injector.clinic.assessment_required:
            return free
        return Gate(NAME, "Not assessed", (rules.not_assessed(),), url, "Assess")
    past = rules.findings_of(queries.allowed_by(found), chart)
    if past and found.decision == "suitable" and not injector.clinic.assessment_required:
        return free
    words = f"{found.at:%d %b %Y}, {found.by.display_name}: {queries.words_of(found)}"
    return Gate(NAME, words, tuple(past), url, "Assess")


def prescriber(treatment: Treatment, now: datetime) -> Gate:
    return prescriber_gate(
        treatment.patient,
        treatment.injector,
        charted(treatment),
        now=now,
        back=back_from(treatment),
    )
