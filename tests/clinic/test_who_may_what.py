"""Every address against every role: who gets in, who is told no, who must sign in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from glabella.clinic.lot_recalls.actions import start_recall
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import ROLES, Permission, Role
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.stock.actions import receive_vials
from glabella.clinic.stock.holding import add_place, quarantine_vial
from glabella.clinic.stock.models import Vial
from glabella.clinic.stock.receiving import Carton
from glabella.clinic.stocktake.actions import start_count
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import PASSWORD, SignedIn, member, signed_days_ago

# A logger shows a key, and a patient a link.
OPEN_TO_ALL = {"people:sign-in", "people:sign-out", "coldchain:readings", "lot_recalls:answer"}
READ_ONLY = {
    "people:today",
    "patients:list",
    "patients:timeline",
    "stock:list",
    "stock:vial",
    "stock:find",
    "stock:label",
    "stock:label-pdf",
    "stock:practice",
    "stock:delivery",
    "stock:photo",
    "coldchain:places",
    "coldchain:place",
    "stocktake:counts",
    "stocktake:day",
    "stocktake:usage",
    "stocktake:usage-file",
    "lot_recalls:recalls",
    "lot_recalls:recall",
    "lot_recalls:pdf",
    "treatments:record",
    "treatments:chart",
    "treatments:pdf",
    "reviews:review",
    "audit:trail",
    "audit:viewings",
    "audit:raw-writes",
    "treatments:versions",
    "cosigning:queue",
}
POST_ONLY = {
    "patients:treat",
    "stock:open",
    "stock:discard",
    "stock:draw-up",
    "stock:waste",
    "stock:measure",
    "stock:explain",
    "stock:hold",
    "stock:release",
    "stock:scan",
    "coldchain:read",
    "coldchain:upload",
    "coldchain:key",
    "coldchain:move",
    "stocktake:start",
    "lot_recalls:send-all",
    "lot_recalls:send",
    "lot_recalls:attempt",
    "lot_recalls:end",
    "treatments:draft",
    "treatments:stamp",
    "treatments:propose",
    "treatments:weigh",
    "treatments:curve",
    "treatments:droplets",
    "treatments:abandon",
    "treatments:restore",
    "reviews:correct",
    "cosigning:all",
    "cosigning:changes",
}
JSON = {
    "treatments:draft",
    "treatments:stamp",
    "treatments:propose",
    "treatments:weigh",
    "treatments:curve",
    "treatments:droplets",
    "stock:scan",
}


def patterns(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, Any]]:
    """Each named address of the clinic with its view."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, one.namespace or namespace)
        elif isinstance(one, URLPattern):
            yield f"{namespace}:{one.name}", one


GUARDED = {name: one.callback.permission for name, one in patterns() if name not in OPEN_TO_ALL}


@pytest.fixture
def ids(vial: Vial, signed: Treatment, carol: Member, bob: Member) -> dict[str, int]:
    old = signed_days_ago(signed.patient, signed.injector, carol, 20)
    seen = {"glabella_maximum": 1}
    review = sign_review(treatment=old, date=timezone.localdate(), seen=seen, by=bob)
    return {
        "patient_id": signed.patient_id,
        "vial_id": vial.pk,
        "treatment_id": signed.pk,
        "review_id": review.pk,
        "version": 1,
    } | stock_ids(carol)


def stock_ids(carol: Member) -> dict[str, int]:
    """Something of each room of the stock."""
    place = add_place(name="Cold", low_celsius=Decimal(2), high_celsius=Decimal(8), by=carol)
    carton = Carton("xeomin", Decimal(100), "L", timezone.localdate() + timedelta(days=90))
    (held,) = receive_vials(cartons=[carton], photo=b"x", place=place, by=carol)
    stop = quarantine_vial(vial=held, reason="damaged", why="The cap is loose.", by=carol)
    words = {
        "source": "Maker's letter",
        "recall_class": "2",
        "words": "Tell us how you are, please.",
    }
    lot = {"product": "botox-cosmetic", "lot": "LOT-7"}
    recall = start_recall(drill=True, by=carol, **lot, **words)
    return {
        "place_id": place.pk,
        "delivery_id": held.delivery_id or 0,
        "quarantine_id": stop.pk,
        "stock_count_id": start_count(by=carol).pk,
        "lot_recall_id": recall.pk,
        "recall_contact_id": recall.contacts.all()[0].pk,
    }


