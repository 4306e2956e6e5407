"""The moves of a search: steps that are added to a plan, taken from it, or carried elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from glabella.face.frame import Side
from glabella.plan.search.candidates import Candidate

Spot = tuple[Candidate, Side]
# Spots that move together.
Group = tuple[Spot, ...]
# Steps at each spot that has any.
Steps = Mapping[Spot, int]

# A needle more is worth so many of the smallest steps: fewer points, unless more save units.
NEEDLE_STEPS = 2.0
# and one at a place without a name costs this much more: what is known by name is found again.
UNNAMED_STEPS = 1.0
# One that a rule warns of must be worth far more.
WARNED_STEPS = 6.0
# Nobody puts a needle in for less than so many steps.
LEAST_STEPS = 2
# So many of the likeliest exchanges are tried in a round of polishing.
EXCHANGES = 12


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
        return sum(abs(change) for _, change in self.changes) + sum(map(needle_steps, new))


def needle_steps(spot: Spot) -> float:
    """What one point costs besides its units, in steps."""
    place, _ = spot
    unnamed = 0.0 if place.site else UNNAMED_STEPS
    return NEEDLE_STEPS + unnamed + (WARNED_STEPS if place.warned else 0.0)


def additions(groups: Sequence[Group], steps: Steps, stride: int) -> Iterator[Move]:
    """So many steps more at each place; an empty one gets what a needle is worth at least."""
    for group in groups:
        empty = any(spot not in steps for spot in group)
        more = max(stride, LEAST_STEPS) if empty else stride
        yield Move(tuple((spot, more) for spot in group))


def removals(groups: Sequence[Group], steps: Steps) -> Iterator[Move]:
    """One step less at each place, and the place emptied."""
    for group, least in filled(groups, steps):
        for taken in {1, least} if least > LEAST_STEPS else {least}:
            yield Move(tuple((spot, -taken) for spot in group))


def filled(groups: Sequence[Group], steps: Steps) -> Iterator[tuple[Group, int]]:
    """The groups that have points, with what each of their spots has at least."""
    for group in groups:
        if least := min(steps.get(spot, 0) for spot in group):
            yield group, least


def exchanges(moves: Sequence[tuple[Move, float]]) -> list[Move]:
    """The pairs of a removal and an addition that promise most by the merit each has alone."""
    taken = [(move, merit) for move, merit in moves if move.changes[0][1] < 0]
    added = [(move, merit) for move, merit in moves if move.changes[0][1] > 0]
    pairs = [
        (away_merit + more_merit, Move((*away.changes, *more.changes)))
        for away, away_merit in taken
        for more, more_merit in added
        if away.changes[0][0] != more.changes[0][0]
    ]
    return [move for _, move in sorted(pairs, key=lambda pair: pair[0])[:EXCHANGES]]
