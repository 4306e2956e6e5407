"""Keeping sign-ins in the trail, and the owner's help for people who are locked out."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.utils import reset
from django.conf import settings

from glabella.clinic.audit.actions import action, record
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.signin.rules import NotYourself, OtherClinic


@action
def note_sign_in_event(*, what: str, by: Member, told: Mapping[str, str] | None = None) -> None:
    """Keep one thing that happened at the door."""
    detail: dict[str, Any] = dict(told or {})
    record(what, subject=by, by=by, **detail)


def note_idle(*, by: Member) -> None:
    note_sign_in_event(what="signed out unused", by=by)


def _may_help(member: Member, by: Member) -> None:
    by.require(Permission.EDIT_TEAM)
    if member.clinic_id != by.clinic_id:
        raise OtherClinic
    if member.pk == by.pk:
        raise NotYourself


def _end_sessions(member: Member, keep: str = "") -> int:
    ended = UserSession.objects.filter(user=member.user).exclude(session_key=keep)
    keys = list(ended.values_list("session_key", flat=True))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).delete()
    ended.delete()
    return len(keys)


@action
def reset_second_factor(*, member: Member, by: Member) -> None:
    """Take away a lost second factor; whoever holds a session of the member loses it too."""
    _may_help(member, by)
    taken = Authenticator.objects.filter(user=member.user)
    kinds = ", ".join(sorted(str(one.get_type_display()) for one in taken)) or "none"
    taken.delete()
    _end_sessions(member)
    record("second factor reset", subject=member, by=by, kinds=kinds)


@action
def unlock(*, member: Member, by: Member) -> None:
    """Let a locked account try again before the hour is over."""
    _may_help(member, by)
    reset(username=member.user.get_username())
    record("account unlocked", subject=member, by=by)


@action
def sign_out_everywhere(*, member: Member, by: Member) -> None:
    """End every session of somebody else, such as on a tablet that was lost."""
    _may_help(member, by)
    record("signed out everywhere", subject=member, by=by, sessions=_end_sessions(member))


@action
def sign_out_elsewhere(*, keep: str, by: Member) -> int:
    """End one's own sessions but this one; with no `keep`, this one too."""
    ended = _end_sessions(by, keep)
    record("signed out everywhere", subject=by, by=by, sessions=ended)
    return ended
