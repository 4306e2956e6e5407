"""A lot is called back: everything of it stops, everyone who had it hears of it."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from glabella.clinic.lot_recalls import actions
from glabella.clinic.lot_recalls.models import RecallContact
from glabella.clinic.outbox.actions import MessageRefused
from glabella.clinic.outbox.models import Message
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.stock.models import LotRecall, Vial
from glabella.clinic.treatments.actions import sign_treatment
from glabella.clinic.treatments.models import Treatment
from glabella.errors import RecordError
from tests.clinic.conftest import (
    AnyReason,
    SignedIn,
    about,
    charted,
    measures,
    member,
    stock_vial,
)

WORDS = "Some vials of this lot were kept too warm. Tell us if anything troubles you."


def recall(by: Member, **more: Any) -> LotRecall:
    told = {
        "product": "botox-cosmetic",
        "lot": "lot-7",
        "source": "Maker's letter of 1 May",
        "recall_class": "2",
        "words": WORDS,
        "drill": False,
    }
    return actions.start_recall(by=by, **(told | more))


def url_of(token: str) -> str:
    return f"https://clinic.test/lot-recalls/answer/{token}/"


@pytest.fixture
def reachable(signed: Treatment) -> Patient:
    """Dan, who had 20 U of LOT-7, with an e-mail address."""
    Patient.objects.filter(pk=signed.patient_id).update(email="dan@patient.test")
    return Patient.objects.get(pk=signed.patient_id)


def test_a_recall_stops_the_lot_and_lists_who_had_it(
    reachable: Patient, vial: Vial, carol: Member, bob: Member
) -> None:
    other = stock_vial(carol, lot="LOT-8")
    unopened = stock_vial(carol)
    started = recall(bob)
    assert {one.pk for one in Vial.objects.filter(held=True)} == {vial.pk, unopened.pk}
    assert not Vial.objects.get(pk=other.pk).held
    assert [one.patient for one in started.contacts.all()] == [reachable]
    assert stock_vial(carol).held, "a vial of the lot that comes in later is stopped too"


def test_a_draft_with_a_recalled_vial_is_not_signed(
    reachable: Patient, vial: Vial, ann: Member, bob: Member
) -> None:
    eve = add_patient(about=about("Eve"), measures=measures(), by=ann)
    draft = charted(eve, vial, ann)
    recall(bob)
    with pytest.raises(RecordError, match="in quarantine"):
        sign_treatment(treatment=draft, by=ann, overrides=AnyReason())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"product": "none"}, "no product"),
        ({"lot": " "}, "Which lot"),
        ({"source": ""}, "who recalls"),
        ({"words": "Come in."}, "at least 20"),
    ],
)
def test_a_recall_says_what_it_is(bob: Member, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(RecordError, match=words):
        recall(bob, **wrong)


def test_one_lot_is_recalled_once_and_by_whom_may(bob: Member, alice: Member) -> None:
    recall(bob)
    with pytest.raises(RecordError, match="being recalled already"):
        recall(bob)
    with pytest.raises(NotAllowed):
        recall(alice, lot="OTHER")


def test_a_drill_stops_nothing_and_sends_nothing(
    reachable: Patient, vial: Vial, bob: Member
) -> None:
    drill = recall(bob, drill=True)
    assert actions.send_to_all(recall=drill, url_of=url_of, by=bob) == (1, [])
    assert not Vial.objects.filter(held=True).exists()
    assert not Message.objects.exists()
    assert drill.contacts.get().contacted_at
    recall(bob)
    assert Vial.objects.get(pk=vial.pk).held, "a drill does not stand in the way of the real one"


def test_everyone_is_written_to_and_acknowledges_by_the_link(
    reachable: Patient, bob: Member
) -> None:
    started = recall(bob)
    assert actions.send_to_all(recall=started, url_of=url_of, by=bob) == (1, [])
    assert actions.send_to_all(recall=started, url_of=url_of, by=bob) == (0, [])
    message = Message.objects.get()
    assert WORDS in message.body
    link = re.search(r"https://clinic\.test(\S+)", message.body)
    assert link is not None
    patient = Client()
    page = patient.get(link[1])
    assert WORDS in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert b"Thank you" in patient.post(link[1]).content
    contact = RecallContact.objects.get()
    assert contact.acknowledged_at
    assert contact.acknowledged_to is None
    assert patient.post(link[1]).status_code == 410


def test_a_patient_whom_nothing_reaches_is_named(signed: Treatment, bob: Member) -> None:
    started = recall(bob)
    assert actions.send_to_all(recall=started, url_of=url_of, by=bob) == (0, ["Dan Test Patient"])
    with pytest.raises(MessageRefused):
        actions.send_message(contact=started.contacts.get(), url_of=url_of, by=bob)
    assert started.contacts.get().contacted_at is None


def test_the_queue_is_worked_until_all_have_heard(
    signed_in: SignedIn, reachable: Patient, bob: Member
) -> None:
    client, started = signed_in(bob), recall(bob)
    contact, url = started.contacts.get(), f"/lot-recalls/{started.pk}/"
    attempt = f"/lot-recalls/contacts/{contact.pk}/attempt/"
    client.post(attempt, {"way": "call", "outcome": "no-answer"})
    assert "0 of 1</strong> contacted" in client.get(url).content.decode()
    early = client.post(f"{url}end/", {"outcome": "Enough."})
    assert early.status_code == 422
    assert b"have not acknowledged" in early.content
    client.post(attempt, {"way": "call", "outcome": "acknowledged", "words": "Feels well."})
    page = client.get(url).content.decode()
    assert "1 of 1</strong> acknowledged" in page
    assert "Feels well." in page
    client.post(f"{url}end/", {"outcome": ""})
    assert LotRecall.objects.get().ended_by == bob
    assert client.post(attempt, {"way": "call", "outcome": "reached"}).status_code == 422


def test_the_report_is_a_pdf(signed_in: SignedIn, reachable: Patient, bob: Member) -> None:
    started = recall(bob, drill=True)
    sent = signed_in(bob).get(f"/lot-recalls/{started.pk}/report.pdf")
    assert sent.content.startswith(b"%PDF")


def test_another_clinics_recall_is_not_there_and_its_patients_are_not_listed(
    signed_in: SignedIn, reachable: Patient, bob: Member
) -> None:
    started = recall(bob)
    zoe = member("Zoe", Role.SUPERVISOR, clinic="Other Clinic")
    client = signed_in(zoe)
    for page in ("", "report.pdf"):
        assert client.get(f"/lot-recalls/{started.pk}/{page}").status_code == 404
    for act in (f"{started.pk}/send/", f"contacts/{started.contacts.get().pk}/send/"):
        assert client.post(f"/lot-recalls/{act}").status_code == 404
    assert not recall(zoe).contacts.exists()


def test_a_treatment_of_long_ago_counts(
    dan: Patient, carol: Member, alice: Member, bob: Member
) -> None:
    at = timezone.now() - timedelta(days=300)
    vial = stock_vial(carol, opened_by=alice, at=at - timedelta(hours=1), lot="OLD")
    assert vial.remaining_units == Decimal(100)
    sign_treatment(
        treatment=charted(dan, vial, alice, at=at), by=alice, overrides=AnyReason(), at=at
    )
    assert recall(bob, lot="OLD").contacts.count() == 1
