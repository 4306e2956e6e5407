"""Published rows as the model sees them: cohorts, end points, durations, lid droop."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from glabella import facts
from glabella.facts import PublishedRow
from glabella.facts.literature import Population
from glabella.plan.parameters import calibrated
from glabella.trials.cohort import DAYS, Arm, outcomes
from glabella.trials.predict import (
    brow_change_mm,
    can_predict,
    last_day,
    predict,
    share,
    unwanted_rate,
)

ROWS = {row.id: row for row in facts.load().literature}
FITTED = calibrated()
LABEL = ROWS["ona-label-day-30"]
PLACEBO = ROWS["ona-label-placebo-day-120"]


def changed(row: PublishedRow, **changes: object) -> PublishedRow:
    return msgspec.structs.replace(row, **changes)


def dosed(units: float) -> PublishedRow:
    return changed(LABEL, units=units, areas={"glabella": units})


@pytest.mark.parametrize(
    "row", [row for row in ROWS.values() if can_predict(row)][::4], ids=lambda row: row.id
)
def test_a_prediction_is_a_percentage_or_a_number_of_days(row: PublishedRow) -> None:
    found = predict(row, FITTED)
    assert 0 <= found <= (100 if row.unit == "%" else DAYS[-1])


def test_the_placebo_arm_keeps_its_lines() -> None:
    for stratum in outcomes(PLACEBO, FITTED):
        np.testing.assert_allclose(
            stratum.severity, np.broadcast_to(stratum.before, stratum.severity.shape)
        )
    assert predict(PLACEBO, FITTED) < 5


def test_the_strata_of_an_arm_weigh_one() -> None:
    mixed = Population(sex="mixed", female_percent=80, severe_percent=60)
    strata = outcomes(changed(LABEL, population=mixed), FITTED)
    weights = [stratum.weight for stratum in strata]
    assert sum(weights) == pytest.approx(1)
    assert {stratum.grade for stratum in strata} == {2, 3}
    assert sorted(weights) == pytest.approx([0.08, 0.12, 0.32, 0.48])
    (women,) = outcomes(
        changed(LABEL, population=Population(sex="female", severe_percent=100)), FITTED
    )
    assert women.weight == 1


def lasting(units: float, until: str) -> float:
    """Median days until responders lose what they had."""
    end = msgspec.structs.replace(LABEL.endpoint, rule="median_duration_days", until=until)
    return predict(changed(dosed(units), unit="d", endpoint=end, day=None), FITTED)


def test_more_units_respond_more_last_longer_and_droop_more() -> None:
    shares = [predict(dosed(units), FITTED) for units in (5, 10, 20, 40)]
    assert shares == sorted(shares)
    assert shares[-1] > shares[0] + 20
    days = [lasting(units, "none_or_mild_lost") for units in (10, 20, 40)]
    assert days == sorted(days)
    arms = [Arm("botox-cosmetic", (("glabella", units),)) for units in (10.0, 20.0, 60.0)]
    droop = [unwanted_rate("lid_ptosis", arm, FITTED) for arm in arms]
    assert droop == sorted(droop)


def test_none_or_mild_lines_are_lost_before_the_last_of_the_improvement() -> None:
    assert lasting(20, "none_or_mild_lost") < lasting(20, "improved_1_lost") - 7


def test_the_label_arm_droops_as_often_as_the_pool_it_was_fitted_to() -> None:
    row = ROWS["ona-pool-glabella-lid-ptosis"]
    assert predict(row, FITTED) == pytest.approx(row.value, abs=0.5)


def test_both_raters_together_are_stricter_than_one() -> None:
    strata = outcomes(LABEL, FITTED)
    one = share("improved_1", "investigator", 30, strata, FITTED)
    assert share("improved_1", "both", 30, strata, FITTED) < one
    assert share("improved_2", "investigator", 30, strata, FITTED) < one
    relapsed = share("relapsed", "investigator", 30, strata, FITTED)
    assert relapsed == pytest.approx(1 - one)


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": msgspec.structs.replace(LABEL.endpoint, area="neck")},
        {"day": 2000.0},
        {"day": None},
        {"cycle": 2},
        {"product": "any"},
        {"areas": {}},
        {"endpoint": msgspec.structs.replace(LABEL.endpoint, rule="satisfied")},
    ],
)
def test_the_model_is_silent_where_it_has_no_word(change: dict[str, object]) -> None:
    assert can_predict(LABEL)
    assert not can_predict(changed(LABEL, **change))


def test_the_day_of_loss_is_where_the_margin_crosses_zero_for_good() -> None:
    days = np.array([0.0, 10, 20, 30, 40])
    margin = np.array(
        [
            [-1, 1, -1, 1, -1],  # lost, won again, lost half-way between 30 and 40
            [-1, 1, 1, 1, 1],  # never lost
            [-1, -1, -1, -1, -1],  # never had
            [-1, 3, -1, -1, -1],  # lost three quarters of the way from 10 to 20
        ],
        dtype=float,
    )
    lost, responded = last_day(days, margin)
    assert responded.tolist() == [True, True, False, True]
    assert lost.tolist() == [35, np.inf, 17.5]


def test_crows_feet_lift_the_brow_about_as_much_as_a_trial_measured() -> None:
    """Ahn 2000: the brow over the pupil rose by 1.02 mm after treating its lateral depressor."""
    arm = Arm("botox-cosmetic", (("lateral-canthal", 24.0),))
    over_pupil = brow_change_mm(arm, 14, "mid-pupil", FITTED)
    lateral = brow_change_mm(arm, 14, "lateral-canthus", FITTED)
    assert 0 < over_pupil < lateral < 2.5
    assert brow_change_mm(arm, 14, "medial-canthus", FITTED) < over_pupil
