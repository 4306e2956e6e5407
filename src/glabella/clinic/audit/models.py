"""One row for each thing that was done to the record."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class AuditEvent(ClinicModel):
    """Who did what to which record, and when."""

    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    detail = models.JSONField(default=dict)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "at": "clinical",
        "by": "identifying",
        "action": "free",
        "subject": "free",
        "subject_id": "identifying",
        "detail": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("audit_auditevent", "The audit trail")

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("subject", "subject_id")),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject} {self.subject_id}"
