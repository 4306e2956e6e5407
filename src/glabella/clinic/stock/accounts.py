"""Where the units of the clinic's vials went, and which vials are open to question."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import (
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from glabella import facts
from glabella.clinic.stock.balance import Balance, Circumstances, likely_causes
from glabella.clinic.stock.models import (
    DifferenceReason,
    Discard,
    DiscardReason,
    Draw,
    HubLoss,
    Measurement,
    Opening,
    Vial,
    Waste,
)
from glabella.clinic.stock.queries import vials
from glabella.clinic.stock.rules import EXACT

NOT_EXPLAINED = (
    "Nothing in the record explains it. Ask who had the vial in hand, and look at the syringes "
    "that were thrown away."
)
UNITS = DecimalField(max_digits=8, decimal_places=2)


def _summed(model: type[Model], field: str) -> Coalesce:
    rows = model._default_manager.filter(vial=OuterRef("pk")).order_by().values("vial")
    total = Subquery(rows.annotate(total=Sum(field)).values("total"), output_field=UNITS)
    return Coalesce(total, Decimal(0), output_field=UNITS)


def accounted(chosen: QuerySet[Vial]) -> QuerySet[Vial]:
    """The vials with what left them, by each way, summed in the database."""
    told = Measurement.objects.filter(vial=OuterRef("pk")).exclude(reason=DifferenceReason.NONE)
    latest = told.order_by("-at", "-id")
    return chosen.annotate(
        drawn=_summed(Draw, "units"),
        wasted=_summed(Waste, "units"),
        in_hubs=_summed(HubLoss, "units"),
        short=_summed(Measurement, "short_units"),
        thrown=_summed(Discard, "units"),
        difference=Subquery(latest.values("reason")[:1]),
    )


def balance_of(vial: Vial) -> Balance:
    """The balance of a vial that `accounted` gave."""
    opening: Opening | None = getattr(vial, "opening", None)
    left = {name: float(getattr(vial, name)) for name in ("drawn", "wasted", "in_hubs", "short")}
    return Balance(
        received=float(vial.vial_units),
        drawn=left["drawn"],
        wasted=left["wasted"],
        hub=left["in_hubs"],
        discarded=float(vial.thrown),  # type: ignore[attr-defined]
        missing=left["short"],
        remaining=float(vial.remaining_units),
        diluent_ml=float(opening.diluent_ml) if opening else None,
    )


def vial_balance(vial: Vial) -> Balance:
    return balance_of(accounted(vials(vial.clinic_id)).get(pk=vial.pk))


def unbalanced(clinic: int) -> list[int]:
    """Vials that do not add up, or of which a count found what nobody has explained."""
    gone = F("drawn") + F("wasted") + F("in_hubs") + F("short") + F("thrown")
    gap = ExpressionWrapper(F("vial_units") - gone - F("remaining_units"), output_field=UNITS)
    known = accounted(vials(clinic)).annotate(gap=gap)
    unclear = Q(gap__gt=EXACT) | Q(gap__lt=-EXACT) | Q(difference=DifferenceReason.NOT_KNOWN)
    return list(known.filter(unclear).values_list("pk", flat=True))


def _drafts(vial: Vial) -> list[tuple[str, float]]:
    held = vial.points.filter(treatment__state="draft").values(
        "treatment__injector__display_name", "treatment__date"
    )
    named = (
        (row["treatment__injector__display_name"], row["treatment__date"], row["units"])
        for row in held.annotate(units=Sum("units")).order_by("treatment__date")
    )
    return [(f"The draft of {name} of {on:%d %b %Y}", float(units)) for name, on, units in named]


def _twins(vial: Vial) -> list[tuple[str, float]]:
    unclear = Measurement.objects.filter(
        vial__clinic=vial.clinic_id,
        vial__product=vial.product,
        reason=DifferenceReason.NOT_KNOWN,
    ).exclude(vial=vial)
    return [
        (f"Vial {one.vial.number}, lot {one.vial.lot}", one.missing)
        for one in unclear.select_related("vial").order_by("-at")[:10]
    ]


def _known_diluents(vial: Vial) -> list[float]:
    """Volumes that somebody may have taken by mistake: those of the facts and of the clinic."""
    named = {row.diluent_ml.value for row in facts.load().products[vial.product].dilutions}
    own = Opening.objects.filter(vial__clinic=vial.clinic_id, vial__product=vial.product)
    return sorted(named | {float(one) for one in own.values_list("diluent_ml", flat=True)})


def circumstances(vial: Vial) -> Circumstances | None:
    """What is known around a vial whose units are in question; None when none are."""
    held = vial_balance(vial)
    measured = vial.measurements.exclude(reason=DifferenceReason.NONE).last()
    if measured is not None and measured.reason != DifferenceReason.NOT_KNOWN:
        measured = None
    if held.holds and measured is None:
        return None
    missing = measured.missing if measured else held.gap
    discard = getattr(vial, "discard", None)
    remainder = discard is not None and discard.reason == DiscardReason.REMAINDER
    return Circumstances(
        balance=held,
        missing=missing,
        draws=vial.draws.count(),
        syringes=vial.hub_losses.aggregate(n=Sum("syringes"))["n"] or 0,
        booked_ml=held.ml(float(measured.booked_units)) if measured else None,
        found_ml=float(measured.found_ml) if measured and measured.found_ml is not None else None,
        known_diluent_ml=_known_diluents(vial),
        drafts=_drafts(vial),
        twins=_twins(vial),
        unmeasured=remainder and measured is None,
    )


def causes(vial: Vial) -> list[str]:
    told = circumstances(vial)
    if told is None:
        return []
    return likely_causes(told) or [NOT_EXPLAINED]


def moved_on(clinic: int, *, since: datetime, until: datetime) -> QuerySet[Vial]:
    """Vials of which something was opened, drawn, wasted, measured or thrown away in a span."""
    span = {"at__gte": since, "at__lt": until}
    touched = Q(opening__opened_at__gte=since, opening__opened_at__lt=until)
    for kind in (Draw, Waste, HubLoss, Measurement, Discard):
        touched |= Q(Exists(kind._default_manager.filter(vial=OuterRef("pk"), **span)))
    return accounted(vials(clinic)).filter(touched)
