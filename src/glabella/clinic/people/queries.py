"""What the pages show of the member who is signed in."""

from __future__ import annotations

from django.http import HttpRequest

from glabella.clinic.people.guard import member_of
from glabella.clinic.people.navigation import ROOMS
from glabella.clinic.people.permissions import Permission
from glabella.clinic.signin.policy import idle_seconds


def member_context(request: HttpRequest) -> dict[str, object]:
    """For every template: the member, what the member may do (`may.chart`), and the menu."""
    # A page that failed early has no user yet.
    member = member_of(request) if hasattr(request, "user") else None
    may = {name.name.lower(): member is not None and member.may(name) for name in Permission}
    rooms = [room for room in ROOMS if member is not None and member.may(room.permission)]
    idle = idle_seconds(member) if member is not None else 0
    return {"member": member, "may": may, "rooms": rooms, "idle_seconds": idle}
