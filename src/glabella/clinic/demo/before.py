"""Histories, assessments and consents of the demo, through the clinic's own actions."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from glabella import facts
from glabella.clinic.consent.actions import take_in_one
from glabella.clinic.consent.models import Consent, Copy, Scope, Signer
from glabella.clinic.consent.told import risks_of
from glabella.clinic.intake.actions import nothing_changed, screen, take_intake
from glabella.clinic.intake.answers import Answers, Confirmed, EarlierToxin, Said
from glabella.clinic.intake.models import Intake, Screening
from glabella.clinic.intake.questions import asked
from glabella.clinic.patients.measures import AREA_NAMES
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.prescribing.actions import assess_patient
from glabella.clinic.prescribing.models import Assessment, Decision, Mode

Yes = Mapping[str, str]
STANDS = timedelta(days=180)
FRESH = timedelta(days=25)
MOST_UNITS = {"dysport": Decimal(500)}
MOST_UNITS_ELSE = Decimal(200)


def answers(yes: Yes, *, earlier: tuple[EarlierToxin, ...] = (), wishes: str = "") -> Answers:
    """A whole history: yes to these with words, no to all others."""
    said = {
        code: Said(answer="yes", words=yes[code]) if code in yes else Said(answer="no")
        for code in asked()
    }
    return Answers(said=said, earlier=earlier, wishes=wishes)


def tell_history(
    patient: Patient, *, by: Member, at: datetime, yes: Yes, wishes: str = ""
) -> Intake:
    return take_intake(patient=patient, answers=answers(yes, wishes=wishes), by=by, at=at)


def screened(
    patient: Patient, *, by: Member, at: datetime, yes: Yes | None = None, wishes: str = ""
) -> Screening:
    """A history told and gone through: every answer stands."""
    yes = yes or {}
    intake = tell_history(patient, by=by, at=at, yes=yes, wishes=wishes)
    confirmed = [Confirmed(code=code, stands=True) for code in yes]
    return screen(intake=intake, confirmed=confirmed, by=by, at=at)


def assessed(patient: Patient, *, by: Member, at: datetime) -> Assessment:
    """Every area, and every product up to a good deal of it."""
    units = {code: MOST_UNITS.get(code, MOST_UNITS_ELSE) for code in facts.load().products}
    return assess_patient(
        patient=patient,
        mode=Mode.FACE_TO_FACE,
        identity="Known to the clinic",
        decision=Decision.SUITABLE,
        areas=list(AREA_NAMES),
        units=units,
        valid_until=timezone.localdate(at + STANDS),
        by=by,
        at=at,
    )


def scribble() -> str:
    """Strokes of a hand that signs."""
    wave = [
        (60 + step * 8, 170 + 70 * math.sin(step / 3) * math.cos(step / 17)) for step in range(110)
    ]
    return json.dumps([[[round(x, 1), round(y, 1)] for x, y in wave]])


def consented(patient: Patient, *, by: Member, at: datetime) -> Consent:
    """Everything talked through and signed by hand, for every area and product."""
    areas, products = list(AREA_NAMES), list(facts.load().products)
    told = {
        "areas": areas,
        "products": products,
        "discussed": [risk.code for risk in risks_of(areas)],
        "alternatives": True,
        "off_label": True,
        "copy": Copy.PRINTED,
        "photos": {
            Scope.RECORD.value: True,
            Scope.TEACHING.value: False,
            Scope.PUBLIC.value: False,
        },
    }
    signed = {"signer": Signer.PATIENT, "name": patient.name, "strokes": scribble()}
    return take_in_one(patient=patient, told=told, signed=signed, by=by, at=at)


def make_ready(
    patient: Patient,
    *,
    injector: Member,
    prescriber: Member,
    at: datetime,
    yes: Yes | None = None,
    wishes: str = "",
) -> None:
    """Screened, assessed and consented, so that only the chart is left to do."""
    screened(patient, by=injector, at=at, yes=yes, wishes=wishes)
    assessed(patient, by=prescriber, at=at)
    consented(patient, by=injector, at=at)


def ask_again(patient: Patient, *, since: datetime, by: Member, now: datetime) -> None:
    """A screening that has grown old is confirmed again."""
    if now - since > FRESH:
        nothing_changed(patient=patient, by=by, at=now - timedelta(hours=1))
