"""What was done to the record, who looked at it, and what was written past the actions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class AuditEvent(ClinicModel):
    """Who did what to which record, and when; `by` is empty for what a patient did by a link."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+", null=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    detail = models.JSONField(default=dict)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "at": "clinical",
        "by": "identifying",
        "action": "free",
        "subject": "free",
        "subject_id": "identifying",
        "detail": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("audit_auditevent", "The audit trail")
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("subject", "subject_id")),
            models.Index(fields=("clinic", "-at", "-id")),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject} {self.subject_id}"


class Link(ClinicModel):
    """The place of an event in its clinic's chain: its hash covers the event and the link before.

    Events are linked in the order in which their transactions ended, not in that of their ids.
    """

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="link")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "number": "free",
        "event": "free",
        "previous": "free",
        "hash": "free",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("audit_link", "The chain")
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("clinic", "number")
        constraints = (
            models.UniqueConstraint(fields=("clinic", "number"), name="one_link_per_number"),
        )

    def __str__(self) -> str:
        return f"Link {self.number}"


class Unlinked(ClinicModel):
    """An event that waits for its link; it waits no longer than until the next commit."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="+")
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="unlinked")

    FIELDS: ClassVar[dict[str, Classification]] = {"id": "free", "clinic": "free", "event": "free"}
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"Unlinked {self.event_id}"


class Viewing(ClinicModel):
    """Somebody looked at a page with a patient's record on it."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=60)
    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="viewings"
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "at": "free",
        "by": "identifying",
        "page": "free",
        "subject": "free",
        "subject_id": "identifying",
        "patient": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("audit_viewing", "Who looked")
    CLINIC: ClassVar[str] = "clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("clinic", "-at", "-id")),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.page} {self.subject_id}"


class RawWrite(ClinicModel):
    """A write to a table of the record that no action made; the database itself notes it."""

    at = models.DateTimeField()
    table_name = models.CharField(max_length=80)
    event = models.CharField(max_length=6)
    row_id = models.BigIntegerField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "at": "free",
        "table_name": "identifying",
        "event": "free",
        "row_id": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("audit_rawwrite", "The log of raw writes")
    CLINIC: ClassVar[str] = ""

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.event} {self.table_name} {self.row_id}"
