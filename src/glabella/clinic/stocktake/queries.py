"""What the pages show of counts, levels and the emergency kit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count
from django.utils import timezone

from glabella import facts
from glabella.clinic.stock import accounts
from glabella.clinic.stock.models import Vial
from glabella.clinic.stock.queries import SOON, in_cupboard
from glabella.clinic.stocktake import rules
from glabella.clinic.stocktake.models import CountLine, KitItem, ParLevel, StockCount


@dataclass(frozen=True, slots=True)
class LineRow:
    """One vial of a count; the book is shown only once everything is entered."""

    line: CountLine
    product_name: str
    opened: bool
    compared: rules.Compared

    @property
    def ml_name(self) -> str:
        return f"ml-{self.line.pk}"

    @property
    def reason_name(self) -> str:
        return f"reason-{self.line.pk}"

    @property
    def words_name(self) -> str:
        return f"words-{self.line.pk}"


def _line_row(line: CountLine) -> LineRow:
    opening = getattr(line.vial, "opening", None)
    return LineRow(
        line,
        facts.load().products[line.vial.product].name,
        opening is not None,
        rules.compare(
            rules.Entry(line.seen, line.found_ml),
            booked=line.booked_units,
            vial_units=line.vial.vial_units,
            diluent_ml=opening.diluent_ml if opening else None,
        ),
    )


def line_rows(count: StockCount) -> list[LineRow]:
    lines = count.lines.select_related("vial__opening", "vial__discard")
    return sorted(
        map(_line_row, lines), key=lambda row: (row.product_name, row.line.vial.lot, row.line.pk)
    )


def counts(clinic: int) -> list[StockCount]:
    known = StockCount.objects.filter(clinic=clinic).select_related("started_by", "signed_by")
    return list(known.annotate(vials=Count("lines"))[:20])


@dataclass(frozen=True, slots=True)
class ReorderRow:
    """What there is of a size against what there shall be."""

    product: str
    product_name: str
    vial_units: float
    least: int
    there: int
    soon: int

    @property
    def order(self) -> int:
        """How many to order; those whose lot runs out soon are not counted on."""
        return max(0, self.least - self.there + self.soon)


def reorder_rows(clinic: int, *, today: date) -> list[ReorderRow]:
    unopened = in_cupboard(clinic).filter(opening__isnull=True, held=False, expiry__gte=today)
    there, soon = Counter[tuple[str, Decimal]](), Counter[tuple[str, Decimal]]()
    for vial in unopened:
        there[(vial.product, vial.vial_units)] += 1
        soon[(vial.product, vial.vial_units)] += vial.expiry < today + SOON
    return [
        ReorderRow(
            level.product,
            facts.load().products[level.product].name,
            float(level.vial_units),
            level.least,
            there[(level.product, level.vial_units)],
            soon[(level.product, level.vial_units)],
        )
        for level in ParLevel.objects.filter(clinic=clinic)
    ]


@dataclass(frozen=True, slots=True)
class KitRow:
    item: KitItem
    state: str
    tone: str


def kit_rows(clinic: int, *, today: date) -> list[KitRow]:
    def row(one: KitItem) -> KitRow:
        if one.expiry < today:
            return KitRow(one, "Expired", "stop")
        soon = one.expiry < today + SOON
        return KitRow(one, "Expires soon" if soon else "In date", "warn" if soon else "ok")

    return [row(one) for one in KitItem.objects.filter(clinic=clinic).select_related("checked_by")]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A vial on the sheet of a day: what the day took from it, and whether it adds up."""

    vial: Vial
    product_name: str
    drawn: float
    wasted: float
    hub: float
    discarded: float
    left: float
    holds: bool
    causes: list[str]


def day_sheet(clinic: int, day: date) -> list[SheetRow]:
    """Every vial that was touched on a day."""
    start = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    span = {"at__gte": start, "at__lt": start + timedelta(days=1)}
    touched = accounts.moved_on(clinic, since=start, until=start + timedelta(days=1))
    unclear = set(accounts.unbalanced(clinic))
    rows = []
    for vial in touched:
        discard = getattr(vial, "discard", None)
        gone = [discard] if discard and span["at__gte"] <= discard.at < span["at__lt"] else []
        rows.append(
            SheetRow(
                vial=vial,
                product_name=facts.load().products[vial.product].name,
                drawn=sum(float(one.units) for one in vial.draws.filter(**span)),
                wasted=sum(float(one.units) for one in vial.wastes.filter(**span)),
                hub=sum(float(one.units) for one in vial.hub_losses.filter(**span)),
                discarded=sum(float(one.units) for one in gone),
                left=float(vial.remaining_units),
                holds=vial.pk not in unclear,
                causes=accounts.causes(vial) if vial.pk in unclear else [],
            )
        )
    return sorted(rows, key=lambda row: (row.product_name, row.vial.pk))
