"""Virtual patients per CPU second, ours and the peers', at the same error."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from bench import ours
from bench.measure import Figures, cpu_seconds, print_table, take_turns
from bench.peers import (
    CHANGING_DOSES,
    ONE_DOSE,
    PARTS,
    RELATIVE,
    SAME_DOSES,
    Peer,
    Tolerance,
    load,
)
from bench.problem import (
    CHANGING,
    LIMIT,
    ONE,
    SAME,
    SAMPLE,
    Array,
    Course,
    Patients,
    draw,
    reference,
)

POOL = 8192
OURS = "glabella, closed form"
HEAD = ("", "patients/s", "least to most", "ours is", "least to most", "error", "rtol, atol")


@dataclass(frozen=True, slots=True)
class Race:
    """One table: what is followed, who takes part, and how many times the first of them we aim at.

    The first peer of the list is the one that the aim is about.
    """

    title: str
    course: Course
    peers: dict[str, tuple[str, str]]
    aim: int


RACES = (
    Race("One treatment, six muscles, 180 daily outputs", ONE, ONE_DOSE, aim=20),
    Race("Four treatments, doses that change, 360 days", CHANGING, CHANGING_DOSES, aim=25),
    Race("Four treatments, the same doses, 360 days", SAME, SAME_DOSES, aim=25),
)


@dataclass(frozen=True, slots=True)
class Contestant:
    """A solver made ready: the patients it takes at a time, and what it reached on a sample."""

    solve: Callable[[Patients], Array]
    block: int
    error: float
    tolerance: Tolerance | None

    def run(self, pool: Patients, count: int) -> None:
        """Follow `count` patients, in blocks, round and round the pool."""
        blocks = len(pool) // self.block
        for index in range(math.ceil(count / self.block)):
            start = index % blocks * self.block
            self.solve(pool.take(slice(start, start + self.block)))

    def count_in(self, seconds: float, pool: Patients) -> int:
        """Patients that it follows in about so many CPU seconds, in whole blocks."""
        self.run(pool, self.block)
        spent, count = 0.0, self.block
        while spent < seconds / 4:
            count *= 2
            spent = cpu_seconds(partial(self.run, pool, count))
        return max(1, round(count * seconds / spent / self.block)) * self.block


def worst(found: Array, truth: Array) -> float:
    return float(np.abs(found - truth).max())


def prepared(race: Race, sample: Patients, truth: Array) -> tuple[dict[str, Contestant], list[str]]:
    """Ourselves and each peer, ready to run, and a line for each that cannot."""
    here = partial(ours.solve, course=race.course)
    ready = {OURS: Contestant(here, ours.BLOCK, worst(here(sample), truth), None)}
    missing = []
    for peer in load(race.peers):
        able = list(_able(peer, race.course, sample, truth))
        if able:
            ready[peer.name] = min(able, key=lambda one: cpu_seconds(lambda: one.solve(sample)))
        else:
            why = f"not installed ({peer.missing})" if peer.missing else "never near enough"
            missing.append(f"{peer.name}: {why}")
    return ready, missing


def _able(peer: Peer, course: Course, sample: Patients, truth: Array) -> Iterator[Contestant]:
    """The peer with its loosest relative tolerance that is enough, for each absolute part."""
    for part in PARTS if peer.solve else ():
        for relative in RELATIVE:
            tolerance = Tolerance(relative, relative * part)
            solve = partial(peer.solve, course=course, tolerance=tolerance)
            error = worst(solve(sample), truth)
            if error <= LIMIT:
                yield Contestant(solve, peer.block, error, tolerance)
                break


def run(race: Race, *, seconds: float, rounds: int) -> None:
    """Measure and print one table; each takes about so many CPU seconds in each round."""
    pool = draw(POOL, race.course)
    sample = pool.take(slice(SAMPLE))
    ready, missing = prepared(race, sample, reference(sample, race.course))
    counts = {name: one.count_in(seconds, pool) for name, one in ready.items()}
    spent = take_turns(
        {name: partial(one.run, pool, counts[name]) for name, one in ready.items()}, rounds
    )
    rates = {name: [counts[name] / one for one in spent[name]] for name in ready}
    rows = [[name, *_row(one, rates[name], rates[OURS])] for name, one in ready.items()]
    print_table(
        f"Virtual patients per CPU second. {race.title}, error at most {LIMIT:g}",
        HEAD,
        rows,
        note=[*missing, _verdict(race, rates)],
    )


def _row(one: Contestant, rates: list[float], ours_rates: list[float]) -> Iterable[str]:
    """Cells of a contestant; ratios are taken round by round."""
    ratio = Figures.of([a / b for a, b in zip(ours_rates, rates, strict=True)])
    used = one.tolerance
    tolerance = f"{used.relative:.0e}, {used.absolute:.0e}" if used else "-"
    return *Figures.of(rates).show(), *ratio.show(".1f"), f"{one.error:.1e}", tolerance


def _verdict(race: Race, rates: dict[str, list[float]]) -> str:
    against = next(iter(race.peers))
    if against not in rates:
        return f"Aim: {race.aim} times {against}; nothing to hold it against here."
    ratio = Figures.of([a / b for a, b in zip(rates[OURS], rates[against], strict=True)]).median
    word = "reached" if ratio >= race.aim else "missed"
    return f"Aim: {race.aim} times {against}; {word} with {ratio:.1f}."
