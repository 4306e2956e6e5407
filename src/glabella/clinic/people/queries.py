"""What the pages show of the member who is signed in."""

from __future__ import annotations

from django.http import HttpRequest

from glabella.clinic.people.permissions import Permission


def member_context(request: HttpRequest) -> dict[str, object]:
    """For every template: the member, and what the member may do (`may.chart`)."""
    user = getattr(request, "user", None)
    member = getattr(user, "member", None) if user is not None else None
    may = {name.name.lower(): member is not None and member.may(name) for name in Permission}
    return {"member": member, "may": may}
