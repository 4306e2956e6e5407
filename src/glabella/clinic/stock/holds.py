"""What stops a vial, and who lets it go again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel


class HoldReason(models.TextChoices):
    COUNTERFEIT = "counterfeit", "May be counterfeit"
    PRESENTATION = "presentation", "Not a vial of this maker"
    STORAGE = "storage", "Storage out of range"
    RECALL = "recall", "Lot recalled"
    DAMAGED = "damaged", "Damaged, or looks wrong"
    OTHER = "other", "Another reason"


class Quarantine(ClinicModel):
    """A vial must not be used until somebody decides; `by` is empty where a logger stopped it."""

    vial = models.ForeignKey("stock.Vial", on_delete=models.PROTECT, related_name="quarantines")
    reason = models.CharField(max_length=12, choices=HoldReason.choices)
    why = models.TextField()
    mend = models.TextField(blank=True)
    source = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+", null=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "vial": "free",
        "reason": "clinical",
        "why": "clinical",
        "mend": "free",
        "source": "free",
        "at": "clinical",
        "by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("stock_quarantine", "A quarantine")
    CLINIC: ClassVar[str] = "vial__clinic"

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"Quarantine of {self.vial_id}: {self.reason}"


class Release(ClinicModel):
    """A named person ended a quarantine, and gave a reason and what it rests on."""

    quarantine = models.OneToOneField(Quarantine, on_delete=models.PROTECT, related_name="release")
    reason = models.TextField()
    source = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "quarantine": "free",
        "reason": "identifying",
        "source": "free",
        "at": "clinical",
        "by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("stock_release", "A release")
    CLINIC: ClassVar[str] = "quarantine__vial__clinic"

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"Release of {self.quarantine_id}"


class RecallClass(models.TextChoices):
    FIRST = "1", "Class 1: may cause serious harm"
    SECOND = "2", "Class 2: may cause passing harm"
    THIRD = "3", "Class 3: harm is unlikely"
    NONE = "-", "No class given"


class LotRecall(ClinicModel):
    """A lot is called back, or the clinic tries how fast it would be: a drill, which stops nothing.

    What is done with its patients stands in the lot recalls.
    """

    clinic = models.ForeignKey(
        "people.Clinic", on_delete=models.PROTECT, related_name="lot_recalls"
    )
    product = models.CharField(max_length=40)
    lot = models.CharField(max_length=40)
    source = models.CharField("who recalls it, and where that is written", max_length=300)
    recall_class = models.CharField(max_length=1, choices=RecallClass.choices)
    words = models.TextField("what patients are told")
    drill = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )
    outcome = models.TextField(blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "product": "clinical",
        "lot": "clinical",
        "source": "free",
        "recall_class": "clinical",
        "words": "free",
        "drill": "free",
        "started_at": "free",
        "started_by": "identifying",
        "ended_at": "free",
        "ended_by": "identifying",
        "outcome": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = (
        Lock(
            "stock_lotrecall",
            "UPDATE",
            "A recall keeps its lot and its words; it is only ended, once.",
            "NEW.lot <> OLD.lot OR NEW.product <> OLD.product OR NEW.words <> OLD.words "
            "OR NEW.drill <> OLD.drill OR OLD.ended_at IS NOT NULL",
        ),
        Lock("stock_lotrecall", "DELETE", "A recall is never deleted."),
    )
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("-started_at", "-id")

    def __str__(self) -> str:
        return f"{'Drill' if self.drill else 'Recall'} of lot {self.lot}"
