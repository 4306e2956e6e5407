"""The PDF of a signed treatment: one page with what a later reader has to know."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from django.test import Client

from glabella.clinic import printing
from glabella.clinic.people.models import Member
from glabella.clinic.treatments.actions import add_addendum
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import SignedIn


@pytest.fixture
def client(signed_in: SignedIn, bob: Member) -> Client:
    return signed_in(bob)


def words(pdf: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return " ".join(done.stdout.decode().split())


def test_the_page_says_what_was_given_from_which_vial_and_who_signed(
    client: Client, signed: Treatment, alice: Member
) -> None:
    add_addendum(treatment=signed, reason="Left out", text="Ice was used.", by=alice)
    answer = client.get(f"/treatments/{signed.pk}/pdf/")
    assert answer.headers["Content-Type"] == "application/pdf"
    pdf = answer.content
    assert pdf.startswith(b"%PDF-")
    if shutil.which("pdftotext") is None:
        assert len(pdf) > 10_000
        return
    said = words(pdf)
    for expected in (
        "Dan Test Patient",
        "LOT-7",
        "20 U",
        "4 U Botox Cosmetic",
        "100 U in 2.50 mL",
        "signed by Alice",
        "Ice was used.",
        signed.content_hash,
    ):
        assert expected in said, expected
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 1


def test_a_draft_is_not_printed(client: Client, draft: Treatment) -> None:
    answer = client.get(f"/treatments/{draft.pk}/pdf/")
    assert answer.status_code == 404
    assert b"not signed yet" in answer.content


def test_without_pango_the_page_says_what_to_install(
    client: Client, signed: Treatment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise OSError(f"cannot load {name}")

    monkeypatch.setattr(printing.importlib, "import_module", missing)
    answer = client.get(f"/treatments/{signed.pk}/pdf/")
    assert answer.status_code == 501
    assert b"apt-get install libpango" in answer.content
