r"""Kinetics: how much of the toxin is active light chain, day by day.

Bulk movement -> free -> bound -> endocytosed -> active light chain -> gone: a chain of
first-order steps with rates k_1 ... k_n, after Lebeda et al. 2008 with a decay added. Its last
amount has the closed form (Bateman 1910)

    A(t) = (k_1 ... k_(n-1)) * sum_j exp(-k_j t) / prod_(i != j) (k_i - k_j).

Several injections add: each exponential is carried on from one to the next and grows by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from glabella.errors import ModelError

Array = NDArray[np.float64]

MINUTES_PER_DAY = 1440.0
# Rates nearer than this share lose too many digits in the differences of the closed form, which is
# smooth there: they are moved apart by as much, at the cost of an error of the same share.
CLOSEST_RATES = 1e-6
# A step is left out once it has faded by exp(-60) against the slowest: its share is beyond the
# last digit, and of the five steps three are over in days.
FADED = 60.0


def active_fraction(days: Array, rates_per_day: Array, injected: Sequence[float] = (0.0,)) -> Array:
    """Active amount at each day, as a share of the amount injected on each of the days `injected`.

    Shapes: days (T,) and `injected` ascend; rates (..., n) with the decay last. Returns (..., T),
    0 until the first injection.
    """
    rates = _moved_apart(np.asarray(rates_per_day, dtype=np.float64))
    gaps = rates[..., None, :] - rates[..., :, None]
    size = rates.shape[-1]
    passed = np.prod(rates[..., :-1], axis=-1)[..., None]
    weights = passed / np.prod(gaps + np.eye(size), axis=-1)
    amount = np.zeros((*rates.shape[:-1], len(days)))
    # What is left of each exponential adds up, so that each day needs them once, whatever the
    # number of injections before it.
    left, last = np.zeros_like(rates), injected[0]
    for start, end in pairwise((*injected, np.inf)):
        left = 1 + left * np.exp(-rates * (start - last))
        own = slice(*np.searchsorted(days, (start, end), side="right"))
        _add_exponentials(amount[..., own], days[own] - start, rates, weights * left)
        last = start
    return np.clip(amount, 0.0, len(injected), out=amount)


def _add_exponentials(amount: Array, after: Array, rates: Array, weights: Array) -> None:
    """Add weights (..., n) times exp(-rates * after) to the amount (..., T), days ascending."""
    slowest = rates.min(axis=-1).max()
    for step in range(rates.shape[-1]):
        rate = rates[..., step]
        seen = np.searchsorted((rate.min() - slowest) * after, FADED, side="right")
        term = -rate[..., None] * after[:seen]
        np.exp(term, out=term)
        term *= weights[..., step, None]
        amount[..., :seen] += term


def _moved_apart(rates: Array) -> Array:
    """Rates (..., n) of which no two coincide; those that do not are left as they are.

    Raises ModelError for three or more that coincide: the closed form has no digits left there.
    """
    order = np.argsort(rates, axis=-1)
    ordered = np.take_along_axis(rates, order, axis=-1)
    close = np.diff(ordered, axis=-1) < CLOSEST_RATES * ordered[..., 1:]
    if not close.any():
        return rates
    if np.any(close[..., 1:] & close[..., :-1]):
        raise ModelError("Three rates of the kinetic chain coincide: give them different values.")
    pushed = np.cumsum(np.insert(close, 0, False, axis=-1), axis=-1)
    ordered = ordered * (1 + CLOSEST_RATES * pushed)
    return np.take_along_axis(ordered, np.argsort(order, axis=-1), axis=-1)
