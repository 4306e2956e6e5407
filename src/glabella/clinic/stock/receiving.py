"""Whether what a carton says can be true: what is not goes into quarantine, with words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from glabella import facts
from glabella.clinic.stock.holds import HoldReason
from glabella.clinic.stock.scanning import carton_of
from glabella.plan.finding import Finding

NO_LOT = "none printed"


@dataclass(frozen=True, slots=True)
class Carton:
    """What is to be taken into stock, read from a code or typed."""

    product: str
    vial_units: Decimal
    lot: str
    expiry: date
    serial: str = ""
    gtin: str = ""
    price: Decimal | None = None
    tie: bool = field(default=False)


def _report() -> str:
    integrity = facts.load().integrity
    return (
        "Do not use it and do not send it back yet: keep vial, carton and delivery note, ask the "
        f"maker about the lot. {integrity.report.value} {integrity.report_form.value}"
    )


def _stop(code: str, message: str, source: str) -> Finding:
    return Finding(code=code, severity="stop", message=message, mend=_report(), source=source)


def _counterfeit(carton: Carton) -> Iterator[Finding]:
    for known in facts.load().integrity.counterfeit:
        if carton.product == known.product and carton.lot.upper() == known.lot:
            yield _stop("counterfeit-lot", known.text.value, known.text.source)


def _no_lot(carton: Carton) -> Iterator[Finding]:
    said = facts.load().integrity.missing_lot
    if carton.lot == NO_LOT:
        words = f"The carton has no lot number. {said.value}"
        yield _stop("lot-missing", words, said.source)


def _size(carton: Carton) -> Iterator[Finding]:
    product = facts.load().products[carton.product]
    if float(carton.vial_units) in product.vials_units.value:
        return
    sizes = ", ".join(f"{size:g}" for size in product.vials_units.value)
    words = f"{product.name} comes in vials of {sizes} U, not {carton.vial_units.normalize():f} U."
    said = facts.load().integrity.impossible_size
    yield _stop("size-impossible", f"{words} {said.value}", product.vials_units.source)


def _code(carton: Carton) -> Iterator[Finding]:
    code = carton_of(carton.gtin)
    if code is None:
        return
    products = facts.load().products
    if (code.product, code.vial_units.value) != (carton.product, float(carton.vial_units)):
        yield _stop(
            "code-of-another",
            f"The code on the carton (NDC {code.code}) stands for {code.vial_units.value:g} U "
            f"{products[code.product].name}, and the carton was taken in as "
            f"{carton.vial_units.normalize():f} U {products[carton.product].name}.",
            code.vial_units.source,
        )


def suspicions(carton: Carton) -> list[Finding]:
    """Why this vial must be stopped; empty when nothing speaks against it."""
    rules = (_counterfeit, _no_lot, _size, _code)
    return [finding for rule in rules for finding in rule(carton)]


def hold_reason(finding: Finding) -> HoldReason:
    counterfeit = {"counterfeit-lot", "lot-missing"}
    return HoldReason.COUNTERFEIT if finding.code in counterfeit else HoldReason.PRESENTATION
