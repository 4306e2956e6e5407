"""When a record may be erased, and why not yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from glabella.errors import RecordError

LAWS_DIFFER = (
    "How long a record must be kept differs between countries, states and insurers, and for "
    "children. Glabella knows no such law: the clinic sets its own figures and answers for them."
)


class ErasureRefused(RecordError):
    """The record may not be erased now."""


class HoldRefused(RecordError):
    """A hold or a restriction that cannot be placed or lifted so."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How long one patient's record is kept, and what that follows from.

    `until` is None while the clinic has set no policy; a record without a signed visit is not kept.
    """

    until: date | None
    last_visit: date | None
    why: str


def birthday(born: date, age_years: int) -> date:
    """The day on which somebody reaches an age; the first of March for those of 29 February."""
    year = born.year + age_years
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def kept_until(
    *, last_visit: date | None, born: date, years: int | None, until_age: int | None
) -> Kept:
    """The end of retention by the clinic's own policy."""
    if last_visit is None:
        return Kept(None, None, "Nothing was ever signed for this patient.")
    if years is None:
        return Kept(None, last_visit, "The clinic has not said how long it keeps a record.")
    by_visit = birthday(last_visit, years)
    why = f"The last signed visit was on {last_visit}, and the clinic keeps a record {years} years."
    if until_age is not None and birthday(born, until_age) > by_visit:
        return Kept(
            birthday(born, until_age),
            last_visit,
            f"The clinic keeps a record at least until the patient is {until_age}.",
        )
    return Kept(by_visit, last_visit, why)


def check_erasable(kept: Kept, *, hold: str, today: date) -> None:
    """Refuse to erase what a hold or the clinic's retention keeps."""
    if hold:
        raise ErasureRefused(f"A legal hold stands: {hold} Lift the hold first, if it has ended.")
    if kept.last_visit is None:
        return
    instead = "Restricting the record is possible at once."
    if kept.until is None:
        raise ErasureRefused(
            f"{kept.why} The owner sets that under Data, for how long records are kept. {instead}"
        )
    if today < kept.until:
        raise ErasureRefused(f"{kept.why} It is kept until {kept.until}. {instead}")
