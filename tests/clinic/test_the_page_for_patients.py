"""Experience as the record tells it, and what of it a patient may read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from glabella.clinic.credentials.actions import agree_profile, wish_profile
from glabella.clinic.credentials.experience import Experience, Tally, experience_of
from glabella.clinic.credentials.models import CredentialKind, NumberShown, Profile
from glabella.clinic.credentials.public import public_areas, shown_number
from glabella.clinic.credentials.rules import CredentialRefused
from glabella.clinic.credentials.suppression import count_words, share_words
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.actions import close_account
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.safety.actions import EventInput
from glabella.clinic.treatments.actions import sign_treatment
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import AnyReason, SignedIn, a_page, charted, signed_days_ago, stock_vial


def reviewed(treatment: Treatment, by: Member, grade: int, **more: Any) -> Any:
    return sign_review(
        treatment=treatment,
        date=timezone.localdate(),
        seen={"glabella_maximum": grade},
        by=by,
        **more,
    )


def glabella_of(injector: Member) -> Tally:
    (tally,) = experience_of(injector).tallies
    assert tally.scope == "glabella"
    return tally


def test_nothing_signed_is_no_experience(alice: Member, draft: Treatment) -> None:
    told = experience_of(alice)
    assert (told.treatments, told.tallies) == (0, [])


def test_a_treatment_counts_once_in_each_of_its_areas(alice: Member, signed: Treatment) -> None:
    assert experience_of(alice).treatments == 1
    assert glabella_of(alice).treatments == 1
    assert glabella_of(alice).reviewed == 0


@pytest.mark.parametrize(("grade", "improved"), [(3, 0), (2, 1), (1, 1)])
def test_a_result_is_counted_against_the_grade_before(
    bob: Member, carol: Member, dan: Patient, grade: int, improved: int
) -> None:
    alice = Member.objects.get(display_name="Alice")
    reviewed(signed_days_ago(dan, alice, carol, 20), bob, grade)
    tally = glabella_of(alice)
    assert (tally.reviewed, tally.graded, tally.improved) == (1, 1, improved)


def test_an_adverse_event_counts_once_for_its_treatment(
    alice: Member, bob: Member, carol: Member, dan: Patient
) -> None:
    event = EventInput("bruising", timezone.localdate())
    reviewed(signed_days_ago(dan, alice, carol, 20), bob, 1, events=[event])
    assert experience_of(alice).with_events == 1
    assert glabella_of(alice).with_events == 1


def test_a_touch_up_is_no_fresh_treatment_and_counts_against_whoever_is_corrected(
    alice: Member, ann: Member, bob: Member, carol: Member, dan: Patient
) -> None:
    review = reviewed(signed_days_ago(dan, alice, carol, 20), bob, 3)
    vial = stock_vial(carol, opened_by=ann, lot="LOT-TOUCH-UP")
    again = charted(dan, vial, ann, units=1.0)
    Treatment.objects.filter(pk=again.pk).update(corrects=review)
    sign_treatment(treatment=again, by=ann, overrides=AnyReason())
    assert (experience_of(alice).treatments, experience_of(alice).touch_ups) == (1, 1)
    assert glabella_of(alice).touch_ups == 1
    assert experience_of(ann).treatments == 0


def test_small_counts_are_not_told() -> None:
    assert [count_words(number) for number in (0, 4, 5, 120)] == [
        "fewer than 5",
        "fewer than 5",
        "5",
        "120",
    ]


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (19, 19, "not told: fewer than 20 were reviewed"),
        (0, 20, "fewer than 5 of 20"),
        (4, 20, "fewer than 5 of 20"),
        (5, 20, "5 of 20"),
        (15, 20, "15 of 20"),
        (16, 20, "more than 15 of 20"),
        (20, 20, "more than 15 of 20"),
    ],
)
def test_a_share_is_told_of_enough_and_never_down_to_the_few(
    part: int, whole: int, words: str
) -> None:
    assert share_words(part, whole) == words


def test_every_figure_of_the_page_goes_through_that_door() -> None:
    told = Experience(tallies=[Tally("glabella", treatments=3, graded=3, improved=1)])
    (area,) = public_areas(told)
    assert (area.treatments, area.improved) == (
        "fewer than 5",
        "not told: fewer than 20 were reviewed",
    )


@pytest.mark.parametrize(
    ("shown", "words"),
    [(NumberShown.WHOLE, "TEST-0001"), (NumberShown.END, "…001"), (NumberShown.NOT, "")],
)
def test_of_the_number_is_shown_what_its_holder_chose(shown: str, words: str) -> None:
    assert shown_number("TEST-0001", shown) == words


def published(alice: Member, olga: Member, **more: Any) -> Profile:
    return agree_profile(profile=a_page(alice, **more), agreed=True, by=olga)


def test_the_page_is_there_when_both_want_it(alice: Member, olga: Member) -> None:
    visitor = Client()
    assert visitor.get("/injectors/alice/").status_code == 404
    profile = a_page(alice)
    assert visitor.get("/injectors/alice/").status_code == 404
    agree_profile(profile=profile, agreed=True, by=olga)
    assert visitor.get("/injectors/alice/").status_code == 200
    agree_profile(profile=profile, agreed=False, by=olga)
    assert visitor.get("/injectors/alice/").status_code == 404


def test_the_injector_takes_it_down_alone(alice: Member, olga: Member) -> None:
    published(alice, olga)
    a_page(alice, wished=False)
    assert Client().get("/injectors/alice/").status_code == 404
    with pytest.raises(CredentialRefused, match="does not wish"):
        agree_profile(profile=Profile.objects.get(), agreed=True, by=olga)


def test_words_that_changed_are_agreed_anew(alice: Member, olga: Member) -> None:
    published(alice, olga, words="Twenty years of practice.")
    a_page(alice, words="Twenty years of practice.")
    assert Client().get("/injectors/alice/").status_code == 200
    a_page(alice, words="The best in town.")
    assert Client().get("/injectors/alice/").status_code == 404


def test_whoever_left_has_no_page(alice: Member, olga: Member) -> None:
    published(alice, olga)
    close_account(member=alice, why="Left the clinic.", by=olga)
    assert Client().get("/injectors/alice/").status_code == 404


def test_only_injectors_wish_and_only_owners_agree(alice: Member, carol: Member) -> None:
    with pytest.raises(NotAllowed):
        a_page(carol)
    with pytest.raises(NotAllowed):
        agree_profile(profile=a_page(alice), agreed=True, by=alice)


def test_the_page_tells_the_licence_and_nothing_of_any_patient(
    alice: Member, olga: Member, signed: Treatment
) -> None:
    published(alice, olga, number_shown=NumberShown.END)
    page = Client().get("/injectors/alice/").content.decode()
    assert "Alice" in page
    assert "Vera" in page
    assert "…001" in page
    assert "TEST-0001" not in page
    assert "fewer than 5" in page
    assert signed.patient.family_name not in page
    assert "Dan" not in page


def test_search_engines_are_let_in_only_if_wished(alice: Member, olga: Member) -> None:
    published(alice, olga)
    hidden = Client().get("/injectors/alice/")
    assert hidden.headers["X-Robots-Tag"] == "noindex"
    assert b'content="noindex"' in hidden.content
    published(alice, olga, indexed=True)
    listed = Client().get("/injectors/alice/")
    assert "X-Robots-Tag" not in listed.headers
    assert b"noindex" not in listed.content


def test_a_page_says_when_its_injector_may_not_treat(
    alice: Member, olga: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(alice, olga)
    assert b"does not treat at present" not in Client().get("/injectors/alice/").content
    until = alice.credentials.get(kind=CredentialKind.LICENCE).until
    assert until is not None
    real = timezone.now
    ahead = timedelta(days=(until - timezone.localdate()).days + 1)
    monkeypatch.setattr(timezone, "now", lambda: real() + ahead)
    page = Client().get("/injectors/alice/").content
    assert b"does not treat at present" in page
    assert b"No verified licence is in force" in page


def test_two_of_one_name_have_two_addresses(alice: Member, ann: Member) -> None:
    Member.objects.filter(pk=ann.pk).update(display_name="Alice")
    ann.refresh_from_db()
    assert [a_page(one).slug for one in (alice, ann)] == ["alice", "alice-2"]


def test_the_page_is_wished_by_a_form_and_agreed_by_a_button(
    alice: Member, olga: Member, signed_in: SignedIn
) -> None:
    sent = {"wished": "on", "words": "Calm and careful.", "number_shown": "end"}
    asked = signed_in(alice).post("/team/me/page/", sent, follow=True)
    assert b"waits for an owner" in asked.content
    profile = Profile.objects.get()
    signed_in(olga).post(f"/team/pages/{profile.pk}/", {"agreed": "on"})
    assert b"Calm and careful." in Client().get("/injectors/alice/").content
    signed_in(olga).post(f"/team/pages/{profile.pk}/", {})
    assert Client().get("/injectors/alice/").status_code == 404


def test_wishing_again_keeps_the_first_day(alice: Member) -> None:
    first = a_page(alice).wished_at
    later = wish_profile(
        words="", number_shown=NumberShown.WHOLE, indexed=False, wished=True, by=alice
    )
    assert later.wished_at == first
