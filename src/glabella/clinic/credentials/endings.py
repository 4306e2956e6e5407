"""What ends soon or has ended, and was not renewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.urls import reverse

from glabella.clinic.credentials.models import (
    Credential,
    CredentialKind,
    Privilege,
    StandingOrder,
)
from glabella.clinic.credentials.rules import WARN_DAYS, day
from glabella.clinic.credentials.scopes import scope_words
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Permission, Role


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends: whose it is, what, when, and whether it has ended."""

    key: str
    who: str
    what: str
    until: date
    on: date
    url: str

    @property
    def tone(self) -> Literal["warn", "stop"]:
        return "stop" if self.until < self.on else "warn"

    @property
    def words(self) -> str:
        left = (self.until - self.on).days
        if left < 0:
            return f"ended on {day(self.until)}"
        when = f"in {left} days" if left > 1 else "tomorrow" if left else "today"
        return f"ends {when}, on {day(self.until)}"

    @property
    def title(self) -> str:
        return f"{self.who}: {self.what} ends on {day(self.until)}"


def _team_page(member: int) -> str:
    return reverse("credentials:member", args=[member])


def _kept_up(rows: list[Credential] | list[Privilege], on: date) -> list[Credential | Privilege]:
    """Of what replaces each other, the one that lasts longest, if it ends soon."""
    longest: dict[tuple[object, ...], Credential | Privilege] = {}
    for row in rows:
        if isinstance(row, Credential):
            place = row.jurisdiction if row.kind == CredentialKind.LICENCE else row.title
            key: tuple[object, ...] = (row.member_id, row.kind, place)
        else:
            key = (row.member_id, row.scope)
        until = longest[key].until if key in longest else date.min
        if key not in longest or (until and (row.until is None or row.until > until)):
            longest[key] = row
    limit = on + timedelta(days=WARN_DAYS)
    return [row for row in longest.values() if row.until is not None and row.until <= limit]


def _credentials(clinic: Clinic, member: Member | None, on: date) -> list[Ending]:
    rows = Credential.objects.filter(member__clinic=clinic, member__closed_at=None)
    rows = rows.filter(withdrawn_at=None).select_related("member")
    held = list(rows.filter(member=member) if member else rows)
    return [
        Ending(
            key=f"credential-{one.pk}-ends",
            who=one.member.display_name,
            what=one.get_kind_display().lower(),
            until=one.until,
            on=on,
            url=_team_page(one.member_id),
        )
        for one in _kept_up(held, on)
        if one.until is not None and isinstance(one, Credential)
    ]


def _privileges(clinic: Clinic, member: Member | None, on: date) -> list[Ending]:
    """Privileges that end on one day are one line."""
    rows = Privilege.objects.filter(member__clinic=clinic, member__closed_at=None)
    rows = rows.filter(withdrawn_at=None).select_related("member")
    held = list(rows.filter(member=member) if member else rows)
    together: dict[tuple[int, date], list[Privilege]] = {}
    for one in _kept_up(held, on):
        assert isinstance(one, Privilege)
        if one.until is not None:
            together.setdefault((one.member_id, one.until), []).append(one)
    return [
        Ending(
            key=f"privileges-{key}-{until:%Y%m%d}-end",
            who=some[0].member.display_name,
            what=f"privileges ({scope_words(one.scope for one in some)})"
            if len(some) <= 3
            else f"{len(some)} privileges",
            until=until,
            on=on,
            url=_team_page(key),
        )
        for (key, until), some in together.items()
    ]


def _orders(clinic: Clinic, on: date) -> list[Ending]:
    limit = on + timedelta(days=WARN_DAYS)
    rows = StandingOrder.objects.filter(clinic=clinic, withdrawn_at=None, until__lte=limit)
    return [
        Ending(
            key=f"order-{one.pk}-ends",
            who=one.signed_by.display_name,
            what=f"standing order {one.title}",
            until=one.until,
            on=on,
            url=reverse("credentials:order", args=[one.pk]),
        )
        for one in rows.select_related("signed_by")
    ]


def endings_of(clinic: Clinic, *, on: date, member: Member | None = None) -> list[Ending]:
    """All that ends within 60 days or has ended: the clinic's, or one member's own."""
    found = [*_credentials(clinic, member, on), *_privileges(clinic, member, on)]
    if member is None:
        found += _orders(clinic, on)
    return sorted(found, key=lambda one: (one.until, one.who))


def endings_for(member: Member, *, on: date) -> list[Ending]:
    """What a member is told: everything to those who mend it, others their own."""
    mends = member.may(Permission.EDIT_TEAM) or member.may(Permission.VERIFY_CREDENTIALS)
    return endings_of(member.clinic, on=on, member=None if mends else member)


def first_owner(clinic: Clinic) -> Member | None:
    members = Member.objects.filter(clinic=clinic, closed_at=None).order_by("pk")
    return next((one for one in members if Role.OWNER in one.roles), None)
