"""Temperatures, and the times at which they were not right."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class Origin(models.TextChoices):
    HAND = "hand", "Read by hand"
    FILE = "file", "From a logger's file"
    LOGGER = "logger", "Sent by a logger"


class Reading(ClinicModel):
    """The temperature of a place at one moment; `by` is empty for what a logger sent."""

    place = models.ForeignKey("stock.Place", on_delete=models.PROTECT, related_name="readings")
    celsius = models.DecimalField(max_digits=4, decimal_places=1)
    at = models.DateTimeField()
    origin = models.CharField(max_length=6, choices=Origin.choices)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+", null=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "place": "free",
        "celsius": "clinical",
        "at": "clinical",
        "origin": "free",
        "by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("coldchain_reading", "A temperature")
    CLINIC: ClassVar[str] = "place__clinic"

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(fields=("place", "at"), name="one_reading_at_a_time"),
        )

    def __str__(self) -> str:
        return f"{self.celsius} °C in {self.place_id}"


class Kind(models.TextChoices):
    OUTSIDE = "outside", "Out of range"
    SILENT = "silent", "No reading"


class Excursion(ClinicModel):
    """From when until when a place was out of its range, or nobody knows what it was."""

    place = models.ForeignKey("stock.Place", on_delete=models.PROTECT, related_name="excursions")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    worst_celsius = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    seen_at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "place": "free",
        "kind": "clinical",
        "since": "clinical",
        "until": "clinical",
        "worst_celsius": "clinical",
        "seen_at": "free",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = (
        Lock("coldchain_excursion", "DELETE", "An excursion is never deleted."),
    )
    CLINIC: ClassVar[str] = "place__clinic"

    class Meta:
        ordering = ("-since", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("place", "kind"),
                condition=Q(until__isnull=True),
                name="one_open_excursion_of_a_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} in {self.place_id}"


class Touched(ClinicModel):
    """A vial was in the place during an excursion and was stopped for it."""

    excursion = models.ForeignKey(Excursion, on_delete=models.PROTECT, related_name="touched")
    quarantine = models.OneToOneField(
        "stock.Quarantine", on_delete=models.PROTECT, related_name="excursion"
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "excursion": "free",
        "quarantine": "free",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("coldchain_touched", "What was touched")
    CLINIC: ClassVar[str] = "excursion__place__clinic"

    def __str__(self) -> str:
        return f"Quarantine {self.quarantine_id} for excursion {self.excursion_id}"
