"""The mouth, the tip of the nose and the chin: how they move with the strength that is left.

Each corner of the mouth hangs in balance. Zygomaticus holds it up; depressor anguli oris and
platysma pull it down. What one of them loses shows at once, in mm against the face at rest before
treatment, up positive:

    rest  = tone * (DAO lost * its pull + platysma lost * its pull - zygomaticus lost * its hold)
    smile = rest + excursion * upward share * zygomaticus * (1 + brake * orbicularis lost)
    neck  = rest - neck drop * platysma

The upper lip rises in a smile with levator labii alaeque nasi and its fellows, for which
zygomaticus stands; the lower lip falls with depressor labii.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MouthMechanics:
    """Constants of the mouth; lengths in mm, see `facts/model.toml` [mouth]."""

    smile_excursion_mm: float
    smile_up_share: float
    zygomaticus_hold_mm: float
    depressor_pull_mm: float
    platysma_pull_mm: float
    orbicularis_brake: float
    neck_drop_mm: float
    lip_raise_mm: float
    lip_raise_levator_share: float
    lip_hold_mm: float
    lower_lip_drop_mm: float
    tip_drop_mm: float
    chin_tone_fraction: float


@dataclass(frozen=True, slots=True, eq=False)
class MouthStrength:
    """Strength left of the muscles of one side of the mouth, arrays of one shape (...)."""

    zygomaticus: Array
    levator: Array
    depressor: Array
    platysma: Array
    depressor_labii: Array
    orbicularis: Array


def corner_mm(
    left: MouthStrength, *, tone: float | Array, mechanics: MouthMechanics, expression: str
) -> Array:
    """Height of the mouth corner (...) in an expression, against rest before treatment.

    `tone` scales what the muscles hold at rest: 1 in the typical patient.
    """
    m = mechanics
    rest = tone * (
        m.depressor_pull_mm * (1 - left.depressor)
        + m.platysma_pull_mm * (1 - left.platysma)
        - m.zygomaticus_hold_mm * (1 - left.zygomaticus)
    )
    if expression == "smile":
        lift = m.smile_excursion_mm * m.smile_up_share * left.zygomaticus
        return np.asarray(rest + lift * (1 + m.orbicularis_brake * (1 - left.orbicularis)))
    if expression == "neck":
        return np.asarray(rest - m.neck_drop_mm * left.platysma)
    return np.asarray(rest)


def upper_lip_mm(
    left: MouthStrength, *, tone: float | Array, mechanics: MouthMechanics, expression: str
) -> Array:
    """Height of the border of the upper lip (...): what shows the gum in a smile."""
    m = mechanics
    rest = -tone * m.lip_hold_mm * (1 - left.levator)
    if expression != "smile":
        return np.asarray(rest)
    share = m.lip_raise_levator_share
    return np.asarray(
        rest + m.lip_raise_mm * (share * left.levator + (1 - share) * left.zygomaticus)
    )


def lower_lip_mm(left: MouthStrength, *, mechanics: MouthMechanics, expression: str) -> Array:
    """Height of the border of the lower lip (...): depressor labii draws it down in a smile."""
    drop = mechanics.lower_lip_drop_mm if expression == "smile" else 0.0
    return np.asarray(-drop * left.depressor_labii)


def tip_mm(depressor_septi: Array, *, mechanics: MouthMechanics, expression: str) -> Array:
    """Height of the tip of the nose (...): depressor septi pulls it down in a smile."""
    drop = mechanics.tip_drop_mm if expression == "smile" else 0.0
    return np.asarray(-drop * depressor_septi)


def chin_dimple(mentalis: Array, *, mechanics: MouthMechanics, expression: str) -> Array:
    """How strongly the chin dimples (...): 1 is an untreated chin in a full pucker."""
    drive = 1.0 if expression == "pucker" else mechanics.chin_tone_fraction
    return np.asarray(drive * mentalis)


def lip_close(orbicularis: Array, *, expression: str) -> Array:
    """How far the lips purse (...) against an untreated pucker; 0 in other expressions."""
    return np.asarray(orbicularis if expression == "pucker" else np.zeros_like(orbicularis))
