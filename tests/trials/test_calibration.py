"""Calibration: which rows it answers to, what it writes, and that it writes it again."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest

from glabella import facts
from glabella.facts.model import Calibration
from glabella.plan.parameters import calibrated
from glabella.trials.calibrate import (
    FITTED_PRODUCTS,
    REFERENCE_STUDY,
    SHARED,
    calibrate,
    rows_digest,
    whitening,
)
from glabella.trials.calibration_file import as_toml
from glabella.trials.predict import predict

WRITTEN = Path(facts.__file__).with_name("calibration.toml")
LITERATURE = {row.id: row for row in facts.load().literature}


def shipped() -> Calibration:
    calibration = facts.load().calibration
    assert calibration is not None
    return calibration


ROWS = [LITERATURE[residual.row] for residual in shipped().residuals]


@cache
def again() -> Calibration:
    return calibrate()


def test_calibrating_again_gives_the_committed_file() -> None:
    """The last digits are the machine's: another processor adds in another order."""
    found, written = again(), shipped()
    assert (found.made_by, found.rows_digest) == (written.made_by, written.rows_digest)
    assert [one.row for one in found.residuals] == [one.row for one in written.residuals]
    for name, parameter in found.shared.items():
        assert parameter.value == pytest.approx(written.shared[name].value, rel=0.03), name
    for product, potency in found.products.items():
        known = written.products[product]
        for field in ("half_effect_units_per_mm2", "decay_per_day"):
            value = getattr(potency, field).value
            assert value == pytest.approx(getattr(known, field).value, rel=0.03), product


def test_what_is_written_is_what_was_found() -> None:
    text = as_toml(shipped())
    assert text == WRITTEN.read_text(encoding="utf-8")


def test_only_rows_that_were_read_and_set_aside_for_it_are_fitted() -> None:
    assert len(ROWS) > 40
    for row in ROWS:
        assert row.role == "calibration", row.id
        assert not row.from_memory, row.id
        assert row.kind != "assumption", row.id


def test_no_row_is_fitted_twice() -> None:
    ids = [row.id for row in ROWS]
    assert len(set(ids)) == len(ids)


def test_the_committed_file_was_made_from_the_rows_of_today() -> None:
    assert shipped().rows_digest == rows_digest(ROWS)
    assert shipped().rows_digest != rows_digest(ROWS[1:])


def test_every_residual_repeats_the_published_value_and_a_fair_prediction() -> None:
    parameters = calibrated()
    for residual, row in zip(shipped().residuals, ROWS, strict=True):
        assert residual.fitted
        assert residual.observed == row.value
        assert residual.predicted == pytest.approx(predict(row, parameters), abs=0.5), row.id


def test_the_first_products_own_label_trial_is_among_the_rows() -> None:
    assert {"ona-label-day-30", "ona-label-day-120"} <= {row.id for row in ROWS}


def test_every_product_gets_an_action_and_says_where_it_comes_from() -> None:
    assert set(shipped().products) == set(facts.load().products)
    for product, potency in shipped().products.items():
        assert ("not fitted" in potency.basis) == (product not in FITTED_PRODUCTS)
        assert calibrated().action(product).decay_per_day == potency.decay_per_day.value


def test_a_parameter_from_data_is_surer_than_its_prior() -> None:
    for name, prior in SHARED.items():
        parameter = shipped().shared[name]
        assert parameter.log_sd <= prior.log_sd * 1.001, name
        assert not parameter.from_data or parameter.log_sd < 0.7 * prior.log_sd, name


def test_whitening_makes_the_deviations_of_rows_independent_with_unit_variance() -> None:
    """Two rows of one trial, one of them of relapses, and a row of another trial, by hand."""
    row = LITERATURE["ona-label-day-30"]
    relapse = msgspec.structs.replace(row.endpoint, rule="relapsed")
    rows = [
        msgspec.structs.replace(row, study="one", n=100, value=50.0),
        msgspec.structs.replace(row, study="one", n=25, value=80.0, endpoint=relapse),
        msgspec.structs.replace(row, study="two", n=100, value=50.0),
    ]
    # Sampling 1 / (n p (1 - p)), a misfit of 0.1, and 0.5 between trials, on the logit scale.
    covariance = np.diag([0.04 + 0.01 + 0.25, 0.25 + 0.01 + 0.25, 0.04 + 0.01 + 0.25])
    covariance[0, 1] = covariance[1, 0] = -0.25
    whiten = whitening(rows)
    np.testing.assert_allclose(whiten @ covariance @ whiten.T, np.eye(3), atol=1e-12)


def test_rows_of_one_trial_are_moved_together_and_those_of_two_are_not() -> None:
    covariance = np.linalg.inv(whitening(ROWS).T @ whitening(ROWS))
    for i, one in enumerate(ROWS):
        for j, two in enumerate(ROWS):
            if one.study != two.study or REFERENCE_STUDY in {one.study, two.study}:
                expected = i == j
            else:
                expected = one.unit == two.unit == "%" or i == j
            assert (abs(covariance[i, j]) > 1e-8) == expected, (one.id, two.id)
