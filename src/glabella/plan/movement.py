"""From blocked endplates to what moves: muscles, brows, lids and the drive behind each line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glabella.effect import expression, response
from glabella.face.frame import BothSides, Face, Side
from glabella.face.muscles import MuscleSide, elements
from glabella.plan.course import Blocked, Reach, blocked
from glabella.plan.parameters import Number, Parameters, brow_mechanics, model_facts
from glabella.plan.people import People

Array = NDArray[np.float64]
# Shares of muscles that add up to what folds the skin of one area.
Folds = tuple[tuple[float, MuscleSide], ...]

# Over this many mm the say of a frontalis fibre in the brow's height fades at the C-line.
C_LINE_BLUR_MM = 3.0
# The part of the lateral orbicularis above the canthus is what pulls the brow's tail down.
TAIL_PULL_ABOVE_MM = 4.0
# Toxin that takes less than this share of a muscle, in the mean of patients, does not reach it,
# unless it takes more than that from one of them: few eyelids droop, and those count.
REACHED, REACHED_IN_ONE = 5e-3, 0.05
# What is slow is followed so often through the sessions before the last.
STEP_DAYS = 7.0


@dataclass(frozen=True, slots=True, eq=False)
class Strength:
    """Strength left (P, T) of the muscles of a face; one that toxin does not reach keeps all.

    `names` are all muscles, `reached` those that toxin reaches, `taken` how much it takes of each
    at most, in the mean of patients.
    """

    names: tuple[MuscleSide, ...]
    reached: dict[MuscleSide, Array]
    taken: dict[MuscleSide, float]
    shape: tuple[int, int]

    @property
    def whole(self) -> Array:
        """The strength of a muscle that toxin does not reach."""
        return np.broadcast_to(1.0, self.shape)

    def of(self, muscle: str, side: Side) -> Array:
        return self.reached.get((muscle, side), self.whole)

    def touches(self, *muscles: str, share: float = REACHED) -> bool:
        """Whether toxin takes such a share of any of these muscles on any side."""
        return any(muscle in muscles and one >= share for (muscle, _), one in self.taken.items())

    def folding(self, folds: Folds) -> Array:
        """The mean strength (P, T) of what folds an area, by shares that add up to 1."""
        parts = [(share, name) for share, name in folds if name in self.reached]
        if not parts:
            return self.whole
        if len(folds) == 1:
            return self.reached[folds[0][1]]
        lost = sum(share * (1 - self.reached[name]) for share, name in parts)
        return np.asarray(1 - lost)


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """What is left to move, for patients (P,) and days (T,).

    `brow` maps expression and side to rises (P, T, N) in mm at the brow nodes, other expressions
    than rest only of the first patient, whom a drawing shows; `lid` maps each side to the margin's
    change (P, T) in mm; `drive` maps area and side to the strength behind its lines (P, T);
    `tone` (P, 1) is what muscles hold at rest, against the usual.
    """

    strength: Strength
    brow: dict[tuple[str, Side], Array]
    lid: dict[Side, Array]
    drive: dict[tuple[str, Side], Array]
    tone: Array

    def of(self, muscle: str, side: Side) -> Array:
        return self.strength.of(muscle, side)


@lru_cache(maxsize=64)
def readout(face: Face) -> tuple[Array, int, int]:
    """The matrix (E, K) that reads a face's elements, how many muscles it has, and brow nodes.

    Its columns are the muscles, then what lifts each brow node of the left and of the right side,
    then what pulls each tail down.
    """
    grid = elements(face)
    brow = model_facts().brow
    columns = [response.group_weights(grid.weight, grid.muscle, len(grid.names))]
    below = 1 / (1 + np.exp((grid.y_mm - face.c_line_mm) / C_LINE_BLUR_MM))
    say = brow.above_c_line_share.value + (1 - brow.above_c_line_share.value) * below
    # The lowest fibres end in the brow; what is done higher up reaches it less and less.
    say *= np.exp(-(grid.y_mm - face.rim_height_mm) / brow.low_fibre_reach_mm.value)
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
    matrix, muscles, nodes = readout(face)
    lifts, tails = muscles + 2 * nodes, matrix.shape[1]
    # Frontalis has many columns of its own, and no other muscle has a say in them.
    frontalis = np.isin(grid.muscle, [grid.names.index(("frontalis", s)) for s in BothSides])
    strength, (lift, tail) = _weigh(
        face, lost, ((frontalis, range(muscles, lifts)), (~frontalis, range(lifts, tails)))
    )
    return movement_of(face, strength, lift=lift, tail=tail, tone=resting_tone(people))


def resting_tone(people: People) -> Array:
    """What muscles hold at rest (P, 1), against the usual."""
    return np.asarray(np.exp(model_facts().people.tone_log_sd.value * people.tone)[:, None])


def movement_of(
    face: Face,
    strength: Strength,
    *,
    lift: Array,
    tail: Array,
    tone: Array,
    shown: Sequence[str] = ("raise", "frown", "smile"),
) -> Movement:
    """Movement for strength left, the lift left at brow nodes (P, T, 2 N) and at tails (P, T, 2).

    `tone` (P, 1) is what muscles hold at rest, against the usual; `shown` are the expressions
    whose brows are drawn besides that at rest.
    """
    nodes = lift.shape[-1] // 2
    return Movement(
        strength=strength,
        brow=_brow(
            face,
            strength,
            {side: lift[..., i * nodes : (i + 1) * nodes] for i, side in enumerate(BothSides)},
            {side: tail[..., i] for i, side in enumerate(BothSides)},
            tone,
            shown=shown,
        ),
        lid={
            side: expression.lid_margin_mm(
                strength.of("levator-palpebrae", side),
                full_drop_mm=model_facts().lid.full_drop_mm.value,
            )
            for side in BothSides
        },
        drive=drives_of(strength),
        tone=tone,
    )


def drive_left(
    face: Face, lost: Blocked, areas: Collection[str] | None = None
) -> dict[tuple[str, Side], Array]:
    """Only the strength behind the lines (P, T) of each area, or of those named."""
    asked = {key: folds for key, folds in _folds().items() if areas is None or key[0] in areas}
    behind = {name for folds in asked.values() for _, name in folds}
    strength = strength_left(face, lost, behind)
    return {key: strength.folding(folds) for key, folds in asked.items()}


def areas_with_lines() -> list[str]:
    """The areas whose lines the model follows."""
    return list(dict.fromkeys(area for area, _ in _folds()))


def strength_left(
    face: Face, lost: Blocked, muscles: Collection[MuscleSide] | None = None
) -> Strength:
    """Only the strength of each muscle, or of those named; the others are taken as whole."""
    grid = elements(face)
    asked = np.array([muscles is None or name in muscles for name in grid.names])
    return _weigh(face, lost, ((asked[grid.muscle], ()),))[0]


def strength_before(
    face: Face,
    reaches: Sequence[Reach],
    people: People,
    *,
    parameters: Parameters,
    bulk: Number,
    muscles: Collection[MuscleSide] | None = None,
    since: float = -np.inf,
) -> tuple[Array, Strength] | None:
    """Days (S,) from the first session, or `since`, to the last, and the strength left on them.

    For what is slow and remembers; None if there was but one session. Of `muscles` if named.
    """
    first = max(min((arrived.day for arrived in reaches), default=0.0), since)
    before = np.arange(first, 0.0, STEP_DAYS)
    if not len(before):
        return None
    lost = blocked(face, reaches, before, people, parameters, bulk=bulk)
    return before, strength_left(face, lost, muscles)


def _weigh(
    face: Face, lost: Blocked, groups: Sequence[tuple[NDArray[np.bool_], Sequence[int]]]
) -> tuple[Strength, list[Array]]:
    """Strength left of the muscles that toxin reaches, and what more is read of them (P, T, K).

    Each group of elements, a mask (E,), has columns of the readout that none but it fills.
    """
    grid = elements(face)
    matrix, _, _ = readout(face)
    parts = [(lost.part(own), columns) for own, columns in groups]
    touched = [[int(i) for i in np.unique(grid.muscle[part.reached])] for part, _ in parts]
    ends = np.cumsum([len(t) + len(c) for t, (_, c) in zip(touched, parts, strict=True)])
    left = np.empty((*lost.shape, ends[-1]), lost.kind)
    reached: dict[MuscleSide, Array] = {}
    taken: dict[MuscleSide, float] = {}
    more: list[Array] = []
    for (part, columns), muscles, end in zip(parts, touched, ends, strict=True):
        split = end - len(columns)
        own = left[..., split - len(muscles) : end]
        part.weighed(matrix[:, [*muscles, *columns]], out=own)
        np.subtract(1.0, own, out=own)
        most, worst = 1 - own.mean(axis=0).min(axis=0), 1 - own.min(axis=(0, 1))
        for column, name in enumerate(muscles):
            if most[column] >= REACHED or worst[column] >= REACHED_IN_ONE:
                reached[grid.names[name]] = own[..., column]
                taken[grid.names[name]] = float(most[column])
        more.append(left[..., split:end])
    return Strength(grid.names, reached, taken, lost.shape), more


@lru_cache(maxsize=1)
def _folds() -> dict[tuple[str, Side], Folds]:
    """What folds the skin of each area: frown, forehead, lip and chin lines take both sides."""
    lines = model_facts().lines
    found: dict[tuple[str, Side], Folds] = {
        ("glabella", Side.MIDLINE): tuple(
            (share / 2, name) for side in BothSides for share, name in _frown(side)
        )
    }
    for area, muscle in (
        ("forehead", "frontalis"),
        ("lip-lines", "orbicularis-oris"),
        ("chin", "mentalis"),
    ):
        found[area, Side.MIDLINE] = tuple((0.5, (muscle, side)) for side in BothSides)
    bunny, cheek = lines.nasalis_share.value, lines.zygomaticus_share.value
    for side in BothSides:
        found["lateral-canthal", side] = (
            (1 - cheek, ("orbicularis-oculi", side)),
            (cheek, ("zygomaticus", side)),
        )
        found["bunny-lines", side] = (
            (bunny, ("nasalis", side)),
            (1 - bunny, ("levator-labii-alaeque-nasi", side)),
        )
        found["platysma", side] = ((1.0, ("platysma", side)),)
    return found


def _frown(side: Side) -> Folds:
    lines = model_facts().lines
    return (
        (lines.corrugator_share.value, ("corrugator", side)),
        (lines.procerus_share.value, ("procerus", Side.MIDLINE)),
        (lines.depressor_supercilii_share.value, ("depressor-supercilii", side)),
    )


def drives_of(strength: Strength) -> dict[tuple[str, Side], Array]:
    """The strength behind the lines of each area."""
    return {key: strength.folding(folds) for key, folds in _folds().items()}


def _brow(
    face: Face,
    strength: Strength,
    lift: dict[Side, Array],
    tail: dict[Side, Array],
    spread: Array,
    *,
    shown: Sequence[str],
) -> dict[tuple[str, Side], Array]:
    brow = model_facts().brow
    tone = np.clip(brow.frontalis_tone_fraction.value * spread, 0, 0.8)
    rises: dict[tuple[str, Side], Array] = {}
    for side in BothSides:
        nodes, _ = face.brow_nodes(side)
        held = (lift[side], strength.folding(_frown(side)), tail[side])
        for expressions, who in [(("rest",), slice(None)), *([(shown, slice(1))] if shown else [])]:
            found = expression.brow_rise(
                nodes,
                *(one[who] for one in held),
                tone=tone[who],
                mechanics=brow_mechanics(),
                expressions=expressions,
            )
            rises |= {(name, side): rise for name, rise in found.items()}
    return rises
