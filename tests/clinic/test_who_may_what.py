"""Every address against every role and the other clinic: who gets in; no refusal writes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from glabella.clinic.api.actions import make_token
from glabella.clinic.api.wire import service
from glabella.clinic.followup.actions import ask, book_visit
from glabella.clinic.followup.feeds import make_feed
from glabella.clinic.links.actions import make_link
from glabella.clinic.links.models import Purpose
from glabella.clinic.lot_recalls.actions import start_recall
from glabella.clinic.patients.actions import raise_alert
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import ROLES, Permission, Role
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.safety.actions import EventInput, raise_event, start_guide
from glabella.clinic.safety.reports import start_report
from glabella.clinic.stock.actions import receive_vials
from glabella.clinic.stock.holding import add_place, quarantine_vial
from glabella.clinic.stock.models import Vial
from glabella.clinic.stock.receiving import Carton
from glabella.clinic.stocktake.actions import start_count
from glabella.clinic.tasks.actions import raise_task
from glabella.clinic.treatments.models import Treatment
from tests.clinic.addresses import (
    ANYONE,
    API,
    FOUND,
    LINK,
    METHODS,
    OWN,
    TABLE,
    Keys,
    Undone,
    asked_keys,
    call,
    difference,
    line_for,
    path_of,
    record,
    send,
    view_of,
)
from tests.clinic.conftest import (
    PASSWORD,
    SignedIn,
    a_page,
    a_png,
    an_order,
    licence,
    member,
    paper,
    signed_days_ago,
)
from tests.clinic.doors import enter

GUARDED = {name: one.who for name, one in TABLE.items() if isinstance(one.who, Permission)}
OPEN = {name for name, one in TABLE.items() if one.who == ANYONE}
OWNED = {name for name, one in TABLE.items() if one.who == OWN}
LINKED = {name for name, one in TABLE.items() if one.who == LINK}
# Keys of addresses that name no record of a clinic.
NO_RECORD = {"message_kind"}
ANSWERS_ALLOWED = {200, 302, 403, 409, 422}


@pytest.fixture
def keys_of(vial: Vial, signed: Treatment, carol: Member, bob: Member, alice: Member) -> Keys:
    """For each name of a key in an address, one record of the tests' clinic."""
    old = signed_days_ago(signed.patient, signed.injector, carol, 20)
    seen = {"glabella_maximum": 1}
    review = sign_review(treatment=old, date=timezone.localdate(), seen=seen, by=bob)
    token, _ = make_token(name="Test", scopes=["SEE_TODAY"], days=1, by=alice)
    task = raise_task(
        clinic=alice.clinic, key="t", kind="test", title="Call", due=timezone.localdate(), by=alice
    )
    return {
        "patient_id": signed.patient_id,
        "vial_id": vial.pk,
        "treatment_id": signed.pk,
        "review_id": review.pk,
        "member_id": alice.pk,
        "help_name": "sign-out",
        "token_id": token.pk,
        "task_id": task.pk,
        "product_id": "botox-cosmetic",
        "version": 1,
        "message_kind": "recall",
        **_follow_up_keys(old, carol),
        **of_safety(old, bob),
        **of_the_team(alice),
        **of_before(signed, alice),
        **of_stock(carol),
        # allauth's: a passkey of one's own
        "pk": 1,
        "token": "no-such-token",
    }


def _follow_up_keys(treatment: Treatment, by: Member) -> Keys:
    """A message, a check-in, a visit and a feed of the tests' clinic."""
    Patient.objects.update(email="dan@example.org")
    treatment = Treatment.objects.select_related("patient__clinic").get(pk=treatment.pk)
    now = timezone.now()
    asked = ask(treatment=treatment, day=14, days=(14,), by=None, at=now - timedelta(days=6))
    visit = book_visit(
        patient=treatment.patient,
        starts_at=now + timedelta(days=3),
        minutes=30,
        what="Treatment",
        by=by,
    )
    return {
        "message_id": asked.message_id,
        "check_in_id": asked.pk,
        "booked_visit_id": visit.pk,
        "calendar_feed_id": make_feed(whole_clinic=True, by=by)[0].pk,
    }


