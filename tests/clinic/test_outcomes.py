"""How treatments went: a touch-up is told apart and is never a fresh success."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.reviews.models import Review
from glabella.clinic.reviews.outcomes import Share, outcomes_of
from glabella.clinic.treatments.actions import sign_treatment
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import (
    AnyReason,
    Patient,
    SignedIn,
    charted,
    member,
    signed_days_ago,
    stock_vial,
)


def seen(treatment: Treatment, by: Member, days_ago: int, grade: int) -> Review:
    at = timezone.now() - timedelta(days=days_ago)
    return sign_review(
        treatment=treatment,
        date=timezone.localdate(at),
        seen={"glabella_maximum": grade},
        by=by,
        at=at,
    )


def touched_up(review: Review, alice: Member, carol: Member, days_ago: int) -> Treatment:
    """A correction of a reviewed treatment, signed so many days ago."""
    at = timezone.now() - timedelta(days=days_ago)
    vial = stock_vial(carol, opened_by=alice, at=at - timedelta(hours=1), lot=f"TOUCH-{days_ago}")
    draft = charted(review.treatment.patient, vial, alice, units=1.0, at=at)
    draft.corrects = review
    draft.save(update_fields=["corrects"])
    return sign_treatment(treatment=draft, by=alice, overrides=AnyReason(), at=at)


@pytest.fixture
def treated(dan: Patient, alice: Member, carol: Member) -> Treatment:
    return signed_days_ago(dan, alice, carol, 100)


def glabella(member: Member) -> Any:
    [area] = [one for one in outcomes_of(member.clinic_id).areas if one.name == "Glabella"]
    return area


def test_a_line_that_went_from_severe_to_mild_is_a_response(
    treated: Treatment, alice: Member
) -> None:
    seen(treated, alice, 86, 1)
    row = glabella(alice)
    assert (row.alone, row.touched_up) == (Share(1, 1), 0)


def test_a_touch_up_never_makes_a_fresh_success(
    signed_in: SignedIn, treated: Treatment, alice: Member, carol: Member
) -> None:
    review = seen(treated, alice, 86, 2)
    extra = touched_up(review, alice, carol, 85)
    seen(extra, alice, 70, 0)
    page, row = outcomes_of(alice.clinic_id), glabella(alice)
    assert (page.treatments, page.touch_ups) == (1, 1)
    assert row.alone == Share(0, 1)
    assert row.with_touch_up == Share(1, 1)
    assert row.touched_up == 1
    assert "0 of 1" in signed_in(alice).get("/reviews/outcomes/").content.decode()


def test_a_review_of_the_treatment_after_its_touch_up_counts_with_the_touch_up(
    treated: Treatment, alice: Member, carol: Member
) -> None:
    review = seen(treated, alice, 86, 2)
    touched_up(review, alice, carol, 85)
    seen(treated, alice, 60, 1)
    row = glabella(alice)
    assert (row.alone, row.with_touch_up) == (Share(0, 1), Share(1, 1))


def test_how_long_it_lasted_is_told_from_reviews_without_a_touch_up(
    treated: Treatment, alice: Member
) -> None:
    seen(treated, alice, 86, 1)
    seen(treated, alice, 2, 3)
    row = glabella(alice)
    assert (row.back_days, row.back_count) == (98, 1)


def test_after_a_touch_up_no_duration_is_counted(
    treated: Treatment, alice: Member, carol: Member
) -> None:
    review = seen(treated, alice, 86, 1)
    touched_up(review, alice, carol, 85)
    seen(treated, alice, 2, 3)
    assert glabella(alice).back_count == 0


def test_a_few_are_shown_as_numbers_and_many_as_a_share() -> None:
    assert Share(3, 19).percent is None
    assert Share(5, 20).percent == 0.25


def test_the_touch_up_stands_on_the_timeline_and_beside_its_treatment(
    signed_in: SignedIn, treated: Treatment, alice: Member, carol: Member
) -> None:
    extra = touched_up(seen(treated, alice, 86, 2), alice, carol, 85)
    client = signed_in(alice)
    assert "Touch-up" in client.get(f"/patients/{treated.patient_id}/").content.decode()
    record = client.get(f"/treatments/{treated.pk}/").content.decode()
    assert f"/treatments/{extra.pk}/" in record
    assert "no fresh treatment" in record


def test_another_clinic_counts_its_own(
    signed_in: SignedIn, treated: Treatment, alice: Member
) -> None:
    seen(treated, alice, 86, 1)
    zoe = member("Zoe", Role.INJECTOR, clinic="Other Clinic")
    assert outcomes_of(zoe.clinic_id).treatments == 0
    assert signed_in(zoe).get("/reviews/outcomes/").status_code == 200