def address(name: str, ids: dict[str, int]) -> str:
    wanted = {one_name: one.pattern.converters for one_name, one in patterns()}[name]
    return reverse(name, kwargs={key: ids[key] for key in wanted})


def send(client: Client, name: str, ids: dict[str, int]) -> Any:
    url = address(name, ids)
    if name in JSON:
        return client.post(url, "{}", content_type="application/json")
    return client.post(url) if name in POST_ONLY else client.get(url)


def test_every_address_says_what_it_needs() -> None:
    assert GUARDED
    assert all(isinstance(needed, Permission) for needed in GUARDED.values())


def test_every_permission_is_needed_somewhere_and_held_by_somebody() -> None:
    held = frozenset().union(*ROLES.values())
    assert set(Permission) == held == set(GUARDED.values())


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_its_own_pages_and_no_others(
    role: Role, ids: dict[str, int], signed_in: SignedIn
) -> None:
    client = signed_in(member(f"Walker {role}", role))
    for name, needed in GUARDED.items():
        answer = send(client, name, ids)
        if needed in ROLES[role]:
            assert answer.status_code in {200, 302, 403 if name in JSON else 200, 422}, name
            if name in JSON:
                assert "may not" not in answer.json()["error"], name
        else:
            assert answer.status_code == 403, name
            assert b"may not" in answer.content, name


def test_who_is_not_signed_in_is_asked_to(ids: dict[str, int]) -> None:
    for name in GUARDED:
        answer = send(Client(), name, ids)
        if name in JSON:
            assert answer.status_code == 401, name
            assert answer.headers["Content-Type"] == "application/json"
        else:
            assert answer.status_code == 302, name
            assert answer.url.startswith("/sign-in/?next="), name


def test_the_wrong_method_changes_nothing(ids: dict[str, int], signed_in: SignedIn) -> None:
    client = signed_in(member("Everybody", *Role))
    for name in READ_ONLY | POST_ONLY:
        url = address(name, ids)
        answer = client.get(url) if name in POST_ONLY else client.post(url)
        assert answer.status_code == 405, name


def test_an_account_without_a_role_sees_nothing(db: None) -> None:
    user = get_user_model().objects.create_user("nobody", password=PASSWORD)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/")
    assert answer.status_code == 403
    assert b"not a member" in answer.content


def test_a_form_without_its_token_is_refused_in_words(alice: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/stock/1/discard/", {"reason": "damaged"})
    assert answer.status_code == 403
    assert b"open too long" in answer.content


def test_signing_in_and_out(alice: Member) -> None:
    client = Client()
    wrong = client.post("/sign-in/", {"username": "alice", "password": "wrong"})
    assert b"do not match" in wrong.content
    right = client.post("/sign-in/?next=/stock/", {"username": "alice", "password": PASSWORD})
    assert right.status_code == 302
    assert client.get("/").status_code == 200
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/").status_code == 302


def test_five_failures_lock_the_account(alice: Member, settings: Any) -> None:
    settings.AXES_ENABLED = True
    client = Client()
    for _ in range(5):
        answer = client.post("/sign-in/", {"username": "alice", "password": "wrong"})
    assert answer.status_code == 429
    locked = client.post("/sign-in/", {"username": "alice", "password": PASSWORD})
    assert locked.status_code == 429
    assert b"locked for an hour" in locked.content


def test_pages_of_patients_are_kept_in_no_cache(signed_in: SignedIn, alice: Member) -> None:
    assert "no-store" in signed_in(alice).get("/patients/").headers["Cache-Control"]


def test_the_pages_allow_no_inline_script_or_style(signed_in: SignedIn, alice: Member) -> None:
    policy = signed_in(alice).get("/").headers["Content-Security-Policy"]
    told = dict(one.strip().split(" ", 1) for one in policy.split(";") if one.strip())
    assert told["script-src"] == "'self'"
    assert told["style-src"] == "'self'"
    assert "unsafe" not in policy
