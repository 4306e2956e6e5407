"""Calibration: fit the model to published rows and write the parameters down as facts.

The parameters are fitted together on a log scale by weighted least squares under the scatter of
`likelihood.py`; scatter and parameters are fitted in turn until they stay. Each parameter has a
weak prior, so that what the data do not move stays where it was, and is shown as such.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, least_squares

from glabella import facts
from glabella.errors import ModelError
from glabella.facts import PublishedRow
from glabella.facts.model import Calibration, Parameter, Potency, Residual, TrialShift
from glabella.plan.parameters import Parameters, ProductAction
from glabella.trials import likelihood
from glabella.trials.cohort import Arm
from glabella.trials.likelihood import Scatter
from glabella.trials.predict import can_predict, moved, predict, unwanted_rate

Array = NDArray[np.float64]

# A parameter is said to come from the data when they narrow its prior at least this much, or move
# it by more than its own standard deviation.
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
    # Four units then reach 10 to 15 mm, the distance that label sites keep, and one unit loses its
    # effect within the 15 to 30 mm seen in a rabbit's muscle (Borodic 1994). Much wider, and points
    # above the C-line would no longer spare the brow. No human halo was found in millimetres.
    "sigma_mm": Prior(6.5, 0.12, "mm", "width of the spread of 0.1 mL"),
    "sensitivity_log_sd": Prior(0.5, 0.6, "log", "spread of sensitivity between patients"),
    "duration_log_sd": Prior(0.2, 0.3, "log", "spread of duration between patients"),
    "onset_speed": Prior(1.0, 0.5, "1", "bulk movement against that in a muscle of the foot"),
    # From a first cut of the target to the day the vesicles run out: between hours and the four
    # days in which the target is made anew.
    "cleavage_per_day": Prior(0.7, 0.7, "1/day", "from active toxin to a nerve ending that fails"),
    "rater_sd": Prior(0.3, 0.3, "grade", "error of an investigator's reading of a line grade"),
    "subject_sd": Prior(0.4, 0.3, "grade", "error of a subject's own reading"),
    "visit_sd": Prior(0.25, 0.3, "grade", "how much the same lines change from visit to visit"),
    "rater_lapse": Prior(0.02, 0.3, "fraction", "readings that say better whatever is there"),
    "diary_grades": Prior(0.5, 0.3, "grade", "change at which a diary notes an effect"),
    "rest_share": Prior(0.3, 0.5, "fraction", "what a line at rest adds to the grade in movement"),
    "line_exponent": Prior(1.5, 0.4, "1", "how a line follows the strength that folds it"),
    # The label doses of one product are taken to act alike on what they treat: its 20 units lie
    # three times less densely over frontalis than over the glabella, its 24 a little less.
    "frontalis_sensitivity": Prior(3.0, 0.5, "1", "frontalis against the glabella's muscles"),
    "orbicularis_sensitivity": Prior(1.3, 0.5, "1", "orbicularis against the glabella's muscles"),
    # A factor of two either way, as far as the thickness of such muscles is unsure.
    "unfitted_sensitivity": Prior(1.0, 0.42, "1", "muscles of no trial against their thickness"),
    "male_bulk": Prior(1.5, 0.4, "1", "muscle mass of an average man against a woman's"),
}
LEVATOR = Prior(0.03, 3.0, "fraction", "share of a density that passes to the lid's levator")
LEVATOR_NAME = "levator_passage"
# Weak priors of a product: half effect at a twentieth of the label dose spread over the glabella,
# and a half-life of three weeks.
HALF_EFFECT_SHARE_OF_LABEL = 1 / 20
GLABELLA_MM2 = 900.0
HALF_EFFECT_LOG_SD = 1.0
DECAY_PER_DAY = Prior(0.033, 0.3, "1/day", "decay of the active light chain")
# How far the label doses of products may differ in effect: a product without trials to fit may act
# this much more or less (log) than the fitted ones do at their label doses.
UNFITTED_LOG_SD = 0.5


FITTED_PRODUCTS = ("botox-cosmetic", "dysport", "xeomin")
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
        "median_onset_days",
    }
)
# No treated arm of lateral canthal lines or of the lower face is a calibration row: these muscles
# keep their priors.
HELD = {"orbicularis_sensitivity", "unfitted_sensitivity"}
# The row whose rate of lid droop sets the levator's passage.
POOLED_LID = "ona-pool-glabella-lid-ptosis"
STEP = 0.05
START = Scatter(between=0.6, misfit=0.3)
ROUNDS = 4
# The scatter has settled when it changes by less than this share.
SETTLED = 0.01
SLOPE_STEP = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The fitted parameters by name, the log covariance of those in `names`, and the scatter."""

    values: dict[str, float]
    names: tuple[str, ...]
    covariance: Array
    scatter: Scatter


def rows_to_fit() -> list[PublishedRow]:
    """The calibration rows that were seen, of placebo or of a product that is fitted."""
    return [
        row
        for row in facts.load().literature
        if row.may_be_fitted
        and can_predict(row)
        and row.endpoint.rule in FITTED_RULES
        and row.endpoint.at == "maximum"
        and row.product in {*FITTED_PRODUCTS, "placebo"}
    ]


