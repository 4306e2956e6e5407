"""What is done with vials."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock import rules
from glabella.clinic.stock.models import Discard, Draw, Opening, Vial
from glabella.clinic.treatments.models import Treatment


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
    """Take a vial into stock."""
    by.require(Permission.RECEIVE_VIALS)
    at = at or timezone.now()
    today = timezone.localdate(at)
    rules.check_receipt(product, vial_units=float(vial_units), expiry=expiry, today=today)
    vial = Vial.objects.create(
        clinic=by.clinic,
        product=product,
        lot=lot.strip(),
        expiry=expiry,
        vial_units=vial_units,
        remaining_units=vial_units,
        supplier=supplier,
        received_at=at,
        received_by=by,
    )
    record("vial received", subject=vial, by=by, at=at, product=product, lot=vial.lot)
    return vial


@action
def open_vial(
    *, vial: Vial, diluent_ml: Decimal, by: Member, at: datetime | None = None
) -> Opening:
    """Open and dilute a vial; its use-by clock starts."""
    by.require(Permission.OPEN_VIALS)
    at = at or timezone.now()
    not_openable = [
        finding
        for finding in rules.usable(vial.state(), at)
        if finding.code in {"vial-expired", "vial-discarded"}
    ]
    if not_openable:
        raise rules.VialRefused(f"{not_openable[0].message} {not_openable[0].mend}")
    use_by = rules.use_by(vial.product, opened_at=at, expiry=vial.expiry)
    try:
        with transaction.atomic():
            opening = Opening.objects.create(
                vial=vial, diluent_ml=diluent_ml, opened_at=at, use_by=use_by, by=by
            )
    except IntegrityError as error:
        raise rules.VialRefused(
            f"The vial of lot {vial.lot} is open already; a vial is diluted once."
        ) from error
    record("vial opened", subject=vial, by=by, at=at, diluent_ml=float(diluent_ml))
    return opening


def draw(*, vial: Vial, treatment: Treatment, units: Decimal, by: Member, at: datetime) -> Draw:
    """Take units out of a vial for a treatment, inside the transaction that signs it.

    The condition is in the UPDATE, so that of two people drawing the last units one is told no. It
    names no other table: PostgreSQL would judge a joined one as it was before the other's draw.
    A discarded vial has nothing left.
    """
    enough = Vial.objects.filter(pk=vial.pk, remaining_units__gte=units)
    taken = enough.update(remaining_units=F("remaining_units") - units)
    if not taken:
        vial.refresh_from_db()
        raise rules.NotEnoughLeft(
            f"The vial of lot {vial.lot} has {vial.remaining_units.normalize():f} U left, not "
            f"{units.normalize():f} U: somebody else drew from it or discarded it meanwhile. "
            "Take the rest from another vial; your chart is kept."
        )
    taking = Draw.objects.create(vial=vial, treatment=treatment, units=units, at=at, by=by)
    record("units drawn", subject=vial, by=by, at=at, units=float(units), treatment=treatment.pk)
    return taking


@action
def discard_vial(*, vial: Vial, reason: str, by: Member, at: datetime | None = None) -> Discard:
    """Throw away what is left in a vial."""
    by.require(Permission.DISCARD_VIALS)
    at = at or timezone.now()
    vial = Vial.objects.select_for_update().get(pk=vial.pk)
    if Discard.objects.filter(vial=vial).exists():
        raise rules.VialRefused(f"The vial of lot {vial.lot} was discarded already.")
    wasted = vial.remaining_units
    # The same condition as in a draw: nobody draws between reading and writing.
    if not Vial.objects.filter(pk=vial.pk, remaining_units=wasted).update(remaining_units=0):
        raise rules.VialRefused("Somebody drew from this vial just now. Look again, then discard.")
    discard = Discard.objects.create(vial=vial, reason=reason, units=wasted, at=at, by=by)
    record("vial discarded", subject=vial, by=by, at=at, units=float(wasted), reason=reason)
    return discard
