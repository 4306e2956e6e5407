"""On which days patients are asked, and what an answer means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from glabella import facts
from glabella.errors import RecordError

# The days that clinics ask on, until one chooses its own: a habit of the trade, not a dose.
CHECK_IN_DAYS = (1, 3, 7, 14)
MOST_CHECK_INS = 8
LATEST_DAY = 120
# A check-in is not sent later than this after its day, nor once the next one is due.
LATE_DAYS = 3
LONGEST_NOT_NOW_DAYS = 365


class FollowUpRefused(RecordError):
    """The follow-up cannot go on like this."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Something a patient may notice, in plain words; `soon` when the clinic looks at it."""

    code: str
    words: str
    soon: bool


# The codes are those of the complications in the facts; the plain words are ours.
SIGNS = (
    Sign("eyelid-ptosis", "One upper lid hangs", soon=True),
    Sign("brow-ptosis", "A brow is heavy or low", soon=True),
    Sign("uneven-smile", "My smile is uneven", soon=True),
    Sign("dry-eye", "An eye is dry, sore or does not close", soon=True),
    Sign("nodule", "A firm lump", soon=True),
    Sign("spock-brow", "An outer brow peaks", soon=False),
    Sign("bruising", "A bruise", soon=False),
    Sign("headache", "A headache", soon=False),
)


def check_days(days: Sequence[int]) -> list[int]:
    """The days in order, each once."""
    told = sorted(set(days))
    if not told or not 1 <= told[0] <= told[-1] <= LATEST_DAY:
        raise FollowUpRefused(f"Choose days from 1 to {LATEST_DAY} after the treatment.")
    if len(told) > MOST_CHECK_INS:
        raise FollowUpRefused(
            f"Nobody answers more than {MOST_CHECK_INS} check-ins: choose fewer days."
        )
    return told


def last_moment(day: int, days: Sequence[int], *, treated: date) -> date:
    """The last date on which the check-in of a day may still be sent."""
    following = [later for later in days if later > day]
    latest = treated + timedelta(days=day + LATE_DAYS)
    if following:
        latest = min(latest, treated + timedelta(days=following[0] - 1))
    return latest


def red_flag_words() -> dict[str, str]:
    return {flag.code: flag.text.value for flag in facts.load().safety.red_flags}


def check_answer(flags: Sequence[str], signs: Sequence[str]) -> None:
    known = {*red_flag_words(), *(sign.code for sign in SIGNS)}
    if unknown := sorted({*flags, *signs} - known):
        raise FollowUpRefused(f"`{unknown[0]}` is not in the list of this check-in.")


def urgency(flags: Sequence[str], signs: Sequence[str], how: str) -> str:
    """How soon the clinic looks at an answer: now, soon, or empty for not at all."""
    if flags:
        return "now"
    looked_at = {sign.code for sign in SIGNS if sign.soon}
    return "soon" if how == "worried" or looked_at & set(signs) else ""


def check_visit(starts_at: datetime, *, now: datetime) -> None:
    if starts_at < now - timedelta(hours=12):
        raise FollowUpRefused("This time has passed. Choose one that is still to come.")
    if starts_at > now + timedelta(days=730):
        raise FollowUpRefused("This is more than two years ahead. Check the year.")


def check_not_now(until: date | None, *, today: date) -> None:
    if until is None or not today < until <= today + timedelta(days=LONGEST_NOT_NOW_DAYS):
        raise FollowUpRefused("Say until when: a day from tomorrow on, within a year.")


def check_reason(reason: str) -> str:
    if not reason.strip():
        raise FollowUpRefused("Say why, so that the next one who looks need not ask again.")
    return reason.strip()
