"""Calibration: which rows it answers to, what it writes, and that it writes it again."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest

from glabella import facts
from glabella.facts import PublishedRow
from glabella.facts.model import Calibration, Parameter
from glabella.plan.parameters import calibrated, doubt, varied
from glabella.trials.calibrate import FITTED_PRODUCTS, SHARED, calibrate, rows_digest
from glabella.trials.calibration_file import as_toml
from glabella.trials.cohort import REFERENCE_STUDY
from glabella.trials.likelihood import (
    Scatter,
    covariance,
    estimate,
    group,
    loading,
    loadings,
    shifts,
    transform,
    whitening,
)
from glabella.trials.predict import predict
from glabella.trials.uncertainty import parameter_sets

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
    """To the digit on one machine; on another, which adds in another order, well within doubt."""

    def near(one: Parameter, other: Parameter) -> bool:
        apart = abs(np.log(one.value / other.value))
        return bool(apart < 0.03 + 0.2 * other.log_sd)

    found, written = again(), shipped()
    assert (found.made_by, found.rows_digest) == (written.made_by, written.rows_digest)
    assert [one.row for one in found.residuals] == [one.row for one in written.residuals]
    for name, parameter in found.shared.items():
        assert near(parameter, written.shared[name]), name
    for product, potency in found.products.items():
        known = written.products[product]
        for field in ("half_effect_units_per_mm2", "decay_per_day"):
            assert near(getattr(potency, field), getattr(known, field)), product


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
    own = {(shift.study, shift.reader): shift.shift for shift in shipped().shifts}
    for residual, row in zip(shipped().residuals, ROWS, strict=True):
        assert residual.observed == row.value
        assert residual.predicted == pytest.approx(predict(row, parameters), abs=0.5), row.id
        in_its_trial = predict(row, parameters, shift=own.get(group(row), 0.0))
        assert residual.in_its_trial == pytest.approx(in_its_trial, abs=1.0), row.id


def test_the_first_products_own_label_trial_is_among_the_rows() -> None:
    assert {"ona-label-day-30", "ona-label-day-120"} <= {row.id for row in ROWS}


def test_every_product_gets_an_action_and_says_where_it_comes_from() -> None:
    assert set(shipped().products) == set(facts.load().face_products)
    for product, potency in shipped().products.items():
        assert ("not fitted" in potency.basis) == (product not in FITTED_PRODUCTS)
        assert calibrated().action(product).decay_per_day == potency.decay_per_day.value


def test_a_parameter_from_data_is_surer_than_its_prior_or_was_moved_by_it() -> None:
    for name, prior in SHARED.items():
        parameter = shipped().shared[name]
        assert (parameter.prior, parameter.prior_log_sd) == (prior.median, prior.log_sd)
        assert parameter.log_sd <= prior.log_sd * 1.001, name
        moved = abs(np.log(parameter.value / prior.median)) > prior.log_sd
        narrowed = parameter.log_sd < 0.7 * prior.log_sd
        assert parameter.from_data == (narrowed or moved), name


def test_the_parameters_are_unsure_together() -> None:
    """Correlations are a matrix that normal deviates can be drawn from."""
    correlation = np.array(shipped().correlation)
    assert correlation.shape == (len(shipped().order),) * 2
    np.testing.assert_allclose(correlation, correlation.T)
    np.testing.assert_allclose(np.diag(correlation), 1)
    assert np.linalg.eigvalsh(correlation).min() > -0.01
    drawn = np.log([s.hill for s in parameter_sets(calibrated())])
    assert drawn.std() == pytest.approx(shipped().shared["hill"].log_sd, rel=0.35)
    assert drawn.mean() == pytest.approx(np.log(calibrated().hill), abs=0.1)


def test_everyone_is_treated_by_their_own_parameters() -> None:
    """A standard deviate of one parameter alone moves it by its log standard deviation."""
    known = doubt()
    each = np.linalg.pinv(known.factor) @ np.diag([known_sd(name) for name in known.names])
    for name in ("hill", "decay:dysport"):
        moved = varied(calibrated(), each[:, known.names.index(name)][None])
        ratios = {
            "hill": moved.hill / calibrated().hill,
            "decay:dysport": moved.action("dysport").decay_per_day
            / calibrated().action("dysport").decay_per_day,
        }
        assert ratios[name] == pytest.approx(np.exp(known_sd(name)), rel=1e-3)
    assert varied(calibrated(), np.zeros((3, 0))) is calibrated()


def known_sd(name: str) -> float:
    kind, _, product = name.partition(":")
    if not product:
        return shipped().shared[name].log_sd
    potency = shipped().products[product]
    return {"half_effect": potency.half_effect_units_per_mm2, "decay": potency.decay_per_day}[
        kind
    ].log_sd


# The scatter


def three_rows() -> list[PublishedRow]:
    """Two rows of one trial, one of them of relapses, and a row of another trial."""
    row = LITERATURE["ona-label-day-30"]
    relapse = msgspec.structs.replace(row.endpoint, rule="relapsed")
    return [
        msgspec.structs.replace(row, study="one", n=100, value=50.0),
        msgspec.structs.replace(row, study="one", n=25, value=80.0, endpoint=relapse),
        msgspec.structs.replace(row, study="two", n=100, value=50.0),
    ]


def test_whitening_makes_the_deviations_of_rows_independent_with_unit_variance() -> None:
    # Sampling 1 / (n p (1 - p)), a misfit of 0.1, and 0.5 between trials, on the logit scale.
    by_hand = np.diag([0.04 + 0.01 + 0.25, 0.25 + 0.01 + 0.25, 0.04 + 0.01 + 0.25])
    by_hand[0, 1] = by_hand[1, 0] = -0.25
    load = loadings(three_rows(), calibrated())
    assert load.tolist() == [1, -1, 1]
    np.testing.assert_allclose(covariance(three_rows(), load, Scatter(0.5, 0.1)), by_hand)
    whiten = whitening(three_rows(), load, Scatter(0.5, 0.1))
    np.testing.assert_allclose(whiten @ by_hand @ whiten.T, np.eye(3), atol=1e-12)


def test_rows_of_one_trial_are_moved_together_and_those_of_two_are_not() -> None:
    together = covariance(ROWS, loadings(ROWS, calibrated()), Scatter(0.5, 0.1))
    for i, one in enumerate(ROWS):
        for j, two in enumerate(ROWS):
            expected = i == j or (group(one) == group(two) and one.study != REFERENCE_STUDY)
            assert (abs(together[i, j]) > 1e-8) == expected, (one.id, two.id)


def test_a_median_moves_with_its_trial_and_the_other_way_with_relapses() -> None:
    median = LITERATURE["ona-high-2022-40u-median"]
    assert 0.05 < loading(median, calibrated()) < 0.5
    later, sooner = (predict(median, calibrated(), shift=shift) for shift in (0.5, -0.5))
    assert later > predict(median, calibrated()) > sooner
    share = LITERATURE["ona-label-day-30"]
    logits = [transform(share, predict(share, calibrated(), shift=b)) for b in (0.0, 0.7)]
    assert logits[1] - logits[0] == pytest.approx(0.7)


def test_the_scatter_that_made_the_deviations_is_found_again() -> None:
    """Many trials of four large rows each, drawn with 0.8 between and 0.3 within."""
    rng = np.random.default_rng(1)
    row = LITERATURE["ona-label-day-30"]
    rows = [
        msgspec.structs.replace(row, study=f"trial {trial}", n=4000, value=50.0)
        for trial in range(60)
        for _ in range(4)
    ]
    load = np.ones(len(rows))
    deviation = np.repeat(0.8 * rng.standard_normal(60), 4) + 0.3 * rng.standard_normal(240)
    found = estimate(rows, load, deviation, Scatter(0.4, 0.2))
    assert found.between == pytest.approx(0.8, rel=0.25)
    assert found.misfit == pytest.approx(0.3, rel=0.15)
    own = shifts(rows, load, deviation, found)
    guessed = np.array([shift for shift, _ in own.values()])
    means = deviation.reshape(60, 4).mean(axis=1)
    assert np.all(np.abs(guessed) <= np.abs(means))
    # Shrunk towards nothing, by one share in all of them.
    np.testing.assert_allclose(guessed / means, guessed[0] / means[0], rtol=0.01)
    assert 0.9 < guessed[0] / means[0] < 1
