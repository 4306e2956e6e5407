"""From what the patient tells to what a plan is held against."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from glabella import facts
from glabella.clinic.audit import chain
from glabella.clinic.demo.before import answers, assessed, consented, screened, tell_history
from glabella.clinic.intake import rules
from glabella.clinic.intake.actions import (
    invite,
    keep,
    nothing_changed,
    screen,
    send_intake,
    set_policy,
    take_intake,
)
from glabella.clinic.intake.answers import Answers, Confirmed, EarlierToxin, Said, read
from glabella.clinic.intake.gates import screening_gate
from glabella.clinic.intake.models import Channel, Intake, Invitation, Screening
from glabella.clinic.intake.questions import asked
from glabella.clinic.outbox.models import Message
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments import planning
from glabella.clinic.treatments.record import stored_points
from tests.clinic.conftest import SignedIn, about, charted, measures, member, the_clinic

DOUBT = {"dry-eye": "In winter"}


@pytest.fixture
def fay(alice: Member) -> Patient:
    """Somebody of whom nothing is known yet."""
    fay = about("Fay", email="fay@example.org")
    return add_patient(about=fay, measures=measures(), by=alice)


def gate(patient: Patient, at: datetime | None = None, **more: bool) -> list[str]:
    now = at or timezone.now()
    found = screening_gate(patient, now=now, on=timezone.localdate(now), **more)
    return [finding.code for finding in found.findings]


def sent(**more: str) -> dict[str, str]:
    """A whole form as a browser sends it: no to everything but what is told."""
    return {f"a-{code}": "no" for code in asked()} | more


# What is asked


def test_every_condition_that_a_label_speaks_of_is_asked_about() -> None:
    conditions = {
        code for code, one in facts.load().conditions.items() if one.about != "information"
    }
    assert conditions <= set(asked())
    assert {"looks-unseen", "reaction", "anticoagulants"} <= set(asked())


def test_a_history_with_a_question_left_open_is_refused(fay: Patient, alice: Member) -> None:
    half = Answers(said={"dry-eye": Said(answer="no")})
    with pytest.raises(rules.IntakeRefused, match="no answer yet to"):
        take_intake(patient=fay, answers=half, by=alice)
    assert not Intake.objects.exists()


def test_toxin_in_the_future_is_refused(fay: Patient, alice: Member) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    told = answers({}, earlier=(EarlierToxin(product="dysport", on=tomorrow),))
    with pytest.raises(rules.IntakeRefused, match="future"):
        take_intake(patient=fay, answers=told, by=alice)


# Versions


def test_a_later_history_is_a_new_version_and_the_last_counts(fay: Patient, alice: Member) -> None:
    screened(fay, by=alice, at=timezone.now(), yes={"pregnancy": ""})
    assert Patient.objects.get(pk=fay.pk).conditions == ["pregnancy"]
    screened(fay, by=alice, at=timezone.now(), yes=DOUBT)
    assert [one.number for one in Intake.objects.all()] == [2, 1]
    assert Patient.objects.get(pk=fay.pk).conditions == ["dry-eye"]


def test_what_was_told_and_made_of_it_is_never_changed(fay: Patient, alice: Member) -> None:
    screened(fay, by=alice, at=timezone.now(), yes=DOUBT)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Intake.objects.update(answers_json="{}")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Screening.objects.update(conditions=[])
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Screening.objects.all().delete()


def test_history_and_screening_are_in_the_chain(fay: Patient, alice: Member) -> None:
    screened(fay, by=alice, at=timezone.now(), yes=DOUBT)
    found = chain.verify(the_clinic())
    assert found.holds, found.breaks
    assert found.contents == 2


# Going through it


def test_an_answer_that_matters_has_to_be_gone_through(fay: Patient, alice: Member) -> None:
    intake = tell_history(fay, by=alice, at=timezone.now(), yes=DOUBT)
    with pytest.raises(rules.IntakeRefused, match="Not gone through yet: Dry eyes"):
        screen(intake=intake, confirmed=[], by=alice)


def test_an_answer_that_does_not_stand_says_why(fay: Patient, alice: Member) -> None:
    intake = tell_history(fay, by=alice, at=timezone.now(), yes=DOUBT)
    with pytest.raises(rules.IntakeRefused, match="say why"):
        screen(intake=intake, confirmed=[Confirmed(code="dry-eye", stands=False)], by=alice)
    slip = Confirmed(code="dry-eye", stands=False, note="Pressed the wrong one")
    screen(intake=intake, confirmed=[slip], by=alice)
    assert fay.conditions == []
    assert read(intake.answers_json).said["dry-eye"].answer == "yes"


def test_only_the_last_history_is_gone_through(fay: Patient, alice: Member) -> None:
    old = tell_history(fay, by=alice, at=timezone.now(), yes={})
    tell_history(fay, by=alice, at=timezone.now(), yes={})
    with pytest.raises(rules.IntakeRefused, match="newer history"):
        screen(intake=old, confirmed=[], by=alice)


def test_what_stands_reaches_the_limits_of_a_plan_without_typing(
    fay: Patient, alice: Member, vial: Vial
) -> None:
    screened(fay, by=alice, at=timezone.now(), yes={"neuromuscular-disorder": "Myasthenia"})
    draft = charted(fay, vial, alice)
    told = planning.assess(draft, stored_points(draft), now=timezone.now())
    assert "warning:neuromuscular-disorder" in {one.code for one in told.findings}


def test_cows_milk_speaks_against_the_products_whose_label_says_so() -> None:
    found = rules.by_product(["cows-milk-protein-allergy"])
    assert [severity for _, severity, _ in found["dysport"]] == ["stop"]
    assert found["botox-cosmetic"] == []


# The gate


def test_the_gate_goes_from_untold_to_told_to_gone_through(fay: Patient, alice: Member) -> None:
    assert gate(fay) == ["no-history"]
    intake = tell_history(fay, by=alice, at=timezone.now(), yes={})
    assert gate(fay) == ["history-open"]
    screen(intake=intake, confirmed=[], by=alice)
    assert gate(fay) == []


def test_an_old_screening_is_confirmed_in_one_tap(
    fay: Patient, alice: Member, signed_in: SignedIn
) -> None:
    screened(fay, by=alice, at=timezone.now() - timedelta(days=31), yes=DOUBT)
    assert gate(fay) == ["screening-stale"]
    client = signed_in(alice)
    assert b"Nothing has changed" in client.get(f"/patients/{fay.pk}/history/").content
    where = {"back": "/treatments/7/chart/"}
    answer = client.post(f"/patients/{fay.pk}/history/unchanged/", where)
    assert answer.url == "/treatments/7/chart/"
    assert gate(fay) == []
    assert [one.unchanged for one in Screening.objects.all()] == [True, False]


def test_how_long_a_screening_stands_is_the_clinics_own(
    fay: Patient, alice: Member, olga: Member
) -> None:
    screened(fay, by=alice, at=timezone.now() - timedelta(days=5))
    assert gate(fay) == []
    set_policy(screening_days=3, assessment_days=90, consent_days=90, by=olga)
    assert gate(fay) == ["screening-stale"]


def test_nothing_changed_keeps_what_was_added_on_the_patients_page(
    fay: Patient, alice: Member
) -> None:
    screened(fay, by=alice, at=timezone.now(), yes=DOUBT)
    Patient.objects.filter(pk=fay.pk).update(conditions=["dry-eye", "pregnancy"])
    nothing_changed(patient=Patient.objects.get(pk=fay.pk), by=alice)
    assert Patient.objects.get(pk=fay.pk).conditions == ["dry-eye", "pregnancy"]


def test_nothing_can_be_unchanged_that_was_never_told(fay: Patient, alice: Member) -> None:
    with pytest.raises(rules.IntakeRefused, match="no screening yet"):
        nothing_changed(patient=fay, by=alice)


def test_an_infection_stops_whatever_the_product(fay: Patient, alice: Member) -> None:
    screened(fay, by=alice, at=timezone.now(), yes={"infection-at-site": "Cold sore"})
    assert gate(fay) == ["screening:infection-at-site"]
    # With points on the chart the label of their product says it.
    assert gate(fay, charted=True) == []


def test_a_child_is_stopped_with_the_law_that_was_read(alice: Member) -> None:
    born = timezone.localdate() - timedelta(days=16 * 366)
    child = add_patient(about=about("Kit", date_of_birth=born), measures=measures(), by=alice)
    screened(child, by=alice, at=timezone.now())
    assert gate(child) == ["under-age"]


def test_cautions_beyond_the_labels_carry_their_source() -> None:
    (bruise, weak) = sorted(
        rules.cautions(["bruising-medicines", "aminoquinolines"]), key=lambda one: one.severity
    )
    assert (bruise.severity, weak.severity) == ("note", "warn")
    assert bruise.source == "bruise-lists"
    assert rules.cautions([]) == []


@pytest.mark.parametrize(
    ("product", "days", "found"),
    [("dysport", 89, 1), ("dysport", 90, 0), ("another product", 89, 1), ("xeomin", 400, 0)],
)
def test_toxin_elsewhere_within_its_interval_is_said(product: str, days: int, found: int) -> None:
    today = timezone.localdate()
    one = EarlierToxin(
        product=product, on=today - timedelta(days=days), units=50, where="Elsewhere"
    )
    told = rules.earlier_within([one], on=today)
    assert len(told) == found
    if product == "dysport" and found:
        assert told[0].message.startswith("50 U Dysport at Elsewhere, 89 days ago")
        assert told[0].source


def test_worry_about_looks_leads_to_a_talk_and_names_no_diagnosis(
    fay: Patient, alice: Member
) -> None:
    screened(fay, by=alice, at=timezone.now(), yes={"looks-unseen": "My sister"})
    screening = Screening.objects.get()
    assert screening.conditions == []
    page = screening_gate(fay, now=timezone.now(), on=timezone.localdate())
    (talk,) = page.findings
    assert talk.code == "screening:appearance"
    assert "no diagnosis" in talk.message
    settled = Confirmed(code="looks-unseen", stands=False, note="Talked about")
    told = answers({"looks-unseen": ""})
    assert rules.appearance(told, {"looks-unseen": settled}) == []


# The patient's own page


def invited(patient: Patient, by: Member, channel: Channel = Channel.LINK) -> str:
    _, token = invite(patient=patient, channel=channel, by=by)
    return f"/intake/{token}/"


def test_a_patient_fills_it_in_by_a_link_once(fay: Patient, alice: Member) -> None:
    url, client = invited(fay, alice), Client()
    assert b"Before your treatment" in client.get(url).content
    told = sent(**{"a-dry-eye": "yes", "w-dry-eye": "In winter", "wishes": "Softer"})
    assert client.post(url, told).url == "/intake/thanks/"
    intake = Intake.objects.get()
    assert (intake.channel, intake.filled_by, intake.typed_by) == ("link", fay.name, None)
    kept = read(intake.answers_json)
    assert kept.said["dry-eye"] == Said(answer="yes", words="In winter")
    assert kept.wishes == "Softer"
    again = client.get(url)
    assert again.status_code == 410
    assert b"used already" in again.content


def test_nothing_that_was_typed_is_lost_when_something_is_missing(
    fay: Patient, alice: Member
) -> None:
    url = invited(fay, alice)
    half = sent(wishes="Keep my brows", **{"w-dry-eye": "In winter"})
    del half["a-pregnancy"]
    answer = Client().post(url, half)
    assert answer.status_code == 422
    assert b"Keep my brows" in answer.content
    assert b"In winter" in answer.content
    assert b"Please choose one." in answer.content


def test_each_pause_is_kept_and_comes_back(fay: Patient, alice: Member) -> None:
    url, client = invited(fay, alice), Client()
    assert client.post(f"{url}keep/", {"a-dry-eye": "yes", "w-dry-eye": "Often"}).status_code == 204
    page = Client().get(url).content
    assert b"still here" in page
    assert b'value="Often"' in page
    client.post(url, sent())
    assert Invitation.objects.get().kept_json == ""


def test_when_an_earlier_treatment_was_is_asked_for(fay: Patient, alice: Member) -> None:
    told = sent(**{"a-other-toxin-recently": "yes", "e1-product": "dysport"})
    answer = Client().post(invited(fay, alice), told)
    assert b"A rough date will do" in answer.content
    told |= {"e1-on": "2026-01-02", "e1-units": "50", "e1-where": "Abroad"}
    url = invited(fay, alice)
    Client().post(url, told)
    (one,) = read(Intake.objects.get().answers_json).earlier
    assert one.amount == "50 U Dysport"


def test_handing_the_tablet_over_signs_the_member_out(
    fay: Patient, alice: Member, signed_in: SignedIn
) -> None:
    client = signed_in(alice)
    handed = client.post(f"/patients/{fay.pk}/history/hand-over/", {"back": "/treatments/7/chart/"})
    for page in ("/", "/patients/", f"/patients/{fay.pk}/"):
        assert client.get(page).url.startswith("/sign-in/")
    client.post(handed.url, sent())
    thanks = client.get("/intake/thanks/").content.decode()
    assert "give the tablet back" in thanks
    assert f"next=/patients/{fay.pk}/history/" in thanks
    assert Intake.objects.get().channel == "tablet"


def test_a_link_is_shown_as_text_and_code_and_goes_out_by_mail(
    fay: Patient, alice: Member, signed_in: SignedIn
) -> None:
    page = signed_in(alice).post(f"/patients/{fay.pk}/history/link/", {"by_mail": "1"})
    assert b"<svg" in page.content
    url = page.context["url"]
    assert url in Message.objects.get().body
    assert Client().get(url.removeprefix("http://testserver")).status_code == 200


def test_who_cannot_be_written_to_still_gets_a_link(alice: Member, signed_in: SignedIn) -> None:
    gil = add_patient(about=about("Gil"), measures=measures(), by=alice)
    page = signed_in(alice).post(f"/patients/{gil.pk}/history/link/", {"by_mail": "1"})
    assert b"Neither an e-mail address" in page.content
    assert b"<svg" in page.content


# The member's pages


def test_a_member_takes_and_goes_through_it_in_the_browser(
    fay: Patient, carol: Member, signed_in: SignedIn
) -> None:
    client, where = signed_in(carol), f"/patients/{fay.pk}/history/"
    told = sent(**{"a-dry-eye": "unsure"})
    assert client.post(f"{where}fill/", told).url.startswith(where)
    assert client.post(f"{where}confirm/", {}).status_code == 422
    done = client.post(f"{where}confirm/", {"s-dry-eye": "yes", "n-dry-eye": "Mild"})
    assert done.status_code == 302
    page = client.get(where).content.decode()
    assert "Gone through on" in page
    assert "Dry eyes" in page
    assert Screening.objects.get().by == carol


def test_who_may_not_screen_sees_it_only(
    fay: Patient, alice: Member, olga: Member, signed_in: SignedIn
) -> None:
    intake = tell_history(fay, by=alice, at=timezone.now(), yes={})
    with pytest.raises(NotAllowed):
        screen(intake=intake, confirmed=[], by=olga)
    client = signed_in(olga)
    assert client.get(f"/patients/{fay.pk}/history/").status_code == 200
    for page in ("confirm", "unchanged", "fill", "hand-over", "link"):
        assert client.post(f"/patients/{fay.pk}/history/{page}/").status_code == 403


def test_another_clinics_history_is_not_there(dan: Patient, signed_in: SignedIn) -> None:
    zoe = member("Zoe", Role.INJECTOR, clinic="Other Clinic")
    client = signed_in(zoe)
    assert client.get(f"/patients/{dan.pk}/history/").status_code == 404
    for page in ("confirm", "unchanged", "fill", "hand-over", "link"):
        assert client.post(f"/patients/{dan.pk}/history/{page}/").status_code == 404


def test_a_page_never_leads_back_to_another_site(
    fay: Patient, alice: Member, signed_in: SignedIn
) -> None:
    screened(fay, by=alice, at=timezone.now())
    for bad in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        where = {"back": bad}
        answer = signed_in(alice).post(f"/patients/{fay.pk}/history/unchanged/", where)
        assert answer.url == f"/patients/{fay.pk}/history/"


def test_the_timeline_shows_the_way_and_the_steps_that_were_taken(
    fay: Patient, alice: Member, pete: Member, signed_in: SignedIn
) -> None:
    client, url = signed_in(alice), f"/patients/{fay.pk}/"
    gates = [one.tone for one in client.get(url).context["way"]]
    assert gates == ["stop", "stop", "stop", "ok"]
    screened(fay, by=alice, at=timezone.now())
    assessed(fay, by=pete, at=timezone.now())
    consented(fay, by=alice, at=timezone.now())
    page = client.get(url)
    assert [one.name for one in page.context["way"]] == [
        "Screening",
        "Prescriber",
        "Consent",
        "Baseline",
    ]
    assert [one.tone for one in page.context["way"]][:3] == ["ok", "ok", "ok"]
    kinds = {moment.kind for moment in page.context["moments"]}
    assert kinds == {"history", "assessment", "consent"}


def test_what_is_kept_by_link_is_no_other_patients(
    fay: Patient, dan: Patient, alice: Member
) -> None:
    _, token = invite(patient=fay, channel=Channel.LINK, by=alice)
    link = Invitation.objects.get().link
    keep(link=link, typed={"wishes": "Mine"})
    other = invited(dan, alice)
    assert b"Mine" not in Client().get(other).content
    send_intake(link=link, answers=answers({}))
    assert json.loads(Intake.objects.filter(patient=fay).get().answers_json)["said"]
    assert Client().get(f"/intake/{token}/").status_code == 410
