"""The tables of an archive that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Prefetch

from glabella import facts
from glabella.clinic.data.portable import CHUNK
from glabella.clinic.patients.models import Patient
from glabella.clinic.patients.queries import units_words
from glabella.clinic.people.models import Clinic
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.models import ChartPoint, Treatment

Cell = str | int | float | Decimal | date | datetime | None
Row = tuple[Cell, ...]
Lines = Callable[[Clinic], Iterator[bytes]]
# What a spreadsheet would run as a formula when a text begins with it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = b"\xef\xbb\xbf"


def safe(cell: Cell) -> Cell:
    """A cell that is text to every spreadsheet when it is text here; numbers stay numbers."""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA) else cell
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else cell


def as_csv(head: tuple[str, ...], rows: Iterable[Row]) -> Iterator[bytes]:
    yield BOM
    for row in (head, *()):
        yield _line(row)
    for cells in rows:
        yield _line(tuple(safe(cell) for cell in cells))


def _line(cells: Iterable[Cell]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()


def product_name(product: str) -> str:
    known = facts.load().products.get(product)
    return known.name if known else product


def injections(clinic: Clinic) -> Iterator[bytes]:
    """One line for each injection, signed or drafted."""
    head = (
        *("treatment", "date", "state", "patient", "family_name", "given_name", "injector"),
        *("number", "area", "site", "side", "depth", "x_mm", "y_mm", "units", "product"),
        *("lot", "expiry", "vial"),
    )
    points = (
        ChartPoint.objects.filter(treatment__patient__clinic=clinic)
        .select_related("treatment__patient", "treatment__injector", "vial")
        .order_by("treatment_id", "number")
    )
    return as_csv(head, (_injection(point) for point in points.iterator(chunk_size=CHUNK)))


def _injection(point: ChartPoint) -> Row:
    treatment, vial = point.treatment, point.vial
    patient = treatment.patient
    return (
        *(treatment.pk, treatment.date, treatment.state, patient.pk),
        *(patient.family_name, patient.given_name, treatment.injector.display_name),
        *(point.number, point.area, point.site, point.side, point.depth),
        *(point.x_mm, point.y_mm, point.units, product_name(vial.product)),
        *(vial.lot, vial.expiry, vial.pk),
    )


def treatments(clinic: Clinic) -> Iterator[bytes]:
    head = (
        *("treatment", "date", "state", "patient", "family_name", "given_name", "injector"),
        *("given", "signed_at", "signed_by", "reviews", "content_hash"),
    )
    held = (
        Treatment.objects.filter(patient__clinic=clinic)
        .select_related("patient", "injector", "signed_by")
        .prefetch_related(Prefetch("points", ChartPoint.objects.select_related("vial")), "reviews")
        .order_by("pk")
        .defer("plan_json", "forecast_json")
    )
    return as_csv(head, (_treatment(one) for one in held.iterator(chunk_size=CHUNK // 4)))


def _treatment(treatment: Treatment) -> Row:
    patient, signer = treatment.patient, treatment.signed_by
    return (
        *(treatment.pk, treatment.date, treatment.state, patient.pk),
        *(patient.family_name, patient.given_name, treatment.injector.display_name),
        *(units_words(treatment), treatment.signed_at, signer.display_name if signer else ""),
        *(len(treatment.reviews.all()), treatment.content_hash),
    )


def patients(clinic: Clinic) -> Iterator[bytes]:
    head = (
        *("patient", "family_name", "given_name", "date_of_birth", "sex", "described_as"),
        *("email", "phone", "conditions", "allergies", "notes", "added_at"),
    )
    held = Patient.objects.filter(clinic=clinic).order_by("pk")
    return as_csv(head, (_patient(one) for one in held.iterator(chunk_size=CHUNK)))


def _patient(patient: Patient) -> Row:
    return (
        *(patient.pk, patient.family_name, patient.given_name, patient.date_of_birth),
        *(patient.sex, patient.described_as, patient.email, patient.phone),
        *(", ".join(patient.conditions), patient.allergies, patient.notes, patient.created_at),
    )


def vials(clinic: Clinic) -> Iterator[bytes]:
    head = (
        *("vial", "product", "lot", "expiry", "vial_units", "remaining_units", "supplier"),
        *("received_at", "diluent_ml", "opened_at", "use_by", "discarded_at", "discard_reason"),
    )
    held = Vial.objects.filter(clinic=clinic).select_related("opening", "discard").order_by("pk")
    return as_csv(head, (_vial(one) for one in held.iterator(chunk_size=CHUNK)))


def _vial(vial: Vial) -> Row:
    opening, discard = getattr(vial, "opening", None), getattr(vial, "discard", None)
    opened = (opening.diluent_ml, opening.opened_at, opening.use_by) if opening else (None,) * 3
    return (
        *(vial.pk, product_name(vial.product), vial.lot, vial.expiry),
        *(vial.vial_units, vial.remaining_units, vial.supplier, vial.received_at, *opened),
        *((discard.at, discard.get_reason_display()) if discard else (None, "")),
    )


TABLES: dict[str, Lines] = {
    "injections": injections,
    "treatments": treatments,
    "patients": patients,
    "vials": vials,
}
