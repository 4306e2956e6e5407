"""Correcting where toxin would be wrong, and what every answer stands on."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import pytest

from glabella import facts
from glabella.errors import InputError
from glabella.face.frame import Side
from glabella.facts.corrections import SeenWord
from glabella.plan.correct import correct
from glabella.plan.corrections import correction_text
from tests.plan.cases import CENTRAL, answer, brow, case, codes, given, seen, units_a_side

PEAKED = {"brow_left": brow(-0.4, 0.8, 0.9), "brow_right": brow(-0.4, 0.9, 1.0)}
SEEN = facts.load().corrections.seen
DROOPS = [code for code, kind in SEEN.items() if kind.answer == "wait" and code != "non-response"]


# no toxin: wait


@pytest.mark.parametrize("droop", DROOPS)
def test_what_hangs_droops_or_does_not_move_gets_no_toxin(droop: str) -> None:
    told = answer(
        observations=seen(droop, side="left"), lines={"glabella": {"maximum": 3}}, **PEAKED
    )
    assert told.verdict == "wait"
    assert not told.proposed
    assert all("Nothing is added" in one.why for one in told.refused)


def test_a_missing_effect_has_its_own_words() -> None:
    told = answer(observations=seen("non-response"), lines={"glabella": {"maximum": 3}})
    assert (told.verdict, told.proposed) == ("wait", ())
    assert told.headline.endswith("no top-up. Look for the cause first.")
    (refused,) = told.refused
    for word in (
        "product",
        "dose",
        "dilution",
        "placement",
        "antibodies",
        "3 months",
        "no further",
    ):
        assert word in refused.why
    assert "hangs" not in refused.why
    assert refused.source == "kroumpouzos-2025"
    assert correction_text.as_text(told).count("antibodies") == 1


def test_a_missing_effect_without_a_grade_is_told_the_same() -> None:
    told = answer(observations=seen("non-response"))
    assert "Look for the cause" in told.headline
    assert "antibodies" in correction_text.as_text(told)


def test_a_missing_effect_beside_a_droop_is_a_droop() -> None:
    words = [*seen("non-response"), *seen("brow-ptosis", side="left")]
    told = answer(observations=words, lines={"glabella": {"maximum": 3}})
    assert "Nothing is added while something hangs" in told.refused[0].why


def test_a_drooping_lid_is_answered_before_day_ten_with_dates_and_drops() -> None:
    told = answer(5, observations=seen("eyelid-ptosis", side="left"))
    assert told.verdict == "wait"
    (back,) = told.returns
    assert back.side is Side.LEFT
    assert back.when.low is not None
    assert back.when.median is not None
    assert told.today < back.when.low < back.when.median
    grades = {one.name: one.grade for one in told.eases}
    assert grades["Apraclonidine drops"] == "study"
    assert grades["Copper"] == "no good evidence"
    assert all(source in facts.load().sources for one in told.eases for source in one.sources)


def test_texts_on_a_lid_are_told_beside_the_forecast_where_they_disagree() -> None:
    (back,) = answer(5, observations=seen("eyelid-ptosis", side="left")).returns
    assert back.texts == (21, 28)
    assert back.text_dates == (date(2024, 3, 22), date(2024, 3, 29))
    assert back.disagrees
    assert back.source == "king-2016"


CHIN = {"areas": {"chin": 8}}


def test_a_lid_that_no_drawn_patient_explains_is_never_told_as_back_today() -> None:
    told = answer(15, given(**CHIN), observations=seen("eyelid-ptosis", side="left"))
    (back,) = told.returns
    assert not back.explained
    assert (back.when.low, back.when.median, back.when.high) == (None, None, None)
    assert back.texts == (21, 28)
    assert back.text_dates == (date(2024, 3, 22), date(2024, 3, 29))
    assert not back.disagrees
    text = correction_text.as_text(told)
    assert "the model cannot tell" in text
    assert "21 to 28 days, until 29 March 2024" in text


@pytest.mark.parametrize("word", ["eyelid-ptosis", "over-treatment", "dry-eye"])
@pytest.mark.parametrize("where", [CHIN, {}])
def test_nothing_that_is_seen_today_is_predicted_back_today(
    word: str, where: dict[str, Any]
) -> None:
    told = answer(15, given(**where), observations=seen(word, side="left"))
    assert told.returns
    for one in told.returns:
        assert not one.explained or (one.when.median_days or 999) > told.day


def test_a_frozen_forehead_is_told_when_it_moves_and_when_lines_are_noticed() -> None:
    told = answer(
        lines={"forehead": {"maximum": 0}}, observations=seen("over-treatment", area="forehead")
    )
    words = {one.what: one.when for one in told.returns}
    moves, lines = words["forehead: movement back to 50%"], words["forehead: lines noticed again"]
    assert moves.median is not None
    assert lines.median is not None
    assert moves.median < lines.median


def test_a_brow_that_stands_lower_is_a_droop_without_a_word_said() -> None:
    told = answer(brow_left=brow(-2, -2, -2), brow_right=brow(-2, -2, -2))
    assert {one.code for one in told.noticed} == {"brow-ptosis"}
    assert told.verdict == "wait"
    assert any("brow within" in one.what for one in told.returns)


def test_a_dropped_smile_is_told_of_the_advice_not_to_chase_it() -> None:
    lower = given(areas={"lateral-canthal": 24, "mouth-corner": 8})
    told = answer(15, lower, observations=seen("uneven-smile", side="right"))
    assert told.verdict == "wait"
    assert "smile-other-side" in codes(told)
    assert any("smile" in one.what for one in told.returns)


@pytest.mark.parametrize(
    "areas",
    [
        {"chin": 8},
        {"mouth-corner": 8},
        {"lip-lines": 6},
        {"lateral-canthal": 24},
        {"gummy-smile": 5},
        {"masseter": 50},
        {"glabella": 20},
    ],
)
@pytest.mark.parametrize("side", ["left", None])
def test_a_dropped_smile_always_has_dates(areas: dict[str, float], side: str | None) -> None:
    told = answer(15, given(areas=areas), observations=seen("uneven-smile", side=side))
    assert told.returns
    for one in told.returns:
        assert not one.explained or (one.when.median_days or 999) > told.day
    first = told.returns[0]
    assert first.texts == (60, 90)
    assert first.text_dates == (date(2024, 4, 30), date(2024, 5, 30))
    assert first.source == "masseter-surgeon-answers"


def test_a_smile_that_no_toxin_reaches_has_the_dates_of_texts_alone() -> None:
    (back,) = answer(observations=seen("uneven-smile")).returns
    assert not back.explained
    assert back.when.median is None


# evidence, units, further top-ups


def test_every_top_up_shows_both_sides_of_the_conflict_and_the_interval() -> None:
    told = answer(**PEAKED)
    sources = {one.source for one in told.conflicts}
    assert {"kroumpouzos-2025", facts.load().safety.touch_up_not_before_days.source} <= sources
    assert "interval" in codes(told)
    assert {"kroumpouzos-2025"} <= set(told.sources)


def test_units_of_earlier_treatments_are_counted() -> None:
    told = answer(45, given(), given(30), **PEAKED)
    (one,) = told.cumulative
    assert one.given == 64
    assert one.added == sum(units_a_side(told).values())
    assert one.left == 400 - one.given - one.added


def test_units_of_two_products_are_never_added_up() -> None:
    xeomin = given(30, product="xeomin", areas={"glabella": 20})
    told = answer(45, given(), xeomin)
    assert [(one.product, one.given) for one in told.cumulative] == [
        ("botox-cosmetic", 32),
        ("xeomin", 20),
    ]
    assert told.cumulative[1].limit is None


def test_units_before_the_labels_period_are_not_counted() -> None:
    told = answer(115, given(), given(100))
    assert told.cumulative[0].given == 32


def test_a_cumulative_limit_that_is_full_stops_a_top_up() -> None:
    told = answer(15, given(areas={"glabella": 20}), given(areas={"platysma": 380}), **PEAKED)
    assert not told.proposed
    assert any("the limit is 400 U" in one.why for one in told.refused)


def test_a_third_top_up_within_a_month_is_refused_with_the_caution() -> None:
    twice = (given(14, injections=CENTRAL), given(15, injections=CENTRAL))
    told = answer(29, given(), *twice, **PEAKED)
    assert told.verdict == "wait"
    assert not told.proposed
    why = told.refused[0].why
    assert "2 top-ups were given" in why
    assert "at least 3 months between treatments" in why
    assert "90 days" in why
    assert told.refused[0].source == "kroumpouzos-2025"


def test_a_second_top_up_is_not_refused() -> None:
    told = answer(30, given(), given(15, injections=CENTRAL[:1]), **PEAKED)
    assert told.verdict == "top-up"


def test_a_contraindication_stops_a_top_up() -> None:
    told = answer(
        patient={
            "sex": "female",
            "age_years": 45,
            "conditions": ["infection-at-site"],
            "measures": {"brow_left": brow(), "brow_right": brow()},
        },
        **PEAKED,
    )
    assert not told.proposed
    assert told.verdict == "wait"


# the model beside the review


def test_a_review_that_the_model_does_not_explain_is_said_to_be() -> None:
    told = answer(lines={"glabella": {"maximum": 3}, "forehead": {"maximum": 3}})
    assert any("more than forecast" in words for words in told.agreement)


def test_a_review_as_forecast_has_no_disagreement() -> None:
    assert not answer(lines={"glabella": {"maximum": 1}}).agreement


def test_heights_without_heights_before_are_compared_between_the_sides() -> None:
    told = answer(
        patient={"sex": "female", "age_years": 45},
        brow_left=brow(0, 1, 2),
        brow_right=brow(0, 0, 0),
    )
    assert {(one.code, one.side) for one in told.noticed} == {("asymmetry", Side.LEFT)}


# the answer is whole


def test_what_is_proposed_is_ready_to_be_forecast_and_charted() -> None:
    told = answer(lines={"glabella": {"maximum": 2}}, **PEAKED)
    last = told.plan.treatments[-1]
    assert (last.status, last.date) == ("planned", told.today)
    assert sum(point.units for point in last.injections) == pytest.approx(told.units)
    assert len(told.plan.treatments) == 2
    assert told.sources
    assert told.assumptions


def test_the_vial_of_the_last_session_sets_the_volume_of_the_next() -> None:
    told = answer(15, given(vial_units=100, diluent_ml=2.5), **PEAKED)
    assert told.proposed[0].treatment.diluent_ml == 2.5


def test_another_product_goes_by_its_own_steps() -> None:
    dysport = given(product="dysport", areas={"glabella": 50}, injections=[
        {**point, "units": 10} for point in CENTRAL
    ])  # fmt: skip
    told = answer(15, dysport, **PEAKED)
    step = facts.product("dysport").dose_step_units.value
    assert told.proposed[0].treatment.product == "dysport"
    assert set(units_a_side(told).values()) <= {step, 2 * step}


def test_a_case_without_a_signed_treatment_is_refused_with_the_way_out() -> None:
    with pytest.raises(InputError, match='"status": "given"'):
        answer(15, given(status="planned"))


def test_a_treatment_after_the_review_is_refused() -> None:
    with pytest.raises(InputError, match="after today"):
        answer(15, given(), given(20))


def test_every_word_of_the_closed_list_has_an_answer_and_is_answered() -> None:
    words = get_args(SeenWord)
    assert set(facts.load().corrections.seen) == set(words)
    for word in words:
        told = answer(observations=seen(word, side="left", area="forehead"))
        assert told.headline
        assert correction_text.as_text(told)


def test_the_same_case_has_the_same_answer() -> None:
    assert correct(case(**PEAKED)) == correct(case(**PEAKED))
