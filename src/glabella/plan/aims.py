"""From the words of a goal to numbers that a search can work with, or a word on why it cannot."""

from __future__ import annotations

from dataclasses import dataclass

from glabella import facts
from glabella.facts.goals import BrowShape
from glabella.facts.model import Event
from glabella.plan.goal import AreaGoal, Goal, Matters
from glabella.plan.plan import LineArea


@dataclass(frozen=True, slots=True)
class AreaAim:
    """What the lines of an area should be: rated at most `grade` on `day` with this `chance`.

    `kept` is the strength behind them that the middle patient keeps when it is weakest;
    `most_units` what the area may get, `most_at_point` what one point may, both for the area's
    label, and `most_from` the source of that limit.
    """

    area: LineArea
    grade: int
    chance: float
    day: int
    kept: float
    weight: float
    most_units: float
    most_at_point: float
    most_from: str


@dataclass(frozen=True, slots=True)
class Aims:
    """A goal with every word settled: nothing in it is left open."""

    areas: tuple[AreaAim, ...]
    brow: BrowShape
    brow_mm: float
    risks: dict[Event, float]
    spare: frozenset[str]
    matters: Matters
    most_units: float
    most_from: str
    step_units: float
    notes: tuple[str, ...] = ()


def aims_of(goal: Goal) -> Aims:
    """The numbers behind a goal's words.

    Raises InputError for goals that contradict each other and for what Glabella cannot plan.
    """
    known = facts.load().goals
    preset = known.presets[goal.preset or "natural"]
    product = facts.product(goal.product)
    areas = []
    for area, wanted in goal.areas.items():
        before = goal.patient.lines[area].maximum
        movement = known.movement[wanted.movement or preset.movement]
        most = product.areas[area].most_units
        share = preset.most_share.value if preset.most_share else 1.0
        areas.append(
            AreaAim(
                area=area,
                grade=_grade(wanted, preset.grade.value, before),
                chance=wanted.chance or preset.chance.value,
                day=wanted.day or preset.day.value,
                kept=movement.kept.value,
                weight=wanted.weight,
                most_units=share * most.value,
                most_at_point=max(site.units.value for site in product.areas[area].sites),
                most_from=most.source,
            )
        )
    brow = goal.brow or preset.brow
    return Aims(
        areas=tuple(areas),
        brow=brow,
        brow_mm=known.brow[brow].mm.value,
        risks={event: limit.value for event, limit in known.risks.items()} | goal.risks,
        spare=frozenset(goal.spare),
        matters=goal.matters,
        most_units=goal.most_units or sum(aim.most_units for aim in areas),
        most_from="",
        step_units=goal.step_units or product.dose_step_units.value,
    )


def _grade(wanted: AreaGoal, preset: int, before: int) -> int:
    """The grade that is asked; a preset asks for one better than it was, at least."""
    return wanted.grade if wanted.grade is not None else min(preset, max(before - 1, 0))
