"""Builds the demo clinic through the clinic's own actions, so that it holds what they hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from glabella.clinic.demo import before, body, cosigning, data, safety, stock, team
from glabella.clinic.demo.cast import (
    CLINIC,
    LOGINS,
    PASSWORD,
    PATIENTS,
    VIALS,
    DemoPatient,
    DemoTreatment,
    DemoVial,
)
from glabella.clinic.demo.follow_up import tell_follow_up
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.measures import BROW_FIELDS, GRADE_FIELDS
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.actions import admit_member, open_clinic
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.stock.actions import discard_vial, open_vial, receive_vial
from glabella.clinic.stock.models import DiscardReason, Vial
from glabella.clinic.treatments.actions import save_draft, sign_treatment, start_treatment
from glabella.clinic.treatments.charting import stamped_points
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.planning import assess
from glabella.clinic.treatments.points import PointInput
from glabella.clinic.treatments.record import stored_points
from glabella.clinic.treatments.rules import may_override

Cast = dict[str, Member]
Cupboard = dict[str, Vial]
GIVEN_NAME = "Demo Patient"
EMPTY_MEASURES: dict[str, Any] = dict.fromkeys((*GRADE_FIELDS, *BROW_FIELDS)) | {
    "interpupillary_mm": None,
    "forehead_height_mm": None,
    "c_line_fraction": None,
    "bulk": "average",
    "frontalis": "full",
}


def exact(measures: dict[str, Any]) -> dict[str, Any]:
    return {
        name: Decimal(value) if name.endswith("_mm") and value is not None else value
        for name, value in measures.items()
    }


def admit_all() -> Cast:
    clinic = Clinic.objects.filter(name=CLINIC).first()
    clinic = clinic or open_clinic(
        name=CLINIC,
        shared_vials=True,
        # A number that is kept for stories and rings nowhere.
        phone="01632 960001",
        urgent_words="call 111, or 999 in an emergency",
    )
    cast: Cast = {}
    for login in LOGINS:
        member = Member.objects.filter(user__username=login.username).first()
        cast[login.role] = member or admit_member(
            username=login.username,
            display_name=login.display_name,
            roles=[login.role],
            password=PASSWORD,
            clinic=clinic,
            by=None,
        )
    return cast


def stock_one(vial: DemoVial, cast: Cast, now: datetime) -> Vial:
    """Receive and open a vial as its story says."""
    stocked = receive_vial(
        product=vial.product,
        lot=vial.lot,
        expiry=timezone.localdate(now + vial.expires_in),
        vial_units=Decimal(vial.units),
        supplier="Demo Supplier",
        by=cast["assistant"],
        at=now - vial.received_ago,
    )
    if vial.opened_ago is not None:
        open_vial(
            vial=stocked,
            diluent_ml=Decimal(vial.diluent_ml),
            by=cast["injector"],
            at=now - vial.opened_ago,
        )
    return stocked


def birthday(age_years: int, today: date) -> date:
    return date(today.year - age_years, 1, 15)


def add_one(patient: DemoPatient, cast: Cast, now: datetime) -> Patient:
    about = {
        "given_name": GIVEN_NAME,
        "family_name": patient.family_name,
        "date_of_birth": birthday(patient.age_years, timezone.localdate(now)),
        "sex": patient.sex,
        "conditions": [],
    }
    since = max((one.ago for one in patient.treatments), default=timedelta(days=1))
    at, by = now - since - timedelta(hours=1), cast["injector"]
    measures = exact(EMPTY_MEASURES | patient.measures)
    added = add_patient(about=about | patient.about, measures=measures, by=by, at=at)
    if patient.ready:
        prescriber, yes = cast["prescriber"], patient.history
        before.make_ready(added, injector=by, prescriber=prescriber, at=at, yes=yes)
        before.ask_again(added, since=at, by=by, now=now)
    else:
        before.screened(added, by=by, at=at, yes=patient.history)
    return added


def chart(
    patient: Patient,
    vial: Vial,
    protocols: tuple[tuple[str, float | None], ...],
    cast: Cast,
    at: datetime,
) -> Treatment:
    """Start a draft and stamp the protocols on it."""
    draft = start_treatment(patient=patient, by=cast["injector"], at=at)
    stamped = [
        point
        for protocol, units in protocols
        for point in stamped_points(draft, protocol=protocol, vial_id=vial.pk, units=units)
    ]
    points = [
        PointInput(**{"key": f"p{number}", **point})  # type: ignore[arg-type]
        for number, point in enumerate(stamped, start=1)
    ]
    save_draft(treatment=draft, points=points, version=draft.version, by=cast["injector"], at=at)
    return draft


def stops(draft: Treatment, at: datetime) -> set[str]:
    """The stops of a draft that somebody may sign past."""
    found = assess(draft, stored_points(draft), now=at).findings
    return {finding.code for finding in found if may_override(finding)}


def treat(
    patient: Patient, told: DemoTreatment, cast: Cast, cupboard: Cupboard, now: datetime
) -> None:
    at = now - told.ago
    draft = chart(patient, cupboard[told.vial], told.protocols, cast, at)
    reasons = dict.fromkeys(stops(draft, at), "Demo record: judged acceptable.")
    signed = sign_treatment(treatment=draft, by=cast["injector"], overrides=reasons, at=at)
    # What is left in a vial at the end of its day goes in the bin.
    discard_vial(
        vial=cupboard[told.vial],
        reason=DiscardReason.REMAINDER,
        by=cast["injector"],
        at=at + timedelta(hours=1),
    )
    if told.review_after is not None:
        seen_at = at + timedelta(days=told.review_after)
        sign_review(
            treatment=signed,
            date=timezone.localdate(seen_at),
            seen=exact(told.seen),
            note=told.note,
            by=cast["supervisor"],
            at=seen_at,
        )


def treat_glabella(patient: Patient, vial: Vial, cast: Cast, at: datetime) -> Treatment:
    draft = chart(patient, vial, (("glabella", None),), cast, at)
    reasons = dict.fromkeys(stops(draft, at), "Demo record: judged acceptable.")
    signed = sign_treatment(treatment=draft, by=cast["injector"], overrides=reasons, at=at)
    discard_vial(
        vial=vial,
        reason=DiscardReason.REMAINDER,
        by=cast["injector"],
        at=at + timedelta(hours=1),
    )
    return signed


def draw_down(vial: Vial, cast: Cast, now: datetime) -> None:
    """Leave few units in a vial, by a treatment that took most of it."""
    patient = add_one(
        DemoPatient("Eight", "female", 36, {"glabella_maximum": 3, "glabella_rest": 1}),
        cast,
        now,
    )
    draft = chart(patient, vial, (("glabella", 44),), cast, now)
    reasons = dict.fromkeys(stops(draft, now), "Demo record: judged acceptable.")
    sign_treatment(treatment=draft, by=cast["injector"], overrides=reasons, at=now)


@transaction.atomic
def tell(now: datetime) -> bool:
    """Build the whole demo clinic, or nothing; False when it is there already."""
    if Patient.objects.filter(given_name=GIVEN_NAME).exists():
        return False
    cast = admit_all()
    team.tell(cast, now)
    cupboard = {vial.key: stock_one(vial, cast, now) for vial in VIALS}
    for patient in PATIENTS:
        added = add_one(patient, cast, now)
        for treatment in patient.treatments:
            treat(added, treatment, cast, cupboard, now)
    draw_down(cupboard["low"], cast, now - timedelta(hours=2))
    cosigning.tell(cast, now)
    data.tell(cast, now)
    safety.tell(cast, now)
    body.tell(cast, exact(EMPTY_MEASURES), now)

    def treats(told: DemoPatient | Patient, vial: DemoVial, at: datetime) -> Treatment:
        added = told if isinstance(told, Patient) else add_one(told, cast, at)
        return treat_glabella(added, stock_one(vial, cast, now), cast, at)

    tell_follow_up(cast, now, treats)
    stock.tell(cast, now)
    return True
