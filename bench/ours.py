"""What Glabella does: the functions of `effect`, put together as in `plan.course`."""

from __future__ import annotations

import numpy as np

from bench.problem import CEILING, HILL, Array, Course, Patients
from glabella.effect import kinetics, response

BLOCK = 512
# Patients whose muscles and days are followed at a time, so that they stay in the cache.
AT_ONCE = 16


def solve(patients: Patients, course: Course) -> Array:
    """Blocked fraction (P, muscles, T), in closed form."""
    loads: list[Array] = []
    curves: list[Array] = []
    for index, day in enumerate(course.treated):
        load = patients.loads[:, index]
        curve = kinetics.active_fraction(course.days - day, patients.rates)
        same = [place for place, known in enumerate(loads) if np.array_equal(known, load)]
        if same:
            curves[same[0]] = curves[same[0]] + curve
        else:
            loads.append(load)
            curves.append(curve)
    blocked = np.empty((len(patients), patients.loads.shape[-1], len(course.days)))
    for first in range(0, len(patients), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        blocked[some] = _respond([one[some] for one in curves], [one[some] for one in loads])
    return blocked


def _respond(curves: list[Array], loads: list[Array]) -> Array:
    """Response (P, muscles, T) to courses (P, T) of loads (P, muscles), as in the product."""
    pairs = [(load[:, :, None], curve[:, None]) for load, curve in zip(loads, curves, strict=True)]
    if len(pairs) == 1:
        # The power of a product is the product of powers: far fewer powers to take.
        [(load, curve)] = pairs
        return response.blocked_of_power(load**HILL * curve**HILL, ceiling=CEILING)
    active = sum(load * curve for load, curve in pairs)
    return response.blocked(np.asarray(active), hill=HILL, ceiling=CEILING)
