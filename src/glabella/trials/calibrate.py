"""Calibration: fit the model to published rows and write the parameters down as facts.

The parameters are fitted on a log scale by weighted least squares. A share is compared as a
logit with the variance of its sample plus a variance between trials (trials disagree beyond
sampling: rule, raters and people differ); a duration on a log scale. Each parameter has a weak
prior, so that what the data do not move stays where it was, and is shown as such.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, least_squares

from glabella import facts
from glabella.errors import ModelError
from glabella.facts import PublishedRow
from glabella.facts.model import Calibration, Parameter, Potency, Residual
from glabella.plan.parameters import Parameters, ProductAction
from glabella.trials.cohort import Arm
from glabella.trials.predict import can_predict, lid_ptosis_rate, predict

Array = NDArray[np.float64]

# Trials of one design differ by about this much on the logit scale beyond sampling, and single
# rows of one trial by this much from any smooth course.
BETWEEN_TRIALS_LOGIT_SD = 0.5
MISFIT_LOGIT_SD = 0.1
# The forecast speaks in the terms of the label's own trial: others are shifted against it.
REFERENCE_STUDY = "glabella pivotal trials, pooled"
DURATION_LOG_SD = 0.15
# An arm whose size was not found counts as a small one.
UNKNOWN_ARM_SIZE = 40
# A parameter is said to come from the data when they narrow its prior at least this much.
NARROWED = 0.7


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a parameter before the data: median and log standard deviation."""

    median: float
    log_sd: float
    unit: str
    meaning: str


SHARED: dict[str, Prior] = {
    "hill": Prior(1.5, 0.4, "1", "steepness of the response at an element"),
    "sensitivity_log_sd": Prior(0.5, 0.6, "log", "spread of sensitivity between patients"),
    "duration_log_sd": Prior(0.2, 0.3, "log", "spread of duration between patients"),
    "onset_speed": Prior(1.0, 0.5, "1", "bulk movement against that in a muscle of the foot"),
    "rater_sd": Prior(0.45, 0.3, "grade", "error of one reading of a line grade"),
    "rater_lapse": Prior(0.02, 0.3, "fraction", "readings that say better whatever is there"),
    "rest_share": Prior(0.4, 0.4, "fraction", "what a line at rest adds to the grade in movement"),
    "line_exponent": Prior(1.0, 0.3, "1", "how a line follows the strength that folds it"),
    "frontalis_sensitivity": Prior(1.0, 0.5, "1", "frontalis against the glabella's muscles"),
    "orbicularis_sensitivity": Prior(1.0, 0.5, "1", "orbicularis against the glabella's muscles"),
    "male_bulk": Prior(1.5, 0.4, "1", "muscle mass of an average man against a woman's"),
}
LEVATOR = Prior(0.03, 1.0, "fraction", "share of a density that passes to the lid's levator")
# Weak priors of a product: half effect at a twentieth of the label dose spread over the glabella,
# and a half-life of three weeks.
HALF_EFFECT_SHARE_OF_LABEL = 1 / 20
GLABELLA_MM2 = 900.0
HALF_EFFECT_LOG_SD = 1.0
DECAY_PER_DAY = Prior(0.033, 0.3, "1/day", "decay of the active light chain")


FITTED_PRODUCTS = ("botox-cosmetic", "dysport", "xeomin")
FITTED_AREAS = ("glabella", "forehead")
# A subject's own "moderately better" is another scale than the raters': predicted, not fitted.
FITTED_RULES = frozenset(
    {
        "none_or_mild",
        "improved_1",
        "improved_2",
        "composite_1",
        "composite_2",
        "response_unstated",
        "relapsed",
        "not_relapsed",
        "onset",
        "median_duration_days",
    }
)
# No trial of lateral canthal lines has a calibration row: their muscle keeps its prior.
HELD = {"orbicularis_sensitivity"}
# What a diary says of the day after the injection differs by diary more than by dose.
FIRST_DAY = 1


def rows_to_fit() -> list[PublishedRow]:
    """The calibration rows that were seen, that the model can predict and that it is fitted to.

    Placebo rows of trials of products that are not fitted stay out: their raters differ.
    """
    return [
        row
        for row in facts.load().literature
        if row.may_be_fitted
        and can_predict(row)
        and row.endpoint.area in FITTED_AREAS
        and row.endpoint.rule in FITTED_RULES
        and row.endpoint.at == "maximum"
        and not (row.endpoint.rule == "onset" and row.day == FIRST_DAY)
        and (row.product in FITTED_PRODUCTS or _label_placebo(row))
    ]


