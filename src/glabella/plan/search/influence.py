"""What a point with so many units does to each element of each drawn patient, for many plans.

The forecast asks what one plan does on every day; a search asks what a thousand plans do on two or
three. `Influence` keeps what those plans share: who is treated and how his hand errs, how much of
a dose arrives where and how strongly it acts there on the days that count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.effect import spread
from glabella.face.frame import BothSides, Face, Side
from glabella.face.muscles import Elements, MuscleSide, elements
from glabella.facts.anatomy import Depth
from glabella.plan.course import activity, coupling, reach_all, sensitivity
from glabella.plan.movement import Movement, Strength, movement_of, readout, resting_tone
from glabella.plan.parameters import Parameters, column, model_facts
from glabella.plan.people import People
from glabella.plan.place import Dose
from glabella.plan.plan import Patient
from glabella.plan.search.candidates import Candidate

Array = NDArray[np.float64]
Single = NDArray[np.float32]

# Toxin of a point is followed to elements within this distance; beyond lies less than 1 part in
# 10,000 of it per element.
FOLLOWED_MM = 32.0
# Unwanted results are looked for on the day in this span on which most toxin is active.
WORST_FROM, WORST_TO, WORST_STEP = 7, 45, 2
# A load this small stands for none, so that its logarithm can be taken.
NO_LOAD = 1e-9
HAND_SEED = 7
DEPTHS: tuple[Depth, ...] = ("dermis", "muscle", "bone")


@dataclass(frozen=True, slots=True)
class Hand:
    """How each drawn patient's injector errs: off in mm by side (P, 2, 2), and dilution (P,).

    `depth_slip` is the share of a dose that lies in the layer beside the one that was meant.
    """

    off_mm: Array
    dilution: Array
    depth_slip: float

    @classmethod
    def sure(cls, count: int) -> Hand:
        """Hands that never err."""
        return cls(np.zeros((count, 2, 2)), np.ones(count), 0.0)


def erring_hand(count: int) -> Hand:
    """One hand for each of `count` patients; the first patient's points are all where planned."""
    known, random = facts.load().goals.hand, np.random.default_rng(HAND_SEED)
    off = known.point_off_mm.value * random.standard_normal((count, 2, 2))
    slip = known.dilution_log_sd.value * random.standard_normal(count)
    off[0], slip[0] = 0.0, 0.0
    return Hand(off, np.exp(slip), known.depth_slip_share.value)


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """All that plans for one patient, product and set of days share.

    `days` are the T days of `course` (P, T); the last is each patient's worst. `own` are the
    elements (E,) that points can reach; `answer` (P, E) turns units per mm2 there into a load, the
    share of what takes half the effect, and `earlier` (P, T, E) is the load of what was given
    before, on the same days. `reads` (E, K) reads muscles, lifts and tails from elements.
    """

    face: Face
    patient: Patient
    product: str
    per_ml: float
    people: People
    parameters: Parameters
    hand: Hand
    days: tuple[int, ...]
    own: NDArray[np.int64]
    answer: Single
    course: Single
    earlier: Single | None
    reads: Single
    names: tuple[MuscleSide, ...]
    weight: Single
    widths: Array
    _loads: dict[tuple[Candidate, Side, float], Single] = field(default_factory=dict)
    _parts: dict[tuple[Candidate, ...], Influence] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """How many patients and elements."""
        return len(self.people), len(self.own)

    def surely(self) -> Influence:
        """The same under hands that do not err."""
        sure = Hand.sure(len(self.people))
        answer = self.answer / self.hand.dilution.astype(np.float32)[:, None]
        return replace(self, hand=sure, answer=answer, _loads={}, _parts={})

    def near(self, places: Sequence[Candidate]) -> Influence:
        """The same for plans with points at some of the places only: fewer elements to follow."""
        if self.earlier is not None:
            return self
        key = tuple(places)
        if key not in self._parts:
            kept = np.flatnonzero(np.isin(self.own, _followed(elements(self.face), key, ())))
            weight, reads, names = _reading(self.face, self.own[kept])
            self._parts[key] = replace(
                self,
                own=self.own[kept],
                answer=np.ascontiguousarray(self.answer[:, kept]),
                reads=reads,
                names=names,
                weight=weight,
                _loads={},
                _parts={},
            )
        return self._parts[key]

    def load(self, place: Candidate, side: Side, units: float) -> Single:
        """The load (P, E) of a point with so many units, as erring hands deliver it."""
        key = (place, side, units)
        if key not in self._loads:
            self._loads[key] = self._spread(place, side, units)
        return self._loads[key]

    def _spread(self, place: Candidate, side: Side, units: float) -> Single:
        grid = elements(self.face)
        off = self.hand.off_mm[:, 0 if side is Side.LEFT else 1]
        apart = (
            (side.sign * place.x_mm + off[:, :1] - grid.x_mm[self.own]) ** 2
            + (place.y_mm + off[:, 1:] - grid.y_mm[self.own]) ** 2
        ).astype(np.float32)
        found = spread.kernel(apart, self.width_mm(units).astype(np.float32)[:, None])
        found *= self.answer
        found *= (units * self._arrives(place.depth)).astype(np.float32)
        return np.asarray(found)

    def width_mm(self, units: float) -> Array:
        """How widely (P,) so many units spread, in the volume that they come in."""
        known = model_facts().spread
        wider = (units / self.per_ml / known.reference_ml.value) ** known.volume_exponent.value
        return np.asarray(self.widths * wider)

    def _arrives(self, depth: Depth) -> Array:
        """The share (E,) of a dose that arrives where it was meant, or one layer beside it."""
        grid, slips = elements(self.face), self.hand.depth_slip
        at = DEPTHS.index(depth)
        beside = [DEPTHS[i] for i in (at - 1, at + 1) if 0 <= i < len(DEPTHS)]
        missed = np.mean([coupling(one, grid) for one in beside], axis=0)
        return np.asarray(((1 - slips) * coupling(depth, grid) + slips * missed)[self.own])

    def moved(self, loads: Single) -> Movement:
        """What moves under each of M plans' loads (M, P, E): a movement of M x P patients."""
        plans, people, _ = loads.shape
        left = self._left(loads).reshape(plans * people, len(self.days) + 1, -1)
        muscles = len(self.names)
        lift_end = left.shape[-1] - len(BothSides)
        worst = 1 - left[..., :muscles].mean(axis=0).min(axis=0)
        strength = Strength(
            names=elements(self.face).names,
            reached={name: left[..., i] for i, name in enumerate(self.names)},
            taken={name: float(worst[i]) for i, name in enumerate(self.names)},
            shape=left.shape[:2],
        )
        return movement_of(
            self.face,
            strength,
            lift=left[..., muscles:lift_end],
            tail=left[..., lift_end:],
            tone=np.tile(resting_tone(self.people), (plans, 1)),
            shown=(),
        )

    def _left(self, loads: Single) -> Array:
        """Strength, lift and pull left (M, P, T, K)."""
        ceiling = model_facts().response.ceiling_fraction.value
        hill = np.broadcast_to(self.parameters.hill, len(self.people)).astype(np.float32)
        if self.earlier is None:
            # The power of a product is the product of powers: far fewer powers to take.
            powered = np.log(np.maximum(loads, NO_LOAD))
            powered *= hill[:, None]
            np.exp(powered, out=powered)
            active = powered[:, :, None] * (self.course ** hill[:, None])[:, :, None]
        else:
            active = loads[:, :, None] * self.course[:, :, None] + self.earlier
            np.log(np.maximum(active, NO_LOAD), out=active)
            active *= hill[:, None, None]
            np.exp(active, out=active)
        active += 1
        np.divide(ceiling, active, out=active)
        spared = (active.reshape(-1, active.shape[-1]) @ self.reads).reshape(*active.shape[:-1], -1)
        return np.asarray(1 - ceiling * self.weight + spared, dtype=np.float64)


