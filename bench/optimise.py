"""Milliseconds of planning backwards, beside SciPy's L-BFGS-B on the same goal.

Every first answer is for a patient who was not planned for before: nothing of the face is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path

import msgspec
import numpy as np

from bench.backwards import Array, Backwards, slopes_apart
from bench.measure import Figures, cpu_seconds, print_table
from glabella import facts
from glabella.plan.goals.aims import aims_of
from glabella.plan.goals.goal import Goal, read_goal, treatment_of
from glabella.plan.optimise import optimise
from glabella.plan.plan import Injection
from glabella.plan.search.front import AS_SMOOTH_AS_CAN_BE, PLANS, front
from glabella.plan.search.outcome import outcome
from glabella.plan.search.search import Spot
from glabella.plan.search.space import injections_of, space_of

EXAMPLES = Path(__file__).parents[1] / "examples"
ONE, THREE = "goal-first-visit", "goal-natural-three-areas"
HEAD = ("", "ms", "least to most", "aim", "L-BFGS-B, ms", "least to most", "ratio", "its rounding")
# A gradient that is further from finite differences than this is no fair peer.
NEAR = 1e-4
EDITS = 24
NEXT = count()


@dataclass(frozen=True, slots=True)
class Race:
    """One line of the table: what we do, and what the peer does and rounds, each on its own."""

    name: str
    aim_ms: float
    ours: Callable[[], object]
    peer: Callable[[], Callable[[], object]]
    rounds: int


def run(*, rounds: int) -> None:
    """Measure and print; contestants take turns, round by round."""
    _fair()
    races = (
        Race(
            "first answer, one area",
            50,
            lambda: optimise(_new(ONE)),
            lambda: _first(_new(ONE)),
            rounds,
        ),
        Race(
            "first answer, three areas",
            150,
            lambda: optimise(_new(THREE)),
            lambda: _first(_new(THREE)),
            rounds,
        ),
        _edit("after one edit, one area", ONE, rounds),
        _edit("after one edit, three areas", THREE, rounds),
        Race(
            f"front of {PLANS} plans, three areas",
            1000,
            lambda: front(_new(THREE)),
            _front,
            max(2, rounds // 4),
        ),
    )
    print_table(
        f"Planning backwards, CPU milliseconds of one thread, {rounds} rounds",
        HEAD,
        [_row(race) for race in races],
        note=[
            "Ours is in whole steps, calculated twice, compared with the label, and explained; the",
            "peer's units are continuous, and its rounding is timed apart.",
            *_plans(),
        ],
    )


def _goal(name: str) -> Goal:
    return read_goal((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def _new(name: str) -> Goal:
    """The goal of a patient who is a hair's breadth unlike all before."""
    goal = _goal(name)
    measures = msgspec.structs.replace(
        goal.patient.measures, interpupillary_mm=60 + next(NEXT) * 1e-3
    )
    return msgspec.structs.replace(
        goal, patient=msgspec.structs.replace(goal.patient, measures=measures)
    )


def _row(race: Race) -> list[str]:
    ours, peer, rounding = [], [], []
    left: list[Callable[[], object]] = []
    for _ in range(race.rounds):
        ours.append(1000 * cpu_seconds(race.ours))
        peer.append(1000 * cpu_seconds(lambda: left.append(race.peer())))
        rounding.append(1000 * cpu_seconds(left.pop()))
    found, other = Figures.of(ours), Figures.of(peer)
    word = "reached" if found.median <= race.aim_ms else "missed"
    ratio = Figures.of([theirs / own for theirs, own in zip(peer, ours, strict=True)])
    return [
        race.name,
        *found.show(".0f"),
        f"{race.aim_ms:g} {word}",
        *other.show(".0f"),
        f"{ratio.median:.1f}",
        f"{Figures.of(rounding).median:.0f}",
    ]


def _first(goal: Goal) -> Callable[[], object]:
    """The peer's first answer, with its rounding still to do."""
    peer = Backwards(space_of(goal, aims_of(goal)))
    units = peer.solve()
    return lambda: peer.rounded(units)


def _edit(name: str, example: str, rounds: int) -> Race:
    """One point of the last proposal is given other units and held; each edit is a new one."""
    goal = _goal(example)
    start = [point.injection for point in optimise(goal).points if not point.held]
    before = Backwards(space_of(goal, aims_of(goal)))
    units = before.solve()
    ours, theirs = (_edited(goal, start, shift) for shift in (0.0, 0.25))

    def peer() -> Callable[[], object]:
        edited = next(theirs)
        again = Backwards(space_of(edited, aims_of(edited)))
        found = again.solve(_same(before, units, again))
        return lambda: again.rounded(found)

    return Race(name, 15, lambda: optimise(next(ours), start=start), peer, rounds)


def _edited(goal: Goal, start: list[Injection], shift: float) -> Iterator[Goal]:
    """Goals in which one point of the start is held, each with units of its own."""
    for number, point in zip(count(), cycle(start)):
        units = point.units * (0.6 + 0.8 * (number % EDITS + shift) / EDITS)
        changed = msgspec.structs.replace(point, units=units)
        yield msgspec.structs.replace(goal, held=(*goal.held, changed))


def _same(before: Backwards, units: Array, after: Backwards) -> Array:
    """Units of one space at the groups of another."""
    known: dict[Spot, float] = {
        spot: amount
        for group, amount in zip(before.search.groups, units, strict=True)
        for spot in group
    }
    return np.array([known.get(group[0], 0.0) for group in after.search.groups])


def _front() -> Callable[[], object]:
    """The peer's front: as smooth as can be for each total, each from the last one's units."""
    goal = _new(THREE)
    aims = aims_of(goal)
    peer = Backwards(space_of(goal, aims))
    held = sum(peer.search.held_units.values())
    found: list[tuple[Backwards, Array]] = []
    units = None
    for most in np.linspace(held + aims.step_units, aims.most_units, PLANS):
        asked = peer.asking(float(most), AS_SMOOTH_AS_CAN_BE)
        units = asked.solve(units)
        found.append((asked, units))
    return lambda: [asked.rounded(amounts) for asked, amounts in found]


def _fair() -> None:
    """The gradient by hand is the objective's own."""
    for example in (ONE, THREE):
        goal = _goal(example)
        peer = Backwards(space_of(goal, aims_of(goal)))
        apart = slopes_apart(peer, np.linspace(0.2, 1.5, len(peer.points)))
        assert apart < NEAR, f"{example}: the peer's gradient is off by {apart:.1e}"


def _plans() -> Iterator[str]:
    """What both come to, by the same second calculation."""
    for example in (ONE, THREE):
        goal = _goal(example)
        peer = Backwards(space_of(goal, aims_of(goal)))
        steps = peer.rounded(peer.solve())
        points = [*goal.held, *injections_of(steps, peer.search.aims.step_units)]
        theirs = outcome(goal, (treatment_of(goal, points),), name="L-BFGS-B")
        ours, product = optimise(goal).outcome, facts.product(goal.product).name
        for name, one in (("ours", ours), ("L-BFGS-B", theirs)):
            room = min(area.chance - area.asked_chance for area in one.areas)
            holds = "hold" if all(risk.holds for risk in one.risks) else "do not all hold"
            yield (
                f"{example}, {name}: {one.units:g} U {product} at {one.points} points; least "
                f"chance {100 * room:+.1f} points against what is asked; limits {holds}."
            )
