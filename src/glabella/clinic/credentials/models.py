"""Licences and the like, privileges, supervision, standing orders, and the page for patients."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from glabella.clinic.locks import Lock, append_only
from glabella.clinic.records import Classification, ClinicModel

WITHDRAWAL: dict[str, Classification] = {
    "withdrawn_at": "free",
    "withdrawn_by": "identifying",
    "withdrawn_why": "identifying",
}


def stays(table: str, what: str, *columns: str) -> tuple[Lock, ...]:
    """What was entered stays; it is withdrawn and entered anew, never written over."""
    message = f"{what} is not changed: withdraw it and enter it anew."
    changed = " OR ".join(f"OLD.{one} IS DISTINCT FROM NEW.{one}" for one in columns)
    undone = "(OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)"
    return (
        Lock(table, "UPDATE", message, f"{changed} OR {undone}"),
        Lock(table, "DELETE", f"{what} is never deleted: withdraw it."),
    )


class Withdrawable(models.Model):
    """Holds until it ends or somebody withdraws it, and says why."""

    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_why = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class FileKind(models.TextChoices):
    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"


class Evidence(ClinicModel):
    """A document as it was uploaded and checked; it lies in the database, beside no page."""

    member = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="evidence")
    file_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=FileKind.choices)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "member": "identifying",
        "file_name": "identifying",
        "kind": "free",
        "size": "free",
        "digest": "free",
        "content": "identifying",
        "at": "free",
        "by": "identifying",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("credentials_evidence", "Evidence")
    CLINIC: ClassVar[str] = "member__clinic"

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.file_name


class CredentialKind(models.TextChoices):
    LICENCE = "licence", "Licence"
    INSURANCE = "insurance", "Insurance"
    TRAINING = "training", "Training certificate"
    IDENTIFIER = "identifier", "Identifier"


class Profession(models.TextChoices):
    PHYSICIAN = "physician", "Physician"
    DENTIST = "dentist", "Dentist"
    NURSE = "nurse", "Nurse"
    ASSOCIATE = "associate", "Physician associate or assistant"
    PHARMACIST = "pharmacist", "Pharmacist"
    OTHER = "other", "Another profession"


class Credential(Withdrawable, ClinicModel):
    """A paper that a member holds: a licence, an insurance, a training, an identifier.

    It is verified once, by somebody else; a renewal is a new one.
    """

    member = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="credentials"
    )
    kind = models.CharField(max_length=10, choices=CredentialKind.choices)
    title = models.CharField(max_length=120, blank=True)
    profession = models.CharField(max_length=10, choices=Profession.choices, blank=True)
    jurisdiction = models.CharField(max_length=40, blank=True)
    register = models.CharField(max_length=20, blank=True)
    register_url = models.URLField("page of the public register", blank=True)
    number = models.CharField(max_length=40, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    cover = models.CharField(max_length=200, blank=True)
    prescribes = models.BooleanField(default=False)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    verified_how = models.CharField(max_length=200, blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "member": "identifying",
        "kind": "free",
        "title": "identifying",
        "profession": "free",
        "jurisdiction": "free",
        "register": "free",
        "register_url": "identifying",
        "number": "identifying",
        "issuer": "identifying",
        "cover": "identifying",
        "prescribes": "free",
        "since": "free",
        "until": "free",
        "evidence": "identifying",
        "entered_at": "free",
        "entered_by": "identifying",
        "verified_at": "free",
        "verified_by": "identifying",
        "verified_how": "identifying",
        **WITHDRAWAL,
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = stays(
        "credentials_credential",
        "A credential",
        "member_id",
        "kind",
        "title",
        "profession",
        "jurisdiction",
        "register",
        "number",
        "issuer",
        "cover",
        "prescribes",
        "since",
        "until",
        "evidence_id",
        "entered_at",
    )
    CLINIC: ClassVar[str] = "member__clinic"

    class Meta:
        ordering = ("kind", "-until", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True, verified_at__isnull=True)
                | (
                    Q(verified_at__isnull=False, verified_by__isnull=False)
                    & ~Q(verified_by=F("member"))
                ),
                name="verified_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=~Q(kind="licence") | (~Q(jurisdiction="") & ~Q(number="")),
                name="licence_has_place_and_number",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("licence", "insurance")) | Q(until__isnull=False),
                name="licence_and_insurance_end",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".strip()

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day; whether it was verified is another question."""
        begun = self.since is None or self.since <= on
        return self.withdrawn_at is None and begun and (self.until is None or on <= self.until)


class Privilege(Withdrawable, ClinicModel):
    """What a member may do here: one technique in one area, with which kinds of product.

    No kind of product named means all of them.
    """

    member = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="privileges")
    scope = models.CharField(max_length=60)
    product_kinds = models.JSONField(default=list, blank=True)
    supervised = models.BooleanField("only under supervision", default=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=200, blank=True)
    granted_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "member": "identifying",
        "scope": "free",
        "product_kinds": "free",
        "supervised": "free",
        "since": "free",
        "until": "free",
        "basis": "identifying",
        "granted_by": "identifying",
        "granted_at": "free",
        **WITHDRAWAL,
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = stays(
        "credentials_privilege",
        "A privilege",
        "member_id",
        "scope",
        "product_kinds",
        "supervised",
        "since",
        "until",
        "granted_by_id",
    )
    CLINIC: ClassVar[str] = "member__clinic"

    class Meta:
        ordering = ("scope", "-since", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(granted_by=F("member")), name="privilege_granted_by_somebody_else"
            ),
        )

    def __str__(self) -> str:
        return f"Privilege {self.scope}"

    def holds(self, on: date) -> bool:
        ended = self.until is not None and self.until < on
        return self.withdrawn_at is None and self.since <= on and not ended

    def covers(self, product_kind: str) -> bool:
        return not (self.product_kinds and product_kind) or product_kind in self.product_kinds


