"""Patients are asked on their days, once; a red flag is answered at once, on both sides."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from glabella import facts
from glabella.clinic.audit.chain import verify
from glabella.clinic.followup import rules
from glabella.clinic.followup.actions import (
    answer_check_in,
    ask,
    choose_check_ins,
    set_policy,
)
from glabella.clinic.followup.choosing import set_policies
from glabella.clinic.followup.models import CheckIn, CheckInAnswer, FollowUpPolicy
from glabella.clinic.followup.queries import check_in_page, courses, patient_follow_up
from glabella.clinic.followup.rules import FollowUpRefused
from glabella.clinic.followup.schedule import follow_up
from glabella.clinic.links.actions import make_link
from glabella.clinic.links.models import Purpose
from glabella.clinic.outbox.models import Message
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.tasks.models import Task
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import SignedIn, member, signed_days_ago


@pytest.fixture
def reachable(dan: Patient) -> Patient:
    Patient.objects.filter(pk=dan.pk).update(email="dan@example.org")
    Clinic.objects.update(phone="01632 960020", urgent_words="call 111")
    dan.refresh_from_db()
    return dan


@pytest.fixture
def treated(reachable: Patient, alice: Member, carol: Member) -> Treatment:
    """Treated yesterday."""
    return signed_days_ago(reachable, alice, carol, 1)


def noon(days: int = 0) -> datetime:
    """Noon of a day, when nothing waits for the quiet hours to end."""
    return timezone.now().replace(hour=12, minute=0) + timedelta(days=days)


def asked(treatment: Treatment, day: int = 1, at: datetime | None = None) -> CheckIn:
    return ask(treatment=treatment, day=day, days=(1, 3, 7, 14), by=None, at=at or noon())


def address(check_in: CheckIn) -> str:
    patient = check_in.treatment.patient
    _, token = make_link(
        patient=patient, purpose=Purpose.CHECK_IN, subject_id=check_in.pk, by=None, days=7
    )
    return f"/follow-up/c/{token}/"


def test_a_round_asks_each_day_once_however_often_it_runs(treated: Treatment) -> None:
    first = follow_up(now=noon())
    assert (first.asked, first.sent.sent) == (1, 1)
    again = follow_up(now=noon() + timedelta(minutes=5))
    assert (again.asked, again.sent.sent) == (0, 0)
    for day in range(1, 40):
        follow_up(now=noon(day))
    assert [one.day for one in CheckIn.objects.filter(message__isnull=False)] == [1, 3, 7, 14]
    assert len(mail.outbox) == 4


def test_after_a_week_of_silence_nothing_stale_is_sent(treated: Treatment) -> None:
    told = follow_up(now=noon(8))
    # Day 9: days 1 and 3 have passed, day 7 is two days late.
    assert (told.asked, told.passed, told.sent.sent) == (1, 2, 1)
    assert [one.not_asked for one in CheckIn.objects.all()] == [
        "its day had passed",
        "its day had passed",
        "",
    ]


def test_a_message_that_waited_past_its_day_is_not_sent(treated: Treatment) -> None:
    asked(treated)
    told = follow_up(now=noon(2))
    assert told.sent.stale == 1
    assert Message.objects.order_by("pk")[0].state == "cancelled"
    # Day 3 is asked instead.
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(("day", "last"), [(1, 2), (3, 6), (7, 10), (14, 17)])
def test_the_last_moment_of_a_check_in(day: int, last: int) -> None:
    treated = date(2026, 6, 1)
    found = rules.last_moment(day, (1, 3, 7, 14), treated=treated)
    assert found == treated + timedelta(days=last)


def test_the_message_says_nothing_that_others_may_not_read(treated: Treatment) -> None:
    follow_up(now=noon())
    sent = mail.outbox[0]
    assert sent.subject == "A message from Test Clinic"
    for word in ("Dan", "toxin", "Botox", "treatment", "glabella"):
        assert word.lower() not in (sent.subject + sent.body).lower()
    assert "/follow-up/c/" in sent.body


def test_who_wants_no_check_ins_is_not_asked_and_gets_other_messages(
    treated: Treatment, alice: Member
) -> None:
    patient = treated.patient
    choose_check_ins(patient=patient, wanted=False, by=None)
    follow_up(now=noon())
    assert CheckIn.objects.get().not_asked == "the patient wants no check-ins"
    assert not mail.outbox
    choose_check_ins(patient=patient, wanted=True, by=alice)
    assert follow_up(now=noon(2)).asked == 1


def test_who_cannot_be_written_to_is_shown_and_not_lost(
    dan: Patient, alice: Member, carol: Member
) -> None:
    treatment = signed_days_ago(dan, alice, carol, 1)
    assert "no telephone number" in asked(treatment).not_asked
    Patient.objects.filter(pk=dan.pk).update(phone="01632 960010")
    later = asked(Treatment.objects.get(), 3, noon(2))
    assert later.message is not None
    assert later.message.channel == "call"
    assert patient_follow_up(dan).rows[0].state == "to be called"


def test_the_clinic_chooses_its_days(treated: Treatment, olga: Member) -> None:
    set_policy(by=olga, check_in_days=[2, 2, 1])
    assert FollowUpPolicy.objects.get().check_in_days == [1, 2]
    for day in range(30):
        follow_up(now=noon(day))
    assert [one.day for one in CheckIn.objects.all()] == [1, 2]
    for days in ([], [0], [121], list(range(1, 10))):
        with pytest.raises(FollowUpRefused):
            set_policy(by=olga, check_in_days=days)
    set_policy(by=olga, check_ins=False)
    assert follow_up(now=noon(-1)).asked == 0


def test_a_good_answer_raises_nothing(treated: Treatment) -> None:
    answer_check_in(check_in=asked(treated), how="good", signs=["bruising"], by=None)
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("how", "flags", "signs", "urgency"),
    [
        ("good", ["swallowing"], [], "now"),
        ("good", ["double-vision"], ["bruising"], "now"),
        ("worried", [], [], "soon"),
        ("good", [], ["eyelid-ptosis"], "soon"),
        ("unsure", [], ["headache"], ""),
    ],
)
def test_what_an_answer_asks_of_the_clinic(
    how: str, flags: list[str], signs: list[str], urgency: str, treated: Treatment
) -> None:
    answer_check_in(check_in=asked(treated), how=how, red_flags=flags, signs=signs, by=None)
    assert [task.urgency for task in Task.objects.all()] == ([urgency] if urgency else [])


def test_every_red_flag_of_the_facts_can_be_tapped(treated: Treatment) -> None:
    page = Client().get(address(asked(treated))).content.decode()
    for flag in facts.load().safety.red_flags:
        assert flag.text.value in page
    assert "None of these" in page


def test_each_red_flag_raises_its_own_task_and_nothing_is_overwritten(treated: Treatment) -> None:
    check_in = asked(treated)
    for flag in ("swallowing", "breathing"):
        answer_check_in(check_in=check_in, how="worried", red_flags=[flag], by=None)
    assert [task.detail.split(" · ")[0] for task in Task.objects.all()] == [
        "Trouble swallowing",
        "Trouble breathing",
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        CheckInAnswer.objects.update(red_flags=[])
    assert verify(treated.patient.clinic).holds


def test_what_is_not_in_the_list_is_refused(treated: Treatment) -> None:
    with pytest.raises(FollowUpRefused, match="not in the list"):
        answer_check_in(check_in=asked(treated), how="good", red_flags=["nonsense"], by=None)


def test_the_patient_with_a_red_flag_is_told_what_to_do_at_once(treated: Treatment) -> None:
    client, url = Client(), address(asked(treated))
    answer = client.post(url, {"red_flags": ["breathing", "none"], "how": "worried"})
    assert answer.url == url + "thanks/"
    told = client.get(answer.url).content.decode()
    assert "Go to an emergency department at once" in told
    assert "01632 960020" in told
    assert "Botox Cosmetic was injected" in told
    assert "LOT-1-DAYS" in told
    assert facts.load().safety.complications["distant-spread"].manage[0].value in told
    assert Task.objects.get().urgency == "now"


def test_a_quiet_answer_is_thanked_for_and_says_how_long_a_bruise_lasts(
    treated: Treatment,
) -> None:
    client, url = Client(), address(asked(treated))
    client.post(url, {"red_flags": ["none"], "signs": ["bruising"], "how": "good"})
    told = client.get(url + "thanks/").content.decode()
    assert "A bruise: mostly lasts up to 14 days" in told
    assert "Source:" in told
    assert courses(["dry-eye"]) == []


def test_nothing_is_judged_before_day_10_and_day_14_invites(treated: Treatment) -> None:
    check_in = asked(treated)
    early, late = (check_in_page(check_in, now=noon(days)) for days in (0, 13))
    assert (early.too_early, early.review_wanted) == (True, False)
    assert early.judged_from == treated.date + timedelta(days=10)
    assert (late.day, late.too_early, late.review_wanted) == (14, False, True)
    page = Client().get(address(check_in)).content.decode()
    assert "too early to judge" in page


def test_a_form_without_an_answer_keeps_what_was_typed(treated: Treatment) -> None:
    answer = Client().post(address(asked(treated)), {"words": "It itches"})
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "None of these" in told
    assert "It itches" in told
    assert not CheckInAnswer.objects.exists()


def test_a_link_opens_its_own_check_in_alone(treated: Treatment, alice: Member) -> None:
    check_in = asked(treated)
    other = Patient.objects.create(
        clinic=alice.clinic,
        given_name="Eve",
        family_name="Test Patient",
        date_of_birth=date(1980, 1, 1),
        sex="female",
        created_at=timezone.now(),
    )
    _, token = make_link(
        patient=other, purpose=Purpose.CHECK_IN, subject_id=check_in.pk, by=alice, days=7
    )
    assert Client().get(f"/follow-up/c/{token}/").status_code == 404
    assert Client().get("/follow-up/c/guessed/").status_code == 410
    _, old = make_link(
        patient=treated.patient,
        purpose=Purpose.CHECK_IN,
        subject_id=check_in.pk,
        by=None,
        at=timezone.now() - timedelta(days=30),
    )
    closed = Client().get(f"/follow-up/c/{old}/")
    assert closed.status_code == 410
    assert "run out" in closed.content.decode()


def test_a_patient_stops_the_check_ins_by_the_link(treated: Treatment) -> None:
    client, url = Client(), address(asked(treated))
    client.post(url + "choose/", {"wanted": "no"})
    assert "not asked any more" in client.get(url).content.decode()
    assert client.get(url + "thanks/").url == url


def test_the_page_of_a_link_names_nobody_and_is_kept_nowhere(treated: Treatment) -> None:
    answer = Client().get(address(asked(treated)))
    assert treated.patient.family_name not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_form_of_the_link_passes_the_check_of_its_origin(treated: Treatment) -> None:
    client, url = Client(enforce_csrf_checks=True), address(asked(treated))
    client.get(url)
    sent: dict[str, Any] = {"red_flags": ["none"], "how": "good"}
    sent["csrfmiddlewaretoken"] = client.cookies["csrftoken"].value
    answer = client.post(url, sent, headers={"origin": "http://testserver"})
    assert answer.status_code == 302


def test_an_answer_given_on_the_telephone(
    treated: Treatment, alice: Member, signed_in: SignedIn
) -> None:
    check_in, client = asked(treated), signed_in(alice)
    url = f"/follow-up/check-in/{check_in.pk}/"
    assert client.post(url, {"red_flags": ["none"], "how": "good"}).status_code == 302
    answer = CheckInAnswer.objects.get()
    assert (answer.via, answer.by) == ("phone", alice)
    shown = client.get(url).content.decode()
    assert "What the forecast expects on day 1" in shown
    assert "Glabella, at maximum: grade" in shown


def test_the_patients_page_shows_answers_beside_the_forecast(
    treated: Treatment, alice: Member, signed_in: SignedIn
) -> None:
    answer_check_in(check_in=asked(treated), how="worried", words="It itches", by=None)
    shown = signed_in(alice).get(f"/patients/{treated.patient_id}/").content.decode()
    assert "It itches" in shown
    assert "Forecast for that day: Glabella, at maximum" in shown
    assert "call the patient" in shown


def test_another_clinic_reaches_no_check_in(treated: Treatment, signed_in: SignedIn) -> None:
    check_in = asked(treated)
    zoe = signed_in(member("Zoe", Role.INJECTOR, clinic="Other Clinic"))
    assert zoe.get(f"/follow-up/check-in/{check_in.pk}/").status_code == 404
    url = f"/follow-up/patient/{treated.patient_id}/check-ins/"
    assert zoe.post(url, {"wanted": "no"}).status_code == 404


def test_a_member_keeps_what_the_patient_wants(
    treated: Treatment, alice: Member, signed_in: SignedIn
) -> None:
    client, url = signed_in(alice), f"/follow-up/patient/{treated.patient_id}/check-ins/"
    client.post(url, {"wanted": "no"})
    assert "Wants no check-ins" in client.get(f"/patients/{treated.patient_id}/").content.decode()


def test_the_choices_of_the_clinic_on_one_page(olga: Member, signed_in: SignedIn) -> None:
    client = signed_in(olga)
    sent = {
        "check_ins": "on",
        "check_in_days": "2, 9",
        "lead_days": "7",
        "drift_days": "300",
        "quiet_from": "21:00",
        "quiet_until": "07:30",
    }
    assert client.post("/follow-up/policy/", sent).status_code == 302
    policy = FollowUpPolicy.objects.get()
    assert (policy.check_in_days, policy.lead_days) == ([2, 9], 7)
    shown = client.get("/follow-up/policy/").content.decode()
    assert "2, 9" in shown
    assert "07:30" in shown
    for days in ("never", "0, 1"):
        assert client.post("/follow-up/policy/", sent | {"check_in_days": days}).status_code == 422
    with pytest.raises(FollowUpRefused):
        set_policies(by=olga, check_in_days=[0], quiet_from="01:00", quiet_until="02:00")
    # Both are kept or neither.
    assert olga.clinic.message_policy.quiet_from.hour == 21
