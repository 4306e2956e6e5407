"""SciPy's `solve_ivp` with LSODA: what most people write first."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from bench.peers import Tolerance
from bench.problem import STATES, Array, Course, Patients, respond

BLOCK = 16


def _flow(day: float, state: Array, rates: Array) -> Array:
    out = rates * state
    change = -out
    change[1:] += out[:-1]
    return change


def one_chain(patients: Patients, course: Course, tolerance: Tolerance) -> Array:
    """One dose; the muscles of a patient share the chain of a dose of 1."""
    start = np.zeros(STATES)
    start[0] = 1.0
    active = [
        solve_ivp(
            _flow,
            (0.0, course.days[-1]),
            start,
            method="LSODA",
            t_eval=course.days,
            args=(rates,),
            rtol=tolerance.relative,
            atol=tolerance.absolute,
        ).y[-1]
        for rates in patients.rates
    ]
    return respond(patients.loads[:, 0, :, None] * np.array(active)[:, None])
