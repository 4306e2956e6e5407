"""Messages to patients."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from glabella.clinic.records import Classification, ClinicModel


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    TEXT = "text", "Text message"


class MessageState(models.TextChoices):
    QUEUED = "queued", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Message(ClinicModel):
    """One message, kept from the moment it was written until it was sent or given up."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="messages")
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="messages", null=True
    )
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    address = models.CharField(max_length=254)
    title = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(
        max_length=9, choices=MessageState.choices, default=MessageState.QUEUED
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )
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
        "state": "free",
        "made_at": "free",
        "made_by": "identifying",
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