def influence(
    patient: Patient,
    face: Face,
    *,
    product: str,
    per_ml: float,
    places: Sequence[Candidate],
    days: Sequence[int],
    people: People,
    parameters: Parameters,
    earlier: Sequence[tuple[Sequence[Dose], float]] = (),
    hand: Hand | None = None,
) -> Influence:
    """What plans with points at `places` share, judged on `days` after they are given.

    `per_ml` are units of the product in a millilitre; `earlier` are sessions with their day, 0 or
    before; hands err unless a `hand` is given. The patients' worst day is added as the last one.
    """
    grid = elements(face)
    hand = hand or erring_hand(len(people))
    bulk = parameters.bulk_of(patient)
    sensitive = sensitivity(face, people, parameters, bulk)
    follow = np.array([*days, *range(WORST_FROM, WORST_TO + 1, WORST_STEP)], dtype=float)
    active = activity(follow, people, parameters, product)
    worst = len(days) + np.argmax(active[:, len(days) :], axis=1)
    reaches = reach_all(face, earlier, people, sigma_mm=parameters.sigma_mm)
    own = _followed(grid, places, reaches)
    columns, reads, names = _reading(face, own)
    residual = np.zeros((len(people), len(days) + 1, len(own)))
    for one in reaches:
        load = sensitive[:, own] * one.density[:, own]
        load /= column(parameters.action(one.product).half_effect)
        still = activity(follow, people, parameters, one.product, injected=(one.day,))
        residual += _picked(still, worst, len(days))[:, :, None] * load[:, None]
    half = column(parameters.action(product).half_effect)
    spread_facts = facts.product(product).face_spread.value
    log_sd = model_facts().people.spread_log_sd.value
    return Influence(
        face=face,
        patient=patient,
        product=product,
        per_ml=per_ml,
        people=people,
        parameters=parameters,
        hand=hand,
        days=tuple(days),
        own=own,
        answer=(hand.dilution[:, None] * sensitive[:, own] / half).astype(np.float32),
        course=_picked(active, worst, len(days)).astype(np.float32),
        earlier=residual.astype(np.float32) if reaches else None,
        reads=reads,
        names=names,
        weight=columns,
        widths=spread_facts * parameters.sigma_mm * np.exp(log_sd * people.spread),
    )


