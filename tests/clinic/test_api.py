"""The API: whom it lets in, what it tells and takes, and what every address promises."""

from __future__ import annotations

import html
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from glabella.clinic.api.actions import make_token, revoke_token
from glabella.clinic.api.models import ApiToken
from glabella.clinic.api.rules import OFFERED, TokenRefused
from glabella.clinic.audit.models import AuditEvent, Viewing
from glabella.clinic.patients.models import MeasureSet, Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Permission, Role
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.stock.models import Vial
from glabella.clinic.tasks.models import Task
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import SignedIn, member, signed_days_ago
from tests.clinic.doors import enter

API = "/api/v1"
PLAN = {
    "title": "First visit",
    "patient": {"sex": "female", "age_years": 42, "lines": {"glabella": {"maximum": 3}}},
    "treatments": [
        {"date": "2026-01-20", "product": "botox-cosmetic", "protocol": "glabella", "units": 20}
    ],
}


class Program:
    """A program with a token, as `curl` would call."""

    def __init__(self, person: Member, *scopes: Permission, days: int = 30) -> None:
        names = [one.name for one in scopes or OFFERED if person.may(one)]
        self.token, secret = make_token(name="Test", scopes=names, days=days, by=person)
        self.secret, self.client = secret, Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(API + path, query)

    def send(self, method: str, path: str, body: object) -> Any:
        text = body if isinstance(body, str) else json.dumps(body)
        return self.client.generic(method, API + path, text, content_type="application/json")

    def post(self, path: str, body: object) -> Any:
        return self.send("POST", path, body)


@pytest.fixture
def program(alice: Member) -> Program:
    return Program(alice)


def test_a_token_opens_what_its_member_may(program: Program, alice: Member) -> None:
    told = program.get("/me").json()
    assert told["name"] == "Alice"
    assert told["clinic"] == alice.clinic.name
    assert "CHART" in told["may"]


def test_without_a_token_or_session_one_is_told_how_to_get_in(db: None) -> None:
    answer = Client().get(f"{API}/me")
    assert answer.status_code == 401
    assert "Authorization: Bearer" in answer.json()["error"]
    assert Client().post(f"{API}/tasks", {}, content_type="application/json").status_code == 401


@pytest.mark.parametrize("wrong", ["Bearer glb_wrong", "Bearer ", "Basic abc", "Bearer \x00é"])
def test_a_wrong_token_opens_nothing(db: None, wrong: str) -> None:
    answer = Client(headers={"Authorization": wrong}).get(f"{API}/me")
    assert answer.status_code == 401


def test_only_a_digest_of_the_token_is_kept(program: Program) -> None:
    kept = ApiToken.objects.values().get()
    assert program.secret not in str(kept)
    assert program.secret not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


def test_a_token_does_no_more_than_its_scopes(alice: Member, dan: Patient) -> None:
    narrow = Program(alice, Permission.SEE_STOCK)
    assert narrow.get("/vials").status_code == 200
    refused = narrow.get(f"/patients/{dan.pk}")
    assert refused.status_code == 403
    assert "This token may not see patients" in refused.json()["error"]


def test_a_token_loses_what_its_member_loses(alice: Member, program: Program) -> None:
    alice.roles = [Role.AUDITOR.value]
    alice.save()
    assert program.get("/patients").status_code == 200
    refused = program.get("/tasks")
    assert refused.status_code == 403
    assert "may not work the tasks" in refused.json()["error"]


def test_nobody_gives_a_token_what_they_may_not(olga: Member) -> None:
    auditor = member("Audit", Role.AUDITOR)
    with pytest.raises(TokenRefused, match="EDIT_PATIENTS"):
        make_token(name="x", scopes=["SEE_PATIENTS", "EDIT_PATIENTS"], days=1, by=auditor)
    with pytest.raises(TokenRefused, match="ERASE_PATIENTS"):
        make_token(name="x", scopes=["ERASE_PATIENTS"], days=1, by=olga)
    with pytest.raises(TokenRefused, match="nothing"):
        make_token(name="x", scopes=[], days=1, by=olga)


@pytest.mark.parametrize("days", [0, 367])
def test_a_token_ends_within_a_year(alice: Member, days: int) -> None:
    with pytest.raises(TokenRefused, match="366"):
        make_token(name="x", scopes=["SEE_TODAY"], days=days, by=alice)


def test_a_token_that_is_over_revoked_or_of_a_closed_account_opens_nothing(
    alice: Member, program: Program
) -> None:
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "ended on" in program.get("/me").json()["error"]
    ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert program.get("/me").status_code == 200
    alice.user.is_active = False
    alice.user.save()
    assert "closed" in program.get("/me").json()["error"]
    alice.user.is_active = True
    alice.user.save()
    revoke_token(token=program.token, by=alice)
    refused = program.get("/me")
    assert (refused.status_code, "revoked" in refused.json()["error"]) == (401, True)


