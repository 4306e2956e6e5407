"""The patients of a recalled lot, and what was done to reach each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class RecallContact(ClinicModel):
    """A patient who was given something of the lot; acknowledged once, by link or by word."""

    recall = models.ForeignKey("stock.LotRecall", on_delete=models.PROTECT, related_name="contacts")
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="lot_recalls"
    )
    contacted_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_to = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "recall": "free",
        "patient": "identifying",
        "contacted_at": "free",
        "acknowledged_at": "free",
        "acknowledged_to": "identifying",
    }
    CLINIC: ClassVar[str] = "recall__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("recall", "patient"), name="one_contact_of_a_patient"),
        )

    def __str__(self) -> str:
        return f"{self.patient_id} in recall {self.recall_id}"


class Way(models.TextChoices):
    CALL = "call", "Telephone"
    MESSAGE = "message", "Message with a link"
    LETTER = "letter", "Letter"
    PERSON = "person", "In person"


class Outcome(models.TextChoices):
    SENT = "sent", "Sent"
    NO_ANSWER = "no-answer", "No answer"
    LEFT_WORD = "left-word", "Asked to call back"
    REACHED = "reached", "Reached"
    ACKNOWLEDGED = "acknowledged", "Told, and understood"
    WRONG = "wrong", "Wrong number or address"


class ContactTry(ClinicModel):
    """One attempt to reach a patient of a recall."""

    contact = models.ForeignKey(RecallContact, on_delete=models.PROTECT, related_name="tries")
    way = models.CharField(max_length=7, choices=Way.choices)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+", null=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "contact": "free",
        "way": "free",
        "outcome": "free",
        "words": "identifying",
        "at": "free",
        "by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("lot_recalls_contacttry", "An attempt")
    CLINIC: ClassVar[str] = "contact__recall__clinic"
    PATIENT: ClassVar[str] = "contact__patient"

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.get_way_display()}: {self.get_outcome_display()}"
