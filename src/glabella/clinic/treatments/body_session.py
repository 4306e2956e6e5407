"""A session outside the face: its points, what the rules are asked, what is kept."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, cast

import msgspec
from django.db.models import Sum

from glabella import facts
from glabella.clinic.patients.models import Patient
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.models import ChartPoint, State, Treatment
from glabella.clinic.treatments.points import Placed, PointInput, check_units
from glabella.clinic.treatments.rules import PointRefused
from glabella.errors import UserError
from glabella.face import Side
from glabella.facts.body import Guidance
from glabella.plan.body.limits import check
from glabella.plan.body.session import (
    BodyInjection,
    BodyPatient,
    BodySession,
    Given,
    indication_of,
)
from glabella.plan.finding import Finding
from glabella.plan.plan import Elsewhere


class SheetInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is recorded of a body session beside its points."""

    weight_kg: Annotated[float, msgspec.Meta(gt=0, le=400)] | None = None
    guidance: Guidance | None = None
    scale_before: Annotated[float, msgspec.Meta(ge=-1000, le=10000)] | None = None

    def fields(self) -> dict[str, Any]:
        """The same as the draft keeps it."""
        return {
            "weight_kg": _exact(self.weight_kg),
            "guidance": self.guidance or "",
            "scale_before": _exact(self.scale_before),
        }


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in place of a forecast: that there is none, and what the rules found."""

    no_forecast: str
    findings: tuple[Finding, ...]


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 2)))


def check_point(
    indication_id: str, point: PointInput, number: int, vials: dict[int, Vial]
) -> Placed:
    """The point as the record keeps it; raises PointRefused with the point's key."""
    vial = vials.get(point.vial)
    if vial is None:
        raise PointRefused("This vial is not in stock. Choose another.", key=point.key)
    check_units(point, vial)
    known, indication = facts.load().body_maps, indication_of(indication_id)
    target = known.targets.get(point.target)
    if target is None or target.map not in indication.maps:
        raise PointRefused(
            f"This place does not belong to {indication.name}. Choose one of its pictures.",
            key=point.key,
        )
    left, top, width, height = known.maps[target.map].box
    inside = 0 <= point.x_mm <= left + width and -top - height <= point.y_mm <= -top
    if not (math.isfinite(point.x_mm) and math.isfinite(point.y_mm) and inside):
        raise PointRefused("This point lies off the picture.", key=point.key)
    side = Side(point.side)
    if target.paired and side is Side.MIDLINE:
        raise PointRefused(f"{target.name} is on both sides: say left or right.", key=point.key)
    return Placed(
        key=point.key,
        number=number,
        area="",
        site="",
        x_mm=round(point.x_mm, 2),
        y_mm=round(point.y_mm, 2),
        side=side,
        depth=point.depth,
        units=round(point.units, 2),
        vial=vial,
        target=point.target,
    )


def given_before(patient: Patient, *, on: date, without: Treatment | None) -> Iterable[Given]:
    """Units of each signed treatment up to a day, by product; face and body alike."""
    rows = (
        ChartPoint.objects.filter(
            treatment__patient=patient, treatment__state=State.SIGNED, treatment__date__lte=on
        )
        .exclude(treatment=without)
        .values("treatment_id", "treatment__date", "treatment__indication", "vial__product")
        .annotate(units=Sum("units"))
        .order_by("treatment__date", "treatment_id", "vial__product")
    )
    for row in rows:
        yield Given(
            date=row["treatment__date"],
            product=row["vial__product"],
            units=float(row["units"]),
            indication=row["treatment__indication"],
        )


def elsewhere(treatment: Treatment) -> tuple[Elsewhere, ...]:
    """What was given outside the face before a treatment of the face: limits count it."""
    return tuple(
        Elsewhere(
            date=one.date,
            product=one.product,
            units=one.units,
            what=indication_of(one.indication).name,
        )
        for one in given_before(treatment.patient, on=treatment.date, without=treatment)
        if one.indication
    )


def patient_of(treatment: Treatment) -> BodyPatient:
    patient, weight = treatment.patient, treatment.weight_kg
    known = facts.load().conditions
    return BodyPatient(
        age_years=patient.age_years(treatment.date),
        weight_kg=None if weight is None else float(weight),
        conditions=tuple(code for code in patient.conditions if code in known),
    )


def _dilution(points: Sequence[Placed]) -> tuple[float | None, float | None]:
    """Vial and diluent where all vials of the session are alike."""
    mixes = {
        (float(point.vial.vial_units), float(point.vial.opening.diluent_ml))
        for point in points
        if hasattr(point.vial, "opening")
    }
    return mixes.pop() if len(mixes) == 1 else (None, None)


def think(
    treatment: Treatment, points: Sequence[Placed]
) -> tuple[BodySession | None, tuple[Finding, ...], str]:
    """The session as the rules take it, what they find, and why there is none if there is none."""
    products = dict.fromkeys(point.product for point in points)
    if len(products) != 1:
        named = " and ".join(facts.product(one).name for one in products)
        return None, (), f"A session has one product; this one has {named}. Chart them apart."
    vial_units, diluent_ml = _dilution(points)
    scale = treatment.scale_before
    try:
        session = BodySession(
            patient=patient_of(treatment),
            indication=treatment.indication,
            product=next(iter(products)),
            date=treatment.date,
            injections=tuple(_injection(point) for point in points),
            vial_units=vial_units,
            diluent_ml=diluent_ml,
            guidance=cast("Guidance | None", treatment.guidance or None),
            scale_before=None if scale is None else float(scale),
            earlier=tuple(given_before(treatment.patient, on=treatment.date, without=treatment)),
        )
    except UserError as error:
        return None, (), str(error)
    return session, check(session), ""


def _injection(point: Placed) -> BodyInjection:
    return BodyInjection(
        target=point.target,
        side=point.side,
        units=point.units,
        volume_ml=point.volume_ml,
        depth=point.depth,
    )


def kept(session: BodySession, findings: tuple[Finding, ...]) -> tuple[str, str, str]:
    """Session, judgement and digest of the facts as text, as they are signed."""
    told = next((one.message for one in findings if one.code == "no-forecast"), "No forecast.")
    judgement = Judgement(no_forecast=told, findings=findings)
    encoded = (msgspec.json.encode(one).decode() for one in (session, judgement))
    return next(encoded), next(encoded), facts.load().digest


def stored_judgement(treatment: Treatment) -> Judgement | None:
    try:
        return msgspec.json.decode(treatment.forecast_json, type=Judgement)
    except msgspec.ValidationError:
        # Signed under an older shape: the text stays with the record.
        return None
