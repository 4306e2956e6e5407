"""Making, using and revoking tokens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from glabella.clinic.api import rules
from glabella.clinic.api.models import ApiToken
from glabella.clinic.audit.actions import action, record
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission

# Often enough to see that a token is in use; not a write at every request.
NOTE_EVERY = timedelta(minutes=1)


@action
def make_token(
    *, name: str, scopes: Iterable[str], days: int, by: Member, at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token for oneself, with its secret, which is shown once and kept nowhere."""
    by.require(Permission.SEE_TODAY)
    rules.check_days(days)
    given, now, secret = rules.check_scopes(scopes, by), at or timezone.now(), rules.new_secret()
    token = ApiToken.objects.create(
        member=by,
        name=name.strip(),
        digest=rules.digest(secret),
        hint=secret[: len(rules.PREFIX) + 4],
        scopes=given,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    record("token made", subject=token, by=by, at=now, scopes=", ".join(given), days=days)
    return token, secret


@action
def revoke_token(*, token: ApiToken, by: Member, at: datetime | None = None) -> None:
    """End a token: one's own, or as the owner of the clinic anybody's."""
    if token.member_id != by.pk:
        by.require(Permission.EDIT_TEAM)
    now = at or timezone.now()
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        record("token revoked", subject=token, by=by, at=now)


@action
def note_use(*, token: ApiToken, by: Member, at: datetime) -> None:
    if token.last_used_at is None or at - token.last_used_at >= NOTE_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