def test_the_owner_revokes_anybodys_token_and_others_only_their_own(
    program: Program, ann: Member, olga: Member
) -> None:
    with pytest.raises(NotAllowed):
        revoke_token(token=program.token, by=ann)
    revoke_token(token=program.token, by=olga)
    assert program.get("/me").status_code == 401
    assert AuditEvent.objects.filter(action="token revoked", by=olga).exists()


def test_a_member_without_the_second_factor_that_is_asked_gets_nothing(
    alice: Member, program: Program
) -> None:
    alice.clinic.mfa_required_roles = ["injector"]
    alice.clinic.save()
    assert program.get("/patients").status_code == 403


def test_use_is_noted(program: Program) -> None:
    assert ApiToken.objects.get().last_used_at is None
    program.get("/me")
    assert ApiToken.objects.get().last_used_at is not None


def test_a_session_reads_and_writes_only_with_the_pages_own_token(alice: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.user, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"title": "Call", "due": "2026-12-01"}
    assert client.get(f"{API}/tasks").status_code == 200
    refused = client.post(f"{API}/tasks", sent, content_type="application/json")
    assert refused.status_code == 403
    assert not Task.objects.exists()


def test_what_is_looked_at_is_in_the_trail(program: Program, dan: Patient, alice: Member) -> None:
    program.get(f"/patients/{dan.pk}")
    program.get("/patients")
    seen = Viewing.objects.filter(patient=dan, by=alice).order_by("id")
    assert [one.page for one in seen] == ["api:patient", "api:patients"]


def test_another_clinics_record_is_not_there(
    signed: Treatment, carol: Member, bob: Member, vial: Vial
) -> None:
    old = signed_days_ago(signed.patient, signed.injector, carol, 20)
    review = sign_review(
        treatment=old, date=timezone.localdate(), seen={"glabella_maximum": 1}, by=bob
    )
    other = Program(member("Other", Role.INJECTOR, clinic="Other Clinic"))
    for path in (
        f"/patients/{signed.patient_id}",
        f"/patients/{signed.patient_id}/measures",
        f"/treatments/{signed.pk}",
        f"/treatments/{signed.pk}/forecast",
        f"/reviews/{review.pk}",
        f"/vials/{vial.pk}",
    ):
        assert other.get(path).status_code == 404, path
    for path in ("/patients", "/treatments", "/reviews", "/vials", "/tasks"):
        assert other.get(path).json()["count"] == 0, path
    names = {one["name"] for one in other.get("/members").json()["items"]}
    assert "Other" in names
    assert not names & {"Alice", "Bob", "Carol"}


def test_a_task_names_nobody_of_another_clinic(dan: Patient, alice: Member) -> None:
    other = Program(member("Other", Role.INJECTOR, clinic="Other Clinic"))
    for named in ({"patient": dan.pk}, {"assignee": alice.pk}):
        sent = {"title": "Call", "due": "2026-12-01"} | named
        assert other.post("/tasks", sent).status_code == 404
    assert not Task.objects.exists()


def test_a_treatment_is_told_whole(program: Program, signed: Treatment) -> None:
    told = program.get(f"/treatments/{signed.pk}").json()
    assert told["units"] == {"botox-cosmetic": 20.0}
    assert told["intact"] is True
    assert {point["lot"] for point in told["points"]} == {"LOT-7"}
    assert len(told["points"]) == 5
    kept = program.get(f"/treatments/{signed.pk}/forecast").json()
    assert kept == json.loads(signed.forecast_json)


def test_a_draft_has_no_forecast_that_was_kept(program: Program, draft: Treatment) -> None:
    assert program.get(f"/treatments/{draft.pk}/forecast").status_code == 404
    assert program.get(f"/treatments/{draft.pk}").json()["intact"] is None


def test_reviews_tell_what_was_seen_and_nothing_more(
    program: Program, alice: Member, dan: Patient, carol: Member, bob: Member
) -> None:
    old = signed_days_ago(dan, alice, carol, 20)
    sign_review(treatment=old, date=timezone.localdate(), seen={"glabella_maximum": 1}, by=bob)
    (told,) = program.get("/reviews", treatment=old.pk).json()["items"]
    assert told["grades"] == {"glabella_maximum": 1}
    assert told["brows_mm"] == {}


def test_a_patient_is_added_and_changed_by_the_rules_of_the_page(program: Program) -> None:
    sent = {
        "given_name": "Eve",
        "family_name": "Test Patient",
        "date_of_birth": "1990-02-03",
        "sex": "female",
    }
    made = program.post("/patients", sent)
    assert made.status_code == 201
    key = made.json()["id"]
    changed = program.send("PATCH", f"/patients/{key}", {"phone": "555"})
    assert (changed.json()["phone"], changed.json()["given_name"]) == ("555", "Eve")
    for wrong in (
        {"date_of_birth": "2999-01-01"},
        {"email": "not an address"},
        {"conditions": ["no-such-condition"]},
        {"shoe_size": 40},
        {"given_name": "   "},
    ):
        refused = program.send("PATCH", f"/patients/{key}", wrong)
        assert refused.status_code == 422, wrong
        assert refused.json()["error"], wrong
    assert Patient.objects.get(pk=key).given_name == "Eve"
    events = AuditEvent.objects.filter(subject="patient", subject_id=key)
    assert {one.action for one in events} == {"patient added", "patient edited"}


