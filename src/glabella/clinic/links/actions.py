"""Making links and closing them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.links.models import PatientLink, Purpose
from glabella.clinic.links.rules import hash_of
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission

TOKEN_BYTES = 24
DAYS = 7


@action
def make_link(
    *,
    patient: Patient,
    purpose: Purpose,
    by: Member | None,
    subject_id: int | None = None,
    days: int = DAYS,
    at: datetime | None = None,
) -> tuple[PatientLink, str]:
    """Make a link and give its token, which is shown once and not kept.

    `by` is None for links that the clinic's own schedule makes.
    """
    if by is not None:
        by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = PatientLink.objects.create(
        patient=patient,
        purpose=purpose,
        token_hash=hash_of(token),
        subject_id=subject_id,
        made_at=at,
        made_by=by,
        expires_at=at + timedelta(days=days),
    )
    record("link made", subject=link, by=by, at=at, purpose=str(purpose), patient=patient.pk)
    return link, token


@action
def use_link(*, link: PatientLink, by: None = None, at: datetime | None = None) -> None:
    """Close a link once the patient has done what it was for."""
    at = at or timezone.now()
    link.used_at = at
    link.save(update_fields=["used_at"])
    record("link used", subject=link, by=by, at=at, purpose=link.purpose, patient=link.patient_id)
