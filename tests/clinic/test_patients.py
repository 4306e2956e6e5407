"""Patients: kept as typed, measured again without losing what was, found by a part of the name."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from glabella.clinic.patients.actions import add_patient, edit_patient
from glabella.clinic.patients.models import MeasureSet, Patient
from glabella.clinic.patients.rules import PatientRefused, lines_of, measures_of
from glabella.clinic.people.models import Member
from glabella.clinic.treatments.actions import add_addendum
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import SignedIn, about, measures

SENT = {
    "given_name": "Gail",
    "family_name": "Test Patient",
    "date_of_birth": "1990-02-03",
    "sex": "female",
    "conditions": ["dry-eye"],
    "bulk": "average",
    "frontalis": "full",
    "glabella_maximum": "3",
}


def test_a_patient_is_added_with_history_and_measures(signed_in: SignedIn, alice: Member) -> None:
    answer = signed_in(alice).post("/patients/new/", SENT)
    assert answer.status_code == 302
    gail = Patient.objects.get(given_name="Gail")
    assert gail.conditions == ["dry-eye"]
    assert gail.measure_sets.get().glabella_maximum == 3


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"date_of_birth": "2999-01-01"}, b"future"),
        ({"date_of_birth": "1800-01-01"}, b"120 years"),
        ({"conditions": ["bad-luck"]}, b"bad-luck"),
        ({"brow_left_peak_mm": "15"}, b"all three or none"),
        ({"interpupillary_mm": "20"}, b"greater than or equal to 45"),
        ({"c_line_fraction": "2"}, b"less than or equal to 0.9"),
        ({"glabella_maximum": "7"}, b"not one of the available choices"),
    ],
)
def test_what_cannot_be_is_refused_and_the_form_keeps_what_was_typed(
    signed_in: SignedIn, alice: Member, wrong: dict[str, Any], words: bytes
) -> None:
    answer = signed_in(alice).post("/patients/new/", SENT | {"phone": "555 0100"} | wrong)
    assert answer.status_code == 422
    assert words in answer.content
    assert b"555 0100" in answer.content
    assert not Patient.objects.filter(given_name="Gail").exists()


def test_measuring_again_keeps_the_old_set(dan: Patient, alice: Member) -> None:
    edit_patient(
        patient=dan, about=about(), measures=measures(interpupillary_mm=Decimal(60)), by=alice
    )
    assert [found.interpupillary_mm for found in dan.measure_sets.all()] == [Decimal(60), None]


def test_saving_without_a_change_measures_nothing(dan: Patient, alice: Member) -> None:
    edit_patient(patient=dan, about=about(), measures=measures(), by=alice)
    assert dan.measure_sets.count() == 1


def test_the_edit_page_saves_what_it_shows(
    signed_in: SignedIn, dan: Patient, alice: Member
) -> None:
    client, url = signed_in(alice), f"/patients/{dan.pk}/edit/"
    page = client.get(url)
    shown = {
        field.html_name: "" if field.value() is None else field.value()
        for form in (page.context["form"], page.context["measures"])
        for field in form
    }
    assert client.post(url, shown | {"given_name": "Daniela"}).status_code == 302
    dan.refresh_from_db()
    assert dan.given_name == "Daniela"
    assert dan.measure_sets.count() == 1


def test_measures_become_the_face_of_the_plan(dan: Patient, alice: Member) -> None:
    brows = {
        f"brow_left_{place}_mm": Decimal(height)
        for place, height in (("medial", "12.5"), ("peak", "15.5"), ("lateral", "13.5"))
    }
    wide = measures(interpupillary_mm=Decimal(64), bulk="strong", **brows)
    edit_patient(patient=dan, about=about(), measures=wide, by=alice)
    found = measures_of(dan.measure_sets.first())
    assert (found.interpupillary_mm, found.bulk) == (64, "strong")
    assert found.brow_left is not None
    assert found.brow_left.peak_mm == 15.5
    assert found.brow_right is None


def test_an_area_that_was_not_graded_stays_out_of_the_plan() -> None:
    found = MeasureSet(glabella_maximum=3, forehead_rest=1)
    assert lines_of(found).keys() == {"glabella"}
    assert lines_of(None) == {}


def test_patients_are_found_by_parts_of_their_names(
    signed_in: SignedIn, dan: Patient, alice: Member
) -> None:
    client = signed_in(alice)
    assert b"Dan Test Patient" in client.get("/patients/?q=pat+da").content
    assert b"Nobody matches" in client.get("/patients/?q=zebra").content
    assert client.get("/patients/?q=%00&page=99999").status_code == 200


def test_the_timeline_tells_the_story(
    signed_in: SignedIn, signed: Treatment, dan: Patient, alice: Member
) -> None:
    add_addendum(treatment=signed, reason="Left out", text="Ice was used.", by=alice)
    page = signed_in(alice).get(f"/patients/{dan.pk}/").content.decode()
    assert "20 U Botox Cosmetic" in page
    assert "Ice was used." in page
    due = timezone.localdate() + timedelta(days=14)
    assert f"best on {due.day} {due:%b %Y}" in page
    assert "worn off" in page


def test_ones_own_record_offers_no_treatment(
    signed_in: SignedIn, dan: Patient, alice: Member
) -> None:
    dan.member = alice
    dan.save()
    client = signed_in(alice)
    assert b"nobody treats themself" in client.get(f"/patients/{dan.pk}/").content
    answer = client.post(f"/patients/{dan.pk}/treat/", follow=True)
    assert b"Nobody treats themself" in answer.content
    assert not Treatment.objects.exists()


def test_an_unknown_condition_is_refused(alice: Member) -> None:
    with pytest.raises(PatientRefused, match="does not know"):
        add_patient(about=about(conditions=["bad-luck"]), measures=measures(), by=alice)
