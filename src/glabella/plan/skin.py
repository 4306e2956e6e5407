"""The skin under droplets: pores and sebum of its regions, for drawn patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from glabella.effect import skin, spread
from glabella.face.frame import Face
from glabella.face.muscles import contains, warp
from glabella.facts import product as facts_of
from glabella.plan.parameters import Parameters, column, model_facts
from glabella.plan.people import People
from glabella.plan.place import Dose
from glabella.plan.sizes import sizes

Array = NDArray[np.float64]

SPACING_MM = 6.0
# A region is reached if somewhere in it lies this share of the density at half effect.
REACHED = 0.25
TYPICAL = 0


@dataclass(frozen=True, slots=True, eq=False)
class SkinCourse:
    """What is left of pores and sebum of a region, as fractions of before (P, T)."""

    region: str
    pores: Array
    sebum: Array


def follow_skin(
    face: Face,
    sessions: Sequence[tuple[Sequence[Dose], float]],
    days: Array,
    people: People,
    parameters: Parameters,
) -> tuple[SkinCourse, ...]:
    """The skin of every region that droplets reach, under all sessions and their days.

    Only doses in the dermis count: what reaches the skin from a muscle was not found as a share.
    """
    facts = model_facts().skin
    given = [(droplets(doses), day) for doses, day in sessions]
    given = [(dermal, day) for dermal, day in given if dermal]
    if not given:
        return ()
    onset = np.exp(model_facts().people.onset_log_sd.value * people.onset)
    lasting = np.exp(parameters.duration_log_sd * people.duration)
    answer = np.exp(parameters.sensitivity_log_sd * people.sensitivity) * facts.sensitivity.value
    loads, courses = [], []
    for dermal, day in given:
        half = parameters.action(dermal[0].units.product).half_effect
        density = _density(face, dermal, float(np.ravel(parameters.sigma_mm)[TYPICAL]))
        loads.append(answer[:, None] * density / column(half))
        courses.append(
            skin.course(
                days - day,
                rise_days=facts.rise_days.value * onset,
                fade_days=facts.fade_days.value * lasting,
            )
        )
    pores = sizes(facts.pores_most_fraction, len(people), step=1)[:, None]
    sebum = sizes(facts.sebum_most_fraction, len(people), step=2)[:, None]
    found = []
    for region, own in regions(face)[1].items():
        if max(load[TYPICAL, own].max() for load in loads) < REACHED:
            continue
        taken = _taken([load[:, own] for load in loads], courses)
        found.append(SkinCourse(region, 1 - pores * taken, 1 - sebum * taken))
    return tuple(found)


def droplets(doses: Sequence[Dose]) -> list[Dose]:
    """The doses that lie in the dermis."""
    return [dose for dose in doses if dose.depth == "dermis"]


@lru_cache(maxsize=32)
def regions(face: Face) -> tuple[Array, dict[str, NDArray[np.int64]]]:
    """Points of skin (G, 2) on both sides in mm, and which of them lie in each region."""
    points: list[Array] = []
    own: dict[str, NDArray[np.int64]] = {}
    for name in model_facts().skin.regions:
        polygon = region_outline(face, name)
        low, high = polygon.min(axis=0), polygon.max(axis=0)
        step = SPACING_MM * face.scale
        across, along = (np.arange(a + step / 2, b, step) for a, b in zip(low, high, strict=True))
        x, y = (axis.ravel() for axis in np.meshgrid(across, along))
        inside = contains(polygon, x, y)
        half = np.column_stack([x[inside], y[inside]])
        first = sum(len(part) for part in points)
        own[name] = np.arange(first, first + 2 * len(half))
        points += [half, half * [-1, 1]]
    return np.concatenate(points), own


def region_outline(face: Face, region: str) -> Array:
    """The outline (n, 2) in mm of the left half of a region of this face's skin, x >= 0."""
    outline = np.array(model_facts().skin.regions[region].outline_mm.value, dtype=float)
    return np.column_stack(warp(face, outline[:, 0], outline[:, 1]))


def _density(face: Face, doses: Sequence[Dose], sigma_mm: float) -> Array:
    """Units per mm2 in the dermis at each point of the skin (G,), by the usual spread.

    A region shows a mean: it hardly matters to it how widely a droplet spreads in one patient.
    """
    facts = model_facts().spread
    product = facts_of(doses[0].units.product)
    points, _ = regions(face)
    return spread.density(
        np.array([dose.units.amount for dose in doses]),
        np.array([(dose.signed_x_mm, dose.y_mm) for dose in doses]),
        spread.width_mm(
            np.array([dose.volume_ml for dose in doses]),
            sigma_mm=sigma_mm * product.face_spread.value,
            reference_ml=facts.reference_ml.value,
            exponent=facts.volume_exponent.value,
        ),
        points,
        np.ones((len(doses), len(points))),
    )


def _taken(loads: Sequence[Array], courses: Sequence[Array]) -> Array:
    """The share (P, T) that droplets take from a region, of the most that they can take.

    Loads (P, G) at its points, each with the course (P, T) of its session.
    """
    taken = np.zeros(courses[0].shape)
    for point in range(loads[0].shape[1]):
        active = sum(
            load[:, point, None] * course for load, course in zip(loads, courses, strict=True)
        )
        taken += 1 - skin.kept(np.asarray(active), most=1.0)
    return np.asarray(taken / loads[0].shape[1])
