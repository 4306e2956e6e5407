"""The smallest addition that settles what was noticed without breaking a limit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.face.frame import BothSides, Side
from glabella.facts.model import Event
from glabella.plan.corrections.case import Case
from glabella.plan.corrections.correction import Addition, Effect, Noticed, RiskChange
from glabella.plan.corrections.residue import Residue
from glabella.plan.corrections.seen import apart_by_place, middle_mm, rises
from glabella.plan.corrections.uneven import PLACES, brow_rise
from glabella.plan.forecast import Course
from glabella.plan.movement import Movement
from glabella.plan.parameters import model_facts
from glabella.plan.place import Dose, place
from glabella.plan.plan import Injection, Treatment
from glabella.plan.summary import EVENTS, HIGH, LOW, unwanted

Array = NDArray[np.float64]
Of = Callable[[Movement], Array]

# Days after an addition on which unwanted results are counted; the second is that of full effect.
WATCHED = (7.0, 14.0, 28.0, 45.0)
FULL = WATCHED.index(14.0)
# Candidate points on the forehead lie this far apart, and keep this far from its edges.
GRID_MM, EDGE_MM = 5.0, 4.0
# A chance that rises by less than this is the noise of a few drawn patients.
NOISE = 0.008
ROUNDING = 1e-9
# An addition that does not settle a difference is worth its units from this share of it on.
WORTH = 0.2


REST: dict[str, str] = {
    "under-treatment": "Not all that was asked is reached by a top-up: the rest belongs to the "
    "next full visit."
}


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Points that may be added, and what drawn patients do with them."""

    points: tuple[Injection, ...]
    course: Course

    @property
    def units(self) -> float:
        return sum(point.units for point in self.points)


