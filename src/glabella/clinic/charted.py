"""What a chart holds for those who judge it from outside: areas, products, units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glabella.clinic.treatments.models import Treatment


KEPT = "_charted"


@dataclass(frozen=True, slots=True)
class Charted:
    """Areas and units of each product on a chart, as stored."""

    on: date
    areas: frozenset[str] = frozenset()
    units: dict[str, Decimal] = field(default_factory=dict)

    @property
    def products(self) -> frozenset[str]:
        return frozenset(self.units)


def charted(treatment: Treatment) -> Charted:
    """What is on the chart; asked of the database once for each version of a draft."""
    kept: tuple[int, date, Charted] | None = treatment.__dict__.get(KEPT)
    if kept is None or kept[:2] != (treatment.version, treatment.date):
        kept = (treatment.version, treatment.date, _read(treatment))
        treatment.__dict__[KEPT] = kept
    return kept[2]


def _read(treatment: Treatment) -> Charted:
    rows: Iterable[tuple[str, str, Decimal]] = treatment.points.order_by().values_list(
        "area", "vial__product", "units"
    )
    areas, units = set(), dict[str, Decimal]()
    for area, product, amount in rows:
        areas.add(area)
        units[product] = units.get(product, Decimal(0)) + amount
    return Charted(treatment.date, frozenset(areas - {""}), units)


MOST_NAMED = 4


def in_short(names: Sequence[str], what: str) -> str:
    """A few by name, many by their number: "glabella, chin" or "11 areas"."""
    return ", ".join(names) if len(names) <= MOST_NAMED else f"{len(names)} {what}"


def back_from(treatment: Treatment) -> str:
    """What an address carries so that its page leads back to the chart."""
    return f"?back=/treatments/{treatment.pk}/chart/"
