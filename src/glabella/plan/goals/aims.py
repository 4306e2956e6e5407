"""From the words of a goal to numbers that a search can work with, or a word on why it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from glabella import facts
from glabella.errors import InputError
from glabella.face.frame import BrowHeights, Face, Measures
from glabella.facts import Fact, Product
from glabella.facts.goals import BrowShape, Preset, PresetName
from glabella.facts.model import Event
from glabella.plan.goals.asked_lines import asked_lines
from glabella.plan.goals.caps import ROUNDING, Cap, area_cap, point_cap, session_caps, whole_steps
from glabella.plan.goals.contradictions import refuse
from glabella.plan.goals.goal import AreaGoal, Goal, Matters
from glabella.plan.place import Dose, place_all, total_units
from glabella.plan.plan import LineArea
from glabella.plan.summary import EVENTS

HEIGHTS = BrowHeights.__struct_fields__
USUAL: PresetName = "natural"
# Shapes of the brow that come first: areas may be treated for them whose lines need nothing.
SHAPING: tuple[BrowShape, ...] = ("lift-lateral", "level")
# The unwanted results of which trials tell how often the label's own dose has them.
COMPLICATIONS: dict[Event, str] = {"lid_ptosis": "eyelid-ptosis", "brow_ptosis": "brow-ptosis"}


@dataclass(frozen=True, slots=True)
class AreaAim:
    """What the lines of an area should be: rated at most `grade` on `day` with this `chance`.

    `kept` is the strength behind them that the middle patient keeps when it is weakest;
    `most_units` what the area may get, `most_at_point` what one point may, `most_from` the source
    of that limit, and `most_words` how it is said. `before` is the grade at full movement without
    treatment.
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
    most_words: str
    before: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aims:
    """A goal with every word settled: nothing in it is left open.

    `most_units` is for the whole session, held points and all. `notes` say what was settled in
    another way than one might think, and what is known of the preset. `sources` and `assumptions`
    are what the numbers stand on.
    """

    areas: tuple[AreaAim, ...]
    brow: BrowShape
    brow_mm: float
    risks: dict[Event, float]
    spare: frozenset[str]
    matters: Matters
    most_units: float
    most_from: str
    most_words: str
    step_units: float
    notes: tuple[str, ...]
    sources: tuple[str, ...]
    assumptions: tuple[str, ...]


def aims_of(goal: Goal) -> Aims:
    """The numbers behind a goal's words.

    Raises InputError for goals that contradict each other and for what Glabella cannot plan.
    """
    known = facts.load().goals
    product = facts.face_product(goal.product)
    preset = known.presets[goal.preset or USUAL]
    brow = goal.brow or preset.brow
    face = Face.fit(goal.patient.sex, goal.patient.measures)
    history = place_all(face, goal.treatments)
    held = refuse(goal, brow, face, history)
    step = _step(goal, product)
    areas = tuple(_area_aim(goal, area, preset, held, step_units=step) for area in goal.areas)
    caps = (*session_caps(goal, history, step_units=step), _together(areas, held, product))
    most = _least(caps, product, held, step_units=step)
    used = [*_numbers(preset), *preset.says, known.brow[brow].mm]
    return Aims(
        areas=areas,
        brow=brow,
        brow_mm=known.brow[brow].mm.value,
        risks={event: limit.value for event, limit in known.risks.items()} | goal.risks,
        spare=frozenset(goal.spare),
        matters=goal.matters,
        most_units=most.units,
        most_from=most.source,
        most_words=most.words,
        step_units=step,
        notes=(
            *(note for aim in areas for note in aim.notes),
            *_remarks(goal, preset),
            *_said(preset),
        ),
        sources=tuple(dict.fromkeys(one.source for one in used if one.kind != "assumption")),
        assumptions=tuple(
            f"{preset.name}: {one.value:g} {one.unit} ({one.reason})"
            for one in used
            if one.kind == "assumption"
        ),
    )


def _numbers(preset: Preset) -> list[Fact[Any]]:
    numbers: list[Fact[Any]] = [preset.grade, preset.chance, preset.day]
    return [*numbers, preset.most_share] if preset.most_share else numbers


def _step(goal: Goal, product: Product) -> float:
    """Units of one step, which has to be one that can be drawn."""
    least = product.dose_step_units.value
    step = goal.step_units or least
    if step < least - ROUNDING or abs(step / least - round(step / least)) > ROUNDING:
        raise InputError(
            f"`step_units` is {step:g} U {product.name}, which cannot be drawn: a syringe of this "
            f"product goes in steps of {least:g} U. Give a multiple of it, or leave it out."
        )
    return step