@dataclass(frozen=True, eq=False)
class Bench:
    """Where additions are tried: what is left today, and what was already added to it."""

    case: Case
    left: Residue
    last: Treatment
    added: tuple[Injection, ...] = field(default=())

    @cached_property
    def now(self) -> Movement:
        return self.left.course([0.0]).movement

    @cached_property
    def without(self) -> Course:
        """The days that are watched, with what was already added and nothing more."""
        return self.left.course(WATCHED, self.doses(self.added))

    @property
    def step(self) -> float:
        """The smallest practical amount of the product."""
        return facts.product(self.last.product).dose_step_units.value

    def treatment(self, points: Sequence[Injection]) -> Treatment:
        """Points as a session of today, from a vial as the last one."""
        return Treatment(
            date=self.left.today,
            product=self.last.product,
            injections=tuple(points),
            vial_units=self.last.vial_units,
            diluent_ml=self.last.diluent_ml,
        )

    def doses(self, points: Sequence[Injection]) -> tuple[Dose, ...]:
        return place(self.left.face, self.treatment(points)) if points else ()

    def trial(self, points: Sequence[Injection]) -> Trial:
        course = self.left.course(WATCHED, self.doses((*self.added, *points)))
        return Trial(tuple(points), course)

    def risks(self, trial: Trial) -> tuple[RiskChange, ...]:
        """The chances of unwanted results without and with it, each against its limit."""
        limits, before = facts.load().goals.risks, self._chances_without
        found = []
        for event, chance in self._chances(trial.course).items():
            old = before[event]
            found.append(
                RiskChange(
                    event=event,
                    name=EVENTS[event][0],
                    without=round(old, 3),
                    after=round(chance, 3),
                    limit=limits[event].value,
                    holds=chance <= max(limits[event].value, old + NOISE),
                )
            )
        return tuple(found)

    @cached_property
    def _chances_without(self) -> dict[Event, float]:
        return self._chances(self.without)

    def _chances(self, course: Course) -> dict[Event, float]:
        hits = unwanted(self.left.face, course.movement, np.ones(len(WATCHED), dtype=bool))
        return {event: float(hit[1:].mean()) for event, hit in hits.items()}

    def broken(self, trial: Trial, *, one_sided: bool = False) -> str:
        """What an addition would break, in words; empty when it breaks nothing.

        What is added on one side is to undo a difference that drawn patients may not have.
        """
        for risk in self.risks(trial):
            if not risk.holds and not (one_sided and risk.event == "asymmetry"):
                return (
                    f"{risk.name} would be {risk.after:.0%} likely; {risk.limit:.0%} is accepted."
                )
        keep = facts.load().goals.brow["keep"].mm.value
        for side in BothSides:
            now, after = self._middle(side, trial)
            if after < -keep and after < now:
                return (
                    f"The middle of the {side} brow would stand {-after:.1f} mm lower than before "
                    f"treatment; {keep:g} mm is accepted."
                )
        return ""

    def _middle(self, side: Side, trial: Trial) -> tuple[float, float]:
        """How far the middle of a brow stands above where it did before, now and with it."""
        rise = rises(self.case, self.left.face, side)
        model = brow_rise(self.left.face, self.now, side, "middle")[1:, 0]
        now = middle_mm(rise) if rise else float(np.median(model))
        after = brow_rise(self.left.face, trial.course.movement, side, "middle")[1:, FULL]
        return now, now + float(np.median(after - model))


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """What is to come down, from heights of brows: `of` gives them (P, T, K) in mm.

    `seen` (K,) are the heights as they stand today; `size` tells from heights (..., K) how far
    apart they are, and `asked` how far they may be.
    """

    what: str
    of: Of
    seen: Array
    size: Callable[[Array], Array]
    asked: float

    @property
    def now(self) -> float:
        return float(self.size(self.seen))

    def effect(self, bench: Bench, trial: Trial) -> Effect:
        """From what is seen now, moved by what the model says changes."""
        after = self._sizes(bench, trial.course)
        low, middle, high = np.quantile(after, [LOW, 0.5, HIGH])
        return Effect(
            what=self.what,
            unit="mm",
            now=round(self.now, 2),
            without=round(float(np.median(self._sizes(bench, bench.without))), 2),
            after=round(float(middle), 2),
            low=round(float(low), 2),
            high=round(float(high), 2),
            asked=self.asked,
            reached=bool(abs(middle) <= self.asked),
        )

    def _sizes(self, bench: Bench, course: Course) -> Array:
        return self.size(self.seen + self.of(course.movement)[1:, FULL] - self._start(bench))

    def _start(self, bench: Bench) -> Array:
        return self.of(bench.now)[1:, 0]


@dataclass(frozen=True, slots=True)
class Settled:
    """What a search found: the trial and its effect, or why there is none."""

    trial: Trial | None
    effects: tuple[Effect, ...] = ()
    why_not: str = ""


def settle(
    bench: Bench, quantity: Quantity, sides: Sequence[Side], amounts: Sequence[float]
) -> Settled:
    """The smallest amount, at one point of each side's forehead, that brings a quantity down.

    Of the points that do it with the smallest amount, the one that moves the brow least; if none
    does, the one that helps most.
    """
    points, broken = list(forehead_points(bench, sides)), ""
    most: list[tuple[Trial, Effect]] = []
    # What the largest amount does not do at a point, no smaller one does there.
    for units in (amounts[-1], *amounts[:-1]):
        tried: list[tuple[Trial, Effect]] = []
        for x_mm, y_mm in points:
            at = [Injection(units=units, x_mm=x_mm, y_mm=y_mm, side=one) for one in sides]
            trial = bench.trial(at)
            if what := bench.broken(trial, one_sided=len(sides) == 1):
                broken = what
                continue
            tried.append((trial, quantity.effect(bench, trial)))
        if units == amounts[-1]:
            most = tried
            able = [one for one in tried if one[1].after <= quantity.asked]
            # Where the most breaks a limit, less may not.
            if not able and not broken:
                break
            points = [_place(one[0]) for one in able] if not broken else points
        elif done := [one for one in tried if one[1].reached]:
            return _nearest(done)
        else:
            most = [*tried, *most]
    return _most_helpful(quantity, most, broken)