def of_the_team(injector: Member) -> Keys:
    """Somebody's papers, privileges, order and page."""
    petra = member("Petra", Role.PRESCRIBER)
    paper(petra, licence(prescribes=True, file=ContentFile(a_png(), name="licence.png")))
    return {
        "kind": "licence",
        "credential_id": injector.credentials.all()[0].pk,
        "privilege_id": injector.privileges.all()[0].pk,
        "evidence_id": petra.evidence.get().pk,
        "standing_order_id": an_order(petra).pk,
        "profile_id": a_page(injector).pk,
        "slug": "alice",
    }


def of_before(treatment: Treatment, alice: Member) -> Keys:
    """What was settled before the treatment, and an alert."""
    patient = treatment.patient
    consent, assessment = patient.consents.get(), patient.assessments.get()
    alert = raise_alert(patient=patient, kind="alert", text="Faints at needles", by=alice)
    return {
        "consent_id": consent.pk,
        "text_id": consent.text_id,
        "assessment_id": assessment.pk,
        "alert_id": alert.pk,
    }


def of_safety(treatment: Treatment, bob: Member) -> Keys:
    """An event with a guide that runs and a report that is begun."""
    told = EventInput("bruising", treatment.date)
    [event] = raise_event(patient=treatment.patient, told=told, treatment=treatment, by=bob)
    run = start_guide(patient=event.patient, guide="bruise", event=event, by=bob)
    report = start_report(event=event, form="yellow-card", by=bob)
    return {"adverse_event_id": event.pk, "run_id": run.pk, "report_id": report.pk}


def of_stock(carol: Member) -> Keys:
    """Something of each room of the stock."""
    place = add_place(name="Cold", low_celsius=Decimal(2), high_celsius=Decimal(8), by=carol)
    carton = Carton("xeomin", Decimal(100), "L", timezone.localdate() + timedelta(days=90))
    (held,) = receive_vials(cartons=[carton], photo=b"x", place=place, by=carol)
    stop = quarantine_vial(vial=held, reason="damaged", why="The cap is loose.", by=carol)
    recall = start_recall(
        product="botox-cosmetic",
        lot="LOT-7",
        source="Maker's letter",
        recall_class="2",
        words="Tell us how you are, please.",
        drill=True,
        by=carol,
    )
    return {
        "place_id": place.pk,
        "delivery_id": held.delivery_id,
        "quarantine_id": stop.pk,
        "stock_count_id": start_count(by=carol).pk,
        "lot_recall_id": recall.pk,
        "recall_contact_id": recall.contacts.all()[0].pk,
    }


def fresh(person: Member) -> Client:
    """Signed in by the page a moment ago, so that nothing asks again."""
    client = Client()
    assert enter(client, person).status_code == 302
    return client


@pytest.fixture
def everything(db: None) -> Client:
    """Somebody of the clinic who has every role."""
    return fresh(member("Everything", *Role))


@pytest.fixture
def stranger(db: None) -> Client:
    """Somebody who has every role, in another clinic."""
    return fresh(member("Stranger", *Role, clinic="Other Clinic"))


def test_every_address_has_its_line_in_the_table() -> None:
    missing = sorted(FOUND.keys() - TABLE.keys())
    lines = "\n".join(line_for(name) for name in missing)
    assert not missing, f"say who may, in TABLE of tests/clinic/addresses.py:\n{lines}"
    gone = sorted(TABLE.keys() - FOUND.keys())
    assert not gone, f"these addresses are no more: {gone}"


def test_every_view_asks_what_the_table_says() -> None:
    for name, address in TABLE.items():
        view = view_of(name)
        if isinstance(address.who, Permission):
            assert view.permission == address.who, name
        elif address.who == OWN:
            assert view.permission is None, name
        elif address.who == LINK:
            assert view.purpose in Purpose, name
        else:
            assert not hasattr(view, "permission"), name
            assert not hasattr(view, "purpose"), name


