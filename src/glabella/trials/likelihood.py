r"""How published rows scatter around the model: what a fit weighs and what an interval holds.

A share is compared as a logit, a median duration as the logarithm of its days. A row differs from
the model by what sets its trial apart (raters, rule and people: one shift for all that one kind of
reader reported in one trial), by a misfit of its own, and by the sampling of its patients:

    y = f(theta) + c (b_trial + e) + sampling,    b ~ N(0, between^2),  e ~ N(0, misfit^2).

The loading c is 1 for a share (-1 for a relapse). For a duration it says how far its median moves
with the share that is still kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from glabella.facts import PublishedRow
from glabella.plan.parameters import Parameters
from glabella.trials.cohort import REFERENCE_STUDY
from glabella.trials.predict import predict

Array = NDArray[np.float64]
# A trial and in it the gradings or the diaries.
Reported = tuple[str, Literal["grading", "diary"]]

# The reference follows the model but for sampling, so that a forecast agrees with the label.
REFERENCE_MISFIT = 0.1
# An arm whose size was not found counts as a small one.
UNKNOWN_ARM_SIZE = 40
# Weak prior of the misfit of single rows: with few rows a trial it is hard to tell from sampling.
MISFIT_PRIOR = 0.2
MISFIT_LOG_SD = 0.7
DIARIES = {"onset", "median_onset_days"}
# Standard deviation of what rounding to whole days adds.
WHOLE_DAY_SD = 12**-0.5
# The shift with which the loading of a duration is measured.
NUDGE = 0.5


@dataclass(frozen=True, slots=True)
class Scatter:
    """Standard deviations on the logit scale: between trials, and of a row within its trial."""

    between: float
    misfit: float


def group(row: PublishedRow) -> Reported:
    """Who reported a row: a trial, and in it the gradings or the diaries."""
    return row.study, "diary" if row.endpoint.rule in DIARIES else "grading"


def transform(row: PublishedRow, value: float) -> float:
    """Shares as logits, kept off 0 and 100 by half a patient; durations as logs."""
    if row.unit != "%":
        return float(np.log(value))
    edge = 0.5 / (row.n or UNKNOWN_ARM_SIZE)
    share = np.clip(value / 100, edge, 1 - edge)
    return float(np.log(share / (1 - share)))


def loading(row: PublishedRow, parameters: Parameters) -> float:
    """How a row moves, on its own scale, with a shift of its trial towards more effect."""
    if row.unit == "%":
        return -1.0 if row.endpoint.rule == "relapsed" else 1.0
    more, less = (predict(row, parameters, shift=shift) for shift in (NUDGE, -NUDGE))
    return float(np.log(more / less) / (2 * NUDGE))


def loadings(rows: Sequence[PublishedRow], parameters: Parameters) -> Array:
    return np.array([loading(row, parameters) for row in rows])


def sampling_variance(row: PublishedRow, load: float) -> float:
    """Variance of a row by the size of its arm, on the row's own scale."""
    size = row.n or UNKNOWN_ARM_SIZE
    if row.unit != "%":
        # The share at a median is one half: a logit with variance 4 / n. Diaries count whole days.
        whole_days = WHOLE_DAY_SD / row.value if row.endpoint.rule == "median_onset_days" else 0.0
        return load**2 * 4 / size + whole_days**2
    share = float(np.clip(row.value / 100, 1 / size, 1 - 1 / size))
    return 1 / (size * share * (1 - share))


def covariance(rows: Sequence[PublishedRow], load: Array, scatter: Scatter) -> Array:
    """Covariance (R, R) of the rows' deviations from the model."""
    size = len(rows)
    found = np.zeros((size, size))
    for i, one in enumerate(rows):
        reference = one.study == REFERENCE_STUDY
        misfit = REFERENCE_MISFIT if reference else scatter.misfit
        found[i, i] = sampling_variance(one, load[i]) + (load[i] * misfit) ** 2
        for j, two in enumerate(rows):
            if group(one) == group(two) and not reference:
                found[i, j] += load[i] * load[j] * scatter.between**2
    return found


def whitening(rows: Sequence[PublishedRow], load: Array, scatter: Scatter) -> Array:
    """The matrix that makes the rows' deviations independent with unit variance."""
    return np.asarray(np.linalg.inv(np.linalg.cholesky(covariance(rows, load, scatter))))


def estimate(
    rows: Sequence[PublishedRow], load: Array, deviation: Array, start: Scatter
) -> Scatter:
    """The scatter under which the deviations (R,) of rows from a fit are most likely."""

    def unlikely(log: Array) -> float:
        between, misfit = np.exp(log)
        spread = covariance(rows, load, Scatter(between, misfit))
        _, log_size = np.linalg.slogdet(spread)
        prior = ((log[1] - np.log(MISFIT_PRIOR)) / MISFIT_LOG_SD) ** 2
        return float(deviation @ np.linalg.solve(spread, deviation) + log_size + prior) / 2

    begin = np.log([start.between, start.misfit])
    found = minimize(unlikely, begin, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-6})
    between, misfit = np.exp(found.x)
    return Scatter(float(between), float(misfit))


def shifts(
    rows: Sequence[PublishedRow], load: Array, deviation: Array, scatter: Scatter
) -> dict[Reported, tuple[float, float]]:
    """What sets each trial apart, by who reported: the best guess and its standard deviation.

    The best linear unbiased prediction of the shift, given the rows that were fitted.
    """
    spread = covariance(rows, load, scatter)
    found: dict[Reported, tuple[float, float]] = {}
    for who in dict.fromkeys(group(row) for row in rows):
        if who[0] == REFERENCE_STUDY:
            continue
        together = scatter.between**2 * np.where([group(row) == who for row in rows], load, 0.0)
        pulled = np.linalg.solve(spread, together)
        left = scatter.between**2 - together @ pulled
        found[who] = (float(pulled @ deviation), float(np.sqrt(left)))
    return found
