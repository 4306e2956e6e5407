"""Virtual trials: the contract, the laws they obey, and the published trial they must resemble."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from glabella.errors import InputError
from glabella.trials.spec import TrialSpec, read_trial
from glabella.trials.tally import LOST_EDGES
from glabella.trials.trial import TrialResult, kaplan_meier_median, run_trial

EXAMPLE = Path(__file__).parents[2] / "examples" / "trial.json"
NONE_OR_MILD = {
    "area": "glabella",
    "at": "maximum",
    "rater": "investigator",
    "rule": "none_or_mild",
}


def spec(arms: list[dict[str, Any]], n: int = 600, **changes: Any) -> TrialSpec:
    whole = {
        "arms": arms,
        "population": {
            "n": n,
            "seed": 7,
            "female_fraction": 1,
            "baseline_grades": {"3": 1},
        },
        "visits_days": [30, 120],
        "endpoints": [NONE_OR_MILD],
        "durations": [NONE_OR_MILD],
    }
    return read_trial(json.dumps(whole | changes))


def glabella(units: float, name: str = "", product: str = "botox-cosmetic") -> dict[str, Any]:
    return {"name": name or f"{units} U", "product": product, "areas": {"glabella": units}}


PLACEBO = {"name": "placebo", "product": None}


def rate(result: TrialResult, arm: str, day: int) -> float:
    return next(row.rate for row in result.rows if (row.arm, row.day) == (arm, day))


def test_the_answer_has_every_row_that_was_asked_for() -> None:
    asked = read_trial(EXAMPLE.read_bytes())
    small = msgspec.structs.replace(
        asked, population=msgspec.structs.replace(asked.population, n=64)
    )
    result = run_trial(small)
    assert len(result.rows) == 4 * 5
    assert len(result.durations) == 4
    assert len(result.brow) == 4 * 5 * 2
    assert {row.event for row in result.adverse} == {
        "lid_ptosis",
        "brow_ptosis",
        "spock_brow",
        "asymmetry",
        "smile_asymmetry",
        "lip_incompetence",
        "double_vision",
    }
    for row in result.rows:
        assert 0 <= row.low <= row.rate <= row.high <= 1
    assert msgspec.json.decode(msgspec.json.encode(result), type=TrialResult) == result


def test_the_same_specification_gives_the_same_result() -> None:
    one, two = (run_trial(spec([glabella(20)], n=200)) for _ in range(2))
    assert one == two


def test_another_seed_draws_other_patients() -> None:
    one = run_trial(spec([glabella(20)], n=200))
    population = {"n": 200, "seed": 8, "female_fraction": 1, "baseline_grades": {"3": 1}}
    assert run_trial(spec([glabella(20)], population=population)) != one


def test_placebo_does_little_and_stays_as_it_is() -> None:
    result = run_trial(spec([PLACEBO]))
    assert rate(result, "placebo", 30) == rate(result, "placebo", 120) < 0.06
    assert all(row.rate == 0 for row in result.adverse)
    assert all(change.peak_mm == 0 for change in result.brow)


def test_more_units_last_longer_and_never_respond_less() -> None:
    result = run_trial(spec([glabella(units) for units in (10, 20, 40, 80)]))
    late = [rate(result, f"{units} U", 120) for units in (10, 20, 40, 80)]
    assert late == sorted(late)
    medians = [row.median_days for row in result.durations]
    assert all(median is not None for median in medians)
    assert medians == sorted(medians)


def test_men_respond_less_to_the_same_units() -> None:
    men = {"n": 600, "seed": 7, "female_fraction": 0, "baseline_grades": {"3": 1}}
    women = rate(run_trial(spec([glabella(20)])), "20 U", 30)
    assert rate(run_trial(spec([glabella(20)], population=men)), "20 U", 30) < women


def test_both_raters_agree_less_often_than_one() -> None:
    ends = [NONE_OR_MILD, {**NONE_OR_MILD, "rater": "both"}]
    result = run_trial(spec([glabella(20)], endpoints=ends))
    one, both = (row.rate for row in result.rows if row.day == 30)
    assert both < one


def test_relapsed_and_improved_by_one_grade_leave_nobody_out() -> None:
    ends = [{**NONE_OR_MILD, "rule": rule} for rule in ("relapsed", "improved_1")]
    result = run_trial(spec([glabella(20)], endpoints=ends))
    for day in (30, 120):
        assert sum(row.rate for row in result.rows if row.day == day) == pytest.approx(1, abs=1e-3)


def test_a_published_design_comes_out_near_its_published_figures() -> None:
    """Label trials, 20 U: 80 % on day 30 and 25 % on day 120 with none or mild lines."""
    result = run_trial(spec([glabella(20)], n=1024))
    assert rate(result, "20 U", 30) == pytest.approx(0.80, abs=0.06)
    assert rate(result, "20 U", 120) == pytest.approx(0.25, abs=0.06)


def test_a_large_trial_is_followed_in_blocks_and_counts_everyone() -> None:
    shares: list[float] = []
    result = run_trial(spec([PLACEBO], n=1300), progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(set(shares)) >= 3
    assert rate(result, "placebo", 30) < 0.06


def test_the_kaplan_meier_median_is_the_day_by_which_half_have_lost_it() -> None:
    days = np.arange(10.0, 110.0)
    counted, _ = np.histogram(days, bins=LOST_EDGES)
    low, median, high = kaplan_meier_median(counted)
    assert low is not None
    assert median is not None
    assert high is not None
    assert median == pytest.approx(np.median(days), abs=1)
    assert low < median < high


def test_a_median_that_is_not_reached_is_not_invented() -> None:
    kept_to_the_end, _ = np.histogram(np.full(90, LOST_EDGES[-1]), bins=LOST_EDGES)
    assert kaplan_meier_median(kept_to_the_end) == (None, None, None)
    assert kaplan_meier_median(np.zeros(len(LOST_EDGES) - 1, dtype=int)) == (None, None, None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"endpoints": [{**NONE_OR_MILD, "rater": "nurse"}]}, "both, investigator, subject"),
        ({"endpoints": [{**NONE_OR_MILD, "rule": "gone"}]}, "none_or_mild"),
        ({"endpoints": [{**NONE_OR_MILD, "arae": 1}]}, "Allowed here: area, at, rater, rule"),
        ({"visits": [7]}, "visits_days"),
        ({"arms": [glabella(20), glabella(20)]}, "same name"),
        ({"arms": [{"name": "x", "product": "dysport"}]}, "needs `protocol`"),
        ({"arms": [{**PLACEBO, "areas": {"glabella": 20}}]}, "placebo"),
    ],
)
def test_a_wrong_specification_is_told_what_is_allowed(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match="The trial cannot be read") as refused:
        spec(**{"arms": [glabella(20)], **change})
    assert words in str(refused.value)


def test_shares_of_grades_must_add_up() -> None:
    population = {"n": 20, "female_fraction": 1, "baseline_grades": {"2": 0.5, "3": 0.3}}
    with pytest.raises(InputError, match=r"add up to 0\.8"):
        spec([PLACEBO], population=population)


def test_an_unknown_product_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match="botox-cosmetic"):
        run_trial(spec([glabella(20, product="botoks")], n=16))


def test_what_is_not_json_is_said_so() -> None:
    with pytest.raises(InputError, match="not valid JSON"):
        read_trial("{arms:")
