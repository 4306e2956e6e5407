"""What the pages of signing in show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.signin.devices import device_words
from glabella.clinic.signin.policy import must_have_second_factor


def member_named(username: str) -> Member | None:
    return Member.objects.filter(user__username=username).select_related("clinic").first()


def was_locked(member: Member, *, since: datetime) -> bool:
    return AuditEvent.objects.filter(
        subject="member", subject_id=member.pk, action="account locked", at__gt=since
    ).exists()


@dataclass(frozen=True, slots=True)
class Passkey:
    id: int
    name: str
    added: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Device:
    """One place where a member is signed in."""

    words: str
    address: str
    since: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Account:
    app_code: bool
    passkeys: list[Passkey]
    codes_left: int | None
    devices: list[Device]
    asked: bool

    @property
    def protected(self) -> bool:
        return self.app_code or bool(self.passkeys)


def _devices(member: Member, session_key: str | None) -> list[Device]:
    sessions = UserSession.objects.purge_and_list(member.user)
    return [
        Device(device_words(one.user_agent), one.ip, one.created_at, one.session_key == session_key)
        for one in sorted(sessions, key=lambda one: one.created_at, reverse=True)
    ]


def account(member: Member, *, session_key: str | None) -> Account:
    held: dict[str, list[Authenticator]] = {}
    for one in Authenticator.objects.filter(user=member.user).order_by("id"):
        held.setdefault(one.type, []).append(one)
    codes = held.get(Authenticator.Type.RECOVERY_CODES)
    return Account(
        app_code=Authenticator.Type.TOTP in held,
        passkeys=[
            Passkey(one.pk, str(one), one.created_at, one.last_used_at)
            for one in held.get(Authenticator.Type.WEBAUTHN, [])
        ],
        codes_left=len(codes[0].wrap().get_unused_codes()) if codes else None,
        devices=_devices(member, session_key),
        asked=must_have_second_factor(member),
    )


@dataclass(frozen=True, slots=True)
class SignInRow:
    """How somebody of the team signs in."""

    id: int
    name: str
    username: str
    roles: str
    last: datetime | None
    ways: str
    asked: bool
    locked: bool


def _locked_names() -> set[str]:
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    failures = (
        AccessAttempt.objects.filter(attempt_time__gt=since)
        .values("username")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    )
    return {row["username"] for row in failures}


def sign_in_rows(clinic: Clinic) -> list[SignInRow]:
    members = Member.objects.filter(clinic=clinic).select_related("user", "clinic")
    ways: dict[int, list[str]] = {}
    for user, kind in Authenticator.objects.filter(user__member__clinic=clinic).values_list(
        "user_id", "type"
    ):
        if kind != Authenticator.Type.RECOVERY_CODES:
            ways.setdefault(user, []).append("app" if kind == "totp" else "passkey")
    locked = _locked_names()
    return [
        SignInRow(
            member.pk,
            member.display_name,
            member.user.username,
            member.role_words,
            member.user.last_login,
            ", ".join(sorted(set(ways.get(member.user_id, [])))),
            must_have_second_factor(member),
            member.user.username in locked,
        )
        for member in members
    ]
