"""What is done with vials: received, opened and diluted, drawn from, wasted, discarded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock import rules
from glabella.clinic.stock.holding import hold, stop_if_recalled
from glabella.clinic.stock.models import (
    Delivery,
    Diluent,
    Discard,
    DiscardReason,
    Draw,
    HubLoss,
    KnownCode,
    Opening,
    Place,
    Placement,
    Supplier,
    Vial,
    Waste,
)
from glabella.clinic.stock.receiving import Carton, hold_reason, suspicions
from glabella.clinic.treatments.models import Treatment
from glabella.facts import load


@action
def receive_vials(
    *,
    cartons: Sequence[Carton],
    supplier: Supplier | None = None,
    supplier_words: str = "",
    note_number: str = "",
    photo: bytes = b"",
    place: Place | None = None,
    by: Member,
    at: datetime | None = None,
) -> list[Vial]:
    """Take one delivery into stock, all of it or nothing; what looks false is stopped at once."""
    by.require(Permission.RECEIVE_VIALS)
    at = at or timezone.now()
    if not cartons:
        raise rules.VialRefused("No vial is on the list. Scan a carton, or add one by hand.")
    delivery = Delivery.objects.create(
        clinic=by.clinic,
        supplier=supplier,
        note_number=note_number.strip(),
        photo=photo,
        received_at=at,
        received_by=by,
    )
    said = supplier.name if supplier else supplier_words
    return [_take_in(one, delivery, said, place, by=by, at=at) for one in cartons]


def _take_in(
    carton: Carton, delivery: Delivery, said: str, place: Place | None, *, by: Member, at: datetime
) -> Vial:
    rules.check_receipt(carton.product, expiry=carton.expiry, today=timezone.localdate(at))
    lot = carton.lot.strip()
    try:
        with transaction.atomic():
            vial = Vial.objects.create(
                clinic=by.clinic,
                product=carton.product,
                lot=lot,
                expiry=carton.expiry,
                vial_units=carton.vial_units,
                remaining_units=carton.vial_units,
                gtin=carton.gtin,
                serial=carton.serial,
                price=carton.price,
                supplier=said,
                delivery=delivery,
                received_at=at,
                received_by=by,
            )
    except IntegrityError as error:
        raise rules.VialRefused(
            f"A vial with the serial number {carton.serial} is in the book already. If it is on "
            "the list twice, remove one line; if this is another carton with the same number, "
            "one of the two is a copy: use neither, and report it."
        ) from error
    record("vial received", subject=vial, by=by, at=at, product=carton.product, lot=lot)
    _remember_code(carton, by=by, at=at)
    if place is not None:
        put_into(vial=vial, place=place, by=by, at=at)
    for finding in suspicions(carton):
        source = load().sources[finding.source].citation if finding.source else ""
        words = {"why": finding.message, "mend": finding.mend, "source": source}
        hold(vial=vial, reason=hold_reason(finding), by=by, at=at, **words)
    stop_if_recalled(vial=vial, by=by, at=at)
    return vial


def _remember_code(carton: Carton, *, by: Member, at: datetime) -> None:
    if not carton.tie:
        return
    tied, made = KnownCode.objects.get_or_create(
        clinic=by.clinic,
        gtin=carton.gtin,
        defaults={
            "product": carton.product,
            "vial_units": carton.vial_units,
            "tied_at": at,
            "tied_by": by,
        },
    )
    if made:
        record("code tied to a product", subject=tied, by=by, at=at, product=tied.product)


@action
def receive_vial(
    *,
    product: str,
    lot: str,
    expiry: date,
    vial_units: Decimal,
    supplier: str = "",
    by: Member,
    at: datetime | None = None,
) -> Vial:
    """Take one vial into stock by what is printed on it."""
    carton = Carton(product=product, vial_units=vial_units, lot=lot, expiry=expiry)
    (vial,) = receive_vials(cartons=[carton], supplier_words=supplier, by=by, at=at)
    return vial


def put_into(*, vial: Vial, place: Place, by: Member, at: datetime) -> Placement:
    """Note where a vial is now; inside the transaction of an action."""
    put = Placement.objects.create(vial=vial, place=place, at=at, by=by)
    record("vial placed", subject=vial, by=by, at=at, place=place.pk)
    return put


@action
def open_vial(
    *,
    vial: Vial,
    diluent_ml: Decimal,
    diluent: str = Diluent.SALINE,
    diluent_lot: str = "",
    syringes: int = 0,
    by: Member,
    at: datetime | None = None,
) -> Opening:
    """Open and dilute a vial; its use-by clock starts."""
    by.require(Permission.OPEN_VIALS)
    at = at or timezone.now()
    never = {"vial-expired", "vial-discarded", "vial-returned", "vial-quarantined"}
    vial.refresh_from_db(fields=["held", "remaining_units"])
    not_openable = [one for one in rules.usable(vial.state(), at) if one.code in never]
    if not_openable:
        raise rules.VialRefused(f"{not_openable[0].message} {not_openable[0].mend}")
    use_by = rules.use_by(vial.product, opened_at=at, expiry=vial.expiry)
    try:
        with transaction.atomic():
            opening = Opening.objects.create(
                vial=vial,
                diluent_ml=diluent_ml,
                diluent=diluent,
                diluent_lot=diluent_lot.strip(),
                opened_at=at,
                use_by=use_by,
                by=by,
            )
    except IntegrityError as error:
        raise rules.VialRefused(
            f"The vial of lot {vial.lot} is open already; a vial is diluted once."
        ) from error
    record("vial opened", subject=vial, by=by, at=at, diluent_ml=float(diluent_ml))
    if syringes:
        _keep_hub_loss(vial, syringes, by=by, at=at)
    return opening


def draw(*, vial: Vial, treatment: Treatment, units: Decimal, by: Member, at: datetime) -> Draw:
    """Take units out of a vial for a treatment, inside the transaction that signs it.

    The condition is in the UPDATE, so that of two people drawing the last units one is told no,
    and so that a vial which was stopped meanwhile gives nothing. It names no other table:
    PostgreSQL would judge a joined one as it was before the other's draw. A discarded vial has
    nothing left.
    """
    enough = Vial.objects.filter(pk=vial.pk, held=False, remaining_units__gte=units)
    taken = enough.update(remaining_units=F("remaining_units") - units)
    if not taken:
        vial.refresh_from_db()
        raise rules.NotEnoughLeft(rules.why_no_draw(vial.state(), units=units))
    _check_sharing(vial, treatment)
    taking = Draw.objects.create(vial=vial, treatment=treatment, units=units, at=at, by=by)
    record("units drawn", subject=vial, by=by, at=at, units=float(units), treatment=treatment.pk)
    counted = HubLoss.objects.filter(vial=vial).aggregate(n=Sum("syringes"))["n"] or 0
    if vial.draws.count() > counted and vial.clinic.hub_loss_ml:
        _keep_hub_loss(vial, 1, by=by, at=at)
    return taking


def _check_sharing(vial: Vial, treatment: Treatment) -> None:
    """The vial's row is locked by the update: a draw for another patient is seen, or waits."""
    others = vial.draws.exclude(treatment__patient=treatment.patient_id)
    if vial.clinic.shared_vials or not others.exists():
        return
    found = rules.shared_vial(vial.state(), other_patients=1, allowed=False)
    raise rules.VialRefused(f"{found[0].message} {found[0].mend}")


