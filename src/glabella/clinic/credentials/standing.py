"""How members stand on a day: their papers, privileges and supervisor, read in few questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from glabella.clinic.credentials.models import (
    Credential,
    CredentialKind,
    Privilege,
    Supervision,
)
from glabella.clinic.people.models import Clinic, Member


def licensed_here(jurisdiction: str, clinic: str) -> bool:
    """Whether a licence of one place is one for the clinic's: the same, or its whole country.

    A clinic that has not said where it works is taken at its licences' word.
    """
    own, here = jurisdiction.strip().upper(), clinic.strip().upper()
    return not here or own == here or here.startswith(f"{own}-")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is on file about a member, as far as it matters for treating."""

    member: Member
    clinic: Clinic
    credentials: tuple[Credential, ...] = ()
    privileges: tuple[Privilege, ...] = ()
    supervision: Supervision | None = None
    supervisor: Standing | None = None

    def of_kind(self, kind: CredentialKind) -> tuple[Credential, ...]:
        return tuple(one for one in self.credentials if one.kind == kind)

    def licences(self, on: date) -> list[Credential]:
        """The licences for this place in force; what is verified and lasts longest goes first."""
        held = [
            one
            for one in self.of_kind(CredentialKind.LICENCE)
            if one.holds(on) and licensed_here(one.jurisdiction, self.clinic.jurisdiction)
        ]
        return sorted(held, key=lambda one: (one.is_verified, one.until or date.max), reverse=True)

    def insurances(self, on: date) -> list[Credential]:
        held = [one for one in self.of_kind(CredentialKind.INSURANCE) if one.holds(on)]
        return sorted(held, key=lambda one: (one.is_verified, one.until or date.max), reverse=True)

    def is_licensed(self, on: date) -> bool:
        """Whether the member has a licence that counts on the day."""
        wanted = self.clinic.verification_required
        return any(one.is_verified or not wanted for one in self.licences(on))

    def prescribes(self, on: date) -> bool:
        """Whether one of the licences that count lets its holder prescribe."""
        wanted = self.clinic.verification_required
        return self.member.is_open and any(
            one.prescribes and (one.is_verified or not wanted) for one in self.licences(on)
        )

    def privilege(self, scope: str, product_kind: str, on: date) -> Privilege | None:
        """The privilege that covers this; one without supervision goes first."""
        held = [
            one
            for one in self.privileges
            if one.scope == scope and one.holds(on) and one.covers(product_kind)
        ]
        return min(held, key=lambda one: one.supervised, default=None)


def _latest_supervisions(members: Iterable[int], on: date) -> dict[int, Supervision]:
    rows = Supervision.objects.filter(member__in=members, since__lte=on)
    latest: dict[int, Supervision] = {}
    for row in rows.select_related("supervisor__clinic").order_by("since", "id"):
        latest[row.member_id] = row
    return latest


def standings_of(members: Sequence[Member], *, on: date) -> dict[int, Standing]:
    """How several members stand: three questions to the database, however many they are."""
    known = {member.pk: member for member in members}
    supervisions = _latest_supervisions(known, on)
    chiefs = {one.supervisor.pk: one.supervisor for one in supervisions.values() if one.supervisor}
    credentials: dict[int, list[Credential]] = {}
    rows = Credential.objects.filter(member__in=known.keys() | chiefs.keys(), withdrawn_at=None)
    for one in rows.select_related("verified_by"):
        credentials.setdefault(one.member_id, []).append(one)
    privileges: dict[int, list[Privilege]] = {}
    granted = Privilege.objects.filter(member__in=known, withdrawn_at=None)
    for held in granted.select_related("granted_by"):
        privileges.setdefault(held.member_id, []).append(held)

    def standing(member: Member, *, with_supervisor: bool) -> Standing:
        own = supervisions.get(member.pk) if with_supervisor else None
        chief = own.supervisor if own else None
        return Standing(
            member=member,
            clinic=member.clinic,
            credentials=tuple(credentials.get(member.pk, ())),
            privileges=tuple(privileges.get(member.pk, ())),
            supervision=own,
            supervisor=standing(chief, with_supervisor=False) if chief else None,
        )

    return {key: standing(member, with_supervisor=True) for key, member in known.items()}


def standing_of(member: Member, *, on: date) -> Standing:
    return standings_of([member], on=on)[member.pk]
