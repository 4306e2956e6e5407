"""Sessions: how long they last, where they are, who ends them, and what the clinic asks of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.signin import freshness, idle
from glabella.clinic.signin.actions import reset_second_factor, sign_out_everywhere, unlock
from glabella.clinic.signin.devices import device_words
from glabella.clinic.signin.rules import NotYourself, OtherClinic
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import SignedIn, member, post_json
from tests.clinic.doors import add_app, again, enter, has_factor, is_in, noted


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    held = Clock()
    monkeypatch.setattr(idle, "clock", held)
    return held


def policy(person: Member, **asked: Any) -> None:
    for name, value in asked.items():
        setattr(person.clinic, name, value)
    person.clinic.save()


def test_a_tablet_that_nobody_touches_signs_out(alice: Member, clock: Clock) -> None:
    policy(alice, idle_minutes=10)
    client = Client()
    enter(client, alice)
    assert is_in(client)
    clock.now += 9 * 60
    assert is_in(client)
    clock.now += 9 * 60
    assert is_in(client), "each visit starts the time anew"
    clock.now += 10 * 60
    assert client.get("/patients/").url == "/sign-in/?next=/patients/"
    assert noted(alice)[-2:] == ["signed out unused", "signed out"]


def test_a_page_that_asks_by_itself_keeps_no_session_alive(alice: Member, clock: Clock) -> None:
    policy(alice, idle_minutes=10)
    client = Client()
    enter(client, alice)
    client.get("/")
    for _ in range(2):
        clock.now += 5 * 60
        answer = client.get("/", headers={"X-Background": "1"})
    assert answer.status_code == 302


def test_a_new_limit_holds_for_sessions_that_are_open(alice: Member, clock: Clock) -> None:
    policy(alice, idle_minutes=30)
    client = Client()
    enter(client, alice)
    client.get("/")
    policy(alice, idle_minutes=5)
    clock.now += 60
    client.get("/")
    clock.now += 5 * 60
    assert not is_in(client)


def test_a_chart_that_is_saved_too_late_is_told_in_json(
    alice: Member, draft: Treatment, clock: Clock
) -> None:
    client = Client()
    enter(client, alice)
    client.get(f"/treatments/{draft.pk}/chart/")
    clock.now += 60 * alice.clinic.idle_minutes
    before = Treatment.objects.get(pk=draft.pk).version
    answer = post_json(client, f"/treatments/{draft.pk}/draft/", {"version": 1, "points": []})
    assert answer.status_code == 401
    assert "your points are kept" in answer.json()["error"]
    assert Treatment.objects.get(pk=draft.pk).version == before


def test_one_sees_where_one_is_signed_in_and_ends_the_others(alice: Member) -> None:
    here = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/140.0")
    there = Client(HTTP_USER_AGENT="Mozilla/5.0 (iPad; CPU OS 18) AppleWebKit Safari/605")
    enter(here, alice)
    enter(there, alice)
    page = here.get("/account/").content.decode()
    assert "Firefox on Windows" in page
    assert "Safari on iPad" in page
    here.post("/account/sign-out-elsewhere/")
    assert is_in(here)
    assert not is_in(there)
    assert "signed out everywhere" in noted(alice)


def test_signing_out_everywhere_ends_this_place_too(alice: Member) -> None:
    here, there = Client(), Client()
    enter(here, alice)
    enter(there, alice)
    assert here.post("/account/sign-out-everywhere/").url == "/sign-in/"
    assert not is_in(here)
    assert not is_in(there)


def test_nobody_sees_the_sessions_of_others(alice: Member, ann: Member) -> None:
    mine, theirs = Client(HTTP_USER_AGENT="Firefox Linux"), Client(HTTP_USER_AGENT="iPhone Safari")
    enter(mine, alice)
    enter(theirs, ann)
    assert b"iPhone" not in mine.get("/account/").content


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux) Chrome/150 Safari/537", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows) Chrome/150 Safari/537 Edg/150", "Edge on Windows"),
        ("curl/8", "Another program"),
    ],
)
def test_a_device_is_said_in_words(agent: str, words: str) -> None:
    assert device_words(agent) == words


def test_a_role_that_needs_a_second_factor_gets_nowhere_without(
    alice: Member, draft: Treatment
) -> None:
    policy(alice, mfa_required_roles=["injector"])
    client = Client()
    enter(client, alice)
    assert client.get("/patients/").url == "/account/"
    assert b"asks for a second factor" in client.get("/account/").content
    saved = post_json(client, f"/treatments/{draft.pk}/draft/", {"version": 1, "points": []})
    assert saved.status_code == 403
    assert "second factor" in saved.json()["error"]
    add_app(client)
    assert client.get("/patients/").status_code == 200


def test_a_role_that_needs_none_is_asked_for_none(bob: Member) -> None:
    policy(bob, mfa_required_roles=["injector"])
    client = Client()
    enter(client, bob)
    assert is_in(client)


def test_one_of_several_roles_is_enough_to_need_it(db: None) -> None:
    both = member("Both", Role.AUDITOR, Role.OWNER)
    policy(both, mfa_required_roles=["owner"])
    client = Client()
    enter(client, both)
    assert client.get("/").url == "/account/"


def test_the_owner_takes_a_lost_factor_away_and_the_trail_says_so(
    alice: Member, olga: Member
) -> None:
    hers, owners = Client(), Client()
    enter(hers, alice)
    add_app(hers)
    enter(owners, olga)
    assert b"Reset factor" in owners.get("/account/team/").content
    done = owners.post(f"/account/team/{alice.pk}/reset/")
    assert done.url == "/account/team/"
    assert not has_factor(alice)
    assert not is_in(hers), "whoever found the phone may hold a session too"
    event = AuditEvent.objects.get(action="second factor reset")
    assert (event.by, event.subject_id) == (olga, alice.pk)
    assert enter(Client(), alice).url == "/"


def test_helping_somebody_in_asks_the_owner_again_and_then_goes_on(
    alice: Member, olga: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    owners, hers = Client(), Client()
    enter(owners, olga)
    enter(hers, alice)
    real = freshness.time.time
    monkeypatch.setattr(freshness.time, "time", lambda: real() + 11 * 60)
    asked = owners.post(f"/account/team/{alice.pk}/sign-out/")
    assert asked.url.startswith("/account/again/?next=")
    assert is_in(hers)
    again(owners, then=f"/account/team/{alice.pk}/sign-out/")
    assert not is_in(hers), "what was sent before is done now"


def test_the_owner_unlocks_an_account(alice: Member, olga: Member, settings: Any) -> None:
    settings.AXES_ENABLED = True
    for _ in range(5):
        enter(Client(), alice, "wrong")
    owners = Client()
    enter(owners, olga)
    assert b"locked" in owners.get("/account/team/").content
    owners.post(f"/account/team/{alice.pk}/unlock/")
    assert enter(Client(), alice).status_code == 302


@pytest.mark.parametrize("help_", [reset_second_factor, unlock, sign_out_everywhere])
def test_help_is_for_members_of_the_own_clinic_only(
    alice: Member, olga: Member, help_: Any
) -> None:
    other = member("Other Owner", Role.OWNER, clinic="Other Clinic")
    with pytest.raises(OtherClinic):
        help_(member=alice, by=other)
    with pytest.raises(NotYourself):
        help_(member=olga, by=olga)


def test_another_clinics_member_is_not_there(alice: Member, signed_in: SignedIn) -> None:
    client = Client()
    enter(client, member("Other Owner", Role.OWNER, clinic="Other Clinic"))
    assert client.post(f"/account/team/{alice.pk}/reset/").status_code == 404
    assert b"Alice" not in client.get("/account/team/").content
