"""What Glabella does: the functions of `effect`, put together as in `plan.course`."""

from __future__ import annotations

import numpy as np

from bench.problem import CEILING, HILL, Array, Course, Patients
from glabella.effect import kinetics, response

BLOCK = 1024
# Patients whose muscles and days are followed at a time, so that they stay in the cache.
AT_ONCE = 32


def solve(patients: Patients, course: Course) -> Array:
    """Blocked fraction (P, muscles, T), in closed form."""
    loads: list[Array] = []
    curves: list[Array] = []
    for load, days in _same_doses(patients.loads, course):
        loads.append(load)
        curves.append(kinetics.active_fraction(course.days, patients.rates, days))
    blocked = np.empty((len(patients), patients.loads.shape[-1], len(course.days)))
    for first in range(0, len(patients), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        _respond([one[some] for one in curves], [one[some] for one in loads], out=blocked[some])
    return blocked


def _same_doses(loads: Array, course: Course) -> list[tuple[Array, list[int]]]:
    """Loads (P, muscles) with the days on which they were injected, as in the product."""
    found: list[tuple[Array, list[int]]] = []
    for index, day in enumerate(course.treated):
        same = [days for load, days in found if np.array_equal(load, loads[:, index])]
        if same:
            same[0].append(day)
        else:
            found.append((loads[:, index], [day]))
    return found


def _respond(curves: list[Array], loads: list[Array], out: Array) -> None:
    """Response (P, muscles, T) to courses (P, T) of loads (P, muscles), as in the product."""
    pairs = [(load[:, :, None], curve[:, None]) for load, curve in zip(loads, curves, strict=True)]
    if len(pairs) == 1:
        # The power of a product is the product of powers: far fewer powers to take.
        [(load, curve)] = pairs
        np.multiply(load**HILL, curve**HILL, out=out)
    else:
        np.power(sum(load * curve for load, curve in pairs), HILL, out=out)
    response.blocked_of_power(out, ceiling=CEILING, out=out)
