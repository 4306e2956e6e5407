"""Patients and their measures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.patients.measures import (
    CLINICAL_FIELDS,
    LinesAndBrows,
    grades_are_known,
    millimetre_field,
)
from glabella.clinic.records import Classification, ClinicModel


class Sex(models.TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"


class Patient(ClinicModel):
    """A person treated here; `sex` is what the model's default face and dose response need."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="patients")
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    date_of_birth = models.DateField()
    sex = models.CharField("sex", max_length=6, choices=Sex.choices)
    described_as = models.CharField("gender and pronouns", max_length=80, blank=True)
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField(max_length=40, blank=True)
    member = models.OneToOneField(
        "people.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="patient"
    )
    conditions = models.JSONField(default=list, blank=True)
    allergies = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "identifying",
        "clinic": "free",
        "given_name": "identifying",
        "family_name": "identifying",
        "date_of_birth": "identifying",
        "sex": "clinical",
        "described_as": "identifying",
        "email": "identifying",
        "phone": "identifying",
        "member": "identifying",
        "conditions": "clinical",
        "allergies": "identifying",
        "notes": "identifying",
        "created_at": "free",
    }
    CLINIC: ClassVar[str] = "clinic"
    PATIENT: ClassVar[str] = "pk"

    class Meta:
        ordering = ("family_name", "given_name", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(sex__in=Sex.values), name="patient_sex_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    def age_years(self, on: date) -> int:
        born = self.date_of_birth
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


class AlertKind(models.TextChoices):
    ALERT = "alert", "To be known"
    REACTION = "reaction", "Reaction to a product"


class PatientAlert(ClinicModel):
    """Something to be seen on every chart of a patient, until somebody ends it.

    A reaction to a product counts as an allergy to botulinum toxin.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=8, choices=AlertKind.choices)
    product = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )
    why_ended = models.CharField(max_length=200, blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "kind": "clinical",
        "product": "clinical",
        "text": "identifying",
        "at": "clinical",
        "by": "identifying",
        "ended_at": "clinical",
        "ended_by": "identifying",
        "why_ended": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = (
        Lock(
            "patients_patientalert",
            "UPDATE",
            "An alert that was ended is never changed.",
            "OLD.ended_at IS NOT NULL",
        ),
        Lock("patients_patientalert", "DELETE", "An alert is ended, never deleted."),
    )
    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=AlertKind.values), name="alert_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="alert_is_open_or_wholly_ended",
            ),
        )

    def __str__(self) -> str:
        return self.text


class Bulk(models.TextChoices):
    SLIGHT = "slight", "Slight"
    AVERAGE = "average", "Average"
    STRONG = "strong", "Strong"


class Frontalis(models.TextChoices):
    FULL = "full", "Full"
    V_SHAPED = "v-shaped", "V-shaped"


class MeasureSet(ClinicModel, LinesAndBrows):
    """What was measured on a patient at one time; the latest one plans the next treatment."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measure_sets")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    interpupillary_mm = millimetre_field("between the pupils", low=45, high=80)
    forehead_height_mm = millimetre_field("forehead height", low=25, high=100)
    c_line_fraction = models.DecimalField(
        "C-line height",
        max_digits=3,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.3")), MaxValueValidator(Decimal("0.9"))],
    )
    bulk = models.CharField("muscle bulk", max_length=8, choices=Bulk.choices, default=Bulk.AVERAGE)
    frontalis = models.CharField(
        "frontalis pattern", max_length=8, choices=Frontalis.choices, default=Frontalis.FULL
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "at": "clinical",
        "by": "identifying",
        "interpupillary_mm": "clinical",
        "forehead_height_mm": "clinical",
        "c_line_fraction": "clinical",
        "bulk": "clinical",
        "frontalis": "clinical",
        **CLINICAL_FIELDS,
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("patients_measureset", "A set of measures")
    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("-at", "-id")
        get_latest_by = ("at", "id")
        constraints = (
            grades_are_known(),
            models.CheckConstraint(
                condition=models.Q(c_line_fraction__range=(0.3, 0.9))
                | models.Q(c_line_fraction__isnull=True),
                name="measures_c_line_is_a_fraction",
            ),
        )

    def __str__(self) -> str:
        return f"Measures of {self.at:%Y-%m-%d}"
