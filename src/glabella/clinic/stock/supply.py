"""Where vials come from: suppliers, deliveries, and what a code on a carton stands for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class Supplier(ClinicModel):
    """Who sells to the clinic, with the licence that somebody looked up."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="suppliers")
    name = models.CharField(max_length=120)
    licence = models.CharField("licence of supply", max_length=80, blank=True)
    licence_checked_on = models.DateField(null=True)
    licence_checked_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "name": "identifying",
        "licence": "identifying",
        "licence_checked_on": "identifying",
        "licence_checked_by": "identifying",
    }
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("clinic", "name"), name="one_supplier_of_a_name"),
        )

    def __str__(self) -> str:
        return self.name


class Delivery(ClinicModel):
    """Vials that came in together; the photo of the carton is a JPEG without its metadata."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="deliveries")
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="deliveries", null=True
    )
    note_number = models.CharField("delivery note", max_length=60, blank=True)
    photo = models.BinaryField(default=b"")
    received_at = models.DateTimeField()
    received_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "supplier": "free",
        "note_number": "identifying",
        "photo": "identifying",
        "received_at": "free",
        "received_by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("stock_delivery", "A delivery")
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("-received_at", "-id")

    def __str__(self) -> str:
        return f"Delivery {self.note_number or self.pk}"


class KnownCode(ClinicModel):
    """A trade item number that somebody of the clinic tied to a product, once."""

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="codes")
    gtin = models.CharField(max_length=14)
    product = models.CharField(max_length=40)
    vial_units = models.DecimalField(max_digits=6, decimal_places=2)
    tied_at = models.DateTimeField()
    tied_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "gtin": "free",
        "product": "clinical",
        "vial_units": "clinical",
        "tied_at": "free",
        "tied_by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("stock_knowncode", "What a code stands for")
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("clinic", "gtin"), name="one_meaning_of_a_code"),
        )

    def __str__(self) -> str:
        return f"{self.gtin} is {self.product}"
