"""Treatments, their points, and what was added after they were signed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel

SIGNED = "A signed treatment is locked. Add an addendum instead."
PARENT_SIGNED = (
    "EXISTS (SELECT 1 FROM treatments_treatment t "
    "WHERE t.id = {row}.treatment_id AND t.state = 'signed')"
)


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    SIGNED = "signed", "Signed"


class Treatment(ClinicModel):
    """One session of one patient: a draft until it is signed, then never changed.

    `corrects` is the review whose correction it is: what it shows later is no fresh success.
    `plan_json` and `forecast_json` are kept as text, so that `content_hash` can be checked.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="treatments"
    )
    injector = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="treatments"
    )
    corrects = models.ForeignKey(
        "reviews.Review", on_delete=models.PROTECT, related_name="corrections", null=True
    )
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    date = models.DateField()
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )
    plan_json = models.TextField(blank=True)
    forecast_json = models.TextField(blank=True)
    facts_digest = models.CharField(max_length=80, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "injector": "identifying",
        "corrects": "free",
        "state": "free",
        "version": "free",
        "date": "clinical",
        "created_at": "free",
        "saved_at": "free",
        "signed_at": "clinical",
        "signed_by": "identifying",
        "plan_json": "clinical",
        "forecast_json": "clinical",
        "facts_digest": "free",
        "content_hash": "free",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = (
        Lock("treatments_treatment", "UPDATE", SIGNED, "OLD.state = 'signed'"),
        Lock("treatments_treatment", "DELETE", SIGNED, "OLD.state = 'signed'"),
    )
    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("-date", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    state="draft",
                    signed_at__isnull=True,
                    signed_by__isnull=True,
                    content_hash="",
                )
                | (
                    Q(state="signed", signed_at__isnull=False, signed_by__isnull=False)
                    & ~Q(content_hash="")
                    & ~Q(plan_json="")
                ),
                name="treatment_is_draft_or_wholly_signed",
            ),
            models.UniqueConstraint(
                fields=("patient", "injector"),
                condition=Q(state="draft"),
                name="one_draft_per_patient_and_injector",
            ),
        )

    def __str__(self) -> str:
        return f"Treatment {self.pk}"

    @property
    def is_signed(self) -> bool:
        return self.state == State.SIGNED


class ChartPoint(ClinicModel):
    """One injection: where, how deep, how many units, from which vial.

    A droplet has the region of the skin that it was placed for.
    """

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="points")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    area = models.CharField(max_length=40, blank=True)
    site = models.CharField(max_length=60, blank=True)
    x_mm = models.DecimalField(max_digits=5, decimal_places=2)
    y_mm = models.DecimalField(max_digits=5, decimal_places=2)
    side = models.CharField(max_length=8)
    depth = models.CharField(max_length=6)
    units = models.DecimalField(max_digits=6, decimal_places=2)
    vial = models.ForeignKey("stock.Vial", on_delete=models.PROTECT, related_name="points")
    region = models.CharField(max_length=40, blank=True, default="")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "treatment": "free",
        "number": "free",
        "key": "free",
        "area": "clinical",
        "site": "clinical",
        "x_mm": "clinical",
        "y_mm": "clinical",
        "side": "clinical",
        "depth": "clinical",
        "units": "clinical",
        "vial": "free",
        "region": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = (
        Lock("treatments_chartpoint", "INSERT", SIGNED, PARENT_SIGNED.format(row="NEW")),
        Lock("treatments_chartpoint", "UPDATE", SIGNED, PARENT_SIGNED.format(row="OLD")),
        Lock("treatments_chartpoint", "DELETE", SIGNED, PARENT_SIGNED.format(row="OLD")),
    )
    CLINIC: ClassVar[str] = "treatment__patient__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    class Meta:
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(condition=Q(units__gt=0), name="point_has_units"),
            models.CheckConstraint(condition=Q(x_mm__gte=0), name="point_x_from_midline"),
            models.CheckConstraint(
                condition=Q(side__in=("left", "right", "midline")), name="point_side_is_known"
            ),
            models.CheckConstraint(
                condition=Q(depth__in=("dermis", "muscle", "bone")), name="point_depth_is_known"
            ),
            models.UniqueConstraint(fields=("treatment", "key"), name="point_key_is_unique"),
        )

    def __str__(self) -> str:
        return f"Point {self.number}"


class DraftVersion(ClinicModel):
    """The points of a draft as they were saved; taps in quick succession are one version."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    points = models.JSONField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "treatment": "free",
        "version": "free",
        "by": "identifying",
        "started_at": "free",
        "saved_at": "free",
        "points": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = (
        Lock("treatments_draftversion", "INSERT", SIGNED, PARENT_SIGNED.format(row="NEW")),
        Lock("treatments_draftversion", "UPDATE", SIGNED, PARENT_SIGNED.format(row="OLD")),
        Lock("treatments_draftversion", "DELETE", SIGNED, PARENT_SIGNED.format(row="OLD")),
    )
    CLINIC: ClassVar[str] = "treatment__patient__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    class Meta:
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(fields=("treatment", "version"), name="one_row_per_version"),
        )

    def __str__(self) -> str:
        return f"Version {self.version}"


class Override(ClinicModel):
    """A stop that the signer went past, and why."""

    treatment = models.ForeignKey(Treatment, on_delete=models.PROTECT, related_name="overrides")
    code = models.CharField(max_length=60)
    message = models.TextField()
    reason = models.TextField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "treatment": "free",
        "code": "clinical",
        "message": "clinical",
        "reason": "identifying",
        "by": "identifying",
        "at": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("treatments_override", "A reason given")
    CLINIC: ClassVar[str] = "treatment__patient__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
            models.UniqueConstraint(fields=("treatment", "code"), name="one_override_per_stop"),
        )

    def __str__(self) -> str:
        return f"Override of {self.code}"


class Addendum(ClinicModel):
    """Something added to a signed treatment, by whom and why."""

    treatment = models.ForeignKey(Treatment, on_delete=models.PROTECT, related_name="addenda")
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    text = models.TextField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "treatment": "free",
        "by": "identifying",
        "at": "clinical",
        "reason": "identifying",
        "text": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("treatments_addendum", "An addendum")
    CLINIC: ClassVar[str] = "treatment__patient__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"Addendum to {self.treatment_id}"
