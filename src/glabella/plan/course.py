"""The numeric spine: doses on a face to strength left, for drawn patients, day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.polynomial.chebyshev import chebvander
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

# Elements that get less than this share of the half effect, in the root mean square of patients
# (far away it is the few with a wide spread that count), lose no strength that shows.
NEGLIGIBLE = 0.005
# Beyond this, one patient in a hundred, the septum lets through all that it can.
WIDEST = 3.6
# Elements times days that are followed at a time.
IN_CACHE = 50_000
# Widths of spread at which density is computed.
SPREADS = 24
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

        A few patients at a time, so that all their elements and days stay in the cache; elements
        without weight are left out.
        """
        found = np.empty((*self.shape, weights.shape[1]), self.kind) if out is None else out
        own = weights[self.reached]
        heard = own.any(axis=1)
        if not heard.any():
            found[...] = 0
            return found
        own = own[heard].astype(self.kind)
        loads = [load[:, heard] for load in self.loads]
        at_once = max(1, IN_CACHE // (self.shape[1] * len(own)))
        # One buffer for all: fresh memory costs as much as the arithmetic.
        buffer = np.empty((at_once, self.shape[1], len(own)), self.kind)
        for first in range(0, len(found), at_once):
            some = slice(first, first + at_once)
            powered = self._powered(loads, some, buffer[: len(found) - first])
            np.matmul(response.spared_of_power(powered, out=powered), own, out=found[some])
        # The ceiling after the sum instead of before it: there is far less to multiply.
        found *= -self.ceiling
        found += self.ceiling * own.sum(axis=0)
        return found

    @property
    def kind(self) -> np.dtype[np.floating[Any]]:
        """The precision that it is followed in."""
        return self.loads[0].dtype if self.loads else np.dtype(np.float64)

    def part(self, elements: NDArray[np.bool_]) -> Blocked:
        """The same for some of the elements only, given as a mask (E,)."""
        own = elements[self.reached]
        loads = tuple(load[:, own] for load in self.loads)
        return replace(self, reached=self.reached[own], loads=loads)

    def on(self, columns: NDArray[np.int64]) -> Blocked:
        """The same on some of the days only."""
        courses = tuple(course[:, columns] for course in self.courses)
        return replace(self, courses=courses, shape=(self.shape[0], len(columns)))

    def single(self) -> Blocked:
        """The same in single precision: twice as fast, and enough for counting patients."""

        def halved(ones: tuple[Array, ...]) -> tuple[Array, ...]:
            return tuple(one.astype(np.float32) for one in ones)

        return replace(self, loads=halved(self.loads), courses=halved(self.courses))

    def _powered(self, loads: Sequence[Array], some: slice, out: Array) -> Array:
        """Active density over that at half effect (P, T, K), to the power `hill`."""
        pairs = [
            (course[some, :, None], load[some, None])
            for course, load in zip(self.courses, loads, strict=True)
        ]
        hill = self.hill if np.ndim(self.hill) == 0 else np.asarray(self.hill)[some, None, None]
        if len(pairs) == 1:
            # The power of a product is the product of powers: far fewer powers to take.
            [(course, load)] = pairs
            return np.multiply(course**hill, load**hill, out=out)
        return np.power(sum(course * load for course, load in pairs), hill, out=out)


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
        sigma_mm=product.face_spread.value,
        reference_ml=facts.reference_ml.value,
        exponent=facts.volume_exponent.value,
    )
    spots = np.column_stack([grid.x_mm, grid.y_mm])
    # Droplets come by the hundred, all of one depth.
    by_depth = {depth: coupling(depth, grid) for depth in {dose.depth for dose in doses}}
    shares = np.array([by_depth[dose.depth] for dose in doses])

    def density(log_sigma: Array) -> Array:
        widths = np.exp(log_sigma)[:, None] * relative_widths
        return spread.density(amounts, places, widths, spots, shares)

    own = np.log(sigma_mm) + model_facts().people.spread_log_sd.value * people.spread
    return Reach(product=product.id, day=day, density=_smooth(density, own))


def reach_all(
    face: Face,
    sessions: Iterable[tuple[Sequence[Dose], float]],
    people: People,
    *,
    sigma_mm: Number,
) -> tuple[Reach, ...]:
    """The doses of several sessions where they arrived, each with its day."""
    return tuple(reach(face, doses, day, people, sigma_mm=sigma_mm) for doses, day in sessions)


