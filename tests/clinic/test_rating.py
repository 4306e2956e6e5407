"""Scales at a review, before beside after, and a second rater who has not seen the first."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from glabella.clinic.audit.chain import verify
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.reviews.actions import RatingInput, rate_before, rate_second, sign_review
from glabella.clinic.reviews.models import Rating, Review
from glabella.clinic.reviews.rating import results_of, weighted_kappa
from glabella.clinic.reviews.rules import ReviewRefused, named_scales, scales_for
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import Patient, SignedIn, member, signed_days_ago

GRADES = {"glabella_maximum": 1, "glabella_rest": 0}


@pytest.fixture
def fortnight(dan: Patient, alice: Member, carol: Member) -> Treatment:
    return signed_days_ago(dan, alice, carol, 14)


@pytest.fixture
def review(fortnight: Treatment, bob: Member) -> Review:
    return sign_review(
        treatment=fortnight,
        date=timezone.localdate(),
        seen=GRADES,
        ratings=[
            RatingInput("improvement", 2),
            RatingInput("lid-margin", 4.5, side="left"),
            RatingInput("satisfaction", 5, by_patient=True),
        ],
        by=bob,
    )


def second(maximum: float, rest: float) -> list[RatingInput]:
    graded = (("maximum", maximum), ("rest", rest))
    return [RatingInput("lines", value, area="glabella", movement=at) for at, value in graded]


def test_a_review_offers_the_scales_of_what_was_treated() -> None:
    assert set(scales_for(["glabella"])) == {"improvement", "lid-margin", "satisfaction"}
    assert set(scales_for(["masseter"])) == {"improvement", "satisfaction"}


def test_what_belongs_to_somebody_is_named_and_not_offered() -> None:
    names = {scale.name for scale in named_scales(["glabella"])}
    assert names == {"Merz aesthetics scales", "FACE-Q", "Facial Line Outcomes (FLO-11)"}


def test_ratings_are_taken_with_the_review(
    signed_in: SignedIn, fortnight: Treatment, bob: Member
) -> None:
    client, url = signed_in(bob), f"/treatments/{fortnight.pk}/review/"
    assert "How happy are you with the result?" in client.get(url).content.decode()
    sent = {
        "date": timezone.localdate().isoformat(),
        "glabella_maximum": "1",
        "scale-satisfaction-": "4",
        "scale-lid-margin-left": "4.5",
    }
    page = client.post(url, sent, follow=True).content.decode()
    assert "4 happy" in page
    assert "4.5 mm" in page
    told = dict(Rating.objects.values_list("scale", "rater"))
    assert told == {"satisfaction": "patient", "lid-margin": "clinician"}


def test_before_day_ten_nothing_is_rated(
    dan: Patient, alice: Member, carol: Member, bob: Member
) -> None:
    early = signed_days_ago(dan, alice, carol, 5)
    with pytest.raises(ReviewRefused, match="too early"):
        sign_review(
            treatment=early,
            date=timezone.localdate(),
            seen={},
            ratings=[RatingInput("improvement", 1)],
            by=bob,
        )


@pytest.mark.parametrize(("scale", "value"), [("improvement", 6), ("lid-margin", 40)])
def test_a_value_that_the_scale_has_not_is_refused(
    fortnight: Treatment, bob: Member, scale: str, value: float
) -> None:
    with pytest.raises(ReviewRefused):
        sign_review(
            treatment=fortnight,
            date=timezone.localdate(),
            seen=GRADES,
            ratings=[RatingInput(scale, value)],
            by=bob,
        )
    assert not Review.objects.exists()


def test_the_record_shows_before_beside_after(
    signed_in: SignedIn, review: Review, bob: Member
) -> None:
    results = results_of(review.treatment)
    assert results.days == (14,)
    rows = {row.name: (row.before, row.after, row.tone) for row in results.rows}
    assert rows["Glabella, at maximum"] == ("3", ("1",), "ok")
    page = signed_in(bob).get(f"/treatments/{review.treatment_id}/").content.decode()
    assert "Before and after" in page


def test_a_lid_is_measured_before_and_stands_beside_the_review(
    signed: Treatment, alice: Member
) -> None:
    rate_before(treatment=signed, ratings=[RatingInput("lid-margin", 4, side="left")], by=alice)
    assert Rating.objects.get().review is None
    with pytest.raises(ReviewRefused, match="rated already"):
        rate_before(treatment=signed, ratings=[RatingInput("lid-margin", 4)], by=alice)


def test_before_is_not_rated_afterwards(fortnight: Treatment, alice: Member) -> None:
    with pytest.raises(ReviewRefused, match="on the day of the treatment"):
        rate_before(treatment=fortnight, ratings=[RatingInput("lid-margin", 4)], by=alice)


def test_the_page_of_before_keeps_what_it_is_told(
    signed_in: SignedIn, signed: Treatment, alice: Member
) -> None:
    client, url = signed_in(alice), f"/reviews/before/{signed.pk}/"
    assert client.post(url, {"scale-lid-margin-right": ""}).status_code == 422
    client.post(url, {"scale-lid-margin-right": "4"})
    assert Rating.objects.get().side == "right"


def test_the_second_rater_does_not_see_the_first_grades(
    signed_in: SignedIn, review: Review, alice: Member
) -> None:
    client, url = signed_in(alice), f"/reviews/{review.pk}/second/"
    page = client.get(url).content.decode()
    assert "Glabella, at maximum" in page
    assert 'value="1" selected' not in page
    assert "Improvement" not in page
    answer = client.post(url, {"glabella-maximum": "2", "glabella-rest": "0"}, follow=True)
    shown = answer.content.decode()
    assert "Second rater" in shown
    assert "without having opened the first grades" in shown
    assert "the same grade in 1 of 2" in shown


def test_who_has_opened_the_first_grades_is_not_blind(
    signed_in: SignedIn, review: Review, alice: Member
) -> None:
    signed_in(alice).get(f"/reviews/{review.pk}/")
    rate_second(review=review, ratings=second(1, 0), by=alice)
    assert not Rating.objects.filter(rater="second", blind=True).exists()


def test_the_first_rater_is_not_the_second(review: Review, bob: Member) -> None:
    with pytest.raises(ReviewRefused, match="somebody else"):
        rate_second(review=review, ratings=second(1, 0), by=bob)


def test_a_review_is_rated_a_second_time_once(review: Review, alice: Member, ann: Member) -> None:
    rate_second(review=review, ratings=second(1, 0), by=alice)
    with pytest.raises(ReviewRefused, match="second time already"):
        rate_second(review=review, ratings=second(1, 0), by=ann)


def test_an_empty_second_rating_is_refused_and_an_assistant_does_not_rate(
    review: Review, alice: Member, carol: Member
) -> None:
    with pytest.raises(ReviewRefused, match="give a grade"):
        rate_second(review=review, ratings=[], by=alice)
    with pytest.raises(NotAllowed):
        rate_second(review=review, ratings=second(1, 0), by=carol)


def test_the_patients_page_offers_the_second_rating_to_others_alone(
    signed_in: SignedIn, review: Review, alice: Member, bob: Member
) -> None:
    page = f"/patients/{review.treatment.patient_id}/"
    assert f"/reviews/{review.pk}/second/" in signed_in(alice).get(page).content.decode()
    assert f"/reviews/{review.pk}/second/" not in signed_in(bob).get(page).content.decode()


def test_heights_and_ratings_are_tied_into_the_chain(
    review: Review, fortnight: Treatment, alice: Member
) -> None:
    seen = {"brow_left_peak_mm": Decimal(12), "brow_right_peak_mm": Decimal("12.5")}
    sign_review(treatment=fortnight, date=timezone.localdate(), seen=seen, by=alice)
    rate_second(review=review, ratings=second(1, 0), by=alice)
    assert verify(alice.clinic).holds


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ([], None),
        ([(2, 2), (2, 2)], None),
        ([(0, 0), (1, 1), (3, 3)], 1.0),
        ([(0, 1), (1, 0)], -1.0),
        # Two raters of whom one always says the same agree no better than chance.
        ([(0, 1), (2, 1)], 0.0),
    ],
)
def test_the_weighted_kappa_is_one_for_agreement_and_zero_for_chance(
    pairs: list[tuple[int, int]], kappa: float | None
) -> None:
    told = weighted_kappa(pairs)
    assert told is kappa if kappa is None else told == pytest.approx(kappa)


def test_another_clinic_rates_nothing(signed_in: SignedIn, review: Review) -> None:
    zoe = signed_in(member("Zoe", Role.INJECTOR, clinic="Other Clinic"))
    assert zoe.get(f"/reviews/{review.pk}/second/").status_code == 404
    assert zoe.get(f"/reviews/before/{review.treatment_id}/").status_code == 404