def _place(trial: Trial) -> tuple[float, float]:
    point = trial.points[0]
    assert point.x_mm is not None
    assert point.y_mm is not None
    return point.x_mm, point.y_mm


def _nearest(done: Sequence[tuple[Trial, Effect]]) -> Settled:
    """Of points that all do it, the one that moves the brow least."""
    trial, effect = max(done, key=lambda one: abs(one[1].after))
    return Settled(trial, (effect,))


def _most_helpful(
    quantity: Quantity, tried: Sequence[tuple[Trial, Effect]], broken: str
) -> Settled:
    """The fewest units that do it, or else what helps most, where that is worth it."""
    if done := [one for one in tried if one[1].reached]:
        return _nearest(done)
    if not tried:
        return Settled(None, why_not=broken)
    trial, effect = min(tried, key=lambda one: abs(one[1].after))
    if abs(effect.after) > (1 - WORTH) * quantity.now:
        why = f"The most that may be added would take it from {quantity.now:.1f} to "
        return Settled(None, why_not=f"{why}{abs(effect.after):.1f} mm only. {broken}".strip())
    return Settled(trial, (effect,))


def forehead_points(bench: Bench, sides: Sequence[Side]) -> Iterator[tuple[float, float]]:
    """A grid over the outer frontalis of the sides, as far above the brow as the margins ask."""
    face, safety = bench.left.face, facts.load().safety
    margin = safety.frontalis_margin_lateral_mm.value
    outer = face.temporal_crest_mm - EDGE_MM
    for x_mm in np.arange(face.pupil_mm + EDGE_MM, outer + 1e-6, GRID_MM):
        lowest = max(face.brow_upper_mm(side, float(x_mm)) for side in sides) + margin
        for y_mm in np.arange(lowest, face.frontalis_top_mm - EDGE_MM, GRID_MM):
            yield float(np.ceil(x_mm)), float(np.ceil(y_mm))


def amounts_of(step: float, most: float, least: float = 0.0) -> list[float]:
    """Whole steps of the product from an amount to another; one step at least."""
    first = max(1, math.ceil(least / step - ROUNDING))
    last = max(first, math.floor(most / step + ROUNDING))
    return [step * number for number in range(first, last + 1)]


def spock(bench: Bench, seen: Sequence[Noticed]) -> Settled:
    """One or two units into the outer frontalis of each side that peaks, both sides alike."""
    limit = model_facts().risk.spock_brow_mm.value
    known = facts.load().corrections.spock_most_units
    sides = tuple(one.side for one in seen if one.side is not None)

    def of(movement: Movement) -> Array:
        return np.concatenate([_heights(bench, movement, side) for side in sides], axis=-1)

    def size(heights: Array) -> Array:
        brows = heights.reshape(*heights.shape[:-1], len(sides), len(PLACES))
        medial, peak, lateral = np.moveaxis(brows, -1, 0)
        return np.asarray(np.max(np.maximum(peak, lateral) - medial, axis=-1))

    own = [_as_seen(bench, side) for side in sides]
    sizes = [one.size_mm or limit for one in seen if one.side is not None]
    heights = np.concatenate(
        [
            _raised(one, told - float(max(one[1], one[2]) - one[0]))
            for one, told in zip(own, sizes, strict=True)
        ]
    )
    # Settled is what no longer counts as a peak, and is half gone at least.
    asked = min(limit, float(size(heights)) / 2)
    quantity = Quantity(
        f"outer {' and '.join(sides)} brow above its head", of, heights, size, asked
    )
    # One or two units; where a step of the product is more than a unit, one or two steps.
    fewest, most = (known.low or 0.0, known.value) if bench.step <= 1 else (0.0, 2 * bench.step)
    amounts = amounts_of(bench.step, most, fewest)
    return settle(bench, quantity, sides, amounts)


