"""What one would use instead: general solvers, each with the loosest tolerance that is enough.

A peer is one file with `BLOCK`, the patients it takes at a time, and functions from patients,
course and tolerance to the blocked fraction (P, muscles, T). Add one by copying its neighbour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from bench.problem import Array, Course, Patients

# Relative tolerances from the loosest on, and absolute ones as parts of them, on amounts of one
# dose: a peer runs with the fastest pair that is good enough.
RELATIVE = tuple(10 ** (-exponent / 4) for exponent in range(16, 41))
PARTS = (1.0, 0.1, 0.01)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What a step may miss: relative to an amount, and absolute."""

    relative: float
    absolute: float


Solve = Callable[[Patients, Course, Tolerance], Array]


@dataclass(frozen=True, slots=True)
class Peer:
    """A solver by name; `solve` is None and `missing` says why when it is not installed."""

    name: str
    solve: Solve | None
    block: int = 1
    missing: str = ""


SHARED, EACH = "numbalsoda LSODA, one chain", "numbalsoda LSODA, a chain per muscle"

# Name: file and function, for each of the three tables.
ONE_DOSE = {
    SHARED: ("numbalsoda_lsoda", "one_chain"),
    EACH: ("numbalsoda_lsoda", "chain_per_muscle"),
    "diffrax Kvaerno5": ("diffrax_kvaerno", "one_chain"),
    "libroadrunner CVODE": ("roadrunner_cvode", "one_chain"),
    "scipy solve_ivp LSODA": ("scipy_lsoda", "one_chain"),
}
CHANGING_DOSES = {EACH: ONE_DOSE[EACH]}
SAME_DOSES = {SHARED: ONE_DOSE[SHARED]}


def load(peers: dict[str, tuple[str, str]]) -> list[Peer]:
    """The peers, those among them that cannot be imported with the reason."""
    found = []
    for name, (module, function) in peers.items():
        try:
            room = import_module(f"bench.peers.{module}")
        except (ImportError, OSError) as error:
            found.append(Peer(name, None, missing=str(error)))
        else:
            found.append(Peer(name, getattr(room, function), room.BLOCK))
    return found
