"""The space of a search: where points may go, what moves together, and what is held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from glabella.face.frame import Side
from glabella.plan.goals.aims import Aims
from glabella.plan.goals.goal import Goal, treatment_of
from glabella.plan.place import Dose, place
from glabella.plan.plan import Injection
from glabella.plan.search.candidates import Candidate, candidates
from glabella.plan.search.moves import Spot, Steps
from glabella.plan.search.score import Judge
from glabella.plan.search.search import Search
from glabella.plan.search.setting import influence_of, setting

# No point is added this near to one that is held, and a start is taken from places this near.
HELD_MM, SAME_MM = 6.0, 1.0
# Areas in which one side may get more than the other.
SIDED = {"forehead", "lateral-canthal"}


def space_of(goal: Goal, aims: Aims) -> Search:
    """Where a search may put points, and what those that are held do already."""
    known, held = setting(goal), held_points(goal)
    areas = tuple(goal.areas)
    places = candidates(known.face, areas, goal.product, aims.spare)
    far = tuple(where for where, _ in held if where.area not in areas)
    influence = influence_of(goal, aims, known, (*places, *far))
    base = np.zeros(influence.shape, np.float32)
    for (where, side), units in held.items():
        base += influence.load(where, side, units)
    given: dict[str, float] = {}
    for (where, _), units in held.items():
        given[where.area] = given.get(where.area, 0.0) + units
    groups = tuple(_groups(places, held))
    return Search(
        judge=Judge.of(influence, aims),
        groups=groups,
        base=base,
        held_units=given,
        alone=tuple(_each_alone(groups)) if aims.brow == "level" else (),
    )


def _groups(places: Sequence[Candidate], held: Mapping[Spot, float]) -> Iterator[tuple[Spot, ...]]:
    """The spots that move together: both sides of a place, except where a point is held."""
    for one in places:
        free = tuple((one, side) for side in one.sides if not _taken(one, side, held))
        if free:
            yield free


def _each_alone(groups: Sequence[tuple[Spot, ...]]) -> Iterator[tuple[Spot, ...]]:
    """Each side by itself where lines and brow are a side's own; a frown is never halved."""
    for group in groups:
        if group[0][0].area in SIDED:
            yield from ((spot,) for spot in group)


def _taken(place: Candidate, side: Side, held: Mapping[Spot, float]) -> bool:
    return any(
        side is other and np.hypot(place.x_mm - there.x_mm, place.y_mm - there.y_mm) < HELD_MM
        for there, other in held
    )


def held_points(goal: Goal) -> dict[Spot, float]:
    """Units at the points that are held."""
    if not goal.held:
        return {}
    return {
        _spot(dose): dose.units.amount
        for dose in place(setting(goal).face, treatment_of(goal, goal.held))
    }


def _spot(dose: Dose) -> Spot:
    place = Candidate(
        area=dose.area,
        muscle=dose.muscle,
        site=dose.site,
        x_mm=dose.x_mm,
        y_mm=dose.y_mm,
        depth=dose.depth,
        sides=(dose.side,),
        name=dose.at().removesuffix(f", {dose.side}"),
    )
    return place, dose.side


def steps_at(goal: Goal, space: Search, start: Sequence[Injection]) -> dict[Spot, int]:
    """A start in whole steps at the places of a search; what lies at none of them is left out."""
    spots = [spot for group in space.groups for spot in group]
    found: dict[Spot, int] = {}
    if not start:
        return found
    for dose in place(setting(goal).face, treatment_of(goal, start)):
        for spot in spots:
            same = np.hypot(spot[0].x_mm - dose.x_mm, spot[0].y_mm - dose.y_mm) < SAME_MM
            if same and spot[1] is dose.side:
                found[spot] = max(1, round(dose.units.amount / space.aims.step_units))
    return found


def injections_of(steps: Steps, step_units: float) -> list[Injection]:
    return [
        injection_at(spot, units)
        for spot, units in sorted(units_at(steps, step_units).items(), key=by_place)
    ]


def units_at(steps: Steps, step_units: float) -> dict[Spot, float]:
    return {spot: round(count * step_units, 6) for spot, count in steps.items()}


def by_place(item: tuple[Spot, float]) -> tuple[str, float, float, str]:
    (place, side), _ = item
    return place.area, place.x_mm, -place.y_mm, side


def injection_at(spot: Spot, units: float) -> Injection:
    place, side = spot
    if place.site:
        return Injection(units=units, site=place.site, side=side)
    return Injection(units=units, x_mm=place.x_mm, y_mm=place.y_mm, side=side, depth=place.depth)
