"""The goal: what a face should do, said in the words of the clinic. Planning starts from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

import msgspec

from glabella.facts.goals import BrowShape, MovementWord, PresetName
from glabella.facts.model import Event
from glabella.facts.schema import Record
from glabella.plan.plan import (
    STORY,
    Amount,
    AreaId,
    Grade,
    Injection,
    LineArea,
    Patient,
    Review,
    Schema,
    Text,
    Treatment,
    read_json,
    require_plausible,
    require_whole_dilution,
    schema_of,
)

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Weight = Annotated[float, msgspec.Meta(gt=0, le=10)]


class AreaGoal(Record, kw_only=True):
    """What the lines of one area should be; what is left out comes from the preset.

    `grade` is the highest grade at full movement that is accepted, `chance` how likely that should
    be on `day`, `movement` how much strength is kept, `weight` how much the area matters against
    the others when not everything can be had.
    """

    grade: Grade | None = None
    chance: Annotated[float, msgspec.Meta(gt=0, lt=1)] | None = None
    day: Annotated[int, msgspec.Meta(ge=10, le=180)] | None = None
    movement: MovementWord | None = None
    weight: Weight = 1.0


class Matters(Record, kw_only=True):
    """What matters more when not everything can be had: each is a weight, 1 as usual."""

    smoothness: Weight = 1.0
    brow: Weight = 1.0
    few_units: Weight = 1.0


class Goal(Record, kw_only=True):
    """What one patient's face should do after a treatment on `date` with `product`.

    `areas` are the areas that may be treated. `spare` names areas and muscles that keep their
    strength. `risks` are the highest chances of unwanted results that are accepted. `held` are
    points that stay as they are; the rest is planned around them. `treatments` were given before,
    and `reviews` are what was seen after them.
    """

    patient: Patient
    date: date
    product: str
    areas: dict[LineArea, AreaGoal]
    preset: PresetName | None = None
    brow: BrowShape | None = None
    spare: tuple[str, ...] = ()
    risks: dict[Event, Share] = msgspec.field(default_factory=dict)
    matters: Matters = Matters()
    most_units: Amount | None = None
    step_units: Amount | None = None
    held: tuple[Injection, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    reviews: tuple[Review, ...] = ()
    vial_units: Amount | None = None
    diluent_ml: Annotated[float, msgspec.Meta(gt=0, le=20)] | None = None
    title: Text = ""

    def __post_init__(self) -> None:
        require_plausible(self.date)
        if not self.areas:
            raise ValueError("a goal needs at least one area in `areas`")
        require_whole_dilution(self.vial_units, self.diluent_ml)


def treatment_of(
    goal: Goal,
    injections: Sequence[Injection] = (),
    *,
    areas: Mapping[AreaId, float] | None = None,
) -> Treatment:
    """Points, or whole areas, as a treatment of the goal's day with its product and dilution."""
    return Treatment(
        date=goal.date,
        product=goal.product,
        areas=None if areas is None else dict(areas),
        injections=tuple(injections),
        vial_units=goal.vial_units,
        diluent_ml=goal.diluent_ml,
    )


PARTS: dict[str, type[msgspec.Struct]] = {
    "$": Goal,
    **STORY,
    "$.areas": AreaGoal,
    "$.matters": Matters,
    "$.held": Injection,
}


def read_goal(text: bytes | str) -> Goal:
    """Read a goal from JSON; raises InputError naming the key and what is allowed there."""
    return read_json(text, Goal, PARTS, what="goal")


def goal_schema() -> Schema:
    """The JSON schema of a goal."""
    return schema_of(Goal, PARTS.values())