def calibrate() -> Calibration:
    """Fit all parameters together and return them as facts; the same rows give the same result."""
    priors = {**SHARED, **{name: prior for p in FITTED_PRODUCTS for name, prior in _action(p)}}
    rows = rows_to_fit()
    fit = _fit(rows, priors)
    return _as_facts(_with_levator(fit), {**priors, LEVATOR_NAME: LEVATOR}, rows)


def _fit(rows: list[PublishedRow], priors: dict[str, Prior]) -> Fit:
    """Parameters and scatter in turn; parameters that are held keep their priors."""
    names = tuple(name for name in priors if name not in HELD)
    values = {name: prior.median for name, prior in priors.items()}
    centre = np.log([priors[name].median for name in names])
    width = np.array([priors[name].log_sd for name in names])
    target = np.array([likelihood.transform(row, row.value) for row in rows])
    scatter, log = START, centre

    def parameters_at(log: Array) -> Parameters:
        return assemble({**values, **dict(zip(names, np.exp(log).tolist(), strict=True))})

    def predicted(log: Array) -> Array:
        parameters = parameters_at(log)
        return np.array([likelihood.transform(row, predict(row, parameters)) for row in rows])

    def misfit(log: Array, whiten: Array) -> Array:
        return np.concatenate([whiten @ (predicted(log) - target), (log - centre) / width])

    for _ in range(ROUNDS):
        load = likelihood.loadings(rows, parameters_at(log))
        whiten = likelihood.whitening(rows, load, scatter)
        fitted = least_squares(
            misfit,
            log,
            args=(whiten,),
            diff_step=np.full(len(names), 0.02),
            xtol=1e-5,
            ftol=1e-8,
            max_nfev=60,
        )
        if not fitted.success:
            raise ModelError(f"Calibration did not converge: {fitted.message}")
        log = np.asarray(fitted.x)
        load = likelihood.loadings(rows, parameters_at(log))
        before = scatter
        scatter = likelihood.estimate(rows, load, target - predicted(log), scatter)
        if abs(np.log(scatter.between / before.between)) < SETTLED:
            break
    values |= dict(zip(names, np.exp(log).tolist(), strict=True))
    slope = _slope(lambda log: misfit(log, whiten), log)
    return Fit(values, names, np.asarray(np.linalg.inv(slope.T @ slope)), scatter)


def _slope(misfit: Callable[[Array], Array], log: Array) -> Array:
    """Derivatives (R, N) of the misfit at the fit.

    Taken over wide central steps: whether a muscle is reached at all jumps at places, and what the
    data say of a parameter is how they answer to a change of about its own uncertainty.
    """
    steps = SLOPE_STEP * np.eye(len(log))
    return np.column_stack(
        [(misfit(log + step) - misfit(log - step)) / (2 * SLOPE_STEP) for step in steps]
    )


def _action(product: str) -> list[tuple[str, Prior]]:
    density = HALF_EFFECT_SHARE_OF_LABEL * _label_density(product)
    half = Prior(density, HALF_EFFECT_LOG_SD, "U/mm2", "dose density at half effect")
    return [(f"half_effect:{product}", half), (f"decay:{product}", DECAY_PER_DAY)]


def assemble(values: dict[str, float]) -> Parameters:
    """Parameters from values by name; products without their own take the fitted ones' place."""
    levator = values.get(LEVATOR_NAME, LEVATOR.median)
    shared: dict[str, Any] = {name: float(values[name]) for name in SHARED}
    fitted = {
        product: ProductAction(
            float(values[f"half_effect:{product}"]), float(values[f"decay:{product}"])
        )
        for product in FITTED_PRODUCTS
    }
    products = {**{p: _unfitted(p, fitted) for p in facts.load().face_products}, **fitted}
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


def _pooled_lid() -> PublishedRow:
    return next(row for row in facts.load().literature if row.id == POOLED_LID)


def levator_passage(parameters: Parameters, percent: float) -> float:
    """The passage to the levator at which the label dose lets so many lids droop."""
    arm = Arm.of(_pooled_lid())

    def miss(log: float) -> float:
        tried = replace(parameters, levator_passage=float(np.exp(log)))
        return 100 * unwanted_rate("lid_ptosis", arm, tried) - percent

    return float(np.exp(brentq(miss, np.log(1e-4), np.log(20.0), xtol=1e-4)))


