"""Asking for a co-signature, giving it, and asking for changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.cosigning import rules
from glabella.clinic.cosigning.models import Cosignature, CosignRequest, Decision
from glabella.clinic.cosigning.queries import standing_of
from glabella.clinic.cosigning.record import cosignature_hash
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.tasks.actions import raise_task
from glabella.clinic.tasks.models import Urgency
from glabella.clinic.treatments.models import Treatment


@action
def ask_for_cosignature(
    *,
    treatment: Treatment,
    reason: str,
    by: Member,
    of: Member | None = None,
    at: datetime | None = None,
) -> CosignRequest:
    """Ask somebody, or any supervisor, to look at a signed treatment; asked twice is asked once."""
    by.require(Permission.SIGN)
    rules.check_asked(treatment, of)
    at = at or timezone.now()
    request, made = CosignRequest.objects.get_or_create(
        treatment=treatment,
        defaults={
            "of": of,
            "reason": reason,
            "asked_at": at,
            "asked_by": by,
            "due_at": at + timedelta(hours=by.clinic.cosign_hours),
        },
    )
    if made:
        record("co-signature asked for", subject=treatment, by=by, at=at, reason=reason)
    return request


def _say(
    treatment: Treatment, decision: Decision, note: str, *, by: Member, at: datetime
) -> Cosignature:
    # One at a time, so that of two who co-sign at once the second is told.
    treatment = Treatment.objects.select_for_update().get(pk=treatment.pk)
    rules.check_cosigner(treatment, by)
    rules.check_once(standing_of(treatment))
    said = Cosignature.objects.create(
        treatment=treatment, decision=decision, note=note, by=by, at=at
    )
    words = "treatment co-signed" if decision == Decision.COSIGNED else "changes asked for"
    record(words, subject=said, by=by, at=at, content_hash=cosignature_hash(said))
    return said


@action
def cosign(
    *, treatment: Treatment, by: Member, note: str = "", at: datetime | None = None
) -> Cosignature:
    """Put a second name under a signed treatment and what was added to it."""
    by.require(Permission.COSIGN)
    return _say(treatment, Decision.COSIGNED, note.strip(), by=by, at=at or timezone.now())


@action
def cosign_all(
    *, treatments: Sequence[Treatment], by: Member, at: datetime | None = None
) -> list[Cosignature]:
    """Co-sign several, all or none."""
    by.require(Permission.COSIGN)
    at = at or timezone.now()
    return [cosign(treatment=treatment, by=by, at=at) for treatment in treatments]


@action
def ask_for_changes(
    *, treatment: Treatment, note: str, by: Member, at: datetime | None = None
) -> Cosignature:
    """Say what has to be changed or explained; the injector answers with an addendum."""
    by.require(Permission.COSIGN)
    at = at or timezone.now()
    said = _say(treatment, Decision.CHANGES, rules.check_note(note), by=by, at=at)
    raise_task(
        clinic=by.clinic,
        key=f"changes-{treatment.pk}",
        kind="changes asked for",
        title=f"{by.display_name} asks for changes: {said.note}"[:200],
        due=timezone.localdate(at),
        urgency=Urgency.SOON,
        patient=treatment.patient,
        assignee=treatment.injector,
        url=reverse("treatments:record", args=[treatment.pk]),
        by=by,
        at=at,
    )
    return said
