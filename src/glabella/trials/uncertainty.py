"""How unsure a predicted share or duration is: parameters, trial, and patients counted.

Calibration leaves the parameters a joint uncertainty; some sets of them are drawn, the same ones
every time. What sets a new trial apart, and the misfit of single rows, come from the scatter that
calibration found between published rows.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri
from scipy.stats import binom, qmc

from glabella import facts
from glabella.errors import ModelError
from glabella.plan.parameters import Parameters, doubt, scaled
from glabella.trials.likelihood import Scatter

Array = NDArray[np.float64]

SETS = 16
SEED = 3
TAIL = 0.05
Z90 = 1.645
NODES = 64
# Above this many patients a count is as good as normal.
COUNTED_EXACTLY = 400


@lru_cache(maxsize=1)
def scatter() -> Scatter:
    """The scatter between published rows that calibration wrote."""
    calibration = facts.load().calibration
    if calibration is None:
        raise ModelError("There is no calibration yet: run `glabella calibrate`.")
    return Scatter(calibration.between_trials_logit_sd, calibration.misfit_logit_sd)


def trial_sd() -> float:
    """How far a share of a new trial lies from the model (logit): its trial and its own misfit."""
    return float(np.hypot(scatter().between, scatter().misfit))


def parameter_sets(parameters: Parameters) -> list[Parameters]:
    """SETS sets of parameters around the given ones, each as likely as the others."""
    names, factor = doubt().names, doubt().factor
    drawn = qmc.Sobol(d=len(names), scramble=True, rng=np.random.default_rng(SEED)).random(SETS)
    factors = np.exp(ndtri(np.clip(drawn, 1e-9, 1 - 1e-9)) @ factor.T)
    return [scaled(parameters, dict(zip(names, one.tolist(), strict=True))) for one in factors]


def share_interval(share: float, patients: int, parameter_sd: float = 0.0) -> tuple[float, float]:
    """Where the share of a new trial of this size falls nine times in ten.

    The trial's own share is normal on the logit scale around `share`, by what sets trials apart
    and by `parameter_sd`; the patients counted are binomial.
    """
    inside = float(np.clip(share, 0.5 / patients, 1 - 0.5 / patients))
    sd = float(np.hypot(trial_sd(), parameter_sd))
    if patients > COUNTED_EXACTLY:
        reach = Z90 * np.hypot(sd, 1 / np.sqrt(patients * inside * (1 - inside)))
        return float(expit(logit(inside) - reach)), float(expit(logit(inside) + reach))
    low, high = patients_counted(inside, patients, sd)
    return low / patients, high / patients


def patients_counted(share: float, size: int, sd: float) -> tuple[int, int]:
    """How many of `size` patients a new trial counts, nine times in ten."""
    middles = (np.arange(NODES) + 0.5) / NODES
    shares = expit(logit(share) + sd * ndtri(middles))
    counts = np.arange(size + 1)
    reached = np.asarray(binom.cdf(counts[:, None], size, shares)).mean(axis=1)
    low, high = np.searchsorted(reached, [TAIL, 1 - TAIL])
    return int(low), int(high)


def duration_shift(patients: int) -> float:
    """By how much (logit) the share still kept lies off in a new trial, nine times in ten."""
    return float(Z90 * np.hypot(trial_sd(), 2 / np.sqrt(patients)))
