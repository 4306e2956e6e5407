"""The way of a visit, in order: screen, prescriber, consent, baseline; how each stands now."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from glabella.clinic.charted import Charted
from glabella.clinic.consent.gates import consent_gate
from glabella.clinic.consent.queries import chart_of
from glabella.clinic.gate import Gate
from glabella.clinic.intake.gates import screening_gate
from glabella.clinic.patients.gates import baseline_gate
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.prescribing.gates import prescriber_gate


def way(patient: Patient, member: Member, *, now: datetime) -> list[Gate]:
    """The gates before a treatment, each with the page on which it is passed."""
    today = timezone.localdate(now)
    chart = chart_of(patient, member) or Charted(today)
    return [
        screening_gate(patient, now=now, on=today, charted=bool(chart.units)),
        prescriber_gate(patient, member, chart, now=now),
        consent_gate(patient, chart, now=now),
        baseline_gate(patient, chart.areas),
    ]
