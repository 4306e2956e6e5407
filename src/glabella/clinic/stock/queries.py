"""What the pages show of the stock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import inf

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from glabella import facts
from glabella.clinic.records import of_clinic
from glabella.clinic.stock import rules, scanning
from glabella.clinic.stock.models import Delivery, Opening, Quarantine, Vial
from glabella.errors import InputError
from glabella.plan.finding import Finding
from glabella.units import Units

PAGE_SIZE = 30
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class VialRow:
    """One vial in a list; `state` is a word and `tone` the badge it is shown with."""

    id: int
    number: str
    product_id: str
    product_name: str
    lot: str
    serial: str
    expiry: date
    vial_units: float
    remaining_units: float
    diluent_ml: float | None
    units_per_tenth_ml: float | None
    opened_at: datetime | None
    use_by: datetime | None
    state: str
    tone: str
    why_not: str
    first: bool = False

    @property
    def usable(self) -> bool:
        return not self.why_not


@dataclass(frozen=True, slots=True)
class DrawRow:
    at: datetime
    by: str
    treatment_id: int
    units: float
    volume_ml: float | None


@dataclass(frozen=True, slots=True)
class DilutionRow:
    """A dilution that a source names, for the form."""

    diluent_ml: float
    units_per_tenth_ml: float
    source: str
    kind: str


STATES = {
    "vial-quarantined": ("Quarantined", "stop"),
    "vial-returned": ("Returned", ""),
    "vial-discarded": ("Discarded", ""),
    "vial-expired": ("Expired", "stop"),
    "vial-over-age": ("Over age", "stop"),
    "vial-empty": ("Empty", ""),
    "vial-not-opened": ("Unopened", "note"),
    "vial-opened-later": ("Opened later", "stop"),
}


def vials(clinic: int) -> QuerySet[Vial]:
    """The vials of a clinic, by its key."""
    return of_clinic(Vial.objects.select_related("opening", "discard"), clinic)


def vial_in_stock(clinic: int, vial_id: int) -> Vial:
    """The vial that a chart names; raises InputError when the clinic has none such."""
    vial = vials(clinic).filter(pk=vial_id).first()
    if vial is None:
        raise InputError("This vial is not in stock. Choose another.")
    return vial


def vial_row(vial: Vial, now: datetime) -> VialRow:
    findings = rules.usable(vial.state(), now)
    state, tone = STATES[findings[0].code] if findings else ("In use", "ok")
    if not findings and vial.expiry - SOON < timezone.localdate(now):
        state, tone = "Lot expires soon", "warn"
    opening = getattr(vial, "opening", None)
    concentration = vial.concentration
    return VialRow(
        id=vial.pk,
        number=vial.number,
        product_id=vial.product,
        product_name=facts.load().products[vial.product].name,
        lot=vial.lot,
        serial=vial.serial,
        expiry=vial.expiry,
        vial_units=float(vial.vial_units),
        remaining_units=float(vial.remaining_units),
        diluent_ml=float(opening.diluent_ml) if opening else None,
        units_per_tenth_ml=concentration.per_tenth_ml.amount if concentration else None,
        opened_at=opening.opened_at if opening else None,
        use_by=opening.use_by if opening else None,
        state=state,
        tone=tone,
        why_not=f"{findings[0].message} {findings[0].mend}" if findings else "",
    )


def in_cupboard(clinic: int) -> QuerySet[Vial]:
    """What should lie in the clinic: neither empty nor gone."""
    return vials(clinic).filter(discard__isnull=True, remaining_units__gt=0)


def stock_page(clinic: int, *, show: str, number: str) -> Page[Vial]:
    """The vials in the cupboard, those that are stopped, or all that ever were."""
    chosen = vials(clinic) if show == "all" else in_cupboard(clinic)
    if show == "held":
        chosen = chosen.filter(held=True)
    return Paginator(chosen, PAGE_SIZE).get_page(number)


def rows(page: Page[Vial], now: datetime) -> list[VialRow]:
    return [vial_row(vial, now) for vial in page]


def chart_vials(clinic: int, now: datetime, *, also: set[int]) -> list[VialRow]:
    """Vials that can be armed in a chart: those in the cupboard, and those it already uses."""
    chosen = vials(clinic).filter(
        Q(pk__in=also) | Q(discard__isnull=True, remaining_units__gt=0, opening__isnull=False)
    )
    listed = [vial_row(vial, now) for vial in chosen]
    first = {row.id for row in first_to_go(listed)}
    marked = [replace(row, first=row.id in first) for row in listed]
    return sorted(
        marked, key=lambda row: (not row.usable, row.product_name, not row.first, _goes(row))
    )


def _goes(row: VialRow) -> tuple[float, date, int]:
    return (row.use_by.timestamp() if row.use_by else inf, row.expiry, row.id)


def smallest_treatment(product_id: str) -> float:
    """The units of the smallest area on the product's sheet."""
    areas = facts.load().products[product_id].areas.values()
    return min((area.total_units.value for area in areas), default=0.0)


