"""The search for the fewest units: whole steps at places, one move at a time, the best one first.

A plan is a count of the product's smallest steps at each spot. From nothing, and from the label's
own points, the search adds the step that gains most for its units until the goal is reached or
nothing helps; then it takes away and moves steps as long as that is better. All moves of a round
are scored together. Rounding is never needed, and a plan is as sparse as it comes out: each needle
costs a little too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from glabella.face.frame import Side
from glabella.plan.aims import Aims
from glabella.plan.candidates import Candidate
from glabella.plan.influence import Influence, Single
from glabella.plan.score import Judge

Array = NDArray[np.float64]
Spot = tuple[Candidate, Side]
# Steps at each spot that has any.
Steps = Mapping[Spot, int]

# The search of one area sets out with each of these strides, so that it gets past what a single
# greedy path runs into.
STRIDES = (2, 4, 7)
# A needle more is worth so many of the smallest steps: fewer points, unless more save units.
NEEDLE_STEPS = 2.0
# and one at a place without a name costs this much more: what is known by name is found again.
UNNAMED_STEPS = 1.0
# One that a rule warns of must be worth far more.
WARNED_STEPS = 6.0
# Nobody puts a needle in for less than so many steps.
LEAST_STEPS = 2
# When a place is emptied, its area is grown anew by at most so many moves.
REGROWN = 6
# Where a goal is out of reach, units cost so many times more: the whole of what an area may get
# must be worth a tenth of the patients.
THRIFT = 10.0
# What is missing of a goal or breaks a limit counts from here on.
NOTHING = 1e-6
# A gain below this is none.
GAIN = 1e-7
# So many of the likeliest exchanges are tried in a round of polishing.
EXCHANGES = 12
MOST_ROUNDS = 60
# Sums of steps miss a limit by no more than this.
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Move:
    """Steps added to some spots, or taken away where negative."""

    changes: tuple[tuple[Spot, int], ...]

    def on(self, steps: Steps) -> dict[Spot, int]:
        """The plan after this move."""
        after = dict(steps)
        for spot, change in self.changes:
            after[spot] = after.get(spot, 0) + change
        return {spot: count for spot, count in after.items() if count}

    def size(self, steps: Steps) -> float:
        """How large the move is, in steps; a new needle makes it larger."""
        new = [spot for spot, change in self.changes if change > 0 and spot not in steps]
        return sum(abs(change) for _, change in self.changes) + sum(map(_needle, new))


@dataclass(frozen=True, slots=True)
class Found:
    """A plan that a search came to, and its merit: less is better.

    It is `satisfied` when nothing of the goal is missing and no limit is broken.
    """

    steps: Steps
    merit: float
    looked_at: int
    satisfied: bool


@dataclass(slots=True, eq=False)
class Search:
    """A search among places for one goal. `base` (P, E) is what held points load already.

    `groups` are the spots that move together, both sides of a place. Where the sides may differ,
    each spot `alone` is moved too, once the search has come to rest.
    """

    judge: Judge
    groups: tuple[tuple[Spot, ...], ...]
    base: Single
    held_units: Mapping[str, float]
    alone: tuple[tuple[Spot, ...], ...] = ()
    looked_at: int = 0
    thrift: float = 1.0
    _merits: dict[frozenset[tuple[Spot, int]], float] = field(default_factory=dict)

    @property
    def aims(self) -> Aims:
        return self.judge.aims

    @property
    def influence(self) -> Influence:
        return self.judge.influence

    def run(self, start: Steps, *, near: bool = False, at_once: bool = False) -> Found:
        """The best plan that moves lead to from a start; `near` one that is good already.

        Areas are searched one by one before they are searched together, or `at_once`.
        """
        steps = dict(start)
        one_by_one = len(self.aims.areas) > 1 and not near and not at_once
        if one_by_one:
            # Each area for itself first: a far smaller search, and no area is treated from another.
            for part in self._by_area():
                found = part.run(
                    {s: n for s, n in steps.items() if s[0].area == part.aims.areas[0].area}
                )
                others = {s: n for s, n in steps.items() if s[0].area != part.aims.areas[0].area}
                steps = {**others, **found.steps}
                self.looked_at += found.looked_at
        merit = self._merit([steps])[0]
        if near:
            steps, merit = self._polish(steps, merit, near=True)
        else:
            strides = STRIDES if len(self.aims.areas) == 1 else STRIDES[:1]
            grown = [self._grow(steps, merit, stride) for stride in strides]
            polished = [self._polish(*one, near=one_by_one) for one in grown]
            steps, merit = min(polished, key=itemgetter(1))
        if self.alone:
            freely = replace(self, groups=(*self.groups, *self.alone), alone=())
            steps, merit = freely._polish(steps, merit, near=True)
        return Found(steps, float(merit), self.looked_at, self.satisfied_by(steps))

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

    def _by_area(self) -> Iterator[Search]:
        """The same search for each area alone."""
        for aim in self.aims.areas:
            own = tuple(group for group in self.groups if group[0][0].area == aim.area)
            yield replace(self.asking(replace(self.aims, areas=(aim,))), groups=own, alone=())

    def merit_of(self, steps: Steps) -> float:
        """How far one plan is from the goal."""
        return float(self._merit([steps])[0])

    def allowed(self, steps: Steps) -> bool:
        """Whether a plan keeps within what areas and the session may get."""
        given = self.units_by_area(steps)
        if sum(given.values()) > self.aims.most_units + SLACK:
            return False
        step = self.aims.step_units
        return all(
            given.get(aim.area, 0) <= aim.most_units + SLACK
            and all(
                count * step <= aim.most_at_point + SLACK
                for (place, _), count in steps.items()
                if place.area == aim.area
            )
            for aim in self.aims.areas
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

    def _changed(self, known: Single, before: Steps, after: Steps) -> Single:
        """The load of a plan, from the known one of a plan that is like it."""
        total, step = known.copy(), self.aims.step_units
        for spot in before.keys() | after.keys():
            was, now = before.get(spot, 0), after.get(spot, 0)
            if now != was:
                total += self.influence.load(*spot, now * step) if now else 0
                total -= self.influence.load(*spot, was * step) if was else 0
        return total

    def _grow(
        self, steps: dict[Spot, int], merit: float, stride: int
    ) -> tuple[dict[Spot, int], float]:
        while stride:
            better = self._best(steps, merit, self._additions(steps, stride))
            if better is None:
                stride //= 2
            else:
                steps, merit = better
        return steps, merit

    def _polish(
        self, steps: dict[Spot, int], merit: float, *, near: bool
    ) -> tuple[dict[Spot, int], float]:
        for _ in range(MOST_ROUNDS):
            single = [*self._removals(steps), *self._additions(steps, 1)]
            better = self._best(steps, merit, single) or self._best(
                steps, merit, self._exchanges(steps, single)
            )
            if better is None and not near:
                better = self._rebuilt(steps, merit)
            if better is None:
                break
            steps, merit = better
        return steps, merit

    def _best(
        self, steps: dict[Spot, int], merit: float, moves: Iterable[Move]
    ) -> tuple[dict[Spot, int], float] | None:
        """The plan after the move that gains most for each unit; None if none gains."""
        tried = [(move, move.on(steps)) for move in moves]
        tried = [(move, after) for move, after in tried if self.allowed(after)]
        if not tried:
            return None
        merits = self._merit([after for _, after in tried], steps)
        sizes = [move.size(steps) for move, _ in tried]
        gains = (merit - merits) / np.array(sizes)
        best = int(np.argmax(gains))
        return (tried[best][1], float(merits[best])) if gains[best] > GAIN else None

    def _additions(self, steps: Steps, stride: int) -> Iterator[Move]:
        for group in self.groups:
            empty = any(spot not in steps for spot in group)
            more = max(stride, LEAST_STEPS) if empty else stride
            yield Move(tuple((spot, more) for spot in group))

    def _removals(self, steps: Steps) -> Iterator[Move]:
        for group, least in self._filled(steps):
            for taken in {1, least} if least > LEAST_STEPS else {least}:
                yield Move(tuple((spot, -taken) for spot in group))

    def _filled(self, steps: Steps) -> Iterator[tuple[tuple[Spot, ...], int]]:
        """The groups that have points, with what each of their spots has at least."""
        for group in self.groups:
            if least := min(steps.get(spot, 0) for spot in group):
                yield group, least

    def _exchanges(self, steps: Steps, moves: Sequence[Move]) -> list[Move]:
        """The pairs of a removal and an addition that promise most by what each does alone."""
        known = self._merit([move.on(steps) for move in moves], steps)
        taken = [(m, v) for m, v in zip(moves, known, strict=True) if m.changes[0][1] < 0]
        added = [(m, v) for m, v in zip(moves, known, strict=True) if m.changes[0][1] > 0]
        pairs = [
            (away_merit + more_merit, Move((*away.changes, *more.changes)))
            for away, away_merit in taken
            for more, more_merit in added
            if away.changes[0][0] != more.changes[0][0]
        ]
        return [move for _, move in sorted(pairs, key=lambda pair: pair[0])[:EXCHANGES]]

    def _rebuilt(
        self, steps: dict[Spot, int], merit: float
    ) -> tuple[dict[Spot, int], float] | None:
        """A better plan after one place is emptied and its area is grown anew around it."""
        for group, _ in sorted(self._filled(steps), key=lambda filled: filled[1]):
            near = tuple(o for o in self.groups if o[0][0].area == group[0][0].area and o != group)
            part = replace(self, groups=near)
            after = {spot: count for spot, count in steps.items() if spot not in group}
            found: tuple[dict[Spot, int], float] | None = (after, float(self._merit([after])[0]))
            for _ in range(REGROWN):
                if found is None:
                    break
                after, reached = found
                if reached < merit - GAIN:
                    return after, reached
                found = part._best(after, reached, part._additions(after, 1))
        return None

    def _merit(self, plans: Sequence[Steps], like: Steps | None = None) -> Array:
        """Merits (M,) of plans, all of them but a few steps from the one that they are `like`."""
        keys = [frozenset(plan.items()) for plan in plans]
        new = {key: plan for key, plan in zip(keys, plans, strict=True) if key not in self._merits}
        if new:
            start = like or {}
            known = self.load(start)
            loads = np.stack([self._changed(known, start, plan) for plan in new.values()])
            merits = self.judge.scores(loads).merit(self._cost(new.values()))
            self._merits |= dict(zip(new, merits.tolist(), strict=True))
            self.looked_at += len(new)
        return np.array([self._merits[key] for key in keys])

    def _cost(self, plans: Iterable[Steps]) -> Array:
        """What plans cost (M,): units as a share of what may be given, and needles."""
        most = sum(aim.most_units for aim in self.aims.areas) / self.aims.step_units
        few = self.aims.matters.few_units * self.thrift
        return np.array(
            [(few * sum(plan.values()) + sum(map(_needle, plan))) / most for plan in plans]
        )


def _needle(spot: Spot) -> float:
    """What one point costs besides its units, in steps."""
    place, _ = spot
    unnamed = 0.0 if place.site else UNNAMED_STEPS
    return NEEDLE_STEPS + unnamed + (WARNED_STEPS if place.warned else 0.0)
