"""A link that a patient was given."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from glabella.clinic.records import Classification, ClinicModel


class Purpose(models.TextChoices):
    INTAKE = "intake", "Fill in the history"
    CONSENT = "consent", "Read and sign the consent"
    CHECK_IN = "check-in", "Say how it goes"
    LOT_RECALL = "lot-recall", "Answer a recall of a lot"
    CARD = "card", "See the treatment card"


class PatientLink(ClinicModel):
    """Lets a patient do one thing for a while; only a hash of its token is kept."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="links")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    subject_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "purpose": "free",
        "token_hash": "identifying",
        "subject_id": "free",
        "made_at": "free",
        "made_by": "identifying",
        "expires_at": "free",
        "used_at": "free",
    }
    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} until {self.expires_at:%Y-%m-%d}"
