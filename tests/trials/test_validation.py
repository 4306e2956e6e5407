"""Validation: every published row beside the prediction, scored by hand where it can be."""

from __future__ import annotations

import msgspec
import pytest

from glabella import facts
from glabella.trials.validate import Comparison, as_json, as_text, interval, scores, validate

COMPARED = validate()
ROWS = {row.id: row for row in facts.load().literature}
ROW = ROWS["ona-label-day-30"]


def test_every_published_row_is_listed_once_in_its_order() -> None:
    assert [compared.row for compared in COMPARED] == list(facts.load().literature)


def test_a_row_is_fitted_or_not_or_from_memory() -> None:
    calibration = facts.load().calibration
    assert calibration is not None
    fitted = {residual.row for residual in calibration.residuals}
    for compared in COMPARED:
        assert (compared.use == "fitted") == (compared.row.id in fitted)
        assert (compared.use == "from memory") == compared.row.from_memory
    assert {compared.use for compared in COMPARED} == {"fitted", "not fitted", "from memory"}


def test_rows_set_aside_for_validation_are_never_fitted() -> None:
    for compared in COMPARED:
        if compared.row.role == "validation":
            assert compared.use != "fitted", compared.row.id


def test_a_prediction_lies_inside_its_own_interval() -> None:
    predicted = [c for c in COMPARED if c.predicted is not None]
    assert len(predicted) > 100
    for compared in predicted:
        assert compared.low is not None
        assert compared.high is not None
        assert compared.low - 0.6 <= compared.predicted <= compared.high + 0.6, compared.row.id


def test_scores_of_a_case_made_by_hand() -> None:
    def compared(observed: float, predicted: float, low: float, high: float) -> Comparison:
        row = msgspec.structs.replace(ROW, value=observed)
        return Comparison(row, "fitted", predicted, low, high)

    case = (
        compared(50, 53, 40, 60),  # off by 3, inside
        compared(50, 57, 55, 60),  # off by 7, outside
        compared(20, 20, 15, 25),  # exact, inside
        Comparison(ROW, "fitted", None),  # no prediction: not counted
        Comparison(msgspec.structs.replace(ROW, unit="d"), "fitted", 99, 50, 60),  # days, outside
        Comparison(ROW, "not fitted", 1, 0, 2),
    )
    assert scores(case, "fitted") == {
        "rows": 4,
        "median_absolute_error_points": 3,
        "share_inside_interval": 0.5,
    }


def test_a_larger_trial_has_a_narrower_interval_but_trials_still_differ() -> None:
    def width(n: int) -> float:
        low, high = interval(msgspec.structs.replace(ROW, n=n), 50)
        assert low + high == pytest.approx(100)
        return high - low

    assert width(20) > width(200) > width(20_000) > 20


def test_the_published_rows_lie_near_the_model() -> None:
    for use in ("fitted", "not fitted"):
        found = scores(COMPARED, use)
        assert found["rows"] > 40
        assert found["median_absolute_error_points"] < 12
        assert found["share_inside_interval"] > 0.5


def test_text_and_json_tell_every_row() -> None:
    text, told = as_text(COMPARED), as_json(COMPARED)
    for row_id in ROWS:
        assert row_id in text
    assert [row["id"] for row in told["rows"]] == list(ROWS)
    assert set(told["scores"]) == {"fitted", "not fitted"}
    msgspec.json.encode(told)
