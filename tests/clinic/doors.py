"""Signing in by the pages, as a person does: password, code, recovery code."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db.models import Q
from django.test import Client

from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.people.models import Member
from tests.clinic.conftest import PASSWORD


def enter(client: Client, person: Member, password: str = PASSWORD, then: str = "") -> Any:
    """The sign-in page, filled in and sent."""
    sent = {"username": person.user.username, "password": password, "next": then}
    return client.post("/sign-in/", sent)


def code_of(secret: str, *, ahead: int = 0) -> str:
    """What an authenticator app shows now, or so many half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def again(client: Client, password: str = PASSWORD, then: str = "/account/") -> Any:
    """The page that asks once more."""
    return client.post("/account/again/", {"password": password, "next": then})


def add_app(client: Client) -> tuple[str, list[str]]:
    """Switch app codes on; the secret and the recovery codes."""
    again(client, then="/account/app/")
    secret = client.get("/account/app/").context["form"].secret
    done = client.post("/account/app/", {"code": code_of(secret)})
    assert done.status_code == 302, done.context["form"].errors
    return secret, client.get("/account/codes/").context["unused_codes"]


def is_in(client: Client) -> bool:
    return bool(client.get("/").status_code == 200)


def noted(person: Member) -> list[str]:
    """What the trail says of somebody's sign-ins, earliest first."""
    events = AuditEvent.objects.filter(subject="member", subject_id=person.pk).order_by("id")
    # What was put on file about their papers is no sign-in.
    papers = Q(action__contains="licence") | Q(action__contains="insurance")
    beside = papers | Q(action__contains="privileges") | Q(action="member admitted")
    return [event.action for event in events.exclude(beside)]


def has_factor(person: Member) -> bool:
    return Authenticator.objects.filter(user=person.user).exists()
