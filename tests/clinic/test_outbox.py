"""Messages leave once or not at all, say nothing that others may not read, and never get lost."""

from __future__ import annotations

import os
import signal
import smtplib
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from glabella.clinic.links.models import PatientLink, Purpose
from glabella.clinic.outbox import rules
from glabella.clinic.outbox.actions import (
    LinkWanted,
    cancel_message,
    claim_message,
    drop_template,
    mark_delivered,
    queue_message,
    resend_message,
    set_message_policy,
    write_template,
)
from glabella.clinic.outbox.carriers import Letter, NotSent, PerhapsSent, by_email, by_text
from glabella.clinic.outbox.models import Message, MessageState
from glabella.clinic.outbox.queries import composed
from glabella.clinic.outbox.rules import MessageRefused, TemplateRefused
from glabella.clinic.outbox.sending import send_one, send_waiting
from glabella.clinic.outbox.texts import BUILT_IN
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Role
from tests.clinic.conftest import SignedIn, member

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def reachable(dan: Patient) -> Patient:
    Patient.objects.filter(pk=dan.pk).update(email="dan@example.org", phone="01632 960010")
    dan.refresh_from_db()
    return dan


def queued(patient: Patient, by: Member | None = None, **more: Any) -> Message:
    told: dict[str, Any] = {"kind": "recall", "title": "From us", "body": "Call us.", "at": NOON}
    return queue_message(patient=patient, by=by, **told | more)


