"""The numeric spine: doses on a face to strength left, for drawn patients, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.effect import kinetics, response, spread
from glabella.face.frame import Face
from glabella.face.muscles import Elements, elements
from glabella.plan.parameters import Parameters, chain_rates_per_day, model_facts
from glabella.plan.people import People
from glabella.plan.place import Dose

Array = NDArray[np.float64]

# Elements that get less than this share of the half effect lose no strength that shows.
NEGLIGIBLE = 1e-4


@dataclass(frozen=True, slots=True)
class Reach:
    """One product of one treatment where it arrived.

    `density` (P, E): units of the product per mm2 at each element, for each drawn patient;
    `day`: when it was injected, on the axis of the forecast's days.
    """

    product: str
    day: float
    density: Array


def reach(face: Face, doses: Sequence[Dose], day: float, people: People) -> Reach:
    """Spread the doses of one product over the muscle elements of a face."""
    facts = model_facts().spread
    grid = elements(face)
    places = np.array([(dose.signed_x_mm, dose.y_mm) for dose in doses])
    amounts = np.array([dose.units.amount for dose in doses])
    widths = spread.width_mm(
        np.array([dose.volume_ml for dose in doses]),
        sigma_mm=facts.sigma_mm.value,
        reference_ml=facts.reference_ml.value,
        exponent=facts.volume_exponent.value,
    )
    each = np.exp(model_facts().people.spread_log_sd.value * people.spread)
    density = spread.density(
        amounts,
        places,
        each[:, None] * widths,
        np.column_stack([grid.x_mm, grid.y_mm]),
        np.array([_coupling(dose.depth, grid) for dose in doses]),
    )
    return Reach(product=doses[0].units.product, day=day, density=density)


def _coupling(depth: str, grid: Elements) -> Array:
    """Share of a dose at `depth` that reaches the layer of each element (E,)."""
    facts = model_facts().spread
    superficial = getattr(facts, f"{depth}_to_superficial").value
    deep = getattr(facts, f"{depth}_to_deep").value
    return np.asarray(np.where(grid.deep | grid.orbit, deep, superficial))


def sensitivity(face: Face, people: People, parameters: Parameters, bulk: float) -> Array:
    """How strongly each element (E,) of each drawn patient (P,) answers, against the average.

    The two sides of one person differ a little, and how much passes the orbital septum to the
    levator differs a lot.
    """
    facts = model_facts().people
    grid = elements(face)
    sides = np.sign(grid.x_mm)
    common = parameters.sensitivity_log_sd * people.sensitivity
    log = common[:, None] + facts.side_log_sd.value / np.sqrt(2) * people.side[:, None] * sides
    passage = np.where(sides > 0, people.levator_left[:, None], people.levator_right[:, None])
    barrier = np.log(parameters.levator_passage) + facts.levator_log_sd.value * passage
    own = np.log([parameters.muscle_sensitivity(muscle) / bulk for muscle, _ in grid.names])
    # What stands before the levator is the septum, not the bulk of a treated muscle.
    return np.asarray(np.exp(log + np.where(grid.orbit, barrier, own[grid.muscle])))


def activity(days: Array, people: People, parameters: Parameters, product: str) -> Array:
    """Active share (P, T) of a product injected on day 0, for each drawn patient."""
    onset = np.exp(-model_facts().people.onset_log_sd.value * people.onset)
    decay = np.exp(-parameters.duration_log_sd * people.duration)
    rates = np.tile(
        [*chain_rates_per_day(), parameters.action(product).decay_per_day], (len(people), 1)
    )
    rates[:, 0] *= parameters.onset_speed * onset
    rates[:, -1] *= decay
    return kinetics.active_fraction(days, rates)


def blocked(
    face: Face,
    reaches: Sequence[Reach],
    days: Array,
    people: People,
    parameters: Parameters,
    *,
    bulk: float,
) -> tuple[Array, NDArray[np.int64]]:
    """Blocked fraction (P, T, K) of the K elements that toxin reaches, and their indices (K,)."""
    if not reaches:
        return np.zeros((len(people), len(days), 0)), np.zeros(0, dtype=np.int64)
    ceiling = model_facts().response.ceiling_fraction.value
    answer = sensitivity(face, people, parameters, bulk)
    loads = [
        answer * arrived.density / parameters.action(arrived.product).half_effect
        for arrived in reaches
    ]
    reached = np.flatnonzero(np.max([load.max(axis=0) for load in loads], axis=0) > NEGLIGIBLE)
    courses = [
        activity(days - arrived.day, people, parameters, arrived.product) for arrived in reaches
    ]
    if len(reaches) == 1:
        # The power of a product is the product of powers: far fewer powers to take.
        powered = (
            courses[0][:, :, None] ** parameters.hill
            * loads[0][:, None, reached] ** parameters.hill
        )
        return response.blocked_of_power(powered, ceiling=ceiling), reached
    active = sum(
        course[:, :, None] * load[:, None, reached]
        for course, load in zip(courses, loads, strict=True)
    )
    return response.blocked(np.asarray(active), hill=parameters.hill, ceiling=ceiling), reached
