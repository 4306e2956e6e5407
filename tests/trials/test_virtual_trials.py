"""Virtual trials: the contract, the laws they obey, and the published trial they must resemble."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from glabella.trials.spec import read_trial
from glabella.trials.tally import LOST_EDGES
from glabella.trials.trial import BLOCK, TrialResult, kaplan_meier_median, run_trial
from tests.trials.specs import NONE_OR_MILD, PLACEBO, WOMEN, glabella, rate, spec

EXAMPLE = Path(__file__).parents[2] / "examples" / "trial.json"
DOSES = (5, 10, 20, 40, 80)
EVENTS = {
    *("lid_ptosis", "brow_ptosis", "spock_brow", "asymmetry"),
    *("smile_asymmetry", "lip_incompetence", "double_vision"),
}


@pytest.fixture(scope="module")
def by_dose() -> TrialResult:
    """Five doses and placebo, by every rule."""
    rules = ("none_or_mild", "improved_1", "improved_2", "composite_2", "relapsed")
    ends = [{**NONE_OR_MILD, "rule": rule} for rule in rules]
    arms = [PLACEBO, *(glabella(units) for units in DOSES)]
    return run_trial(spec(arms, endpoints=ends, visits_days=[0, 7, 30, 60, 90, 120, 180]))


def test_the_answer_has_every_row_that_was_asked_for() -> None:
    asked = read_trial(EXAMPLE.read_bytes())
    small = msgspec.structs.replace(
        asked, population=msgspec.structs.replace(asked.population, n=64)
    )
    result = run_trial(small)
    assert [(row.arm, row.day) for row in result.rows] == [
        (arm.name, day) for arm in asked.arms for day in asked.visits_days
    ]
    assert all(row.endpoint == asked.endpoints[0] for row in result.rows)
    assert [row.arm for row in result.durations] == [arm.name for arm in asked.arms]
    assert len(result.brow) == 4 * 5 * 2
    assert {row.event for row in result.adverse} == EVENTS
    for row in (*result.rows, *result.adverse):
        assert 0 <= row.low <= row.rate <= row.high <= 1
    assert msgspec.json.decode(msgspec.json.encode(result), type=TrialResult) == result


def test_the_written_answer_has_the_keys_of_the_contract() -> None:
    found = msgspec.to_builtins(run_trial(spec([glabella(20)], n=32)))
    assert set(found["rows"][0]) == {"arm", "day", "endpoint", "rate", "low", "high"}
    assert set(found["durations"][0]) >= {
        *("arm", "area", "at", "rater", "rule", "median_days", "low", "high")
    }
    assert set(found["brow"][0]) == {
        *("arm", "day", "side", "medial_mm", "peak_mm", "lateral_mm", "low", "high")
    }
    assert set(found["adverse"][0]) == {"arm", "event", "rate", "low", "high"}


# Who takes part


def test_the_same_specification_gives_the_same_result() -> None:
    one, two = (run_trial(spec([glabella(20)], n=200)) for _ in range(2))
    assert one == two


def test_another_seed_draws_other_patients() -> None:
    one = run_trial(spec([glabella(20)], n=200))
    assert run_trial(spec([glabella(20)], population={**WOMEN, "n": 200, "seed": 8})) != one


def test_all_arms_treat_the_same_patients_whatever_other_arms_there_are() -> None:
    alone = run_trial(spec([glabella(20, "one")], n=200))
    twice = run_trial(spec([PLACEBO, glabella(20, "two"), glabella(20, "one")], n=200))
    for name in ("one", "two"):
        assert [row.rate for row in twice.rows if row.arm == name] == [
            row.rate for row in alone.rows
        ]


def test_the_order_in_which_grades_are_written_does_not_matter() -> None:
    one, other = (
        run_trial(spec([glabella(20)], population={**WOMEN, "n": 300, "baseline_grades": grades}))
        for grades in ({"2": 0.4, "3": 0.6}, {"3": 0.6, "2": 0.4})
    )
    assert one == other


def test_milder_lines_are_none_or_mild_more_often() -> None:
    shares = [
        rate(
            run_trial(spec([glabella(20)], population={**WOMEN, "baseline_grades": {grade: 1}})),
            "20 U",
            30,
        )
        for grade in ("1", "2", "3")
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[2] + 0.05


def test_men_respond_less_to_the_same_units_and_a_mixed_trial_lies_between() -> None:
    men, half, women = (
        rate(
            run_trial(spec([glabella(20)], population={**WOMEN, "female_fraction": share})),
            "20 U",
            30,
        )
        for share in (0, 0.5, 1)
    )
    assert men < half < women


def test_ages_are_taken_down_and_said_to_change_nothing() -> None:
    plain = run_trial(spec([glabella(20)], n=100))
    aged = run_trial(spec([glabella(20)], population={**WOMEN, "n": 100, "age_years": [22, 70]}))
    assert aged.rows == plain.rows
    assert plain.notes == ()
    [note] = aged.notes
    assert "Ages of 22 to 70 years change nothing" in note


# What is counted


def test_placebo_does_little_and_stays_as_it_is(by_dose: TrialResult) -> None:
    assert rate(by_dose, "placebo", 30) == rate(by_dose, "placebo", 120) < 0.06
    assert all(row.rate == 0 for row in by_dose.adverse if row.arm == "placebo")
    changes = [row for row in by_dose.brow if row.arm == "placebo"]
    assert changes
    assert all((row.medial_mm, row.peak_mm, row.lateral_mm) == (0, 0, 0) for row in changes)


@pytest.mark.parametrize("rule", ["none_or_mild", "improved_1", "improved_2", "composite_2"])
@pytest.mark.parametrize("day", [7, 30, 60, 90, 120])
def test_more_units_never_respond_less(by_dose: TrialResult, rule: str, day: int) -> None:
    rates = [rate(by_dose, "placebo", day, rule)]
    rates += [rate(by_dose, f"{units} U", day, rule) for units in DOSES]
    assert rates == sorted(rates)
    assert rates[-1] > rates[0]


def test_more_units_last_longer(by_dose: TrialResult) -> None:
    medians = {row.arm: row.median_days for row in by_dose.durations}
    lasting = [medians[f"{units} U"] for units in DOSES]
    assert all(median is not None for median in lasting)
    assert lasting == sorted(lasting)
    assert medians["placebo"] is None


def test_a_stricter_rule_is_met_less_often(by_dose: TrialResult) -> None:
    for day in (7, 30, 60, 90, 120):
        loose, strict, agreed = (
            rate(by_dose, "20 U", day, rule) for rule in ("improved_1", "improved_2", "composite_2")
        )
        assert loose > strict > agreed


def test_relapsed_and_improved_by_one_grade_leave_nobody_out(by_dose: TrialResult) -> None:
    for day in (0, 7, 30, 120, 180):
        both = [rate(by_dose, "20 U", day, rule) for rule in ("relapsed", "improved_1")]
        assert sum(both) == pytest.approx(1, abs=1e-3)


def test_both_raters_agree_less_often_than_one() -> None:
    ends = [NONE_OR_MILD, {**NONE_OR_MILD, "rater": "both"}]
    result = run_trial(spec([glabella(20)], endpoints=ends))
    one, both = (row.rate for row in result.rows if row.day == 30)
    assert both < one


def test_lines_at_rest_follow_more_slowly_than_lines_in_movement() -> None:
    ends = [{**NONE_OR_MILD, "at": at, "rule": "improved_1"} for at in ("maximum", "rest")]
    result = run_trial(spec([glabella(20), PLACEBO], endpoints=ends, visits_days=[7, 60]))
    moving, resting = (
        {row.day: row.rate for row in result.rows if (row.arm, row.endpoint.at) == ("20 U", at)}
        for at in ("maximum", "rest")
    )
    assert resting[7] < resting[60]
    assert moving[7] - resting[7] > moving[60] - resting[60] > 0


@pytest.mark.parametrize(
    ("area", "areas"),
    [
        ("forehead", {"glabella": 20, "forehead": 20}),
        ("lateral-canthal", {"lateral-canthal": 24}),
    ],
)
def test_lines_of_other_areas_are_counted_too(area: str, areas: dict[str, float]) -> None:
    arms = [PLACEBO, {"name": "treated", "product": "botox-cosmetic", "areas": areas}]
    end = {**NONE_OR_MILD, "area": area}
    result = run_trial(spec(arms, n=300, endpoints=[end], durations=[end]))
    assert rate(result, "treated", 30) > rate(result, "placebo", 30) + 0.2


def test_areas_that_nothing_was_injected_into_stay_as_they_are() -> None:
    end = {**NONE_OR_MILD, "area": "lateral-canthal"}
    result = run_trial(spec([PLACEBO, glabella(20)], n=300, endpoints=[end], durations=[end]))
    assert rate(result, "20 U", 30) == pytest.approx(rate(result, "placebo", 30), abs=0.01)


def test_a_published_design_comes_out_near_its_published_figures() -> None:
    """Label trials, 20 U: 80 % on day 30 and 25 % on day 120 with none or mild lines."""
    result = run_trial(spec([glabella(20)], n=1024))
    assert rate(result, "20 U", 30) == pytest.approx(0.80, abs=0.06)
    assert rate(result, "20 U", 120) == pytest.approx(0.25, abs=0.06)


def test_visits_alone_give_the_rates_that_they_give_with_durations() -> None:
    """Fewer days are followed then, and other figures need not notice."""
    with_them = run_trial(spec([glabella(20)]))
    without = run_trial(spec([glabella(20)], durations=[]))
    assert without.durations == ()
    for one, other in zip(with_them.rows, without.rows, strict=True):
        assert one.rate == pytest.approx(other.rate, abs=2e-3)
    assert without.adverse == with_them.adverse


# Unwanted results and brows


def test_unwanted_results_are_shares_and_more_units_do_more_harm(by_dose: TrialResult) -> None:
    for row in by_dose.adverse:
        assert 0 <= row.low <= row.rate <= row.high <= 1
    drooping = [
        row.rate for row in by_dose.adverse if row.event == "lid_ptosis" and row.arm != "placebo"
    ]
    assert drooping == sorted(drooping)
    assert 0 < drooping[-1] < 0.5


def test_a_forehead_on_one_side_lowers_one_brow() -> None:
    points = [{"x_mm": 30, "y_mm": 45, "side": "left", "units": 10}]
    result = run_trial(
        spec([{"name": "one side", "product": "botox-cosmetic", "injections": points}], n=300)
    )
    left, right = (
        next(row.peak_mm for row in result.brow if (row.day, row.side) == (30, side))
        for side in ("left", "right")
    )
    assert left < right - 0.15
    assert right > -0.1


def test_the_interval_of_a_brow_holds_its_median(by_dose: TrialResult) -> None:
    for row in by_dose.brow:
        medians = (row.medial_mm, row.peak_mm, row.lateral_mm)
        for low, median, high in zip(row.low, medians, row.high, strict=True):
            assert low <= median <= high


def test_frown_lines_alone_lift_the_head_of_the_brow(by_dose: TrialResult) -> None:
    lifted = [
        next(row.medial_mm for row in by_dose.brow if (row.arm, row.day) == (arm, 30))
        for arm in ("placebo", "5 U", "20 U")
    ]
    assert lifted == sorted(lifted)
    assert lifted[-1] > 0.2


# Intervals and medians


def test_a_larger_trial_is_surer_but_never_surer_than_trials_agree() -> None:
    widths = []
    for n in (40, 4000):
        row = run_trial(spec([glabella(20)], n=n)).rows[0]
        widths.append(row.high - row.low)
    assert widths[1] < widths[0]
    assert widths[1] > 0.1


def half_days(days: list[float] | np.ndarray, kept: int = 0) -> Any:
    """Responders by the half day on which they lose the effect, and those who keep it."""
    counted, _ = np.histogram(np.asarray(days, dtype=float), bins=LOST_EDGES)
    counted[-1] += kept
    return counted


def test_a_kaplan_meier_median_worked_by_hand() -> None:
    """Of ten, one loses it every tenth day: five of ten are left after day 50."""
    _, median, _ = kaplan_meier_median(half_days([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]))
    assert median == pytest.approx(50, abs=0.5)
    _, median, _ = kaplan_meier_median(half_days([10, 20, 30, 40, 50, 60], kept=4))
    assert median == pytest.approx(50, abs=0.5)
    _, median, _ = kaplan_meier_median(half_days([10, 20, 30, 40], kept=6))
    assert median is None


def test_the_median_of_a_steady_loss_is_its_half_life() -> None:
    days = -np.log((np.arange(4000) + 0.5) / 4000) * 90
    low, median, high = kaplan_meier_median(half_days(days[days < 400], int((days >= 400).sum())))
    assert median == pytest.approx(90 * math.log(2), abs=0.5)
    assert low is not None
    assert high is not None
    # Between trials the share still kept at one half varies by 1.645 x 0.5 on the logit scale.
    assert low < 90 * math.log(2) - 10
    assert high > 90 * math.log(2) + 10


def test_a_median_that_is_not_reached_is_not_invented() -> None:
    assert kaplan_meier_median(half_days([], kept=90)) == (None, None, None)
    assert kaplan_meier_median(half_days([])) == (None, None, None)


def test_few_responders_of_whom_none_has_lost_it_have_no_interval() -> None:
    assert kaplan_meier_median(half_days([], kept=2)) == (None, None, None)


def test_who_had_it_before_treatment_has_nothing_to_lose() -> None:
    mild = {**WOMEN, "n": 300, "baseline_grades": {"1": 1}}
    resting = {**NONE_OR_MILD, "at": "rest"}
    result = run_trial(
        spec([PLACEBO, glabella(20)], population=mild, durations=[NONE_OR_MILD, resting])
    )
    shares = {(row.arm, row.at): row.responders for row in result.durations}
    assert shares["placebo", "maximum"] == shares["placebo", "rest"] == 0
    assert shares["20 U", "rest"] < shares["20 U", "maximum"] < 0.5


def test_durations_of_other_raters_are_said_to_be_the_same() -> None:
    ends = [{**NONE_OR_MILD, "rater": rater} for rater in ("investigator", "subject")]
    result = run_trial(spec([glabella(20)], n=200, durations=ends))
    one, other = result.durations
    assert one.median_days == other.median_days
    assert any("every rater" in note for note in result.notes)


# Large trials


def test_a_large_trial_is_followed_in_blocks_and_counts_everyone() -> None:
    shares: list[float] = []
    result = run_trial(
        spec([PLACEBO, glabella(20)], n=2 * BLOCK + 100, durations=[]), progress=shares.append
    )
    assert shares == pytest.approx([1 / 3, 2 / 3, 1])
    assert rate(result, "placebo", 30) < 0.06
    small = run_trial(spec([PLACEBO, glabella(20)], n=BLOCK, durations=[]))
    assert rate(result, "20 U", 30) == pytest.approx(rate(small, "20 U", 30), abs=0.02)


def test_several_processes_give_the_result_of_one() -> None:
    asked = spec([glabella(20), PLACEBO], n=2 * BLOCK + 7)
    one, several = (msgspec.json.encode(run_trial(asked, jobs=jobs)) for jobs in (1, 2))
    assert one == several
