"""The prescriber's assessment, and what may be given by it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from glabella.clinic.audit import chain
from glabella.clinic.charted import Charted
from glabella.clinic.demo.before import assessed, screened
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.prescribing import rules
from glabella.clinic.prescribing.actions import assess_patient, end_assessment
from glabella.clinic.prescribing.gates import prescriber_gate
from glabella.clinic.prescribing.models import Assessment
from glabella.clinic.treatments.actions import sign_treatment
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.rules import SignRefused
from tests.clinic.conftest import AnyReason, SignedIn, about, measures, member, the_clinic


@pytest.fixture
def fay(alice: Member) -> Patient:
    return add_patient(about=about("Fay"), measures=measures(), by=alice)


def said(**more: Any) -> dict[str, Any]:
    return {
        "mode": "face",
        "identity": "Photo document",
        "decision": "suitable",
        "areas": ["glabella"],
        "units": {"botox-cosmetic": Decimal(20)},
        "valid_until": timezone.localdate() + timedelta(days=90),
    } | more


def gate(patient: Patient, injector: Member, *areas: str, **units: int) -> list[str]:
    drawn = {code.replace("_", "-"): Decimal(amount) for code, amount in units.items()}
    chart = Charted(timezone.localdate(), frozenset(areas), drawn)
    injector = Member.objects.select_related("clinic").get(pk=injector.pk)
    found = prescriber_gate(patient, injector, chart, now=timezone.now())
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"mode": "remote"}, "how you met"),
        ({"identity": " "}, "who the patient is"),
        ({"areas": []}, "at least one area"),
        ({"units": {}}, "at least one area, and a product"),
        ({"units": {"fake": Decimal(1)}}, "does not know"),
        ({"units": {"dysport": Decimal(0)}}, "more than 0"),
        ({"decision": "not"}, "why not"),
        ({"valid_until": timezone.localdate() - timedelta(days=1)}, "over already"),
        ({"valid_until": timezone.localdate() + timedelta(days=400)}, "180 days at most"),
    ],
)
def test_an_assessment_that_says_too_little_is_refused(
    fay: Patient, pete: Member, wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(rules.AssessmentRefused, match=words):
        assess_patient(patient=fay, by=pete, **said(**wrong))
    assert not Assessment.objects.exists()


def test_only_a_prescriber_assesses_and_nobody_themself(
    fay: Patient, alice: Member, pete: Member
) -> None:
    with pytest.raises(NotAllowed):
        assess_patient(patient=fay, by=alice, **said())
    own = add_patient(about=about("Pete", member=pete), measures=measures(), by=alice)
    with pytest.raises(rules.AssessmentRefused, match="themself"):
        assess_patient(patient=own, by=pete, **said())


def test_it_is_locked_and_in_the_chain_with_what_was_screened(
    fay: Patient, alice: Member, pete: Member
) -> None:
    screening = screened(fay, by=alice, at=timezone.now())
    one = assess_patient(patient=fay, by=pete, **said(mode="remote", how="Video"))
    assert one.screening == screening
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Assessment.objects.update(decision="not")
    found = chain.verify(the_clinic())
    assert found.holds, found.breaks


def test_what_is_charted_stays_within_what_is_prescribed(
    fay: Patient, alice: Member, pete: Member
) -> None:
    assert gate(fay, alice) == ["not-assessed"]
    assess_patient(patient=fay, by=pete, **said())
    assert gate(fay, alice, "glabella", botox_cosmetic=20) == []
    assert gate(fay, alice, "glabella", botox_cosmetic=21) == ["beyond-prescription"]
    assert gate(fay, alice, "glabella", dysport=20) == ["not-prescribed"]
    assert gate(fay, alice, "glabella", "chin", botox_cosmetic=4) == ["area-not-prescribed"]


def test_units_of_a_prescription_are_said_with_their_product(
    fay: Patient, alice: Member, pete: Member
) -> None:
    assess_patient(patient=fay, by=pete, **said())
    chart = Charted(timezone.localdate(), frozenset(), {"botox-cosmetic": Decimal(64)})
    (found,) = prescriber_gate(fay, alice, chart, now=timezone.now()).findings
    assert found.message == "64 U Botox Cosmetic are charted, 20 U are prescribed."


def test_the_last_assessment_counts_and_an_ended_one_does_not(
    fay: Patient, alice: Member, pete: Member
) -> None:
    first = assessed(fay, by=pete, at=timezone.now() - timedelta(days=2))
    later = said(decision="later", findings="Cold sore: come back in two weeks")
    second = assess_patient(patient=fay, by=pete, **later)
    assert gate(fay, alice) == ["assessed-not-yet"]
    end_assessment(assessment=second, reason="Healed", by=pete)
    assert gate(fay, alice) == []
    end_assessment(assessment=first, reason="Moved away", by=pete)
    assert gate(fay, alice) == ["not-assessed"]
    with pytest.raises(rules.AssessmentRefused, match="already"):
        end_assessment(assessment=first, reason="Once more", by=pete)


def test_it_stands_until_its_last_day(fay: Patient, alice: Member, pete: Member) -> None:
    long_ago = timezone.now() - timedelta(days=200)
    assessed(fay, by=pete, at=long_ago)
    assert gate(fay, alice) == ["assessment-over"]


def test_a_no_of_the_prescriber_is_not_signed_past(
    draft: Treatment, alice: Member, pete: Member
) -> None:
    no = said(decision="not", findings="Expects what cannot be reached")
    assess_patient(patient=draft.patient, by=pete, **no)
    with pytest.raises(SignRefused, match="not suitable"):
        sign_treatment(treatment=draft, by=alice, overrides=AnyReason())


def test_a_clinic_may_do_without_but_a_no_still_counts(
    fay: Patient, alice: Member, pete: Member
) -> None:
    Clinic.objects.update(assessment_required=False)
    assert gate(fay, alice, "chin", dysport=900) == []
    assess_patient(patient=fay, by=pete, **said())
    assert gate(fay, alice, "chin", dysport=900) == []
    assess_patient(patient=fay, by=pete, **said(decision="not", findings="Pregnant"))
    assert gate(fay, alice) == ["assessed-not-suitable"]


# In the browser


def sent(**more: str) -> dict[str, Any]:
    until = timezone.localdate() + timedelta(days=30)
    return {
        "mode": "face",
        "identity": "Known to me",
        "decision": "suitable",
        "areas": ["glabella"],
        "units-botox-cosmetic": "20",
        "valid_until": until.isoformat(),
    } | more


def test_a_prescriber_who_injects_assesses_from_the_chart_in_one_step(
    draft: Treatment, signed_in: SignedIn
) -> None:
    both = signed_in(member("Bo", Role.INJECTOR, Role.PRESCRIBER))
    url = f"/patients/{draft.patient_id}/assessments/"
    opened = both.get(url, {"back": f"/treatments/{draft.pk}/chart/"})
    page = both.get(opened.url)
    assert page.context["form"]["areas"].value() == ["glabella"]
    assert page.context["form"]["units-botox-cosmetic"].value() == Decimal(20)
    done = both.post(f"{url}new/", sent(back=f"/treatments/{draft.pk}/chart/"))
    assert done.url == f"/treatments/{draft.pk}/chart/"


def test_the_page_keeps_what_was_typed_and_shows_the_screening(
    fay: Patient, alice: Member, pete: Member, signed_in: SignedIn
) -> None:
    screened(fay, by=alice, at=timezone.now(), yes={"dry-eye": "In winter"})
    client, url = signed_in(pete), f"/patients/{fay.pk}/assessments/new/"
    assert b"In winter" in client.get(url).content
    answer = client.post(url, sent(decision="not", identity="Passport"))
    assert answer.status_code == 422
    assert b"Passport" in answer.content
    assert b"why not" in answer.content


def test_it_is_ended_on_its_page_with_a_reason(
    fay: Patient, pete: Member, signed_in: SignedIn
) -> None:
    one, client = assessed(fay, by=pete, at=timezone.now()), signed_in(pete)
    assert client.post(f"/assessments/{one.pk}/end/", {"reason": ""}).status_code == 422
    client.post(f"/assessments/{one.pk}/end/", {"reason": "Allergy found"})
    assert b"Allergy found" in client.get(f"/patients/{fay.pk}/assessments/").content


def test_others_see_it_and_another_clinic_does_not(
    fay: Patient, pete: Member, alice: Member, signed_in: SignedIn
) -> None:
    one = assessed(fay, by=pete, at=timezone.now())
    assert signed_in(alice).get(f"/patients/{fay.pk}/assessments/").status_code == 200
    assert signed_in(alice).get(f"/patients/{fay.pk}/assessments/new/").status_code == 403
    zoe = signed_in(member("Zoe", Role.PRESCRIBER, clinic="Other Clinic"))
    for url in (f"/patients/{fay.pk}/assessments/", f"/patients/{fay.pk}/assessments/new/"):
        assert zoe.get(url).status_code == 404
    assert zoe.post(f"/assessments/{one.pk}/end/", {"reason": "x"}).status_code == 404
