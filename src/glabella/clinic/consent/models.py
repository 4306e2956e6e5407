"""Texts of consent, consents in steps, photographs by scope, withdrawals."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel

TAKEN = "A consent that was taken is locked. It can be withdrawn."


class ConsentText(ClinicModel):
    """One version of a clinic's text; a change makes the next version."""

    clinic = models.ForeignKey(
        "people.Clinic", on_delete=models.PROTECT, related_name="consent_texts"
    )
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField(help_text="Lines that begin with # are headings.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "number": "free",
        "title": "free",
        "body": "free",
        "made_at": "free",
        "made_by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("consent_consenttext", "A text of consent")
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("clinic", "number"), name="one_text_of_each_number"),
        )

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class State(models.TextChoices):
    OPEN = "open", "Waits for the patient's signature"
    SIGNED = "signed", "Signed by the patient"
    TAKEN = "taken", "Complete"


class Signer(models.TextChoices):
    PATIENT = "patient", "The patient"
    REPRESENTATIVE = "representative", "Somebody for the patient"


class Method(models.TextChoices):
    DRAWN = "drawn", "Drawn"
    TYPED = "typed", "Typed"


class Copy(models.TextChoices):
    PRINTED = "printed", "Printed"
    SENT = "sent", "Sent"
    DECLINED = "declined", "Not wanted"


class Consent(ClinicModel):
    """One consent: what was told and asked, what it is for, who signed, and who took it.

    What was told is kept as it stood on that day, with its sources.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="consents"
    )
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    areas = models.JSONField()
    products = models.JSONField()
    told_json = models.TextField()
    discussed_at = models.DateTimeField()
    discussed_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    questions = models.TextField(blank=True)
    replies = models.TextField(blank=True)
    copy = models.CharField(max_length=8, choices=Copy.choices)
    valid_until = models.DateField()
    signer = models.CharField(max_length=14, choices=Signer.choices, blank=True)
    signer_name = models.CharField(max_length=120, blank=True)
    relation = models.CharField(max_length=120, blank=True)
    method = models.CharField(max_length=5, choices=Method.choices, blank=True)
    strokes_json = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True
    )
    taken_at = models.DateTimeField(null=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "text": "free",
        "state": "free",
        "areas": "clinical",
        "products": "clinical",
        "told_json": "clinical",
        "discussed_at": "clinical",
        "discussed_by": "identifying",
        "questions": "identifying",
        "replies": "identifying",
        "copy": "free",
        "valid_until": "clinical",
        "signer": "free",
        "signer_name": "identifying",
        "relation": "identifying",
        "method": "free",
        "strokes_json": "identifying",
        "signed_at": "clinical",
        "taken_by": "identifying",
        "taken_at": "clinical",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = (
        Lock("consent_consent", "UPDATE", TAKEN, "OLD.state = 'taken'"),
        Lock("consent_consent", "DELETE", TAKEN, "OLD.state <> 'open'"),
    )
    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("-discussed_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open", signed_at__isnull=True, taken_at__isnull=True)
                | (
                    Q(state="signed", signed_at__isnull=False, taken_at__isnull=True)
                    & ~Q(signer_name="")
                )
                | (
                    Q(state="taken", signed_at__isnull=False, taken_at__isnull=False)
                    & Q(taken_by__isnull=False)
                    & ~Q(signer_name="")
                ),
                name="consent_is_open_signed_or_taken",
            ),
        )

    def __str__(self) -> str:
        return f"Consent {self.pk}"


class Withdrawal(ClinicModel):
    """A consent taken back: by whom it was told, and to whom."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="withdrawal")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    words = models.CharField("what the patient said", max_length=300, blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "consent": "free",
        "at": "clinical",
        "by": "identifying",
        "words": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("consent_withdrawal", "A withdrawal")
    CLINIC: ClassVar[str] = "consent__patient__clinic"
    PATIENT: ClassVar[str] = "consent__patient"

    def __str__(self) -> str:
        return f"Withdrawal of {self.consent_id}"


class Scope(models.TextChoices):
    RECORD = "record", "in my record, to compare before and after"
    TEACHING = "teaching", "to teach and to check quality, without my name"
    PUBLIC = "public", "on the clinic's pages and in print, where others see them"


class PhotoScope(ClinicModel):
    """A yes or no to one use of photographs; the last one of a use counts."""

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="photo_scopes"
    )
    scope = models.CharField(max_length=8, choices=Scope.choices)
    granted = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey(
        Consent, on_delete=models.PROTECT, related_name="photo_scopes", null=True
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "patient": "identifying",
        "scope": "free",
        "granted": "free",
        "at": "free",
        "by": "identifying",
        "consent": "free",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only(
        "consent_photoscope", "An answer on photographs"
    )
    CLINIC: ClassVar[str] = "patient__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(scope__in=Scope.values), name="photo_scope_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.scope}: {'yes' if self.granted else 'no'}"
