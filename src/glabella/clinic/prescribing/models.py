"""What a prescriber found and allowed."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class Mode(models.TextChoices):
    FACE_TO_FACE = "face", "Face to face"
    REMOTE = "remote", "Remote"


class Decision(models.TextChoices):
    SUITABLE = "suitable", "Suitable"
    LATER = "later", "Not yet"
    NOT = "not", "Not suitable"


class Assessment(ClinicModel):
    """A prescriber's look at a patient: how, what was found, what may be given until when."""

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="assessments"
    )
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="assessments")
    at = models.DateTimeField()
    mode = models.CharField(max_length=6, choices=Mode.choices)
    how = models.CharField("means of the remote meeting", max_length=120, blank=True)
    identity = models.CharField("how the identity was made sure of", max_length=120)
    screening = models.ForeignKey(
        "intake.Screening", on_delete=models.PROTECT, related_name="+", null=True
    )
    findings = models.TextField(blank=True)
    decision = models.CharField(max_length=8, choices=Decision.choices)
    areas = models.JSONField(default=list)
    valid_until = models.DateField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "by": "identifying",
        "at": "clinical",
        "mode": "free",
        "how": "identifying",
        "identity": "identifying",
        "screening": "free",
        "findings": "identifying",
        "decision": "clinical",
        "areas": "clinical",
        "valid_until": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("prescribing_assessment", "An assessment")
    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(decision__in=Decision.values), name="decision_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(mode="remote", how=""), name="remote_assessment_says_how"
            ),
        )

    def __str__(self) -> str:
        return f"Assessment of {self.at:%Y-%m-%d}"


class Prescribed(ClinicModel):
    """One product of an assessment, and the most of it that may be given at a visit."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="prescribed")
    product = models.CharField(max_length=40)
    maximum_units = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(Decimal(2000))],
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "assessment": "free",
        "product": "clinical",
        "maximum_units": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("prescribing_prescribed", "A prescription")
    CLINIC: ClassVar[str] = "assessment__patient__clinic"
    PATIENT: ClassVar[str] = "assessment__patient"

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=Q(maximum_units__gt=0), name="prescribed_has_units"),
            models.UniqueConstraint(
                fields=("assessment", "product"), name="a_product_is_prescribed_once"
            ),
        )

    def __str__(self) -> str:
        return self.product


class Ending(ClinicModel):
    """The end of an assessment before its time, by whom and why."""

    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="ending")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "assessment": "free",
        "at": "clinical",
        "by": "identifying",
        "reason": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("prescribing_ending", "The end of one")
    CLINIC: ClassVar[str] = "assessment__patient__clinic"
    PATIENT: ClassVar[str] = "assessment__patient"

    def __str__(self) -> str:
        return self.reason
