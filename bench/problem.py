"""The problem that every contestant solves: drawn patients, six muscles, what is blocked each day.

bulk -> free -> bound -> endocytosed -> active -> gone, then a Hill curve with a ceiling; the
rates differ between patients, and the doses between muscles. The reference carries each chain
from day to day by its matrix exponential: no closed form, no stepping, nothing shared with us.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from glabella.plan.parameters import calibrated, chain_rates_per_day, model_facts

Array = NDArray[np.float64]

PRODUCT = "botox-cosmetic"
LIMIT = 1e-5  # of the blocked fraction, at any patient, muscle and day
SAMPLE = 256
SEED = 20
STATES = 5
HILL = calibrated().hill
CEILING = model_facts().response.ceiling_fraction.value

# What reaches each muscle, by treatment, as multiples of the half effect.
FIRST = (4.0, 3.0, 2.5, 2.0, 1.5, 6.0)
SECOND = (3.2, 3.0, 2.5, 1.0, 0.0, 6.0)
THIRD = (3.2, 2.7, 3.0, 1.0, 1.5, 4.2)
FOURTH = (4.0, 2.7, 3.0, 1.6, 1.5, 4.2)
# Middle steps have no measured spread; a little keeps every patient's chain its own.
MIDDLE_LOG_SD = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Treatments by day with what reaches the muscles, and the days (T,) that are wanted."""

    treated: dict[int, tuple[float, ...]]
    days: Array


QUARTERS = (0, 90, 180, 270)
ONE = Course({0: FIRST}, np.arange(1.0, 181.0))
CHANGING = Course(
    dict(zip(QUARTERS, (FIRST, SECOND, THIRD, FOURTH), strict=True)), np.arange(1.0, 361.0)
)
SAME = Course(dict.fromkeys(QUARTERS, FIRST), np.arange(1.0, 361.0))


@dataclass(frozen=True, slots=True, eq=False)
class Patients:
    """Rates per day (P, 5) and loads (P, treatments, muscles): density over half effect."""

    rates: Array
    loads: Array

    def __len__(self) -> int:
        return len(self.rates)

    def take(self, chosen: slice) -> Patients:
        return Patients(self.rates[chosen], self.loads[chosen])


def draw(count: int, course: Course) -> Patients:
    """Patients with lognormal rates and sensitivity, as the product draws them."""
    rng, fitted, people = np.random.default_rng(SEED), calibrated(), model_facts().people
    middle = [MIDDLE_LOG_SD] * (STATES - 2)
    spread = [people.onset_log_sd.value, *middle, fitted.duration_log_sd]
    rates = np.array([*chain_rates_per_day(), fitted.action(PRODUCT).decay_per_day])
    rates[0] *= fitted.onset_speed
    sensitivity = np.exp(fitted.sensitivity_log_sd * rng.standard_normal(count))
    return Patients(
        rates=rates * np.exp(spread * rng.standard_normal((count, STATES))),
        loads=sensitivity[:, None, None] * np.array(list(course.treated.values())),
    )


def respond(activity: Array) -> Array:
    """Hill response in plain NumPy, for the peers that have no other."""
    powered = np.maximum(activity, 0.0) ** HILL
    return np.asarray(CEILING * powered / (1 + powered))


def reference(patients: Patients, course: Course) -> Array:
    """Blocked fraction (P, muscles, T), carried from day to day by matrix exponentials."""
    chain = np.zeros((len(patients), STATES, STATES))
    step = np.arange(STATES)
    chain[:, step, step] = -patients.rates
    chain[:, step[1:], step[:-1]] = patients.rates[:, :-1]
    carry = expm(chain)
    state = np.zeros((len(patients), STATES, patients.loads.shape[-1]))
    active = []
    for day in range(int(course.days[-1])):
        if day in course.treated:
            state[:, 0] += patients.loads[:, list(course.treated).index(day)]
        state = carry @ state
        active.append(state[:, -1])
    return respond(np.stack(active, axis=-1)[..., course.days.astype(int) - 1])
