"""numbalsoda: LSODA in C++, the equations and the response compiled by numba."""

from __future__ import annotations

import numpy as np
from numba import cfunc, njit
from numbalsoda import lsoda, lsoda_sig

from bench.peers import Tolerance
from bench.problem import CEILING, HILL, STATES, Array, Course, Patients

BLOCK = 64
MUSCLES = 6


@cfunc(lsoda_sig)
def _one(day, state, change, rates):
    change[0] = -rates[0] * state[0]
    for i in range(1, STATES):
        change[i] = rates[i - 1] * state[i - 1] - rates[i] * state[i]


@cfunc(lsoda_sig)
def _each(day, state, change, rates):
    for first in range(0, MUSCLES * STATES, STATES):
        change[first] = -rates[0] * state[first]
        for i in range(1, STATES):
            before = rates[i - 1] * state[first + i - 1]
            change[first + i] = before - rates[i] * state[first + i]


@njit
def _until(treated, days, index):
    """Days that are wanted from one treatment to the next, after the treatment's own."""
    start = treated[index]
    end = treated[index + 1] if index + 1 < len(treated) else days[-1]
    return np.concatenate((np.array([start]), days[(days > start) & (days <= end)]))


@njit
def _follow(equations, people, course, within):
    """Blocked fraction of muscles that answer with `gain` (P, M) to chains given `doses`.

    Doses are (P, treatments, chains): a chain for each muscle, or one for all. Not a number when
    the solver gave up, so that the tolerance does not count as good enough.
    """
    (rates, doses, gain), (treated, days) = people, course
    (patients, muscles), chains = gain.shape, doses.shape[2]
    blocked = np.empty((patients, muscles, len(days)))
    for patient in range(patients):
        state, place = np.zeros(chains * STATES), 0
        for index in range(len(treated)):
            state[::STATES] += doses[patient, index]
            wanted = _until(treated, days, index)
            found, ended = lsoda(equations, state, wanted, rates[patient].copy(), *within)
            if not ended:
                return np.full_like(blocked, np.nan)
            for muscle in range(muscles):
                last = STATES * (muscle % chains) + STATES - 1
                for day in range(1, len(wanted)):
                    powered = max(gain[patient, muscle] * found[day, last], 0.0) ** HILL
                    blocked[patient, muscle, place + day - 1] = CEILING * powered / (1 + powered)
            state, place = found[-1].copy(), place + len(wanted) - 1
    return blocked


def one_chain(patients: Patients, course: Course, tolerance: Tolerance) -> Array:
    """The kindest way: five states for all muscles; only for doses that stay the same."""
    assert np.ptp(patients.loads, axis=1).max() == 0
    doses = np.ones((len(patients), len(course.treated), 1))
    people = (patients.rates, doses, patients.loads[:, 0])
    return _follow(_one.address, people, _times(course), _within(tolerance))


def chain_per_muscle(patients: Patients, course: Course, tolerance: Tolerance) -> Array:
    """The way a model file says it: each muscle with its own doses and its own five states."""
    gain = np.ones((len(patients), patients.loads.shape[2]))
    people = (patients.rates, patients.loads, gain)
    return _follow(_each.address, people, _times(course), _within(tolerance))


def _times(course: Course) -> tuple[Array, Array]:
    return np.array(list(course.treated), dtype=float), course.days


def _within(tolerance: Tolerance) -> tuple[float, float]:
    return tolerance.relative, tolerance.absolute