def _picked(course: Array, worst: NDArray[np.int64], days: int) -> Array:
    """The columns (P, T) of the days that count: those asked for, and each patient's worst."""
    return np.column_stack([course[:, :days], course[np.arange(len(course)), worst]])


def _followed(
    grid: Elements, places: Sequence[Candidate], earlier: Sequence[object]
) -> NDArray[np.int64]:
    """The elements that points at these places can reach; all of them where some were given."""
    if earlier:
        return np.arange(len(grid.x_mm))
    spots = np.array([(side.sign * one.x_mm, one.y_mm) for one in places for side in one.sides])
    apart = np.hypot(grid.x_mm[:, None] - spots[None, :, 0], grid.y_mm[:, None] - spots[None, :, 1])
    return np.flatnonzero(apart.min(axis=1) < FOLLOWED_MM)


def _reading(face: Face, own: NDArray[np.int64]) -> tuple[Single, Single, tuple[MuscleSide, ...]]:
    """The weight (K,) in all elements of each column, its reading (E, K), and the muscles read."""
    grid = elements(face)
    matrix, muscles, _ = readout(face)
    touched = [int(i) for i in np.unique(grid.muscle[own])]
    chosen = matrix[:, [*touched, *range(muscles, matrix.shape[1])]]
    reads = chosen[own].astype(np.float32)
    return reads.sum(axis=0), reads, tuple(grid.names[i] for i in touched)