def _with_levator(fit: Fit) -> Fit:
    """The fit and the levator's passage, which has to follow what the other parameters are.

    It is set by one pooled rate, so that its uncertainty is that of the rate (sampling, and the
    difference between trials) and that of the others, by how it moves with each of them.
    """

    row = _pooled_lid()

    def log_passage(percent: float = row.value, **changed: float) -> float:
        return float(np.log(levator_passage(assemble({**fit.values, **changed}), percent)))

    here = log_passage()
    slope = [
        (log_passage(**{name: fit.values[name] * np.exp(STEP)}) - here) / STEP for name in fit.names
    ]
    sampling = likelihood.sampling_variance(row, 1.0)
    apart = float(np.sqrt(sampling + fit.scatter.between**2))
    more, less = (100 * moved(row.value / 100, shift) for shift in (apart, -apart))
    own = (log_passage(more) - log_passage(less)) / 2
    together = fit.covariance @ slope
    size = len(fit.names)
    covariance = np.empty((size + 1, size + 1))
    covariance[:size, :size] = fit.covariance
    covariance[size, :size] = covariance[:size, size] = together
    covariance[size, size] = slope @ together + own**2
    return Fit(
        {**fit.values, LEVATOR_NAME: float(np.exp(here))},
        (*fit.names, LEVATOR_NAME),
        covariance,
        fit.scatter,
    )


def _as_facts(fit: Fit, priors: dict[str, Prior], rows: Sequence[PublishedRow]) -> Calibration:
    parameters = assemble(fit.values)
    spread = np.sqrt(np.diag(fit.covariance))
    spreads = dict(zip(fit.names, spread.tolist(), strict=True))

    def parameter(name: str) -> Parameter:
        prior, sd = priors[name], spreads.get(name, priors[name].log_sd)
        moved_by = abs(np.log(fit.values[name] / prior.median))
        return Parameter(
            value=_rounded(fit.values[name]),
            log_sd=_rounded(sd),
            prior=prior.median,
            prior_log_sd=prior.log_sd,
            unit=prior.unit,
            meaning=prior.meaning,
            from_data=bool(sd < NARROWED * prior.log_sd or moved_by > prior.log_sd),
        )

    return Calibration(
        made_by="glabella calibrate",
        rows_digest=rows_digest(rows),
        between_trials_logit_sd=_rounded(fit.scatter.between),
        misfit_logit_sd=_rounded(fit.scatter.misfit),
        shared={name: parameter(name) for name in (*SHARED, LEVATOR_NAME)},
        products={
            product: _potency(product, parameters, parameter) for product, _ in parameters.products
        },
        order=fit.names,
        correlation=tuple(
            tuple(round(float(r), 3) + 0.0 for r in row)
            for row in fit.covariance / np.outer(spread, spread)
        ),
        **_compared(rows, parameters, fit.scatter),
    )


def _compared(
    rows: Sequence[PublishedRow], parameters: Parameters, scatter: Scatter
) -> dict[str, Any]:
    """Every fitted row beside the model, and what sets its trial apart."""
    predicted = [predict(row, parameters) for row in rows]
    load = likelihood.loadings(rows, parameters)
    deviation = np.array(
        [
            likelihood.transform(row, row.value) - likelihood.transform(row, found)
            for row, found in zip(rows, predicted, strict=True)
        ]
    )
    shifts = likelihood.shifts(rows, load, deviation, scatter)
    own = {who: shift for who, (shift, _) in shifts.items()}
    return {
        "shifts": tuple(
            TrialShift(study=study, reader=reader, shift=round(shift, 2), sd=round(sd, 2))
            for (study, reader), (shift, sd) in shifts.items()
        ),
        "residuals": tuple(
            Residual(
                row=row.id,
                observed=row.value,
                predicted=round(found, 1),
                in_its_trial=round(
                    predict(row, parameters, shift=own.get(likelihood.group(row), 0.0)), 1
                ),
            )
            for row, found in zip(rows, predicted, strict=True)
        ),
    }


def _potency(product: str, parameters: Parameters, parameter: Any) -> Potency:
    if product in FITTED_PRODUCTS:
        return Potency(
            half_effect_units_per_mm2=parameter(f"half_effect:{product}"),
            decay_per_day=parameter(f"decay:{product}"),
            basis="fitted to this product's own trials",
        )
    action = parameters.action(product)
    half = Prior(float(action.half_effect), UNFITTED_LOG_SD, "U/mm2", "dose density at half effect")
    return Potency(
        half_effect_units_per_mm2=_given(half, half.median, half.log_sd),
        decay_per_day=_given(DECAY_PER_DAY, float(action.decay_per_day), DECAY_PER_DAY.log_sd),
        basis="not fitted: the label dose is taken to act as fitted label doses of other products",
    )


def _given(prior: Prior, value: float, log_sd: float) -> Parameter:
    """A parameter that the fit did not move."""
    return Parameter(
        value=_rounded(value),
        log_sd=log_sd,
        prior=_rounded(prior.median),
        prior_log_sd=prior.log_sd,
        unit=prior.unit,
        meaning=prior.meaning,
        from_data=False,
    )


def _rounded(value: float) -> float:
    """Four digits: re-running on another machine gives the same file."""
    return float(f"{value:.4g}")


def rows_digest(rows: Sequence[PublishedRow]) -> str:
    """A hash of the rows that were fitted: a changed row asks for a new calibration."""
    text = "\n".join(f"{row.id} {row.value:g} {row.n}" for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()
