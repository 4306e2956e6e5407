"""Admitting people to the clinic."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db import transaction

from glabella.clinic.audit.actions import record
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role


@transaction.atomic
def admit_member(
    *, username: str, display_name: str, role: Role, password: str, by: Member | None
) -> Member:
    """Give somebody an account and a role; the first member of a clinic is admitted by nobody."""
    user = get_user_model().objects.create_user(username=username, password=password)
    member = Member.objects.create(user=user, display_name=display_name, role=role)
    record("member admitted", subject=member, by=by or member, role=role.value)
    return member
