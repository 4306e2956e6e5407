"""Writes what happens at the door into the trail; an unknown user name belongs to no trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import password_changed
from allauth.mfa import signals as factor
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from glabella.clinic.people.models import Member
from glabella.clinic.signin import queries
from glabella.clinic.signin.actions import note_sign_in_event

WAYS = {"totp": "app code", "recovery_codes": "recovery code", "webauthn": "passkey"}


def _address(request: HttpRequest | None) -> str:
    return request.META.get("REMOTE_ADDR", "") if request is not None else ""


def _note(what: str, member: Member | None, request: HttpRequest | None, **detail: str) -> None:
    if member is not None:
        told = {"address": _address(request)} | detail
        kept = {name: text for name, text in told.items() if text}
        note_sign_in_event(what=what, by=member, told=kept)


def _member(user: Any) -> Member | None:
    return getattr(user, "member", None)


def signed_in(request: HttpRequest, user: Any, **_: Any) -> None:
    records = get_authentication_records(request, user)
    ways = [WAYS.get(one.get("type", ""), one["method"]) for one in records]
    _note("signed in", _member(user), request, way=", ".join(dict.fromkeys(ways)))


def signed_out(request: HttpRequest, user: Any, **_: Any) -> None:
    _note("signed out", _member(user), request)


def sign_in_failed(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
) -> None:
    # Tries against a locked account fill no trail: the lock is in it.
    if not getattr(request, "axes_locked_out", False):
        member = queries.member_named(str(credentials.get("username", "")))
        _note("sign-in failed", member, request, way=str(credentials.get("way", "password")))


def locked(request: HttpRequest, username: str, **_: Any) -> None:
    member = queries.member_named(username or "")
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    if member is not None and not queries.was_locked(member, since=since):
        _note("account locked", member, request)


def code_failed(request: HttpRequest, user: Any, **_: Any) -> None:
    """A wrong code counts as a wrong password does."""
    told = {"username": user.get_username(), "way": "second factor"}
    user_login_failed.send(sender=__name__, credentials=told, request=request)


def _factor_note(what: str) -> Any:
    def note(request: HttpRequest, user: Any, authenticator: Any, **_: Any) -> None:
        _note(what, _member(user), request, kind=WAYS[authenticator.type])

    return note


def _password_changed(request: HttpRequest, user: Any, **_: Any) -> None:
    _note("password changed", _member(user), request)


NOTED = (
    (user_logged_in, signed_in),
    (user_logged_out, signed_out),
    (user_login_failed, sign_in_failed),
    (user_locked_out, locked),
    (factor.authentication_failed, code_failed),
    (password_changed, _password_changed),
    (factor.authenticator_added, _factor_note("second factor added")),
    (factor.authenticator_removed, _factor_note("second factor removed")),
    (factor.authenticator_reset, _factor_note("recovery codes renewed")),
)


def connect() -> None:
    for number, (signal, receiver) in enumerate(NOTED):
        signal.connect(receiver, weak=False, dispatch_uid=f"glabella-sign-in-{number}")