def test_measures_are_added_as_a_new_set(program: Program, dan: Patient) -> None:
    heights = {"medial": 12.5, "peak": 15.5, "lateral": 13.5}
    brows = {f"brow_left_{place}_mm": height for place, height in heights.items()}
    sent = {"grades": {"glabella_maximum": 2}, "brows_mm": brows}
    made = program.post(f"/patients/{dan.pk}/measures", sent)
    assert made.status_code == 201, made.content
    assert made.json()["glabella_maximum"] == 2
    assert MeasureSet.objects.filter(patient=dan).count() == 2
    for wrong in ({"grades": {"nose_maximum": 2}}, {"brows_mm": {"brow_left_peak_mm": 15.5}}):
        assert program.post(f"/patients/{dan.pk}/measures", wrong).status_code == 422


def test_tasks_are_raised_once_listed_and_finished_once(program: Program, dan: Patient) -> None:
    sent = {"title": "Call Dan", "due": "2026-12-01", "key": "call-1", "patient": dan.pk}
    first, second = (program.post("/tasks", sent).json() for _ in range(2))
    assert first["id"] == second["id"]
    assert program.get("/tasks").json()["count"] == 1
    path = f"/tasks/{first['id']}/finish"
    assert program.post(path, {"outcome": "Reached"}).json()["done_by"] == "Alice"
    again = program.post(path, {"outcome": "Again"})
    assert (again.status_code, "Alice" in again.json()["error"]) == (422, True)
    assert program.get("/tasks").json()["count"] == 0
    assert program.get("/tasks", open=False).json()["count"] == 1


def test_lists_come_in_pages(program: Program, dan: Patient) -> None:
    told = program.get("/products", limit=2).json()
    assert (len(told["items"]), told["next_offset"]) == (2, 2)
    rest = program.get("/products", limit=100, offset=2).json()
    assert (len(rest["items"]), rest["next_offset"]) == (told["count"] - 2, None)
    assert program.get("/patients", q="dan test").json()["count"] == 1
    assert program.get("/patients", q="dan nobody").json()["count"] == 0
    for wrong in ({"limit": 0}, {"limit": 101}, {"offset": -1}, {"offset": "x"}):
        refused = program.get("/products", **wrong)
        assert refused.status_code == 422
        assert refused.json()["where"] == next(iter(wrong))


def test_a_product_is_told_with_its_sources(program: Program) -> None:
    told = program.get("/products/botox-cosmetic").json()
    assert told["name"] == "Botox Cosmetic"
    assert "source" in json.dumps(told)
    assert program.get("/products/water").status_code == 404


def test_a_plan_is_forecast_as_on_the_command_line(program: Program) -> None:
    told = program.post("/forecast", PLAN)
    assert told.status_code == 200, told.content
    assert told.json()["products"] == ["botox-cosmetic"]
    for wrong in ("[]", "{", json.dumps(PLAN | {"more": 1})):
        refused = program.post("/forecast", wrong)
        assert (refused.status_code, bool(refused.json()["error"])) == (422, True), wrong
    assert program.post("/forecast", "x" * 70_000).status_code == 413


def test_the_page_makes_shows_and_revokes_a_token(alice: Member) -> None:
    client = Client()
    enter(client, alice)
    sent = {"name": "Accounts", "scopes": ["SEE_STOCK"], "days": 30}
    made = client.post("/api/", sent)
    secret = made.context["secret"]
    assert secret.encode() in made.content
    assert secret.encode() not in client.get("/api/").content
    called = Client(headers={"Authorization": f"Bearer {secret}"})
    assert called.get(f"{API}/vials").status_code == 200
    client.post(f"/api/tokens/{ApiToken.objects.get().pk}/revoke/")
    assert called.get(f"{API}/vials").status_code == 401


def test_making_a_token_asks_again_first(alice: Member, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    assert client.get("/api/").status_code == 200
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    assert client.get("/api/").url.startswith("/account/again/")


def test_the_page_of_the_api_names_every_address(signed_in: SignedIn, alice: Member) -> None:
    page = html.unescape(signed_in(alice).get("/api/addresses/").content.decode())
    schema = Client().get(f"{API}/openapi.json").json()
    assert len(schema["paths"]) > 12
    for path, methods in schema["paths"].items():
        assert path in page, path
        for told in methods.values():
            assert told["description"].endswith("."), path
            assert told["x-permission"] in page, path


def test_every_scope_is_asked_by_an_address(db: None) -> None:
    schema = Client().get(f"{API}/openapi.json").json()
    asked = {told["x-permission"] for one in schema["paths"].values() for told in one.values()}
    assert asked == {one.value for one in OFFERED}
