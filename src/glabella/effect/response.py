r"""Response: how much strength active light chain takes from a muscle.

At an element the blocked fraction of endplates follows a Hill curve with the ceiling seen in
muscle recordings (Sloop et al. 1996),

    blocked = ceiling * a^h / (1 + a^h),

where `a` is the active density over the density at half effect, a number without units. A
muscle's strength is one less the weighted mean of its elements' blocked fractions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def blocked(active: Array, *, hill: float | Array, ceiling: float | Array) -> Array:
    """Blocked fraction of endplates, 0 to `ceiling`, of any shape."""
    return blocked_of_power(np.asarray(active**hill), ceiling=ceiling)


def blocked_of_power(powered: Array, *, ceiling: float | Array, out: Array | None = None) -> Array:
    """The same from `active ** hill`, for callers that can take the power of factors.

    `out` may be `powered` itself, whose memory is then used again.
    """
    spared = spared_of_power(powered, ceiling=ceiling, out=out)
    return np.asarray(np.subtract(ceiling, spared, out=spared))


def spared_of_power(
    powered: Array, *, ceiling: float | Array = 1.0, out: Array | None = None
) -> Array:
    """What of the ceiling is not blocked: ceiling / (1 + active ** hill)."""
    return np.asarray(np.divide(ceiling, np.add(powered, 1, out=out), out=out))


def group_weights(weight: Array, group: NDArray[np.int64], groups: int) -> Array:
    """The matrix (E, groups) that sums elements (..., E) into their groups by weight."""
    member = np.zeros((len(weight), groups))
    member[np.arange(len(weight)), group] = weight
    return member
