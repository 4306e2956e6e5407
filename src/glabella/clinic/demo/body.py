"""The demo's sessions outside the face: migraine treated and read again, a child's arm begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from glabella.clinic.body.actions import read_scale, start_session
from glabella.clinic.body.queries import LayInput, laid_points
from glabella.clinic.demo.before import make_ready
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.stock.actions import discard_vial, open_vial, receive_vial
from glabella.clinic.stock.models import DiscardReason, Vial
from glabella.clinic.treatments.actions import save_draft, sign_treatment
from glabella.clinic.treatments.body_session import SheetInput
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.planning import assess
from glabella.clinic.treatments.points import PointInput
from glabella.clinic.treatments.record import stored_points
from glabella.clinic.treatments.rules import may_override
from glabella.face import Side

MIGRAINE, CHILD = "chronic-migraine", "upper-limb-spasticity-child"
LAST_SESSION = timedelta(days=86)
READ_AFTER = timedelta(days=56)


def vial(
    lot: str, units: int, diluent_ml: str, *, cast: dict[str, Member], opened: datetime
) -> Vial:
    """A vial of Botox, received before and opened then."""
    stocked = receive_vial(
        product="botox",
        lot=lot,
        expiry=timezone.localdate(opened + timedelta(days=400)),
        vial_units=Decimal(units),
        supplier="Demo Supplier",
        by=cast["assistant"],
        at=opened - timedelta(days=9),
    )
    open_vial(vial=stocked, diluent_ml=Decimal(diluent_ml), by=cast["injector"], at=opened)
    return stocked


def person(
    family_name: str, born: date, measures: dict[str, Any], by: Member, at: datetime
) -> Patient:
    about = {"given_name": "Demo Patient", "family_name": family_name, "date_of_birth": born}
    about |= {"sex": "female", "conditions": []}
    return add_patient(about=about, measures=measures, by=by, at=at)


def chart(
    draft: Treatment, wanted: LayInput, sheet: SheetInput, *, by: Member, at: datetime
) -> Sequence[object]:
    """Lay a protocol on a draft, as the page does."""
    points = [
        PointInput(**{"key": f"p{number}", **point})  # type: ignore[arg-type]
        for number, point in enumerate(laid_points(draft, wanted), start=1)
    ]
    return save_draft(
        treatment=draft, points=points, sheet=sheet, version=draft.version, by=by, at=at
    )


def tell(cast: dict[str, Member], measures: dict[str, Any], now: datetime) -> None:
    by, then, today = cast["injector"], now - LAST_SESSION, timezone.localdate(now)
    adult = person(
        "Seventeen", date(today.year - 47, 1, 15), measures, by=by, at=then - timedelta(days=1)
    )
    for at in (then - timedelta(hours=2), now - timedelta(hours=2)):
        make_ready(adult, injector=by, prescriber=cast["prescriber"], at=at)
    used = vial("DEMO-T690", 200, "4", cast=cast, opened=then - timedelta(minutes=20))
    draft = start_session(patient=adult, indication=MIGRAINE, by=by, at=then)
    chart(draft, LayInput(vial=used.pk), SheetInput(scale_before=66), by=by, at=then)
    found = assess(draft, stored_points(draft), now=then).findings
    reasons = {one.code: "Demo record: judged acceptable." for one in found if may_override(one)}
    signed = sign_treatment(treatment=draft, by=by, overrides=reasons, at=then)
    rest = then + timedelta(hours=1)
    discard_vial(vial=used, reason=DiscardReason.REMAINDER, by=by, at=rest)
    read_at = then + READ_AFTER
    read_scale(
        treatment=signed, value=Decimal(58), date=timezone.localdate(read_at),
        note="Fewer days with headache.", by=cast["supervisor"], at=read_at,
    )  # fmt: skip
    opened = now - timedelta(hours=1)
    vial("DEMO-T701", 200, "4", cast=cast, opened=opened)
    weak = vial("DEMO-T702", 100, "2", cast=cast, opened=opened)
    child = person(
        "Eighteen", date(today.year - 7, 1, 15), measures, by=by, at=now - timedelta(days=1)
    )
    begun = start_session(patient=child, indication=CHILD, by=by, at=opened)
    wanted = LayInput(
        vial=weak.pk, targets=("biceps", "brachialis"), sides=(Side.RIGHT,), weight_kg=22
    )
    sheet = SheetInput(weight_kg=22, guidance="ultrasound", scale_before=3)
    chart(begun, wanted, sheet, by=by, at=opened)
