"""Under-treated lines: where a little more goes, and how little of it reaches what was wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.face.frame import Side
from glabella.facts import Product
from glabella.plan.correction import Effect, Noticed
from glabella.plan.forecast import Course
from glabella.plan.lines import rated_below
from glabella.plan.place import Dose
from glabella.plan.plan import Injection
from glabella.plan.seen import asked_grade
from glabella.plan.summary import HIGH, LOW
from glabella.plan.top_up import FULL, Bench, Settled, Trial

Array = NDArray[np.float64]

# Points of a session that lie this near each other are one place.
SAME_MM = 3.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the lines of an area should be: rated at most `grade` with this chance."""

    area: str
    grade: int
    chance: float


def asked_of(bench: Bench, area: str) -> Asked:
    """What was wanted of an area, in the words of the case or of its preset."""
    case, known = bench.case, facts.load().goals
    wanted = case.wanted.get(area)  # type: ignore[call-overload]
    preset = known.presets[case.preset or "natural"]
    chance = wanted.chance if wanted is not None and wanted.chance else preset.chance.value
    return Asked(area, asked_grade(case, area), chance)  # type: ignore[arg-type]


def more(bench: Bench, seen: Noticed) -> Settled:
    """The fewest units that bring an area to what was wanted, a step at a time where most is won.

    Each step goes to the place, both sides alike unless one side was named, that raises the chance
    most. Less is added than was given: texts say a smaller dose.
    """
    area = seen.area
    if area not in bench.case.patient.lines:
        return Settled(None, None, f"{area}: no grade before treatment, so no dose can be reckoned.")
    asked, most = asked_of(bench, area), given_units(bench, area)
    places = _places(bench, area, seen.side)
    chosen: list[Injection] = []
    best, broken = bench.trial(()), ""
    while _chance(bench, best.course, asked) < asked.chance:
        tried, broken = _next(bench, asked, places, chosen, most)
        if tried is None or _chance(bench, tried.course, asked) <= _chance(
            bench, best.course, asked
        ):
            break
        best, chosen = tried, list(tried.points)
    if not chosen and _chance(bench, best.course, asked) >= asked.chance:
        # What is seen is worse than the model makes of it: one step is the smallest that is more.
        tried, broken = _next(bench, asked, places, chosen, most)
        best = tried or best
    if not best.points:
        return Settled(None, None, broken or f"{area}: no addition helps.")
    return Settled(best, _effect(bench, best, asked))


def _next(
    bench: Bench,
    asked: Asked,
    places: Sequence[tuple[Injection, ...]],
    chosen: Sequence[Injection],
    most: float,
) -> tuple[Trial | None, str]:
    """The best next step, and what kept others from being taken."""
    best: tuple[float, Trial] | None = None
    broken = ""
    start = sum(point.units for point in chosen)
    now = _chance(bench, bench.trial(chosen).course, asked)
    for place in places:
        points = _joined(chosen, place)
        more_units = sum(point.units for point in points) - start
        if start + more_units >= most:
            name = facts.product(bench.last.product).name
            broken = f"{asked.area}: not as much again as the {most:g} U {name} that were given."
            continue
        trial = bench.trial(points)
        if what := bench.broken(trial):
            broken = what
            continue
        won = (_chance(bench, trial.course, asked) - now) / more_units
        if best is None or won > best[0]:
            best = (won, trial)
    return (best[1] if best else None), broken


def given_units(bench: Bench, area: str) -> float:
    """Units of the product in an area at its last session."""
    sessions = [
        (bench.left.plan.treatments[index], [dose for dose in doses if dose.area == area])
        for index, doses in bench.left.doses.items()
    ]
    own = [
        (treatment.date, sum(dose.units.amount for dose in doses))
        for treatment, doses in sessions
        if doses and treatment.product == bench.last.product
    ]
    return max(own)[1] if own else 0.0


def _places(bench: Bench, area: str, side: Side | None) -> list[tuple[Injection, ...]]:
    """Where more may go: where it went before, and where the label has a point, a step each."""
    given = [
        Injection(
            units=bench.step,
            x_mm=round(dose.x_mm, 1),
            y_mm=round(dose.y_mm, 1),
            side=dose.side,
            depth=dose.depth,
        )
        for doses in bench.left.doses.values()
        for dose in doses
        if dose.area == area
    ]
    product: Product = facts.product(bench.last.product)
    sites = product.areas[area].sites if area in product.areas else ()
    known = facts.load().anatomy.sites
    labelled = [
        Injection(units=bench.step, site=one.site, side=own)
        for one in sites
        for own in ((Side.LEFT, Side.RIGHT) if known[one.site].paired else (Side.MIDLINE,))
    ]
    return _pairs(bench, [*labelled, *given], side)


def _pairs(
    bench: Bench, points: Iterable[Injection], only: Side | None
) -> list[tuple[Injection, ...]]:
    """Points that are each other's mirror image together; of a named side alone."""
    groups: list[tuple[Dose, list[tuple[Side, Injection]]]] = []
    for point in points:
        (dose,) = bench.doses((point,))
        for first, group in groups:
            near = np.hypot(first.x_mm - dose.x_mm, first.y_mm - dose.y_mm) <= SAME_MM
            if near and (first.side is Side.MIDLINE) == (dose.side is Side.MIDLINE):
                if dose.side not in {side for side, _ in group}:
                    group.append((dose.side, point))
                break
        else:
            groups.append((dose, [(dose.side, point)]))
    found = []
    for _, group in groups:
        kept = tuple(point for side, point in group if only is None or side is only)
        if kept:
            found.append(kept)
    return found


def _joined(chosen: Sequence[Injection], place: Sequence[Injection]) -> list[Injection]:
    """A step more at each point of a place."""
    points = {_key(point): point for point in chosen}
    for point in place:
        key = _key(point)
        units = point.units + (points[key].units if key in points else 0.0)
        points[key] = msgspec.structs.replace(point, units=units)
    return list(points.values())


def _key(point: Injection) -> tuple[object, ...]:
    return point.site, point.x_mm, point.y_mm, point.side, point.depth


def _chances(bench: Bench, course: Course, asked: Asked) -> Array:
    """The chance (P,) that lines are rated at most as wanted when the effect is full."""
    sides = [
        rated_below(lines.maximum[:, [FULL]], asked.grade + 0.5, bench.left.parameters)
        for (area, _), lines in course.lines.items()
        if area == asked.area
    ]
    return np.asarray(np.min(sides, axis=0))[1:, 0]


def _chance(bench: Bench, course: Course, asked: Asked) -> float:
    return float(_chances(bench, course, asked).mean())


def _severity(course: Course, area: str, day: int = FULL) -> Array:
    """Severity (P,) of the worse side."""
    sides = [one.maximum[1:, day] for (name, _), one in course.lines.items() if name == area]
    return np.asarray(np.max(sides, axis=0))


def _effect(bench: Bench, trial: Trial, asked: Asked) -> Effect:
    now = bench.left.course([0.0])
    low, after, high = np.quantile(_severity(trial.course, asked.area), [LOW, 0.5, HIGH])
    return Effect(
        what=f"{asked.area} at full movement",
        unit="grade",
        now=round(float(np.median(_severity(now, asked.area, 0))), 2),
        without=round(float(np.median(_severity(bench.without, asked.area))), 2),
        after=round(float(after), 2),
        low=round(float(low), 2),
        high=round(float(high), 2),
        asked=float(asked.grade),
        reached=_chance(bench, trial.course, asked) >= asked.chance,
    )