def _area_aim(
    goal: Goal, area: LineArea, preset: Preset, held: tuple[Dose, ...], *, step_units: float
) -> AreaAim:
    """What is asked of one area, and the most units that it may get."""
    wanted, product = goal.areas[area], facts.product(goal.product)
    known = facts.load().goals
    shaping = (goal.brow or preset.brow) in SHAPING
    lines = asked_lines(area, wanted, preset, goal.patient.lines[area], shaping=shaping)
    cap = _shared(area_cap(product, area), preset, product, step_units=step_units)
    point = point_cap(product, area)
    if step_units > min(cap.units, point.units) + ROUNDING:
        tight = point if step_units > point.units + ROUNDING else cap
        raise InputError(
            f"`step_units` is {step_units:g} U {product.name}, more than a point of the area "
            f"`{area}` may get: {tight.words}. Give a smaller step, or leave it out."
        )
    own = total_units(tuple(dose for dose in held if dose.area == area), product.id).amount
    notes = list(lines.notes)
    if own > cap.units + ROUNDING:
        notes.append(
            f"{area}: {own:g} U {product.name} are held, and {cap.words}. Nothing is added there."
        )
    return AreaAim(
        area=area,
        grade=lines.grade,
        chance=wanted.chance or _chance(wanted, preset, lines.grade),
        day=wanted.day or preset.day.value,
        kept=known.movement[lines.movement].kept.value,
        weight=wanted.weight,
        most_units=max(cap.units, own),
        most_at_point=point.units,
        most_from=cap.source,
        most_words=cap.words,
        before=goal.patient.lines[area].maximum,
        notes=tuple(notes),
    )


def _chance(wanted: AreaGoal, preset: Preset, grade: int) -> float:
    """The chance that a preset asks, a smaller one of no lines at all: toxin seldom leaves none."""
    if grade == 0 and wanted.grade is None:
        return min(preset.chance.value, facts.load().goals.none_chance.value)
    return preset.chance.value


def _shared(cap: Cap, preset: Preset, product: Product, *, step_units: float) -> Cap:
    """The part of an area's units that the preset uses, in whole steps."""
    share = preset.most_share.value if preset.most_share else 1.0
    units = whole_steps(share * cap.units, step_units)
    if preset.most_share is None:
        return Cap(units, cap.source, cap.words)
    words = f"{preset.name} uses at most {units:g} U {product.name} here ({cap.words})"
    return Cap(units, preset.most_share.source, words)


def _together(areas: tuple[AreaAim, ...], held: tuple[Dose, ...], product: Product) -> Cap:
    """What all areas may get, and what is held beside them."""
    named = {aim.area for aim in areas}
    beside = total_units(tuple(dose for dose in held if dose.area not in named), product.id).amount
    units = sum(aim.most_units for aim in areas) + beside
    return Cap(units, "", f"the areas together may get {units:g} U {product.name}")


def _least(
    caps: tuple[Cap, ...], product: Product, held: tuple[Dose, ...], *, step_units: float
) -> Cap:
    """The tightest limit of the session; raises InputError where nothing fits under it."""
    least = min(caps, key=lambda cap: cap.units)
    own = total_units(held, product.id).amount
    if own > least.units + ROUNDING:
        raise InputError(
            f"The held points have {own:g} U {product.name} together, and {least.words}. "
            "Take units from them, or raise `most_units` where the goal itself sets the limit."
        )
    if least.units < step_units - ROUNDING:
        raise InputError(
            f"`most_units` is {least.units:g} U {product.name}, less than one step of "
            f"{step_units:g} U. Raise it, or leave it out."
        )
    # Held points may be no whole number of steps.
    return Cap(max(whole_steps(least.units, step_units), own), least.source, least.words)


def _remarks(goal: Goal, preset: Preset) -> Iterator[str]:
    """What a clinician may not have meant, but may."""
    if goal.preset == "men" and goal.patient.sex == "female":
        yield f"The preset `{preset.name}` is planned for a woman, with a brow that stays flat."
    if goal.preset == "first-visit" and goal.treatments:
        yield (
            f"The preset `{preset.name}` is planned for a patient who was treated before: what the "
            "last visit showed says more than a low start."
        )
    resting = [area for area in goal.areas if goal.patient.lines[area].rest not in {None, 0}]
    if goal.preset == "preventive" and resting:
        yield (
            f"The preset `{preset.name}` is for lines that show with movement only; at rest there "
            f"are lines already: {', '.join(resting)}."
        )
    if (goal.brow or preset.brow) == "level":
        yield from _level_already(goal.patient.measures)
    for event, limit in goal.risks.items():
        if limit == 0:
            yield _nought(event)


def _level_already(measures: Measures) -> Iterator[str]:
    left, right = measures.brow_left, measures.brow_right
    if left is None or right is None:
        return
    apart = max(abs(getattr(left, place) - getattr(right, place)) for place in HEIGHTS)
    room = facts.load().goals.brow["level"].mm.value
    if apart <= room:
        yield (
            f"The sides of the brow differ by {apart:.1f} mm at most, which counts as level (up to "
            f"{room:g} mm): they are kept so."
        )


def _nought(event: Event) -> str:
    """A chance of 0 is asked for what hardly any dose rules out."""
    name, complication = EVENTS[event][0].lower(), COMPLICATIONS.get(event)
    told = ""
    if complication:
        rates = facts.load().safety.complications[complication].rates
        told = (
            f" Published rates are {', '.join(f'{rate.value:g} %' for rate in rates)} (`glabella "
            f"facts safety.complications.{complication}` has their groups)."
        )
    return f"A chance of 0 is asked for: {name}.{told} Such a limit may forbid every plan."


def _said(preset: Preset) -> Iterator[str]:
    """What was read about the preset, each with its source."""
    sources = facts.load().sources
    for one in preset.says:
        yield f"{preset.name}: {one.value} ({sources[one.source].citation})"