class Carrier:
    """Takes letters; raises what it is told to."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.letters = list(errors), []

    def __call__(self, letter: Letter) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.letters.append(letter)


def test_a_message_goes_once(reachable: Patient) -> None:
    message, carrier = queued(reachable), Carrier()
    told = send_waiting(now=NOON, carriers={"email": carrier})
    assert (told.sent, len(carrier.letters)) == (1, 1)
    assert carrier.letters[0] == Letter("dan@example.org", "Test Clinic", "From us", "Call us.")
    assert send_waiting(now=NOON + timedelta(days=1), carriers={"email": carrier}).sent == 0
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.SENT, 1)


def test_of_two_senders_one_has_it(reachable: Patient) -> None:
    message = queued(reachable)
    same = Message.objects.get(pk=message.pk)
    assert claim_message(message=message, by=None, at=NOON)
    carrier = Carrier()
    assert send_one(same, now=NOON, carriers={"email": carrier}) is None
    assert not carrier.letters


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_sender_that_is_killed_while_it_sends_sends_nothing_twice(reachable: Patient) -> None:
    message = queued(reachable)
    connection.close()
    child = os.fork()
    if child == 0:

        def die(_: Letter) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        send_one(message, now=NOON, carriers={"email": die})
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    message.refresh_from_db()
    assert message.state == MessageState.SENDING
    carrier = Carrier()
    soon, later = NOON + timedelta(minutes=1), NOON + timedelta(minutes=11)
    assert send_waiting(now=soon, carriers={"email": carrier}).unsure == 0
    assert send_waiting(now=later, carriers={"email": carrier}).unsure == 1
    message.refresh_from_db()
    assert message.state == MessageState.UNSURE
    assert "Ask whether it arrived" in message.problem
    assert not carrier.letters


def test_a_failure_is_tried_again_ever_later_and_then_given_up(reachable: Patient) -> None:
    message, now, waits = queued(reachable), NOON, []
    carrier = Carrier(*[NotSent("The server sleeps.", again=True)] * 9)
    for _ in range(rules.MOST_ATTEMPTS):
        send_waiting(now=now, carriers={"email": carrier})
        message.refresh_from_db()
        if message.next_try_at:
            waits.append((message.next_try_at - now).seconds // 60)
            before = now + timedelta(seconds=30)
            assert send_waiting(now=before, carriers={"email": carrier}).failed == 0
            now = message.next_try_at
    assert waits == list(rules.BACK_OFF_MINUTES)
    assert (message.state, message.problem) == (MessageState.FAILED, "The server sleeps.")


def test_an_address_that_is_refused_is_not_tried_again(reachable: Patient, alice: Member) -> None:
    message = queued(reachable)
    refused = Carrier(NotSent("No such mailbox.", again=False))
    send_waiting(now=NOON, carriers={"email": refused})
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    Patient.objects.filter(pk=reachable.pk).update(email="right@example.org")
    message = Message.objects.select_related("patient").get()
    resend_message(message=message, by=alice)
    carrier = Carrier()
    assert send_waiting(now=timezone.now(), carriers={"email": carrier}).sent == 1
    assert carrier.letters[0].to == "right@example.org"


def test_a_broken_connection_is_for_a_person_to_settle(reachable: Patient, alice: Member) -> None:
    message = queued(reachable)
    send_waiting(now=NOON, carriers={"email": Carrier(PerhapsSent("It broke."))})
    message.refresh_from_db()
    assert message.state == MessageState.UNSURE
    mark_delivered(message=message, by=alice)
    with pytest.raises(MessageRefused, match="settled already"):
        mark_delivered(message=message, by=alice)


def test_what_the_schedule_writes_waits_for_the_day(reachable: Patient, olga: Member) -> None:
    queued(reachable), queued(reachable, olga)
    carrier, night = Carrier(), NOON.replace(hour=23)
    assert send_waiting(now=night, carriers={"email": carrier}).sent == 1
    assert send_waiting(now=night + timedelta(hours=10), carriers={"email": carrier}).sent == 1


@pytest.mark.parametrize(
    ("hour", "start", "end", "quiet"),
    [
        (21, 20, 8, True),
        (7, 20, 8, True),
        (8, 20, 8, False),
        (13, 12, 14, True),
        (14, 12, 14, False),
    ],
)
def test_quiet_hours_may_span_midnight(hour: int, start: int, end: int, quiet: bool) -> None:
    now = NOON.replace(hour=hour)
    found = rules.is_quiet(now, start=time(start), end=time(end), zone=ZoneInfo("UTC"))
    assert found is quiet


def test_what_grew_stale_is_not_sent(reachable: Patient) -> None:
    message, carrier = queued(reachable, stale_after=NOON + timedelta(days=1)), Carrier()
    told = send_waiting(now=NOON + timedelta(days=7), carriers={"email": carrier})
    message.refresh_from_db()
    assert (told.stale, told.sent, message.state) == (1, 0, MessageState.CANCELLED)
    assert "Its day passed" in message.problem


def test_the_link_is_made_when_it_is_sent_and_kept_nowhere(reachable: Patient) -> None:
    message = queued(reachable, body="See {link}", link=LinkWanted(Purpose.CHECK_IN, 7, 3))
    assert not PatientLink.objects.exists()
    carrier = Carrier()
    send_one(message, now=NOON, carriers={"email": carrier})
    link, sent = PatientLink.objects.get(), carrier.letters[0].body
    assert (link.subject_id, (link.expires_at - NOON).days) == (7, 3)
    assert "/follow-up/c/" in sent
    token = sent.rsplit("/", 2)[1]
    kept = str(list(Message.objects.values())) + str(list(PatientLink.objects.values()))
    assert token not in kept


def test_who_has_no_address_is_called_or_refused(dan: Patient, alice: Member) -> None:
    with pytest.raises(MessageRefused, match="Neither an e-mail address"):
        queued(dan)
    Patient.objects.filter(pk=dan.pk).update(phone="01632 960010")
    dan.refresh_from_db()
    message = queued(dan)
    assert message.channel == "call"
    assert send_waiting(now=NOON).sent == 0
    mark_delivered(message=message, by=alice)
    assert Message.objects.get().state == MessageState.SENT


def test_a_message_is_cancelled_until_it_goes(reachable: Patient, alice: Member) -> None:
    message = queued(reachable)
    cancel_message(message=message, by=alice)
    carrier = Carrier()
    assert send_waiting(now=NOON, carriers={"email": carrier}).sent == 0
    resend_message(message=message, by=alice)
    with pytest.raises(MessageRefused, match="waiting"):
        resend_message(message=message, by=alice)
    assert send_waiting(now=timezone.now(), carriers={"email": carrier}).sent == 1
    message.refresh_from_db()
    with pytest.raises(MessageRefused, match="too late"):
        cancel_message(message=message, by=alice)
    copy = resend_message(message=message, by=alice)
    assert copy.pk != message.pk


def test_the_built_in_words_tell_nobody_anything() -> None:
    for kind, words in BUILT_IN.items():
        rules.check_template(kind, words.title, words.body)


@pytest.mark.parametrize(
    ("title", "body", "words"),
    [
        ("Hello", "See {link} {nonsense}", "not known"),
        ("Hello", "No link here", "needs {link}"),
        ("{link}", "See {link}", "check-in only"),
        ("Your Botox", "See {link}", "tells everybody"),
        ("Hello", "After your treatment: {link}", "tells everybody"),
        ("Hello", "Your Dysport: {link}", "tells everybody"),
        ("Hello", "See {link} and { ", "brace"),
        ("Two\nlines", "See {link}", "one line"),
    ],
)
def test_words_of_ones_own_are_checked(title: str, body: str, words: str, olga: Member) -> None:
    with pytest.raises(TemplateRefused, match=words):
        write_template(kind="check-in", title=title, body=body, by=olga)


def test_a_clinic_has_its_own_words(reachable: Patient, olga: Member, alice: Member) -> None:
    write_template(kind="recall", title="{clinic}", body="Dear {given_name}, {phone}", by=olga)
    assert composed(reachable, "recall") == ("Test Clinic", "Dear Dan, the clinic")
    drop_template(kind="recall", by=olga)
    assert "glad to see you" in composed(reachable, "recall")[1]
    with pytest.raises(NotAllowed):
        write_template(kind="recall", title="a", body="b", by=alice)


def test_another_clinics_words_and_messages_are_its_own(
    reachable: Patient, olga: Member, signed_in: SignedIn
) -> None:
    owner = member("Zoe", Role.OWNER, clinic="Other Clinic")
    write_template(kind="recall", title="Other", body="Other words", by=owner)
    set_message_policy(by=owner, quiet_from=time(1), quiet_until=time(2))
    assert "glad to see you" in composed(reachable, "recall")[1]
    message = queued(reachable)
    client = signed_in(owner)
    assert client.get(f"/outbox/{message.pk}/").status_code == 404
    for act in ("cancel", "resend", "delivered", "send"):
        assert client.post(f"/outbox/{message.pk}/{act}/").status_code == 404
    assert "dan@example.org" not in client.get("/outbox/?show=all").content.decode()


def test_the_outbox_in_the_hand(reachable: Patient, alice: Member, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    message = queued(reachable, alice, body="See {link}", link=LinkWanted(Purpose.CHECK_IN, 1))
    shown = client.get(f"/outbox/{message.pk}/").content.decode()
    assert "the patient&#x27;s own link" in shown
    client.post(f"/outbox/{message.pk}/send/")
    assert len(mail.outbox) == 1
    assert mail.outbox[0].from_email == "Test Clinic <clinic@localhost>"
    assert client.post(f"/outbox/{message.pk}/send/").status_code == 302
    assert len(mail.outbox) == 1
    assert "Sent" in client.get("/outbox/?show=sent").content.decode()


def test_the_words_page(olga: Member, alice: Member, signed_in: SignedIn) -> None:
    client = signed_in(olga)
    refused = client.post("/outbox/words/recall/", {"title": "Botox", "body": "Come"})
    assert refused.status_code == 422
    assert "Come</textarea>" in refused.content.decode()
    kept = client.post("/outbox/words/recall/", {"title": "{clinic}", "body": "Come {phone}"})
    assert kept.status_code == 302
    assert "your words" in client.get("/outbox/words/").content.decode()
    client.post("/outbox/words/recall/reset/")
    assert "your words" not in client.get("/outbox/words/").content.decode()
    assert client.get("/outbox/words/nonsense/").status_code == 404
    assert signed_in(alice).get("/outbox/words/recall/").status_code == 403


LETTER = Letter("dan@example.org", "Test Clinic", "Title", "Body")


@pytest.mark.parametrize(
    ("at", "error", "again"),
    [
        ("open", ConnectionRefusedError("no"), True),
        ("open", smtplib.SMTPAuthenticationError(535, b"no"), True),
        ("send", smtplib.SMTPRecipientsRefused({"dan@example.org": (550, b"no")}), False),
        ("send", smtplib.SMTPRecipientsRefused({"dan@example.org": (450, b"later")}), True),
        ("send", smtplib.SMTPDataError(554, b"no"), False),
        ("send", smtplib.SMTPServerDisconnected("gone"), None),
    ],
)
def test_what_a_mail_server_says_decides(
    at: str, error: Exception, again: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Backend:
        def open(self) -> None:
            if at == "open":
                raise error

        def send_messages(self, _: Any) -> int:
            raise error

        def close(self) -> None:
            pass

    monkeypatch.setattr("glabella.clinic.outbox.carriers.get_connection", Backend)
    with pytest.raises(PerhapsSent if again is None else NotSent) as told:
        by_email(LETTER)
    assert getattr(told.value, "again", None) is again


@pytest.fixture
def gateway(settings: Any) -> Iterator[Callable[[int], list[bytes]]]:
    """A text gateway on this machine that answers with a status."""
    taken: list[bytes] = []
    status = [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["Authorization"] == "Bearer secret"
            self.send_response(status[0])
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.TEXT_URL = f"http://127.0.0.1:{server.server_port}/"
    settings.TEXT_TOKEN = "secret"

    def answering(code: int) -> list[bytes]:
        status[0] = code
        return taken

    yield answering
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_text_message_goes_by_the_gateway(
    gateway: Callable[[int], list[bytes]], dan: Patient
) -> None:
    Patient.objects.filter(pk=dan.pk).update(phone="01632 960010")
    dan.refresh_from_db()
    taken = gateway(200)
    message = queued(dan)
    assert message.channel == "text"
    assert send_one(message, now=NOON) == MessageState.SENT
    assert b"Call us." in taken[0]
    for code, again in ((400, False), (429, True), (503, True)):
        gateway(code)
        with pytest.raises(NotSent) as told:
            by_text(LETTER)
        assert told.value.again is again


def test_a_gateway_that_is_not_there_is_tried_again(settings: Any) -> None:
    settings.TEXT_URL = "http://127.0.0.1:9/"
    with pytest.raises(NotSent) as told:
        by_text(LETTER)
    assert told.value.again
