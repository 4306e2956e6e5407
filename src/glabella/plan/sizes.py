"""Sizes that no trial has measured: each drawn patient gets one that is thought possible."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glabella.facts import Fact

Array = NDArray[np.float64]

# Steps whose multiples fill the numbers from 0 to 1 evenly and independently of each other.
STEPS = tuple(float(np.sqrt(prime) % 1) for prime in (2, 3, 5, 7))


def sizes(fact: Fact[float], count: int, *, step: int) -> Array:
    """A size (P,) for each of `count` patients, between the low and the high of a fact.

    The first has the value itself; the others lie evenly on both sides of it, so that an interval
    over them is as wide as what is not known. `step` picks one of STEPS: facts that take the same
    step would go together.
    """
    if fact.low is None or fact.high is None:
        return np.full(count, fact.value)
    place = (0.5 + STEPS[step] * np.arange(count)) % 1
    return np.asarray(np.interp(place, [0.0, 0.5, 1.0], [fact.low, fact.value, fact.high]))
