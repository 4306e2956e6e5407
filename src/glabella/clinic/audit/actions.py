"""Writing the trail; every action of the other apps calls this in its own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from glabella.clinic.audit.models import AuditEvent

if TYPE_CHECKING:
    from glabella.clinic.people.models import Member


def record(
    action: str,
    *,
    subject: models.Model,
    by: Member,
    at: datetime | None = None,
    **detail: str | float | None,
) -> AuditEvent:
    """Add one event to the trail."""
    return AuditEvent.objects.create(
        at=at or timezone.now(),
        by=by,
        action=action,
        subject=subject._meta.model_name or "",
        subject_id=subject.pk,
        detail=detail,
    )
