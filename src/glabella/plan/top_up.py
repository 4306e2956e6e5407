"""The smallest addition that settles what was noticed without breaking a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.face.frame import BothSides, Side
from glabella.facts.corrections import SeenWord
from glabella.plan.case import Case
from glabella.plan.correction import Addition, Effect, Noticed, RiskChange
from glabella.plan.forecast import Course
from glabella.plan.movement import Movement
from glabella.plan.parameters import model_facts
from glabella.plan.place import Dose, place
from glabella.plan.plan import Injection, Treatment
from glabella.plan.residue import Residue
from glabella.plan.seen import middle_mm, rises
from glabella.plan.summary import EVENTS, HIGH, LOW, unwanted
from glabella.plan.uneven import brow_apart, brow_peak, brow_rise

Array = NDArray[np.float64]
Of = Callable[[Movement], Array]

# Days after an addition on which unwanted results are counted; the second is that of full effect.
WATCHED = (7.0, 14.0, 28.0, 45.0)
FULL = WATCHED.index(14.0)
# Candidate points on the forehead lie this far apart, and keep this far from its edges.
GRID_MM, EDGE_MM = 5.0, 4.0
# A chance that rises by less than this is the noise of a few drawn patients.
NOISE = 0.008
# An addition that does not settle a difference is worth its units from this share of it on.
WORTH = 0.2


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

    def with_more(self, points: Sequence[Injection]) -> Bench:
        return Bench(self.case, self.left, self.last, (*self.added, *points))

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
        every = np.ones(len(WATCHED), dtype=bool)
        limits = facts.load().goals.risks
        before, after = (
            unwanted(self.left.face, course.movement, every)
            for course in (self.without, trial.course)
        )
        found = []
        for event, hit in after.items():
            chance, old = float(hit[1:].mean()), float(before[event][1:].mean())
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

    def broken(self, trial: Trial) -> str:
        """What an addition would break, in words; empty when it breaks nothing."""
        for risk in self.risks(trial):
            if not risk.holds:
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
    """What is to come down: `of` (P, T) in mm, `now` as it was seen, and what it should be."""

    what: str
    of: Of
    now: float
    asked: float

    def effect(self, bench: Bench, trial: Trial) -> Effect:
        """From what is seen now by what the model says changes."""
        start = self.of(bench.now)[1:, 0]
        changed = self.of(trial.course.movement)[1:, FULL] - start
        alone = self.of(bench.without.movement)[1:, FULL] - start
        low, after, high = np.quantile(self.now + changed, [LOW, 0.5, HIGH])
        return Effect(
            what=self.what,
            unit="mm",
            now=round(self.now, 2),
            without=round(self.now + float(np.median(alone)), 2),
            after=round(float(after), 2),
            low=round(float(low), 2),
            high=round(float(high), 2),
            asked=self.asked,
            reached=bool(after <= self.asked),
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """What a search found: the trial and its effect, or why there is none."""

    trial: Trial | None
    effect: Effect | None
    why_not: str = ""


def settle(bench: Bench, quantity: Quantity, side: Side, amounts: Sequence[float]) -> Settled:
    """The smallest amount at the one point of a side's forehead that brings a quantity down.

    Of the points that do it with the smallest amount, the one that moves the brow least; if none
    does, the one that helps most, where that is worth it.
    """
    best: tuple[float, Trial, Effect] | None = None
    broken = ""
    for units in amounts:
        tried = []
        for x_mm, y_mm in forehead_points(bench, side):
            point = Injection(units=units, x_mm=x_mm, y_mm=y_mm, side=side)
            trial = bench.trial((point,))
            effect = quantity.effect(bench, trial)
            if what := bench.broken(trial):
                broken = what
                continue
            tried.append((effect.after, trial, effect))
        done = [one for one in tried if one[2].reached and one[2].after > -quantity.asked]
        if done:
            _, trial, effect = max(done, key=lambda one: one[0])
            return Settled(trial, effect)
        best = min([*tried, *([best] if best else [])], key=lambda one: abs(one[0]), default=best)
    if best is None:
        return Settled(None, None, broken)
    _, trial, effect = best
    if quantity.now - abs(effect.after) < WORTH * quantity.now:
        why = f"The most that may be added would take it from {quantity.now:.1f} to "
        return Settled(None, None, f"{why}{effect.after:.1f} mm only. {broken}".strip())
    return Settled(trial, effect)


def forehead_points(bench: Bench, side: Side) -> Iterator[tuple[float, float]]:
    """A grid over the outer frontalis of a side, as far above the brow as the margins ask."""
    face, safety = bench.left.face, facts.load().safety
    margin = safety.frontalis_margin_lateral_mm.value
    outer = face.temporal_crest_mm - EDGE_MM
    for x_mm in np.arange(face.pupil_mm + EDGE_MM, outer + 1e-6, GRID_MM):
        lowest = face.brow_upper_mm(side, float(x_mm)) + margin
        for y_mm in np.arange(lowest, face.frontalis_top_mm - EDGE_MM, GRID_MM):
            yield float(np.ceil(x_mm)), float(np.ceil(y_mm))


def amounts_of(step: float, most: float) -> list[float]:
    """Whole steps of the product up to an amount; one step at least."""
    return [step * number for number in range(1, max(1, int(most / step + 1e-9)) + 1)]


def spock(bench: Bench, seen: Noticed, side: Side) -> Settled:
    """One or two units into the outer frontalis of the side that peaks."""
    face, limit = bench.left.face, model_facts().risk.spock_brow_mm.value
    most = facts.load().corrections.spock_most_units.value

    def of(movement: Movement) -> Array:
        return brow_peak(face, movement, side)

    now = seen.size_mm or max(limit, float(np.median(of(bench.now)[1:, 0])))
    quantity = Quantity(f"outer {side} brow above its head", of, now, limit)
    amounts = amounts_of(bench.step, max(most, 2 * bench.step))
    return settle(bench, quantity, side, amounts)


def level(bench: Bench, seen: Noticed) -> Settled:
    """The smallest addition on the side that stands higher."""
    face, side = bench.left.face, seen.side
    assert side is not None
    known = facts.load()
    limit = model_facts().risk.asymmetry_mm.value

    def of(movement: Movement) -> Array:
        return side.sign * brow_apart(face, movement)

    now = seen.size_mm or max(limit, float(np.median(of(bench.now)[1:, 0])))
    what = f"{side} brow above the other"
    quantity = Quantity(what, of, now, known.goals.brow["level"].mm.value)
    most = known.corrections.level_steps_most.value * bench.step
    settled = settle(bench, quantity, side, amounts_of(bench.step, most))
    if settled.effect is not None and not settled.effect.reached:
        # What does not level the sides is toxin for nothing.
        why = (
            f"{most:g} U {facts.product(bench.last.product).name} on the {side} would bring the "
            f"difference from {now:.1f} to {settled.effect.after:.1f} mm only."
        )
        return Settled(None, None, why)
    return settled


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
    effects = (settled.effect,) if settled.effect else ()
    return Addition(
        code=seen.code,
        name=seen.name,
        side=side,
        area=area,
        treatment=bench.treatment(settled.trial.points),
        units=round(settled.trial.units, 2),
        points=len(settled.trial.points),
        why=why,
        reached=all(effect.reached for effect in effects),
        effects=effects,
        source=source,
    )


def same_points(treatments: Sequence[Treatment]) -> Treatment:
    """One session of several additions of one product; points at one place are put together."""
    points: dict[tuple[object, ...], Injection] = {}
    for one in treatments:
        for point in one.injections:
            key = (point.site, point.x_mm, point.y_mm, point.side, point.depth)
            units = point.units + (points[key].units if key in points else 0.0)
            points[key] = msgspec.structs.replace(point, units=units)
    return msgspec.structs.replace(treatments[0], injections=tuple(points.values()))


CODES: tuple[SeenWord, ...] = ("spock-brow", "asymmetry", "under-treatment")