def first_to_go(rows: Iterable[VialRow]) -> list[VialRow]:
    """Of each product the usable vial that runs out of time first.

    A remainder that is too small for any area of the label waits behind a vial that is enough.
    """
    chosen: dict[str, VialRow] = {}
    for row in sorted((one for one in rows if one.usable), key=_goes):
        known = chosen.get(row.product_id)
        enough = smallest_treatment(row.product_id)
        if known is None or (known.remaining_units < enough <= row.remaining_units):
            chosen[row.product_id] = row
    return list(chosen.values())


def open_vials(clinic: int, now: datetime) -> list[VialRow]:
    return [row for row in chart_vials(clinic, now, also=set()) if row.usable]


def warnings(clinic: int, now: datetime) -> list[VialRow]:
    """Vials that ask for something: stopped, expired, over age, or of a lot that expires soon."""
    today = timezone.localdate(now)
    chosen = in_cupboard(clinic)
    asks = Q(expiry__lt=today + SOON) | Q(opening__use_by__lt=now) | Q(held=True)
    chosen = chosen.filter(asks)
    return [vial_row(vial, now) for vial in chosen]


def draw_rows(vial: Vial) -> list[DrawRow]:
    return [
        DrawRow(
            draw.at,
            draw.by.display_name,
            draw.treatment_id,
            float(draw.units),
            vial.volume_ml(draw.units),
        )
        for draw in vial.draws.select_related("by")
    ]


def dilution_rows(vial: Vial) -> list[DilutionRow]:
    known = facts.load()
    size = float(vial.vial_units)
    return [
        DilutionRow(
            diluent_ml=row.diluent_ml.value,
            units_per_tenth_ml=Units(size, vial.product).amount / row.diluent_ml.value / 10,
            source=known.sources[row.diluent_ml.source].citation,
            kind=row.diluent_ml.kind,
        )
        for row in known.products[vial.product].dilutions
        if row.vial_units == size
    ]


def dilution_warning(vial: Vial) -> list[Finding]:
    """What to say of the dilution in an open vial."""
    opening = getattr(vial, "opening", None)
    if opening is None:
        return []
    size, diluent_ml = float(vial.vial_units), float(opening.diluent_ml)
    said = rules.dilution_findings(vial.product, vial_units=size, diluent_ml=diluent_ml)
    label = opening.get_diluent_display()
    return said + rules.diluent_findings(vial.product, diluent=opening.diluent, label=label)


def other_patients(vial_ids: set[int], *, patient_id: int) -> dict[int, int]:
    """How many other patients each vial has already served."""
    counted = Vial.objects.filter(pk__in=vial_ids).annotate(
        others=Count(
            "draws__treatment__patient",
            filter=~Q(draws__treatment__patient=patient_id),
            distinct=True,
        )
    )
    return {vial.pk: vial.others for vial in counted}


@dataclass(frozen=True, slots=True)
class Words:
    """A statement of a source, for the page."""

    label: str
    text: str
    kind: str
    source: str


def storage_words(vial: Vial) -> list[Words]:
    """What the sources say of keeping and mixing this product."""
    known = facts.load()
    product = known.products[vial.product]
    said = {
        "Unopened": product.storage.unopened,
        "Opened": product.storage.opened,
        "Patients": product.storage.single_patient,
        "Diluent": product.diluent,
        "Mixing": product.mixing,
    }
    return [
        Words(label, fact.value, fact.kind, known.sources[fact.source].citation)
        for label, fact in said.items()
        if fact is not None
    ]


def last_diluent_lot(vial: Vial) -> str:
    """The diluent that was opened last is mostly the one still in hand."""
    own = Opening.objects.filter(vial__clinic=vial.clinic_id).exclude(diluent_lot="")
    last = own.order_by("-opened_at").values_list("diluent_lot", flat=True).first()
    return last or ""


def delivery_context(delivery: Delivery, *, now: datetime) -> dict[str, object]:
    """A delivery with its vials, and why any of them is stopped."""
    chosen = vials(delivery.clinic_id).filter(delivery=delivery)
    stops = Quarantine.objects.filter(vial__delivery=delivery, release__isnull=True)
    return {
        "delivery": delivery,
        "has_photo": Delivery.objects.filter(pk=delivery.pk).exclude(photo=b"").exists(),
        "rows": [vial_row(vial, now) for vial in chosen],
        "stops": list(stops.select_related("vial")),
    }


def vial_of_code(clinic: int, code: str) -> Vial | None:
    """The vial whose label, serial number, carton or (if it is the only one) lot this is."""
    code = code.strip()
    own, key = vials(clinic), rules.vial_key(code)
    if not code:
        return None
    if key is not None and (vial := own.filter(pk=key).first()):
        return vial
    try:
        scan = scanning.read_text(code)
    except scanning.ScanRefused:
        alike = list(own.filter(Q(serial=code) | Q(lot__iexact=code))[:2])
        return alike[0] if len(alike) == 1 else None
    return own.filter(gtin=scan.gtin, serial=scan.serial).exclude(serial="").first()
