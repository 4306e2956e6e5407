"""What a scanned code means in this clinic: the product, and what speaks against the vial."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from glabella import facts
from glabella.clinic.records import of_clinic
from glabella.clinic.stock import receiving, rules, scanning
from glabella.clinic.stock.models import KnownCode, Vial
from glabella.clinic.stock.receiving import Carton
from glabella.clinic.stock.scanning import Scan, ScanRefused
from glabella.errors import RecordError


@dataclass(frozen=True, slots=True)
class Read:
    """One carton as the page fills it in; `note` says what the person still has to do."""

    product: str
    vial_units: str
    lot: str
    expiry: str
    serial: str
    gtin: str
    tie: bool
    note: str
    stops: list[dict[str, str]]


def _meaning(clinic: int, gtin: str) -> tuple[str, Decimal | None, bool]:
    carton = scanning.carton_of(gtin)
    if carton is not None:
        return carton.product, Decimal(str(carton.vial_units.value)), False
    known = of_clinic(KnownCode.objects.all(), clinic).filter(gtin=gtin).first()
    if known is not None:
        return known.product, known.vial_units, False
    return "", None, True


def _check_serial(clinic: int, product: str, serial: str) -> None:
    same = of_clinic(Vial.objects.all(), clinic).filter(product=product, serial=serial)
    known = same.first() if product and serial else None
    if known is not None:
        raise ScanRefused(
            f"The serial number {serial} is that of vial {known.number}, received on "
            f"{known.received_at:%d %b %Y}. If this is another carton, one of the two is a copy: "
            "use neither, and report it."
        )


def _stops(carton: Carton) -> list[dict[str, str]]:
    sources = facts.load().sources
    return [
        {
            "message": one.message,
            "mend": one.mend,
            "source": sources[one.source].citation if one.source else "",
        }
        for one in receiving.suspicions(carton)
    ]


def read(clinic: int, scan: Scan, *, today: date) -> Read:
    """What one scan says; raises in words what nobody can take into stock."""
    product, units, unknown = _meaning(clinic, scan.gtin)
    _check_serial(clinic, product, scan.serial)
    stops: list[dict[str, str]] = []
    if product and units is not None and scan.expiry is not None:
        rules.check_receipt(product, expiry=scan.expiry, today=today)
        lot = scan.lot or receiving.NO_LOT
        stops = _stops(Carton(product, units, lot, scan.expiry, scan.serial, scan.gtin))
    note = (
        f"The number {scan.gtin} is in no source that Glabella has. Choose product and units as "
        "printed: they are kept for this number, with your name."
        if unknown
        else ""
    )
    return Read(
        product=product,
        vial_units=f"{units.normalize():f}" if units is not None else "",
        lot=scan.lot,
        expiry=scan.expiry.isoformat() if scan.expiry else "",
        serial=scan.serial,
        gtin=scan.gtin,
        tie=unknown,
        note=note,
        stops=stops,
    )


def answer(clinic: int, codes: Iterable[str], *, today: date) -> dict[str, Any]:
    """All codes of a scan or a picture; one that is refused does not take the others with it."""
    cartons, errors = [], []
    for code in codes:
        try:
            cartons.append(asdict(read(clinic, scanning.read_text(code), today=today)))
        except RecordError as refusal:
            errors.append(str(refusal))
    return {"cartons": cartons, "error": " ".join(dict.fromkeys(errors))}
