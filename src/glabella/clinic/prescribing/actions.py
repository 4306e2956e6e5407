"""Assessing a patient, and ending an assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.intake.queries import last_screening, policy_of
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.prescribing import rules
from glabella.clinic.prescribing.models import Assessment, Ending, Prescribed
from glabella.clinic.prescribing.record import assessment_hash, ending_hash


@action
def assess_patient(
    *,
    patient: Patient,
    mode: str,
    identity: str,
    decision: str,
    valid_until: date,
    by: Member,
    how: str = "",
    findings: str = "",
    areas: Sequence[str] = (),
    units: Mapping[str, Decimal] | None = None,
    at: datetime | None = None,
) -> Assessment:
    """Sign what was found of a patient, and what may be given."""
    by.require(Permission.ASSESS)
    at, allowed = at or timezone.now(), dict(units or {}) if decision == "suitable" else {}
    rules.check_own(patient_member_id=patient.member_id, member_id=by.pk)
    rules.check_meeting(mode=mode, how=how, identity=identity)
    rules.check_prescribed(decision=decision, areas=areas, units=allowed, findings=findings)
    days = policy_of(by.clinic_id).assessment_days
    rules.check_until(valid_until, today=timezone.localdate(at), days=days)
    assessment = Assessment.objects.create(
        patient=patient,
        by=by,
        at=at,
        mode=mode,
        how=how,
        identity=identity,
        screening=last_screening(patient, now=at),
        findings=findings,
        decision=decision,
        areas=list(areas) if allowed else [],
        valid_until=valid_until,
    )
    Prescribed.objects.bulk_create(
        Prescribed(assessment=assessment, product=product, maximum_units=amount)
        for product, amount in allowed.items()
    )
    signed = assessment_hash(assessment)
    record(
        "patient assessed",
        subject=assessment,
        by=by,
        at=at,
        content_hash=signed,
        patient=patient.pk,
        decision=decision,
    )
    return assessment


@action
def end_assessment(
    *, assessment: Assessment, reason: str, by: Member, at: datetime | None = None
) -> Ending:
    """End an assessment before its time; what was given under it stays as it was."""
    by.require(Permission.ASSESS)
    if not reason.strip():
        raise rules.AssessmentRefused("Say why the assessment ends.")
    if Ending.objects.filter(assessment=assessment).exists():
        raise rules.AssessmentRefused("This assessment was ended already.")
    at = at or timezone.now()
    ending = Ending.objects.create(assessment=assessment, at=at, by=by, reason=reason.strip())
    signed = ending_hash(ending)
    record("assessment ended", subject=ending, by=by, at=at, content_hash=signed)
    return ending
