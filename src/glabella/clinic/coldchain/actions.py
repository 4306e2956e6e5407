"""Keeping readings, and stopping vials that were not kept as they should be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.coldchain import rules
from glabella.clinic.coldchain.models import Excursion, Kind, Origin, Reading, Touched
from glabella.clinic.coldchain.rules import Measured
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock.holding import hold
from glabella.clinic.stock.models import HoldReason, Place, Placement, Quarantine, Vial
from glabella.clinic.stock.rules import clock
from glabella.clinic.tasks.actions import raise_task
from glabella.clinic.tasks.models import Urgency


@action
def add_readings(
    *,
    place: Place,
    readings: Sequence[Measured],
    origin: str,
    by: Member | None,
    at: datetime | None = None,
) -> int:
    """Keep what was measured, and judge it at once; gives how many were new.

    `by` is None for a logger, which has shown the key of its place.
    """
    if by is not None:
        by.require(Permission.COUNT_STOCK)
    at = at or timezone.now()
    ordered = rules.check_readings(readings, now=at)
    # One at a time for a place, so that two files never open the same excursion twice.
    Place.objects.select_for_update().get(pk=place.pk)
    known = set(
        Reading.objects.filter(
            place=place, at__gte=ordered[0].at, at__lte=ordered[-1].at
        ).values_list("at", flat=True)
    )
    fresh = list({one.at: one for one in ordered if one.at not in known}.values())
    before = Reading.objects.filter(place=place, at__lt=ordered[0].at).last()
    Reading.objects.bulk_create(
        Reading(place=place, celsius=one.celsius, at=one.at, origin=origin, by=by) for one in fresh
    )
    last = before.at if before else None
    for one in fresh:
        _judge(place, one, last, by=by, now=at)
        last = one.at
    if fresh:
        record("temperatures kept", subject=place, by=by, at=at, readings=len(fresh))
    return len(fresh)


def _judge(
    place: Place, one: Measured, last: datetime | None, *, by: Member | None, now: datetime
) -> None:
    """Open, widen or end the excursions of a place by one more reading."""
    _end(place, Kind.SILENT, one.at)
    if last is not None and _too_long(place, last, one.at):
        _open(place, Kind.SILENT, last, None, until=one.at, by=by, now=now)
    if place.low_celsius <= one.celsius <= place.high_celsius:
        _end(place, Kind.OUTSIDE, one.at)
        return
    _open(place, Kind.OUTSIDE, one.at, one.celsius, until=None, by=by, now=now)


def _too_long(place: Place, last: datetime, until: datetime) -> bool:
    hours = place.reading_hours
    return hours is not None and until - last > timedelta(hours=hours)


def _end(place: Place, kind: Kind, at: datetime) -> None:
    still = Excursion.objects.filter(place=place, kind=kind, until__isnull=True, since__lt=at)
    still.update(until=at)


def _worse(place: Place, one: Decimal | None, other: Decimal) -> Decimal:
    if one is None:
        return other
    middle = (place.low_celsius + place.high_celsius) / 2
    return max(one, other, key=lambda celsius: abs(celsius - middle))


def _open(
    place: Place,
    kind: Kind,
    since: datetime,
    celsius: Decimal | None,
    *,
    until: datetime | None,
    by: Member | None,
    now: datetime,
) -> Excursion:
    running = Excursion.objects.filter(place=place, kind=kind, until__isnull=True).first()
    fresh = running is None
    excursion = running or Excursion.objects.create(
        place=place, kind=kind, since=since, until=until, worst_celsius=celsius, seen_at=now
    )
    if running is not None and celsius is not None:
        worst = _worse(place, running.worst_celsius, celsius)
        Excursion.objects.filter(pk=running.pk).update(worst_celsius=worst)
    stopped = _stop_vials(excursion, since, celsius, by=by, now=now)
    if fresh:
        record("excursion", subject=excursion, by=by, at=now, kind=str(kind), vials=stopped)
        raise_task(
            clinic=place.clinic,
            key=f"excursion-{excursion.pk}",
            kind="excursion",
            title=f"{place.name}: {excursion.get_kind_display().lower()}, {stopped} vials stopped",
            due=timezone.localdate(now),
            urgency=Urgency.NOW,
            url=f"/cold/{place.pk}/",
            by=by,
            at=now,
        )
    return excursion


def _in_place(place: Place, moment: datetime) -> list[Vial]:
    """The vials that lay in a place at a moment and are still there to be used."""
    latest = Placement.objects.filter(vial=OuterRef("pk"), at__lte=moment).order_by("-at", "-id")
    here = Vial.objects.annotate(where=Subquery(latest.values("place")[:1])).filter(
        where=place.pk, discard__isnull=True, remaining_units__gt=0
    )
    return list(here.select_related("clinic").order_by("pk"))


def _stop_vials(
    excursion: Excursion,
    moment: datetime,
    celsius: Decimal | None,
    *,
    by: Member | None,
    now: datetime,
) -> int:
    """Quarantine what the excursion touches and has not stopped yet."""
    # A vial that waits for a decision on its storage is not stopped twice over for it.
    waiting = Quarantine.objects.filter(
        vial__clinic=excursion.place.clinic_id, reason=HoldReason.STORAGE, release__isnull=True
    )
    known = set(excursion.touched.values_list("quarantine__vial_id", flat=True))
    known |= set(waiting.values_list("vial_id", flat=True))
    place, stopped = excursion.place, 0
    for vial in _in_place(place, moment):
        if vial.pk in known or (celsius is not None and rules.suits(vial.product, celsius)):
            continue
        why = (
            f"{place.name} was at {celsius} °C on {clock(moment)}; it has to stay between "
            f"{place.low_celsius} and {place.high_celsius} °C."
            if celsius is not None
            else f"{place.name} has no reading since {clock(moment)}, longer than the clinic "
            f"allows ({place.reading_hours} hours)."
        )
        stop = hold(
            vial=vial,
            reason=HoldReason.STORAGE,
            why=why,
            mend="Read what the sources say, ask the maker if in doubt, then release it with a "
            "reason or discard it.",
            source=rules.storage_words(vial.product),
            by=by,
            at=now,
        )
        Touched.objects.create(excursion=excursion, quarantine=stop)
        stopped += 1
    return stopped


@action
def watch_places(*, clinic: Clinic, by: Member | None, at: datetime | None = None) -> int:
    """Look for places that have been silent for longer than the clinic allows; gives how many."""
    at = at or timezone.now()
    silent = 0
    for place in Place.objects.filter(clinic=clinic, reading_hours__isnull=False):
        last = place.readings.last()
        open_still = place.excursions.filter(kind=Kind.SILENT, until__isnull=True).exists()
        if last is None or open_still or not _too_long(place, last.at, at):
            continue
        _open(place, Kind.SILENT, last.at, None, until=None, by=by, now=at)
        silent += 1
    return silent


@action
def read_by_hand(*, place: Place, celsius: Decimal, by: Member, at: datetime | None = None) -> int:
    """Keep a temperature that somebody read off now."""
    by.require(Permission.COUNT_STOCK)
    at = at or timezone.now()
    readings = [Measured(at.replace(microsecond=0), celsius)]
    return add_readings(place=place, readings=readings, origin=Origin.HAND, by=by, at=at)
