"""Counts, how much there shall be, and what is kept for an emergency."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from glabella.clinic.locks import Lock
from glabella.clinic.records import Classification, ClinicModel
from glabella.clinic.stock.models import DifferenceReason

SIGNED = "A signed count is locked. Count again instead."
PARENT_SIGNED = (
    "EXISTS (SELECT 1 FROM stocktake_stockcount c "
    "WHERE c.id = {row}.count_id AND c.signed_at IS NOT NULL)"
)


class StockCount(ClinicModel):
    """Somebody counts what is there without being told what should be; then it is compared."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="counts")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "started_at": "free",
        "started_by": "identifying",
        "entered_at": "free",
        "signed_at": "free",
        "signed_by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = (
        Lock("stocktake_stockcount", "UPDATE", SIGNED, "OLD.signed_at IS NOT NULL"),
        Lock("stocktake_stockcount", "DELETE", SIGNED, "OLD.signed_at IS NOT NULL"),
    )
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("-started_at", "-id")

    def __str__(self) -> str:
        return f"Count of {self.started_at:%Y-%m-%d}"


class CountLine(ClinicModel):
    """One vial of a count: whether it was there, and how much was in it."""

    count = models.ForeignKey(StockCount, on_delete=models.CASCADE, related_name="lines")
    vial = models.ForeignKey("stock.Vial", on_delete=models.PROTECT, related_name="count_lines")
    booked_units = models.DecimalField(max_digits=6, decimal_places=2)
    seen = models.BooleanField(null=True)
    found_ml = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    reason = models.CharField(max_length=12, choices=DifferenceReason.choices, blank=True)
    words = models.TextField(blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "count": "free",
        "vial": "free",
        "booked_units": "clinical",
        "seen": "free",
        "found_ml": "clinical",
        "reason": "clinical",
        "words": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = (
        Lock("stocktake_countline", "INSERT", SIGNED, PARENT_SIGNED.format(row="NEW")),
        Lock("stocktake_countline", "UPDATE", SIGNED, PARENT_SIGNED.format(row="OLD")),
        Lock("stocktake_countline", "DELETE", SIGNED, PARENT_SIGNED.format(row="OLD")),
    )
    CLINIC: ClassVar[str] = "count__clinic"

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("count", "vial"), name="a_vial_is_counted_once"),
        )

    def __str__(self) -> str:
        return f"{self.vial_id} in count {self.count_id}"


class ParLevel(ClinicModel):
    """How many unopened vials of a product and size there shall be at least."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="par_levels")
    product = models.CharField(max_length=40)
    vial_units = models.DecimalField(max_digits=6, decimal_places=2)
    least = models.PositiveSmallIntegerField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "product": "clinical",
        "vial_units": "clinical",
        "least": "free",
    }
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("product", "vial_units")
        constraints = (
            models.UniqueConstraint(
                fields=("clinic", "product", "vial_units"), name="one_par_level_of_a_size"
            ),
        )

    def __str__(self) -> str:
        return f"{self.least} of {self.product}"


class KitItem(ClinicModel):
    """Something of the emergency kit, with the day until which it may be used."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="kit")
    item = models.CharField(max_length=80)
    where = models.CharField(max_length=60, blank=True)
    lot = models.CharField(max_length=40, blank=True)
    expiry = models.DateField()
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "item": "free",
        "where": "free",
        "lot": "free",
        "expiry": "free",
        "checked_at": "free",
        "checked_by": "identifying",
    }
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("expiry", "item")
        constraints = (
            models.UniqueConstraint(fields=("clinic", "item"), name="one_line_of_a_kit_item"),
        )

    def __str__(self) -> str:
        return self.item
