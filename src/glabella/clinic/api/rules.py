"""What a token is, and what it may be given."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from glabella.clinic.api.models import ApiToken
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.errors import RecordError

PREFIX = "glb_"
LONGEST_DAYS = 366
# What an address of the API asks for; a token can be given nothing else.
OFFERED = (
    Permission.SEE_TODAY,
    Permission.SEE_PATIENTS,
    Permission.EDIT_PATIENTS,
    Permission.SEE_STOCK,
    Permission.SEE_TEAM,
    Permission.FOLLOW_UP,
)


class TokenRefused(RecordError):
    """The token cannot be made, or does not open anything."""


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Plain SHA-256: the secret is 256 random bits, so that slowing guesses down adds nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def check_scopes(scopes: Iterable[str], member: Member) -> list[str]:
    """The scopes in order; refuses what the member may not do, and none at all."""
    asked = set(scopes)
    given = [one.name for one in OFFERED if one.name in asked and member.may(one)]
    if unknown := sorted(asked - set(given)):
        raise TokenRefused(f"Your roles do not include {', '.join(unknown)}. Leave it out.")
    if not given:
        raise TokenRefused("A token that may do nothing is of no use. Tick at least one thing.")
    return given


def check_days(days: int) -> None:
    if not 1 <= days <= LONGEST_DAYS:
        raise TokenRefused(f"A token lasts from 1 to {LONGEST_DAYS} days.")


def why_closed(token: ApiToken, *, now: datetime) -> str:
    """Why a token opens nothing; empty when it does."""
    if token.revoked_at is not None:
        return "This token was revoked. Make another on the page of the API."
    if token.expires_at <= now:
        return f"This token ended on {token.expires_at:%Y-%m-%d}. Make another."
    if not token.member.user.is_active:
        return "The account of this token is closed."
    return ""
