"""The mass balance of a vial in units and mL, and what probably went wrong where it is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glabella.clinic.stock.rules import EXACT

# How near two volumes or amounts have to lie to be taken for one.
ALIKE_ML = 0.06
ALIKE_FRACTION = 0.1
# The most that a clinic's policy may count for one hub.
MOST_PER_HUB_ML = 0.2


@dataclass(frozen=True, slots=True)
class Balance:
    """Where the units of a vial went; mL follow once it is diluted."""

    received: float
    drawn: float = 0.0
    wasted: float = 0.0
    hub: float = 0.0
    discarded: float = 0.0
    missing: float = 0.0
    remaining: float = 0.0
    diluent_ml: float | None = None

    @property
    def gap(self) -> float:
        """Units that the record cannot account for."""
        gone = self.drawn + self.wasted + self.hub + self.discarded + self.missing
        return round(self.received - gone - self.remaining, 4)

    @property
    def holds(self) -> bool:
        return abs(self.gap) < EXACT

    def ml(self, units: float) -> float | None:
        """The volume of so many units as they are diluted in this vial."""
        if self.diluent_ml is None:
            return None
        return units * self.diluent_ml / self.received

    @property
    def gap_ml(self) -> float | None:
        return self.ml(self.gap)

    @property
    def rows(self) -> list[tuple[str, float, float | None]]:
        """Each line of the balance in words, U and mL; they add up to what was received."""
        named = (
            ("Received", self.received),
            ("Injected", self.drawn),
            ("Wasted", self.wasted),
            ("Left in hubs", self.hub),
            ("Discarded or returned", self.discarded),
            ("Missing at a count", self.missing),
            ("Left in the vial", self.remaining),
        )
        return [(name, units, self.ml(units)) for name, units in named]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known around a vial of which a count found more or less than the record says.

    `missing` is positive when units are missing and negative when there are too many. `twins` are
    other vials of the product with what their last count found missing. `drafts` are the units
    that unsigned charts hold from this vial, each with the words that name the chart.
    """

    balance: Balance
    missing: float
    draws: int
    syringes: int
    booked_ml: float | None = None
    found_ml: float | None = None
    known_diluent_ml: Sequence[float] = ()
    drafts: Sequence[tuple[str, float]] = ()
    twins: Sequence[tuple[str, float]] = ()
    unmeasured: bool = False


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= max(ALIKE_FRACTION * max(abs(one), abs(other)), 0.5)


def _draft(told: Circumstances) -> Iterator[str]:
    for words, units in told.drafts:
        if told.missing > 0 and _alike(units, told.missing):
            yield (
                f"{words} holds {units:g} U of this vial and is not signed: if it was given, "
                "sign it; the units then leave the vial."
            )


def _twin(told: Circumstances) -> Iterator[str]:
    for name, missing in told.twins:
        if told.missing * missing < 0 and _alike(-missing, told.missing):
            more = "more" if missing < 0 else "less"
            yield (
                f"{name} holds {abs(missing):g} U {more} than its record says: a dose was probably "
                "drawn from one of the two and charted on the other."
            )


def _dilution(told: Circumstances) -> Iterator[str]:
    diluted = told.balance.diluent_ml
    if told.found_ml is None or told.booked_ml is None or diluted is None:
        return
    really = told.found_ml + diluted - told.booked_ml
    for volume in told.known_diluent_ml:
        if abs(volume - diluted) > ALIKE_ML and abs(really - volume) <= ALIKE_ML:
            yield (
                f"What came out and what was left make {really:.2f} mL: the vial was probably "
                f"diluted with {volume:g} mL, and {diluted:g} mL were written down. Every dose "
                "drawn from it was then another one: look at who got it."
            )


def _hub(told: Circumstances) -> Iterator[str]:
    lost_ml = told.balance.ml(told.missing)
    draws = max(told.draws, told.syringes)
    if told.missing <= 0 or not draws or lost_ml is None:
        return
    each = lost_ml / draws
    if each <= MOST_PER_HUB_ML:
        counted = "some hub loss is counted" if told.balance.hub else "no hub loss is counted"
        yield (
            f"{lost_ml:.2f} mL over {draws} draw{'s' if draws > 1 else ''} is {each:.3f} mL each, "
            f"as much as a needle and hub may keep, and {counted}: measure one syringe, and set "
            "the hub loss in the clinic's policy."
        )


def _discard(told: Circumstances) -> Iterator[str]:
    if told.unmeasured:
        yield (
            "The rest was discarded without being measured, so that nobody knows whether the "
            "record was right until then."
        )


def _record(told: Circumstances) -> Iterator[str]:
    if not told.balance.holds:
        yield (
            "The record of this vial was changed past the clinic's own pages: the audit trail "
            "says when its database was written to by hand."
        )


def _surplus(told: Circumstances) -> Iterator[str]:
    if told.missing < 0:
        yield (
            "More is left than was to be: a charted dose was not all given, a hub keeps less than "
            "the policy counts, or the maker filled the vial generously."
        )


CAUSES = (_record, _draft, _twin, _dilution, _hub, _surplus, _discard)


def likely_causes(told: Circumstances) -> list[str]:
    """What probably happened, the likeliest first; words that say where to look."""
    return [words for cause in CAUSES for words in cause(told)]
