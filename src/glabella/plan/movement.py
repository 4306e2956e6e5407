"""From blocked endplates to what moves: muscles, brows, lids and the drive behind each line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glabella.effect import expression, response
from glabella.face.frame import BothSides, Face, Side
from glabella.face.muscles import MuscleSide, elements
from glabella.plan.course import Blocked
from glabella.plan.parameters import brow_mechanics, model_facts
from glabella.plan.people import People

Array = NDArray[np.float64]

# Over this many mm the say of a frontalis fibre in the brow's height fades at the C-line.
C_LINE_BLUR_MM = 3.0
# The part of the lateral orbicularis above the canthus is what pulls the brow's tail down.
TAIL_PULL_ABOVE_MM = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """What is left to move, for patients (P,) and days (T,).

    `strength` (P, T, M) by `names`; `brow` maps expression and side to rises (P, T, N) in mm at
    the brow nodes, other expressions than rest only of the first patient, whom a drawing shows;
    `lid` maps each side to the margin's change (P, T) in mm; `drive` maps area and side to the
    strength behind its lines (P, T).
    """

    names: tuple[MuscleSide, ...]
    strength: Array
    brow: dict[tuple[str, Side], Array]
    lid: dict[Side, Array]
    drive: dict[tuple[str, Side], Array]

    def of(self, muscle: str, side: Side) -> Array:
        return np.asarray(self.strength[..., self.names.index((muscle, side))])


@lru_cache(maxsize=64)
def _readout(face: Face) -> tuple[Array, int, int]:
    """Matrix (E, K) from elements to muscles, brow nodes per side and tail pulls per side."""
    grid = elements(face)
    brow = model_facts().brow
    columns = [response.group_weights(grid.weight, grid.muscle, len(grid.names))]
    below = 1 / (1 + np.exp((grid.y_mm - face.c_line_mm) / C_LINE_BLUR_MM))
    say = brow.above_c_line_share.value + (1 - brow.above_c_line_share.value) * below
    for side in BothSides:
        nodes, _ = face.brow_nodes(side)
        own = grid.of("frontalis", side)
        rows = expression.strip_weights(
            nodes,
            np.abs(grid.x_mm[own]),
            grid.weight[own] * say[own],
            width_mm=brow.strip_width_mm.value * face.scale,
        )
        for row in rows:
            column = np.zeros(len(grid.x_mm))
            column[own] = row
            columns.append(column)
    for side in BothSides:
        own = grid.of("orbicularis-oculi", side)
        upper = own[grid.y_mm[own] > TAIL_PULL_ABOVE_MM * face.scale]
        column = np.zeros(len(grid.x_mm))
        column[upper] = 1 / len(upper)
        columns.append(column)
    return np.column_stack(columns), len(grid.names), len(nodes)


def move(face: Face, lost: Blocked, people: People) -> Movement:
    """Movement left when elements have lost endplates."""
    grid = elements(face)
    matrix, muscles, nodes = _readout(face)
    left = 1 - lost.weighed(matrix)
    strength = left[..., :muscles]
    by_name = {name: strength[..., index] for index, name in enumerate(grid.names)}
    lift = {
        side: left[..., muscles + index * nodes : muscles + (index + 1) * nodes]
        for index, side in enumerate(BothSides)
    }
    tail = {side: left[..., muscles + 2 * nodes + i] for i, side in enumerate(BothSides)}
    return Movement(
        names=grid.names,
        strength=strength,
        brow=_brow(face, by_name, lift, tail, people),
        lid={
            side: expression.lid_margin_mm(
                by_name["levator-palpebrae", side],
                full_drop_mm=model_facts().lid.full_drop_mm.value,
            )
            for side in BothSides
        },
        drive=_drive(by_name),
    )


def drive_left(face: Face, lost: Blocked) -> dict[tuple[str, Side], Array]:
    """Only the strength behind each area's lines (P, T): what a trial of line grades needs."""
    grid = elements(face)
    matrix, muscles, _ = _readout(face)
    strength = 1 - lost.weighed(matrix[:, :muscles])
    return _drive({name: strength[..., index] for index, name in enumerate(grid.names)})


def _frown(by_name: dict[MuscleSide, Array], side: Side) -> Array:
    lines = model_facts().lines
    return np.asarray(
        lines.corrugator_share.value * by_name["corrugator", side]
        + lines.procerus_share.value * by_name["procerus", Side.MIDLINE]
        + lines.depressor_supercilii_share.value * by_name["depressor-supercilii", side]
    )


def _drive(by_name: dict[MuscleSide, Array]) -> dict[tuple[str, Side], Array]:
    """The strength behind the lines of each area; frown and forehead lines take both sides."""
    both = {side: _frown(by_name, side) for side in BothSides}
    forehead = (by_name["frontalis", Side.LEFT] + by_name["frontalis", Side.RIGHT]) / 2
    return {
        ("glabella", Side.MIDLINE): (both[Side.LEFT] + both[Side.RIGHT]) / 2,
        ("forehead", Side.MIDLINE): forehead,
        ("lateral-canthal", Side.LEFT): by_name["orbicularis-oculi", Side.LEFT],
        ("lateral-canthal", Side.RIGHT): by_name["orbicularis-oculi", Side.RIGHT],
    }


def _brow(
    face: Face,
    by_name: dict[MuscleSide, Array],
    lift: dict[Side, Array],
    tail: dict[Side, Array],
    people: People,
) -> dict[tuple[str, Side], Array]:
    brow = model_facts().brow
    spread = np.exp(model_facts().people.tone_log_sd.value * people.tone)
    tone = np.clip(brow.frontalis_tone_fraction.value * spread, 0, 0.8)[:, None]
    rises: dict[tuple[str, Side], Array] = {}
    for side in BothSides:
        nodes, _ = face.brow_nodes(side)
        held = (lift[side], _frown(by_name, side), tail[side])
        for shown, who in ((("rest",), slice(None)), (("raise", "frown", "smile"), slice(1))):
            found = expression.brow_rise(
                nodes,
                *(one[who] for one in held),
                tone=tone[who],
                mechanics=brow_mechanics(),
                expressions=shown,
            )
            rises |= {(name, side): rise for name, rise in found.items()}
    return rises
