"""Who was asked to look at a signed treatment, and what they said."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class CosignRequest(ClinicModel):
    """A treatment waits for a co-signature, by somebody named or by any supervisor."""

    treatment = models.OneToOneField(
        "treatments.Treatment", on_delete=models.PROTECT, related_name="cosign_request"
    )
    of = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="cosign_requests", null=True
    )
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "treatment": "free",
        "of": "identifying",
        "reason": "identifying",
        "asked_at": "clinical",
        "asked_by": "identifying",
        "due_at": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only(
        "cosigning_cosignrequest", "A request for a co-signature"
    )
    CLINIC: ClassVar[str] = "treatment__patient__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    class Meta:
        ordering = ("due_at", "id")

    def __str__(self) -> str:
        return f"Co-signature of treatment {self.treatment_id}"


class Decision(models.TextChoices):
    COSIGNED = "co-signed", "Co-signed"
    CHANGES = "changes", "Changes asked for"


class Cosignature(ClinicModel):
    """What a second person said of a signed treatment as it stood, its addenda with it."""

    treatment = models.ForeignKey(
        "treatments.Treatment", on_delete=models.PROTECT, related_name="cosignatures"
    )
    decision = models.CharField(max_length=9, choices=Decision.choices)
    note = models.TextField(blank=True)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "treatment": "free",
        "decision": "clinical",
        "note": "identifying",
        "by": "identifying",
        "at": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("cosigning_cosignature", "A co-signature")
    CLINIC: ClassVar[str] = "treatment__patient__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(decision="co-signed") | ~Q(note=""),
                name="changes_are_asked_for_in_words",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_decision_display()}, treatment {self.treatment_id}"
