"""The shape of findings.toml: what trials and injectors found, in words, for laws to be held to."""

from __future__ import annotations

from typing import Literal

from glabella.facts.schema import Fact, Record


class PublishedFinding(Fact[str], kw_only=True):
    """One finding in a sentence, with its evidence: a direction or an order, not a number.

    `about` is what it speaks of. `no_word` says why the model cannot be asked; a finding without
    it has a virtual experiment of the same id in `trials/laws.py`.
    """

    id: str
    about: Literal["brow", "lid", "spread", "dose", "time", "people", "repeats", "mouth", "skin"]
    no_word: str | None = None


class Findings(Record, kw_only=True):
    """All of findings.toml."""

    rows: tuple[PublishedFinding, ...]
