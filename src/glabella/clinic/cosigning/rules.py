"""Who may co-sign what, and how a treatment stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from glabella.clinic.cosigning.models import Cosignature, Decision
from glabella.clinic.people.models import Member
from glabella.clinic.treatments.models import Treatment
from glabella.errors import RecordError

SHORTEST_NOTE = 10


class CosignRefused(RecordError):
    """This cannot be co-signed, or not by this person."""


class Standing(StrEnum):
    """How a signed treatment stands with its second pair of eyes."""

    NOT_ASKED = "not asked for"
    WAITING = "waits"
    CHANGES = "changes asked for"
    ANSWERED = "answered"
    COSIGNED = "co-signed"
    ADDED_TO = "added to since"


OPEN = frozenset({Standing.WAITING, Standing.ANSWERED, Standing.ADDED_TO})


def standing(*, asked: bool, said: Sequence[Cosignature], addenda: Sequence[datetime]) -> Standing:
    """From what was asked, what was said and when something was added."""
    if not said:
        return Standing.WAITING if asked else Standing.NOT_ASKED
    last = max(said, key=lambda one: (one.at, one.pk))
    later = any(at > last.at for at in addenda)
    if last.decision == Decision.COSIGNED:
        return Standing.ADDED_TO if later else Standing.COSIGNED
    return Standing.ANSWERED if later else Standing.CHANGES


def check_cosigner(treatment: Treatment, by: Member) -> None:
    """Refuse one's own treatment, given or received, and what is not signed."""
    if not treatment.is_signed:
        raise CosignRefused("This treatment is still a draft. Its injector signs it first.")
    if by.pk in {treatment.injector_id, treatment.signed_by_id}:
        raise CosignRefused("Nobody co-signs their own treatment. Ask another supervisor.")
    if treatment.patient.member_id == by.pk:
        raise CosignRefused("You are the patient of this treatment. Ask another supervisor.")


def check_asked(treatment: Treatment, of: Member | None) -> None:
    if of is not None and of.pk in {treatment.injector_id, treatment.signed_by_id}:
        raise CosignRefused("Nobody co-signs their own treatment. Choose somebody else.")


def check_once(stands: Standing) -> None:
    if stands == Standing.COSIGNED:
        raise CosignRefused("This treatment is co-signed already, and nothing was added since.")


def check_note(note: str) -> str:
    if len(note.strip()) < SHORTEST_NOTE:
        raise CosignRefused(
            f"Say in at least {SHORTEST_NOTE} characters what has to be changed or explained."
        )
    return note.strip()
