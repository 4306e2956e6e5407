"""The numeric spine: doses on a face to strength left, for drawn patients, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from glabella.effect import kinetics, response, spread
from glabella.face.frame import Face
from glabella.face.muscles import Elements, elements
from glabella.facts import product as facts_of
from glabella.plan.parameters import (
    Number,
    Parameters,
    chain_rates_per_day,
    column,
    model_facts,
)
from glabella.plan.people import People
from glabella.plan.place import Dose

Array = NDArray[np.float64]

# Elements that get less than this share of the half effect, in the mean of patients, lose no
# strength that shows.
NEGLIGIBLE = 0.02
# Patients whose elements are followed at a time.
AT_ONCE = 32
# Freed memory goes back to the system at once unless a larger block was freed before, and taking
# it anew costs a forecast a fifth of its time. A block that is never touched costs nothing.
np.empty(24 * 2**20, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Reach:
    """One product of one treatment where it arrived.

    `density` (P, E): units of the product per mm2 at each element, for each drawn patient;
    `day`: when it was injected, on the axis of the forecast's days.
    """

    product: str
    day: float
    density: Array


@dataclass(frozen=True, slots=True, eq=False)
class Blocked:
    """The endplates that toxin blocks, for `shape` patients and days (P, T).

    Each of the `loads` (P, K) on the elements `reached` (K,) acts as the one of `courses` (P, T)
    at the same place says.
    """

    reached: NDArray[np.int64]
    loads: tuple[Array, ...]
    courses: tuple[Array, ...]
    shape: tuple[int, int]
    hill: Number
    ceiling: float

    def weighed(self, weights: Array, out: Array | None = None) -> Array:
        """Sums (P, T, M) of the blocked fraction over elements, by the columns of weights (E, M).

        A few patients at a time, so that all their elements and days stay in the cache.
        """
        found = np.empty((*self.shape, weights.shape[1])) if out is None else out
        if not self.loads:
            found[...] = 0
        own = weights[self.reached]
        # One buffer for all: fresh memory costs as much as the arithmetic.
        buffer = np.empty((min(AT_ONCE, len(found)), self.shape[1], len(self.reached)))
        for first in range(0, len(found) if self.loads else 0, AT_ONCE):
            some = slice(first, first + AT_ONCE)
            fraction = self._fraction(some, buffer[: len(found[some])])
            np.matmul(fraction, own, out=found[some])
        return found

    def part(self, elements: NDArray[np.bool_]) -> Blocked:
        """The same for some of the elements only, given as a mask (E,)."""
        own = elements[self.reached]
        loads = tuple(load[:, own] for load in self.loads)
        return replace(self, reached=self.reached[own], loads=loads)

    def _fraction(self, some: slice, out: Array) -> Array:
        """Blocked fraction (P, T, K) of some patients, written to `out`."""
        pairs = [
            (course[some, :, None], load[some, None])
            for course, load in zip(self.courses, self.loads, strict=True)
        ]
        hill = self.hill if np.ndim(self.hill) == 0 else np.asarray(self.hill)[some, None, None]
        if len(pairs) == 1:
            # The power of a product is the product of powers: far fewer powers to take.
            [(course, load)] = pairs
            np.multiply(course**hill, load**hill, out=out)
        else:
            np.power(sum(course * load for course, load in pairs), hill, out=out)
        return response.blocked_of_power(out, ceiling=self.ceiling)


def reach(
    face: Face, doses: Sequence[Dose], day: float, people: People, *, sigma_mm: Number
) -> Reach:
    """Spread the doses of one product over the muscle elements of a face.

    `sigma_mm` is the width of the spread of the reference volume.
    """
    facts = model_facts().spread
    product = facts_of(doses[0].units.product)
    grid = elements(face)
    places = np.array([(dose.signed_x_mm, dose.y_mm) for dose in doses])
    amounts = np.array([dose.units.amount for dose in doses])
    relative_widths = spread.width_mm(
        np.array([dose.volume_ml for dose in doses]),
        sigma_mm=product.spread_factor.value,
        reference_ml=facts.reference_ml.value,
        exponent=facts.volume_exponent.value,
    )
    each = sigma_mm * np.exp(model_facts().people.spread_log_sd.value * people.spread)
    density = spread.density(
        amounts,
        places,
        each[:, None] * relative_widths,
        np.column_stack([grid.x_mm, grid.y_mm]),
        np.array([_coupling(dose.depth, grid) for dose in doses]),
    )
    return Reach(product=product.id, day=day, density=density)


def _coupling(depth: str, grid: Elements) -> Array:
    """Share of a dose at `depth` that reaches the layer of each element (E,)."""
    facts = model_facts().spread
    superficial = getattr(facts, f"{depth}_to_superficial").value
    deep = getattr(facts, f"{depth}_to_deep").value
    return np.asarray(np.where(grid.deep | grid.orbit, deep, superficial))


def sensitivity(face: Face, people: People, parameters: Parameters, bulk: Number) -> Array:
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
    barrier = column(np.log(parameters.levator_passage)) + facts.levator_log_sd.value * passage
    answers = [parameters.muscle_sensitivity(muscle) / bulk for muscle, _ in grid.names]
    own = np.log(np.stack(np.broadcast_arrays(*answers), axis=-1))
    # What stands before the levator is the septum, not the bulk of a treated muscle.
    return np.asarray(np.exp(log + np.where(grid.orbit, barrier, own[..., grid.muscle])))


def activity(days: Array, people: People, parameters: Parameters, product: str) -> Array:
    """Active share (P, T) of a product injected on day 0, for each drawn patient."""
    onset = np.exp(-model_facts().people.onset_log_sd.value * people.onset)
    decay = np.exp(-parameters.duration_log_sd * people.duration)
    rates = np.tile([*chain_rates_per_day(), 1.0], (len(people), 1))
    rates[:, 0] *= parameters.onset_speed * onset
    rates[:, -1] *= parameters.action(product).decay_per_day * decay
    return kinetics.active_fraction(days, rates)


def blocked(
    face: Face,
    reaches: Sequence[Reach],
    days: Array,
    people: People,
    parameters: Parameters,
    *,
    bulk: Number,
) -> Blocked:
    """What toxin that arrived does to the elements that it reaches, for each drawn patient."""
    answer = sensitivity(face, people, parameters, bulk)
    loads: list[Array] = []
    courses: list[Array] = []
    for arrived in reaches:
        load = answer * arrived.density / column(parameters.action(arrived.product).half_effect)
        course = activity(days - arrived.day, people, parameters, arrived.product)
        same = [index for index, known in enumerate(loads) if np.array_equal(known, load)]
        if same:
            # The same doses again: what is active adds, and there is one load fewer to follow.
            courses[same[0]] = courses[same[0]] + course
        else:
            loads.append(load)
            courses.append(course)
    most = np.max([np.zeros(answer.shape[1]), *(load.mean(axis=0) for load in loads)], axis=0)
    reached = np.flatnonzero(most > NEGLIGIBLE)
    return Blocked(
        reached=reached,
        loads=tuple(load[:, reached] for load in loads),
        courses=tuple(courses),
        shape=(len(people), len(days)),
        hill=parameters.hill,
        ceiling=model_facts().response.ceiling_fraction.value,
    )
