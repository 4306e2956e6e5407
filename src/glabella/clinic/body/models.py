"""What is read on a scale after a session outside the face."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class ScaleReading(ClinicModel):
    """A scale read on one day after a session; the one before it is part of the session."""

    treatment = models.ForeignKey(
        "treatments.Treatment", on_delete=models.PROTECT, related_name="scale_readings"
    )
    scale = models.CharField(max_length=20)
    value = models.DecimalField(max_digits=7, decimal_places=2)
    date = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "treatment": "free",
        "scale": "clinical",
        "value": "clinical",
        "date": "clinical",
        "note": "identifying",
        "by": "identifying",
        "at": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("body_scalereading", "A reading of a scale")
    CLINIC: ClassVar[str] = "treatment__patient__clinic"
    PATIENT: ClassVar[str] = "treatment__patient"

    class Meta:
        ordering = ("date", "id")

    def __str__(self) -> str:
        return f"{self.scale} {self.value}"
