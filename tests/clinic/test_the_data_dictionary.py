"""The data dictionary is what the models say, on paper, on the page and at the command line."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command

from glabella.clinic.data.dictionary import as_markdown, entries
from glabella.clinic.people.models import Member
from glabella.clinic.records import ClinicModel
from tests.clinic.conftest import SignedIn
from tests.house.tree import ROOT


def test_the_written_dictionary_is_up_to_date() -> None:
    written = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    assert written == as_markdown(), "write it anew: glabella data-dictionary > docs/data.md"


def test_every_field_of_every_model_is_in_it() -> None:
    told = {(entry.label, field["name"]) for entry in entries() for field in entry.fields}
    assert told == {
        (model._meta.label, field.attname)
        for model in apps.get_models()
        if issubclass(model, ClinicModel)
        for field in model._meta.concrete_fields
    }


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("data_dictionary")
    assert capsys.readouterr().out == as_markdown()


def test_the_owner_reads_it_on_a_page(olga: Member, alice: Member, signed_in: SignedIn) -> None:
    page = signed_in(olga).get("/data/dictionary/").content.decode()
    assert "treatments.ChartPoint" in page
    assert "date_of_birth" in page
    assert signed_in(alice).get("/data/dictionary/").status_code == 403
