"""Correcting, story by story: what is seen at a review, and what answers it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from glabella import facts
from glabella.face.frame import Side
from glabella.plan.corrections import correction_text
from glabella.plan.corrections.correction import Correction
from tests.plan.cases import TREATED, answer, brow, codes, given, seen, units_a_side

PEAKED = {"brow_left": brow(-0.4, 0.8, 0.9), "brow_right": brow(-0.4, 0.9, 1.0)}
SEEN = facts.load().corrections.seen
RED_FLAGS = [code for code, kind in SEEN.items() if kind.answer == "urgent"]


# red flags


@pytest.mark.parametrize("flag", RED_FLAGS)
def test_a_red_flag_goes_first_and_nothing_else_is_proposed(flag: str) -> None:
    told = answer(observations=seen(flag, "spock-brow"), **PEAKED)
    assert told.verdict == "urgent"
    assert not told.proposed
    assert not told.returns
    assert [alarm.severity for alarm in told.alarms] == ["stop"]
    assert "doctor at once" in told.alarms[0].message
    assert correction_text.as_text(told).count("doctor at once") == 1
    assert told.alarms[0].mend.count("can be fatal") == 1
    assert told.alarms[0].source == "toxin-boxed-warning"
    assert "Emergency department" in told.alarms[0].mend


def test_the_red_flags_of_the_boxed_warning_are_all_known_to_a_case() -> None:
    assert {flag.code for flag in facts.load().safety.red_flags} <= set(RED_FLAGS)


def test_a_red_flag_is_answered_on_any_day() -> None:
    assert answer(2, observations=seen("breathing")).verdict == "urgent"


@pytest.mark.parametrize("day", [3, 5, 15])
@pytest.mark.parametrize(
    "lids",
    [
        [*seen("eyelid-ptosis", side="left"), *seen("eyelid-ptosis", side="right")],
        [*seen("eyelid-ptosis", side="left", area="glabella"), *seen("eyelid-ptosis")],
        seen("eyelid-ptosis"),
        [*seen("eyelid-ptosis", side="left"), *seen("drooping-lids")],
    ],
)
def test_lids_that_droop_on_both_sides_are_the_red_flag(
    day: int, lids: list[dict[str, str]]
) -> None:
    told = answer(day, observations=lids)
    assert told.verdict == "urgent"
    assert [alarm.code for alarm in told.alarms] == ["drooping-lids"]
    assert told.headline.startswith("Both lids droop")
    assert not told.proposed
    assert not told.returns


def test_a_lid_without_a_side_asks_for_it() -> None:
    (flag,) = answer(5, observations=seen("eyelid-ptosis")).noticed
    assert "name its side" in flag.message
    both = [*seen("eyelid-ptosis", side="left"), *seen("eyelid-ptosis", side="right")]
    (flag,) = answer(5, observations=both).noticed
    assert "name its side" not in flag.message


def test_one_drooping_lid_is_no_red_flag() -> None:
    told = answer(5, observations=seen("eyelid-ptosis", side="right"))
    assert (told.verdict, told.alarms) == ("wait", ())


# too early, too soon, too late


@pytest.mark.parametrize("day", [0, 3, 6, 9])
def test_before_day_ten_nothing_is_judged(day: int) -> None:
    lines = {"glabella": {"maximum": 3}}
    told = answer(day, observations=seen("asymmetry", side="left"), lines=lines)
    assert told.verdict == "too-early"
    assert told.judge_from == TREATED + timedelta(days=10)
    assert told.normal
    assert told.normal_source
    assert not told.proposed
    assert not told.returns


def test_what_was_measured_too_early_is_not_even_named() -> None:
    told = answer(6, lines={"glabella": {"maximum": 3}}, **PEAKED)
    assert not told.noticed


@pytest.mark.parametrize("day", [10, 13])
def test_between_day_ten_and_fourteen_it_is_named_and_waited_for(day: int) -> None:
    told = answer(day, **PEAKED)
    assert told.verdict == "too-soon"
    assert {one.code for one in told.noticed} == {"spock-brow"}
    assert "15 March 2024" in told.refused[0].why
    assert told.refused[0].source == facts.load().safety.touch_up_not_before_days.source


def test_a_day_is_counted_from_the_last_treatment_not_the_first() -> None:
    told = answer(20, given(), given(14), **PEAKED)
    assert (told.day, told.verdict) == (6, "too-early")


@pytest.mark.parametrize("day", [14, 21])
def test_in_the_days_of_topping_up_it_is_a_top_up(day: int) -> None:
    told = answer(day, **PEAKED)
    assert (told.verdict, told.late) == ("top-up", False)


@pytest.mark.parametrize("day", [22, 45, 89])
def test_after_them_it_waits_for_the_next_visit_and_the_choice_is_the_injectors(day: int) -> None:
    told = answer(day, lines={"glabella": {"maximum": 2}}, **PEAKED)
    assert (told.verdict, told.late) == ("wait", True)
    assert "wait for the next visit, from 30 May 2024 on" in told.headline
    assert "until day 21" in told.headline
    assert " U " not in told.headline
    assert "next visit" in told.normal
    assert told.proposed
    assert {"top-up-practice", "top-up-caution"} <= codes(told)
    text = correction_text.as_text(told)
    places = [text.index(told.headline), text.index("Small corrections"), text.index("injector's")]
    assert places == sorted(places)
    assert "What may be added" not in text


def test_what_is_late_and_cannot_be_added_still_names_the_next_visit() -> None:
    told = answer(60, observations=seen("asymmetry"))
    assert told.late
    assert not told.proposed
    assert "30 May 2024" in told.headline


def test_a_droop_is_never_late() -> None:
    told = answer(60, observations=seen("brow-ptosis", side="left"), **PEAKED)
    assert (told.verdict, told.late, told.proposed) == ("wait", False, ())


def test_after_the_interval_it_is_the_next_treatment() -> None:
    told = answer(95, **PEAKED)
    assert told.verdict == "next-visit"
    assert told.next_from == TREATED + timedelta(days=90)
    assert "next treatment" in told.refused[0].why


def test_where_all_is_well_nothing_is_said_to_do() -> None:
    told = answer(lines={"glabella": {"maximum": 1}}, brow_left=brow(), brow_right=brow())
    assert (told.verdict, told.noticed, told.proposed) == ("well", (), ())
    assert told.headline == "Nothing to correct."


# a peaked brow


def test_brows_that_peak_get_one_or_two_units_a_side_in_the_outer_frontalis() -> None:
    told = answer(**PEAKED)
    assert told.verdict == "top-up"
    sides = units_a_side(told)
    assert sides["left"] == sides["right"]
    assert 1 <= sides["left"] <= 2
    for point in told.proposed[0].treatment.injections:
        assert point.x_mm is not None
        assert point.x_mm > 31
    (effect,) = told.proposed[0].effects
    assert effect.after < effect.now
    assert abs(effect.without - effect.now) < 0.2


def test_the_headline_says_whether_a_peak_settles_fully() -> None:
    told = answer(**PEAKED)
    assert told.proposed[0].reached
    assert told.headline == "Peaked outer brow: add 4 U Botox Cosmetic, or wait."
    high = {"brow_left": brow(-0.7, 1.6, 1.6), "brow_right": brow(-0.7, 1.6, 1.6)}
    told = answer(**high)
    assert not told.proposed[0].reached
    assert "4 U Botox Cosmetic brings it nearer, not fully" in told.headline
    assert "add 4 U" not in told.headline
    assert told.proposed[0].why.startswith("What helps most")


def test_of_two_things_the_headline_names_the_one_that_is_not_settled() -> None:
    wanted = {"glabella": {"chance": 0.3}}
    told = answer(lines={"glabella": {"maximum": 2}}, wanted=wanted, **PEAKED)
    assert [one.reached for one in told.proposed] == [False, True]
    assert told.headline.endswith("It brings this nearer, not fully: Peaked outer brow.")


def test_a_peak_on_one_side_is_settled_on_that_side() -> None:
    told = answer(brow_left=brow(-0.4, 0.8, 0.9), brow_right=brow(-0.2, 0.2, 0.3))
    assert set(units_a_side(told)) == {"left"}
    assert told.proposed[0].side is Side.LEFT


def test_a_peak_in_words_is_taken_on_both_sides() -> None:
    told = answer(observations=seen("spock-brow"))
    assert {one.side for one in told.noticed} == {Side.LEFT, Side.RIGHT}
    assert set(units_a_side(told)) == {"left", "right"}


def test_settling_a_peak_does_not_drop_the_brow() -> None:
    told = answer(**PEAKED)
    (drop,) = (risk for risk in told.risks if risk.event == "brow_ptosis")
    assert drop.holds
    assert drop.after <= facts.load().goals.risks["brow_ptosis"].value


def test_a_peak_over_a_brow_that_has_fallen_is_left_alone() -> None:
    told = answer(brow_left=brow(-3.0, 0.5, 1.5), brow_right=brow(-3.0, 0.5, 1.5))
    assert told.verdict == "wait"
    assert not told.proposed
    assert "brow-ptosis" in {one.code for one in told.noticed}


# one brow higher


def test_one_brow_higher_gets_the_smallest_addition_on_the_higher_side() -> None:
    told = answer(
        brow_left=brow(0, 0.4, 0.6),
        brow_right=brow(-0.2, -0.3, -0.5),
        observations=seen("asymmetry", side="left"),
    )
    assert told.verdict == "top-up"
    assert set(units_a_side(told)) == {"left"}
    (effect,) = told.proposed[0].effects
    assert abs(effect.after) <= facts.load().goals.brow["level"].mm.value
    step = facts.product("botox-cosmetic").dose_step_units.value
    assert (units_a_side(told)["left"] / step).is_integer()


def test_the_other_side_is_the_mirror_image() -> None:
    left = answer(brow_left=brow(0, 0.4, 0.6), brow_right=brow(-0.2, -0.3, -0.5),
                  observations=seen("asymmetry", side="left"))  # fmt: skip
    right = answer(brow_right=brow(0, 0.4, 0.6), brow_left=brow(-0.2, -0.3, -0.5),
                   observations=seen("asymmetry", side="right"))  # fmt: skip
    assert units_a_side(right) == {"right": units_a_side(left)["left"]}


def test_a_difference_that_no_small_addition_levels_is_waited_for() -> None:
    told = answer(brow_left=brow(0, 2.5, 3.5), brow_right=brow(0, 0, 0))
    assert not any(one.code == "asymmetry" for one in told.proposed)
    told = answer(brow_left=brow(1.2, 2.5, 3.5), brow_right=brow(0, 0, 0))
    assert told.verdict == "wait"
    assert "would bring the difference" in told.refused[0].why
    assert any("level" in one.what for one in told.returns)


def test_without_a_side_or_heights_it_is_asked_which_side() -> None:
    told = answer(observations=seen("asymmetry"))
    assert told.verdict == "wait"
    assert "which side stands higher" in told.refused[0].why


# under-treated


def test_a_line_that_pulls_gets_a_little_more_where_it_helps_most() -> None:
    told = answer(15, given(areas={"glabella": 12}), lines={"glabella": {"maximum": 2}})
    assert told.verdict == "top-up"
    (one,) = told.proposed
    assert one.area == "glabella"
    assert 0 < one.units <= 3
    chance = one.effects[0]
    assert chance.unit == "chance"
    assert chance.after > chance.without
    assert chance.asked == facts.load().goals.presets["natural"].chance.value


def given_at(told: Correction) -> dict[tuple[str | None, str], float]:
    """Units of the first session of a case at each of its sites."""
    first = told.plan.treatments[0]
    assert first.injections
    return {(one.site, str(one.side)): one.units for one in first.injections}


@pytest.mark.parametrize("units", [12, 20, 40])
def test_a_top_up_is_at_most_a_quarter_of_what_its_area_got(units: float) -> None:
    told = answer(15, given(areas={"glabella": units}), lines={"glabella": {"maximum": 2}})
    assert 0 < told.units <= units / 4


def test_a_point_gets_at_most_half_of_what_went_there() -> None:
    small = {"corrugator-medial": 2, "corrugator-lateral": 1}
    points = [
        {"site": site, "side": side, "units": units}
        for site, units in small.items()
        for side in ("left", "right")
    ]
    first = given(injections=[{"site": "procerus", "side": "midline", "units": 6}, *points])
    told = answer(15, first, lines={"glabella": {"maximum": 2}})
    assert told.proposed
    for point in told.proposed[0].treatment.injections:
        went = given_at(told)[point.site, str(point.side)]
        assert point.units <= went / 2


def test_a_top_up_that_does_not_reach_it_leaves_the_rest_to_the_next_visit() -> None:
    told = answer(15, given(areas={"glabella": 12}), lines={"glabella": {"maximum": 2}})
    (one,) = told.proposed
    assert not one.reached
    assert "the rest belongs to the next full visit" in one.rest
    assert one.rest in " ".join(correction_text.as_text(told).split())


def test_where_no_step_fits_into_a_quarter_nothing_is_added() -> None:
    told = answer(15, given(areas={"glabella": 2}), lines={"glabella": {"maximum": 3}})
    assert told.verdict == "wait"
    assert not told.proposed
    assert "next visit" in told.refused[0].why


def test_a_top_up_that_wins_next_to_nothing_is_not_proposed() -> None:
    told = answer(lines={"glabella": {"maximum": 3}})
    assert told.verdict == "wait"
    assert not told.proposed
    assert "next full visit" in told.refused[0].why


def test_what_is_enough_depends_on_what_was_wanted() -> None:
    lines = {"glabella": {"maximum": 1}}
    assert answer(lines=lines).verdict == "well"
    told = answer(lines=lines, wanted={"glabella": {"grade": 0, "chance": 0.5}})
    assert {one.area for one in told.noticed} == {"glabella"}


def test_a_wish_that_asks_less_needs_less() -> None:
    def units(chance: float) -> float:
        told = answer(
            15,
            given(areas={"glabella": 16}),
            lines={"glabella": {"maximum": 2}},
            wanted={"glabella": {"chance": chance}},
        )
        return sum(one.units for one in told.proposed)

    assert units(0.3) < units(0.6)


def test_one_side_alone_is_topped_up_where_one_side_is_named() -> None:
    told = answer(
        15,
        given(areas={"lateral-canthal": 12}),
        patient={"sex": "female", "age_years": 50, "lines": {"lateral-canthal": {"maximum": 3}}},
        lines={"lateral-canthal": {"maximum": 2}},
        observations=seen("under-treatment", side="right", area="lateral-canthal"),
    )
    assert any(one.side is Side.RIGHT for one in told.noticed)


def test_an_area_that_was_not_treated_is_no_matter_of_a_top_up() -> None:
    told = answer(observations=seen("under-treatment", area="chin"))
    assert not told.proposed
    assert told.refused


def test_a_line_that_pulls_somewhere_is_asked_for_its_area() -> None:
    assert "in which area" in answer(observations=seen("under-treatment")).refused[0].why


def test_more_than_the_label_has_with_what_was_given_is_said() -> None:
    assert "area-total" in codes(answer(lines={"glabella": {"maximum": 2}}))
