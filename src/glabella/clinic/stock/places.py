"""Where vials are kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class Place(ClinicModel):
    """A refrigerator, freezer or cupboard, with the range in which it has to stay.

    A data logger signs its readings with a key, of which only the hash is kept.
    """

    clinic = models.ForeignKey("people.Clinic", on_delete=models.PROTECT, related_name="places")
    name = models.CharField(max_length=60)
    low_celsius = models.DecimalField(max_digits=4, decimal_places=1)
    high_celsius = models.DecimalField(max_digits=4, decimal_places=1)
    reading_hours = models.PositiveSmallIntegerField(
        "hours after which a missing reading counts as an excursion", null=True, blank=True
    )
    logger_hash = models.CharField(max_length=64, blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "name": "identifying",
        "low_celsius": "free",
        "high_celsius": "free",
        "reading_hours": "free",
        "logger_hash": "identifying",
    }
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(low_celsius__lt=F("high_celsius")), name="place_has_a_range"
            ),
            models.UniqueConstraint(fields=("clinic", "name"), name="one_place_of_a_name"),
        )

    def __str__(self) -> str:
        return self.name


class Placement(ClinicModel):
    """A vial was put into a place; the latest one says where it is."""

    vial = models.ForeignKey("stock.Vial", on_delete=models.PROTECT, related_name="placements")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="placements")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "vial": "free",
        "place": "free",
        "at": "free",
        "by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("stock_placement", "Where a vial was put")
    CLINIC: ClassVar[str] = "vial__clinic"

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.vial_id} in {self.place_id}"
