"""Clinics and their members."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from glabella.clinic.people.permissions import (
    NotAllowed,
    Permission,
    permissions_of,
    role_words,
)
from glabella.clinic.records import Classification, ClinicModel


class Clinic(ClinicModel):
    """A clinic of this installation, walled off from the others, with what it asks of itself.

    The figures of its policy are the clinic's own: law and insurers differ from place to place.
    """

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    jurisdiction = models.CharField(
        max_length=40, blank=True, help_text="Where it works, such as US-CA or GB."
    )
    phone = models.CharField("telephone for patients", max_length=40, blank=True)
    urgent_words = models.CharField("what a patient does out of hours", max_length=200, blank=True)
    assessment_required = models.BooleanField(
        "a prescriber assesses each patient first", default=True
    )
    cooling_off_hours = models.PositiveSmallIntegerField(
        "hours between consent and treatment", default=0, validators=[MaxValueValidator(24 * 28)]
    )
    shared_vials = models.BooleanField("one vial may serve several patients", default=False)
    witness_required = models.BooleanField("a discard needs a witness", default=False)
    hub_loss_ml = models.DecimalField(
        "volume left in needle and hub of each syringe, in mL",
        max_digits=4,
        decimal_places=3,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal("0.2"))],
    )
    verification_required = models.BooleanField(
        "a licence counts only when somebody else verified it", default=True
    )
    insurance_required = models.BooleanField("an injector is insured", default=True)
    privileges_required = models.BooleanField(
        "an injector treats only what they were granted", default=True
    )
    cosign_hours = models.PositiveSmallIntegerField(
        "hours within which a treatment is co-signed", default=72
    )
    idle_minutes = models.PositiveSmallIntegerField(
        "minutes after which an unused tablet signs out",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    mfa_required_roles = models.JSONField(
        "roles that need a second factor", default=list, blank=True
    )
    retention_years = models.PositiveSmallIntegerField(
        "years that a record is kept after the last treatment", null=True, blank=True
    )
    retention_until_age = models.PositiveSmallIntegerField(
        "age until which a child's record is kept at least", null=True, blank=True
    )

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "name": "identifying",
        "slug": "identifying",
        "jurisdiction": "free",
        "phone": "identifying",
        "urgent_words": "free",
        "assessment_required": "free",
        "cooling_off_hours": "free",
        "shared_vials": "free",
        "witness_required": "free",
        "hub_loss_ml": "free",
        "verification_required": "free",
        "insurance_required": "free",
        "privileges_required": "free",
        "cosign_hours": "free",
        "idle_minutes": "free",
        "mfa_required_roles": "free",
        "retention_years": "free",
        "retention_until_age": "free",
    }
    CLINIC: ClassVar[str] = "pk"

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Member(ClinicModel):
    """Somebody who works at the clinic, and in what roles.

    An account is closed, never deleted: what its holder signed keeps its name.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="members")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="member"
    )
    display_name = models.CharField(max_length=120)
    roles = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True, blank=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "identifying",
        "clinic": "free",
        "user": "identifying",
        "display_name": "identifying",
        "roles": "free",
        "closed_at": "free",
    }
    CLINIC: ClassVar[str] = "clinic"

    class Meta:
        ordering = ("display_name",)

    def __str__(self) -> str:
        return self.display_name

    @property
    def role_words(self) -> str:
        return role_words(self.roles)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles) if self.is_open else frozenset()

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Refuse what this member's roles do not include; every action begins with it."""
        if not self.is_open:
            raise NotAllowed(f"The account of {self.display_name} is closed.")
        if not self.may(permission):
            raise NotAllowed.of(self.display_name, self.roles, permission)
