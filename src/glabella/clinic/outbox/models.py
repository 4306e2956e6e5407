"""Messages to patients, the clinic's own words for them, and when they may be sent."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.db import models
from django.db.models import Q

from glabella.clinic.records import Classification, ClinicModel


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    TEXT = "text", "Text message"
    CALL = "call", "Telephone"


class MessageState(models.TextChoices):
    QUEUED = "queued", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    UNSURE = "unsure", "Perhaps sent"
    CANCELLED = "cancelled", "Cancelled"


class Message(ClinicModel):
    """One message, kept from the moment it was written until it was sent or given up.

    It is sent by whoever claims it first. A claim that never ended was perhaps sent: a person
    decides, the program does not send it again. `{link}` in the body becomes a link when the
    message is sent; the link itself is never kept.
    """

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="messages")
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="messages", null=True
    )
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    address = models.CharField(max_length=254)
    title = models.CharField(max_length=200)
    body = models.TextField()
    link_purpose = models.CharField(max_length=12, blank=True)
    link_subject_id = models.BigIntegerField(null=True)
    link_days = models.PositiveSmallIntegerField(default=7)
    state = models.CharField(
        max_length=9, choices=MessageState.choices, default=MessageState.QUEUED
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )
    waits_for_day = models.BooleanField(default=False)
    stale_after = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "patient": "identifying",
        "kind": "free",
        "channel": "free",
        "address": "identifying",
        "title": "identifying",
        "body": "identifying",
        "link_purpose": "free",
        "link_subject_id": "free",
        "link_days": "free",
        "state": "free",
        "made_at": "free",
        "made_by": "identifying",
        "waits_for_day": "free",
        "stale_after": "free",
        "next_try_at": "free",
        "claimed_at": "free",
        "attempts": "free",
        "sent_at": "free",
        "problem": "identifying",
    }
    CLINIC: ClassVar[str] = "clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("-made_at", "-id")
        indexes = (
            models.Index(
                fields=("made_at",), condition=Q(state="queued"), name="messages_that_wait"
            ),
        )

    def __str__(self) -> str:
        return self.title


class MessageTemplate(ClinicModel):
    """A clinic's own words for a kind of message, in place of the built-in ones."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="templates")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=78)
    body = models.TextField(max_length=1000)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "kind": "free",
        "title": "identifying",
        "body": "identifying",
        "changed_at": "free",
        "changed_by": "identifying",
    }
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("kind",)
        constraints = (
            models.UniqueConstraint(fields=("clinic", "kind"), name="one_template_per_kind"),
        )

    def __str__(self) -> str:
        return self.kind


class MessagePolicy(ClinicModel):
    """When a clinic's messages may arrive."""

    clinic = models.OneToOneField(
        "people.Clinic", on_delete=models.PROTECT, related_name="message_policy"
    )
    quiet_from = models.TimeField("quiet from", default=time(20))
    quiet_until = models.TimeField("quiet until", default=time(8))

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "quiet_from": "free",
        "quiet_until": "free",
    }
    CLINIC: ClassVar[str] = "clinic"

    def __str__(self) -> str:
        return f"Quiet from {self.quiet_from:%H:%M} to {self.quiet_until:%H:%M}"
