"""Planning backwards as one would write it with SciPy: L-BFGS-B and a gradient by hand, in NumPy.

The same goal, candidates, 64 patients and erring hands as Glabella's search; units are continuous,
limits are smooth penalties, and points spread as widely as a usual point does, so that loads are
linear in units. What toxin does to the mouth is left out. Whole steps come afterwards, by rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, ndtr

from glabella.effect import expression
from glabella.face.frame import BothSides, Side
from glabella.plan.goals.aims import AreaAim
from glabella.plan.movement import Strength, drives_of, resting_tone
from glabella.plan.parameters import brow_mechanics, model_facts
from glabella.plan.search.score import DENSITY_AT_0, NEAR, Lines
from glabella.plan.search.search import Search, Spot
from glabella.plan.summary import landmark_nodes, limit_of

Array = NDArray[np.float64]

USUAL_UNITS = 2.0
PENALTY, LIMIT_PENALTY = 2000.0, 20000.0
NO_LOAD = 1e-9
ITERATIONS = 200
# Units that a plan of SciPy's begins with at every place; at nought its gradient says little.
BEGIN = 0.3


@dataclass(slots=True)
class Told:
    """The value of a penalty so far, and its slope at all that is left (P, T, K)."""

    value: float
    slope: Array


@dataclass(frozen=True, eq=False)
class Backwards:
    """A goal's objective for continuous units, one number for each group of spots."""

    search: Search

    @cached_property
    def kernels(self) -> Array:
        """Load of one unit at each group (G, P, E)."""
        reach = self.search.influence
        return np.stack(
            [
                sum(reach.load(place, side, USUAL_UNITS) / USUAL_UNITS for place, side in group)
                for group in self.search.groups
            ]
        ).astype(float)

    @cached_property
    def points(self) -> Array:
        """How many points each group (G,) has."""
        return np.array([len(group) for group in self.search.groups], dtype=float)

    @cached_property
    def in_area(self) -> Array:
        """Units of each area (A, G) for a unit in each group."""
        areas = np.array([group[0][0].area for group in self.search.groups])
        return np.array(
            [np.where(areas == aim.area, self.points, 0.0) for aim in self.search.aims.areas]
        )

    @cached_property
    def folds(self) -> dict[tuple[str, Side], Array]:
        """What each muscle (M,) has to say in the strength behind each area's lines."""
        names = self.search.influence.names
        reached = {name: 1 - np.eye(len(names))[:, [i]] for i, name in enumerate(names)}
        whole = Strength(names, reached, {}, (len(names), 1))
        return {key: 1 - drive[:, 0] for key, drive in drives_of(whole).items()}

    def value(self, units: Array) -> tuple[float, Array]:
        """The objective and its gradient (G,)."""
        reach = self.search.influence
        load = np.tensordot(units, self.kernels, 1) + self.search.base
        left, powered = self._left(load)
        told = Told(float(self.points @ units), np.zeros_like(left))
        for aim in self.search.aims.areas:
            self._lines(aim, left, told)
        self._brows(left, told)
        self._weakened(left, told)
        # Back from what is left to the load: the ceiling, the Hill curve, the course.
        ceiling = model_facts().response.ceiling_fraction.value
        hill = np.broadcast_to(reach.parameters.hill, len(reach.people))[:, None, None]
        by_active = (told.slope @ reach.reads.T) * -ceiling / (1 + powered) ** 2
        by_load = (by_active * hill * powered).sum(axis=1) / np.maximum(load, NO_LOAD)
        slope = self.points + np.tensordot(self.kernels, by_load, 2)
        value, caps = self._caps(units)
        return told.value + value, slope + caps

    def _left(self, load: Array) -> tuple[Array, Array]:
        """What is left (P, T, K), and active toxin to the power of Hill's exponent (P, T, E)."""
        reach = self.search.influence
        hill = np.broadcast_to(reach.parameters.hill, len(reach.people))[:, None, None]
        active = np.maximum(load, NO_LOAD)[:, None] * reach.course[:, :, None]
        powered = active**hill
        ceiling = model_facts().response.ceiling_fraction.value
        spared = ceiling / (1 + powered)
        return 1 - ceiling * reach.weight + spared @ reach.reads, powered

    def _lines(self, aim: AreaAim, left: Array, told: Told) -> None:
        reach, muscles = self.search.influence, len(self.search.influence.names)
        day, own = reach.days.index(aim.day), self.search.judge.lines[aim.area]
        for (area, _), fold in self.folds.items():
            if area != aim.area:
                continue
            drive = 1 - (1 - left[..., :muscles]) @ fold
            chance, by_drive = self._chance(aim, own, drive[:, day])
            short = max(aim.chance - chance, 0.0)
            told.value += PENALTY * aim.weight * short**2
            told.slope[:, day, :muscles] += np.outer(
                -2 * PENALTY * aim.weight * short * by_drive, fold
            )
            weak = max(aim.kept - drive[0, -1], 0.0)
            told.value += LIMIT_PENALTY * weak**2
            told.slope[0, -1, :muscles] += -2 * LIMIT_PENALTY * weak * fold

    def _chance(self, aim: AreaAim, own: Lines, drive: Array) -> tuple[float, Array]:
        """The chance of the grade that is asked, and its slope in the drive (P,)."""
        known = self.search.influence.parameters
        fade = np.exp(-aim.day / model_facts().lines.skin_memory_days.value)
        standing = known.rest_share * own.rest
        severity = standing * (drive + (1 - drive) * fade)
        severity = severity + (own.maximum - standing) * drive**known.line_exponent
        steep = (own.maximum - standing) * known.line_exponent * drive ** (known.line_exponent - 1)
        z = (aim.grade + 0.5 - severity) / own.reading_sd
        lapse = np.broadcast_to(known.rater_lapse, len(drive))
        chance = lapse + (1 - lapse) * ndtr(z)
        slope = -(1 - lapse) * DENSITY_AT_0 * np.exp(-(z**2) / 2) / own.reading_sd
        slope = slope * (standing * (1 - fade) + steep) / (len(drive) - 1)
        slope[0] = 0.0
        return float(chance[1:].mean()), slope

    def _brows(self, left: Array, told: Told) -> None:
        """The shape in the typical patient on the first day, and what is unwanted on the worst."""
        face, aims = self.search.influence.face, self.search.aims
        brows = {side: _Brow(self, side, left) for side in BothSides}
        back = {side: np.zeros_like(brow.rise) for side, brow in brows.items()}
        at = {side: landmark_nodes(face, side) for side in BothSides}
        if aims.brow == "lift-lateral":
            low = aims.brow_mm - np.mean([brows[s].rise[0, 0, at[s]["lateral"]] for s in BothSides])
            told.value += PENALTY * max(low, 0) ** 2
            for side in BothSides:
                back[side][0, 0, at[side]["lateral"]] += -PENALTY * max(low, 0)
        else:
            for side in BothSides:
                for place in ("medial", "peak", "lateral"):
                    rise = brows[side].rise[0, 0, at[side][place]]
                    off = max(abs(rise) - aims.brow_mm, 0.0)
                    told.value += PENALTY * off**2
                    back[side][0, 0, at[side][place]] += 2 * PENALTY * off * np.sign(rise)
        self._dropped(brows, at, told, back)
        self._peaked(brows, at, told, back)
        self._uneven(brows, told, back)
        for side, brow in brows.items():
            brow.backwards(back[side], told.slope)

    def _dropped(self, brows: _Brows, at: _At, told: Told, back: _Back) -> None:
        low = np.array([brows[s].rise[:, -1, at[s]["middle"]] for s in BothSides])
        side = low.argmin(axis=0)
        slope = self._unwanted("brow_ptosis", -low.min(axis=0), told)
        for i, one in enumerate(BothSides):
            back[one][:, -1, at[one]["middle"]] -= np.where(side == i, slope, 0)

    def _peaked(self, brows: _Brows, at: _At, told: Told, back: _Back) -> None:
        found, which = [], []
        for one in BothSides:
            rise = brows[one].rise[:, -1]
            outer = np.array([at[one]["peak"], at[one]["lateral"]])
            top = outer[rise[:, outer].argmax(axis=1)]
            lateral = np.take_along_axis(rise, top[:, None], 1)[:, 0]
            head = rise[:, at[one]["medial"]]
            found.append(np.where((lateral > 0) & (head < 0), lateral - head, 0.0))
            which.append(top)
        side = np.argmax(found, axis=0)
        slope = self._unwanted("spock_brow", np.max(found, axis=0), told)
        for i, one in enumerate(BothSides):
            own = np.where((side == i) & (found[i] > 0), slope, 0)
            back[one][np.arange(len(own)), -1, which[i]] += own
            back[one][:, -1, at[one]["medial"]] -= own

    def _uneven(self, brows: _Brows, told: Told, back: _Back) -> None:
        face = self.search.influence.face
        (_, left), (_, right) = (face.brow_nodes(side) for side in BothSides)
        before = np.asarray(left - right)
        after = before + brows[Side.LEFT].rise[:, -1] - brows[Side.RIGHT].rise[:, -1]
        more = np.abs(after) - np.abs(before)
        node, row = more.argmax(axis=1), np.arange(len(more))
        slope = self._unwanted("asymmetry", more.max(axis=1), told) * np.sign(after[row, node])
        back[Side.LEFT][row, -1, node] += slope
        back[Side.RIGHT][row, -1, node] -= slope

    def _weakened(self, left: Array, told: Told) -> None:
        """The lid that droops, and the eye that does not turn out."""
        names, drop = self.search.influence.names, model_facts().lid.full_drop_mm.value
        for muscle, event, most in (
            ("levator-palpebrae", "lid_ptosis", drop),
            ("lateral-rectus", "double_vision", 1.0),
        ):
            own = [i for i, (name, _) in enumerate(names) if name == muscle]
            if own:
                weakest = np.array(own)[left[:, -1, own].argmin(axis=1)]
                row = np.arange(len(left))
                slope = self._unwanted(event, most * (1 - left[row, -1, weakest]), told)
                told.slope[row, -1, weakest] -= most * slope

    def _unwanted(self, event: str, extreme: Array, told: Told) -> Array:
        """Adds the penalty of a risk; its slope in how far each patient (P,) goes towards it."""
        limit = limit_of(event).value  # type: ignore[arg-type]
        near = expit((extreme - limit) / (NEAR * limit))
        risk = near[1:].mean() - expit(-1 / NEAR)
        over = max(risk - self.search.aims.risks[event], 0.0)  # type: ignore[index]
        told.value += LIMIT_PENALTY * over**2
        slope = 2 * LIMIT_PENALTY * over * near * (1 - near) / (NEAR * limit) / (len(near) - 1)
        slope[0] = 0.0
        return np.asarray(slope)

    def _caps(self, units: Array) -> tuple[float, Array]:
        aims, held = self.search.aims, self.search.held_units
        own = np.array([held.get(aim.area, 0.0) for aim in aims.areas])
        over = self.in_area @ units + own - [aim.most_units for aim in aims.areas]
        over = np.maximum(over, 0)
        beyond = max(self.points @ units + sum(held.values()) - aims.most_units, 0.0)
        value = LIMIT_PENALTY * (over @ over + beyond**2)
        return value, 2 * LIMIT_PENALTY * (self.in_area.T @ over + beyond * self.points)

    def solve(self, start: Array | None = None) -> Array:
        """Continuous units at each group (G,)."""
        most = {aim.area: aim.most_at_point for aim in self.search.aims.areas}
        bounds = [(0.0, most[group[0][0].area]) for group in self.search.groups]
        begin = np.full(len(bounds), BEGIN) if start is None else start
        found = minimize(
            self.value,
            begin,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": ITERATIONS},
        )
        return np.asarray(found.x)

    def rounded(self, units: Array) -> dict[Spot, int]:
        """Whole steps: the nearest, then the step up or down that helps most, one at a time."""
        step, one_more = self.search.aims.step_units, np.eye(len(units))
        counts = np.round(units / step)
        value = self.value(counts * step)[0]
        while True:
            more = np.maximum(np.concatenate([counts + one_more, counts - one_more]), 0)
            tried = [self.value(one * step)[0] for one in more]
            best = int(np.argmin(tried))
            if tried[best] >= value:
                return self.steps(counts)
            counts, value = more[best], tried[best]

    def steps(self, counts: Array) -> dict[Spot, int]:
        pairs = zip(self.search.groups, counts, strict=True)
        return {spot: int(count) for group, count in pairs for spot in group if count}

    def asking(self, most_units: float, chance: float) -> Backwards:
        """The same with another limit of units, asking for another chance: a plan of a front."""
        aims = self.search.aims
        areas = tuple(replace(aim, chance=chance, kept=0.0) for aim in aims.areas)
        asked = replace(aims, areas=areas, most_units=most_units)
        judge = replace(self.search.judge, aims=asked)
        other = Backwards(replace(self.search, judge=judge, _merits={}))
        other.__dict__["kernels"] = self.kernels
        return other


