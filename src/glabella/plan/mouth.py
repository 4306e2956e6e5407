"""The mouth of drawn patients, from the strength of the muscles around it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glabella.effect import mouth
from glabella.effect.mouth import MouthMechanics, MouthStrength
from glabella.face.frame import BothSides, Side
from glabella.plan.movement import Movement
from glabella.plan.parameters import model_facts

Array = NDArray[np.float64]
Days = slice | NDArray[np.bool_]

MUSCLES = {
    "zygomaticus": "zygomaticus",
    "levator": "levator-labii-alaeque-nasi",
    "depressor": "depressor-anguli-oris",
    "platysma": "platysma",
    "depressor_labii": "depressor-labii",
    "orbicularis": "orbicularis-oris",
}
EVERY = slice(None)
# A mouth is told of when toxin takes this share of a muscle that moves it: about 0.1 mm of a smile.
NOTICED = 0.02
# Where the mouth is read: the corner, and the middle of each lip on its side.
PLACES = ("corner", "upper_lip", "lower_lip")


@lru_cache(maxsize=1)
def mechanics() -> MouthMechanics:
    known = model_facts().mouth
    return MouthMechanics(
        **{name: getattr(known, name).value for name in MouthMechanics.__dataclass_fields__}
    )


def reached(movement: Movement) -> bool:
    """Whether toxin takes enough of any muscle that moves the mouth for it to show."""
    return movement.strength.touches(*MUSCLES.values(), share=NOTICED)


def heights_mm(
    movement: Movement, side: Side, expression: str, *, who: slice = EVERY, days: Days = EVERY
) -> dict[str, Array]:
    """Heights (P, T) of the PLACES of one side, against the face at rest before treatment."""
    left = MouthStrength(
        **{part: movement.of(name, side)[who, days] for part, name in MUSCLES.items()}
    )
    tone, known = movement.tone[who], mechanics()
    return {
        "corner": mouth.corner_mm(left, tone=tone, mechanics=known, expression=expression),
        "upper_lip": mouth.upper_lip_mm(left, tone=tone, mechanics=known, expression=expression),
        "lower_lip": mouth.lower_lip_mm(left, mechanics=known, expression=expression),
    }


def uneven_smile_mm(movement: Movement, days: Days) -> Array:
    """The largest difference (P,) between the sides of a smile on some days."""
    return np.asarray(smile_apart_mm(movement, days).max(axis=1))


def smile_apart_mm(movement: Movement, days: Days = EVERY) -> Array:
    """The largest difference (P, T) between the sides of a smile on each day."""
    left, right = (heights_mm(movement, side, "smile", days=days) for side in BothSides)
    return np.asarray(np.max([np.abs(left[place] - right[place]) for place in PLACES], axis=0))


def lost_closing(movement: Movement, days: Days) -> Array:
    """The largest loss (P,) of strength of the ring of the mouth on some days."""
    return np.asarray(1 - movement.drive["lip-lines", Side.MIDLINE][:, days].min(axis=1))
