"""The fixed cast of the clinic's tests: who they are, what is in the cupboard, a chart to sign."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from glabella.clinic.credentials.actions import (
    enter_own_credential,
    grant_privileges,
    sign_order,
    verify_credential,
    wish_profile,
)
from glabella.clinic.credentials.models import (
    Credential,
    CredentialKind,
    NumberShown,
    Profile,
    StandingOrder,
)
from glabella.clinic.credentials.scopes import scopes
from glabella.clinic.demo.before import make_ready
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


def member(name: str, *roles: Role, clinic: str = "Test Clinic", in_order: bool = True) -> Member:
    """Somebody of the cast; an injector's licence, insurance and privileges are in order."""
    admitted = admit_member(
        username=name.lower(),
        display_name=name,
        roles=roles,
        password=PASSWORD,
        clinic=the_clinic(clinic),
        by=None,
    )
    if in_order and Role.INJECTOR in roles:
        put_in_order(admitted)
    return admitted


def vera(clinic: Clinic) -> Member:
    """Whoever verifies papers and grants privileges in a clinic of the tests."""
    name = f"vera-{clinic.slug}"
    known = Member.objects.filter(user__username=name).first()
    return known or admit_member(
        username=name,
        display_name="Vera",
        roles=[Role.SUPERVISOR],
        password=PASSWORD,
        clinic=clinic,
        by=None,
    )


def licence(**more: Any) -> dict[str, Any]:
    return {
        "kind": CredentialKind.LICENCE,
        "profession": "nurse",
        "jurisdiction": "TEST",
        "register": "other",
        "number": "TEST-0001",
        "until": timezone.localdate() + timedelta(days=400),
    } | more


def insurance(**more: Any) -> dict[str, Any]:
    return {
        "kind": CredentialKind.INSURANCE,
        "issuer": "Test Insurer",
        "number": "POLICY-1",
        "cover": "toxin, 1 million a claim",
        "until": timezone.localdate() + timedelta(days=300),
    } | more


def paper(holder: Member, about: dict[str, Any], *, verified: bool = True) -> Credential:
    """Something that a member holds, entered by themself and verified by Vera."""
    entered = enter_own_credential(by=holder, **about)
    if not verified:
        return entered
    return verify_credential(credential=entered, how="Saw the original", by=vera(holder.clinic))


def put_in_order(injector: Member) -> None:
    paper(injector, licence())
    paper(injector, insurance())
    long_ago = timezone.localdate() - timedelta(days=4000)
    grant_privileges(
        member=injector, areas=list(scopes()), since=long_ago, by=vera(injector.clinic)
    )


def a_png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(out, "PNG")
    return out.getvalue()


def an_order(prescriber: Member, **more: Any) -> StandingOrder:
    """A standing order for the glabella with Botox Cosmetic, up to 24 U."""
    about = {
        "title": "Test order",
        "areas": ["glabella"],
        "product": "botox-cosmetic",
        "max_units": Decimal(24),
        "min_age": 18,
        "conditions": "Screening is clear.",
        "until": timezone.localdate() + timedelta(days=200),
    }
    return sign_order(by=prescriber, **about | more)


def a_page(injector: Member, **more: Any) -> Profile:
    """An injector's page for patients, wished and not yet agreed."""
    about = {"words": "", "number_shown": NumberShown.WHOLE, "indexed": False, "wished": True}
    return wish_profile(by=injector, **about | more)


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
def pete(db: None) -> Member:
    known = Member.objects.filter(user__username="pete").first()
    return known or member("Pete", Role.PRESCRIBER)


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
    patient = add_patient(about=about(), measures=measures(), by=alice, at=at)
    return in_order(patient, alice)


def in_order(patient: Patient, by: Member, *, at: datetime | None = None) -> Patient:
    """A patient who is screened, assessed and has consented; only the chart is left to do."""
    at = at or timezone.now() - timedelta(hours=2)
    known = Member.objects.filter(user__username="pete").first()
    pete = known or member("Pete", Role.PRESCRIBER, clinic=by.clinic.name)
    make_ready(
        patient, injector=by, prescriber=pete, at=at, yes=dict.fromkeys(patient.conditions, "")
    )
    return patient


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


@pytest.fixture
def nina(db: None) -> Member:
    """An injector on her first day: nothing is on file."""
    return member("Nina", Role.INJECTOR, in_order=False)


def grant(person: Member, *areas: str, **more: Any) -> None:
    grant_privileges(member=person, areas=areas, by=vera(person.clinic), **more)
