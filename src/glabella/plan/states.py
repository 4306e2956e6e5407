"""The typical patient's face, day by day and expression by expression: what a drawing shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from glabella.effect.mouth import chin_dimple, lip_close, tip_mm
from glabella.face.frame import BothSides, Side
from glabella.plan import mouth
from glabella.plan.lines import LineCourse
from glabella.plan.movement import Movement
from glabella.plan.parameters import model_facts
from glabella.plan.result import Expression, FaceState

Array = NDArray[np.float64]
Lines = Mapping[tuple[str, Side], LineCourse]

EXPRESSIONS: tuple[Expression, ...] = get_args(Expression)
# The areas whose lines an expression folds; the others show as they are at rest.
FOLDS: dict[str, tuple[str, ...]] = {
    "frown": ("glabella", "bunny-lines"),
    "raise": ("forehead",),
    "smile": ("lateral-canthal", "bunny-lines"),
    "pucker": ("lip-lines", "chin"),
    "neck": ("platysma",),
}
TYPICAL = slice(0, 1)


def face_states(
    movement: Movement, lines: Lines, jaw: Mapping[Side, Array], days: Array
) -> tuple[FaceState, ...]:
    """What the typical patient's face looks like on each day in each expression."""
    lids = _by_day({side: _shown(movement.lid[side]) for side in BothSides})
    # What moves in some expressions only is the same object in all the others.
    brow = {name: _brow(movement, name) for name, side in movement.brow if side is Side.LEFT}
    lower = {name: _lower_lids(movement, name) for name in ("rest", "smile")}
    heights = {name: _mouth(movement, name) for name in ("rest", "smile", "neck")}
    width = {name: _jaw(movement, jaw, name) for name in ("rest", "bite")}
    states: list[FaceState] = []
    for name in EXPRESSIONS:
        brows, lids_below = brow.get(name, brow["rest"]), lower.get(name, lower["rest"])
        mouths, jaws = heights.get(name, heights["rest"]), width.get(name, width["rest"])
        folded = _lines(lines, name)
        close, dimple, tip = _single(movement, name)
        states += [
            FaceState(
                day=int(day),
                expression=name,
                brow_mm=brows[index],
                lid_mm=lids[index],
                lower_lid_mm=lids_below[index],
                lines={area: grades[index] for area, grades in folded.items()},
                mouth_mm=mouths[index],
                lip_close=close[index],
                chin_dimple=dimple[index],
                jaw_mm=jaws[index],
                tip_mm=tip[index],
            )
            for index, day in enumerate(days)
        ]
    return tuple(states)


def _shown(values: Array) -> list[Any]:
    """The typical patient's values of (P, T, ...), by day, as they are written."""
    rounded: list[Any] = (np.round(values[TYPICAL][0], 2) + 0.0).tolist()
    return rounded


def _by_day(sides: dict[Side, list[Any]]) -> list[dict[str, Any]]:
    """What each side has on each day."""
    names = [side.value for side in sides]
    return [dict(zip(names, values, strict=True)) for values in zip(*sides.values(), strict=True)]


def _brow(movement: Movement, name: str) -> list[dict[str, tuple[float, ...]]]:
    return _by_day(
        {side: [tuple(rise) for rise in _shown(movement.brow[name, side])] for side in BothSides}
    )


def _lower_lids(movement: Movement, name: str) -> list[dict[str, float]]:
    rise = model_facts().lid.smile_rise_mm.value if name == "smile" else 0.0
    return _by_day(
        {side: _shown(rise * movement.of("orbicularis-oculi", side)) for side in BothSides}
    )


def _lines(lines: Lines, name: str) -> dict[str, list[float]]:
    folds = FOLDS.get(name, ())
    return {
        area if side is Side.MIDLINE else f"{area}-{side}": _shown(
            course.at("maximum" if area in folds else "rest")
        )
        for (area, side), course in lines.items()
    }


def _mouth(movement: Movement, name: str) -> list[dict[str, dict[str, float]]]:
    reached = mouth.reached(movement)
    days = slice(None) if reached else slice(1)
    sides = {}
    for side in BothSides:
        found = mouth.heights_mm(movement, side, name, who=TYPICAL, days=days)
        places = zip(*(_shown(found[place]) for place in mouth.PLACES), strict=True)
        sides[side] = [dict(zip(mouth.PLACES, heights, strict=True)) for heights in places]
    # A mouth that no toxin reaches is the same every day.
    return _by_day(sides) * (1 if reached else movement.strength.shape[1])


def _jaw(movement: Movement, jaw: Mapping[Side, Array], name: str) -> list[dict[str, float]]:
    bulge = model_facts().jaw.bite_bulge_mm.value if name == "bite" else 0.0
    return _by_day(
        {
            side: _shown(
                jaw.get(side, np.zeros(1))[TYPICAL] + bulge * movement.of("masseter", side)[TYPICAL]
            )
            for side in BothSides
        }
    )


def _single(movement: Movement, name: str) -> tuple[list[float], list[float], list[float]]:
    """How far the lips purse, how strongly the chin dimples and where the tip of the nose is."""
    known = mouth.mechanics()
    lips = movement.drive["lip-lines", Side.MIDLINE][TYPICAL]
    chin = movement.drive["chin", Side.MIDLINE][TYPICAL]
    septum = movement.of("depressor-septi", Side.MIDLINE)[TYPICAL]
    return (
        _shown(lip_close(lips, expression=name)),
        _shown(chin_dimple(chin, mechanics=known, expression=name)),
        _shown(tip_mm(septum, mechanics=known, expression=name)),
    )
