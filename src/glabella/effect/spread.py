r"""Spread: how densely the toxin of each injection lies at each muscle element.

In the plane of the skin an injection spreads as a Gaussian,

    density(r) = dose / (2 pi sigma^2) * exp(-r^2 / (2 sigma^2)),

which integrates to the dose: units are conserved. The width grows with the injected volume,
sigma = sigma_ref * (volume / volume_ref) ** exponent. A coupling between 0 and 1 says what
share reaches the layer of the element.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Real = TypeVar("Real", np.float32, np.float64)

# A share of 1e-8 of what is injected lies further away than this many widths.
REACH = 6.0


def width_mm(volume_ml: Array, *, sigma_mm: float, reference_ml: float, exponent: float) -> Array:
    """Width sigma in mm of each injection's spread (J,), by its volume (J,)."""
    return np.asarray(sigma_mm * (volume_ml / reference_ml) ** exponent)


def kernel(distance_squared_mm2: NDArray[Real], sigma_mm: NDArray[Real]) -> NDArray[Real]:
    """Density per unit dose in 1/mm2 at a squared distance; broadcasts."""
    variance = sigma_mm**2
    found = np.asarray(distance_squared_mm2 / (-2 * variance))
    np.exp(found, out=found)
    found /= 2 * np.pi * variance
    return found


def density(
    dose_units: Array,
    injection_xy_mm: Array,
    sigma_mm: Array,
    element_xy_mm: Array,
    coupling: Array,
) -> Array:
    """Units per mm2 at each element.

    Shapes: doses (J,), injections (J, 2), widths (..., J) for any leading patients, elements
    (E, 2), coupling (J, E). Returns (..., E) in units of the one product per mm2.
    """
    apart = injection_xy_mm[:, None, :] - element_xy_mm[None, :, :]
    squared = np.sum(apart**2, axis=-1)
    found = np.zeros((*sigma_mm.shape[:-1], len(element_xy_mm)))
    for one, dose in enumerate(dose_units):
        sigma = sigma_mm[..., one, None]
        near = np.flatnonzero(squared[one] < (REACH * sigma.max()) ** 2)
        given = kernel(squared[one, near], sigma)
        given *= dose * coupling[one, near]
        found[..., near] += given
    return found
