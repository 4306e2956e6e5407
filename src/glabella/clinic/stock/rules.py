"""What may be drawn from a vial, and what the record of a vial must add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

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
    }
)
EXACT = 0.005
LONGEST_SHELF_YEARS = 10


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
    if vial.discarded:
        return [_stop("vial-discarded", f"{lot} was discarded.", another)]
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


def use_by(product_id: str, *, opened_at: datetime, expiry: date) -> datetime:
    """When an opened vial is over age: its hours in use, and never past the expiry of its lot."""
    hours = facts.load().products[product_id].storage.opened_hours
    if hours is None:
        raise VialRefused(
            f"How long opened {facts.load().products[product_id].name} keeps is not known to "
            "Glabella, so no use-by time can be set and the vial cannot be used here."
        )
    return min(opened_at + timedelta(hours=hours.value), end_of_day(expiry))


def check_receipt(product_id: str, *, vial_units: float, expiry: date, today: date) -> None:
    """Refuse a vial that the facts do not know or that is out of date on arrival."""
    product = facts.load().products.get(product_id)
    if product is None:
        raise VialRefused(f"There is no product `{product_id}` in the facts.")
    if vial_units not in product.vials_units.value:
        sizes = ", ".join(f"{size:g}" for size in product.vials_units.value)
        raise VialRefused(
            f"{product.name} comes in vials of {sizes} U, not {vial_units:g} U. "
            "Choose the size printed on the carton."
        )
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


def shared_vial(vial: VialState, *, other_patients: int) -> list[Finding]:
    """A warning when a vial for one patient has served others; both sides are quoted."""
    known = facts.load()
    if not other_patients:
        return []
    product, consensus = known.products[vial.product], known.safety.vial_sharing_consensus
    single = product.storage.single_patient
    label = single.value if single else f"What the label of {product.name} says was not found."
    return [
        Finding(
            code="vial-shared",
            severity="warn",
            message=f"The vial of lot {vial.lot} was already used for another patient. "
            f"{label} {consensus.value}",
            mend="Open a fresh vial, or follow your clinic's written policy on shared vials.",
            source=single.source if single else consensus.source,
        )
    ]


@dataclass(frozen=True, slots=True)
class Balance:
    """What was received against what is accounted for."""

    received: float
    drawn: float
    discarded: float
    remaining: float

    @property
    def holds(self) -> bool:
        return abs(self.received - self.drawn - self.discarded - self.remaining) < EXACT


def balance(
    *, received: float, drawn: Iterable[float], discarded: float, remaining: float
) -> Balance:
    return Balance(received, sum(drawn), discarded, remaining)