def _label_placebo(row: PublishedRow) -> bool:
    return row.product == "placebo" and row.id.startswith("ona-")


def calibrate() -> Calibration:
    """Fit all parameters together and return them as facts; the same rows give the same result."""
    priors = {**SHARED, **{name: prior for p in FITTED_PRODUCTS for name, prior in _action(p)}}
    rows = rows_to_fit()
    values, spreads = _fit(rows, priors)
    passage = levator_passage(assemble(values))
    return _as_facts(values, spreads, priors, passage, rows)


def _fit(
    rows: list[PublishedRow], priors: dict[str, Prior]
) -> tuple[dict[str, float], dict[str, float]]:
    """The parameters and their log standard deviations; those held keep their priors."""
    names = [name for name in priors if name not in HELD]
    values = {name: prior.median for name, prior in priors.items()}
    spreads = {name: prior.log_sd for name, prior in priors.items()}
    centre = np.log([priors[name].median for name in names])
    width = np.array([priors[name].log_sd for name in names])
    target, whiten = np.array([_transform(row, row.value) for row in rows]), whitening(rows)

    def misfit(log: Array) -> Array:
        parameters = assemble({**values, **dict(zip(names, np.exp(log), strict=True))})
        predicted = np.array([_transform(row, predict(row, parameters)) for row in rows])
        return np.concatenate([whiten @ (predicted - target), (log - centre) / width])

    step = np.full(len(names), 0.02)
    fitted = least_squares(misfit, centre, diff_step=step, xtol=1e-5, ftol=1e-7)
    if not fitted.success:
        raise ModelError(f"Calibration did not converge: {fitted.message}")
    slope = np.asarray(fitted.jac)
    spread = np.sqrt(np.diag(np.linalg.inv(slope.T @ slope)))
    values |= dict(zip(names, np.exp(fitted.x).tolist(), strict=True))
    spreads |= dict(zip(names, spread.tolist(), strict=True))
    return values, spreads


def _action(product: str) -> list[tuple[str, Prior]]:
    density = HALF_EFFECT_SHARE_OF_LABEL * _label_density(product)
    half = Prior(density, HALF_EFFECT_LOG_SD, "U/mm2", "dose density at half effect")
    return [(f"half_effect:{product}", half), (f"decay:{product}", DECAY_PER_DAY)]


def assemble(values: dict[str, float], levator: float = LEVATOR.median) -> Parameters:
    """Parameters from values by name; products without their own take the fitted ones' place."""
    shared: dict[str, Any] = {name: float(values[name]) for name in SHARED}
    fitted = {
        product: ProductAction(
            float(values[f"half_effect:{product}"]), float(values[f"decay:{product}"])
        )
        for product in FITTED_PRODUCTS
    }
    products = {**{p: _unfitted(p, fitted) for p in facts.load().products}, **fitted}
    return Parameters(levator_passage=levator, products=tuple(products.items()), **shared)


def _unfitted(product: str, fitted: dict[str, ProductAction]) -> ProductAction:
    """A product without fitted rows: its label dose is taken to act as fitted label doses do.

    That compares effects, not units: each product stays with its own label dose.
    """
    usual = np.mean([np.log(a.half_effect / _label_density(p)) for p, a in fitted.items()])
    decay = np.mean([np.log(action.decay_per_day) for action in fitted.values()])
    return ProductAction(float(np.exp(usual)) * _label_density(product), float(np.exp(decay)))


def _label_density(product: str) -> float:
    return facts.product(product).areas["glabella"].total_units.value / GLABELLA_MM2


def levator_passage(parameters: Parameters) -> float:
    """The passage to the levator at which the label dose gives the pooled rate of lid droop."""
    row = next(r for r in facts.load().literature if r.id == "ona-pool-glabella-lid-ptosis")

    def miss(log: float) -> float:
        tried = replace(parameters, levator_passage=float(np.exp(log)))
        return 100 * lid_ptosis_rate(Arm.of(row), tried) - row.value

    return float(np.exp(brentq(miss, np.log(1e-4), np.log(20.0), xtol=1e-3)))


