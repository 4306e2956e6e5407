"""People differ: a fixed set of drawn patients stands for what is not known of this one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

Array = NDArray[np.float64]

DRAWN = 256
SEED = 20


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Patients (P,) as standard normal deviates; `line` and `rest` are uniform on 0 to 1.

    The first is the typical patient, with every deviate in the middle; the others are drawn.
    `doubt` (P, K) are deviates of the model's parameters: what calibration left open is one more
    thing that is not known of a patient. Where nothing of it is drawn, K is 0.
    """

    sensitivity: Array
    side: Array
    onset: Array
    duration: Array
    spread: Array
    tone: Array
    levator_left: Array
    levator_right: Array
    line: Array
    rest: Array
    doubt: Array

    def __len__(self) -> int:
        return len(self.line)

    def take(self, chosen: slice | NDArray[np.int64]) -> People:
        """Some of the patients, in the order asked for."""
        return People(**{name: getattr(self, name)[chosen] for name in FIELDS})


DOUBT = "doubt"
FIELDS = tuple(People.__dataclass_fields__)
DEVIATES = tuple(name for name in FIELDS if name != DOUBT)
UNIFORM = {"line", "rest"}


def _people(uniform: Array) -> People:
    """Patients from uniform numbers (P, deviates and doubts) between 0 and 1."""
    inside = np.clip(uniform, 1e-9, 1 - 1e-9)
    normal = np.asarray(ndtri(inside))
    columns = {
        name: np.ascontiguousarray((inside if name in UNIFORM else normal)[:, i])
        for i, name in enumerate(DEVIATES)
    }
    return People(**columns, doubt=np.ascontiguousarray(normal[:, len(DEVIATES) :]))


@lru_cache(maxsize=8)
def draw(count: int = DRAWN, seed: int = SEED, doubts: int = 0) -> People:
    """The typical patient and `count` drawn ones (a power of two), from a scrambled Sobol sequence.

    The sequence fills the space of differences evenly (Owen 1998), so that few draws suffice.
    `doubts` is how many parameters of the model are unsure.
    """
    typical = np.full((1, len(DEVIATES) + doubts), 0.5)
    return _people(np.vstack([typical, _sequence(seed, doubts).random(count)]))


def draw_block(seed: int, block: int, count: int) -> People:
    """Drawn patients (`count`, a power of two) of one block of a large trial.

    Each block is a sequence of its own, so that it may be drawn before or without the others.
    """
    return _people(_sequence((seed, block)).random(count))


def _sequence(seed: int | tuple[int, int], doubts: int = 0) -> qmc.Sobol:
    size = len(DEVIATES) + doubts
    return qmc.Sobol(d=size, scramble=True, rng=np.random.default_rng(seed))


def weighted(people: People, weight: Array, count: int = DRAWN) -> People:
    """`count` patients taken by weight (P,), evenly along it, after the weighted middle one.

    They are shuffled first: every so-manyth point of a Sobol sequence is no fair sample of it.
    """
    order = np.random.default_rng(SEED).permutation(len(people))
    places = (np.arange(count) + 0.5) / count
    chosen = order[np.searchsorted(np.cumsum(weight[order]), places * (1 - 1e-12))]
    taken = people.take(chosen)
    return People(
        **{
            name: np.concatenate(
                [(weight @ getattr(people, name))[None], getattr(taken, name)], axis=0
            )
            for name in FIELDS
        }
    )
