"""Password, second factor, lock-out: who gets through the door, and what the trail says of it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.people.models import Member
from tests.clinic.conftest import PASSWORD
from tests.clinic.doors import add_app, again, code_of, enter, has_factor, is_in, noted


@pytest.fixture(autouse=True)
def _codes_are_new() -> None:
    cache.clear()


@pytest.fixture
def locks(settings: Any) -> None:
    settings.AXES_ENABLED = True


def test_a_password_opens_the_door_where_no_second_factor_is_set(alice: Member) -> None:
    client = Client()
    assert enter(client, alice, then="/patients/").url == "/patients/"
    assert is_in(client)
    assert noted(alice) == ["signed in"]
    assert AuditEvent.objects.get(action="signed in").detail["way"] == "password"


def test_a_wrong_password_opens_nothing_and_is_noted(alice: Member) -> None:
    client = Client()
    assert b"do not match" in enter(client, alice, "wrong").content
    assert not is_in(client)
    assert noted(alice) == ["sign-in failed"]


def test_an_unknown_name_is_told_the_same_words_and_fills_no_trail(alice: Member) -> None:
    answer = Client().post("/sign-in/", {"username": "nobody", "password": PASSWORD})
    assert b"do not match" in answer.content
    assert not AuditEvent.objects.filter(action="sign-in failed").exists()


def test_a_closed_account_opens_nothing(alice: Member) -> None:
    alice.user.is_active = False
    alice.user.save()
    client = Client()
    assert b"do not match" in enter(client, alice).content
    assert not is_in(client)


def test_nobody_can_sign_up_or_have_a_password_mailed() -> None:
    for path in ("/signup/", "/accounts/signup/", "/account/email/", "/password/reset/"):
        assert Client().get(path).status_code == 404, path


def test_signing_in_leads_to_no_other_site(alice: Member) -> None:
    assert enter(Client(), alice, then="https://elsewhere.example/").url == "/"


def test_with_an_app_the_password_alone_opens_nothing(alice: Member) -> None:
    first = Client()
    enter(first, alice)
    secret, _ = add_app(first)
    client = Client()
    assert enter(client, alice, then="/stock/").url.startswith("/sign-in/code/")
    assert not is_in(client)
    assert client.get("/sign-in/code/").status_code == 200
    done = client.post("/sign-in/code/", {"code": code_of(secret, ahead=1)})
    assert (done.status_code, done.url) == (302, "/stock/")
    assert is_in(client)
    assert AuditEvent.objects.filter(action="signed in").first().detail["way"] == (
        "password, app code"
    )


def test_a_code_opens_once(alice: Member) -> None:
    first = Client()
    enter(first, alice)
    secret, _ = add_app(first)
    code = code_of(secret, ahead=1)
    for expected in (302, 200):
        client = Client()
        enter(client, alice)
        assert client.post("/sign-in/code/", {"code": code}).status_code == expected


def test_a_recovery_code_opens_once(alice: Member) -> None:
    first = Client()
    enter(first, alice)
    _, codes = add_app(first)
    assert len(codes) == 10
    for expected in (True, False):
        client = Client()
        enter(client, alice)
        client.post("/sign-in/code/", {"code": codes[0]})
        assert is_in(client) is expected
    assert b"9 left" in first.get("/account/").content


def test_the_secret_of_an_app_is_not_in_the_database(alice: Member) -> None:
    client = Client()
    enter(client, alice)
    secret, _ = add_app(client)
    kept = Authenticator.objects.get(type="totp")
    assert secret not in str(kept.data)
    assert kept.wrap().validate_code(code_of(secret, ahead=-1))


def test_with_another_secret_key_no_code_matches_and_nothing_breaks(
    alice: Member, settings: Any
) -> None:
    first = Client()
    enter(first, alice)
    secret, _ = add_app(first)
    settings.SECRET_KEY = "another-key-than-the-one-it-was-kept-with"
    client = Client()
    enter(client, alice)
    answer = client.post("/sign-in/code/", {"code": code_of(secret, ahead=1)})
    assert answer.status_code == 200
    assert b"does not match" in answer.content


def test_what_changes_the_second_factor_asks_again_first(alice: Member) -> None:
    client = Client()
    enter(client, alice)
    assert client.get("/account/app/").url.startswith("/account/again/")
    assert b"password" in again(client, "wrong").content
    assert client.get("/account/app/").status_code == 302
    assert again(client, then="/account/app/").url == "/account/app/"
    assert client.get("/account/app/").status_code == 200


def test_app_codes_can_be_switched_off_and_the_trail_says_so(
    alice: Member, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    enter(client, alice)
    with django_capture_on_commit_callbacks(execute=True):
        add_app(client)
    assert client.post("/account/app/remove/").status_code == 302
    assert not has_factor(alice)
    assert noted(alice)[:2] == ["signed in", "second factor added"]
    assert "second factor removed" in noted(alice)


def test_new_recovery_codes_replace_the_old(
    alice: Member, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    enter(client, alice)
    _, old = add_app(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/codes/new/")
    new = client.get("/account/codes/").context["unused_codes"]
    assert not set(new) & set(old)
    assert "recovery codes renewed" in noted(alice)
    assert new[0] in client.get("/account/codes/file/").content.decode()


def test_a_new_password_signs_out_every_other_place(alice: Member) -> None:
    here, there = Client(), Client()
    enter(here, alice)
    enter(there, alice)
    new = "a-quite-other-password"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/account/password/", sent).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert "password changed" in noted(alice)
    assert enter(Client(), alice, new).status_code == 302


@pytest.mark.parametrize("weak", ["12345678", "password", "alice"])
def test_a_weak_password_is_not_taken(alice: Member, weak: str) -> None:
    client = Client()
    enter(client, alice)
    sent = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    answer = client.post("/account/password/", sent)
    assert answer.status_code == 200
    assert answer.context["form"].errors["password1"]


def test_five_wrong_passwords_lock_the_account_for_every_process(
    alice: Member, locks: None
) -> None:
    for _ in range(5):
        answer = enter(Client(), alice, "wrong")
    assert answer.status_code == 429
    cache.clear()  # what one process keeps in memory does not matter
    locked = enter(Client(), alice)
    assert locked.status_code == 429
    assert b"locked for an hour" in locked.content
    assert noted(alice) == ["sign-in failed"] * 4 + ["account locked"]


def test_a_locked_account_fills_no_trail(alice: Member, locks: None) -> None:
    for _ in range(12):
        enter(Client(), alice, "wrong")
    assert noted(alice).count("account locked") == 1
    assert noted(alice).count("sign-in failed") == 4


def test_wrong_codes_lock_the_account_as_wrong_passwords_do(alice: Member, locks: None) -> None:
    first = Client()
    enter(first, alice)
    secret, _ = add_app(first)
    client = Client()
    enter(client, alice)
    for _ in range(5):
        answer = client.post("/sign-in/code/", {"code": "000000"})
    assert answer.status_code == 429
    right = client.post("/sign-in/code/", {"code": code_of(secret, ahead=1)})
    assert right.status_code == 429
    assert not is_in(client)


def test_the_right_password_before_the_code_does_not_unlock_guessing(
    alice: Member, locks: None
) -> None:
    first = Client()
    enter(first, alice)
    add_app(first)
    for _ in range(5):
        client = Client()
        enter(client, alice)
        answer = client.post("/sign-in/code/", {"code": "000000"})
    assert answer.status_code == 429
    assert enter(Client(), alice).status_code == 429


def test_a_stolen_session_cannot_guess_the_password(alice: Member, locks: None) -> None:
    client = Client()
    enter(client, alice)
    sent = {"oldpassword": "guess", "password1": "x" * 12, "password2": "x" * 12}
    for _ in range(3):
        again(client, "guess")
    for _ in range(2):
        answer = client.post("/account/password/", sent)
    assert answer.status_code == 429
    assert again(client).status_code == 429


def test_a_right_sign_in_forgets_the_failures_before_it(alice: Member, locks: None) -> None:
    for _ in range(3):
        for _ in range(4):
            enter(Client(), alice, "wrong")
        assert enter(Client(), alice).status_code == 302


def test_no_page_of_the_framework_shows(alice: Member) -> None:
    client = Client()
    enter(client, alice)
    add_app(client)
    for path in (
        "/account/",
        "/account/again/",
        "/account/again/code/",
        "/account/password/",
        "/account/app/remove/",
        "/account/codes/",
        "/account/codes/new/",
        "/account/passkeys/add/",
        "/account/back/",
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        assert any(one.name == "base.html" for one in page.templates), path
        assert not any((one.name or "").startswith("allauth/") for one in page.templates), path
        assert b"<script>" not in page.content, path
        assert b"style=" not in page.content, path
