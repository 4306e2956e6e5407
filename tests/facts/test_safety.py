"""Timing, margins, unwanted results and questions that no single label holds."""

from __future__ import annotations

import itertools

from glabella import facts


def test_every_day_of_half_a_year_has_a_word_on_what_is_normal() -> None:
    safety = facts.load().safety
    assert all(safety.normal_on(day) is not None for day in range(181))
    assert safety.normal_on(-1) is None
    assert safety.normal_on(181) is None


def test_what_is_normal_changes_with_the_days() -> None:
    safety = facts.load().safety
    days = [safety.normal_on(day) for day in (0, 3, 7, 11, 14, 60, 120)]
    assert len({fact.value for fact in days if fact}) == 7


def test_the_review_comes_before_the_touch_up_and_that_before_the_next_session() -> None:
    safety = facts.load().safety
    days = [
        safety.visible_effect_days.value[0],
        safety.review_not_before_days.value,
        safety.review_days.value,
        safety.touch_up_latest_days.value,
        safety.retreatment_days.value,
    ]
    assert all(earlier < later for earlier, later in itertools.pairwise(days))
    assert safety.touch_up_not_before_days.value == safety.full_effect_days.value == 14


def test_the_disagreement_on_touch_ups_is_told() -> None:
    conflict = facts.load().safety.touch_up_conflict
    assert conflict.source == "kroumpouzos-2025"
    assert "within 3 weeks" in conflict.value


def test_both_texts_on_the_low_forehead_are_kept() -> None:
    safety = facts.load().safety
    centre, lateral = safety.frontalis_margin_mm, safety.frontalis_margin_lateral_mm
    assert (centre.low, centre.high) == (20, 25)
    assert (lateral.low, lateral.high) == (20, 30)
    assert centre.source != lateral.source


def test_the_margin_at_the_canthus_is_admitted_to_be_an_assumption() -> None:
    assert facts.load().safety.canthus_margin_mm.kind == "assumption"
    assert facts.load().safety.lateral_rim_margin_mm.kind == "assumption"


def test_spans_run_forward() -> None:
    for complication in facts.load().safety.complications.values():
        for span in (complication.onset_days, complication.lasts_days):
            assert span is None or span.value[0] <= span.value[1]


def test_rates_of_lid_ptosis_stand_side_by_side() -> None:
    rates = facts.load().safety.complications["eyelid-ptosis"].rates
    assert [rate.value for rate in rates] == [5.4, 2.4, 2.1]
    assert all(rate.note for rate in rates)


def test_the_signs_of_the_boxed_warning_are_red_flags() -> None:
    codes = {flag.code for flag in facts.load().safety.red_flags}
    assert {"swallowing", "breathing", "speech", "double-vision", "weakness"} <= codes
    assert {flag.text.kind for flag in facts.load().safety.red_flags} == {"label"}


def test_general_warnings_are_told_and_not_asked() -> None:
    conditions = facts.load().conditions
    told = {code for code, item in conditions.items() if item.about == "information"}
    assert told == {"distant-spread", "units-not-interchangeable", "unapproved-use-events"}


def test_every_question_is_a_question() -> None:
    for condition in facts.load().conditions.values():
        if condition.question is not None:
            assert condition.question.endswith("?")


def test_the_upper_face_is_all_three_areas() -> None:
    protocols = facts.load().protocols
    assert set(protocols["upper-face"].areas) == {"glabella", "forehead", "lateral-canthal"}
    assert protocols["forehead-with-glabella"].areas == ("forehead", "glabella")
