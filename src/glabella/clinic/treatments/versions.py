"""The versions of a draft: what was saved when, and what changed from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from glabella import facts
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.models import DraftVersion, Treatment
from glabella.clinic.treatments.points import PointInput, sent_point
from glabella.units import Units, total


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version, latest first; `changes` says what differs from the one before."""

    version: int
    by: str
    started_at: datetime
    saved_at: datetime
    points: int
    units: str
    changes: str
    is_last: bool


def _units(points: dict[str, PointInput], products: dict[int, str]) -> str:
    sums: dict[str, list[Units]] = {}
    for point in points.values():
        product = products[point.vial]
        sums.setdefault(product, []).append(Units(point.units, product))
    return ", ".join(
        f"{total(amounts, product).amount:g} U {facts.product(product).name}"
        for product, amounts in sums.items()
    )


def changes(before: dict[str, PointInput], after: dict[str, PointInput]) -> str:
    """In words how many points came, went and changed."""
    counts = {
        "added": len(after.keys() - before.keys()),
        "removed": len(before.keys() - after.keys()),
        "changed": sum(before[key] != after[key] for key in before.keys() & after.keys()),
    }
    said = [f"{count} {word}" for word, count in counts.items() if count]
    return ", ".join(said) or "nothing changed"


def version_rows(treatment: Treatment) -> list[VersionRow]:
    kept = list(treatment.versions.select_related("by").order_by("version"))
    products = dict(
        Vial.objects.filter(pk__in={point["vial"] for one in kept for point in one.points})
        .order_by()
        .values_list("pk", "product")
    )
    rows, before = [], dict[str, PointInput]()
    for one in kept:
        points = {point.key: point for point in map(sent_point, one.points)}
        rows.append(_row(one, points, _units(points, products), changes(before, points), kept[-1]))
        before = points
    return rows[::-1]


def _row(
    one: DraftVersion,
    points: dict[str, PointInput],
    units: str,
    changed: str,
    last: DraftVersion,
) -> VersionRow:
    return VersionRow(
        one.version,
        one.by.display_name,
        one.started_at,
        one.saved_at,
        len(points),
        units or "nothing",
        changed,
        one == last,
    )
