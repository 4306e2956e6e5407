"""Who may do what: one list of permissions, one table of roles."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from glabella.errors import RecordError


class Role(models.TextChoices):
    INJECTOR = "injector", "Injector"
    REVIEWER = "reviewer", "Reviewer"
    STOCK = "stock", "Stock keeper"
    OWNER = "owner", "Owner"


class Permission(StrEnum):
    """One thing that a role may do; the value completes "may …"."""

    SEE_TODAY = "see the day's page"
    SEE_PATIENTS = "see patients and their treatments"
    EDIT_PATIENTS = "add and edit patients"
    SEE_STOCK = "see the stock"
    RECEIVE_VIALS = "receive vials"
    OPEN_VIALS = "open and dilute vials"
    DISCARD_VIALS = "discard vials"
    CHART = "chart a treatment"
    SIGN = "sign a treatment"
    ADD_ADDENDA = "add an addendum"
    REVIEW = "review a treatment"
    SEE_AUDIT = "see the audit trail"


ROLES: dict[Role, frozenset[Permission]] = {
    Role.INJECTOR: frozenset(Permission) - {Permission.RECEIVE_VIALS, Permission.SEE_AUDIT},
    Role.REVIEWER: frozenset(
        {
            Permission.SEE_TODAY,
            Permission.SEE_PATIENTS,
            Permission.REVIEW,
            Permission.ADD_ADDENDA,
        }
    ),
    Role.STOCK: frozenset(
        {
            Permission.SEE_TODAY,
            Permission.SEE_STOCK,
            Permission.RECEIVE_VIALS,
            Permission.OPEN_VIALS,
            Permission.DISCARD_VIALS,
        }
    ),
    Role.OWNER: frozenset(
        {
            Permission.SEE_TODAY,
            Permission.SEE_PATIENTS,
            Permission.EDIT_PATIENTS,
            Permission.SEE_STOCK,
            Permission.RECEIVE_VIALS,
            Permission.DISCARD_VIALS,
            Permission.SEE_AUDIT,
        }
    ),
}


class NotAllowed(RecordError):
    """The member's role does not include this."""

    @classmethod
    def of(cls, name: str, role: Role, permission: Permission) -> NotAllowed:
        able = [str(other.label) for other in Role if permission in ROLES[other]]
        return cls(
            f"{name} ({role.label.lower()}) may not {permission}. "
            f"Ask somebody who may: {', '.join(able).lower()}."
        )
