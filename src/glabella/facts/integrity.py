"""The shape of integrity.toml: codes on cartons, lots known to be counterfeit, whom to tell."""

from __future__ import annotations

from glabella.facts.schema import Fact, Record


class CounterfeitLot(Record, kw_only=True):
    """A lot that a warning names; a genuine lot may carry the same number."""

    code: str
    product: str
    lot: str
    text: Fact[str]


class CartonCode(Record, kw_only=True):
    """A national drug code, and what it stands for; `code` is the code with its dashes."""

    code: str
    product: str
    vial_units: Fact[float]

    @property
    def digits(self) -> str:
        return self.code.replace("-", "")


class Integrity(Record, kw_only=True):
    """All of integrity.toml."""

    gtin_of_ndc: Fact[str]
    application_identifiers: Fact[str]
    impossible_size: Fact[str]
    missing_lot: Fact[str]
    report: Fact[str]
    report_form: Fact[str]
    overdilution: Fact[str]
    saline_g_per_ml: Fact[float]
    counterfeit: tuple[CounterfeitLot, ...]
    cartons: tuple[CartonCode, ...]
