"""Vials and what happened to them."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel
from glabella.clinic.stock.holds import HoldReason, LotRecall, Quarantine, RecallClass, Release
from glabella.clinic.stock.losses import DifferenceReason, HubLoss, Measurement, Waste, WasteReason
from glabella.clinic.stock.places import Place, Placement
from glabella.clinic.stock.rules import VialState, vial_number
from glabella.clinic.stock.supply import Delivery, KnownCode, Supplier
from glabella.units import Concentration, Units

__all__ = [
    "Delivery",
    "DifferenceReason",
    "Diluent",
    "Discard",
    "DiscardReason",
    "Draw",
    "HoldReason",
    "HubLoss",
    "KnownCode",
    "LotRecall",
    "Measurement",
    "Opening",
    "Place",
    "Placement",
    "Quarantine",
    "RecallClass",
    "Release",
    "Supplier",
    "Vial",
    "Waste",
    "WasteReason",
]


class Vial(ClinicModel):
    """One vial as received; `remaining_units` only ever goes down, by what its events say.

    `held` says whether a quarantine stands: a draw asks for it in the same statement that takes
    the units, so that a vial that is stopped between looking and signing gives nothing.
    """

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="vials")
    product = models.CharField(max_length=40)
    lot = models.CharField(max_length=40)
    expiry = models.DateField()
    vial_units = models.DecimalField(max_digits=6, decimal_places=2)
    remaining_units = models.DecimalField(max_digits=6, decimal_places=2)
    held = models.BooleanField(default=False)
    gtin = models.CharField(max_length=14, blank=True)
    serial = models.CharField(max_length=20, blank=True)
    price = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    supplier = models.CharField(max_length=120, blank=True)
    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, related_name="vials", null=True
    )
    received_at = models.DateTimeField()
    received_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "product": "clinical",
        "lot": "clinical",
        "expiry": "clinical",
        "vial_units": "clinical",
        "remaining_units": "clinical",
        "held": "free",
        "gtin": "free",
        "serial": "clinical",
        "price": "free",
        "supplier": "free",
        "delivery": "free",
        "received_at": "free",
        "received_by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = (
        Lock(
            "stock_vial",
            "UPDATE",
            "A received vial keeps its product, lot, expiry and size.",
            "NEW.product <> OLD.product OR NEW.lot <> OLD.lot OR NEW.expiry <> OLD.expiry "
            "OR NEW.serial <> OLD.serial OR NEW.gtin <> OLD.gtin "
            "OR NEW.vial_units <> OLD.vial_units OR NEW.remaining_units > OLD.remaining_units",
        ),
        Lock("stock_vial", "DELETE", "A received vial is never deleted."),
    )
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("expiry", "id")
        constraints = (
            models.CheckConstraint(condition=Q(vial_units__gt=0), name="vial_holds_units"),
            models.CheckConstraint(
                condition=Q(remaining_units__gte=0) & Q(remaining_units__lte=F("vial_units")),
                name="vial_remaining_within_size",
            ),
            models.UniqueConstraint(
                fields=("clinic", "product", "serial"),
                condition=~Q(serial=""),
                name="one_vial_of_a_serial_number",
            ),
        )

    def __str__(self) -> str:
        return f"{self.product} {self.lot}"

    @property
    def number(self) -> str:
        """What the label of the vial says, and its code holds."""
        return vial_number(self.pk)

    def state(self) -> VialState:
        """The vial as the rules see it; reads `opening` and `discard`."""
        opening: Opening | None = getattr(self, "opening", None)
        return VialState(
            product=self.product,
            lot=self.lot,
            expiry=self.expiry,
            vial_units=float(self.vial_units),
            remaining_units=float(self.remaining_units),
            opened_at=opening.opened_at if opening else None,
            use_by=opening.use_by if opening else None,
            discarded=hasattr(self, "discard"),
            returned=hasattr(self, "discard") and self.discard.reason == DiscardReason.RETURNED,
            held=self.held,
        )

    @property
    def concentration(self) -> Concentration | None:
        """What is in the syringe; None before the vial is opened and diluted."""
        opening: Opening | None = getattr(self, "opening", None)
        if opening is None:
            return None
        units = Units(float(self.vial_units), self.product)
        return Concentration.of_vial(units, diluent_ml=float(opening.diluent_ml))

    def volume_ml(self, units: Decimal | float) -> float | None:
        concentration = self.concentration
        if concentration is None:
            return None
        return concentration.volume_ml(Units(float(units), self.product))


class Diluent(models.TextChoices):
    SALINE = "saline", "Sodium chloride 0.9 %, without preservative"
    PRESERVED = "preserved", "Sodium chloride 0.9 %, with preservative"
    OTHER = "other", "Another diluent"


class Opening(ClinicModel):
    """The vial was opened and diluted; from here its clock runs."""

    vial = models.OneToOneField(Vial, on_delete=models.PROTECT, related_name="opening")
    diluent_ml = models.DecimalField("diluent", max_digits=5, decimal_places=2)
    diluent = models.CharField(max_length=9, choices=Diluent.choices, default=Diluent.SALINE)
    diluent_lot = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()
    use_by = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "vial": "free",
        "diluent_ml": "clinical",
        "diluent": "clinical",
        "diluent_lot": "clinical",
        "opened_at": "clinical",
        "use_by": "clinical",
        "by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("stock_opening", "The opening of a vial")
    CLINIC: ClassVar[str] = "vial__clinic"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(diluent_ml__gt=0), name="opening_has_diluent"),
        )

    def __str__(self) -> str:
        return f"Opening of {self.vial_id}"


class Draw(ClinicModel):
    """Units that left a vial for a signed treatment."""

    vial = models.ForeignKey(Vial, on_delete=models.PROTECT, related_name="draws")
    treatment = models.ForeignKey(
        "treatments.Treatment", on_delete=models.PROTECT, related_name="draws"
    )
    units = models.DecimalField(max_digits=6, decimal_places=2)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "vial": "free",
        "treatment": "free",
        "units": "clinical",
        "at": "clinical",
        "by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("stock_draw", "A draw from a vial")
    CLINIC: ClassVar[str] = "vial__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(units__gt=0), name="draw_has_units"),
            models.UniqueConstraint(fields=("vial", "treatment"), name="one_draw_per_treatment"),
        )

    def __str__(self) -> str:
        return f"{self.units} U from {self.vial_id}"


class DiscardReason(models.TextChoices):
    OVER_AGE = "over-age", "Past its use-by time"
    EXPIRED = "expired", "Past the expiry of its lot"
    DAMAGED = "damaged", "Broken, or no vacuum"
    STORAGE = "storage", "Not kept cold"
    RECALL = "recall", "Lot recalled"
    REMAINDER = "remainder", "Remainder at the end of the session"
    COUNTERFEIT = "counterfeit", "Handed over as a suspected counterfeit"
    RETURNED = "returned", "Returned to the supplier, unopened"


class Discard(ClinicModel):
    """The rest of a vial was thrown away, or the unopened vial went back."""

    vial = models.OneToOneField(Vial, on_delete=models.PROTECT, related_name="discard")
    reason = models.CharField(max_length=12, choices=DiscardReason.choices)
    units = models.DecimalField(max_digits=6, decimal_places=2)
    words = models.TextField(blank=True)
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
        "words": "identifying",
        "at": "clinical",
        "by": "identifying",
        "witness": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("stock_discard", "The discard of a vial")
    CLINIC: ClassVar[str] = "vial__clinic"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(units__gte=0), name="discard_not_negative"),
        )

    def __str__(self) -> str:
        return f"Discard of {self.vial_id}"
