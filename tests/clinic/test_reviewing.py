"""A review: too early said kindly, grades beside the forecast, signed as it is saved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.reviews.models import Review
from glabella.clinic.reviews.queries import Expected, expected, reviews_due
from glabella.clinic.reviews.rules import ReviewRefused
from glabella.clinic.safety.actions import EventInput
from glabella.clinic.safety.rules import EventRefused
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import Patient, SignedIn, signed_days_ago

GRADES = {"glabella_maximum": 1, "glabella_rest": 0}


@pytest.fixture
def five_days(dan: Patient, alice: Member, carol: Member) -> Treatment:
    return signed_days_ago(dan, alice, carol, 5)


@pytest.fixture
def fortnight(dan: Patient, alice: Member, carol: Member) -> Treatment:
    return signed_days_ago(dan, alice, carol, 14)


def test_before_day_ten_the_page_says_kindly_that_it_is_early(
    signed_in: SignedIn, bob: Member, five_days: Treatment
) -> None:
    page = signed_in(bob).get(f"/treatments/{five_days.pk}/review/").content.decode()
    assert "a little early to judge" in page
    assert "still building" in page
    assert "Trouble swallowing" in page
    assert 'name="glabella_maximum"' not in page


def test_grades_before_day_ten_are_refused(five_days: Treatment, bob: Member) -> None:
    with pytest.raises(ReviewRefused, match="Day 5 is too early"):
        sign_review(treatment=five_days, date=timezone.localdate(), seen=GRADES, by=bob)


def test_grades_that_are_posted_early_all_the_same_are_refused_with_words(
    signed_in: SignedIn, bob: Member, five_days: Treatment
) -> None:
    sent = {"date": timezone.localdate().isoformat(), "note": "Looks done", **GRADES}
    answer = signed_in(bob).post(f"/treatments/{five_days.pk}/review/", sent)
    assert answer.status_code == 422
    assert b"too early" in answer.content
    assert b"Looks done" in answer.content
    assert not Review.objects.exists()


def test_an_early_contact_keeps_words_and_an_adverse_event(
    five_days: Treatment, bob: Member
) -> None:
    event = EventInput("bruising", five_days.date + timedelta(days=1))
    note = "A bruise at the left brow."
    review = sign_review(
        treatment=five_days,
        date=timezone.localdate(),
        seen={},
        note=note,
        events=[event],
        by=bob,
    )
    assert review.kind == "early-contact"
    assert [one.event for one in review.adverse_events.all()] == ["bruising"]


def test_a_review_stands_beside_the_forecast_of_its_day(
    signed_in: SignedIn, bob: Member, fortnight: Treatment
) -> None:
    client, url = signed_in(bob), f"/treatments/{fortnight.pk}/review/"
    form = client.get(url).content.decode()
    assert "Forecast for day 14" in form
    sent = {"date": timezone.localdate().isoformat(), "note": "Content", **GRADES}
    answer = client.post(url, sent, follow=True)
    assert answer.status_code == 200, answer.content
    page = answer.content.decode()
    assert "Glabella, at maximum" in page
    assert "inside" in page
    assert Review.objects.get().kind == "review"


def test_the_forecast_of_a_day_has_a_median_within_its_interval(fortnight: Treatment) -> None:
    rows = expected(fortnight, on=timezone.localdate(), seen=None)
    assert {row.unit for row in rows} == {"grade", "mm"}
    assert all(row.low <= row.median <= row.high for row in rows)


@pytest.mark.parametrize(
    ("seen", "verdict"), [(None, ""), (2.0, "above"), (1.0, "inside"), (0.0, "below")]
)
def test_what_was_seen_is_inside_above_or_below(seen: float | None, verdict: str) -> None:
    row = Expected("Glabella", median=1.0, low=0.8, high=1.2, seen=seen, unit="grade")
    assert row.verdict == verdict


def test_a_review_is_not_dated_in_the_future(fortnight: Treatment, bob: Member) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ReviewRefused, match="future"):
        sign_review(treatment=fortnight, date=tomorrow, seen=GRADES, by=bob)


def test_a_review_is_not_dated_before_the_treatment(fortnight: Treatment, bob: Member) -> None:
    before = fortnight.date - timedelta(days=1)
    with pytest.raises(ReviewRefused, match="before the treatment"):
        sign_review(treatment=fortnight, date=before, seen={}, note="x", by=bob)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (EventInput("hiccups", None), "not in the list"),
        (EventInput("bruising", None), "needs the date"),
        (EventInput("bruising", timezone.localdate() - timedelta(days=40)), "begins between"),
        (EventInput("other", timezone.localdate()), "Say in the words"),
    ],
)
def test_an_adverse_event_that_cannot_be_meant_is_refused(
    fortnight: Treatment, bob: Member, event: EventInput, words: str
) -> None:
    today = timezone.localdate()
    with pytest.raises(EventRefused, match=words):
        sign_review(treatment=fortnight, date=today, seen=GRADES, events=[event], by=bob)


def test_a_red_flag_says_what_to_do(signed_in: SignedIn, bob: Member, fortnight: Treatment) -> None:
    event = EventInput("swallowing", fortnight.date + timedelta(days=3))
    review = sign_review(
        treatment=fortnight,
        date=timezone.localdate(),
        seen=GRADES,
        note="Called.",
        events=[event],
        by=bob,
    )
    page = signed_in(bob).get(f"/reviews/{review.pk}/").content.decode()
    assert "needs a doctor at once" in page


def test_an_empty_review_is_not_kept(fortnight: Treatment, bob: Member) -> None:
    with pytest.raises(ReviewRefused, match="nothing to keep"):
        sign_review(treatment=fortnight, date=timezone.localdate(), seen={}, by=bob)


def test_a_draft_is_not_reviewed(signed_in: SignedIn, bob: Member, draft: Treatment) -> None:
    assert signed_in(bob).get(f"/treatments/{draft.pk}/review/").status_code == 404


def test_a_stock_keeper_does_not_review(fortnight: Treatment, carol: Member) -> None:
    with pytest.raises(NotAllowed):
        sign_review(treatment=fortnight, date=timezone.localdate(), seen=GRADES, by=carol)


def test_a_review_is_due_until_it_is_done(fortnight: Treatment, bob: Member) -> None:
    today, clinic = timezone.localdate(), fortnight.patient.clinic_id
    assert [row.treatment_id for row in reviews_due(clinic, today=today)] == [fortnight.pk]
    sign_review(treatment=fortnight, date=today, seen=GRADES, by=bob)
    assert reviews_due(clinic, today=today) == []


def test_an_addendum_to_a_review_stands_beside_it(
    signed_in: SignedIn, bob: Member, fortnight: Treatment
) -> None:
    review = sign_review(treatment=fortnight, date=timezone.localdate(), seen=GRADES, by=bob)
    url = f"/reviews/{review.pk}/addendum/"
    answer = signed_in(bob).post(url, {"reason": "Side", "text": "It was the left."}, follow=True)
    assert "It was the left." in answer.content.decode()
