"""Labels of vials, and the codes of cartons that do not exist."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from glabella import facts
from glabella.clinic.stock import queries, scanning
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.document import NoPdf

STYLE = Path(__file__).with_name("label.css")
PRACTICE_LOT = "PRACTICE-1"


def initials(name: str) -> str:
    return "".join(part[0] for part in name.split() if part).upper()


def _drawn(svg: str) -> SafeString:
    return mark_safe(svg)  # noqa: S308 - drawn by the library from a number or a lot of ours


def label_context(vial: Vial, *, now: datetime) -> dict[str, Any]:
    """What stands on the label of an open vial."""
    opening = getattr(vial, "opening", None)
    return {
        "vial": vial,
        "row": queries.vial_row(vial, now),
        "opening": opening,
        "initials": initials(opening.by.display_name) if opening else "",
        "code": _drawn(scanning.label_svg(vial.number)),
    }


def label_pdf(vial: Vial, *, now: datetime) -> bytes:
    """One label of 62 by 29 mm, as label printers take it."""
    try:
        weasyprint = importlib.import_module("weasyprint")
    except OSError as error:
        raise NoPdf("PDFs need Pango on the server. Print the label from its page.") from error
    html = render_to_string("stock/_label.html", label_context(vial, now=now))
    style = weasyprint.CSS(string=STYLE.read_text(encoding="utf-8"))
    printed: bytes = weasyprint.HTML(string=html).write_pdf(stylesheets=[style])
    return printed


@dataclass(frozen=True, slots=True)
class PracticeCarton:
    """A carton to try a scanner on; nothing real has its lot."""

    words: str
    text: str
    code: SafeString


def practice_cartons(*, today: date) -> list[PracticeCarton]:
    """Codes that scan: one good carton of each product, a counterfeit lot, an unknown number."""
    known = facts.load()
    expiry = date(today.year + 1, today.month, 1) + timedelta(days=27)
    counterfeit = known.integrity.counterfeit[0]
    wanted = [
        (
            f"{known.products[one.product].name}, {one.vial_units.value:g} U",
            scanning.gtin_of(one),
            PRACTICE_LOT,
        )
        for one in known.integrity.cartons
    ]
    first = scanning.gtin_of(known.integrity.cartons[0])
    wanted += [
        (f"Lot {counterfeit.lot}, which a warning names", first, counterfeit.lot),
        ("A number that no source has", "04150123456782", PRACTICE_LOT),
    ]
    return [
        PracticeCarton(
            words=words,
            text=f"(01){gtin}(17){expiry:%y%m%d}(10){lot}(21)P{today:%y%m%d}{number:02d}",
            code=_drawn(
                scanning.gs1_svg(
                    gtin=gtin, expiry=expiry, lot=lot, serial=f"P{today:%y%m%d}{number:02d}"
                )
            ),
        )
        for number, (words, gtin, lot) in enumerate(wanted, start=1)
    ]
