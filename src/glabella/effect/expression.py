r"""Expression: how brows, lids and lines move with the strength that is left.

The brow of one side is an elastic beam of nodes on springs: with stiffness 1 per node and a
bending term over a length l, a pull f (mm at rest stiffness) displaces it by

    u = (I + (l / dx)^4 D'D)^-1 f,        D: second differences.

Frontalis pulls each node up by what its strips above hold (fibres above the line of convergence
little), the depressors pull the head and the tail down. The drive of frontalis is regulated:
what one part loses the rest tries to make up, within a limit. A rise is positive, in mm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BrowMechanics:
    """Constants of the brow; lengths and pulls in mm, see `facts/model.toml` [brow]."""

    frontalis_lift_mm: float
    compensation_fraction: float
    compensation_limit: float
    medial_pull_mm: float
    medial_reach_mm: float
    orbicularis_pull_mm: float
    orbicularis_reach_mm: float
    frown_drop_mm: float
    smile_drop_mm: float
    bending_length_mm: float


def compliance(nodes_mm: Array, bending_length_mm: float) -> Array:
    """The matrix (N, N) from pulls at brow nodes (N,) to their displacements."""
    count = len(nodes_mm)
    return _compliance(count, (nodes_mm[-1] - nodes_mm[0]) / (count - 1), bending_length_mm)


@lru_cache(maxsize=64)
def _compliance(count: int, spacing: float, bending_length_mm: float) -> Array:
    bend = np.diff(np.eye(count), n=2, axis=0)
    stiffness = np.eye(count) + (bending_length_mm / spacing) ** 4 * bend.T @ bend
    return np.asarray(np.linalg.inv(stiffness))


def strip_weights(
    nodes_mm: Array, element_x_mm: Array, element_weight: Array, *, width_mm: float
) -> Array:
    """How much each frontalis element (E,) holds each brow node (N,): rows sum to 1."""
    apart = nodes_mm[:, None] - element_x_mm[None, :]
    near = np.exp(-(apart**2) / (2 * width_mm**2)) * element_weight
    return np.asarray(near / near.sum(axis=1, keepdims=True))


def regulated_drive(lift_fraction: Array, *, compensation: float, limit: float) -> Array:
    """Drive of frontalis (...) against its resting drive, for lifts left at the nodes (..., N)."""
    left = lift_fraction.mean(axis=-1)
    wanted = 1 + compensation * (1 - left) / np.maximum(left, 1 / limit**2)
    return np.asarray(np.clip(wanted, 1.0, limit))


def brow_rise(
    nodes_mm: Array,
    lift_fraction: Array,
    medial_fraction: Array,
    orbicularis_fraction: Array,
    *,
    tone: Array,
    mechanics: BrowMechanics,
    expressions: Sequence[str] = ("rest", "raise", "frown", "smile"),
) -> dict[str, Array]:
    """Rise of each brow node in mm against the face at rest before treatment, by expression.

    Shapes: nodes (N,); frontalis strength left at the nodes (..., N); strength left of the
    medial depressors and the lateral orbicularis (...); resting tone of frontalis as a fraction
    of its full drive (...). Returns each of the `expressions` as (..., N).
    """
    m = mechanics
    solve = compliance(nodes_mm, m.bending_length_mm).T
    head = np.exp(-(nodes_mm - nodes_mm[0]) / m.medial_reach_mm)
    tail = np.exp(-(nodes_mm[-1] - nodes_mm) / m.orbicularis_reach_mm)
    drive = regulated_drive(
        lift_fraction, compensation=m.compensation_fraction, limit=m.compensation_limit
    )
    full = m.frontalis_lift_mm * tone
    reserve = np.maximum(m.frontalis_lift_mm * (1 - tone * drive), 0)
    # What does not depend on the strips pulls along the brow in three fixed shapes.
    shapes = np.stack([np.ones_like(head), head, tail]) @ solve

    def rise(expression: str) -> Array:
        """Linear in what is left, so that only the strips need a product over all nodes."""
        lift = full * drive + (reserve if expression == "raise" else 0.0)
        frown = m.frown_drop_mm if expression == "frown" else 0.0
        smile = m.smile_drop_mm if expression == "smile" else 0.0
        pulls = np.empty((*drive.shape, len(shapes)))
        pulls[..., 0] = -full
        pulls[..., 1] = m.medial_pull_mm - (m.medial_pull_mm + frown) * medial_fraction
        pulls[..., 2] = (
            m.orbicularis_pull_mm - (m.orbicularis_pull_mm + smile) * orbicularis_fraction
        )
        found = np.asarray((lift[..., None] * lift_fraction) @ solve)
        found += pulls @ shapes
        return found

    return {expression: rise(expression) for expression in expressions}


def lid_margin_mm(levator_fraction: Array, *, full_drop_mm: float) -> Array:
    """Change of the upper lid margin in mm (0 or down) for levator strength left."""
    return np.asarray(-full_drop_mm * (1 - levator_fraction))


def resting_memory(days: Array, strength: Array, *, memory_days: float) -> Array:
    """A slow state, such as lines at rest: it follows strength (..., T) and starts at 1.

    Solves m' = (strength - m) / memory exactly for strength that is linear between days (T,).
    """
    steps = np.diff(days)
    fade = np.exp(-steps / memory_days)
    lag = np.diff(strength, axis=-1) / steps * memory_days
    gained = (strength[..., 1:] - lag) - (strength[..., :-1] - lag) * fade
    # Days first, so that each day's patients lie side by side.
    by_day = np.ascontiguousarray(np.moveaxis(gained, -1, 0))
    memory = np.ones((len(days), *by_day.shape[1:]))
    for index, gain in enumerate(by_day):
        memory[index + 1] = memory[index] * fade[index] + gain
    return np.ascontiguousarray(np.moveaxis(memory, 0, -1))


def jaw_width_mm(
    days: Array, strength: Array, *, memory_days: float, full_loss_mm: float | Array
) -> Array:
    """Change of the width of one side of a jaw (..., T): a masseter that rests loses bulk.

    Bulk follows strength (..., T) as slowly as `memory_days` says; a masseter without any
    strength would in the end be `full_loss_mm` thinner. Negative is slimmer.
    """
    bulk = resting_memory(days, strength, memory_days=memory_days)
    return np.asarray(-full_loss_mm * (1 - bulk))


def line_severity(
    strength: Array,
    memory: Array,
    *,
    maximum: Array,
    rest: Array,
    rest_share: float | Array,
    exponent: float | Array,
) -> tuple[Array, Array]:
    """Severity of lines (0 to 3.5) at full movement and at rest.

    Part of the grade at full movement are the lines already there at rest; the remainder goes
    with a power of strength: weak folding hardly shows. Shapes: strength and memory (..., T),
    baselines broadcast against them.
    """
    resting = rest * memory
    standing = rest_share * rest
    return rest_share * resting + (maximum - standing) * strength**exponent, resting