def _smooth(density: Callable[[Array], Array], log_sigma: Array) -> Array:
    """A density (P, E) that is a smooth function of how wide toxin spreads in a patient (P,).

    It is taken at a few widths and carried to the patients' by the polynomial through them
    (Chebyshev's nodes; the error is below 1e-6 of the most, far below for usual widths).
    """
    low, high = float(log_sigma.min()), float(log_sigma.max())
    if len(log_sigma) <= SPREADS or low == high:
        return density(log_sigma)
    middle, half = (low + high) / 2, (high - low) / 2
    nodes = np.cos(np.pi * (np.arange(SPREADS) + 0.5) / SPREADS)
    shares = 2 / SPREADS * chebvander(nodes, SPREADS - 1).T @ density(middle + half * nodes)
    shares[0] /= 2
    return np.maximum(chebvander((log_sigma - middle) / half, SPREADS - 1) @ shares, 0.0)


def coupling(depth: str, grid: Elements) -> Array:
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
    # All elements of a muscle on a side answer alike: one stands for them.
    one, alike = _alike(face)
    sides = np.sign(grid.x_mm[one])
    common = parameters.sensitivity_log_sd * people.sensitivity
    log = common[:, None] + facts.side_log_sd.value / np.sqrt(2) * people.side[:, None] * sides
    passage = np.where(sides > 0, people.levator_left[:, None], people.levator_right[:, None])
    # Hardly different in most, wide open in a few: the tail of the normal deviate is drawn out.
    tail = facts.levator_tail.value
    drawn_out = np.sinh(np.clip(tail * passage, -WIDEST, WIDEST)) / tail
    leak = facts.levator_log_sd.value * drawn_out
    barrier = column(np.log(parameters.levator_passage)) + leak
    answers = [parameters.muscle_sensitivity(muscle) / bulk for muscle, _ in grid.names]
    own = np.log(np.stack(np.broadcast_arrays(*answers), axis=-1))
    # What stands before the levator is the septum, not the bulk of a treated muscle.
    answer = np.exp(log + np.where(grid.orbit[one], barrier, own[..., grid.muscle[one]]))
    return np.asarray(answer[:, alike])


@lru_cache(maxsize=64)
def _alike(face: Face) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """An element of each muscle and side of the midline, and which of them each element is like."""
    grid = elements(face)
    _, one, alike = np.unique(
        np.stack([grid.muscle, np.sign(grid.x_mm)]), axis=1, return_index=True, return_inverse=True
    )
    return one, alike


def activity(
    days: Array,
    people: People,
    parameters: Parameters,
    product: str,
    *,
    injected: Sequence[float] = (0.0,),
) -> Array:
    """What is active (P, T) of a product, for each drawn patient, days and `injected` ascending.

    As a share of the dose that was injected, the same on each of the days `injected`.
    """
    onset = np.exp(-model_facts().people.onset_log_sd.value * people.onset)
    decay = np.exp(-parameters.duration_log_sd * people.duration)
    rates = np.tile([*chain_rates_per_day(), 1.0, 1.0], (len(people), 1))
    rates[:, 0] *= parameters.onset_speed * onset
    rates[:, -2] *= parameters.cleavage_per_day
    rates[:, -1] *= parameters.action(product).decay_per_day * decay
    return kinetics.active_fraction(days, rates, injected)


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
    given: list[tuple[str, Array, list[float]]] = []
    most = np.zeros(answer.shape[1])
    for arrived in reaches:
        load = answer * arrived.density / column(parameters.action(arrived.product).half_effect)
        most += np.sqrt(np.einsum("pe,pe->e", load, load) / len(load))
        same = [
            injected
            for product, known, injected in given
            if product == arrived.product and np.array_equal(known, load)
        ]
        if same:
            # The same doses again: what is active adds, and there is one load fewer to follow.
            same[0].append(arrived.day)
        else:
            given.append((arrived.product, load, [arrived.day]))
    loads = [load for _, load, _ in given]
    reached = np.flatnonzero(most > NEGLIGIBLE)
    return Blocked(
        reached=reached,
        loads=tuple(load[:, reached] for load in loads),
        courses=tuple(
            activity(days, people, parameters, product, injected=sorted(injected))
            for product, _, injected in given
        ),
        shape=(len(people), len(days)),
        hill=parameters.hill,
        ceiling=model_facts().response.ceiling_fraction.value,
    )
