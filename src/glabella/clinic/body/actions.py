"""What is done with sessions outside the face; charting and signing are those of treatments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.body import rules
from glabella.clinic.body.models import ScaleReading
from glabella.clinic.body.record import reading_hash
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.treatments.actions import start_treatment
from glabella.clinic.treatments.models import Treatment
from glabella.plan.body.session import indication_of


@action
def start_session(
    *, patient: Patient, indication: str, by: Member, at: datetime | None = None
) -> Treatment:
    """Start a draft for one indication, or go on with the one that is open."""
    by.require(Permission.CHART)
    indication_of(indication)
    return start_treatment(patient=patient, by=by, at=at, indication=indication)


@action
def read_scale(
    *,
    treatment: Treatment,
    value: Decimal,
    date: date,
    by: Member,
    note: str = "",
    at: datetime | None = None,
) -> ScaleReading:
    """Keep what the scale shows after a signed session; it is never changed."""
    by.require(Permission.REVIEW)
    at = at or timezone.now()
    if not treatment.is_signed:
        raise rules.ScaleRefused("This session is not signed, so there is nothing to compare.")
    scale = rules.scale_of(treatment.indication)
    rules.check_day(date, treated=treatment.date, today=timezone.localdate(at))
    rules.check_value(scale, float(value))
    reading = ScaleReading.objects.create(
        treatment=treatment, scale=scale.name, value=value, date=date, note=note, by=by, at=at
    )
    signed = reading_hash(reading)
    record("scale read", subject=reading, by=by, at=at, content_hash=signed, scale=scale.name)
    return reading
