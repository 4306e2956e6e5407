"""Opening a clinic, admitting people to it, and setting its policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.text import slugify

from glabella.clinic.audit.actions import action, record
from glabella.clinic.people import rules
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Permission, Role


@action
def open_clinic(*, name: str, by: Member | None = None, **policy: object) -> Clinic:
    """Open a clinic in this installation; whoever runs the server does so."""
    return Clinic.objects.create(name=name, slug=slugify(name)[:60], **policy)


@action
def admit_member(
    *,
    username: str,
    display_name: str,
    roles: Sequence[Role | str],
    password: str,
    clinic: Clinic,
    by: Member | None,
    at: datetime | None = None,
) -> Member:
    """Give somebody an account and roles; the first member of a clinic is admitted by nobody."""
    if by is not None:
        by.require(Permission.EDIT_TEAM)
    named = rules.known_roles(roles)
    rules.check_username(username)
    user = get_user_model().objects.create_user(username=username, password=password)
    member = Member.objects.create(user=user, clinic=clinic, display_name=display_name, roles=named)
    record("member admitted", subject=member, by=by or member, at=at, roles=", ".join(named))
    return member


@action
def change_roles(
    *, member: Member, roles: Sequence[Role | str], by: Member, at: datetime | None = None
) -> Member:
    """Give a member other roles; a clinic keeps at least one owner."""
    by.require(Permission.EDIT_TEAM)
    member = Member.objects.select_for_update().get(pk=member.pk)
    named, before = rules.known_roles(roles), member.role_words
    rules.check_owner_left(member, still=Role.OWNER in named)
    member.roles = named
    member.save(update_fields=["roles"])
    record("roles changed", subject=member, by=by, at=at, was=before, now=member.role_words)
    return member


@action
def close_account(*, member: Member, why: str, by: Member, at: datetime | None = None) -> Member:
    """Close an account: nobody signs in with it, and all that it signed stays under its name."""
    by.require(Permission.EDIT_TEAM)
    member = Member.objects.select_for_update().get(pk=member.pk)
    rules.check_closing(member, by=by)
    member.closed_at = at or timezone.now()
    member.save(update_fields=["closed_at"])
    _let_sign_in(member, yes=False)
    record("account closed", subject=member, by=by, at=at, why=why.strip())
    return member


@action
def reopen_account(*, member: Member, by: Member, at: datetime | None = None) -> Member:
    by.require(Permission.EDIT_TEAM)
    member = Member.objects.select_for_update().get(pk=member.pk)
    member.closed_at = None
    member.save(update_fields=["closed_at"])
    _let_sign_in(member, yes=True)
    record("account opened again", subject=member, by=by, at=at)
    return member


def _let_sign_in(member: Member, *, yes: bool) -> None:
    """Whoever is signed in with a closed account is out at the next page."""
    member.user.is_active = yes
    member.user.save(update_fields=["is_active"])


@action
def set_policy(
    *, clinic: Clinic, policy: Mapping[str, Any], by: Member, at: datetime | None = None
) -> list[str]:
    """Set the clinic's policy; the trail keeps each figure as it was and as it is."""
    by.require(Permission.EDIT_POLICY)
    clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
    changed = rules.changes(clinic, policy)
    for name in changed:
        setattr(clinic, name, policy[name])
    if changed:
        clinic.save(update_fields=list(changed))
        record("policy changed", subject=clinic, by=by, at=at, clinic=clinic, **changed)
    return list(changed)
