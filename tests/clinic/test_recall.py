"""Who is due back when: by the forecast, by what was seen, never within the label's interval."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from glabella import facts
from glabella.clinic.followup.actions import (
    add_step,
    book_visit,
    invite,
    keep_span,
    move_visit,
    set_policy,
    settle_visit,
)
from glabella.clinic.followup.models import BookedVisit, EffectSpan, RecallStep
from glabella.clinic.followup.reading import least_days, read_span
from glabella.clinic.followup.recall import RecallRow, recall_list, row_of
from glabella.clinic.followup.rules import FollowUpRefused
from glabella.clinic.followup.schedule import follow_up
from glabella.clinic.followup.spans import Given, SeenGrade, Span, due_of, sessions
from glabella.clinic.outbox.models import Message
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.treatments.actions import sign_treatment
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.queries import stored_forecast
from tests.clinic.conftest import (
    AnyReason,
    SignedIn,
    about,
    charted,
    measures,
    member,
    signed_days_ago,
    stock_vial,
)

START = date(2026, 1, 1)


def on(day: int) -> date:
    return START + timedelta(days=day)


def given(number: int, day: int, *, lasts: int | None = 120, areas: str = "glabella") -> Given:
    """A treatment on a day whose effect lasts so long in the areas."""
    median = on(day + lasts) if lasts else None
    span = Span(on(day + 80), median, None)
    named = dict.fromkeys(areas.split(), span)
    return Given(number, on(day), on(day + 90), named, dict.fromkeys(named, 3))


def test_a_patient_is_due_when_the_first_area_wears_off() -> None:
    due = due_of([given(1, 0, areas="forehead glabella")])
    assert due is not None
    assert (due.due, due.not_before, due.forecast) == (on(120), on(90), True)


def test_nobody_is_invited_within_the_labels_interval() -> None:
    due = due_of([given(1, 0, lasts=60)])
    assert due is not None
    assert due.due == on(60)
    assert due.invite_from(0) == due.invite_from(30) == on(90)


def test_a_touch_up_neither_moves_the_date_nor_counts_as_a_treatment() -> None:
    alone, both = due_of([given(1, 0)]), due_of([given(1, 0), given(2, 14)])
    assert alone is not None
    assert both is not None
    assert both.due == alone.due == on(120)
    assert (both.anchor, both.touch_ups, both.treated) == (1, 1, on(0))
    # The label's interval counts from the last toxin.
    assert both.not_before == on(104)


def test_a_late_correction_belongs_to_its_treatment_too() -> None:
    told = [given(1, 0), given(2, 30)]
    assert [len(one) for one in sessions(told, [2])] == [2]
    assert [len(one) for one in sessions(told, [])] == [1, 1]


def test_an_area_that_a_touch_up_adds_has_its_own_date() -> None:
    due = due_of([given(1, 0), given(2, 14, areas="glabella forehead")])
    assert due is not None
    assert {one.area: one.due for one in due.areas} == {"glabella": on(120), "forehead": on(134)}


def test_a_treatment_starts_the_clock_anew() -> None:
    due = due_of([given(1, 0), given(2, 130)])
    assert due is not None
    assert (due.anchor, due.due) == (2, on(250))


def test_an_area_that_still_works_counts_and_one_that_was_left_alone_does_not() -> None:
    both = due_of([given(1, 0), given(2, 60, areas="forehead")])
    assert both is not None
    assert both.due == on(120)
    later = due_of([given(1, 0), given(2, 200, areas="forehead")])
    assert later is not None
    assert [one.area for one in later.areas] == ["forehead"]


def test_what_a_review_saw_counts_more_than_the_forecast() -> None:
    back = due_of([given(1, 0)], seen=[SeenGrade(1, on(95), "glabella", 3)])
    held = due_of([given(1, 0)], seen=[SeenGrade(1, on(95), "glabella", 1)])
    early = due_of([given(1, 0)], seen=[SeenGrade(1, on(14), "glabella", 3)])
    assert back is not None
    assert held is not None
    assert early is not None
    assert (back.due, back.areas[0].back) == (on(95), on(95))
    assert (held.due, held.areas[0].held) == (on(120), on(95))
    # A line that is there at two weeks never went: that is for a top-up.
    assert early.due == on(120)


def test_without_a_forecast_the_label_speaks() -> None:
    for told in (given(1, 0, lasts=None), Given(1, on(0), on(90))):
        due = due_of([told])
        assert due is not None
        assert (due.due, due.forecast) == (on(90), False)
    assert due_of([]) is None


def test_the_longest_interval_of_the_products_counts() -> None:
    limit = facts.product("botox-cosmetic").limits.minimum_interval_days
    assert limit is not None
    assert least_days({"botox-cosmetic"}) == limit.value
    assert least_days(set()) == facts.load().safety.retreatment_days.value


def test_a_span_is_read_from_what_was_signed(signed: Treatment) -> None:
    told, span = stored_forecast(signed), read_span(signed)
    assert told is not None
    medians = [one.wear_off.median for one in told.courses if one.area == "glabella"]
    assert span.areas["glabella"].median == min(one for one in medians if one)
    assert span.baseline == {"glabella": 3}
    assert span.not_before == signed.date + timedelta(days=90)
    keep_span(treatment=signed, by=None)
    keep_span(treatment=signed, by=None)
    assert EffectSpan.objects.get().areas["glabella"][1] == str(span.areas["glabella"].median)


@pytest.fixture
def treated(dan: Patient, alice: Member, carol: Member) -> Treatment:
    """Treated long enough ago to have worn off."""
    Patient.objects.filter(pk=dan.pk).update(email="dan@example.org")
    dan.refresh_from_db()
    return signed_days_ago(dan, alice, carol, 170)


def row(treatment: Treatment) -> RecallRow:
    found = row_of(Patient.objects.get(pk=treatment.patient_id), now=timezone.now())
    assert found is not None
    return found


def state(treatment: Treatment) -> str:
    return row(treatment).state


def test_who_is_due_is_on_the_list_whether_the_job_ran_or_not(treated: Treatment) -> None:
    before = recall_list(treated.patient.clinic, now=timezone.now())
    follow_up(now=timezone.now())
    after = recall_list(treated.patient.clinic, now=timezone.now())
    assert [one.patient_id for one in before.by_state["due"]] == [treated.patient_id]
    assert before == after
    assert EffectSpan.objects.count() == 1


def test_who_is_treated_again_drops_out_by_themselves(
    treated: Treatment, alice: Member, carol: Member
) -> None:
    signed_days_ago(Patient.objects.get(), alice, carol, 5)
    told = recall_list(alice.clinic, now=timezone.now())
    assert not told.by_state["due"]
    assert (told.figures.fell_due, told.figures.came_back) == (1, 1)
    assert told.figures.share == 1


def test_a_correction_belongs_to_the_treatment_that_it_corrects(
    treated: Treatment, alice: Member, carol: Member
) -> None:
    seen = sign_review(
        treatment=treated,
        date=treated.date + timedelta(days=25),
        seen={"glabella_maximum": 1},
        by=alice,
    )
    at = timezone.now() - timedelta(days=140)
    opened = stock_vial(carol, opened_by=alice, at=at - timedelta(hours=1), lot="LOT-140")
    draft = charted(Patient.objects.get(), opened, alice, at=at)
    Treatment.objects.filter(pk=draft.pk).update(corrects=seen)
    sign_treatment(treatment=draft, by=alice, overrides=AnyReason(), at=at)
    assert (row(treated).anchor, row(treated).touch_ups) == (treated.pk, 1)


def test_each_step_moves_a_patient_where_they_belong(treated: Treatment, alice: Member) -> None:
    today = timezone.localdate()
    assert state(treated) == "due"
    add_step(treatment=treated, kind="no-answer", by=alice)
    assert state(treated) == "due"
    later = today + timedelta(days=20)
    add_step(treatment=treated, kind="not-now", until=later, reason="Travelling", by=alice)
    assert (state(treated), row(treated).until) == ("not-now", later)
    add_step(treatment=treated, kind="again", by=alice)
    assert state(treated) == "due"
    add_step(treatment=treated, kind="lost", reason="Moved away", by=alice)
    assert state(treated) == "lost"
    assert [step.kind for step in row(treated).steps][-1] == "Not coming back"


def test_not_now_ends_by_itself(treated: Treatment, alice: Member) -> None:
    now = timezone.now()
    until = timezone.localdate() + timedelta(days=5)
    add_step(treatment=treated, kind="not-now", until=until, reason="Busy", by=alice)
    then = recall_list(alice.clinic, now=now + timedelta(days=5))
    assert [one.patient_id for one in then.by_state["due"]] == [treated.patient_id]


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "lost", "reason": " "},
        {"kind": "not-now", "reason": "Busy"},
        {"kind": "not-now", "reason": "Busy", "until": date(2020, 1, 1)},
        {"kind": "not-now", "until": timezone.localdate() + timedelta(days=3)},
    ],
)
def test_an_end_needs_its_reason_and_its_day(
    told: dict[str, Any], treated: Treatment, alice: Member
) -> None:
    with pytest.raises(FollowUpRefused):
        add_step(treatment=treated, by=alice, **told)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecallStep.objects.create(treatment=treated, kind="lost", by=alice, at=timezone.now())


def test_an_invitation_is_a_message_and_a_step(treated: Treatment, alice: Member) -> None:
    invite(treatment=treated, by=alice)
    assert Message.objects.get().kind == "recall"
    assert [step.kind for step in row(treated).steps] == ["Message written"]


def test_an_invitation_within_the_interval_is_refused(
    dan: Patient, alice: Member, carol: Member
) -> None:
    Patient.objects.update(email="dan@example.org")
    treatment = signed_days_ago(Patient.objects.get(), alice, carol, 60)
    with pytest.raises(FollowUpRefused, match="interval ends on"):
        invite(treatment=treatment, by=alice)
    assert not Message.objects.exists()


def test_a_booked_visit_is_kept_moved_and_settled(treated: Treatment, alice: Member) -> None:
    when = timezone.now() + timedelta(days=3)
    told: dict[str, Any] = {"patient": treated.patient, "minutes": 30, "what": "Treatment"}
    visit = book_visit(starts_at=when, treatment=treated, tell=True, by=alice, **told)
    assert (state(treated), Message.objects.get().kind) == ("booked", "booked")
    move_visit(visit=visit, starts_at=when + timedelta(days=1), by=alice)
    assert visit.sequence == 1
    with pytest.raises(FollowUpRefused, match="still to come"):
        settle_visit(visit=visit, state="missed", by=alice)
    late = when + timedelta(days=2)
    stale = BookedVisit.objects.get()
    settle_visit(visit=visit, state="missed", tell=True, by=alice, at=late)
    with pytest.raises(FollowUpRefused, match="did not come"):
        settle_visit(visit=stale, state="came", by=alice, at=late)
    told_then = recall_list(alice.clinic, now=late)
    assert [one.patient_id for one in told_then.by_state["missed"]] == [treated.patient_id]
    for wrong in (timezone.now() - timedelta(days=2), timezone.now() + timedelta(days=999)):
        with pytest.raises(FollowUpRefused):
            book_visit(starts_at=wrong, by=alice, **told)


def test_a_visit_that_was_called_off_puts_the_patient_back(
    treated: Treatment, alice: Member
) -> None:
    visit = book_visit(
        patient=treated.patient,
        starts_at=timezone.now() + timedelta(days=3),
        minutes=30,
        what="Treatment",
        by=alice,
    )
    settle_visit(visit=visit, state="cancelled", by=alice)
    assert state(treated) == "due"


def test_a_visit_is_reminded_of_once_and_settled_by_the_treatment(
    treated: Treatment, alice: Member, carol: Member
) -> None:
    noon = timezone.now().replace(hour=12, minute=0)
    book_visit(
        patient=treated.patient,
        starts_at=noon + timedelta(days=1),
        minutes=30,
        what="Treatment",
        by=alice,
        at=noon - timedelta(days=3),
    )
    assert follow_up(now=noon).reminded == 1
    assert follow_up(now=noon + timedelta(minutes=5)).reminded == 0
    BookedVisit.objects.update(starts_at=noon - timedelta(days=2))
    signed_days_ago(Patient.objects.get(), alice, carol, 2)
    BookedVisit.objects.update(starts_at=timezone.now() - timedelta(days=2))
    assert follow_up(now=timezone.now()).settled == 1
    assert BookedVisit.objects.get().state == "came"


def test_who_was_not_seen_for_long_is_drifting_away(
    treated: Treatment, alice: Member, olga: Member
) -> None:
    set_policy(by=olga, drift_days=160)
    told = recall_list(type(alice.clinic).objects.get(), now=timezone.now())
    assert [one.patient_id for one in told.by_state["drifting"]] == [treated.patient_id]


def test_reviews_stand_in_the_same_list(dan: Patient, alice: Member, carol: Member) -> None:
    treatment = signed_days_ago(dan, alice, carol, 14)
    told = recall_list(alice.clinic, now=timezone.now())
    assert [one.review_treatment for one in told.by_state["reviews"]] == [treatment.pk]
    sign_review(
        treatment=treatment, date=timezone.localdate(), seen={"glabella_maximum": 1}, by=alice
    )
    assert not recall_list(alice.clinic, now=timezone.now()).by_state["reviews"]


def test_a_review_that_saw_the_lines_back_brings_the_date_forward(
    dan: Patient, alice: Member, carol: Member
) -> None:
    treatment = signed_days_ago(dan, alice, carol, 95)
    assert state(treatment) == "coming"
    sign_review(
        treatment=treatment, date=timezone.localdate(), seen={"glabella_maximum": 3}, by=alice
    )
    assert (state(treatment), row(treatment).due) == ("due", timezone.localdate())


def test_the_queue_goes_on_to_the_next(
    treated: Treatment, alice: Member, carol: Member, signed_in: SignedIn
) -> None:
    second = add_patient(
        about=about("Fay", phone="01632 960011"),
        measures=measures(),
        by=alice,
        at=timezone.now() - timedelta(days=400),
    )
    signed_days_ago(second, alice, carol, 171)
    client = signed_in(carol)
    listed = client.get("/follow-up/").content.decode()
    assert listed.index("Fay") < listed.index("Dan")
    first = f"/follow-up/patient/{second.pk}/"
    answer = client.post(first + "step/", {"kind": "no-answer"})
    assert answer.url == f"/follow-up/patient/{treated.patient_id}/"
    assert client.post(answer.url + "message/").url == "/follow-up/"
    assert client.get("/follow-up/?show=nonsense").status_code == 200


def test_the_forms_of_a_patient_keep_what_was_typed(
    treated: Treatment, alice: Member, signed_in: SignedIn
) -> None:
    client, url = signed_in(alice), f"/follow-up/patient/{treated.patient_id}/"
    refused = client.post(url + "not-now/", {"until": "2020-01-01", "reason": "Travelling"})
    assert refused.status_code == 422
    assert "Travelling" in refused.content.decode()
    assert client.post(url + "lost/", {"reason": ""}).status_code == 422
    assert client.post(url + "lost/", {"reason": "Moved"}).status_code == 302
    assert "Back on the list" in client.get(url).content.decode()
    client.post(url + "step/", {"kind": "again"})
    when = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    booking = {"starts_at": when, "minutes": "30", "what": "Treatment", "tell": "on"}
    assert client.post(url + "book/", booking | {"minutes": "1"}).status_code == 422
    assert client.post(url + "book/", booking).status_code == 302
    visit = BookedVisit.objects.get()
    assert client.post(f"/follow-up/visit/{visit.pk}/move/", {"starts_at": ""}).status_code == 422
    client.post(f"/follow-up/visit/{visit.pk}/settle/", {"state": "cancelled"})
    again = client.post(f"/follow-up/visit/{visit.pk}/settle/", {"state": "came"}, follow=True)
    assert "Somebody else settled" in again.content.decode()
    wrong = client.post(f"/follow-up/visit/{visit.pk}/settle/", {"state": "x"}, follow=True)
    assert "Say whether the patient came" in wrong.content.decode()


def test_another_clinic_has_its_own_list(
    treated: Treatment, alice: Member, signed_in: SignedIn
) -> None:
    visit = book_visit(
        patient=treated.patient,
        starts_at=timezone.now() + timedelta(days=3),
        minutes=30,
        what="Treatment",
        by=alice,
    )
    other = member("Zoe", Role.INJECTOR, clinic="Other Clinic")
    zoe, url = signed_in(other), f"/follow-up/patient/{treated.patient_id}/"
    assert zoe.get(url).status_code == 404
    for act in ("step", "message", "not-now", "lost", "book"):
        assert zoe.post(f"{url}{act}/", {"kind": "reached"}).status_code == 404
    for act in ("settle", "move"):
        assert zoe.post(f"/follow-up/visit/{visit.pk}/{act}/", {"state": "came"}).status_code == 404
    told = recall_list(other.clinic, now=timezone.now())
    assert not any(told.by_state.values())
    # Nor can somebody of another clinic be booked with.
    booking = {"starts_at": "2099-01-01T10:00", "minutes": "30", "what": "x", "member": other.pk}
    assert signed_in(alice).post(f"{url}book/", booking).status_code == 422


def test_the_list_asks_as_often_for_many_as_for_one(
    treated: Treatment, alice: Member, signed_in: SignedIn
) -> None:
    keep_span(treatment=treated, by=None)
    client = signed_in(alice)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/follow-up/").status_code == 200
        return len(queries)

    asked()
    of_one = asked()
    for number in range(6):
        other = add_patient(about=about(f"Number {number}"), measures=measures(), by=alice)
        copy = Treatment.objects.get(pk=treated.pk)
        copy.pk, copy.patient = None, other
        copy.save()
        EffectSpan.objects.create(
            treatment=copy, not_before=copy.date, areas={"glabella": [None, None, None]}
        )
    assert asked() == of_one
    assert "Number 5" in client.get("/follow-up/").content.decode()
