"""How far apart what should be level is in drawn patients: brows, and how they peak."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glabella.face.frame import Face, Side
from glabella.plan.movement import Movement
from glabella.plan.summary import landmark_nodes

Array = NDArray[np.float64]
# Where a review measures a brow.
PLACES = ("medial", "peak", "lateral")


def brow_rise(face: Face, movement: Movement, side: Side, place: str) -> Array:
    """Rise (P, T) in mm at rest of one landmark of a brow: medial, middle, peak or lateral."""
    return movement.brow["rest", side][..., landmark_nodes(face, side)[place]]


def brow_peak(face: Face, movement: Movement, side: Side) -> Array:
    """How far (P, T) in mm the outer brow has risen above its head."""
    medial, peak, lateral = (brow_rise(face, movement, side, place) for place in PLACES)
    return np.asarray(np.maximum(peak, lateral) - medial)


def brow_apart(face: Face, movement: Movement) -> Array:
    """How much higher (P, T) in mm the left brow has risen than the right, where it is most."""
    apart = np.stack(
        [
            brow_rise(face, movement, Side.LEFT, place)
            - brow_rise(face, movement, Side.RIGHT, place)
            for place in PLACES
        ]
    )
    widest = np.argmax(np.abs(apart), axis=0)
    return np.asarray(np.take_along_axis(apart, widest[None], axis=0)[0])
