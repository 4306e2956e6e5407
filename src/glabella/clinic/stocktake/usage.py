"""Usage and waste by injector, product and month, and what a unit cost."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import F, Model, Sum
from django.db.models.functions import TruncMonth

from glabella import facts
from glabella.clinic.people.models import Member
from glabella.clinic.stock.models import Discard, DiscardReason, Draw, HubLoss, Measurement, Waste
from glabella.clinic.stocktake.rules import safe_cell

Key = tuple[date, int, str]
HEAD = (
    "month",
    "member",
    "product",
    "given_units",
    "wasted_units",
    "hub_units",
    "discarded_units",
    "missing_units",
    "waste_percent",
    "cost_of_given",
    "cost_of_waste",
)


@dataclass(slots=True)
class UsageRow:
    """One member, one product, one month; units of two products are never added."""

    month: date
    member: str
    product_name: str
    units: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    cost: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def lost(self) -> float:
        return sum(self.units[way] for way in ("wasted", "hub", "discarded", "missing"))

    @property
    def waste_fraction(self) -> float | None:
        total = self.units["given"] + self.lost
        return self.lost / total if total else None

    @property
    def cost_of_waste(self) -> float:
        return sum(self.cost[way] for way in ("wasted", "hub", "discarded", "missing"))

    @property
    def cost_per_unit_given(self) -> float | None:
        """What a unit that reached a patient cost, with what was lost on the way."""
        if not self.units["given"] or not self.cost["given"]:
            return None
        return (self.cost["given"] + self.cost_of_waste) / self.units["given"]

    def cells(self) -> tuple[object, ...]:
        share = self.waste_fraction
        return (
            f"{self.month:%Y-%m}",
            self.member,
            self.product_name,
            *(round(self.units[way], 2) for way in WAYS),
            "" if share is None else round(100 * share, 1),
            round(self.cost["given"], 2) if self.cost["given"] else "",
            round(self.cost_of_waste, 2) if self.cost_of_waste else "",
        )


WAYS: dict[str, tuple[type[Model], str]] = {
    "given": (Draw, "units"),
    "wasted": (Waste, "units"),
    "hub": (HubLoss, "units"),
    "discarded": (Discard, "units"),
    "missing": (Measurement, "short_units"),
}


def usage_rows(clinic: int, *, since: datetime, until: datetime) -> list[UsageRow]:
    """Every month, member and product of a span, the newest month first."""
    known = facts.load().products
    names = dict(Member.objects.filter(clinic=clinic).values_list("pk", "display_name"))
    rows: dict[Key, UsageRow] = {}
    for way, (model, amount) in WAYS.items():
        # What went back to the supplier was neither used nor wasted.
        events = model._default_manager.filter(vial__clinic=clinic, at__gte=since, at__lt=until)
        if model is Discard:
            events = events.exclude(reason=DiscardReason.RETURNED)
        summed = (
            events.annotate(month=TruncMonth("at"))
            .order_by()
            .values("month", "by", "vial__product")
            .annotate(all_units=Sum(amount))
            .annotate(all_cost=Sum(F(amount) * F("vial__price") / F("vial__vial_units")))
        )
        for one in summed:
            month, product = one["month"].date(), one["vial__product"]
            key = (month, one["by"], product)
            row = rows.setdefault(
                key, UsageRow(month, names.get(one["by"], "–"), known[product].name)
            )
            row.units[way] += float(one["all_units"] or 0)
            row.cost[way] += float(one["all_cost"] or 0)
    kept = [row for row in rows.values() if any(row.units.values())]
    return sorted(kept, key=lambda row: (-row.month.toordinal(), row.member, row.product_name))


def usage_csv(rows: list[UsageRow]) -> bytes:
    """The rows for a spreadsheet: with its byte order mark, and no cell that is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    writer.writerows([safe_cell(cell) for cell in row.cells()] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
