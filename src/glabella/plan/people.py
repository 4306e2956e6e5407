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

    def __len__(self) -> int:
        return len(self.line)


@lru_cache(maxsize=8)
def draw(count: int = DRAWN, seed: int = SEED) -> People:
    """The typical patient and `count` drawn ones (a power of two), from a scrambled Sobol sequence.

    The sequence fills the space of differences evenly (Owen 1998), so that few draws suffice.
    """
    uniform = qmc.Sobol(d=10, scramble=True, rng=np.random.default_rng(seed)).random(count)
    uniform = np.vstack([np.full(10, 0.5), np.clip(uniform, 1e-9, 1 - 1e-9)])
    names = People.__dataclass_fields__
    columns = {name: np.ascontiguousarray(uniform[:, i]) for i, name in enumerate(names)}
    return People(
        **{
            name: column if name in {"line", "rest"} else np.asarray(ndtri(column))
            for name, column in columns.items()
        }
    )


def mirrored(people: People) -> People:
    """The same patients seen in a mirror: what was left is right."""
    return People(
        sensitivity=people.sensitivity,
        side=-people.side,
        onset=people.onset,
        duration=people.duration,
        spread=people.spread,
        tone=people.tone,
        levator_left=people.levator_right,
        levator_right=people.levator_left,
        line=people.line,
        rest=people.rest,
    )
