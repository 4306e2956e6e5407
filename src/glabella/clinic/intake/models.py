"""Histories as patients told them, and what members made of them."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel

DAYS = (MinValueValidator(1), MaxValueValidator(730))


class BeforePolicy(ClinicModel):
    """How long a clinic lets a screening, an assessment and a consent stand. Its own figures."""

    clinic = models.OneToOneField(
        "people.Clinic", on_delete=models.PROTECT, related_name="before_policy"
    )
    screening_days = models.PositiveSmallIntegerField(
        "days after which a screening is confirmed again", default=30, validators=DAYS
    )
    assessment_days = models.PositiveSmallIntegerField(
        "days for which an assessment stands", default=180, validators=DAYS
    )
    consent_days = models.PositiveSmallIntegerField(
        "days for which a consent stands", default=180, validators=DAYS
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "screening_days": "free",
        "assessment_days": "free",
        "consent_days": "free",
    }
    CLINIC: ClassVar[str] = "clinic"

    def __str__(self) -> str:
        return f"Before treatment at {self.clinic_id}"


class Channel(models.TextChoices):
    TABLET = "tablet", "on the clinic's tablet"
    LINK = "link", "by a link"
    TOGETHER = "together", "together with a member"


class Invitation(ClinicModel):
    """A history that a patient was asked to fill in; keeps what is typed until it is sent."""

    link = models.OneToOneField("links.PatientLink", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    kept_json = models.TextField(blank=True)
    kept_at = models.DateTimeField(null=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "link": "free",
        "channel": "free",
        "kept_json": "identifying",
        "kept_at": "free",
    }
    CLINIC: ClassVar[str] = "link__patient__clinic"
    PATIENT: ClassVar[str] = "link__patient"

    def __str__(self) -> str:
        return f"Invitation {self.get_channel_display()}"


class Intake(ClinicModel):
    """One version of a patient's history, as it was told; the last one counts."""

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="intakes"
    )
    number = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    filled_by = models.CharField(max_length=120)
    typed_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )
    filled_at = models.DateTimeField()
    answers_json = models.TextField()
    facts_digest = models.CharField(max_length=80)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "number": "free",
        "channel": "free",
        "filled_by": "identifying",
        "typed_by": "identifying",
        "filled_at": "clinical",
        "answers_json": "identifying",
        "facts_digest": "free",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("intake_intake", "A history as told")
    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=("patient", "number"), name="one_history_of_each_number"
            ),
        )

    def __str__(self) -> str:
        return f"History {self.number}"


class Screening(ClinicModel):
    """A history gone through by a member: each answer that matters, and what follows from it."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="screenings")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    unchanged = models.BooleanField(default=False)
    confirmed_json = models.TextField()
    conditions = models.JSONField(default=list)
    tool = models.CharField("questionnaire used, and its result", max_length=200, blank=True)
    note = models.TextField(blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "intake": "free",
        "at": "clinical",
        "by": "identifying",
        "unchanged": "clinical",
        "confirmed_json": "identifying",
        "conditions": "clinical",
        "tool": "identifying",
        "note": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("intake_screening", "A screening")
    CLINIC: ClassVar[str] = "intake__patient__clinic"
    PATIENT: ClassVar[str] = "intake__patient"

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(confirmed_json=""), name="screening_is_gone_through"
            ),
        )

    def __str__(self) -> str:
        return f"Screening of {self.at:%Y-%m-%d}"