class _Brow:
    """The rise (P, T, N) of one brow at rest, and the way back from its slope."""

    def __init__(self, goal: Backwards, side: Side, left: Array) -> None:
        reach, m = goal.search.influence, brow_mechanics()
        nodes, _ = reach.face.brow_nodes(side)
        count, muscles, index = len(nodes), len(reach.names), list(BothSides).index(side)
        self.lifts = slice(muscles + index * count, muscles + (index + 1) * count)
        self.tail = muscles + 2 * count + index
        self.frown = _frown(goal, side)
        self.muscles = muscles
        self.solve = expression.compliance(nodes, m.bending_length_mm).T
        head = np.exp(-(nodes - nodes[0]) / m.medial_reach_mm)
        outer = np.exp(-(nodes[-1] - nodes) / m.orbicularis_reach_mm)
        self.head, self.outer = head @ self.solve, outer @ self.solve
        self.m = m
        tone = np.clip(
            model_facts().brow.frontalis_tone_fraction.value * resting_tone(reach.people), 0, 0.8
        )
        self.full = m.frontalis_lift_mm * tone[..., None]
        self.lift = left[..., self.lifts]
        self.mean = self.lift.mean(axis=-1, keepdims=True)
        self.least = 1 / m.compensation_limit**2
        wanted = 1 + m.compensation_fraction * (1 - self.mean) / np.maximum(self.mean, self.least)
        self.free = (wanted > 1) & (wanted < m.compensation_limit)
        self.drive = np.clip(wanted, 1.0, m.compensation_limit)
        medial = 1 - (1 - left[..., :muscles]) @ self.frown
        tail = left[..., self.tail]
        self.rise = (
            (self.full * self.drive * self.lift - self.full) @ self.solve
            + m.medial_pull_mm * (1 - medial)[..., None] * self.head
            + m.orbicularis_pull_mm * (1 - tail)[..., None] * self.outer
        )

    def backwards(self, slope: Array, out: Array) -> None:
        """Adds the slope at what is left (P, T, K) for a slope at the rise (P, T, N)."""
        m, by_pull = self.m, slope @ self.solve.T
        by_drive = (by_pull * self.full * self.lift).sum(axis=-1, keepdims=True)
        steep = np.where(self.mean > self.least, -1 / self.mean**2, -1 / self.least)
        by_mean = np.where(self.free, by_drive * m.compensation_fraction * steep, 0.0)
        out[..., self.lifts] += by_pull * self.full * self.drive + by_mean / self.lift.shape[-1]
        out[..., : self.muscles] += (slope @ self.head)[..., None] * -m.medial_pull_mm * self.frown
        out[..., self.tail] += (slope @ self.outer) * -m.orbicularis_pull_mm


_Brows = Mapping[Side, _Brow]
_At = Mapping[Side, Mapping[str, int]]
_Back = dict[Side, Array]


def _frown(goal: Backwards, side: Side) -> Array:
    """What each muscle (M,) has to say in the pull at the head of one brow."""
    whole, names = goal.folds["glabella", Side.MIDLINE], goal.search.influence.names
    shares = [
        share if where is Side.MIDLINE else 2 * share if where is side else 0.0
        for share, (_, where) in zip(whole, names, strict=True)
    ]
    return np.array(shares)


def slopes_apart(goal: Backwards, units: Array, step: float = 1e-4) -> float:
    """How far the gradient by hand lies from finite differences, as a share of its largest."""
    slope = goal.value(units)[1]
    pairs: Iterator[float] = (
        (goal.value(units + step * one)[0] - goal.value(units - step * one)[0]) / (2 * step)
        for one in np.eye(len(units))
    )
    return float(np.abs(np.fromiter(pairs, float) - slope).max() / np.abs(slope).max())
