"""Counting, setting levels, and keeping the emergency kit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from glabella import facts
from glabella.clinic.audit.actions import action, record
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock.holding import SHORTEST_REASON, measure_vial
from glabella.clinic.stock.models import DifferenceReason, Vial
from glabella.clinic.stock.queries import in_cupboard
from glabella.clinic.stocktake import rules
from glabella.clinic.stocktake.models import CountLine, KitItem, ParLevel, StockCount
from glabella.clinic.stocktake.record import count_hash


@action
def start_count(*, by: Member, at: datetime | None = None) -> StockCount:
    """Begin a count of all that should be there, or go on with the one that is open."""
    by.require(Permission.COUNT_STOCK)
    at = at or timezone.now()
    running = StockCount.objects.filter(clinic=by.clinic, signed_at__isnull=True).first()
    if running is not None:
        return running
    count = StockCount.objects.create(clinic=by.clinic, started_at=at, started_by=by)
    CountLine.objects.bulk_create(
        CountLine(count=count, vial=vial, booked_units=vial.remaining_units)
        for vial in in_cupboard(by.clinic_id)
    )
    record("count started", subject=count, by=by, at=at)
    return count


def _open_count(count: StockCount) -> StockCount:
    count = StockCount.objects.select_for_update().get(pk=count.pk)
    if count.signed_at is not None:
        raise rules.CountRefused("This count was signed meanwhile. Start another one.")
    return count


@action
def enter_count(
    *,
    count: StockCount,
    entries: Mapping[int, rules.Entry],
    by: Member,
    at: datetime | None = None,
) -> StockCount:
    """Keep what was found so far; the book as it is now is put beside each entry."""
    by.require(Permission.COUNT_STOCK)
    count = _open_count(count)
    for line in count.lines.select_related("vial"):
        entry = entries.get(line.pk)
        if entry is None or not entry.made:
            continue
        line.seen = True if entry.seen is None else entry.seen
        line.found_ml = entry.found_ml if line.seen else None
        line.booked_units = line.vial.remaining_units
        line.save(update_fields=["seen", "found_ml", "booked_units"])
    count.entered_at = at or timezone.now()
    count.save(update_fields=["entered_at"])
    return count


@action
def sign_count(
    *,
    count: StockCount,
    reasons: Mapping[int, tuple[str, str]],
    by: Member,
    at: datetime | None = None,
) -> StockCount:
    """Sign a count: each difference has its reason, and the record follows what was found."""
    by.require(Permission.COUNT_STOCK)
    at = at or timezone.now()
    count = _open_count(count)
    lines = list(count.lines.select_related("vial__opening", "vial__discard"))
    rules.check_entered(line.vial.number for line in lines if not _entered(line))
    for line in lines:
        _settle(line, reasons.get(line.pk, ("", "")), by=by, at=at)
    count.signed_at, count.signed_by = at, by
    count.save(update_fields=["signed_at", "signed_by"])
    record("count signed", subject=count, by=by, at=at, content_hash=count_hash(count))
    return count


def _entered(line: CountLine) -> bool:
    opened = hasattr(line.vial, "opening")
    return line.seen is False or (line.seen is True and (not opened or line.found_ml is not None))


def _settle(line: CountLine, told: tuple[str, str], *, by: Member, at: datetime) -> None:
    vial = line.vial
    if vial.remaining_units != line.booked_units:
        raise rules.CountRefused(
            f"Something was taken from vial {vial.number} since it was counted. Count it again."
        )
    opening = getattr(vial, "opening", None)
    entry = rules.Entry(line.seen, line.found_ml)
    compared = rules.compare(
        entry,
        booked=line.booked_units,
        vial_units=vial.vial_units,
        diluent_ml=opening.diluent_ml if opening else None,
    )
    if not compared.differs and line.found_ml is None:
        return
    line.reason, line.words = told if compared.differs else ("", "")
    if compared.differs:
        _check_reason(vial, line)
        line.save(update_fields=["reason", "words"])
    found = {"found_ml": line.found_ml} if line.seen else {"found_units": Decimal(0)}
    measure_vial(vial=vial, reason=line.reason, words=line.words, by=by, at=at, **found)


def _check_reason(vial: Vial, line: CountLine) -> None:
    known = {one for one in DifferenceReason.values if one}
    if line.reason not in known or len(line.words.strip()) < SHORTEST_REASON:
        raise rules.CountRefused(
            f"Vial {vial.number} differs from the book. Choose what it came from, and say in at "
            f"least {SHORTEST_REASON} characters what is known."
        )


@action
def set_par_level(
    *, product: str, vial_units: Decimal, least: int, by: Member, at: datetime | None = None
) -> ParLevel:
    """Say how many unopened vials of a size there shall be."""
    by.require(Permission.COUNT_STOCK)
    sizes = facts.product(product).vials_units.value
    if float(vial_units) not in sizes:
        named = ", ".join(f"{size:g}" for size in sizes)
        raise rules.CountRefused(f"{facts.product(product).name} comes in vials of {named} U.")
    level, _ = ParLevel.objects.update_or_create(
        clinic=by.clinic, product=product, vial_units=vial_units, defaults={"least": least}
    )
    record("par level set", subject=level, by=by, at=at, product=product, least=least)
    return level


@action
def keep_kit_item(
    *,
    item: str,
    expiry: date,
    where: str = "",
    lot: str = "",
    by: Member,
    at: datetime | None = None,
) -> KitItem:
    """Note a thing of the emergency kit, or that it was checked or replaced."""
    by.require(Permission.COUNT_STOCK)
    at = at or timezone.now()
    kept = {"where": where, "lot": lot, "expiry": expiry, "checked_at": at, "checked_by": by}
    thing, _ = KitItem.objects.update_or_create(clinic=by.clinic, item=item.strip(), defaults=kept)
    record("kit item checked", subject=thing, by=by, at=at, expiry=expiry.isoformat())
    return thing
