"""Reviews, adverse events and what was added later."""

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


class Seriousness(models.TextChoices):
    NOT_SERIOUS = "not-serious", "Not serious"
    SERIOUS = "serious", "Serious: disabling or medically important"
    HOSPITAL = "hospital", "Serious: hospital needed"
    LIFE = "life-threatening", "Serious: life-threatening"
    DEATH = "death", "Death"


class Where(models.TextChoices):
    """A side of the patient; which one hangs, or stands higher."""

    LEFT = "left", "Left"
    RIGHT = "right", "Right"


class AdverseEvent(ClinicModel):
    """Something unwanted, since when, on which side and how serious."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="adverse_events")
    event = models.CharField(max_length=40)
    side = models.CharField(max_length=5, choices=Where.choices, blank=True)
    onset = models.DateField()
    seriousness = models.CharField(max_length=16, choices=Seriousness.choices)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "review": "free",
        "event": "clinical",
        "side": "clinical",
        "onset": "clinical",
        "seriousness": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("reviews_adverseevent", "An adverse event")
    CLINIC: ClassVar[str] = "review__treatment__patient__clinic"
    PATIENT: ClassVar[str] = "review__treatment__patient"

    class Meta:
        ordering = ("onset", "id")
        constraints = (
            models.UniqueConstraint(fields=("review", "event"), name="one_row_per_adverse_event"),
            models.CheckConstraint(
                condition=Q(side__in=("", "left", "right")), name="event_side_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.event


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
