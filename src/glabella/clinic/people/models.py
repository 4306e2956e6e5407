"""Members of the clinic."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from glabella.clinic.people.permissions import ROLES, NotAllowed, Permission, Role
from glabella.clinic.records import Classification, ClinicModel


class Member(ClinicModel):
    """Somebody who works at the clinic, and in what role."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="member"
    )
    display_name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices)

    FIELDS: ClassVar[dict[str, Classification]] = {
        "id": "identifying",
        "user": "identifying",
        "display_name": "identifying",
        "role": "free",
    }

    class Meta:
        ordering = ("display_name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="member_role_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.display_name

    def may(self, permission: Permission) -> bool:
        return permission in ROLES[Role(self.role)]

    def require(self, permission: Permission) -> None:
        """Refuse what this member's role does not include; every action begins with it."""
        if not self.may(permission):
            raise NotAllowed.of(self.display_name, Role(self.role), permission)
