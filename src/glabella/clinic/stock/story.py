"""The story of one vial: everything that was done with it, by whom, when and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from glabella.clinic.people.templatetags.clinic import amount, ml
from glabella.clinic.stock import accounts, queries
from glabella.clinic.stock.models import Discard, Opening, Vial


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the story; `units` left the vial, where any did."""

    at: datetime
    by: str
    what: str
    why: str = ""
    units: float | None = None


def _arrival(vial: Vial) -> Iterator[Event]:
    source = f"from {vial.supplier}" if vial.supplier else "supplier not written down"
    yield Event(vial.received_at, str(vial.received_by), "Received", source)
    for put in vial.placements.select_related("place", "by"):
        yield Event(put.at, str(put.by), f"Put into {put.place}")


def _holds(vial: Vial) -> Iterator[Event]:
    for stop in vial.quarantines.select_related("by", "release__by"):
        by = str(stop.by) if stop.by else "by itself"
        yield Event(stop.at, by, f"Quarantined: {stop.get_reason_display().lower()}", stop.why)
        if release := getattr(stop, "release", None):
            why = " – ".join(part for part in (release.reason, release.source) if part)
            yield Event(release.at, str(release.by), "Released", why)


def _use(vial: Vial) -> Iterator[Event]:
    opening: Opening | None = getattr(vial, "opening", None)
    if opening is not None:
        lot = f", lot {opening.diluent_lot}" if opening.diluent_lot else ""
        mixed = f"{opening.get_diluent_display()}{lot}"
        what = f"Opened and diluted with {ml(opening.diluent_ml)}"
        yield Event(opening.opened_at, str(opening.by), what, mixed)
    for draw in vial.draws.select_related("by"):
        words = f"for treatment {draw.treatment_id}"
        yield Event(draw.at, str(draw.by), "Injected", words, float(draw.units))
    for hub in vial.hub_losses.select_related("by"):
        words = f"{hub.syringes} of {hub.per_syringe_ml} mL"
        yield Event(hub.at, str(hub.by), "Left in hubs", words, float(hub.units))


def _ends(vial: Vial) -> Iterator[Event]:
    for waste in vial.wastes.select_related("by", "witness"):
        seen = f", seen by {waste.witness}" if waste.witness else ""
        why = f"{waste.get_reason_display()}{seen}"
        yield Event(waste.at, str(waste.by), "Wasted", why, float(waste.units))
    for one in vial.measurements.select_related("by"):
        what = f"Measured: {amount(one.found_units)} U, {amount(one.booked_units)} U in the book"
        why = " – ".join(part for part in (one.get_reason_display(), one.words) if part)
        yield Event(one.at, str(one.by), what, why, float(one.short_units) or None)
    discard: Discard | None = getattr(vial, "discard", None)
    if discard is not None:
        seen = f", seen by {discard.witness}" if discard.witness else ""
        words = f" – {discard.words}" if discard.words else ""
        why = f"{discard.get_reason_display()}{seen}{words}"
        what = "Returned" if vial.state().returned else "Discarded"
        yield Event(discard.at, str(discard.by), what, why, float(discard.units))


def story(vial: Vial) -> list[Event]:
    """Every event of a vial in the order of time."""
    parts = (_arrival, _holds, _use, _ends)
    return sorted((event for part in parts for event in part(vial)), key=attrgetter("at"))


def vial_context(vial: Vial, *, now: datetime) -> dict[str, Any]:
    """Everything on the page of one vial, apart from its forms."""
    last = vial.placements.select_related("place").last()
    return {
        "vial": vial,
        "row": queries.vial_row(vial, now),
        "holds": list(vial.quarantines.filter(release__isnull=True).select_related("by")),
        "place": last.place if last else None,
        "events": story(vial),
        "balance": accounts.vial_balance(vial),
        "causes": accounts.causes(vial),
        "dilutions": queries.dilution_rows(vial),
        "findings": queries.dilution_warning(vial),
        "storage": queries.storage_words(vial),
        "draws": queries.draw_rows(vial),
    }
