"""When what is too much, hangs or pulls is predicted back, if nothing is added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.face.frame import BothSides, Side
from glabella.facts.corrections import SeenWord
from glabella.plan import mouth
from glabella.plan.corrections.correction import Noticed, Return
from glabella.plan.corrections.residue import Residue
from glabella.plan.forecast import Course
from glabella.plan.learn import FEWEST_EFFECTIVE
from glabella.plan.parameters import model_facts
from glabella.plan.result import Interval
from glabella.plan.summary import NOTICED_GRADES, interval, last_crossing

Array = NDArray[np.float64]
STEP_DAYS = 3
# Sides that are back within so many days of each other are told as one.
ALIKE_DAYS = 7
# Muscles whose strength tells of what cannot be measured in mm.
EYE, LIFTER = "orbicularis-oculi", "zygomaticus"
MOVERS = ("frontalis", "corrugator", "depressor-supercilii")
NEGLIGIBLE = 1e-3
UNKNOWN = Interval(
    median_days=None, low_days=None, high_days=None, median=None, low=None, high=None
)


@dataclass(frozen=True)
class Waiting:
    """What is left of the treatments, day by day from today until nearly all is over."""

    left: Residue

    @cached_property
    def days(self) -> Array:
        return np.arange(0.0, facts.load().corrections.followed_days.value + 1, STEP_DAYS)

    @cached_property
    def course(self) -> Course:
        return self.left.course(self.days)

    @cached_property
    def treated(self) -> date:
        return max(one.date for one in self.left.plan.treatments)

    def _back(self, showing: Array) -> Interval:
        elapsed = (self.left.today - self.treated).days
        gone = last_crossing(self.days, showing)
        return interval(gone + elapsed, self.treated, float(self.days[-1]) + elapsed)

    def back(
        self,
        code: SeenWord,
        what: str,
        side: Side | None,
        excess: Array,
        *,
        told: bool = True,
    ) -> Return:
        """The days on which `excess` (P, T) has fallen to 0 for good, in those who have any.

        Those who have none do not show what was seen, so they tell nothing of when it goes. `told`
        is false where texts speak of something else.
        """
        start, showing = self.treated, shown(excess)
        explained = len(showing) >= FEWEST_EFFECTIVE
        when = self._back(showing) if explained else UNKNOWN
        known = facts.load().safety.complications.get(code)
        texts = known.lasts_days if known else None
        if texts is None or (explained and not told):
            return Return(code=code, what=what, side=side, when=when, explained=explained)
        first, last = (start + timedelta(days=int(days)) for days in texts.value)
        return Return(
            code=code,
            what=what,
            side=side,
            when=when,
            texts=texts.value,
            text_dates=(first, last),
            disagrees=explained and _apart(when, first, last),
            explained=explained,
            note=texts.note or "",
            source=texts.source,
        )

    def fading(self, sides: Sequence[Side], size_mm: float) -> Array:
        """A change of the brow (P, T) that is as large as it was seen, and fades with the toxin.

        It goes as the strength comes back to the muscles that move these brows.
        """
        movement = self.course.movement
        lost = sum(1 - movement.of(muscle, side) for muscle in MOVERS for side in sides)
        first = np.maximum(np.asarray(lost)[:, :1], NEGLIGIBLE)
        return np.asarray(size_mm * np.minimum(np.asarray(lost) / first, 1.0))


def shown(excess: Array) -> Array:
    """The rows of `excess` (P, T) of drawn patients who have any, today or later."""
    drawn = excess[1:]
    return np.asarray(drawn[(drawn > 0).any(axis=1)])


def _apart(when: Interval, first: date, last: date) -> bool:
    """Whether nine of ten drawn patients lie outside of what texts say."""
    early = when.high is not None and when.high < first
    return early or when.low is None or when.low > last


def returns(left: Residue, noticed: Sequence[Noticed]) -> tuple[Return, ...]:
    """For each thing noticed, when it is predicted back; nothing where the model has no word."""
    waiting = Waiting(left)
    found = {(one.what, one.side): one for seen in noticed for one in _of(waiting, seen)}
    for what in {what for what, side in found if side is Side.LEFT}:
        left_side, right = found[what, Side.LEFT], found.get((what, Side.RIGHT))
        if right is not None and _alike(left_side.when, right.when):
            found[what, Side.LEFT] = msgspec.structs.replace(left_side, side=None)
            del found[what, Side.RIGHT]
    return tuple(found.values())


def _alike(one: Interval, other: Interval) -> bool:
    """Whether two sides come back at about the same time: one date says enough."""
    if one.median_days is None or other.median_days is None:
        return one.median_days == other.median_days
    return abs(one.median_days - other.median_days) <= ALIKE_DAYS


def _of(waiting: Waiting, seen: Noticed) -> Iterator[Return]:
    match seen.code:
        case "eyelid-ptosis":
            yield from _lids(waiting, seen)
        case "brow-ptosis":
            yield from _brows(waiting, seen)
        case "over-treatment":
            yield from _frozen(waiting, seen)
        case "uneven-smile":
            yield from _smile(waiting, seen)
        case "dry-eye":
            yield from _eye(waiting, seen)
        case "spock-brow":
            yield from _peak(waiting, seen)
        case "asymmetry":
            yield from _level(waiting, seen)


def _sides(seen: Noticed) -> tuple[Side, ...]:
    return BothSides if seen.side is None else (seen.side,)


def _lids(waiting: Waiting, seen: Noticed) -> Iterator[Return]:
    near = facts.load().corrections.lid_back_mm.value
    for side in _sides(seen):
        excess = -waiting.course.movement.lid[side] - near
        yield waiting.back(seen.code, f"upper lid within {near:g} mm of before", side, excess)


def _brows(waiting: Waiting, seen: Noticed) -> Iterator[Return]:
    size = seen.size_mm or model_facts().risk.brow_ptosis_mm.value
    near = min(facts.load().goals.brow["keep"].mm.value, size / 2)
    for side in _sides(seen):
        excess = waiting.fading((side,), size) - near
        yield waiting.back(seen.code, f"brow within {near:g} mm of before", side, excess)
    yield from _strength(waiting, seen, "frontalis")


def _strength(waiting: Waiting, seen: Noticed, muscle: str) -> Iterator[Return]:
    half = facts.load().corrections.half_strength.value
    name = facts.load().anatomy.muscles[muscle].name.split(",")[0]
    for side in _sides(seen):
        excess = half - waiting.course.movement.of(muscle, side)
        if len(shown(excess)) >= FEWEST_EFFECTIVE:
            what = f"{name} back to {half:.0%} of its strength"
            yield waiting.back(seen.code, what, side, excess, told=False)


def _eye(waiting: Waiting, seen: Noticed) -> Iterator[Return]:
    found = tuple(_strength(waiting, seen, EYE))
    yield from found or (unexplained(waiting, seen, "closure of the eye"),)


def unexplained(waiting: Waiting, seen: Noticed, what: str) -> Return:
    """What the model has no word on, with what texts say of it."""
    return waiting.back(seen.code, what, seen.side, np.zeros((1, len(waiting.days))))


def _frozen(waiting: Waiting, seen: Noticed) -> Iterator[Return]:
    """Movement half back, and lines noticed again, in the area named or in all treated ones."""
    half = facts.load().corrections.half_strength.value
    treated = {dose.area for doses in waiting.left.doses.values() for dose in doses}
    areas = {seen.area} if seen.area else treated
    for (area, side), drive in waiting.course.movement.drive.items():
        if area not in areas:
            continue
        where = None if side is Side.MIDLINE else side
        what = f"{area}: movement back to {half:.0%}"
        yield waiting.back(seen.code, what, where, half - drive, told=False)
        lines = waiting.course.lines.get((area, side))
        if lines is not None:
            better = lines.untreated - lines.maximum - NOTICED_GRADES
            yield waiting.back(seen.code, f"{area}: lines noticed again", where, better)


def _smile(waiting: Waiting, seen: Noticed) -> Iterator[Return]:
    """The smile level again, or else the muscles of its worse side; texts where neither shows."""
    near = model_facts().risk.smile_asymmetry_mm.value / 2
    movement = waiting.course.movement
    level = waiting.back(
        seen.code, f"smile even within {near:g} mm", None, mouth.smile_apart_mm(movement) - near
    )
    if level.explained:
        yield level
        yield from _strength(waiting, seen, LIFTER)
        return
    lost = [
        1 - movement.of(muscle, side) for muscle in mouth.MUSCLES.values() for side in _sides(seen)
    ]
    what = f"smile: muscles of the mouth back to {1 - mouth.NOTICED:.0%} of their strength"
    moving = waiting.back(seen.code, what, seen.side, np.max(lost, axis=0) - mouth.NOTICED)
    yield moving if moving.explained else unexplained(waiting, seen, "smile as before")


def _peak(waiting: Waiting, seen: Noticed) -> Iterator[Return]:
    limit = model_facts().risk.spock_brow_mm.value
    for side in _sides(seen):
        excess = waiting.fading((side,), seen.size_mm or limit) - limit / 2
        yield waiting.back(
            seen.code, f"peak of the outer brow below {limit / 2:g} mm", side, excess
        )


def _level(waiting: Waiting, seen: Noticed) -> Iterator[Return]:
    near = facts.load().goals.brow["level"].mm.value
    size = seen.size_mm or model_facts().risk.asymmetry_mm.value
    excess = waiting.fading(BothSides, size) - near
    yield waiting.back(seen.code, f"brows level within {near:g} mm", None, excess)
