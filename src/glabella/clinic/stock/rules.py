"""What may be drawn from a vial, and what the record of a vial must add up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from glabella import facts
from glabella.errors import RecordError
from glabella.plan.finding import Finding

# No person may draw past these; a reason changes nothing about the content of the vial.
NEVER_OVERRIDDEN = frozenset(
    {
        "vial-not-opened",
        "vial-expired",
        "vial-over-age",
        "vial-empty",
        "vial-discarded",
        "vial-short",
        "vial-opened-later",
        "vial-quarantined",
        "vial-returned",
        "vial-not-to-be-shared",
    }
)
EXACT = 0.005
LONGEST_SHELF_YEARS = 10
LONGEST_NUMBER = 9
# What is left in a vial is drawn into a syringe to be measured; nearer it is not read.
READ_TO_ML = Decimal("0.05")
PLAIN_SALINE = "saline"


class VialRefused(RecordError):
    """This cannot be done with this vial."""


class NotEnoughLeft(VialRefused):
    """The vial holds less than is to be drawn."""


@dataclass(frozen=True, slots=True)
class VialState:
    """A vial in plain values."""

    product: str
    lot: str
    expiry: date
    vial_units: float
    remaining_units: float
    opened_at: datetime | None = None
    use_by: datetime | None = None
    discarded: bool = False
    returned: bool = False
    held: bool = False


def vial_number(key: int) -> str:
    return f"GLV{key:06d}"


def vial_key(number: str) -> int | None:
    """The key of the vial that a label's number names; None when it is no such number."""
    digits = number.strip().upper().removeprefix("GLV")
    return int(digits) if digits.isdecimal() and len(digits) <= LONGEST_NUMBER else None


