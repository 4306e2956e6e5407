"""The consent gate: taken, not withdrawn, ripe, and for what is charted."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from glabella.clinic.charted import Charted, back_from, charted, in_short
from glabella.clinic.consent import queries, rules
from glabella.clinic.gate import Gate
from glabella.clinic.patients.models import Patient

if TYPE_CHECKING:
    from glabella.clinic.treatments.models import Treatment

OPEN = frozenset({"no-consent"})


def consent_gate(patient: Patient, chart: Charted, *, now: datetime, back: str = "") -> Gate:
    """Whether what is charted is agreed to."""
    known = queries.standings(patient, now=now)
    hours = patient.clinic.cooling_off_hours
    found = rules.findings_of(known, chart, now=now, cooling_off_hours=hours)
    # What waits for a signature is gone on with; otherwise a new one is begun.
    waits = bool(known) and known[0].state != "taken" and not known[0].withdrawn_at
    page = "consent:list" if waits or (found and found[0].code == "cooling-off") else "consent:new"
    url = reverse(page if found else "consent:list", args=[patient.pk]) + back
    if found:
        return Gate("Consent", found[0].message, tuple(found), url, "Take the consent")
    good = [one for one in known if one.state == "taken" and not one.withdrawn_at]
    signed = good[0].signed_at
    areas = sorted(frozenset[str]().union(*(one.areas for one in good)))
    names = in_short([queries.area_names([area]).lower() for area in areas], "areas")
    words = f"Signed {signed:%d %b %Y} for {names}" if signed else ""
    return Gate("Consent", words, (), url, "Look at it")


def consent(treatment: Treatment, now: datetime) -> Gate:
    return consent_gate(treatment.patient, charted(treatment), now=now, back=back_from(treatment))
