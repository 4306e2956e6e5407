"""Reviews, ratings and what was added later."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.patients.measures import (
    CLINICAL_FIELDS,
    GRADE_FIELDS,
    LinesAndBrows,
    grades_are_known,
)
from glabella.clinic.records import Classification, ClinicModel


class Kind(models.TextChoices):
    REVIEW = "review", "Review"
    EARLY_CONTACT = "early-contact", "Early contact"


class Review(ClinicModel, LinesAndBrows):
    """What was seen on one day after a treatment; signed as it is saved."""

    treatment = models.ForeignKey(
        "treatments.Treatment", on_delete=models.PROTECT, related_name="reviews"
    )
    kind = models.CharField(max_length=13, choices=Kind.choices)
    date = models.DateField()
    note = models.TextField(blank=True)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "treatment": "free",
        "kind": "clinical",
        "date": "clinical",
        "note": "identifying",
        "by": "identifying",
        "signed_at": "clinical",
        **CLINICAL_FIELDS,
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("reviews_review", "A signed review")
    CLINIC: ClassVar[str] = "treatment__patient__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    class Meta:
        ordering = ("date", "id")
        constraints = (
            grades_are_known(),
            models.CheckConstraint(
                condition=Q(kind="review")
                | Q(kind="early-contact", **{f"{name}__isnull": True for name in GRADE_FIELDS}),
                name="early_contact_has_no_grades",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.date:%Y-%m-%d}"


class Rater(models.TextChoices):
    CLINICIAN = "clinician", "Clinician"
    SECOND = "second", "Second rater"
    PATIENT = "patient", "Patient"


class Rating(ClinicModel):
    """A value on a scale of the facts: at a review, or before the treatment where there is none.

    `blind` says of a second rater that they had not opened the first grades.
    """

    treatment = models.ForeignKey(
        "treatments.Treatment", on_delete=models.PROTECT, related_name="ratings"
    )
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="ratings", null=True)
    scale = models.CharField(max_length=20)
    area = models.CharField(max_length=40, blank=True)
    movement = models.CharField(max_length=7, blank=True)
    side = models.CharField(max_length=5, blank=True)
    value = models.DecimalField(max_digits=5, decimal_places=1)
    rater = models.CharField(max_length=9, choices=Rater.choices)
    blind = models.BooleanField(default=False)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "treatment": "free",
        "review": "free",
        "scale": "clinical",
        "area": "clinical",
        "movement": "clinical",
        "side": "clinical",
        "value": "clinical",
        "rater": "clinical",
        "blind": "clinical",
        "by": "identifying",
        "at": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("reviews_rating", "A rating")
    CLINIC: ClassVar[str] = "treatment__patient__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("review", "scale", "area", "movement", "side", "rater"),
                name="one_rating_per_rater",
            ),
        )

    def __str__(self) -> str:
        return f"{self.scale} {self.value:g}"


class ReviewAddendum(ClinicModel):
    """Something added to a signed review, by whom and why."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="addenda")
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    text = models.TextField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "review": "free",
        "by": "identifying",
        "at": "clinical",
        "reason": "identifying",
        "text": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("reviews_reviewaddendum", "An addendum")
    CLINIC: ClassVar[str] = "review__treatment__patient__clinic"
    PATIENT: ClassVar[str] = "review__treatment__patient"

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"Addendum to review {self.review_id}"