def clock(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%d %b %Y, %H:%M").lstrip("0")


def end_of_day(day: date) -> datetime:
    """The last moment of a local day: an expiry date is still good on that day."""
    return timezone.make_aware(datetime.combine(day, time.max))


def _stop(code: str, message: str, mend: str, source: str = "") -> Finding:
    return Finding(code=code, severity="stop", message=message, mend=mend, source=source)


def usable(vial: VialState, now: datetime) -> list[Finding]:
    """Why nothing may be drawn from the vial now; empty when it may be used."""
    lot = f"The vial of lot {vial.lot}"
    another = "Take another vial."
    if vial.returned:
        return [_stop("vial-returned", f"{lot} went back to the supplier.", another)]
    if vial.discarded:
        return [_stop("vial-discarded", f"{lot} was discarded.", another)]
    if vial.held:
        mend = f"{another} Why it is stopped, and who may release it, stands on its page."
        return [_stop("vial-quarantined", f"{lot} is in quarantine.", mend)]
    if now > end_of_day(vial.expiry):
        expiry = vial.expiry.strftime("%d %b %Y").lstrip("0")
        return [_stop("vial-expired", f"{lot} expired on {expiry}.", another)]
    if vial.opened_at is None or vial.use_by is None:
        mend = "Open and dilute it on the stock page."
        return [_stop("vial-not-opened", f"{lot} is not opened yet.", mend)]
    if now < vial.opened_at:
        message = f"{lot} was opened later, on {clock(vial.opened_at)}."
        return [_stop("vial-opened-later", message, "Correct the date or the vial.")]
    if now > vial.use_by:
        return [_over_age(vial, lot)]
    if vial.remaining_units <= 0:
        return [_stop("vial-empty", f"{lot} is empty.", another)]
    return []


def _over_age(vial: VialState, lot: str) -> Finding:
    assert vial.opened_at is not None
    assert vial.use_by is not None
    hours = facts.load().products[vial.product].storage.opened_hours
    message = (
        f"{lot} was opened on {clock(vial.opened_at)} and had to be used by {clock(vial.use_by)}."
    )
    mend = "Open a fresh vial, and discard this one."
    return _stop("vial-over-age", message, mend, hours.source if hours else "")


def short(vial: VialState, units: float) -> list[Finding]:
    """A stop when the vial holds less than these units."""
    if units <= vial.remaining_units + EXACT:
        return []
    message = (
        f"The chart takes {units:g} U from the vial of lot {vial.lot}, "
        f"which has {vial.remaining_units:g} U left."
    )
    return [_stop("vial-short", message, "Take the rest from another vial.")]


def why_no_draw(vial: VialState, *, units: Decimal) -> str:
    """Why the database refused to draw what the chart was allowed to show a moment ago."""
    if vial.held:
        return (
            f"The vial of lot {vial.lot} was put into quarantine meanwhile. Take another vial; "
            "your chart is kept."
        )
    return (
        f"The vial of lot {vial.lot} has {vial.remaining_units:g} U left, not "
        f"{units.normalize():f} U: somebody else drew from it or discarded it meanwhile. "
        "Take the rest from another vial; your chart is kept."
    )


def differs(missing: Decimal, *, vial_units: Decimal, diluent_ml: Decimal | None) -> bool:
    """Whether a count differs from the record by more than a syringe can be read to."""
    if diluent_ml is None:
        return missing != 0
    return abs(missing) > READ_TO_ML * vial_units / diluent_ml


def use_by(product_id: str, *, opened_at: datetime, expiry: date) -> datetime:
    """When an opened vial is over age: its hours in use, and never past the expiry of its lot."""
    hours = facts.load().products[product_id].storage.opened_hours
    if hours is None:
        raise VialRefused(
            f"How long opened {facts.load().products[product_id].name} keeps is not known to "
            "Glabella, so no use-by time can be set and the vial cannot be used here."
        )
    return min(opened_at + timedelta(hours=hours.value), end_of_day(expiry))


def check_receipt(product_id: str, *, expiry: date, today: date) -> None:
    """Refuse what nobody can take into stock; what looks counterfeit is taken in and stopped."""
    if product_id not in facts.load().products:
        raise VialRefused(f"There is no product `{product_id}` in the facts.")
    if expiry.year - today.year > LONGEST_SHELF_YEARS:
        raise VialRefused(f"No vial keeps until {expiry:%d %b %Y}. Check the year on the carton.")
    if expiry < today:
        raise VialRefused(
            f"This lot expired on {expiry:%d %b %Y}. Do not take it into stock; return it."
        )


def dilution_findings(product_id: str, *, vial_units: float, diluent_ml: float) -> list[Finding]:
    """A warning when no source names this dilution for this vial."""
    product = facts.load().products[product_id]
    known = [row.diluent_ml for row in product.dilutions if row.vial_units == vial_units]
    if any(abs(fact.value - diluent_ml) < EXACT for fact in known):
        return []
    options = ", ".join(f"{fact.value:g} mL" for fact in known) or "none for this vial size"
    return [
        Finding(
            code="dilution-without-source",
            severity="warn",
            message=f"No source names {diluent_ml:g} mL for {vial_units:g} U {product.name}.",
            mend=f"Dilutions with a source: {options}.",
        )
    ]


def diluent_findings(product_id: str, *, diluent: str, label: str) -> list[Finding]:
    """A warning when the diluent is not the plain saline that the sources name."""
    if diluent == PLAIN_SALINE:
        return []
    product = facts.load().products[product_id]
    known = product.diluent
    said = f"The sources name {known.value}." if known else "No source for a diluent was found."
    return [
        Finding(
            code="diluent-without-source",
            severity="warn",
            message=f"Diluted with: {label}. {said}",
            mend="Say on the chart why, or open a fresh vial.",
            source=known.source if known else "",
        )
    ]


def shared_vial(vial: VialState, *, other_patients: int, allowed: bool) -> list[Finding]:
    """A vial for one patient that has served others: a stop, unless the clinic's policy allows it.

    Where it is allowed, both sides are quoted.
    """
    known = facts.load()
    if not other_patients:
        return []
    product, consensus = known.products[vial.product], known.safety.vial_sharing_consensus
    single = product.storage.single_patient
    label = single.value if single else f"What the label of {product.name} says was not found."
    used = f"The vial of lot {vial.lot} was already used for another patient."
    source = single.source if single else consensus.source
    if not allowed:
        mend = "The clinic's policy is one patient for each vial. Open a fresh vial."
        return [_stop("vial-not-to-be-shared", f"{used} {label}", mend, source)]
    return [
        Finding(
            code="vial-shared",
            severity="warn",
            message=f"{used} {label} {consensus.value}",
            mend="Open a fresh vial, or follow your clinic's written policy on shared vials.",
            source=source,
        )
    ]


def check_witness(*, needed: bool, by: int, witness: int | None) -> None:
    """Refuse a discard without the witness that the clinic asks for."""
    if needed and witness is None:
        raise VialRefused(
            "The clinic's policy asks for a witness. Let a colleague give their user name and "
            "password; nothing was written down yet."
        )
    if witness is not None and witness == by:
        raise VialRefused("Nobody is their own witness. Ask a colleague.")


def hub_units(
    *, syringes: int, per_syringe_ml: Decimal, per_ml: Decimal, remaining: Decimal
) -> Decimal:
    """What so many hubs take out of a vial; never more than it holds."""
    lost = (syringes * per_syringe_ml * per_ml).quantize(Decimal("0.01"))
    return min(lost, remaining)
