"""The screening gate: a history told, gone through, and fresh."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from glabella.clinic.charted import back_from, charted
from glabella.clinic.gate import Gate
from glabella.clinic.intake import queries, rules
from glabella.clinic.intake.questions import name_of
from glabella.clinic.patients.models import Patient
from glabella.plan.finding import Finding

if TYPE_CHECKING:
    from glabella.clinic.treatments.models import Treatment

WHO = "An injector, a prescriber or an assistant can."


def _stop(code: str, message: str, mend: str) -> tuple[Finding, ...]:
    return (Finding(code=code, severity="stop", message=message, mend=f"{mend} {WHO}"),)


def screening_gate(
    patient: Patient, *, now: datetime, on: date, charted: bool = False, back: str = ""
) -> Gate:
    """How a patient's screening stands at a moment; a plan brings what its product's label says."""
    url = reverse("intake:history", args=[patient.pk]) + back
    screening = queries.last_screening(patient, now=now)
    intake = queries.last_intake(patient, now=now)
    if intake is None:
        lacking = _stop("no-history", "No history is taken.", "Take the history.")
        return Gate("Screening", "Nothing is told yet", lacking, url, "Take the history")
    if screening is None or screening.intake_id != intake.pk:
        open_still = _stop(
            "history-open",
            f"The history of {intake.filled_at:%d %b %Y} is not gone through.",
            "Go through the answers.",
        )
        return Gate("Screening", "Told, not gone through", open_still, url, "Go through it")
    found = queries.findings_of(patient, screening, on=on, by_label=not charted)
    days = queries.policy_of(patient.clinic_id).screening_days
    if rules.is_stale(screening.at, now=now, days=days):
        old = _stop(
            "screening-stale",
            f"Screened on {screening.at:%d %b %Y}, more than {days} days ago.",
            "Ask whether anything has changed.",
        )
        return Gate("Screening", "To be asked again", (*old, *found), url, "Ask again")
    names = [name_of(code) for code in patient.conditions]
    words = "; ".join(names) or "nothing that speaks against it"
    when = f"{timezone.localtime(screening.at):%d %b %Y}, {screening.by.display_name}"
    return Gate("Screening", f"{when}: {words}", tuple(found), url, "Look at it")


def screening(treatment: Treatment, now: datetime) -> Gate:
    return screening_gate(
        treatment.patient,
        now=now,
        on=treatment.date,
        charted=bool(charted(treatment).units),
        back=back_from(treatment),
    )
