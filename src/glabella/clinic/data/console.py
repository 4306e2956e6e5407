"""Who a command acts for, and where it writes."""

from __future__ import annotations

from django.core.management.base import CommandParser

from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.errors import InputError


def add_by(parser: CommandParser) -> None:
    parser.add_argument(
        "--by",
        default="",
        metavar="USERNAME",
        help="the member who does it, for the trail; may be left out where only one could",
    )


def acting(username: str, permission: Permission) -> Member:
    """The member in whose name a command runs: the named one, or the only one who may."""
    members = list(Member.objects.select_related("user", "clinic").filter(user__is_active=True))
    if username:
        named = [one for one in members if one.user.get_username() == username]
        if not named:
            raise InputError(f"There is no member {username!r}. Check the user name after --by.")
        named[0].require(permission)
        return named[0]
    able = [one for one in members if one.may(permission)]
    if len(able) == 1:
        return able[0]
    names = ", ".join(one.user.get_username() for one in able) or "nobody yet"
    raise InputError(f"Say who does this, with --by USERNAME. Those who may: {names}.")
