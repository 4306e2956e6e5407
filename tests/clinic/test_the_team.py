"""The team's pages: admitting, roles, closing, the policy, and what another clinic sees of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import model_to_dict
from django.test import Client
from django.utils import timezone

from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.credentials.actions import withdraw_privilege
from glabella.clinic.credentials.models import CredentialKind, Leave, StandingOrder
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.actions import (
    admit_member,
    change_roles,
    close_account,
    reopen_account,
    set_policy,
)
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import NotAllowed, Permission, Role
from glabella.clinic.people.policy import PolicyForm
from glabella.clinic.people.rules import AccountRefused
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import (
    PASSWORD,
    WHY,
    SignedIn,
    a_page,
    a_png,
    an_order,
    licence,
    member,
    paper,
    the_clinic,
)


@pytest.fixture
def owner(olga: Member, signed_in: SignedIn) -> Client:
    return signed_in(olga)


@pytest.fixture
def nina(db: None) -> Member:
    return member("Nina", Role.INJECTOR, in_order=False)


def details(action: str) -> dict[str, Any]:
    detail: dict[str, Any] = AuditEvent.objects.filter(action=action).latest("id").detail
    return detail


def test_the_owner_admits_somebody(owner: Client) -> None:
    sent = {
        "display_name": "Nina",
        "username": "nina",
        "roles": ["injector", "prescriber"],
        "password": "correct-horse-battery",
    }
    answer = owner.post("/team/admit/", sent)
    nina = Member.objects.get(display_name="Nina")
    assert answer.headers["Location"] == f"/team/{nina.pk}/"
    assert nina.role_words == "injector and prescriber"
    assert nina.clinic == the_clinic()
    assert nina.user.check_password("correct-horse-battery")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"password": "password"}, "too common"),
        ({"username": "ALICE"}, "There is an account"),
        ({"roles": []}, "required"),
        ({"roles": ["king"]}, "king"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said_and_nothing_typed_is_lost(
    owner: Client, alice: Member, change: dict[str, Any], why: str
) -> None:
    sent = {
        "display_name": "Nina",
        "username": "nina",
        "roles": ["injector"],
        "password": "correct-horse-battery",
    }
    answer = owner.post("/team/admit/", sent | change)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert b'value="Nina"' in answer.content
    assert not Member.objects.filter(display_name="Nina").exists()


def test_only_an_owner_keeps_the_team(alice: Member, bob: Member) -> None:
    with pytest.raises(NotAllowed):
        change_roles(member=alice, roles=["owner"], by=alice)
    with pytest.raises(NotAllowed):
        close_account(member=alice, why="No reason.", by=bob)
    with pytest.raises(NotAllowed):
        admit_member(
            username="x",
            display_name="X",
            roles=["injector"],
            password=PASSWORD,
            clinic=alice.clinic,
            by=bob,
        )


def test_roles_are_changed_and_the_trail_says_from_what_to_what(
    owner: Client, alice: Member
) -> None:
    owner.post(f"/team/{alice.pk}/roles/", {"roles": ["injector", "supervisor"]})
    alice = Member.objects.get(pk=alice.pk)
    assert alice.may(Permission.COSIGN)
    assert details("roles changed") == {"was": "injector", "now": "injector and supervisor"}


def test_a_clinic_keeps_an_owner(olga: Member) -> None:
    with pytest.raises(AccountRefused, match="only owner"):
        change_roles(member=olga, roles=["injector"], by=olga)
    second = member("Otto", Role.OWNER)
    change_roles(member=olga, roles=["injector"], by=olga)
    with pytest.raises(AccountRefused, match="their own account"):
        close_account(member=second, why="Tired.", by=second)


def test_an_owner_of_another_clinic_is_no_owner_here(olga: Member) -> None:
    member("Otto", Role.OWNER, clinic="Other Clinic")
    with pytest.raises(AccountRefused, match="only owner"):
        change_roles(member=olga, roles=["injector"], by=olga)


def test_a_closed_account_is_out_at_once_and_stays_in_the_record(
    owner: Client, alice: Member, signed: Treatment, signed_in: SignedIn
) -> None:
    inside = signed_in(alice)
    assert inside.get("/patients/").status_code == 200
    owner.post(f"/team/{alice.pk}/close/", {"why": "Left the clinic."})
    assert inside.get("/patients/").status_code == 302
    wrong = Client().post("/sign-in/", {"username": "alice", "password": PASSWORD})
    assert wrong.status_code == 200
    signed.refresh_from_db()
    assert signed.signed_by == alice
    assert b"Closed accounts (1)" in owner.get("/team/").content
    assert details("account closed") == {"why": "Left the clinic."}


def test_a_closed_account_may_nothing_whatever_its_roles(alice: Member, olga: Member) -> None:
    closed = close_account(member=alice, why="Left the clinic.", by=olga)
    assert not closed.permissions
    with pytest.raises(NotAllowed, match="closed"):
        closed.require(Permission.SEE_TODAY)
    with pytest.raises(AccountRefused, match="closed already"):
        close_account(member=alice, why="Again.", by=olga)


def test_an_account_is_opened_again(owner: Client, alice: Member, olga: Member) -> None:
    close_account(member=alice, why="On leave.", by=olga)
    owner.post(f"/team/{alice.pk}/reopen/")
    assert Member.objects.get(pk=alice.pk).may(Permission.SIGN)
    right = Client().post("/sign-in/", {"username": "alice", "password": PASSWORD})
    assert right.status_code == 302
    reopen_account(member=alice, by=olga)


def sent_policy(clinic: Clinic, **changes: Any) -> dict[str, Any]:
    form = PolicyForm(instance=clinic)
    values = {name: model_to_dict(clinic)[name] for name in form.fields} | changes
    return {
        name: value for name, value in values.items() if value is not None and value is not False
    }


def test_the_policy_shows_every_field_with_what_it_does(owner: Client, olga: Member) -> None:
    form = PolicyForm(instance=olga.clinic)
    shown = [name for _, fields in form.parts() for name in (one.name for one in fields)]
    concrete = {field.name for field in Clinic._meta.concrete_fields}
    assert sorted(shown) == sorted(concrete - {"id", "slug"})
    page = owner.get("/team/policy/").content.decode()
    assert all(form.fields[name].help_text for name in shown)
    assert page.count("Law differs") >= 4


def test_a_change_of_policy_is_kept_with_before_and_after(owner: Client, olga: Member) -> None:
    sent = sent_policy(olga.clinic, cooling_off_hours=24, witness_required=True)
    answer = owner.post("/team/policy/", sent | {"mfa_required_roles": ["owner"]}, follow=True)
    clinic = Clinic.objects.get(pk=olga.clinic_id)
    assert (clinic.cooling_off_hours, clinic.witness_required) == (24, True)
    assert details("policy changed") == {
        "cooling_off_hours": "0 → 24",
        "witness_required": "no → yes",
        "mfa_required_roles": "none → owner",
    }
    assert "cooling off hours 0 → 24" in answer.content.decode()


def test_a_policy_that_did_not_change_leaves_no_trace(owner: Client, olga: Member) -> None:
    answer = owner.post("/team/policy/", sent_policy(olga.clinic), follow=True)
    assert b"Nothing was changed" in answer.content
    assert not AuditEvent.objects.filter(action="policy changed").exists()


def test_a_policy_out_of_range_is_refused_in_words(owner: Client, olga: Member) -> None:
    answer = owner.post("/team/policy/", sent_policy(olga.clinic, hub_loss_ml=Decimal(3)))
    assert answer.status_code == 422
    assert b"0.2" in answer.content
    with pytest.raises(NotAllowed):
        set_policy(
            clinic=olga.clinic, policy={"shared_vials": False}, by=member("Sam", Role.SUPERVISOR)
        )


def typed_licence(**more: Any) -> dict[str, Any]:
    return {
        "profession": "nurse",
        "jurisdiction": "TEST",
        "register": "other",
        "number": "TEST-0002",
        "until": (timezone.localdate() + timedelta(days=300)).isoformat(),
    } | more


def test_a_licence_with_its_evidence_comes_in_by_the_page(owner: Client, nina: Member) -> None:
    file = SimpleUploadedFile("licence.png", a_png())
    owner.post(f"/team/{nina.pk}/licence/", typed_licence(file=file))
    held = nina.credentials.get()
    assert (held.kind, held.number) == (CredentialKind.LICENCE, "TEST-0002")
    assert held.evidence is not None
    assert held.evidence.kind == "image/png"
    page = owner.get(f"/team/{nina.pk}/").content.decode()
    assert "not verified" in page
    owner.post(f"/team/papers/{held.pk}/verify/", {"how": "Saw the original"})
    assert "Verified by Olga" in owner.get(f"/team/{nina.pk}/").content.decode()


def test_a_file_that_is_refused_keeps_what_was_typed(owner: Client, nina: Member) -> None:
    file = SimpleUploadedFile("licence.pdf", b"<script>alert(1)</script>")
    answer = owner.post(f"/team/{nina.pk}/licence/", typed_licence(file=file))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "no PDF, JPEG or PNG" in page
    assert "TEST-0002" in page
    assert "choose the evidence again" in page
    assert not nina.credentials.exists()


def test_a_wrong_number_is_told_at_its_field(owner: Client, nina: Member) -> None:
    sent = {"register": "us-npi", "number": "1993999999"}
    answer = owner.post(f"/team/{nina.pk}/identifier/", sent)
    assert answer.status_code == 422
    assert "check digit does not fit" in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        (
            "insurance",
            {"issuer": "Test Insurer", "number": "P-1", "cover": "toxin", "until": "2099-01-01"},
        ),
        ("training", {"title": "Test course", "issuer": "Test Academy", "since": "2020-01-01"}),
        ("identifier", {"register": "us-npi", "number": "1993999998"}),
    ],
)
def test_each_kind_of_paper_comes_in_by_its_own_form(
    nina: Member, signed_in: SignedIn, kind: str, sent: dict[str, str]
) -> None:
    client = signed_in(nina)
    assert client.get(f"/team/me/{kind}/").status_code == 200
    assert client.post(f"/team/me/{kind}/", sent).status_code == 302
    assert nina.credentials.get().kind == kind


def test_privileges_are_granted_by_the_page(owner: Client, nina: Member) -> None:
    owner.post(f"/team/{nina.pk}/privileges/", {"areas": ["forehead", "glabella"]})
    assert [one.scope for one in nina.privileges.all()] == ["forehead", "glabella"]
    answer = owner.post(f"/team/{nina.pk}/privileges/", {"areas": [], "supervised": "on"})
    assert answer.status_code == 422


def test_supervision_is_set_by_the_page(owner: Client, nina: Member, bob: Member) -> None:
    sent = {"supervisor": bob.pk, "rule": "first", "first": 5}
    owner.post(f"/team/{nina.pk}/supervision/", sent)
    page = owner.get(f"/team/{nina.pk}/").content.decode()
    assert "The first treatments of each area (5)" in page
    assert b'value="5"' in owner.get(f"/team/{nina.pk}/supervision/").content
    refused = owner.post(f"/team/{nina.pk}/supervision/", {"rule": "always"})
    assert "needs a supervisor" in refused.content.decode()


def test_the_question_is_answered_with_every_reason(owner: Client, nina: Member) -> None:
    today = timezone.localdate().isoformat()
    page = owner.get(f"/team/may-treat/?member={nina.pk}&on={today}&areas=glabella")
    text = page.content.decode()
    for word in ("may not treat", "No licence of Nina", "no privilege for: glabella", "Order"):
        assert word in text
    assert "Give leave" not in text


def test_the_question_of_a_chart_is_asked_for_its_own_points(
    draft: Treatment, alice: Member, signed_in: SignedIn
) -> None:
    page = signed_in(alice).get(f"/team/may-treat/?treatment={draft.pk}").content.decode()
    assert "Alice may treat" in page
    assert "Back to the chart" in page


def test_a_supervisor_gives_leave_where_the_answer_is_no(
    draft: Treatment, alice: Member, bob: Member, signed_in: SignedIn
) -> None:
    withdraw_privilege(
        privilege=alice.privileges.get(scope="glabella"), why="A course is due.", by=bob
    )
    client = signed_in(bob)
    page = client.get(f"/team/may-treat/?treatment={draft.pk}").content.decode()
    assert "Give leave, for this patient and today" in page
    sent = {"member": alice.pk, "patient": draft.patient_id, "areas": "glabella", "reason": WHY}
    answer = client.post("/team/leave/", sent, follow=True).content.decode()
    assert "Leave is given" in answer
    assert "Bob lets Alice treat here" in answer
    assert Leave.objects.get().scopes == ["glabella"]
    assert "Give leave, for" not in answer


def test_the_gate_of_the_chart_tells_what_is_missing(
    draft: Treatment, alice: Member, olga: Member, signed_in: SignedIn
) -> None:
    client = signed_in(alice)
    assert "TEST TEST-0001, until" in client.get(f"/treatments/{draft.pk}/chart/").content.decode()
    withdraw_privilege(
        privilege=alice.privileges.get(scope="glabella"), why="A course is due.", by=olga
    )
    chart = client.get(f"/treatments/{draft.pk}/chart/").content.decode()
    assert "Alice has no privilege for: glabella" in chart
    sign = client.get(f"/treatments/{draft.pk}/sign/").content.decode()
    assert "cannot be signed as it is" in sign


def test_a_standing_order_is_written_renewed_and_withdrawn_by_the_page(
    signed_in: SignedIn, db: None
) -> None:
    petra = member("Petra", Role.PRESCRIBER)
    paper(petra, licence(prescribes=True))
    client = signed_in(petra)
    sent = {
        "title": "Frown lines",
        "product": "botox-cosmetic",
        "areas": ["glabella"],
        "max_units": "24",
        "min_age": "18",
        "conditions": "Screening is clear.",
        "until": (timezone.localdate() + timedelta(days=100)).isoformat(),
    }
    client.post("/team/orders/new/", sent)
    first = StandingOrder.objects.get()
    form = client.get(f"/team/orders/{first.pk}/next/").content.decode()
    assert "Screening is clear." in form
    client.post(f"/team/orders/{first.pk}/next/", sent | {"max_units": "20"})
    second = StandingOrder.objects.get(version=2)
    assert "Replaced by version 2" in client.get("/team/orders/").content.decode()
    client.post(f"/team/orders/{second.pk}/withdraw/", {"why": "Not needed."})
    assert "Not needed." in client.get(f"/team/orders/{second.pk}/").content.decode()


def test_another_clinic_sees_nothing_of_the_team(
    alice: Member, dan: Patient, draft: Treatment, signed_in: SignedIn
) -> None:
    petra = member("Petra", Role.PRESCRIBER)
    held = paper(petra, licence(prescribes=True))
    order, page = an_order(petra), a_page(alice)
    zoe = member("Zoe", *Role, clinic="Other Clinic")
    client = signed_in(zoe)
    looks = [
        f"/team/{alice.pk}/",
        f"/team/{alice.pk}/licence/",
        f"/team/{alice.pk}/privileges/",
        f"/team/{alice.pk}/supervision/",
        f"/team/orders/{order.pk}/",
        f"/team/orders/{order.pk}/next/",
        f"/team/may-treat/?treatment={draft.pk}",
    ]
    posts = [
        f"/team/{alice.pk}/roles/",
        f"/team/{alice.pk}/close/",
        f"/team/{alice.pk}/reopen/",
        f"/team/papers/{held.pk}/verify/",
        f"/team/papers/{held.pk}/withdraw/",
        f"/team/privileges/{alice.privileges.all()[0].pk}/withdraw/",
        f"/team/orders/{order.pk}/withdraw/",
        f"/team/pages/{page.pk}/",
    ]
    assert {address: client.get(address).status_code for address in looks} == dict.fromkeys(
        looks, 404
    )
    assert {address: client.post(address).status_code for address in posts} == dict.fromkeys(
        posts, 404
    )
    assert b"Alice" not in client.get("/team/").content
    asked = client.get(f"/team/may-treat/?member={alice.pk}&on=2026-01-01")
    assert b"Alice" not in asked.content
    sent = {"member": alice.pk, "patient": dan.pk, "areas": "glabella", "reason": WHY}
    client.post("/team/leave/", sent)
    assert not Leave.objects.exists()


def test_a_page_of_the_team_asks_the_database_no_more_for_more_members(
    owner: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        member(f"Injector {number}", Role.INJECTOR)
    with django_assert_max_num_queries(10):
        assert owner.get("/team/").status_code == 200
