r"""Skin: what a droplet in the dermis does to pores and sebum.

The active share of a droplet rises and fades with two times of its own, apart from the muscle's,

    s(t) = (exp(-t / fade) - exp(-t / rise)) / its peak,

and where a density `a` of toxin (over the density at half effect) lies in the dermis, pores and
sebum keep

    1 - most * a s / (1 + a s)

of what they were. A region shows the mean over its skin: bare skin between droplets counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Two equal times have no closed form of this shape; this far apart the peak is the same to 0.01 %.
APART = 1.02


def course(days: Array, *, rise_days: Array, fade_days: Array) -> Array:
    """Active share of a droplet (..., T), 0 before its day and 1 at its peak.

    `days` (T,) after the droplet, rise and fade times (...) in days, fade the longer one.
    """
    rise = np.asarray(rise_days)[..., None]
    fade = np.maximum(np.asarray(fade_days)[..., None], APART * rise)
    peak_day = np.log(fade / rise) * rise * fade / (fade - rise)

    def shape(t: Array) -> Array:
        return np.asarray(np.exp(-t / fade) - np.exp(-t / rise))

    return shape(np.maximum(days, 0.0)) / shape(peak_day)


def kept(active: Array, *, most: float | Array) -> Array:
    """What is left of pores or sebum (...) under an active density `active` (...); `most` goes."""
    return np.asarray(1 - most * active / (1 + active))
