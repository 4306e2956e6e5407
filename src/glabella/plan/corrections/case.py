"""The case: a patient at a review, what was given and what is seen. Correcting starts here."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from glabella.errors import InputError
from glabella.face.frame import BrowHeights, Side
from glabella.facts.corrections import SeenWord
from glabella.facts.goals import PresetName
from glabella.facts.schema import Record
from glabella.plan.goals.goal import AreaGoal
from glabella.plan.plan import (
    STORY,
    AreaId,
    LineArea,
    Patient,
    Plan,
    Review,
    Schema,
    SeenGrades,
    Text,
    Treatment,
    read_json,
    refuse_what_is_yet_to_come,
    schema_of,
)

UNSIGNED = (
    "The case has no signed treatment, and a review without one has nothing to judge. Give the "
    'treatment that is reviewed in `treatments`, with `"status": "given"`.'
)


# Further than this no toxin moves a brow: it is a slip of the ruler or of the pen.
MOST_MM = 12.0


class Observation(Record, kw_only=True):
    """One thing that was seen or told, on the side and in the area where it has one.

    Of two sides that are not alike, `side` is the one that hangs (lid, brow, smile) or stands
    higher (one brow higher, peaked brow).
    """

    seen: SeenWord
    side: Side | None = None
    area: AreaId | None = None

    def __post_init__(self) -> None:
        if self.side is Side.MIDLINE:
            raise ValueError("an observation lies on the left, on the right, or names no side")


class Case(Record, kw_only=True):
    """A patient at a review on `today`: what was given, what is seen, what was wanted.

    `lines`, `brow_left` and `brow_right` are read today; what was not read is left out. `reviews`
    are earlier ones. `wanted` and `preset` say what was asked of the lines, so that too little can
    be told from enough.
    """

    patient: Patient
    treatments: tuple[Treatment, ...]
    today: date
    lines: dict[LineArea, SeenGrades] = msgspec.field(default_factory=dict)
    brow_left: BrowHeights | None = None
    brow_right: BrowHeights | None = None
    observations: Annotated[tuple[Observation, ...], msgspec.Meta(max_length=30)] = ()
    reviews: tuple[Review, ...] = ()
    preset: PresetName | None = None
    wanted: dict[LineArea, AreaGoal] = msgspec.field(default_factory=dict)
    title: Text = ""

    @property
    def given(self) -> tuple[Treatment, ...]:
        """What was signed, earliest first."""
        signed = (one for one in self.treatments if one.status == "given")
        return tuple(sorted(signed, key=lambda one: one.date))

    @property
    def review(self) -> Review:
        """What was read today, as any other review.

        Heights of brows that were not measured before treatment say nothing of what changed.
        """
        measures = self.patient.measures
        before = measures.brow_left is not None or measures.brow_right is not None
        return Review(
            date=self.today,
            lines=self.lines,
            brow_left=self.brow_left if before else None,
            brow_right=self.brow_right if before else None,
        )

    def plan(self, *planned: Treatment) -> Plan:
        """The plan of what was given, with what is added to it, and all that was seen."""
        return Plan(
            patient=self.patient,
            treatments=(*self.given, *planned),
            reviews=(*self.reviews, self.review),
            title=self.title,
        )


PARTS: dict[str, type[msgspec.Struct]] = {
    "$": Case,
    **STORY,
    "$.lines": SeenGrades,
    "$.brow_left": BrowHeights,
    "$.brow_right": BrowHeights,
    "$.observations": Observation,
    "$.wanted": AreaGoal,
}


def read_case(text: bytes | str) -> Case:
    """Read a case from JSON; raises InputError naming the key and what is allowed there."""
    return read_json(text, Case, PARTS, what="case")


def case_schema() -> Schema:
    """The JSON schema of a case."""
    return schema_of(Case, PARTS.values())


def require_whole(case: Case) -> None:
    """Raise InputError for a case that cannot be judged: what is missing, and what to do."""
    if not case.given:
        raise InputError(UNSIGNED)
    refuse_what_is_yet_to_come(case.plan(), today=case.today)
    before = case.patient.measures
    pairs = (
        ("left", before.brow_left, case.brow_left),
        ("right", before.brow_right, case.brow_right),
    )
    for side, old, new in pairs:
        moved = _moved_mm(old, new)
        if moved > MOST_MM:
            raise InputError(
                f"The {side} brow would have moved by {moved:.0f} mm since before treatment, and "
                f"none moves by more than {MOST_MM:g} mm: check the ruler, and that both heights "
                "are from the centre of the pupil to the lower border of the brow."
            )


def _moved_mm(before: BrowHeights | None, now: BrowHeights | None) -> float:
    """The most that a place of a brow moved; 0 where it was not measured twice."""
    if before is None or now is None:
        return 0.0
    names = BrowHeights.__struct_fields__
    return max(abs(float(getattr(now, name)) - float(getattr(before, name))) for name in names)


def refuse_tomorrow(case: Case, *, today: date) -> None:
    """Raise InputError for a review on a day that is yet to come."""
    if case.today > today:
        raise InputError(
            f"The review is of {case.today}, which is after today, {today}. Mend `today`."
        )
