"""The numbers that a forecast runs on: constants and calibration, taken from the facts once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.effect.expression import BrowMechanics
from glabella.errors import ModelError
from glabella.facts.model import ModelFacts
from glabella.plan.plan import Patient

Array = NDArray[np.float64]
Rater = Literal["investigator", "subject"]
# One number for everyone, or one for each drawn patient (P,).
Number = float | Array

MINUTES_PER_DAY = 1440.0


def column(number: Number) -> Array:
    """A number, or one for each patient, ready to meet an array of patients and days (P, T)."""
    return np.asarray(number)[..., None]


@dataclass(frozen=True, slots=True)
class ProductAction:
    """How one product acts: dose density at half effect (its own units per mm2), decay rate."""

    half_effect: Number
    decay_per_day: Number


@dataclass(frozen=True, slots=True)
class Parameters:
    """Fitted parameters; `products` pairs product ids with their own action.

    The sensitivity of a muscle is how much less density than the glabella's it needs: a thin
    sheet of muscle takes less.
    """

    hill: Number
    sigma_mm: Number
    sensitivity_log_sd: Number
    duration_log_sd: Number
    onset_speed: Number
    cleavage_per_day: Number
    rater_sd: Number
    subject_sd: Number
    visit_sd: Number
    rater_lapse: Number
    diary_grades: Number
    rest_share: Number
    line_exponent: Number
    male_bulk: Number
    frontalis_sensitivity: Number
    orbicularis_sensitivity: Number
    unfitted_sensitivity: Number
    levator_passage: Number
    products: tuple[tuple[str, ProductAction], ...]

    def action(self, product: str) -> ProductAction:
        for known, action in self.products:
            if known == product:
                return action
        raise ModelError(f"The model has no calibration for {product}.")

    def reading_sd(self, rater: Rater) -> Array:
        """Standard deviation of one reading: what changes from visit to visit, and the rater."""
        own = self.subject_sd if rater == "subject" else self.rater_sd
        return np.hypot(self.visit_sd, own)

    def muscle_sensitivity(self, muscle: str) -> Number:
        """How strongly a muscle answers to a density, against corrugator.

        A muscle that no trial fits answers by how much thicker it is, and nobody knows how well.
        """
        fitted = {
            "frontalis": self.frontalis_sensitivity,
            "orbicularis-oculi": self.orbicularis_sensitivity,
        }
        if muscle in fitted:
            return fitted[muscle]
        thicker = facts.load().anatomy.muscles[muscle].thickness_factor
        return self.unfitted_sensitivity / thicker.value if thicker else 1.0

    def bulk(self, sex: Literal["female", "male"], bulk: str) -> Number:
        """Muscle mass against an average woman's."""
        people = model_facts().people
        by_eye = {
            "slight": people.bulk_slight.value,
            "average": 1.0,
            "strong": people.bulk_strong.value,
        }[bulk]
        return by_eye * (self.male_bulk if sex == "male" else 1.0)

    def bulk_of(self, patient: Patient) -> Number:
        return self.bulk(patient.sex, patient.measures.bulk)


def model_facts() -> ModelFacts:
    return facts.load().model


@lru_cache(maxsize=1)
def calibrated() -> Parameters:
    """The parameters that calibration wrote."""
    calibration = facts.load().calibration
    if calibration is None:
        raise ModelError("There is no calibration yet: run `glabella calibrate`.")
    shared = {name: parameter.value for name, parameter in calibration.shared.items()}
    products = tuple(
        (
            product,
            ProductAction(
                half_effect=potency.half_effect_units_per_mm2.value,
                decay_per_day=potency.decay_per_day.value,
            ),
        )
        for product, potency in calibration.products.items()
    )
    return Parameters(products=products, **shared)


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """How unsure calibration left the parameters: `factor` @ normal deviates moves their logs.

    `names` are those of `Parameters`, and `half_effect:PRODUCT` and `decay:PRODUCT`.
    """

    names: tuple[str, ...]
    factor: Array


@lru_cache(maxsize=1)
def doubt() -> Doubt:
    """The joint uncertainty that calibration wrote; parameters it held are unsure by their prior.

    Correlations are rounded in the file: what that makes negative is set to nought.
    """
    calibration = facts.load().calibration
    if calibration is None:
        return Doubt((), np.zeros((0, 0)))
    known = dict(calibration.shared)
    for product, potency in calibration.products.items():
        known[f"half_effect:{product}"] = potency.half_effect_units_per_mm2
        known[f"decay:{product}"] = potency.decay_per_day
    names = (*calibration.order, *(name for name in known if name not in calibration.order))
    fitted = len(calibration.order)
    correlation = np.eye(len(names))
    correlation[:fitted, :fitted] = calibration.correlation
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return Doubt(names, np.array([known[name].log_sd for name in names])[:, None] * root)


def varied(parameters: Parameters, deviates: Array) -> Parameters:
    """The parameters as they may be, one for each row of normal deviates (P, K).

    No deviates leave the parameters as they are.
    """
    if deviates.shape[-1] == 0:
        return parameters
    factors = np.exp(deviates @ doubt().factor.T)
    return scaled(parameters, dict(zip(doubt().names, factors.T, strict=True)))


def scaled(parameters: Parameters, factors: Mapping[str, Number]) -> Parameters:
    """The parameters, each multiplied by its factor, by the names that `Doubt` uses."""
    own = {field.name for field in fields(Parameters)}
    return replace(
        parameters,
        products=tuple(
            (
                product,
                ProductAction(
                    half_effect=action.half_effect * factors[f"half_effect:{product}"],
                    decay_per_day=action.decay_per_day * factors[f"decay:{product}"],
                ),
            )
            for product, action in parameters.products
        ),
        **{
            name: getattr(parameters, name) * factor
            for name, factor in factors.items()
            if name in own
        },
    )


@lru_cache(maxsize=1)
def chain_rates_per_day() -> tuple[float, ...]:
    """The onset steps of the kinetic chain: bulk movement first."""
    kinetics = model_facts().kinetics
    steps = (
        kinetics.bulk_per_minute,
        kinetics.binding_per_minute,
        kinetics.endocytosis_per_minute,
        kinetics.translocation_per_minute,
    )
    return tuple(step.value * MINUTES_PER_DAY for step in steps)


@lru_cache(maxsize=1)
def brow_mechanics() -> BrowMechanics:
    brow = model_facts().brow
    names = BrowMechanics.__dataclass_fields__
    return BrowMechanics(**{name: getattr(brow, name).value for name in names})