def _keep_hub_loss(vial: Vial, syringes: int, *, by: Member, at: datetime) -> HubLoss:
    """Count what stays in the hubs of syringes; the vial's row is locked here or before."""
    vial = Vial.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=vial.pk)
    opening = Opening.objects.get(vial=vial)
    per_syringe = vial.clinic.hub_loss_ml
    units = rules.hub_units(
        syringes=syringes,
        per_syringe_ml=per_syringe,
        per_ml=vial.vial_units / opening.diluent_ml,
        remaining=vial.remaining_units,
    )
    Vial.objects.filter(pk=vial.pk).update(remaining_units=F("remaining_units") - units)
    lost = HubLoss.objects.create(
        vial=vial, syringes=syringes, per_syringe_ml=per_syringe, units=units, at=at, by=by
    )
    record("syringes drawn up", subject=vial, by=by, at=at, syringes=syringes, units=float(units))
    return lost


def _in_hand(vial: Vial) -> Vial:
    """The vial as it is now, locked until the action ends; refused when it is gone."""
    vial = Vial.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=vial.pk)
    if Discard.objects.filter(vial=vial).exists():
        raise rules.VialRefused(f"The vial of lot {vial.lot} was discarded already.")
    return vial


@action
def draw_up(*, vial: Vial, syringes: int, by: Member, at: datetime | None = None) -> HubLoss:
    """Note that so many syringes were filled from a vial, so that their hubs are counted."""
    by.require(Permission.OPEN_VIALS)
    vial = _in_hand(vial)
    if not Opening.objects.filter(vial=vial).exists():
        raise rules.VialRefused("Nothing is drawn up from a vial that is not diluted.")
    if syringes < 1:
        raise rules.VialRefused("How many syringes? At least one.")
    return _keep_hub_loss(vial, syringes, by=by, at=at or timezone.now())