def test_every_address_of_the_api_has_its_line_and_says_the_same() -> None:
    told = {
        f"{method.upper()} {path.removeprefix('/api/v1')}": one["x-permission"]
        for path, methods in service.get_openapi_schema()["paths"].items()
        for method, one in methods.items()
    }
    assert told == {line: needed.value for line, needed in API.items()}


def test_every_permission_is_held_by_somebody() -> None:
    assert frozenset().union(*ROLES.values()) == set(Permission)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_its_own_pages_and_no_others(role: Role, keys_of: Keys) -> None:
    client = fresh(member(f"Walker-{role}", role))
    before = record()
    for name, needed in GUARDED.items():
        with Undone() as here:
            answer = send(client, name, keys_of)
            if needed in ROLES[role]:
                assert answer.status_code in ANSWERS_ALLOWED, (name, answer.status_code)
                assert answer.status_code != 403 or b"may not" not in answer.content, name
            else:
                assert answer.status_code == 403, (name, answer.status_code)
                assert b"may not" in answer.content, name
                assert not here.written, name
    assert not difference(before, record())


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_its_part_of_the_api_and_no_other(role: Role, keys_of: Keys) -> None:
    client = fresh(member(f"Walker-{role}", role))
    before = record()
    for line, needed in API.items():
        with Undone() as here:
            answer = call(client, line, keys_of)
            if needed in ROLES[role]:
                assert answer.status_code in {200, 201, 422}, (line, answer.content)
            else:
                assert answer.status_code == 403, line
                assert "may not" in answer.json()["error"], line
                assert not here.written, line
    assert not difference(before, record())


def test_what_belongs_to_another_clinic_is_not_there(keys_of: Keys, stranger: Client) -> None:
    before = record()
    walked = 0
    for name, address in TABLE.items():
        if not isinstance(address.who, Permission) or not asked_keys(name) - NO_RECORD:
            continue
        for method in address.methods.split():
            with Undone() as here:
                answer = send(stranger, name, keys_of, method)
                assert answer.status_code == 404, (method, name, answer.status_code)
                assert not here.written, (method, name)
                walked += 1
    assert walked > 20
    assert not difference(before, record())


def test_what_belongs_to_another_clinic_is_not_in_the_api(keys_of: Keys, stranger: Client) -> None:
    before = record()
    for line in API:
        if "_id}" in line and "product_id" not in line:
            with Undone() as here:
                answer = call(stranger, line, keys_of)
                assert answer.status_code in {404, 422}, (line, answer.content)
                assert answer.status_code == 404 or line.startswith(("POST", "PATCH")), line
                assert not here.written, line
    assert not difference(before, record())


def test_no_list_shows_what_belongs_to_another_clinic(
    keys_of: Keys, stranger: Client, signed: Treatment
) -> None:
    telling = ("Dan Test Patient", "Dan", "LOT-7", "Alice", "Carol", "Bob")
    for name in GUARDED:
        if not asked_keys(name) and "GET" in TABLE[name].methods:
            page = send(stranger, name, keys_of, "GET").content.decode(errors="replace")
            assert not [word for word in telling if word in page], name
    for line in API:
        if line.startswith("GET") and "{" not in line:
            told = call(stranger, line, keys_of).content.decode()
            assert not [word for word in telling if word in told], line


def test_who_is_not_signed_in_is_asked_to(keys_of: Keys) -> None:
    before = record()
    for name in (*GUARDED, *OWNED):
        answer = send(Client(), name, keys_of)
        if getattr(view_of(name), "json", False):
            assert answer.status_code == 401, name
            assert answer.headers["Content-Type"] == "application/json"
        else:
            assert answer.status_code == 302, name
            assert answer.url.startswith("/sign-in/?next="), name
    for line in API:
        assert call(Client(), line, keys_of).status_code == 401, line
    assert not difference(before, record())


