"""The fixed cast of the clinic's tests: who they are, what is in the cupboard, a chart to sign."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from glabella.clinic.demo.story import EMPTY_MEASURES
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.actions import admit_member, open_clinic
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.stock.actions import open_vial, receive_vial
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.actions import save_draft, sign_treatment, start_treatment
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.points import PointInput

PASSWORD = "a-long-test-password"
WHY = "Told the patient, who wishes it."


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    """Real password hashing is slow by design, and each test admits its cast anew."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def today() -> date:
    return timezone.localdate()


def the_clinic(name: str = "Test Clinic") -> Clinic:
    """The clinic of the tests, or another one by its name."""
    known = Clinic.objects.filter(name=name).first()
    return known or open_clinic(name=name, shared_vials=True)


def member(name: str, *roles: Role, clinic: str = "Test Clinic") -> Member:
    return admit_member(
        username=name.lower(),
        display_name=name,
        roles=roles,
        password=PASSWORD,
        clinic=the_clinic(clinic),
        by=None,
    )


@pytest.fixture
def alice(db: None) -> Member:
    return member("Alice", Role.INJECTOR)


@pytest.fixture
def ann(db: None) -> Member:
    """A second injector."""
    return member("Ann", Role.INJECTOR)


@pytest.fixture
def bob(db: None) -> Member:
    return member("Bob", Role.SUPERVISOR)


@pytest.fixture
def carol(db: None) -> Member:
    return member("Carol", Role.ASSISTANT)


@pytest.fixture
def olga(db: None) -> Member:
    return member("Olga", Role.OWNER)


def about(given_name: str = "Dan", **more: Any) -> dict[str, Any]:
    return {
        "given_name": given_name,
        "family_name": "Test Patient",
        "date_of_birth": date(1984, 5, 1),
        "sex": "female",
        "conditions": [],
    } | more


def measures(**more: Any) -> dict[str, Any]:
    return EMPTY_MEASURES | {"glabella_maximum": 3, "glabella_rest": 1} | more


@pytest.fixture
def dan(alice: Member) -> Patient:
    at = timezone.now() - timedelta(days=400)
    return add_patient(about=about(), measures=measures(), by=alice, at=at)


def stock_vial(
    by: Member, *, opened_by: Member | None = None, at: datetime | None = None, **more: Any
) -> Vial:
    """A vial in the cupboard; open and diluted to 4 U in 0.1 mL when somebody opens it."""
    at = at or timezone.now() - timedelta(hours=1)
    carton = {
        "product": "botox-cosmetic",
        "lot": "LOT-7",
        "expiry": timezone.localdate() + timedelta(days=300),
        "vial_units": Decimal(100),
    } | more
    vial = receive_vial(by=by, at=at, **carton)
    if opened_by is not None:
        diluent = Decimal(str(float(carton["vial_units"]) / 40))
        open_vial(vial=vial, diluent_ml=diluent, by=opened_by, at=at)
    return vial


@pytest.fixture
def vial(carol: Member, alice: Member) -> Vial:
    return stock_vial(carol, opened_by=alice)


def point(held: Vial, **more: Any) -> dict[str, Any]:
    """The procerus point, 4 U, unless told otherwise."""
    return {
        "key": "p1",
        "area": "glabella",
        "site": "procerus",
        "x_mm": 0.0,
        "y_mm": 9.0,
        "side": "midline",
        "depth": "muscle",
        "units": 4.0,
        "vial": held.pk,
    } | more


def glabella(vial: Vial, units: float = 4.0) -> list[dict[str, Any]]:
    """Five points of the glabella."""
    places = [(0.0, 9.0, "midline")]
    places += [(x, y, side) for x, y in ((12.0, 18.0), (24.0, 26.0)) for side in ("left", "right")]
    return [
        point(vial, key=f"p{number}", site="", x_mm=x, y_mm=y, side=side, units=units)
        for number, (x, y, side) in enumerate(places, start=1)
    ]


def charted(
    patient: Patient,
    vial: Vial,
    by: Member,
    *,
    units: float = 4.0,
    at: datetime | None = None,
) -> Treatment:
    """A draft with five points in the glabella."""
    draft = start_treatment(patient=patient, by=by, at=at)
    points = [PointInput(**one) for one in glabella(vial, units)]
    save_draft(treatment=draft, points=points, version=draft.version, by=by, at=at)
    return draft


def signed_days_ago(patient: Patient, by: Member, carol: Member, days: int) -> Treatment:
    at = timezone.now() - timedelta(days=days)
    vial = stock_vial(carol, opened_by=by, at=at - timedelta(hours=1), lot=f"LOT-{days}-DAYS")
    draft = charted(patient, vial, by, at=at)
    return sign_treatment(treatment=draft, by=by, overrides=AnyReason(), at=at)


class AnyReason(dict[str, str]):
    """A reason for every stop that asks for one."""

    def get(self, key: str, default: Any = None) -> Any:
        return WHY

    def __getitem__(self, key: str) -> str:
        return WHY


@pytest.fixture
def draft(dan: Patient, vial: Vial, alice: Member) -> Treatment:
    return charted(dan, vial, alice)


@pytest.fixture
def signed(draft: Treatment, alice: Member) -> Treatment:
    return sign_treatment(treatment=draft, by=alice, overrides=AnyReason())


SignedIn = Callable[[Member], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    def client_of(person: Member) -> Client:
        client = Client()
        client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        record = {"method": "password", "at": time.time()}
        session["account_authentication_methods"] = [record]
        session["account_authentication_methods_user"] = str(person.user.pk)
        session.save()
        return client

    return client_of


def post_json(client: Client, url: str, body: object) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(url, text, content_type="application/json")
