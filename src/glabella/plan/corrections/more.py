"""Under-treated lines: where a little more goes, and how little of it reaches what was wanted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.face.frame import Side
from glabella.face.sites import sides_of
from glabella.facts import Product
from glabella.plan.corrections.correction import Effect, Noticed
from glabella.plan.corrections.seen import asked_grade
from glabella.plan.corrections.top_up import (
    FULL,
    NOISE,
    ROUNDING,
    Bench,
    Settled,
    Trial,
    same_place,
    together,
)
from glabella.plan.forecast import Course
from glabella.plan.goals.asked_lines import GRADES
from glabella.plan.lines import rated_below
from glabella.plan.place import Dose
from glabella.plan.plan import Injection
from glabella.plan.summary import HIGH, LOW

Array = NDArray[np.float64]

# Points of a session that lie this near each other are one place.
SAME_MM = 3.0
# A top-up that raises the chance of what was wanted by less than this is toxin for nothing.
LEAST_WON = 0.02


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
    most. At most a share of what was given is added: texts say a smaller dose. Where that does not
    reach what was wanted, steps that win next to nothing are left out.
    """
    area = seen.area
    if area not in bench.case.patient.lines:
        return Settled(
            None, why_not=f"{area}: no grade before treatment, so no dose can be reckoned."
        )
    given = given_units(bench, area)
    asked, most = asked_of(bench, area), given * facts.load().corrections.top_up_share.value
    if not given:
        return Settled(None, why_not=f"{area} was not treated: plan it as a treatment of its own.")
    search = _Search(bench, asked, _places(bench, area, seen.side), most)
    best = bench.trial(())
    chance = _chance(bench, best.course, asked)
    start, steps = chance, list[tuple[Trial, float]]()
    # What is seen is worse than the model makes of it where that reaches the goal already: then
    # one step is the smallest that is more.
    while chance < asked.chance or not best.points:
        tried = search.next(best, chance)
        if tried is None:
            break
        best, chance = tried
        steps.append(tried)
    if not steps:
        return Settled(None, why_not=search.broken or f"{area}: no addition helps.")
    won = max(later for _, later in steps)
    if won < asked.chance and won - start < LEAST_WON:
        name = facts.product(bench.last.product).name
        return Settled(
            None,
            why_not=f"{area}: at most {most:g} U {name} are a top-up, and they would take the "
            f"chance of {GRADES[asked.grade]} or better from {start:.0%} to {won:.0%} only. The "
            "rest belongs to the next full visit.",
        )
    return Settled(_smallest(steps, asked), _effects(bench, _smallest(steps, asked), asked))


def _smallest(steps: Sequence[tuple[Trial, float]], asked: Asked) -> Trial:
    """The fewest units that win as much as the most do, or reach what was asked."""
    enough = min(asked.chance, max(chance for _, chance in steps) - NOISE)
    return next(trial for trial, chance in steps if chance >= enough)


@dataclass(eq=False)
class _Search:
    """Steps one by one; what each place won last time bounds what it wins now."""

    bench: Bench
    asked: Asked
    places: Sequence[Place]
    most: float
    broken: str = ""

    def __post_init__(self) -> None:
        self.bounds = dict.fromkeys(range(len(self.places)), math.inf)

    def next(self, best: Trial, chance: float) -> tuple[Trial, float] | None:
        """The step that wins most a unit; None when no step wins anything or is allowed.

        Gains fall as units rise, so a place that won less than the best so far waits its turn.
        """
        found: tuple[float, Trial, float] | None = None
        for index in sorted(self.bounds, key=lambda one: -self.bounds[one]):
            if found is not None and self.bounds[index] <= found[0]:
                break
            trial = self._tried(best, self.places[index])
            if trial is None:
                del self.bounds[index]
                continue
            now = _chance(self.bench, trial.course, self.asked)
            self.bounds[index] = (now - chance) / (trial.units - best.units)
            if self.bounds[index] > 0 and (found is None or self.bounds[index] > found[0]):
                found = (self.bounds[index], trial, now)
        return found[1:] if found else None

    def _tried(self, best: Trial, place: Place) -> Trial | None:
        """A step more at a place, where nothing keeps it from being taken."""
        points = together((*best.points, *place.step))
        here = {same_place(point) for point in place.step}
        highest = max(point.units for point in points if same_place(point) in here)
        whole = sum(point.units for point in points)
        if whole > self.most + ROUNDING or highest > place.most + ROUNDING:
            self.broken = self.broken or self._small()
            return None
        trial = self.bench.trial(points)
        if broken := self.bench.broken(trial):
            self.broken = broken
            return None
        return trial

    def _small(self) -> str:
        name = facts.product(self.bench.last.product).name
        return (
            f"{self.asked.area}: at most {self.most:g} U {name} are a top-up, and half of what "
            "went to a point. No step of it fits in: the rest belongs to the next visit."
        )


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


