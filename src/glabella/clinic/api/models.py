"""Tokens of the API."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from glabella.clinic.people.permissions import Permission
from glabella.clinic.records import Classification, ClinicModel


class ApiToken(ClinicModel):
    """Lets a program act for a member, within some of the member's permissions.

    Only a digest of the token is kept: who reads the database can use none of them.
    """

    member = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField("what it is for", max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField("may", default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "free",
        "member": "identifying",
        "name": "identifying",
        "digest": "identifying",
        "hint": "identifying",
        "scopes": "free",
        "made_at": "free",
        "expires_at": "free",
        "last_used_at": "free",
        "revoked_at": "free",
    }
    CLINIC: ClassVar[str] = "member__clinic"

    class Meta:
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    def may(self, permission: Permission) -> bool:
        """Within its scopes, and only as long as the member may."""
        return permission.name in self.scopes and self.member.may(permission)