@action
def waste_units(
    *,
    vial: Vial,
    units: Decimal,
    reason: str,
    by: Member,
    witness: Member | None = None,
    at: datetime | None = None,
) -> Waste:
    """Throw away a part of an open vial: a spill, a dropped syringe, a dose not given."""
    by.require(Permission.DISCARD_VIALS)
    at = at or timezone.now()
    vial = _in_hand(vial)
    if not Opening.objects.filter(vial=vial).exists():
        raise rules.VialRefused("An unopened vial is discarded whole.")
    key = witness.pk if witness else None
    rules.check_witness(needed=by.clinic.witness_required, by=by.pk, witness=key)
    if not 0 < units <= vial.remaining_units:
        raise rules.VialRefused(
            f"Between 0 and {vial.remaining_units.normalize():f} U can be wasted: no more is left."
        )
    Vial.objects.filter(pk=vial.pk).update(remaining_units=F("remaining_units") - units)
    waste = Waste.objects.create(
        vial=vial, reason=reason, units=units, at=at, by=by, witness=witness
    )
    record("units wasted", subject=vial, by=by, at=at, units=float(units), witness=key)
    return waste


@action
def discard_vial(
    *,
    vial: Vial,
    reason: str,
    words: str = "",
    by: Member,
    witness: Member | None = None,
    at: datetime | None = None,
) -> Discard:
    """Throw away what is left in a vial, or send an unopened one back."""
    by.require(Permission.DISCARD_VIALS)
    at = at or timezone.now()
    vial = _in_hand(vial)
    key = witness.pk if witness else None
    rules.check_witness(needed=by.clinic.witness_required, by=by.pk, witness=key)
    if reason == DiscardReason.RETURNED and Opening.objects.filter(vial=vial).exists():
        raise rules.VialRefused("An opened vial does not go back. Discard it.")
    wasted = vial.remaining_units
    # The same condition as in a draw: nobody draws between reading and writing.
    if not Vial.objects.filter(pk=vial.pk, remaining_units=wasted).update(remaining_units=0):
        raise rules.VialRefused("Somebody drew from this vial just now. Look again, then discard.")
    discard = Discard.objects.create(
        vial=vial, reason=reason, words=words.strip(), units=wasted, at=at, by=by, witness=witness
    )
    did = "vial returned" if reason == DiscardReason.RETURNED else "vial discarded"
    record(did, subject=vial, by=by, at=at, units=float(wasted), reason=reason, witness=key)
    return discard
