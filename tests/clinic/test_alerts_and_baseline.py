"""What is to be seen on every chart of a patient, and what is measured before the first point."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from glabella.clinic.demo.before import screened
from glabella.clinic.patients.actions import add_patient, end_alert, raise_alert
from glabella.clinic.patients.gates import baseline, baseline_gate
from glabella.clinic.patients.models import MeasureSet, Patient, PatientAlert
from glabella.clinic.patients.rules import PatientRefused
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import SignedIn, about, measures, member


def test_an_alert_is_on_the_chart_until_it_is_ended(
    draft: Treatment, alice: Member, signed_in: SignedIn
) -> None:
    client, chart = signed_in(alice), f"/treatments/{draft.pk}/chart/"
    url = f"/patients/{draft.patient_id}/alert/"
    assert client.post(url, {"kind": "alert", "text": ""}).status_code == 422
    client.post(url, {"kind": "alert", "text": "Faints at needles"})
    assert b"Faints at needles" in client.get(chart).content
    alert = PatientAlert.objects.get()
    client.post(f"/patients/alerts/{alert.pk}/end/", {"why": ""})
    assert b"Faints at needles" in client.get(chart).content
    client.post(f"/patients/alerts/{alert.pk}/end/", {"why": "Was somebody else"})
    assert b"Faints at needles" not in client.get(chart).content


def test_a_reaction_to_a_product_is_an_allergy_and_outlives_a_new_screening(
    dan: Patient, alice: Member
) -> None:
    with pytest.raises(PatientRefused, match="Choose the product"):
        raise_alert(patient=dan, kind="reaction", text="Wheals", by=alice)
    raise_alert(patient=dan, kind="reaction", product="dysport", text="Wheals", by=alice)
    assert Patient.objects.get(pk=dan.pk).conditions == ["hypersensitivity"]
    screened(dan, by=alice, at=timezone.now())
    assert Patient.objects.get(pk=dan.pk).conditions == ["hypersensitivity"]


def test_an_alert_is_ended_once_and_never_deleted(dan: Patient, alice: Member) -> None:
    alert = raise_alert(patient=dan, kind="alert", text="Pacemaker", by=alice)
    end_alert(alert=alert, why="Taken out", by=alice)
    with pytest.raises(PatientRefused, match="meanwhile"):
        end_alert(alert=alert, why="Again", by=alice)
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        PatientAlert.objects.all().delete()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        PatientAlert.objects.update(text="Nothing")


def test_another_clinics_alerts_are_not_there(
    dan: Patient, alice: Member, signed_in: SignedIn
) -> None:
    alert = raise_alert(patient=dan, kind="alert", text="Pacemaker", by=alice)
    zoe = signed_in(member("Zoe", Role.INJECTOR, clinic="Other Clinic"))
    assert zoe.get(f"/patients/{dan.pk}/alert/").status_code == 404
    assert zoe.get(f"/patients/{dan.pk}/measure/").status_code == 404
    assert zoe.post(f"/patients/alerts/{alert.pk}/end/", {"why": "x"}).status_code == 404


def test_the_baseline_warns_of_areas_without_grades_and_of_missing_brows(
    draft: Treatment, alice: Member
) -> None:
    (lacking,) = baseline(draft, timezone.now()).findings
    assert lacking.severity == "warn"
    assert "brow heights" in lacking.message
    assert "the grade of" not in lacking.message
    chin = baseline_gate(draft.patient, frozenset({"chin"}))
    assert "the grade of chin" in chin.findings[0].message
    bare = add_patient(
        about=about("Gil"), measures=measures(glabella_maximum=None, glabella_rest=None), by=alice
    )
    assert "line grades and brow heights" in baseline_gate(bare, frozenset()).findings[0].message


def test_one_tap_leads_to_the_measures_and_back_to_the_chart(
    draft: Treatment, alice: Member, signed_in: SignedIn
) -> None:
    gate, client = baseline(draft, timezone.now()), signed_in(alice)
    assert client.get(gate.url).context["back"] == f"/treatments/{draft.pk}/chart/"
    brows = {
        f"brow_{side}_{place}_mm": "14"
        for side in ("left", "right")
        for place in ("medial", "peak", "lateral")
    }
    sent = {"glabella_maximum": "3", "bulk": "average", "frontalis": "full"} | brows
    half = sent | {"brow_left_peak_mm": "", "back": f"/treatments/{draft.pk}/chart/"}
    url = f"/patients/{draft.patient_id}/measure/"
    assert client.post(url, half).status_code == 422
    done = client.post(url, sent | {"back": f"/treatments/{draft.pk}/chart/"})
    assert done.url == f"/treatments/{draft.pk}/chart/"
    assert baseline(draft, timezone.now()).tone == "ok"
    assert MeasureSet.objects.filter(patient=draft.patient).count() == 2
