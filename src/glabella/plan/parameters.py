"""The numbers that a forecast runs on: constants and calibration, taken from the facts once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from glabella import facts
from glabella.effect.expression import BrowMechanics
from glabella.errors import ModelError
from glabella.facts.model import ModelFacts
from glabella.plan.plan import Patient

MINUTES_PER_DAY = 1440.0


@dataclass(frozen=True, slots=True)
class ProductAction:
    """How one product acts: dose density at half effect (its own units per mm2), decay rate."""

    half_effect: float
    decay_per_day: float


@dataclass(frozen=True, slots=True)
class Parameters:
    """Fitted parameters; `products` pairs product ids with their own action.

    The sensitivity of a muscle is how much less density than the glabella's it needs: a thin
    sheet of muscle takes less.
    """

    hill: float
    sensitivity_log_sd: float
    duration_log_sd: float
    onset_speed: float
    rater_sd: float
    rater_lapse: float
    rest_share: float
    line_exponent: float
    male_bulk: float
    frontalis_sensitivity: float
    orbicularis_sensitivity: float
    levator_passage: float
    products: tuple[tuple[str, ProductAction], ...]

    def action(self, product: str) -> ProductAction:
        for known, action in self.products:
            if known == product:
                return action
        raise ModelError(f"The model has no calibration for {product}.")

    def muscle_sensitivity(self, muscle: str) -> float:
        """How strongly a muscle answers to a density, against corrugator."""
        fitted = {
            "frontalis": self.frontalis_sensitivity,
            "orbicularis-oculi": self.orbicularis_sensitivity,
        }
        thicker = facts.load().anatomy.muscles[muscle].thickness_factor
        return fitted.get(muscle, 1 / thicker.value if thicker else 1.0)

    def bulk(self, sex: Literal["female", "male"], bulk: str) -> float:
        """Muscle mass against an average woman's."""
        people = model_facts().people
        by_eye = {
            "slight": people.bulk_slight.value,
            "average": 1.0,
            "strong": people.bulk_strong.value,
        }[bulk]
        return by_eye * (self.male_bulk if sex == "male" else 1.0)

    def bulk_of(self, patient: Patient) -> float:
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
