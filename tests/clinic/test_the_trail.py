"""The pages of the trail: what was done, who looked, and what was written past the actions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from glabella.clinic.audit.models import Viewing
from glabella.clinic.audit.queries import Asked, trail_page, viewing_page
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import SignedIn, member


@pytest.fixture
def owner(olga: Member, signed_in: SignedIn) -> Client:
    return signed_in(olga)


def test_looking_at_a_patient_is_kept(
    signed: Treatment, bob: Member, owner: Client, signed_in: SignedIn
) -> None:
    client = signed_in(bob)
    client.get(f"/patients/{signed.patient_id}/")
    client.get(f"/treatments/{signed.pk}/")
    seen = Viewing.objects.filter(by=bob).order_by("id")
    assert [(one.page, one.subject, one.patient) for one in seen] == [
        ("patients:timeline", "patient", signed.patient),
        ("treatments:record", "treatment", signed.patient),
    ]
    page = owner.get("/audit/looked/").content.decode()
    assert "Bob" in page
    assert signed.patient.name in page


def test_looking_at_a_vial_is_nobodys_business(
    signed: Treatment, bob: Member, signed_in: SignedIn
) -> None:
    vial = signed.points.all()[0].vial
    signed_in(bob).get(f"/stock/{vial.pk}/")
    assert not Viewing.objects.exists()


def test_a_look_that_was_refused_is_no_look(signed: Treatment, signed_in: SignedIn) -> None:
    zoe = member("Zoe", Role.INJECTOR, clinic="Other Clinic")
    assert signed_in(zoe).get(f"/patients/{signed.patient_id}/").status_code == 404
    assert not Viewing.objects.exists()


def test_the_trail_can_be_asked(signed: Treatment, alice: Member, carol: Member) -> None:
    clinic = alice.clinic
    by_carol = trail_page(clinic, Asked(by=str(carol.pk)), "")
    assert {event.action for event in by_carol} == {"vial received", "member admitted"}
    signing = trail_page(clinic, Asked(words="treatment signed"), "")
    assert [event.subject_id for event in signing] == [signed.pk]
    today = timezone.localdate()
    assert trail_page(clinic, Asked(since=today + timedelta(days=1)), "").paginator.count == 0
    assert trail_page(clinic, Asked(until=date(2000, 1, 1)), "").paginator.count == 0


def test_who_looked_can_be_asked_by_name(
    signed: Treatment, bob: Member, signed_in: SignedIn
) -> None:
    signed_in(bob).get(f"/patients/{signed.patient_id}/")
    found = viewing_page(bob.clinic, Asked(words=signed.patient.given_name), "")
    assert found.paginator.count == 1
    assert viewing_page(bob.clinic, Asked(words="Nobody"), "").paginator.count == 0


def test_each_clinic_sees_its_own_trail(signed: Treatment, signed_in: SignedIn) -> None:
    zoe = member("Zoe", Role.OWNER, clinic="Other Clinic")
    page = signed_in(zoe).get("/audit/").content.decode()
    assert "treatment signed" not in page
    assert "Zoe" in page


@pytest.mark.parametrize("typed", ["since=soon", "by=x", "page=-4", "until=2026-13-40"])
def test_what_cannot_be_read_asks_for_nothing(owner: Client, typed: str) -> None:
    assert owner.get(f"/audit/?{typed}").status_code == 200


def test_what_was_written_past_the_actions_is_shown(signed: Treatment, owner: Client) -> None:
    assert b"Nothing was written past the actions" in owner.get("/audit/raw-writes/").content
    signed.patient.save()
    assert b"patients_patient" in owner.get("/audit/raw-writes/").content


def test_the_trail_of_a_record_names_the_link_of_each_event(
    signed: Treatment, alice: Member, signed_in: SignedIn
) -> None:
    page = signed_in(alice).get(f"/treatments/{signed.pk}/").content.decode()
    assert "treatment signed" in page
