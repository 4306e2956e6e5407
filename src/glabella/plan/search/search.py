"""The search for the fewest units: whole steps at places, one move at a time, the best one first.

A plan is a count of the product's smallest steps at each spot. From nothing, and from the label's
own points, the search adds the step that gains most for its units until the goal is reached or
nothing helps; then it takes away and moves steps as long as that is better. All moves of a round
are scored together. Rounding is never needed, and a plan is as sparse as it comes out: each needle
costs a little too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from glabella.plan.goals.aims import Aims, AreaAim
from glabella.plan.search.influence import Influence, Single
from glabella.plan.search.moves import (
    Group,
    Move,
    Spot,
    Steps,
    additions,
    exchanges,
    filled,
    needle_steps,
    removals,
)
from glabella.plan.search.score import Judge

Array = NDArray[np.float64]
Effort = Literal["whole", "rough", "near"]

# A search sets out with each of these strides, so that it gets past what one greedy path runs
# into; once areas have been searched one by one, or roughly, with one of them.
STRIDES, STRIDE = (2, 4, 7), 4
# When a place is emptied, its area is grown anew by at most so many moves.
REGROWN = 6
MOST_ROUNDS = 60
# Where a goal is out of reach, units cost so many times more: the whole of what an area may get
# must be worth a fifth of the patients.
THRIFT = 20.0
# What is missing of a goal or breaks a limit counts from here on, and a gain below it is none.
NOTHING, GAIN = 1e-6, 1e-7
# Sums of steps miss a limit by no more than this.
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Found:
    """A plan that a search came to, and its merit: less is better.

    It is `satisfied` when nothing of the goal is missing and no limit is broken.
    """

    steps: Steps
    merit: float
    looked_at: int
    satisfied: bool


@dataclass(frozen=True, slots=True)
class Path:
    """One way that a search goes: where it is, how good that is, and the stride it goes with."""

    steps: Steps
    merit: float
    stride: int = 1


@dataclass(slots=True, eq=False)
class Search:
    """A search among places for one goal. `base` (P, E) is what held points load already.

    `groups` are the spots that move together, both sides of a place. Where the sides may differ,
    each spot `alone` is moved too, once the search has come to rest.
    """

    judge: Judge
    groups: tuple[Group, ...]
    base: Single
    held_units: Mapping[str, float]
    alone: tuple[Group, ...] = ()
    looked_at: int = 0
    thrift: float = 1.0
    _merits: dict[frozenset[tuple[Spot, int]], float] = field(default_factory=dict)

    @property
    def aims(self) -> Aims:
        return self.judge.aims

    @property
    def influence(self) -> Influence:
        return self.judge.influence

    def run(self, start: Steps, how: Effort = "whole") -> Found:
        """The best plan that moves lead to from a start, with so much effort.

        `whole`: each area for itself first, then all together; `rough`: all together; `near`: only
        what is a move or two away, for a start that is good already.
        """
        areas = len(self.aims.areas)
        thorough = how == "whole" and areas == 1
        if how == "whole" and areas > 1:
            start = self._area_by_area(start)
        path = Path(start, self.merit_of(start))
        if how != "near" and not self.satisfied_by(start):
            path = self._grown(path, STRIDES if thorough else (STRIDE,))
        path = self._polished(path, self.groups, thorough=thorough)
        if self.alone:
            path = self._polished(path, (*self.groups, *self.alone), thorough=False)
        return Found(path.steps, path.merit, self.looked_at, self.satisfied_by(path.steps))

    def asking(self, aims: Aims) -> Search:
        """The same search for other aims."""
        return replace(self, judge=replace(self.judge, aims=aims), looked_at=0, _merits={})

    def thrifty(self) -> Search:
        """The same search for a goal that is out of reach: what gains hardly anything is left."""
        return replace(self, thrift=THRIFT, looked_at=0, _merits={})

    def satisfied_by(self, steps: Steps) -> bool:
        """Whether a plan reaches the goal within every limit."""
        scores = self.judge.scores(self.load(steps)[None])
        return bool(scores.missing[0] + scores.broken[0] < NOTHING)

    def merit_of(self, steps: Steps) -> float:
        """How far one plan is from the goal."""
        return float(self._merits_of([(steps, [steps])])[0][0])

    def allowed(self, steps: Steps) -> bool:
        """Whether a plan keeps within what areas, points and the session may get."""
        given, step = self.units_by_area(steps), self.aims.step_units
        if sum(given.values()) > self.aims.most_units + SLACK:
            return False
        caps = {aim.area: aim for aim in self.aims.areas}
        return all(
            area not in caps or units <= caps[area].most_units + SLACK
            for area, units in given.items()
        ) and all(
            place.area not in caps or count * step <= caps[place.area].most_at_point + SLACK
            for (place, _), count in steps.items()
        )

    def units_by_area(self, steps: Steps) -> dict[str, float]:
        """Units of each area, held points included."""
        given = dict(self.held_units)
        for (place, _), count in steps.items():
            given[place.area] = given.get(place.area, 0.0) + count * self.aims.step_units
        return given

    def load(self, steps: Steps) -> Single:
        """The load (P, E) of a plan."""
        return self._changed(self.base, {}, steps)

    def loaded(self, units: Mapping[Spot, float]) -> Single:
        """The load (P, E) of units at points, held ones among them."""
        total = np.zeros(self.influence.shape, np.float32)
        for (place, side), amount in units.items():
            total += self.influence.load(place, side, amount)
        return total

    def _area_by_area(self, steps: Steps) -> Steps:
        """A plan whose areas were each searched alone: far smaller, and none treats another."""
        for aim in self.aims.areas:
            part = self._part(aim)
            own = {spot: count for spot, count in steps.items() if spot[0].area == aim.area}
            others = {spot: count for spot, count in steps.items() if spot[0].area != aim.area}
            found = part.run(own)
            self.looked_at += found.looked_at
            steps = {**others, **found.steps}
        # What each may have alone can be too much for all: then they have to share from the start.
        return steps if self.allowed(steps) else {}

    def _part(self, aim: AreaAim) -> Search:
        """The same search for one area; elements that its points do not reach are left out."""
        groups = tuple(group for group in self.groups if group[0][0].area == aim.area)
        alone = self.asking(replace(self.aims, areas=(aim,)))
        if self.held_units:
            return replace(alone, groups=groups, alone=())
        influence = self.influence.near([group[0][0] for group in groups])
        return replace(
            alone,
            judge=replace(alone.judge, influence=influence),
            groups=groups,
            base=np.zeros(influence.shape, np.float32),
            alone=(),
        )

    def _grown(self, start: Path, strides: Sequence[int]) -> Path:
        """The best of the paths that set out with each stride; one that rests halves its own."""
        paths = [replace(start, stride=stride) for stride in strides]
        rested = []
        while paths:
            moves = [list(additions(self.groups, path.steps, path.stride)) for path in paths]
            after = []
            for path, better in zip(paths, self._best(paths, moves), strict=True):
                if better is not None:
                    after.append(better)
                elif path.stride > 1:
                    after.append(replace(path, stride=path.stride // 2))
                else:
                    rested.append(path)
            paths = after
        return min(rested, key=attrgetter("merit"))

    def _polished(self, path: Path, groups: Sequence[Group], *, thorough: bool) -> Path:
        for _ in range(MOST_ROUNDS):
            single = [*removals(groups, path.steps), *additions(groups, path.steps, 1)]
            [better] = self._best([path], [single])
            if better is None:
                [better] = self._best([path], [self._exchanges(path, single)])
            if better is None and thorough:
                better = self._rebuilt(path)
            if better is None:
                break
            path = better
        return path

    def _exchanges(self, path: Path, moves: Sequence[Move]) -> list[Move]:
        [merits] = self._merits_of([(path.steps, [move.on(path.steps) for move in moves])])
        return exchanges(list(zip(moves, merits.tolist(), strict=True)))

    def _rebuilt(self, path: Path) -> Path | None:
        """A better plan after one place is emptied and the others are grown around it."""
        emptied = [group for group, _ in filled(self.groups, path.steps)]
        steps = [{s: n for s, n in path.steps.items() if s not in group} for group in emptied]
        merits = self._merits_of([(path.steps, steps)])[0]
        paths = [Path(one, float(merit)) for one, merit in zip(steps, merits, strict=True)]
        for _ in range(REGROWN):
            best = min(paths, key=attrgetter("merit"), default=path)
            if best.merit < path.merit - GAIN:
                return best
            moves = [
                list(additions([o for o in self.groups if o != group], one.steps, 1))
                for one, group in zip(paths, emptied, strict=True)
            ]
            grown = self._best(paths, moves)
            pairs = [(one, g) for one, g in zip(grown, emptied, strict=True) if one is not None]
            paths, emptied = [one for one, _ in pairs], [group for _, group in pairs]
        return None

    def _best(self, paths: Sequence[Path], moves: Sequence[Sequence[Move]]) -> list[Path | None]:
        """Where each path comes to by the move that gains most for its size; None if none gains.

        All moves of all paths are scored together.
        """
        tried = [
            [(move, after) for move in own if self.allowed(after := move.on(path.steps))]
            for path, own in zip(paths, moves, strict=True)
        ]
        merits = self._merits_of(
            [
                (path.steps, [after for _, after in own])
                for path, own in zip(paths, tried, strict=True)
            ]
        )
        found: list[Path | None] = []
        for path, own, reached in zip(paths, tried, merits, strict=True):
            sizes = np.array([move.size(path.steps) for move, _ in own])
            gains = (path.merit - reached) / sizes
            if len(own) and gains.max() > GAIN:
                best = int(np.argmax(gains))
                found.append(Path(own[best][1], float(reached[best]), path.stride))
            else:
                found.append(None)
        return found

    def _merits_of(self, families: Sequence[tuple[Steps, Sequence[Steps]]]) -> list[Array]:
        """Merits of plans; each family is like the one plan that it is given with."""
        new: dict[frozenset[tuple[Spot, int]], tuple[int, Steps]] = {}
        keys = [[frozenset(plan.items()) for plan in plans] for _, plans in families]
        for number, (own, (_, plans)) in enumerate(zip(keys, families, strict=True)):
            for key, plan in zip(own, plans, strict=True):
                if key not in self._merits and key not in new:
                    new[key] = (number, plan)
        if new:
            known = {number: self.load(families[number][0]) for number, _ in new.values()}
            loads = np.stack(
                [self._changed(known[n], families[n][0], plan) for n, plan in new.values()]
            )
            cost = self._cost(plan for _, plan in new.values())
            merits = self.judge.scores(loads).merit(cost)
            self._merits |= dict(zip(new, merits.tolist(), strict=True))
            self.looked_at += len(new)
        return [np.array([self._merits[key] for key in own]) for own in keys]

    def _changed(self, known: Single, before: Steps, after: Steps) -> Single:
        """The load of a plan, from the known one of a plan that is like it."""
        total, step = known.copy(), self.aims.step_units
        for spot in before.keys() | after.keys():
            was, now = before.get(spot, 0), after.get(spot, 0)
            if now != was:
                total += self.influence.load(*spot, now * step) if now else 0
                total -= self.influence.load(*spot, was * step) if was else 0
        return total

    def _cost(self, plans: Iterable[Steps]) -> Array:
        """What plans cost (M,): units as a share of what may be given, and needles."""
        most = sum(aim.most_units for aim in self.aims.areas) / self.aims.step_units
        few = self.aims.matters.few_units * self.thrift
        return np.array(
            [(few * sum(plan.values()) + sum(map(needle_steps, plan))) / most for plan in plans]
        )
