"""Opening a clinic and admitting people to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.utils.text import slugify

from glabella.clinic.audit.actions import action, record
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Permission, Role

if TYPE_CHECKING:
    from datetime import datetime


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
    named = [role.value for role in Role if role in roles]
    user = get_user_model().objects.create_user(username=username, password=password)
    member = Member.objects.create(user=user, clinic=clinic, display_name=display_name, roles=named)
    record("member admitted", subject=member, by=by or member, at=at, roles=", ".join(named))
    return member
