"""Consent in steps: told, asked, signed, taken, withdrawn; and what it allows."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from glabella import facts
from glabella.clinic.audit import chain
from glabella.clinic.charted import Charted
from glabella.clinic.charted import charted as on_chart
from glabella.clinic.consent import queries, rules, signature, told
from glabella.clinic.consent.actions import (
    answer_on_photos,
    sign_here,
    take,
    tell,
    withdraw,
    write_text,
)
from glabella.clinic.consent.gates import consent_gate
from glabella.clinic.consent.models import Consent, ConsentText, PhotoScope, Scope
from glabella.clinic.demo.before import consented, scribble
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.actions import sign_treatment
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.rules import SignRefused
from tests.clinic.conftest import AnyReason, SignedIn, about, charted, measures, member, the_clinic

AREAS, PRODUCTS = ["glabella"], ["botox-cosmetic"]


@pytest.fixture
def fay(alice: Member) -> Patient:
    fay = about("Fay", email="fay@example.org")
    return add_patient(about=fay, measures=measures(), by=alice)


def steps(**more: Any) -> dict[str, Any]:
    """Everything talked through, for what is told."""
    areas = more.get("areas", AREAS)
    return {
        "areas": areas,
        "products": PRODUCTS,
        "discussed": [risk.code for risk in told.risks_of(areas)],
        "alternatives": True,
        "off_label": True,
        "copy": "printed",
        "photos": {"record": True, "teaching": False, "public": False},
    } | more


def drawn(**more: Any) -> dict[str, Any]:
    return {"signer": "patient", "name": "Fay Test Patient", "strokes": scribble()} | more


def gate(
    patient: Patient, *areas: str, product: str = "botox-cosmetic", at: datetime | None = None
) -> list[str]:
    now = at or timezone.now()
    units = {product: 20} if areas else {}
    chart = Charted(timezone.localdate(now), frozenset(areas), units)  # type: ignore[arg-type]
    patient = Patient.objects.get(pk=patient.pk)
    return [finding.code for finding in consent_gate(patient, chart, now=now).findings]


# What is told


def test_risks_are_those_of_the_areas_and_of_every_treatment() -> None:
    frown = {risk.code for risk in told.risks_of(["glabella"])}
    neck = {risk.code for risk in told.risks_of(["platysma"])}
    assert {"distant-spread", "bruising", "asymmetry"} <= frown & neck
    assert "eyelid-ptosis" in frown - neck
    assert "weak-neck" in neck - frown


def test_how_often_is_told_with_its_source_and_only_where_one_says_so() -> None:
    known = {risk.code: risk for risk in told.risks_of(["glabella"])}
    (first, *_) = known["eyelid-ptosis"].often
    assert first.startswith("5.4 %: Botox Cosmetic 20 U")
    assert "Carruthers" in first
    assert known["spock-brow"].often == ()
    assert all(risk.source for risk in known.values())


def test_use_outside_the_label_is_named_by_product() -> None:
    (line,) = told.off_label(["glabella", "chin"], ["botox-cosmetic"])
    assert "Botox Cosmetic: its label does not cover chin" in line
    assert told.off_label(["glabella"], ["botox-cosmetic", "dysport"]) == ()


def test_every_risk_of_a_complication_is_told_with_the_rates_that_are_known() -> None:
    known = facts.load()
    for risk in told.risks_of(known.practice):
        complication = known.before.risks[risk.code].complication
        rates = known.safety.complications[complication].rates if complication else ()
        assert len(risk.often) == len(rates)


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ({"discussed": []}, "Not discussed yet"),
        ({"alternatives": False}, "what else there is"),
        ({"areas": []}, "at least one area"),
        ({"products": []}, "Choose the product"),
        ({"products": ["fake"]}, "does not know"),
        ({"questions": "Does it hurt?"}, "without an answer"),
    ],
)
def test_a_step_that_was_left_out_is_refused(
    fay: Patient, alice: Member, left_out: dict[str, Any], words: str
) -> None:
    with pytest.raises(rules.ConsentRefused, match=words):
        tell(patient=fay, by=alice, **steps(**left_out))


def test_off_label_use_has_to_be_said(fay: Patient, alice: Member) -> None:
    with pytest.raises(rules.ConsentRefused, match="outside the label"):
        tell(patient=fay, by=alice, **steps(areas=["chin"], off_label=False))
    tell(patient=fay, by=alice, **steps(off_label=False))


# The signature


@pytest.mark.parametrize(
    "strokes",
    ["", "[]", "[[[10, 10]]]", "[[[10, 10], [12, 11]]]", "{", "[[[5000, 3], [1, 1]]]", '[["a"]]'],
)
def test_a_dot_or_damage_is_no_signature(strokes: str) -> None:
    with pytest.raises(signature.SignatureRefused):
        signature.read(strokes)


def test_a_signature_too_long_to_be_one_is_refused() -> None:
    many = [[[step % 1000, 10] for step in range(signature.MOST_POINTS + 1)]]
    with pytest.raises(signature.SignatureRefused, match="too long"):
        signature.read(json.dumps(many))


def test_a_signature_is_kept_as_strokes_and_drawn_with_its_name_quoted() -> None:
    svg = signature.svg(signature.read(scribble()), name='"><script>')
    assert "<polyline points=" in svg
    assert "<script>" not in svg


def test_who_cannot_draw_types_the_name(fay: Patient, alice: Member) -> None:
    consent = tell(patient=fay, by=alice, **steps())
    signed = sign_here(consent=consent, by=alice, **drawn(method="typed", strokes=""))
    assert (signed.state, signed.strokes_json, signed.method) == ("taken", "", "typed")


def test_a_representative_says_by_what_right(fay: Patient, alice: Member) -> None:
    consent = tell(patient=fay, by=alice, **steps())
    someone = drawn(signer="representative", name="Kim Guardian")
    with pytest.raises(rules.ConsentRefused, match="by what right"):
        sign_here(consent=consent, by=alice, **someone)
    signed = sign_here(consent=consent, by=alice, relation="Power of attorney", **someone)
    assert signed.relation == "Power of attorney"


def test_a_child_does_not_sign_alone(alice: Member) -> None:
    born = timezone.localdate() - timedelta(days=15 * 366)
    child = add_patient(about=about("Kit", date_of_birth=born), measures=measures(), by=alice)
    consent = tell(patient=child, by=alice, **steps())
    with pytest.raises(rules.ConsentRefused, match="under age"):
        sign_here(consent=consent, by=alice, **drawn())


def test_it_is_signed_once_and_taken_once(fay: Patient, alice: Member) -> None:
    consent = tell(patient=fay, by=alice, **steps())
    with pytest.raises(rules.ConsentRefused, match="just signed"):
        take(consent=consent, by=alice)
    sign_here(consent=consent, by=alice, **drawn())
    with pytest.raises(rules.ConsentRefused, match="signed already"):
        sign_here(consent=consent, by=alice, **drawn())


def test_nobody_takes_their_own_consent(alice: Member) -> None:
    own = about("Alice", member=alice)
    patient = add_patient(about=own, measures=measures(), by=alice)
    consent = tell(patient=patient, by=alice, **steps())
    with pytest.raises(rules.ConsentRefused, match="their own"):
        sign_here(consent=consent, by=alice, **drawn())


def test_an_assistant_does_not_take_consent(fay: Patient, carol: Member) -> None:
    with pytest.raises(NotAllowed):
        tell(patient=fay, by=carol, **steps())


# What is kept


def test_what_was_taken_is_locked_and_in_the_chain(fay: Patient, alice: Member) -> None:
    consent = consented(fay, by=alice, at=timezone.now())
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(signer_name="Somebody else")
    found = chain.verify(the_clinic())
    assert found.holds, found.breaks
    # Signed by the patient, and taken by the member.
    assert found.contents == 2


def test_another_signature_behind_the_record_is_seen(fay: Patient, alice: Member) -> None:
    consent = consented(fay, by=alice, at=timezone.now())
    where = "" if connection.vendor == "sqlite" else " ON consent_consent"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER lock_consent_consent_update{where}")
        sql = "UPDATE consent_consent SET signer_name = 'Other' WHERE id = %s"
        cursor.execute(sql, [consent.pk])
    found = chain.verify(the_clinic())
    assert {one.what for one in found.breaks} == {f"consent {consent.pk} is not what was signed."}


def test_a_new_text_leaves_the_signed_ones_as_they_were(
    fay: Patient, alice: Member, olga: Member
) -> None:
    old = consented(fay, by=alice, at=timezone.now())
    assert old.text.number == 1
    write_text(title="Ours", body="# First\nWords", by=olga)
    new = consented(fay, by=alice, at=timezone.now())
    assert (new.text.number, new.text.title) == (2, "Ours")
    assert Consent.objects.get(pk=old.pk).text.number == 1
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ConsentText.objects.update(body="Other words")


def test_only_who_sets_the_policy_writes_the_text(alice: Member) -> None:
    with pytest.raises(NotAllowed):
        write_text(title="Ours", body="Words", by=alice)


def test_a_text_is_read_as_headings_and_words() -> None:
    assert told.sections("Before\n# One\na\nb\n\n# Two\nc") == [
        ("", "Before"),
        ("One", "a\nb"),
        ("Two", "c"),
    ]


# What it allows


def test_the_gate_goes_from_none_to_signed_to_taken(fay: Patient, alice: Member) -> None:
    assert gate(fay) == ["no-consent"]
    consent = tell(patient=fay, by=alice, **steps())
    assert gate(fay) == ["no-consent"]
    sign_here(consent=consent, by=alice, **drawn())
    assert gate(fay) == []
    assert gate(fay, "glabella") == []


def test_it_is_for_its_areas_and_products_only(fay: Patient, alice: Member) -> None:
    consent = tell(patient=fay, by=alice, **steps())
    sign_here(consent=consent, by=alice, **drawn())
    assert gate(fay, "glabella", "chin") == ["consent-not-for"]
    assert gate(fay, "glabella", product="dysport") == ["consent-not-for"]
    more = tell(patient=fay, by=alice, **steps(areas=["chin"]))
    sign_here(consent=more, by=alice, **drawn())
    assert gate(fay, "glabella", "chin") == []


def test_it_ends_with_its_last_day(fay: Patient, alice: Member) -> None:
    consented(fay, by=alice, at=timezone.now())
    assert gate(fay, at=timezone.now() + timedelta(days=181)) == ["consent-over"]


def test_a_clinic_may_wait_from_consent_to_treatment(fay: Patient, alice: Member) -> None:
    Clinic.objects.update(cooling_off_hours=24)
    consented(fay, by=alice, at=timezone.now())
    assert gate(fay) == ["cooling-off"]
    assert gate(fay, at=timezone.now() + timedelta(hours=25)) == []
    now = timezone.now()
    chart = Charted(timezone.localdate())
    patient = Patient.objects.get(pk=fay.pk)
    (waits,) = consent_gate(patient, chart, now=now).findings
    assert waits.source in facts.load().sources
    assert "24 hours" in waits.message


def test_a_consent_of_later_is_none_for_what_was_given_before(fay: Patient, alice: Member) -> None:
    consented(fay, by=alice, at=timezone.now())
    assert gate(fay, at=timezone.now() - timedelta(days=1)) == ["no-consent"]


def test_a_withdrawn_consent_stops_for_good(
    dan: Patient, draft: Treatment, alice: Member, carol: Member
) -> None:
    withdraw(consent=Consent.objects.get(), by=carol, words="Changed my mind")
    assert gate(dan, "glabella") == ["consent-withdrawn"]
    with pytest.raises(SignRefused, match="withdrawn"):
        sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    with pytest.raises(rules.ConsentRefused, match="already"):
        withdraw(consent=Consent.objects.get(), by=alice)
    consented(dan, by=alice, at=timezone.now())
    sign_treatment(treatment=draft, by=alice, overrides=AnyReason())


def test_without_consent_signing_needs_a_stored_reason(
    fay: Patient, vial: Vial, alice: Member
) -> None:
    draft = charted(fay, vial, alice)
    with pytest.raises(SignRefused):
        sign_treatment(treatment=draft, by=alice)
    signed = sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    assert "no-consent" in set(signed.overrides.values_list("code", flat=True))


def test_what_is_charted_is_read_once_for_each_version(draft: Treatment) -> None:
    first = on_chart(draft)
    assert first.areas == {"glabella"}
    assert first is on_chart(draft)


# Photographs


def test_photographs_are_apart_and_each_use_can_be_taken_back(fay: Patient, alice: Member) -> None:
    assert not queries.may_use_photos(fay, Scope.RECORD)
    consented(fay, by=alice, at=timezone.now())
    assert queries.may_use_photos(fay, Scope.RECORD)
    assert not queries.may_use_photos(fay, Scope.PUBLIC)
    answer_on_photos(patient=fay, scope="record", granted=False, by=alice)
    assert not queries.may_use_photos(fay, Scope.RECORD)
    assert gate(fay) == []
    assert PhotoScope.objects.filter(scope="record").count() == 2
    with pytest.raises(rules.ConsentRefused, match="no use"):
        answer_on_photos(patient=fay, scope="billboard", granted=True, by=alice)


# In the browser


def form(**more: str) -> dict[str, Any]:
    """The whole sheet as a browser sends it."""
    sent = {"areas": AREAS, "products": PRODUCTS, "alternatives": "on", "copy": "printed"}
    sent |= {f"risk-{risk.code}": "on" for risk in told.risks_of(AREAS)}
    sent |= {f"photo-{scope.value}": "no" for scope in Scope}
    return sent | drawn() | {"method": "drawn"} | more


def test_the_sheet_starts_with_what_is_on_the_chart(
    draft: Treatment, alice: Member, signed_in: SignedIn
) -> None:
    page = signed_in(alice).get(f"/patients/{draft.patient_id}/consents/new/")
    assert page.context["chosen_areas"] == "Glabella"
    assert page.context["chosen_products"] == "Botox Cosmetic"
    assert b"Drooping upper lid" in page.content


def test_one_sheet_is_told_signed_and_taken_and_leads_back(
    fay: Patient, alice: Member, signed_in: SignedIn
) -> None:
    client, url = signed_in(alice), f"/patients/{fay.pk}/consents/new/"
    assert b"Show what to talk about" in client.get(url).content
    done = client.post(url, form(sign="1", back="/treatments/7/chart/"))
    assert done.url == "/treatments/7/chart/"
    consent = Consent.objects.get()
    assert (consent.state, consent.taken_by) == ("taken", alice)
    page = client.get(f"/consents/{consent.pk}/").content.decode()
    assert "Signature of Fay Test Patient" in page
    assert "Taken by Alice" in page


def test_nothing_typed_or_drawn_is_lost_when_a_step_is_open(
    fay: Patient, alice: Member, signed_in: SignedIn
) -> None:
    sent = form(sign="1", questions="Does it hurt?", replies="A little.")
    del sent["alternatives"]
    answer = signed_in(alice).post(f"/patients/{fay.pk}/consents/new/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Does it hurt?" in page
    assert "doing nothing included" in page
    assert answer.context["signature"]["strokes"].value() == sent["strokes"]
    assert not Consent.objects.exists()


def test_a_patient_reads_and_signs_by_a_link_and_a_member_takes_it(
    fay: Patient, alice: Member, signed_in: SignedIn
) -> None:
    client = signed_in(alice)
    told_only = client.post(f"/patients/{fay.pk}/consents/new/", form())
    consent = Consent.objects.get()
    assert (told_only.url, consent.state) == (f"/consents/{consent.pk}/", "open")
    page = client.post(f"/consents/{consent.pk}/link/", {"by_mail": "1"})
    url = page.context["url"].removeprefix("http://testserver")
    patient = Client()
    assert b"Please read and sign" in patient.get(url).content
    refused = patient.post(url, drawn(strokes="", method="drawn"))
    assert refused.status_code == 422
    assert b"Please sign in the box" in refused.content
    assert patient.post(url, drawn(method="drawn")).url == "/intake/thanks/"
    assert patient.get(url).status_code == 410
    assert gate(fay) == ["no-consent"]
    client.post(f"/consents/{consent.pk}/take/")
    assert gate(fay) == []
    assert client.post(f"/consents/{consent.pk}/link/").status_code == 302


def test_handing_the_sheet_over_signs_the_member_out(
    fay: Patient, alice: Member, signed_in: SignedIn
) -> None:
    consent = tell(patient=fay, by=alice, **steps())
    client = signed_in(alice)
    handed = client.post(f"/consents/{consent.pk}/hand-over/")
    assert client.get("/patients/").url.startswith("/sign-in/")
    client.post(handed.url, drawn(method="drawn"))
    assert b"give the tablet back" in client.get("/intake/thanks/").content
    consent.refresh_from_db()
    assert consent.state == "signed"


def test_withdrawing_in_the_browser(
    fay: Patient, alice: Member, carol: Member, signed_in: SignedIn
) -> None:
    consent = consented(fay, by=alice, at=timezone.now())
    client = signed_in(carol)
    client.post(f"/consents/{consent.pk}/withdraw/", {"words": "By telephone"})
    page = client.get(f"/consents/{consent.pk}/").content.decode()
    assert "Withdrawn" in page
    assert "By telephone" in page


def test_the_pdf_holds_what_was_told_and_who_signed(
    fay: Patient, alice: Member, signed_in: SignedIn, tmp_path: Path
) -> None:
    consent = consented(fay, by=alice, at=timezone.now())
    answer = signed_in(alice).get(f"/consents/{consent.pk}/pdf/")
    assert answer.content.startswith(b"%PDF-")
    target = tmp_path / "consent.pdf"
    target.write_bytes(answer.content)
    if shutil.which("pdftotext"):
        run = ["pdftotext", "-layout", str(target), "-"]
        words = subprocess.run(run, capture_output=True, text=True, check=True).stdout
        for part in ("Fay Test Patient", "Drooping upper lid", "Taken by Alice", "off label"):
            assert part in words


def test_the_owner_edits_the_text_and_sees_every_version(
    olga: Member, alice: Member, signed_in: SignedIn
) -> None:
    client = signed_in(olga)
    assert b"The text that Glabella brings" in client.get("/texts/").content
    assert client.post("/texts/", {"title": "Ours", "body": ""}).status_code == 422
    client.post("/texts/", {"title": "Ours", "body": "# Hello\nWords"})
    text = ConsentText.objects.get()
    assert b"Hello" in client.get(f"/texts/{text.pk}/").content
    days = {"screening_days": "7", "assessment_days": "90", "consent_days": "30"}
    assert client.post("/texts/policy/", days).status_code == 302
    assert client.post("/texts/policy/", days | {"consent_days": "0"}).status_code == 422
    assert signed_in(alice).get("/texts/").status_code == 403


def test_another_clinics_consents_are_not_there(
    dan: Patient, olga: Member, signed_in: SignedIn
) -> None:
    zoe = signed_in(member("Zoe", Role.INJECTOR, Role.OWNER, clinic="Other Clinic"))
    consent = Consent.objects.get()
    text = consent.text_id
    for url in (
        f"/patients/{dan.pk}/consents/",
        f"/patients/{dan.pk}/consents/new/",
        f"/consents/{consent.pk}/",
        f"/consents/{consent.pk}/pdf/",
        f"/texts/{text}/",
    ):
        assert zoe.get(url).status_code == 404, url
    for page in ("take", "withdraw", "hand-over", "link"):
        assert zoe.post(f"/consents/{consent.pk}/{page}/").status_code == 404
    assert zoe.post(f"/patients/{dan.pk}/photos/").status_code == 404