class CosignRule(models.TextChoices):
    NONE = "none", "No co-signature"
    FIRST = "first", "The first treatments of each area"
    ALWAYS = "always", "Every treatment"


class Supervision(ClinicModel):
    """Who supervises a member, and which treatments the supervisor co-signs; the latest counts."""

    member = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="supervisions"
    )
    supervisor = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    rule = models.CharField(max_length=6, choices=CosignRule.choices, default=CosignRule.NONE)
    first = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    since = models.DateField()
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "member": "identifying",
        "supervisor": "identifying",
        "rule": "free",
        "first": "free",
        "since": "free",
        "why": "identifying",
        "by": "identifying",
        "at": "free",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("credentials_supervision", "Supervision")
    CLINIC: ClassVar[str] = "member__clinic"

    class Meta:
        ordering = ("-since", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(supervisor=F("member")), name="nobody_supervises_themself"
            ),
            models.CheckConstraint(
                condition=Q(rule="none") | Q(supervisor__isnull=False),
                name="a_cosigner_is_somebody",
            ),
            models.CheckConstraint(
                condition=Q(rule="first", first__isnull=False)
                | (~Q(rule="first") & Q(first__isnull=True)),
                name="first_has_a_number",
            ),
        )

    def __str__(self) -> str:
        return f"Supervision {self.pk}"


class Leave(ClinicModel):
    """A supervisor lets a member do, to one patient on one day, what no privilege covers."""

    member = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="leaves")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="leaves")
    scopes = models.JSONField(default=list)
    on = models.DateField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "member": "identifying",
        "patient": "identifying",
        "scopes": "clinical",
        "on": "clinical",
        "reason": "identifying",
        "by": "identifying",
        "at": "free",
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = append_only("credentials_leave", "Leave")
    CLINIC: ClassVar[str] = "member__clinic"
    PATIENT: ClassVar[str] = "patient"

    class Meta:
        ordering = ("-on", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(by=F("member")), name="leave_by_somebody_else"),
            models.CheckConstraint(condition=~Q(reason=""), name="leave_has_a_reason"),
        )

    def __str__(self) -> str:
        return f"Leave {self.pk}"


class StandingOrder(Withdrawable, ClinicModel):
    """A prescriber's written order: which product where, within which limits, until when.

    It is signed as it is written; a change is the next version, and the one before then ends.
    """

    clinic = models.ForeignKey(
        "people.Clinic", on_delete=models.PROTECT, related_name="standing_orders"
    )
    title = models.CharField(max_length=120)
    scopes = models.JSONField(default=list)
    product = models.CharField(max_length=40)
    max_units = models.DecimalField(
        max_digits=6, decimal_places=2, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    min_age = models.PositiveSmallIntegerField(validators=[MaxValueValidator(120)])
    max_age = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    conditions = models.TextField()
    since = models.DateField()
    until = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="next", null=True, blank=True
    )
    signed_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "clinic": "free",
        "title": "identifying",
        "scopes": "clinical",
        "product": "clinical",
        "max_units": "clinical",
        "min_age": "clinical",
        "max_age": "clinical",
        "conditions": "identifying",
        "since": "free",
        "until": "free",
        "version": "free",
        "previous": "free",
        "signed_by": "identifying",
        "signed_at": "free",
        **WITHDRAWAL,
    }
    LOCKS: ClassVar[tuple[Lock, ...]] = stays(
        "credentials_standingorder",
        "A standing order",
        "clinic_id",
        "title",
        "scopes",
        "product",
        "max_units",
        "min_age",
        "max_age",
        "conditions",
        "since",
        "until",
        "version",
        "previous_id",
        "signed_by_id",
        "signed_at",
    )
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("title", "-version")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="order_ends_after_it_begins"
            ),
        )

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    def holds(self, on: date) -> bool:
        return self.withdrawn_at is None and self.since <= on <= self.until


class NumberShown(models.TextChoices):
    WHOLE = "whole", "The whole number"
    END = "end", "Its last three characters"
    NOT = "not", "Not at all"


class Profile(ClinicModel):
    """The page of an injector that patients may read: there when both the injector and an owner
    want it."""

    member = models.OneToOneField("people.Member", on_delete=models.PROTECT, related_name="profile")
    slug = models.SlugField(max_length=60, unique=True)
    words = models.TextField("a few words about yourself", max_length=600, blank=True)
    number_shown = models.CharField(
        max_length=5, choices=NumberShown.choices, default=NumberShown.WHOLE
    )
    indexed = models.BooleanField("search engines may list the page", default=False)
    wished_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(
        "people.Member", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "member": "identifying",
        "slug": "identifying",
        "words": "identifying",
        "number_shown": "free",
        "indexed": "free",
        "wished_at": "free",
        "agreed_at": "free",
        "agreed_by": "identifying",
    }
    CLINIC: ClassVar[str] = "member__clinic"

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug

    @property
    def is_public(self) -> bool:
        return self.wished_at is not None and self.agreed_at is not None and self.member.is_open
