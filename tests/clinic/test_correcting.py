"""A signed review is answered on its page, and what it proposes is charted as a draft."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.demo.cast import brows
from glabella.clinic.demo.story import exact
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed
from glabella.clinic.reviews.actions import sign_review, start_correction
from glabella.clinic.reviews.correcting import NothingProposed, case_of, correction_of
from glabella.clinic.reviews.models import Review
from glabella.clinic.reviews.rules import ReviewRefused
from glabella.clinic.safety.actions import EventInput
from glabella.clinic.safety.models import AdverseEvent
from glabella.clinic.safety.rules import EventRefused
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.actions import save_draft, sign_treatment, start_treatment
from glabella.clinic.treatments.models import State, Treatment
from glabella.clinic.treatments.points import PointInput
from glabella.clinic.treatments.rules import OwnTreatment, PointRefused
from tests.clinic.conftest import AnyReason, SignedIn, about, charted, measures, stock_vial

BEFORE = brows("12 16 14", "12 16 14")
PEAKED = brows("11.6 16.8 14.9", "11.6 16.9 15.0")
# The label's glabella and the middle of the forehead alone.
CENTRAL = [
    (0.0, 9.0, "midline"),
    (12.0, 24.0, "left"),
    (12.0, 24.0, "right"),
    (26.0, 27.0, "left"),
    (26.0, 27.0, "right"),
    (0.0, 52.0, "midline"),
    (14.0, 52.0, "left"),
    (14.0, 52.0, "right"),
]


@pytest.fixture
def eve(alice: Member) -> Patient:
    """A patient whose brows were measured."""
    at = timezone.now() - timedelta(days=400)
    graded = measures(forehead_maximum=2, forehead_rest=0, **BEFORE)
    return add_patient(about=about("Eve"), measures=exact(graded), by=alice, at=at)


def treated(patient: Patient, by: Member, carol: Member, days: int) -> Treatment:
    at = timezone.now() - timedelta(days=days)
    vial = stock_vial(carol, opened_by=by, at=at - timedelta(hours=1), lot=f"LOT-{days}")
    draft = start_treatment(patient=patient, by=by, at=at)
    points = [
        PointInput(key=f"p{n}", x_mm=x, y_mm=y, side=side, units=4.0, vial=vial.pk)  # type: ignore[arg-type]
        for n, (x, y, side) in enumerate(CENTRAL)
    ]
    save_draft(treatment=draft, points=points, version=draft.version, by=by, at=at)
    return sign_treatment(treatment=draft, by=by, overrides=AnyReason(), at=at)


def reviewed(treatment: Treatment, by: Member, *events: tuple[str, str], **seen: Any) -> Review:
    return sign_review(
        treatment=treatment,
        date=timezone.localdate(),
        seen=exact(seen),
        note="As seen.",
        events=[EventInput(code, treatment.date, side=side) for code, side in events],
        by=by,
    )


@pytest.fixture
def fortnight(eve: Patient, alice: Member, carol: Member) -> Treatment:
    return treated(eve, alice, carol, 15)


@pytest.fixture
def peaked(fortnight: Treatment, bob: Member) -> Review:
    return reviewed(fortnight, bob, **PEAKED)


def page_of(client: Any, review: Review) -> str:
    return client.get(f"/reviews/{review.pk}/").content.decode()


# the answer on the page


def test_the_page_of_a_review_proposes_points_with_units_why_and_conflict(
    signed_in: SignedIn, alice: Member, peaked: Review, vial: Vial
) -> None:
    page = page_of(signed_in(alice), peaked)
    assert "Peaked outer brow: 4 U Botox Cosmetic brings it nearer, not fully." in page
    assert "2 U Botox Cosmetic" in page
    assert "One or two units on each side" in page
    assert "Where texts disagree" in page
    assert "Kroumpouzos" in page
    assert "400 U" in page
    assert "Add this correction" in page
    assert vial.lot in page


@pytest.fixture
def peaked_late(eve: Patient, alice: Member, bob: Member, carol: Member) -> Review:
    return reviewed(treated(eve, alice, carol, 40), bob, **PEAKED)


@pytest.mark.usefixtures("vial")
def test_after_the_days_of_topping_up_the_page_says_to_wait(
    signed_in: SignedIn, alice: Member, peaked_late: Review
) -> None:
    page = page_of(signed_in(alice), peaked_late)
    parts = [
        "Wait for the next visit",
        "Peaked outer brow: wait for the next visit",
        "Next visit from",
        "The injector's choice, against the advice to wait",
        "Add this correction",
        "Where texts disagree",
    ]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "A small addition is possible" not in page
    assert "No toxin: wait" not in page


def test_a_reviewer_sees_the_proposal_and_no_button(
    signed_in: SignedIn, bob: Member, peaked: Review, vial: Vial
) -> None:
    page = page_of(signed_in(bob), peaked)
    assert "Peaked outer brow: 4 U" in page
    assert "Add this correction" not in page


def test_a_red_flag_is_loud_and_alone(
    signed_in: SignedIn, alice: Member, bob: Member, fortnight: Treatment
) -> None:
    review = reviewed(fortnight, bob, ("swallowing", ""), **PEAKED)
    page = page_of(signed_in(alice), review)
    assert page.index('class="alarm"') < page.index("nothing is proposed")
    assert "Add this correction" not in page
    assert "If nothing is added" not in page


@pytest.mark.parametrize("event", ["eyelid-ptosis", "drooping-lids"])
def test_lids_without_a_side_are_a_red_flag_on_the_page(
    signed_in: SignedIn, bob: Member, fortnight: Treatment, event: str
) -> None:
    page = page_of(signed_in(bob), reviewed(fortnight, bob, (event, "")))
    assert 'class="alarm"' in page
    assert "Both lids droop needs a doctor at once" in page
    assert "no toxin. Wait." not in page


@pytest.mark.parametrize(
    "lids",
    [
        (("eyelid-ptosis", "left"), ("eyelid-ptosis", "right")),
        (("eyelid-ptosis", "both"),),
    ],
)
def test_a_lid_on_each_side_is_two_events_and_a_red_flag(
    signed_in: SignedIn, bob: Member, fortnight: Treatment, lids: tuple[tuple[str, str], ...]
) -> None:
    review = reviewed(fortnight, bob, *lids)
    assert [one.side for one in review.adverse_events.order_by("side")] == ["left", "right"]
    assert correction_of(review).verdict == "urgent"
    assert "Both lids droop needs a doctor at once" in page_of(signed_in(bob), review)


def test_a_lid_twice_on_one_side_is_refused(bob: Member, fortnight: Treatment) -> None:
    lids = (("eyelid-ptosis", "left"), ("eyelid-ptosis", "both"))
    with pytest.raises(EventRefused, match="twice on one side"):
        reviewed(fortnight, bob, *lids)


def test_a_loss_of_effect_can_be_recorded_and_is_answered(
    bob: Member, fortnight: Treatment
) -> None:
    review = reviewed(fortnight, bob, ("non-response", ""))
    told = correction_of(review)
    assert told.verdict == "wait"
    assert "non-response" in {one.code for one in told.noticed}


def test_a_drooping_lid_shows_dates_and_what_eases_it(
    signed_in: SignedIn, bob: Member, eve: Patient, alice: Member, carol: Member
) -> None:
    review = reviewed(treated(eve, alice, carol, 5), bob, ("eyelid-ptosis", "left"))
    page = page_of(signed_in(bob), review)
    assert "Drooping upper lid: no toxin. Wait." in page
    assert "Drooping upper lid, left" in page
    assert "Texts say otherwise" in page
    assert "Apraclonidine drops" in page
    assert "no good evidence" in page


def test_too_early_shows_from_when_it_is_judged(
    signed_in: SignedIn, bob: Member, eve: Patient, alice: Member, carol: Member
) -> None:
    early = treated(eve, alice, carol, 6)
    page = page_of(signed_in(bob), reviewed(early, bob, ("asymmetry", "left")))
    assert "Day 6 is too early to judge." in page
    first = early.date + timedelta(days=10)
    assert f"{first.day} {first:%B %Y}" in page


def test_a_review_of_a_patient_without_measures_is_answered_too(
    signed_in: SignedIn, bob: Member, dan: Patient, alice: Member, carol: Member
) -> None:
    at = timezone.now() - timedelta(days=15)
    held = stock_vial(carol, opened_by=alice, at=at - timedelta(hours=1))
    draft = charted(dan, held, alice, at=at)
    signed = sign_treatment(treatment=draft, by=alice, overrides=AnyReason(), at=at)
    page = page_of(signed_in(bob), reviewed(signed, bob, glabella_maximum=1))
    assert "Nothing to correct." in page


# from the record to the case


def test_the_case_holds_what_was_given_seen_and_told(fortnight: Treatment, bob: Member) -> None:
    review = reviewed(fortnight, bob, ("spock-brow", "left"), ("other", ""), **PEAKED)
    case = case_of(review)
    assert [one.status for one in case.treatments] == ["given"]
    assert sum(point.units for point in case.treatments[0].injections) == 32
    assert case.brow_left is not None
    assert case.brow_left.peak_mm == 16.8
    assert [(one.seen, one.side) for one in case.observations] == [("spock-brow", "left")]


def test_what_was_signed_after_the_review_is_not_part_of_its_case(
    peaked: Review, alice: Member, vial: Vial
) -> None:
    before = correction_of(peaked)
    draft = start_correction(review=peaked, vial=vial.pk, by=alice)
    sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    assert correction_of(peaked) == before


def test_a_side_is_kept_where_it_matters_and_dropped_where_not(
    fortnight: Treatment, bob: Member
) -> None:
    reviewed(fortnight, bob, ("eyelid-ptosis", "right"), ("headache", "left"))
    sides = dict(AdverseEvent.objects.values_list("event", "side"))
    assert sides == {"eyelid-ptosis": "right", "headache": ""}


def test_a_side_that_is_none_is_refused(fortnight: Treatment, bob: Member) -> None:
    with pytest.raises(EventRefused, match="no side of the patient"):
        reviewed(fortnight, bob, ("eyelid-ptosis", "top"))


def test_the_form_takes_the_side(signed_in: SignedIn, bob: Member, fortnight: Treatment) -> None:
    sent = {
        "date": timezone.localdate().isoformat(),
        "note": "The left one hangs.",
        "event-0": "eyelid-ptosis",
        "side-0": "left",
        "onset-0": fortnight.date.isoformat(),
        "grade-0": "2",
    }
    answer = signed_in(bob).post(f"/treatments/{fortnight.pk}/review/", sent, follow=True)
    assert "no toxin. Wait." in answer.content.decode()
    assert AdverseEvent.objects.get().side == "left"


def test_a_second_event_that_is_refused_stays_in_sight(
    signed_in: SignedIn, bob: Member, fortnight: Treatment
) -> None:
    client, url = signed_in(bob), f"/treatments/{fortnight.pk}/review/"
    assert '<details class="more" open>' not in client.get(url).content.decode()
    sent = {"date": timezone.localdate().isoformat(), "event-1": "headache"}
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert '<details class="more" open>' in answer.content.decode()


# adding the correction


def test_adding_it_starts_a_draft_that_holds_the_points(
    signed_in: SignedIn, alice: Member, peaked: Review, vial: Vial
) -> None:
    answer = signed_in(alice).post(f"/reviews/{peaked.pk}/correct/", {"vial": vial.pk})
    draft = Treatment.objects.get(state=State.DRAFT)
    assert answer.url == f"/treatments/{draft.pk}/chart/"
    assert draft.injector == alice
    points = list(draft.points.all())
    assert [(point.side, float(point.units)) for point in points] == [("left", 2), ("right", 2)]
    assert {point.area for point in points} == {"forehead"}
    assert {point.vial_id for point in points} == {vial.pk}


def test_the_draft_says_in_words_what_it_corrects(
    signed_in: SignedIn, alice: Member, peaked: Review, vial: Vial
) -> None:
    client = signed_in(alice)
    page = client.post(f"/reviews/{peaked.pk}/correct/", {"vial": vial.pk}, follow=True)
    words = f"Correction of the treatment of {peaked.treatment.date:%d %b %Y}"
    assert words in page.content.decode()
    draft = Treatment.objects.get(state=State.DRAFT)
    sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    record = client.get(f"/treatments/{draft.pk}/").content.decode()
    assert words in record
    assert "started as a correction" in record


def test_the_normal_limits_apply_to_the_draft(
    signed_in: SignedIn, alice: Member, peaked: Review, vial: Vial
) -> None:
    draft = start_correction(review=peaked, vial=vial.pk, by=alice)
    page = signed_in(alice).get(f"/treatments/{draft.pk}/sign/").content.decode()
    assert "interval is 90 days" in page or "interval of" in page


def test_what_was_given_before_is_history_to_the_draft(
    alice: Member, peaked: Review, vial: Vial
) -> None:
    draft = start_correction(review=peaked, vial=vial.pk, by=alice)
    signed = sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    assert signed.plan_json.count('"given"') == 1


def test_starting_it_leaves_a_trace(alice: Member, peaked: Review, vial: Vial) -> None:
    draft = start_correction(review=peaked, vial=vial.pk, by=alice)
    event = AuditEvent.objects.get(action="started as a correction")
    assert (event.subject_id, event.by) == (draft.pk, alice)
    assert event.detail["review"] == peaked.pk


# what is refused


def test_a_reviewer_does_not_add_it(peaked: Review, bob: Member, vial: Vial) -> None:
    with pytest.raises(NotAllowed):
        start_correction(review=peaked, vial=vial.pk, by=bob)


def test_where_nothing_is_proposed_nothing_is_charted(
    fortnight: Treatment, bob: Member, alice: Member, vial: Vial
) -> None:
    review = reviewed(fortnight, bob, glabella_maximum=1)
    with pytest.raises(NothingProposed, match="Nothing to correct"):
        start_correction(review=review, vial=vial.pk, by=alice)
    assert not Treatment.objects.filter(state=State.DRAFT).exists()


def test_an_old_review_is_no_word_to_inject_on(
    signed_in: SignedIn, peaked: Review, alice: Member, vial: Vial, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=8))
    with pytest.raises(ReviewRefused, match="8 days old"):
        start_correction(review=peaked, vial=vial.pk, by=alice)
    assert "Review again before anything is added" in page_of(signed_in(alice), peaked)


def test_it_is_not_added_twice(
    signed_in: SignedIn, peaked: Review, alice: Member, vial: Vial
) -> None:
    draft = start_correction(review=peaked, vial=vial.pk, by=alice)
    with pytest.raises(ReviewRefused, match="a draft with points open"):
        start_correction(review=peaked, vial=vial.pk, by=alice)
    sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    with pytest.raises(ReviewRefused, match="was treated again"):
        start_correction(review=peaked, vial=vial.pk, by=alice)
    assert "was treated again" in page_of(signed_in(alice), peaked)


def test_a_vial_of_another_product_is_refused_and_nothing_is_started(
    signed_in: SignedIn, peaked: Review, alice: Member, carol: Member
) -> None:
    other = stock_vial(carol, opened_by=alice, product="xeomin", lot="LOT-X")
    with pytest.raises(PointRefused, match="never units of another"):
        start_correction(review=peaked, vial=other.pk, by=alice)
    client = signed_in(alice)
    answer = client.post(f"/reviews/{peaked.pk}/correct/", {"vial": "nonsense"}, follow=True)
    assert "not in stock" in answer.content.decode()
    assert not Treatment.objects.filter(state=State.DRAFT).exists()


def test_without_an_open_vial_the_page_says_where_to_open_one(
    signed_in: SignedIn, alice: Member, peaked: Review
) -> None:
    Vial.objects.all().update(remaining_units=0)
    assert "No open vial holds enough Botox Cosmetic" in page_of(signed_in(alice), peaked)


def test_nobody_corrects_themself(peaked: Review, alice: Member, vial: Vial) -> None:
    patient = peaked.treatment.patient
    patient.member = alice
    patient.save()
    with pytest.raises(OwnTreatment):
        start_correction(review=peaked, vial=vial.pk, by=alice)