def test_the_wrong_method_changes_nothing(keys_of: Keys, everything: Client) -> None:
    before = record()
    for name in GUARDED:
        for method in METHODS:
            if method in TABLE[name].methods.split():
                continue
            with Undone() as here:
                answer = everything.generic(method, path_of(name, keys_of))
                assert answer.status_code == 405, (method, name, answer.status_code)
                assert not here.written, (method, name)
    assert not difference(before, record())


def test_no_page_changes_anything_by_being_looked_at(keys_of: Keys, everything: Client) -> None:
    """The trail notes who looked and who took a file out; the record stays as it is."""
    before = record()
    for name in GUARDED:
        if "GET" in TABLE[name].methods.split():
            send(everything, name, keys_of, "GET")
    noted = {"audit.Viewing", "audit.AuditEvent", "audit.Unlinked", "audit.Link"}
    assert set(difference(before, record())) <= noted


def test_a_page_about_a_patient_is_noted_as_looked_at(keys_of: Keys, everything: Client) -> None:
    for name in ("patients:timeline", "treatments:record", "treatments:pdf", "reviews:review"):
        before = len(record()["audit.Viewing"])
        assert send(everything, name, keys_of).status_code == 200
        assert len(record()["audit.Viewing"]) == before + 1, name


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_its_own_account(role: Role, keys_of: Keys) -> None:
    client = fresh(member(f"Walker-{role}", role))
    for name in OWNED:
        with Undone():
            answer = send(client, name, keys_of, TABLE[name].methods.split()[0])
            assert answer.status_code in {200, 302, 404}, (name, answer.status_code)


def test_a_link_opens_only_what_it_was_made_for(keys_of: Keys, signed: Treatment) -> None:
    before = record()
    for name in sorted(LINKED):
        assert send(Client(), name, keys_of).status_code in {404, 410}, name
    assert not difference(before, record())
    for purpose in Purpose:
        about = {"patient": signed.patient, "subject_id": signed.pk}
        _, token = make_link(purpose=purpose, by=signed.injector, days=1, **about)
        kept = record()
        for name in sorted(LINKED):
            if view_of(name).purpose != purpose:
                answer = send(Client(), name, keys_of | {"token": token})
                assert answer.status_code in {404, 410}, (name, purpose)
        assert not difference(kept, record())


def test_an_account_without_a_role_sees_nothing(keys_of: Keys, signed_in: SignedIn) -> None:
    user = get_user_model().objects.create_user("nobody", password=PASSWORD)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for name in (*GUARDED, *OWNED):
        answer = send(client, name, keys_of)
        assert answer.status_code == 403, name
    assert b"not a member" in client.get("/").content


def test_a_form_without_its_token_is_refused_in_words_everywhere(
    keys_of: Keys, everything: Client
) -> None:
    everything.handler.enforce_csrf_checks = True
    before = record()
    for name, address in TABLE.items():
        by_key = getattr(view_of(name), "csrf_exempt", False)
        if "POST" in address.methods.split() and name not in LINKED and not by_key:
            answer = send(everything, name, keys_of, "POST")
            assert answer.status_code == 403, (name, answer.status_code)
            assert b"open too long" in answer.content, name
    assert not difference(before, record())


def test_pages_of_the_record_are_kept_in_no_cache(keys_of: Keys, everything: Client) -> None:
    for name in GUARDED:
        with Undone():
            answer: Any = send(everything, name, keys_of, TABLE[name].methods.split()[0])
            assert "no-store" in answer.headers["Cache-Control"], name


def test_a_patient_is_nobody_of_another_clinic(keys_of: Keys, everything: Client) -> None:
    other = member("Other", Role.INJECTOR, clinic="Other Clinic")
    path = path_of("patients:edit", keys_of)
    sent = {
        "given_name": "Dan",
        "family_name": "Test Patient",
        "date_of_birth": "1984-05-01",
        "sex": "female",
        "member": other.pk,
        "bulk": "average",
        "frontalis": "full",
    }
    before = record()
    assert everything.post(path, sent).status_code == 422
    assert not difference(before, record())
