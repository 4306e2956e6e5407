"""The answers of one history, as they are kept."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from glabella import facts

Answer = Literal["yes", "no", "unsure"]


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One answer and what was written beside it."""

    answer: Answer
    words: str = ""


class EarlierToxin(msgspec.Struct, frozen=True, kw_only=True):
    """Botulinum toxin that was given elsewhere, as the patient remembers it."""

    product: str
    on: date
    units: float | None = None
    where: str = ""

    @property
    def name(self) -> str:
        known = facts.load().products
        return known[self.product].name if self.product in known else self.product

    @property
    def amount(self) -> str:
        """Units with the name of their product; never a bare number."""
        return f"{self.units:g} U {self.name}" if self.units else self.name


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """All that one history says."""

    said: dict[str, Said]
    earlier: tuple[EarlierToxin, ...] = ()
    wishes: str = ""

    def to_heed(self) -> dict[str, Said]:
        """The answers that a member looks at one by one: all that are not a plain no."""
        return {code: one for code, one in self.said.items() if one.answer != "no"}


def written(answers: Answers) -> str:
    return msgspec.json.encode(answers).decode()


def read(text: str) -> Answers:
    return msgspec.json.decode(text, type=Answers)


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """What a member made of one answer: it stands, or it turned out otherwise, and why."""

    code: str
    stands: bool
    note: str = ""
