"""Stopping vials and letting them go, measuring them, and keeping suppliers and places."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock import rules
from glabella.clinic.stock.models import (
    DifferenceReason,
    HoldReason,
    LotRecall,
    Measurement,
    Opening,
    Place,
    Placement,
    Quarantine,
    Release,
    Supplier,
    Vial,
)
from glabella.clinic.tasks.actions import raise_task
from glabella.clinic.tasks.models import Urgency

LOGGER_BYTES = 24
SHORTEST_REASON = 10


def hold(
    *,
    vial: Vial,
    reason: str,
    why: str,
    mend: str = "",
    source: str = "",
    by: Member | None,
    at: datetime,
) -> Quarantine:
    """Stop a vial, inside the transaction of an action, and ask somebody to decide."""
    Vial.objects.filter(pk=vial.pk).update(held=True)
    vial.held = True
    stopped = Quarantine.objects.create(
        vial=vial, reason=reason, why=why, mend=mend, source=source, at=at, by=by
    )
    record("vial quarantined", subject=vial, by=by, at=at, reason=str(reason))
    raise_task(
        clinic=vial.clinic,
        key=f"quarantine-{vial.pk}",
        kind="quarantine",
        title=f"Decide on vial {vial.number}, lot {vial.lot}: {HoldReason(reason).label.lower()}",
        due=timezone.localdate(at),
        urgency=Urgency.NOW,
        url=f"/stock/{vial.pk}/",
        by=by,
        at=at,
    )
    return stopped


def stop_if_recalled(*, vial: Vial, by: Member, at: datetime) -> None:
    """A vial of a lot that was recalled here is stopped when it comes in."""
    same = LotRecall.objects.filter(clinic=vial.clinic_id, product=vial.product, drill=False)
    known = same.filter(lot__iexact=vial.lot).first()
    if known is not None:
        hold(vial=vial, by=by, at=at, **recall_words(known))


def recall_words(recall: LotRecall) -> dict[str, str]:
    """Why a vial of a recalled lot is stopped."""
    return {
        "reason": HoldReason.RECALL,
        "why": f"Lot {recall.lot} is recalled ({recall.get_recall_class_display()}).",
        "mend": "Do not use it. Keep it apart until the maker says where it goes.",
        "source": recall.source,
    }


@action
def quarantine_vial(
    *, vial: Vial, reason: str, why: str, by: Member, at: datetime | None = None
) -> Quarantine:
    """Stop a vial at once; whoever may discard it may stop it."""
    by.require(Permission.DISCARD_VIALS)
    if hasattr(vial, "discard"):
        raise rules.VialRefused("This vial is gone already; there is nothing to stop.")
    at = at or timezone.now()
    mend = "Find out what happened, then release it with a reason, or discard it."
    return hold(vial=vial, reason=reason, why=why.strip(), mend=mend, by=by, at=at)


@action
def release_vial(
    *, quarantine: Quarantine, reason: str, source: str = "", by: Member, at: datetime | None = None
) -> Release:
    """End a quarantine with a reason; the vial is usable again when no other one stands."""
    by.require(Permission.COUNT_STOCK)
    at = at or timezone.now()
    vial = Vial.objects.select_for_update(of=("self",)).get(pk=quarantine.vial_id)
    if len(reason.strip()) < SHORTEST_REASON:
        raise rules.VialRefused(
            f"Say in at least {SHORTEST_REASON} characters why the vial may be used."
        )
    if Release.objects.filter(quarantine=quarantine).exists():
        raise rules.VialRefused("Somebody else released this vial meanwhile.")
    release = Release.objects.create(
        quarantine=quarantine, reason=reason.strip(), source=source.strip(), at=at, by=by
    )
    if not Quarantine.objects.filter(vial=vial, release__isnull=True).exists():
        Vial.objects.filter(pk=vial.pk).update(held=False)
    record("vial released", subject=vial, by=by, at=at, reason=reason.strip())
    return release


@action
def measure_vial(
    *,
    vial: Vial,
    found_ml: Decimal | None = None,
    found_units: Decimal | None = None,
    reason: str = "",
    words: str = "",
    by: Member,
    at: datetime | None = None,
) -> Measurement:
    """Keep what is really in a vial; a shortage brings the record down to it."""
    if not by.may(Permission.DISCARD_VIALS):
        by.require(Permission.COUNT_STOCK)
    vial = Vial.objects.select_for_update(of=("self",)).get(pk=vial.pk)
    opening = Opening.objects.filter(vial=vial).first()
    if found_ml is not None:
        if opening is None:
            raise rules.VialRefused("An unopened vial has no volume. Count it as there or not.")
        found_units = (found_ml * vial.vial_units / opening.diluent_ml).quantize(Decimal("0.01"))
    if found_units is None or found_units < 0:
        raise rules.VialRefused("How much is in the vial? Measure it in mL.")
    booked = vial.remaining_units
    diluent_ml = opening.diluent_ml if opening else None
    differs = rules.differs(booked - found_units, vial_units=vial.vial_units, diluent_ml=diluent_ml)
    short = max(booked - found_units, Decimal(0)) if differs else Decimal(0)
    Vial.objects.filter(pk=vial.pk).update(remaining_units=F("remaining_units") - short)
    measured = Measurement.objects.create(
        vial=vial,
        booked_units=booked,
        found_units=found_units,
        found_ml=found_ml,
        short_units=short,
        reason=(reason or DifferenceReason.NOT_KNOWN) if differs else DifferenceReason.NONE,
        words=words.strip(),
        at=at or timezone.now(),
        by=by,
    )
    record("vial measured", subject=vial, by=by, at=at, booked=float(booked), short=float(short))
    return measured


@action
def explain_difference(
    *, vial: Vial, reason: str, words: str, by: Member, at: datetime | None = None
) -> Measurement:
    """Say what a difference came from, once somebody has found out."""
    by.require(Permission.COUNT_STOCK)
    vial = Vial.objects.select_for_update(of=("self",)).get(pk=vial.pk)
    if len(words.strip()) < SHORTEST_REASON:
        raise rules.VialRefused(f"Say in at least {SHORTEST_REASON} characters what happened.")
    told = Measurement.objects.create(
        vial=vial,
        booked_units=vial.remaining_units,
        found_units=vial.remaining_units,
        reason=reason,
        words=words.strip(),
        at=at or timezone.now(),
        by=by,
    )
    record("difference explained", subject=vial, by=by, at=at, reason=reason)
    return told


@action
def add_supplier(
    *, name: str, licence: str = "", checked: bool = False, by: Member, at: datetime | None = None
) -> Supplier:
    """Keep a supplier; checking the licence is noted with who looked and when."""
    by.require(Permission.RECEIVE_VIALS)
    at = at or timezone.now()
    supplier, made = Supplier.objects.get_or_create(clinic=by.clinic, name=name.strip())
    if not made and not checked:
        raise rules.VialRefused(f"{supplier.name} is on the list already. Choose it there.")
    supplier.licence = licence.strip() or supplier.licence
    if checked:
        if not supplier.licence:
            raise rules.VialRefused("Type the number of the licence that you checked.")
        supplier.licence_checked_on = timezone.localdate(at)
        supplier.licence_checked_by = by
    supplier.save()
    did = "supplier's licence checked" if checked else "supplier added"
    record(did, subject=supplier, by=by, at=at)
    return supplier


@action
def add_place(
    *,
    name: str,
    low_celsius: Decimal,
    high_celsius: Decimal,
    reading_hours: int | None = None,
    by: Member,
    at: datetime | None = None,
) -> Place:
    """Keep a place for vials, with the range it has to stay in."""
    by.require(Permission.COUNT_STOCK)
    if low_celsius >= high_celsius:
        raise rules.VialRefused("The lowest temperature has to lie below the highest.")
    if Place.objects.filter(clinic=by.clinic, name=name.strip()).exists():
        raise rules.VialRefused(f"There is a place called {name.strip()} already.")
    place = Place.objects.create(
        clinic=by.clinic,
        name=name.strip(),
        low_celsius=low_celsius,
        high_celsius=high_celsius,
        reading_hours=reading_hours,
    )
    record("place added", subject=place, by=by, at=at)
    return place


@action
def give_logger_key(*, place: Place, by: Member, at: datetime | None = None) -> str:
    """A new key for the data logger of a place; it is shown once, and the old one ends."""
    by.require(Permission.COUNT_STOCK)
    key = secrets.token_urlsafe(LOGGER_BYTES)
    Place.objects.filter(pk=place.pk).update(logger_hash=logger_hash(key))
    record("logger key given", subject=place, by=by, at=at)
    return key


def logger_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@action
def move_vials(
    *, vials: list[Vial], place: Place, by: Member, at: datetime | None = None
) -> list[Placement]:
    """Put vials into another place."""
    by.require(Permission.COUNT_STOCK)
    at = at or timezone.now()
    moved = []
    for vial in vials:
        moved.append(Placement.objects.create(vial=vial, place=place, at=at, by=by))
        record("vial placed", subject=vial, by=by, at=at, place=place.pk)
    return moved
