"""Papers: what is checked when they are entered, who verifies them, what cannot be changed."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from glabella.clinic.audit import chain
from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.credentials.actions import (
    enter_credential,
    enter_own_credential,
    grant_privileges,
    raise_endings,
    verify_credential,
    withdraw_credential,
)
from glabella.clinic.credentials.endings import endings_for
from glabella.clinic.credentials.files import MOST_BYTES, EvidenceRefused, read_evidence
from glabella.clinic.credentials.models import Credential, CredentialKind, Privilege
from glabella.clinic.credentials.numbers import REGISTERS, NumberRefused, check_number, luhn
from glabella.clinic.credentials.rules import CredentialRefused
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.tasks.actions import finish_task
from glabella.clinic.tasks.models import Task
from glabella.clinic.writer import writing
from tests.clinic.conftest import (
    SignedIn,
    a_png,
    an_order,
    insurance,
    licence,
    member,
    paper,
    the_clinic,
    vera,
)


@pytest.fixture
def nina(db: None) -> Member:
    return member("Nina", Role.INJECTOR, in_order=False)


def upload(content: bytes, name: str = "licence.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def a_pdf(*, script: bool = False, attached: bool = False, password: str = "") -> bytes:
    """A page; if asked, one that runs a program when it is opened, or with a file inside."""
    writer, out = PdfWriter(), io.BytesIO()
    page = writer.add_blank_page(100, 100)
    if script:
        run = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
        opened = DictionaryObject({NameObject(key): value for key, value in run.items()})
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): opened})
    if attached:
        writer.add_attachment("inside.txt", b"hidden")
    if password:
        writer.encrypt(password)
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("digits", ["79927398713", "808401993999998", "0"])
def test_a_check_digit_that_fits(digits: str) -> None:
    assert luhn(digits)


@pytest.mark.parametrize("place", range(10))
def test_one_wrong_digit_of_an_npi_is_seen(place: int) -> None:
    right = "1993999998"
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    with pytest.raises(NumberRefused):
        check_number("us-npi", wrong)
    assert check_number("us-npi", f" {right} ") == right


@pytest.mark.parametrize(
    ("register", "typed", "kept"),
    [
        ("gb-gmc", "123 4567", "1234567"),
        ("gb-nmc", "00a0000a", "00A0000A"),
        ("gb-gphc", "2000000", "2000000"),
        ("au-ahpra", "med0000000000", "MED0000000000"),
        ("other", "demo-0001", "DEMO-0001"),
    ],
)
def test_a_number_is_kept_as_its_register_writes_it(register: str, typed: str, kept: str) -> None:
    assert check_number(register, typed) == kept


@pytest.mark.parametrize(
    ("register", "typed"),
    [
        ("gb-gmc", "12345678"),
        ("gb-nmc", "A000000A"),
        ("gb-gphc", "1000000"),
        ("au-ahpra", "ME00000000000"),
        ("us-npi", "3993999998"),
        ("other", "x"),
        ("other", "<b>"),
    ],
)
def test_a_number_that_cannot_be_one_is_refused(register: str, typed: str) -> None:
    with pytest.raises(NumberRefused, match="writes"):
        check_number(register, typed)


def test_each_register_says_what_of_a_number_is_checked() -> None:
    said = {code: register.checked for code, register in REGISTERS.items()}
    assert said["us-npi"] == "form and checksum"
    assert said["gb-gmc"] == "form only"
    assert said["other"] == "not checked"
    assert all(one.source for one in REGISTERS.values() if one.checked != "not checked")


def test_a_licence_is_entered_and_verified_by_somebody_else(nina: Member, olga: Member) -> None:
    entered = enter_credential(member=nina, by=olga, **licence())
    assert not entered.is_verified
    verify_credential(credential=entered, how="Saw the original", by=vera(nina.clinic))
    entered.refresh_from_db()
    assert entered.is_verified
    said = list(AuditEvent.objects.filter(subject="member", subject_id=nina.pk).order_by("id"))
    assert [one.action for one in said] == [
        "member admitted",
        "licence entered",
        "licence verified",
    ]


def test_nobody_verifies_their_own(db: None) -> None:
    boss = member("Boss", Role.OWNER, Role.INJECTOR, in_order=False)
    own = enter_own_credential(by=boss, **licence())
    with pytest.raises(CredentialRefused, match="Nobody verifies their own"):
        verify_credential(credential=own, how="Saw the original", by=boss)


def test_the_database_too_lets_nobody_verify_their_own(nina: Member) -> None:
    own = enter_own_credential(by=nina, **licence())
    with (
        pytest.raises(IntegrityError, match="verified_by_somebody_else"),
        transaction.atomic(),
        writing("test"),
    ):
        Credential.objects.filter(pk=own.pk).update(verified_by=nina, verified_at=timezone.now())


def test_it_is_verified_once(alice: Member, bob: Member) -> None:
    held = alice.credentials.get(kind=CredentialKind.LICENCE)
    with pytest.raises(CredentialRefused, match="already"):
        verify_credential(credential=held, how="Saw the original", by=bob)


def test_only_those_who_keep_the_team_enter_for_others(nina: Member, alice: Member) -> None:
    with pytest.raises(NotAllowed):
        enter_credential(member=nina, by=alice, **licence())
    with pytest.raises(NotAllowed):
        verify_credential(credential=paper(nina, licence(), verified=False), how="x", by=alice)


def test_what_was_entered_is_never_written_over(alice: Member) -> None:
    held = alice.credentials.get(kind=CredentialKind.LICENCE)
    changes: list[dict[str, Any]] = [
        {"number": "OTHER-1"},
        {"until": date(2099, 1, 1)},
        {"jurisdiction": "GB"},
        {"prescribes": True},
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="not changed"), transaction.atomic(), writing("t"):
            Credential.objects.filter(pk=held.pk).update(**change)
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic(), writing("t"):
        held.delete()


def test_a_privilege_is_never_written_over(alice: Member) -> None:
    held = alice.privileges.all()[0]
    with pytest.raises(DatabaseError, match="not changed"), transaction.atomic(), writing("t"):
        Privilege.objects.filter(pk=held.pk).update(supervised=True)


def test_what_was_withdrawn_stays_withdrawn(alice: Member, olga: Member) -> None:
    held = alice.credentials.get(kind=CredentialKind.LICENCE)
    withdraw_credential(credential=held, why="Given back.", by=olga)
    with pytest.raises(CredentialRefused, match="withdrawn"):
        withdraw_credential(credential=held, why="Again.", by=olga)
    with pytest.raises(DatabaseError, match="not changed"), transaction.atomic(), writing("t"):
        Credential.objects.filter(pk=held.pk).update(withdrawn_at=None)


def test_a_paper_does_not_end_before_it_begins(nina: Member) -> None:
    with pytest.raises(CredentialRefused, match="ends before it begins"):
        enter_own_credential(by=nina, **licence(since=date(2026, 2, 1), until=date(2026, 1, 1)))
    with pytest.raises(CredentialRefused, match="ends before it begins"):
        grant_privileges(
            member=nina,
            areas=["glabella"],
            since=date(2026, 2, 1),
            until=date(2026, 1, 1),
            by=vera(nina.clinic),
        )


def test_a_standing_order_is_in_the_chain_with_its_content(db: None) -> None:
    petra = member("Petra", Role.PRESCRIBER)
    paper(petra, licence(prescribes=True))
    order = an_order(petra)
    told = chain.verify(petra.clinic)
    assert told.holds
    assert told.contents == 1
    with connection.cursor() as cursor:
        drop = "DROP TRIGGER lock_credentials_standingorder_update"
        on = " ON credentials_standingorder" if connection.vendor == "postgresql" else ""
        cursor.execute(drop + on)
    with writing("test"):
        type(order).objects.filter(pk=order.pk).update(max_units=900)
    broken = chain.verify(petra.clinic)
    assert [one.what for one in broken.breaks] == [
        f"standingorder {order.pk} is not what was signed."
    ]


def test_a_picture_loses_its_metadata() -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "A camera that tells where it was"
    Image.new("RGB", (30, 20), "white").save(out, "JPEG", exif=exif)
    assert b"A camera" in out.getvalue()
    kind, kept = read_evidence(upload(out.getvalue(), "photo.jpg"))
    assert kind == "image/jpeg"
    assert b"A camera" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert not image.getexif()
        assert image.size == (30, 20)


def test_a_picture_that_lies_on_its_side_is_turned_before_it_forgets() -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (30, 20), "white").save(out, "JPEG", exif=exif)
    _, kept = read_evidence(upload(out.getvalue(), "photo.jpg"))
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (20, 30)


def test_what_follows_a_picture_in_its_file_is_left_behind() -> None:
    kind, kept = read_evidence(upload(a_png() + b"<script>alert(1)</script>", "x.png"))
    assert kind == "image/png"
    assert b"script" not in kept


def test_a_plain_pdf_is_kept_as_it_is() -> None:
    assert read_evidence(upload(a_pdf())) == ("application/pdf", a_pdf())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script></html>", "no PDF, JPEG or PNG"),
        (b"GIF89a" + bytes(40), "no PDF, JPEG or PNG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "no PDF, JPEG or PNG"),
        (b"%PDF-1.7\nnothing here", "damaged"),
        (a_pdf(password="secret"), "password"),
        (a_pdf(script=True), "program"),
        (a_pdf(attached=True), "program"),
    ],
)
def test_what_is_no_plain_document_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(EvidenceRefused, match=why):
        read_evidence(upload(content, "licence.pdf"))


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    with pytest.raises(EvidenceRefused, match="5 MB"):
        read_evidence(upload(bytes(MOST_BYTES + 1)))


def test_evidence_is_saved_by_the_browser_and_never_run(
    nina: Member, olga: Member, signed_in: SignedIn
) -> None:
    held = paper(nina, licence(file=upload(a_png(), "x.png")))
    answer = signed_in(olga).get(f"/team/evidence/{held.evidence_id}/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_evidence_is_for_those_who_verify_in_its_own_clinic(
    nina: Member, alice: Member, signed_in: SignedIn
) -> None:
    held = paper(nina, licence(file=upload(a_png(), "x.png")))
    assert signed_in(alice).get(f"/team/evidence/{held.evidence_id}/").status_code == 403
    other = member("Otto", Role.OWNER, clinic="Other Clinic")
    assert signed_in(other).get(f"/team/evidence/{held.evidence_id}/").status_code == 404


def test_what_ends_is_told_to_its_holder_and_to_those_who_mend_it(
    nina: Member, ann: Member, olga: Member
) -> None:
    today = timezone.localdate()
    paper(nina, licence(until=today + timedelta(days=40)))
    paper(nina, insurance(until=today - timedelta(days=2)))
    for person in (nina, olga):
        told = endings_for(person, on=today)
        assert [(one.what, one.tone) for one in told] == [
            ("insurance", "stop"),
            ("licence", "warn"),
        ]
    assert "ends in 40 days" in endings_for(nina, on=today)[1].words
    assert endings_for(ann, on=today) == []


def test_what_was_renewed_ends_no_more(nina: Member, olga: Member) -> None:
    today = timezone.localdate()
    paper(nina, licence(until=today + timedelta(days=40)))
    paper(nina, licence(until=today + timedelta(days=400)))
    assert endings_for(olga, on=today) == []


def test_privileges_that_end_together_are_one_line(nina: Member, olga: Member) -> None:
    today = timezone.localdate()
    grant_privileges(
        member=nina,
        areas=["glabella", "forehead"],
        until=today + timedelta(days=1),
        by=vera(nina.clinic),
    )
    (told,) = endings_for(olga, on=today)
    assert told.what == "privileges (glabella, forehead)"
    assert told.words.startswith("ends tomorrow")


def test_an_ending_is_one_task_of_the_owner_once_and_for_all(nina: Member, olga: Member) -> None:
    clinic = Clinic.objects.get()
    paper(nina, licence(until=timezone.localdate() + timedelta(days=60)))
    (task,) = raise_endings(clinic=clinic, by=None)
    assert task.assignee == olga
    assert task.title.startswith("Nina: licence ends on")
    assert task.url == f"/team/{nina.pk}/"
    assert raise_endings(clinic=clinic, by=None) == []
    finish_task(task=task, outcome="The renewal is asked for.", by=olga)
    assert raise_endings(clinic=clinic, by=None) == []


def test_signing_in_looks_for_what_ends(nina: Member, olga: Member, signed_in: SignedIn) -> None:
    paper(nina, licence(until=timezone.localdate() + timedelta(days=10)))
    assert not Task.objects.exists()
    signed_in(olga)
    assert Task.objects.get().clinic == the_clinic()
    signed_in(nina)
    assert Task.objects.count() == 1


def test_the_day_and_the_team_page_warn(nina: Member, olga: Member, signed_in: SignedIn) -> None:
    paper(nina, licence(until=timezone.localdate() + timedelta(days=40)))
    for address in ("/", "/team/"):
        assert b"ends in 40 days" in signed_in(olga).get(address).content
