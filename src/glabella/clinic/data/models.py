"""What was taken out, brought in and kept safe; what keeps a record, closes it, or ends it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel
from glabella.clinic.writer import writing


class TransferKind(models.TextChoices):
    EXPORT = "export", "All of a clinic taken out"
    IMPORT = "import", "A clinic brought in"
    BACKUP = "backup", "Backup"
    RESTORE = "restore", "Backup put back"


class Transfer(ClinicModel):
    """Data left or reached this installation: what, when, and the hash of its contents."""

    kind = models.CharField(max_length=8, choices=TransferKind.choices)
    at = models.DateTimeField()
    contents = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    CLINIC: ClassVar[str] = ""
    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "kind": "free",
        "at": "free",
        "contents": "free",
        "detail": "free",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("data_transfer", "The list of transfers")

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def note(
        cls, kind: str, contents: str, *, at: datetime | None = None, **detail: str | int
    ) -> Transfer:
        """Add one to the list; whoever runs the server does so, no member."""
        with transaction.atomic(), writing(f"transfer: {kind}"):
            return cls.objects.create(
                kind=kind, at=at or timezone.now(), contents=contents, detail=detail
            )


class _Until(ClinicModel):
    """Something that holds for a patient from one day until it is lifted."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    lifted_because = models.CharField(max_length=300, blank=True)

    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"
    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "reason": "identifying",
        "by": "identifying",
        "at": "free",
        "lifted_at": "free",
        "lifted_by": "identifying",
        "lifted_because": "identifying",
    }

    class Meta:
        abstract = True
        ordering = ("-at", "-id")


def _stays_as_set(table: str, what: str) -> tuple[Lock, ...]:
    kept = ("patient_id", "reason", "by_id", "at")
    changed = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in kept)
    return (
        Lock(
            table,
            "UPDATE",
            f"{what} is lifted once and stays as it was set.",
            f"OLD.lifted_at IS NOT NULL OR {changed}",
        ),
        Lock(table, "DELETE", f"{what} is lifted, never deleted."),
    )


class LegalHold(_Until):
    """A record that may not be erased, whatever its age, until the hold is lifted."""

    LOCKS: ClassVar[tuple[Lock, ...]] = _stays_as_set("data_legalhold", "A legal hold")

    class Meta(_Until.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=("patient",), condition=Q(lifted_at__isnull=True), name="one_hold_stands"
            ),
        )

    def __str__(self) -> str:
        return f"Hold on patient {self.patient_id}"


class Restriction(_Until):
    """A record that is kept and no longer used: in no list, seen only by those named for it."""

    LOCKS: ClassVar[tuple[Lock, ...]] = _stays_as_set("data_restriction", "A restriction")

    class Meta(_Until.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=("patient",),
                condition=Q(lifted_at__isnull=True),
                name="one_restriction_stands",
            ),
        )

    def __str__(self) -> str:
        return f"Restriction of patient {self.patient_id}"


class Erasure(ClinicModel):
    """What identified a patient was taken away; doses, lots and days stay."""

    patient = models.OneToOneField(
        "patients.Patient", on_delete=models.PROTECT, related_name="erasure"
    )
    ground = models.CharField(max_length=300)
    fields_erased = models.PositiveIntegerField()
    files_erased = models.PositiveIntegerField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"
    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "ground": "free",
        "fields_erased": "free",
        "files_erased": "free",
        "by": "identifying",
        "at": "free",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("data_erasure", "An erasure")

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"Erasure of patient {self.patient_id}"
