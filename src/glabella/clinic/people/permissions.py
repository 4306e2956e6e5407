"""Who may do what: one list of permissions, one table of roles."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.db import models

from glabella.errors import RecordError


class Role(models.TextChoices):
    INJECTOR = "injector", "Injector"
    PRESCRIBER = "prescriber", "Prescriber"
    SUPERVISOR = "supervisor", "Supervisor"
    ASSISTANT = "assistant", "Assistant"
    OWNER = "owner", "Owner"
    AUDITOR = "auditor", "Auditor"


class Permission(StrEnum):
    """One thing that a role may do; the value completes "may …"."""

    SEE_TODAY = "see the day's page"
    SEE_PATIENTS = "see patients and their treatments"
    EDIT_PATIENTS = "add and edit patients"
    SCREEN = "take a patient's history and screen it"
    TAKE_CONSENT = "take a patient's consent"
    ASSESS = "assess a patient and prescribe"
    SEE_STOCK = "see the stock"
    RECEIVE_VIALS = "receive vials"
    OPEN_VIALS = "open and dilute vials"
    DISCARD_VIALS = "discard vials"
    COUNT_STOCK = "count the stock and keep the cold chain"
    RECALL_LOTS = "recall a lot"
    CHART = "chart a treatment"
    SIGN = "sign a treatment"
    COSIGN = "co-sign a treatment"
    ADD_ADDENDA = "add an addendum"
    REVIEW = "review a treatment"
    RECORD_EVENTS = "record adverse events and report them"
    FOLLOW_UP = "work the tasks and the recall list"
    SEE_TEAM = "see the team and its credentials"
    EDIT_TEAM = "admit members and keep their credentials"
    VERIFY_CREDENTIALS = "verify credentials and grant privileges"
    EDIT_POLICY = "set the clinic's policy"
    SEE_AUDIT = "see the audit trail"
    EXPORT_DATA = "export and back up data"
    ERASE_PATIENTS = "restrict and erase patients"


_SEES = frozenset(
    {
        Permission.SEE_TODAY,
        Permission.SEE_PATIENTS,
        Permission.SEE_STOCK,
        Permission.SEE_TEAM,
    }
)
_RECORDS = frozenset(
    {
        Permission.EDIT_PATIENTS,
        Permission.SCREEN,
        Permission.TAKE_CONSENT,
        Permission.REVIEW,
        Permission.RECORD_EVENTS,
        Permission.ADD_ADDENDA,
        Permission.FOLLOW_UP,
    }
)
_KEEPS_STOCK = frozenset(
    {
        Permission.RECEIVE_VIALS,
        Permission.DISCARD_VIALS,
        Permission.COUNT_STOCK,
        Permission.RECALL_LOTS,
    }
)

ROLES: dict[Role, frozenset[Permission]] = {
    Role.INJECTOR: _SEES
    | _RECORDS
    | {
        Permission.OPEN_VIALS,
        Permission.DISCARD_VIALS,
        Permission.CHART,
        Permission.SIGN,
    },
    Role.PRESCRIBER: _SEES | _RECORDS | {Permission.ASSESS},
    Role.SUPERVISOR: _SEES
    | _RECORDS
    | {
        Permission.COSIGN,
        Permission.RECALL_LOTS,
        Permission.SEE_AUDIT,
        Permission.VERIFY_CREDENTIALS,
    },
    Role.ASSISTANT: _SEES
    | _KEEPS_STOCK
    | {
        Permission.EDIT_PATIENTS,
        Permission.SCREEN,
        Permission.OPEN_VIALS,
        Permission.FOLLOW_UP,
    },
    Role.OWNER: _SEES
    | _KEEPS_STOCK
    | {
        Permission.EDIT_PATIENTS,
        Permission.FOLLOW_UP,
        Permission.EDIT_TEAM,
        Permission.VERIFY_CREDENTIALS,
        Permission.EDIT_POLICY,
        Permission.SEE_AUDIT,
        Permission.EXPORT_DATA,
        Permission.ERASE_PATIENTS,
    },
    Role.AUDITOR: _SEES | {Permission.SEE_AUDIT},
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """What somebody with these roles may do: all that any of them includes."""
    return frozenset[Permission]().union(*(ROLES[Role(role)] for role in roles))


def role_words(roles: Iterable[str]) -> str:
    """The roles as a page says them: "injector and owner"."""
    named = [role.label.lower() for role in Role if role in set(roles)]
    return " and ".join(part for part in (", ".join(named[:-1]), *named[-1:]) if part)


class NotAllowed(RecordError):
    """The member's roles do not include this."""

    @classmethod
    def of(cls, name: str, roles: Iterable[str], permission: Permission) -> NotAllowed:
        able = [role.label.lower() for role in Role if permission in ROLES[role]]
        return cls(
            f"{name} ({role_words(roles)}) may not {permission}. "
            f"Ask somebody who may: {', '.join(able)}."
        )
