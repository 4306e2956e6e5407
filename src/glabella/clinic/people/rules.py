"""What must hold for a member's account, and what a change of policy changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model

from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Role
from glabella.errors import RecordError


class AccountRefused(RecordError):
    """The account cannot be made or changed like this."""


def known_roles(roles: Iterable[Role | str]) -> list[str]:
    """The roles in their fixed order; at least one."""
    asked = set(roles)
    named = [role.value for role in Role if role in asked]
    if not named:
        raise AccountRefused("Choose at least one role. To end somebody's work, close the account.")
    return named


def check_username(username: str) -> None:
    if get_user_model().objects.filter(username__iexact=username).exists():
        raise AccountRefused(f"There is an account {username!r} already. Choose another user name.")


def check_owner_left(member: Member, *, still: bool) -> None:
    """A clinic without an owner could admit nobody any more."""
    if still or Role.OWNER not in member.roles:
        return
    others = Member.objects.filter(clinic=member.clinic_id, closed_at=None).exclude(pk=member.pk)
    if not any(Role.OWNER in other.roles for other in others):
        raise AccountRefused(
            f"{member.display_name} is the only owner of the clinic. Make somebody else an owner "
            "first."
        )


def check_closing(member: Member, *, by: Member) -> None:
    if member.pk == by.pk:
        raise AccountRefused("Nobody closes their own account. Ask another owner.")
    if not member.is_open:
        raise AccountRefused("This account is closed already.")
    check_owner_left(member, still=False)


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return "none" if value in (None, "") else str(value)


def changes(clinic: Clinic, policy: Mapping[str, Any]) -> dict[str, str]:
    """What differs from the policy in force: each field with what it was and what it is."""
    return {
        name: f"{_words(getattr(clinic, name))} → {_words(value)}"
        for name, value in policy.items()
        if getattr(clinic, name) != value
    }