@dataclass(frozen=True, slots=True)
class Place:
    """Where more may go: a step at each of its points, and the most that goes to one of them."""

    step: tuple[Injection, ...]
    most: float


def _places(bench: Bench, area: str, side: Side | None) -> list[Place]:
    """Where it went before, and where the label has a point; each gets half of that at most."""
    given = [
        (
            dose.units.amount,
            Injection(
                units=bench.step,
                x_mm=round(dose.x_mm, 1),
                y_mm=round(dose.y_mm, 1),
                side=dose.side,
                depth=dose.depth,
            ),
        )
        for doses in bench.left.doses.values()
        for dose in doses
        if dose.area == area
    ]
    product: Product = facts.product(bench.last.product)
    sites = product.areas[area].sites if area in product.areas else ()
    labelled = [
        (one.units.value, Injection(units=bench.step, site=one.site, side=own))
        for one in sites
        for own in sides_of(one.site)
    ]
    return _pairs(bench, labelled, given, side)


def _pairs(
    bench: Bench,
    labelled: Sequence[tuple[float, Injection]],
    given: Sequence[tuple[float, Injection]],
    only: Side | None,
) -> list[Place]:
    """Points that are each other's mirror image together; of a named side alone."""
    groups: list[_Group] = []
    for points, went in ((labelled, False), (given, True)):
        for units, point in points:
            (dose,) = bench.doses((point,))
            own = next((group for group in groups if _same_place(group.first, dose)), None)
            if own is None:
                groups.append(own := _Group(dose, units))
            own.points.setdefault(dose.side, point)
            if went:
                own.went.append(units)
    share = facts.load().corrections.top_up_point_share.value
    kept = [
        Place(
            tuple(point for side, point in group.points.items() if only in (None, side)),
            share * min(group.went or [group.label]),
        )
        for group in groups
    ]
    return [place for place in kept if place.step]


@dataclass(slots=True)
class _Group:
    """One place on both sides: what the label has there, and what went there."""

    first: Dose
    label: float
    went: list[float] = field(default_factory=list)
    points: dict[Side, Injection] = field(default_factory=dict)


def _same_place(one: Dose, other: Dose) -> bool:
    """Whether two points are one place, or each other's mirror image."""
    middle = (one.side is Side.MIDLINE) == (other.side is Side.MIDLINE)
    return middle and math.hypot(one.x_mm - other.x_mm, one.y_mm - other.y_mm) <= SAME_MM


def _chance(bench: Bench, course: Course, asked: Asked, day: int = FULL) -> float:
    """The chance that lines are rated at most as wanted when the effect is full."""
    sides = [
        rated_below(lines.maximum[:, [day]], asked.grade + 0.5, bench.left.parameters)
        for (area, _), lines in course.lines.items()
        if area == asked.area
    ]
    return float(np.min(sides, axis=0)[1:, 0].mean())


def _severity(course: Course, area: str, day: int = FULL) -> Array:
    """Severity (P,) of the worse side."""
    sides = [one.maximum[1:, day] for (name, _), one in course.lines.items() if name == area]
    return np.asarray(np.max(sides, axis=0))


def _effects(bench: Bench, trial: Trial, asked: Asked) -> tuple[Effect, ...]:
    """The chance of the wanted grade, which is what was asked, and the severity in the middle."""
    now = bench.left.course([0.0])
    chance = _chance(bench, trial.course, asked)
    low, after, high = np.quantile(_severity(trial.course, asked.area), [LOW, 0.5, HIGH])
    rated = Effect(
        what=f"{asked.area} rated {GRADES[asked.grade]} or better",
        unit="chance",
        now=round(_chance(bench, now, asked, 0), 3),
        without=round(_chance(bench, bench.without, asked), 3),
        after=round(chance, 3),
        low=round(chance, 3),
        high=round(chance, 3),
        asked=asked.chance,
        reached=chance >= asked.chance,
    )
    severity = Effect(
        what=f"{asked.area} at full movement, grade in the middle",
        unit="grade",
        now=round(float(np.median(_severity(now, asked.area, 0))), 2),
        without=round(float(np.median(_severity(bench.without, asked.area))), 2),
        after=round(float(after), 2),
        low=round(float(low), 2),
        high=round(float(high), 2),
        asked=None,
        reached=rated.reached,
    )
    return rated, severity
