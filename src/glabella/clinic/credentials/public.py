"""What a patient may read of an injector: no patient's data, and no small count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from glabella.clinic.credentials.answer import answer, in_force
from glabella.clinic.credentials.experience import Experience, experience_of
from glabella.clinic.credentials.models import Credential, NumberShown, Profile
from glabella.clinic.credentials.numbers import REGISTERS
from glabella.clinic.credentials.standing import standings_of
from glabella.clinic.credentials.suppression import count_words, share_words


def shown_number(number: str, shown: str) -> str:
    if shown == NumberShown.NOT:
        return ""
    return number if shown == NumberShown.WHOLE else f"…{number[-3:]}"


@dataclass(frozen=True, slots=True)
class PublicArea:
    """One area as a patient reads it; small counts are not told."""

    name: str
    treatments: str
    improved: str


@dataclass(frozen=True, slots=True)
class PublicPage:
    """What a patient may check of an injector: no patient's data, and no small count."""

    profile: Profile
    licences: list[tuple[Credential, str, str]]
    areas: list[PublicArea]
    treatments: str
    with_events: str
    may: bool
    on: date


def public_areas(told: Experience) -> list[PublicArea]:
    return [
        PublicArea(
            tally.name,
            count_words(tally.treatments),
            share_words(tally.improved, tally.graded),
        )
        for tally in told.tallies
        if tally.treatments
    ]


def public_page(profile: Profile, *, on: date) -> PublicPage:
    standing = standings_of([profile.member], on=on)[profile.member_id]
    told = experience_of(profile.member)
    licences = [
        (one, shown_number(one.number, profile.number_shown), REGISTERS[one.register].name)
        for one in standing.licences(on)
        if one.is_verified and one.register in REGISTERS
    ]
    return PublicPage(
        profile,
        licences,
        public_areas(told),
        count_words(told.treatments),
        share_words(told.with_events, told.reviewed),
        answer(standing, None, (), on=on, orders=in_force(profile.member.clinic_id), leaves=()).may,
        on,
    )


def public_profiles() -> QuerySet[Profile]:
    """The pages that are there for everybody: wished, agreed, and of somebody who works here."""
    return Profile.objects.filter(
        wished_at__isnull=False, agreed_at__isnull=False, member__closed_at=None
    ).select_related("member__clinic")