def _transform(row: PublishedRow, value: float) -> float:
    """Shares as logits, kept off 0 and 100 by half a patient; durations as logs."""
    if row.unit != "%":
        return float(np.log(value))
    edge = 0.5 / (row.n or UNKNOWN_ARM_SIZE)
    share = np.clip(value / 100, edge, 1 - edge)
    return float(np.log(share / (1 - share)))


def whitening(rows: Sequence[PublishedRow]) -> Array:
    """The matrix that makes the rows' deviations independent with unit variance.

    All shares of one trial are moved together by what sets that trial apart (its raters, rule and
    people), towards more or less effect; each row adds its own sampling and a little misfit.
    """
    covariance = np.diag([_own_variance(row) for row in rows])
    for i, one in enumerate(rows):
        for j, two in enumerate(rows):
            apart = one.study != two.study or one.study == REFERENCE_STUDY
            if not apart and one.unit == two.unit == "%":
                together = _direction(one) * _direction(two)
                covariance[i, j] += together * BETWEEN_TRIALS_LOGIT_SD**2
    return np.asarray(np.linalg.inv(np.linalg.cholesky(covariance)))


def _direction(row: PublishedRow) -> int:
    return -1 if row.endpoint.rule == "relapsed" else 1


def _own_variance(row: PublishedRow) -> float:
    if row.unit != "%":
        return DURATION_LOG_SD**2
    size = row.n or UNKNOWN_ARM_SIZE
    share = float(np.clip(row.value / 100, 1 / size, 1 - 1 / size))
    return 1 / (size * share * (1 - share)) + MISFIT_LOGIT_SD**2


def _as_facts(
    values: dict[str, float],
    spreads: dict[str, float],
    priors: dict[str, Prior],
    passage: float,
    rows: Sequence[PublishedRow],
) -> Calibration:
    parameters = assemble(values, passage)

    def parameter(name: str) -> Parameter:
        prior = priors[name]
        return Parameter(
            value=_rounded(values[name]),
            log_sd=_rounded(spreads[name]),
            unit=prior.unit,
            meaning=prior.meaning,
            from_data=bool(spreads[name] < NARROWED * prior.log_sd) and name not in HELD,
        )

    shared = {name: parameter(name) for name in SHARED}
    shared["levator_passage"] = Parameter(
        value=_rounded(passage),
        log_sd=LEVATOR.log_sd,
        unit=LEVATOR.unit,
        meaning=LEVATOR.meaning,
        from_data=True,
    )
    return Calibration(
        made_by="glabella calibrate",
        rows_digest=rows_digest(rows),
        shared=shared,
        products={
            product: _potency(product, parameters, parameter) for product, _ in parameters.products
        },
        residuals=tuple(
            Residual(
                row=row.id,
                observed=row.value,
                predicted=round(predict(row, parameters), 1),
                fitted=True,
            )
            for row in rows
        ),
    )


def _potency(product: str, parameters: Parameters, parameter: Any) -> Potency:
    if product in FITTED_PRODUCTS:
        return Potency(
            half_effect_units_per_mm2=parameter(f"half_effect:{product}"),
            decay_per_day=parameter(f"decay:{product}"),
            basis="fitted to this product's own trials",
        )
    action = parameters.action(product)
    return Potency(
        half_effect_units_per_mm2=Parameter(
            value=_rounded(action.half_effect),
            log_sd=HALF_EFFECT_LOG_SD,
            unit="U/mm2",
            meaning="dose density at half effect",
            from_data=False,
        ),
        decay_per_day=Parameter(
            value=_rounded(action.decay_per_day),
            log_sd=DECAY_PER_DAY.log_sd,
            unit="1/day",
            meaning=DECAY_PER_DAY.meaning,
            from_data=False,
        ),
        basis="not fitted: the label dose is taken to act as fitted label doses of other products",
    )


def _rounded(value: float) -> float:
    """Four digits: re-running on another machine gives the same file."""
    return float(f"{value:.4g}")


def rows_digest(rows: Sequence[PublishedRow]) -> str:
    """A hash of the rows that were fitted: a changed row asks for a new calibration."""
    text = "\n".join(f"{row.id} {row.value:g} {row.n}" for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()