def level(bench: Bench, seen: Noticed) -> Settled:
    """The smallest addition on the side that stands higher."""
    known, side = facts.load(), seen.side
    assert side is not None

    def of(movement: Movement) -> Array:
        return _heights(bench, movement, side) - _heights(bench, movement, side.other)

    def size(heights: Array) -> Array:
        widest = np.argmax(np.abs(heights), axis=-1)
        return np.asarray(np.take_along_axis(heights, widest[..., None], axis=-1)[..., 0])

    apart = apart_by_place(bench.case, bench.left.face)
    heights = (
        side.sign * np.array(list(apart.values()))
        if apart
        else _as_seen(bench, side) - _as_seen(bench, side.other)
    )
    told = seen.size_mm or model_facts().risk.asymmetry_mm.value
    heights = _raised(heights, told - float(size(heights)))
    asked = known.goals.brow["level"].mm.value
    quantity = Quantity(f"{side} brow above the other", of, heights, size, asked)
    most = point_units(bench)
    settled = settle(bench, quantity, (side,), amounts_of(bench.step, most))
    if settled.effects and not settled.effects[0].reached:
        # What does not level the sides is toxin for nothing.
        why = (
            f"{most:g} U {facts.product(bench.last.product).name} on the {side} would bring the "
            f"difference from {quantity.now:.1f} to {abs(settled.effects[0].after):.1f} mm only."
        )
        return Settled(None, why_not=why)
    return settled


def point_units(bench: Bench) -> float:
    """The most that is added at one point of the forehead: what the label gives there at one."""
    product = facts.product(bench.last.product)
    if "forehead" in product.areas:
        return max(site.units.value for site in product.areas["forehead"].sites)
    return facts.load().corrections.level_steps_most.value * bench.step


def _heights(bench: Bench, movement: Movement, side: Side) -> Array:
    """Rises (P, T, 3) of a brow at the places where a review measures it."""
    return np.stack(
        [brow_rise(bench.left.face, movement, side, place) for place in PLACES], axis=-1
    )


def _as_seen(bench: Bench, side: Side) -> Array:
    """Rises (3,) of a brow as measured, or else of the middle patient who explains what is told."""
    rise = rises(bench.case, bench.left.face, side)
    if rise is not None:
        return np.array([rise[place] for place in PLACES])
    return np.asarray(np.median(_heights(bench, bench.now, side)[1:, 0], axis=0))


def _raised(heights: Array, missing: float) -> Array:
    """Heights with the outer brow raised by what is missing to what was told."""
    return heights + np.array([0.0, 1.0, 1.0]) * max(missing, 0.0)


def addition(
    bench: Bench,
    seen: Noticed,
    settled: Settled,
    *,
    side: Side | None,
    area: str,
    why: str,
    source: str,
) -> Addition:
    """A settled search as part of a proposal."""
    assert settled.trial is not None
    reached = all(effect.reached for effect in settled.effects)
    return Addition(
        code=seen.code,
        name=seen.name,
        side=side,
        area=area,
        treatment=bench.treatment(settled.trial.points),
        units=round(settled.trial.units, 2),
        points=len(settled.trial.points),
        why=why,
        reached=reached,
        effects=settled.effects,
        source=source,
        rest="" if reached else REST.get(seen.code, "What is left fades with the toxin."),
    )


def same_points(treatments: Sequence[Treatment]) -> Treatment:
    """One session of several additions of one product; points at one place are put together."""
    points = together([point for one in treatments for point in one.injections])
    return msgspec.structs.replace(treatments[0], injections=points)


def together(points: Iterable[Injection]) -> tuple[Injection, ...]:
    """Points with what goes to one place put together."""
    found: dict[tuple[object, ...], Injection] = {}
    for point in points:
        key = same_place(point)
        units = point.units + (found[key].units if key in found else 0.0)
        found[key] = msgspec.structs.replace(point, units=units)
    return tuple(found.values())


def same_place(point: Injection) -> tuple[object, ...]:
    """What two points have in common that are one place."""
    return point.site, point.x_mm, point.y_mm, point.side, point.depth
