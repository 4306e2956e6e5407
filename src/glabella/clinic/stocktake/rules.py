"""What a count needs before it is signed, and what a spreadsheet may be given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from glabella import facts
from glabella.clinic.stock.rules import differs
from glabella.errors import RecordError


class CountRefused(RecordError):
    """The count cannot be kept or signed like this."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was found of one vial: there or not, and how much was in it."""

    seen: bool | None = None
    found_ml: Decimal | None = None

    @property
    def made(self) -> bool:
        return self.seen is not None or self.found_ml is not None


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of a count beside the book."""

    booked: Decimal
    found: Decimal
    differs: bool

    @property
    def difference(self) -> Decimal:
        return self.found - self.booked


def of_weight(grams: Decimal) -> Decimal:
    """The volume of so many grams of diluted toxin, without the vial."""
    density = Decimal(str(facts.load().integrity.saline_g_per_ml.value))
    return (grams / density).quantize(Decimal("0.01"))


def compare(
    entry: Entry, *, booked: Decimal, vial_units: Decimal, diluent_ml: Decimal | None
) -> Compared:
    """What was found against the book, in units; a vial that is not there holds nothing."""
    if entry.seen is False:
        found = Decimal(0)
    elif diluent_ml is None or entry.found_ml is None:
        found = booked
    else:
        found = (entry.found_ml * vial_units / diluent_ml).quantize(Decimal("0.01"))
    off = differs(found - booked, vial_units=vial_units, diluent_ml=diluent_ml)
    return Compared(booked, found, off)


def check_entered(missing: Iterable[str]) -> None:
    names = list(missing)
    if names:
        raise CountRefused(
            f"Not counted yet: {', '.join(names[:8])}{' …' if len(names) > 8 else ''}. "
            "Say of each vial whether it is there, and measure the open ones."
        )


# A spreadsheet takes a cell that begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> str:
    """A cell that a spreadsheet shows and never runs."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
