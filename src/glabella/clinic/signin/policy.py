"""What the clinic asks of its people's sign-ins."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.base_user import AbstractBaseUser

from glabella.clinic.people.models import Member

STRONG = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user: AbstractBaseUser) -> bool:
    return bool(is_mfa_enabled(user, STRONG))


def must_have_second_factor(member: Member) -> bool:
    """Whether the clinic asks a second factor of one of this member's roles."""
    return bool(set(member.roles) & set(member.clinic.mfa_required_roles))


def lacks_second_factor(member: Member) -> bool:
    return must_have_second_factor(member) and not has_second_factor(member.user)


def idle_seconds(member: Member) -> int:
    return 60 * member.clinic.idle_minutes
