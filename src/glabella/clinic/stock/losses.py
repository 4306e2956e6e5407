"""Units that left a vial and went into nobody."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class WasteReason(models.TextChoices):
    SPILLED = "spilled", "Spilled"
    DROPPED = "dropped", "Syringe dropped or not clean"
    LEFT_OVER = "left-over", "Left in a syringe, not given"
    DRAWN_WRONG = "drawn-wrong", "Drawn up by mistake"


class Waste(ClinicModel):
    """A part of an open vial was thrown away; the vial goes on."""

    vial = models.ForeignKey("stock.Vial", on_delete=models.PROTECT, related_name="wastes")
    reason = models.CharField(max_length=12, choices=WasteReason.choices)
    units = models.DecimalField(max_digits=6, decimal_places=2)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    witness = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "vial": "free",
        "reason": "clinical",
        "units": "clinical",
        "at": "clinical",
        "by": "identifying",
        "witness": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("stock_waste", "Waste")
    CLINIC: ClassVar[str] = "vial__clinic"

    class Meta:
        ordering = ("at", "id")
        constraints = (models.CheckConstraint(condition=Q(units__gt=0), name="waste_has_units"),)

    def __str__(self) -> str:
        return f"{self.units} U wasted from {self.vial_id}"


class HubLoss(ClinicModel):
    """What stays in needle and hub of so many syringes, by the clinic's own figure in mL.

    `units` is what the vial lost by it: an almost empty vial cannot lose more than it holds.
    """

    vial = models.ForeignKey("stock.Vial", on_delete=models.PROTECT, related_name="hub_losses")
    syringes = models.PositiveSmallIntegerField()
    per_syringe_ml = models.DecimalField(max_digits=4, decimal_places=3)
    units = models.DecimalField(max_digits=6, decimal_places=2)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "vial": "free",
        "syringes": "free",
        "per_syringe_ml": "free",
        "units": "clinical",
        "at": "clinical",
        "by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("stock_hubloss", "Hub loss")
    CLINIC: ClassVar[str] = "vial__clinic"

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(syringes__gt=0), name="hub_loss_has_syringes"),
            models.CheckConstraint(condition=Q(units__gte=0), name="hub_loss_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.syringes} syringes from {self.vial_id}"


class DifferenceReason(models.TextChoices):
    NONE = "", "No difference"
    HUB = "hub", "Left in needles and hubs"
    SPILL = "spill", "Spilled and not written down"
    DILUTION = "dilution", "Diluted with another volume than recorded"
    WRONG_VIAL = "wrong-vial", "A dose was charted on another vial"
    NOT_GIVEN = "not-given", "A charted dose was not all given"
    OVERFILL = "overfill", "The maker filled it generously"
    NOT_KNOWN = "not-known", "Not known"


class Measurement(ClinicModel):
    """Somebody looked how much is really in a vial; why it differs is asked at once.

    `short_units` is what the record was brought down by. More than the record says is noted and
    never added: units that nobody received are not given to anybody.
    """

    vial = models.ForeignKey("stock.Vial", on_delete=models.PROTECT, related_name="measurements")
    booked_units = models.DecimalField(max_digits=6, decimal_places=2)
    found_units = models.DecimalField(max_digits=7, decimal_places=2)
    found_ml = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    short_units = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    reason = models.CharField(
        max_length=12, choices=DifferenceReason.choices, blank=True, default=DifferenceReason.NONE
    )
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "vial": "free",
        "booked_units": "clinical",
        "found_units": "clinical",
        "found_ml": "clinical",
        "short_units": "clinical",
        "reason": "clinical",
        "words": "identifying",
        "at": "clinical",
        "by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("stock_measurement", "A measurement")
    CLINIC: ClassVar[str] = "vial__clinic"

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(short_units__gte=0) & Q(short_units__lte=F("booked_units")),
                name="short_within_what_was_booked",
            ),
        )

    def __str__(self) -> str:
        return f"{self.found_units} U found in {self.vial_id}"

    @property
    def missing(self) -> float:
        """Units that were to be there and were not; negative when there were more."""
        return float(self.booked_units - self.found_units)
