"""The demo's stock: a refrigerator that failed, a drill, a vial that does not add up."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

from django.utils import timezone

from glabella import facts
from glabella.clinic.coldchain.actions import add_readings
from glabella.clinic.coldchain.models import Origin
from glabella.clinic.coldchain.rules import Measured, storage_words
from glabella.clinic.lot_recalls.actions import record_try, start_recall
from glabella.clinic.lot_recalls.models import Outcome, Way
from glabella.clinic.people.models import Member
from glabella.clinic.stock.actions import discard_vial, open_vial, receive_vials, waste_units
from glabella.clinic.stock.holding import (
    add_place,
    add_supplier,
    measure_vial,
    move_vials,
    release_vial,
)
from glabella.clinic.stock.models import DiscardReason, Place, Supplier, Vial, WasteReason
from glabella.clinic.stock.queries import in_cupboard
from glabella.clinic.stock.receiving import Carton
from glabella.clinic.stock.scanning import gtin_of
from glabella.clinic.stocktake.actions import (
    enter_count,
    keep_kit_item,
    set_par_level,
    sign_count,
    start_count,
)
from glabella.clinic.stocktake.rules import Entry

DRILL_LOT = "DEMO-B098"
COLD, WARM = Decimal("2.0"), Decimal("8.0")
# Temperatures of a working refrigerator, and of one whose door stood open.
STEADY = ("4.1", "4.4", "5.0", "4.7", "4.2", "3.9")
OPEN_DOOR = {20: "7.4", 19: "9.8", 18: "11.4", 17: "9.1", 16: "6.9"}
SERIALS = count(1)


def _refrigerators(by: Member, at: datetime) -> tuple[Place, Place]:
    one, two = (
        add_place(
            name=f"Demo refrigerator {name}", low_celsius=COLD, high_celsius=WARM, by=by, at=at
        )
        for name in ("one", "two")
    )
    return one, two


def _suppliers(by: Member, at: datetime) -> Supplier:
    add_supplier(name="Demo Trader", by=by, at=at)
    return add_supplier(
        name="Demo Wholesaler", licence="DEMO-LICENCE-1", checked=True, by=by, at=at
    )


def _carton(product: str, units: int, lot: str, now: datetime) -> Carton:
    known = facts.load().integrity.cartons
    code = next((one for one in known if one.product == product), known[0])
    return Carton(
        product=product,
        vial_units=Decimal(units),
        lot=lot,
        expiry=timezone.localdate(now + timedelta(days=420)),
        serial=f"DEMO{next(SERIALS):04d}",
        gtin=gtin_of(code) if code.vial_units.value == units else "",
        price=Decimal(400),
    )


def _temperatures(one: Place, two: Place, by: Member, now: datetime) -> None:
    """A week of readings every two hours, and an open door in the second refrigerator."""
    for place in (one, two):
        steady = [
            Measured(now - timedelta(hours=hours), Decimal(STEADY[hours // 2 % len(STEADY)]))
            for hours in range(166, 0, -2)
            if place == one or hours not in OPEN_DOOR
        ]
        door = [
            Measured(now - timedelta(hours=hours, minutes=30), Decimal(celsius))
            for hours, celsius in OPEN_DOOR.items()
        ]
        readings = steady + (door if place == two else [])
        add_readings(place=place, readings=readings, origin=Origin.FILE, by=by, at=now)


def _does_not_add_up(vial: Vial, cast: dict[str, Member], now: datetime) -> None:
    """Diluted with half of what was written down; nobody has said so yet."""
    injector, owner = cast["injector"], cast["owner"]
    opened = now - timedelta(days=1, hours=3)
    open_vial(vial=vial, diluent_ml=Decimal("2.5"), diluent_lot="DEMO-NACL", by=injector, at=opened)
    waste_units(
        vial=vial,
        units=Decimal(4),
        reason=WasteReason.DROPPED,
        by=injector,
        witness=owner,
        at=opened + timedelta(hours=1),
    )
    measure_vial(
        vial=vial,
        found_ml=Decimal("1.15"),
        words="End of the day.",
        by=injector,
        at=opened + timedelta(hours=6),
    )
    discard_vial(
        vial=vial, reason=DiscardReason.REMAINDER, by=injector, at=opened + timedelta(hours=6)
    )


def _drill(cast: dict[str, Member], now: datetime) -> None:
    """A drill half done: one patient has understood, one is still to be reached."""
    by = cast["assistant"]
    drill = start_recall(
        product="botox-cosmetic",
        lot=DRILL_LOT,
        source="Demo: the clinic's own drill",
        recall_class="-",
        words="This is a drill of the demo clinic. No lot is recalled, and nothing was found.",
        drill=True,
        by=by,
        at=now - timedelta(minutes=50),
    )
    told, tried, *_ = drill.contacts.all()
    outcomes = ((told, Outcome.ACKNOWLEDGED, 40), (tried, Outcome.LEFT_WORD, 35))
    for contact, outcome, minutes in outcomes:
        at = now - timedelta(minutes=minutes)
        record_try(contact=contact, way=Way.CALL, outcome=outcome, by=by, at=at)


def _counted(by: Member, now: datetime) -> None:
    counted = start_count(by=by, at=now - timedelta(minutes=30))
    entries = {}
    for line in counted.lines.select_related("vial__opening"):
        left_ml = line.vial.volume_ml(line.vial.remaining_units)
        found_ml = None if left_ml is None else Decimal(f"{left_ml:.2f}")
        entries[line.pk] = Entry(seen=True, found_ml=found_ml)
    enter_count(count=counted, entries=entries, by=by, at=now - timedelta(minutes=20))
    sign_count(count=counted, reasons={}, by=by, at=now - timedelta(minutes=15))


def _order(by: Member, now: datetime) -> None:
    set_par_level(product="botox-cosmetic", vial_units=Decimal(100), least=4, by=by, at=now)
    set_par_level(product="xeomin", vial_units=Decimal(100), least=1, by=by, at=now)
    for item, days in (("Demo adrenaline 1 mg/mL", 200), ("Demo apraclonidine 0.5 %", 12)):
        expiry = timezone.localdate(now + timedelta(days=days))
        keep_kit_item(item=item, expiry=expiry, where="Demo room", by=by, at=now)


def tell(cast: dict[str, Member], now: datetime) -> None:
    """Give the rooms of the stock some life."""
    by, past = cast["assistant"], now - timedelta(days=8)
    one, two = _refrigerators(by, past)
    supplier = _suppliers(by, past)
    counterfeit = facts.load().integrity.counterfeit[0]
    lots = [
        ("botox-cosmetic", 100, "DEMO-B110"),
        ("xeomin", 100, "DEMO-X310"),
        ("botox-cosmetic", 100, "DEMO-B104"),
        (counterfeit.product, 100, counterfeit.lot),
    ]
    move_vials(vials=list(in_cupboard(by.clinic_id)), place=one, by=by, at=past)
    stopped, released, open_one, _ = receive_vials(
        cartons=[_carton(product, units, lot, now) for product, units, lot in lots],
        supplier=supplier,
        note_number="DEMO-NOTE-1",
        place=two,
        by=by,
        at=past,
    )
    move_vials(vials=[open_one], place=one, by=by, at=past + timedelta(hours=1))
    _temperatures(one, two, by, now)
    release_vial(
        quarantine=released.quarantines.get(),
        reason="Demo: the maker wrote that a few hours at 11 °C do no harm.",
        source=storage_words(released.product),
        by=by,
        at=now - timedelta(hours=2),
    )
    assert stopped.quarantines.exists()
    _does_not_add_up(open_one, cast, now)
    _drill(cast, now)
    _order(by, now)
    _counted(by, now)
