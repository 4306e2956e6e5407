"""Titration: what the last visit showed, set beside what is usual, and what was learned of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from glabella.plan.goals.goal import Goal
from glabella.plan.search.titrate import SeenThen, Titration, titrate
from tests.plan.goals import THREE, given, goal

FIRST = date(2026, 6, 1)


def seen(day: int, grade: int | None, area: str = "glabella") -> dict[str, Any]:
    """A review so many days after the first treatment."""
    lines = {} if grade is None else {area: {"maximum": grade}}
    return {"date": str(FIRST + timedelta(days=day)), "lines": lines}


def after(*reviews: dict[str, Any], **changes: Any) -> Goal:
    return goal(**{"treatments": [given(str(FIRST))], "reviews": list(reviews), **changes})


def told(found: Titration) -> str:
    return "\n".join(found.sentences)


def only(found: Titration) -> SeenThen:
    (one,) = found.seen
    return one


def test_without_an_earlier_treatment_there_is_nothing_to_titrate_from() -> None:
    found = titrate(goal())
    assert found.treated is None
    assert found.given == {}
    assert "Nothing was given before" in told(found)


def test_without_a_review_it_says_what_was_given_and_that_nothing_was_learned() -> None:
    found = titrate(after())
    assert found.treated == FIRST
    assert found.given == {"botox-cosmetic": {"glabella": 20}}
    assert "Last visit, 01 June 2026: 20 U Botox Cosmetic in the glabella." in told(found)
    assert "was not learned" in told(found)
    assert found.sensitivity is None


@pytest.mark.parametrize(
    ("grade", "effect", "words"),
    [(0, "more", "more effect than usual"), (1, "as usual", "usual"), (3, "less", "less effect")],
)
def test_what_was_seen_stands_beside_what_is_usual_on_that_day(
    grade: int, effect: str, words: str
) -> None:
    found = titrate(after(seen(14, grade)))
    one = only(found)
    assert (one.day, one.grade, one.effect) == (14, grade, effect)
    assert one.usual_low < one.usual < one.usual_high
    assert words in told(found)


def test_what_is_usual_does_not_depend_on_what_was_seen() -> None:
    smooth, frowning = (only(titrate(after(seen(14, grade)))) for grade in (0, 3))
    assert smooth.usual == frowning.usual


def test_someone_with_little_effect_stands_low_among_all_and_the_other_way_round() -> None:
    little, much = (titrate(after(seen(14, grade), seen(30, grade))) for grade in (3, 0))
    assert little.sensitivity is not None
    assert much.sensitivity is not None
    assert little.sensitivity.share < 1 / 3 < 2 / 3 < much.sensitivity.share
    assert little.sensitivity.low <= little.sensitivity.share <= little.sensitivity.high
    assert "answers less than usual" in told(little)
    assert "reckons with more" in told(little)
    assert "answers more than usual" in told(much)
    assert "reckons with less" in told(much)


def test_someone_whose_effect_was_gone_early_keeps_it_for_a_shorter_time() -> None:
    short = titrate(after(seen(14, 0), seen(50, 3)))
    long = titrate(after(seen(14, 0), seen(150, 0)))
    assert short.duration is not None
    assert long.duration is not None
    assert short.duration.share < long.duration.share
    ends = [found.worn_off["glabella"] for found in (short, long)]
    assert ends[0] is not None
    assert ends[1] is None or ends[0] < ends[1]


def test_the_date_on_which_the_effect_was_over_is_set_against_this_visit() -> None:
    assert "days before this visit" in told(titrate(after(seen(14, 2))))
    assert "what is left is counted in" in told(titrate(after(seen(14, 2), date="2026-07-01")))


def test_what_no_drawn_patient_explains_teaches_nothing_and_it_says_so() -> None:
    brow = {"medial_mm": 60, "peak_mm": 60, "lateral_mm": 60}
    found = titrate(after({**seen(14, 1), "brow_left": brow}))
    assert found.learned is not None
    assert not found.learned.used
    assert found.sensitivity is None
    assert "Nothing could be learned: only" in told(found)
    assert "Check the grades, units and dates" in told(found)


def test_a_review_that_recorded_nothing_teaches_nothing() -> None:
    found = titrate(after(seen(14, None)))
    assert found.seen == ()
    assert found.sensitivity is None
    assert "record no grade" in told(found)
    assert "No grade at full movement was read" in told(found)


def test_a_reading_before_the_effect_is_complete_is_told_to_say_little() -> None:
    assert "Before day 10" in told(titrate(after(seen(6, 2))))
    assert "Before day 10" not in told(titrate(after(seen(10, 2))))


def test_only_the_last_session_counts_as_the_last_visit() -> None:
    twice = [given("2026-01-10", areas={"glabella": 30}), given(str(FIRST))]
    found = titrate(after(seen(14, 1), treatments=twice))
    assert found.given == {"botox-cosmetic": {"glabella": 20}}
    assert only(found).day == 14


def test_two_products_of_one_session_stay_apart() -> None:
    two = [given(str(FIRST)), given(str(FIRST), product="dysport", areas={"glabella": 50})]
    found = titrate(after(seen(14, 1), treatments=two))
    assert found.given == {"botox-cosmetic": {"glabella": 20}, "dysport": {"glabella": 50}}
    assert "20 U Botox Cosmetic in the glabella" in told(found)
    assert "50 U Dysport in the glabella" in told(found)


def test_units_of_another_product_are_never_set_beside_each_other() -> None:
    found = titrate(after(seen(14, 1), treatments=[given(str(FIRST), product="dysport")]))
    assert "Dysport is compared by its effect only" in told(found)
    assert "last time" not in told(found)


def test_every_area_that_was_read_is_told() -> None:
    areas = {"glabella": 20, "lateral-canthal": 24}
    whole = [given(str(FIRST), areas=areas)]
    review = seen(14, 1) | {
        "lines": {"glabella": {"maximum": 1}, "lateral-canthal": {"maximum": 2}}
    }
    found = titrate(after(review, treatments=whole, lines=THREE))
    assert [one.area for one in found.seen] == ["glabella", "lateral-canthal"]
    assert set(found.worn_off) >= {"glabella", "lateral-canthal"}


def test_a_point_outside_the_areas_is_not_lost() -> None:
    point = {"x_mm": 40, "y_mm": -20, "side": "left", "units": 1, "depth": "dermis"}
    found = titrate(after(treatments=[given(str(FIRST), injections=[point])]))
    assert sum(found.given["botox-cosmetic"].values()) == 1
