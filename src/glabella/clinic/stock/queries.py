"""What the pages show of the stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from glabella import facts
from glabella.clinic.records import of_clinic
from glabella.clinic.stock import rules
from glabella.clinic.stock.models import Vial
from glabella.errors import InputError
from glabella.plan.finding import Finding
from glabella.units import Units

PAGE_SIZE = 30
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class VialRow:
    """One vial in a list; `state` is a word and `tone` the badge it is shown with."""

    id: int
    product_id: str
    product_name: str
    lot: str
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
        product_id=vial.product,
        product_name=facts.load().products[vial.product].name,
        lot=vial.lot,
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


def stock_page(clinic: int, *, show: str, number: str) -> Page[Vial]:
    """The vials in the cupboard, or all that ever were with `show="all"`."""
    chosen = vials(clinic)
    if show != "all":
        chosen = chosen.filter(discard__isnull=True, remaining_units__gt=0)
    return Paginator(chosen, PAGE_SIZE).get_page(number)


def rows(page: Page[Vial], now: datetime) -> list[VialRow]:
    return [vial_row(vial, now) for vial in page]


def chart_vials(clinic: int, now: datetime, *, also: set[int]) -> list[VialRow]:
    """Vials that can be armed in a chart: those in the cupboard, and those it already uses."""
    chosen = vials(clinic).filter(
        Q(pk__in=also) | Q(discard__isnull=True, remaining_units__gt=0, opening__isnull=False)
    )
    listed = [vial_row(vial, now) for vial in chosen]
    return sorted(listed, key=lambda row: (not row.usable, row.product_name, row.use_by or now))


def open_vials(clinic: int, now: datetime) -> list[VialRow]:
    return [row for row in chart_vials(clinic, now, also=set()) if row.usable]


def warnings(clinic: int, now: datetime) -> list[VialRow]:
    """Vials that ask for something: expired, over age, or of a lot that expires soon."""
    today = timezone.localdate(now)
    chosen = vials(clinic).filter(discard__isnull=True, remaining_units__gt=0)
    chosen = chosen.filter(Q(expiry__lt=today + SOON) | Q(opening__use_by__lt=now))
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


def vial_balance(vial: Vial) -> rules.Balance:
    """Drawn, discarded and remaining against what was received."""
    discard = getattr(vial, "discard", None)
    return rules.balance(
        received=float(vial.vial_units),
        drawn=[float(units) for units in vial.draws.values_list("units", flat=True)],
        discarded=float(discard.units) if discard else 0.0,
        remaining=float(vial.remaining_units),
    )


def unbalanced(clinic: int) -> list[int]:
    """Vials whose draws, discard and remainder do not add up to what was received."""
    summed = vials(clinic).annotate(drawn=Sum("draws__units"))
    wrong = []
    for vial in summed:
        discard = getattr(vial, "discard", None)
        held = rules.Balance(
            float(vial.vial_units),
            float(vial.drawn or 0),
            float(discard.units) if discard else 0.0,
            float(vial.remaining_units),
        )
        if not held.holds:
            wrong.append(vial.pk)
    return wrong


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
    return rules.dilution_findings(
        vial.product, vial_units=float(vial.vial_units), diluent_ml=float(opening.diluent_ml)
    )


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


def vial_context(vial: Vial, *, now: datetime) -> dict[str, Any]:
    """Everything on the page of one vial, apart from its forms."""
    return {
        "vial": vial,
        "row": vial_row(vial, now),
        "draws": draw_rows(vial),
        "balance": vial_balance(vial),
        "dilutions": dilution_rows(vial),
        "findings": dilution_warning(vial),
        "storage": storage_words(vial),
    }
