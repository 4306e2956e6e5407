"""Each word of what a clinician expects, measured on an answer one way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from glabella import facts
from glabella.face.frame import BothSides, Face, Side
from glabella.plan.corrections.correction import Correction
from glabella.plan.place import Dose, place
from glabella.plan.reference.expectation import Expectation
from glabella.plan.search.proposal import AreaOutcome, BrowOutcome, Proposal

Answer: TypeAlias = Proposal | Correction
# What was found: a number, a yes or no, or words; None where there is no such point.
Seen: TypeAlias = float | bool | str | None
PLACES = ("medial", "peak", "lateral")
DIGITS = 3


@dataclass(frozen=True, slots=True)
class Check:
    """An expectation held against an answer: what was seen, and whether it is met."""

    expectation: Expectation
    seen: Seen
    met: bool
    unit: str

    @property
    def word(self) -> str:
        """`met`, `not met`, or `disagrees` where it is known why."""
        if self.met:
            return "met"
        return "disagrees" if self.expectation.disagrees else "not met"


def check(expected: Expectation, answer: Answer, other: Answer | None = None) -> Check:
    """Hold an expectation against an answer; against the difference to `other` if there is one."""
    measure = MEASURES[expected.what]
    seen = measure.of(answer, expected)
    if other is not None:
        before = measure.of(other, expected)
        both = isinstance(seen, int | float) and isinstance(before, int | float)
        seen = float(seen) - float(before) if both else None  # type: ignore[arg-type]
    if isinstance(seen, float):
        seen = round(seen, DIGITS)
    return Check(expected, seen, _met(expected, seen), _unit(measure.unit, answer))


def _met(expected: Expectation, seen: Seen) -> bool:
    if expected.says:
        return isinstance(seen, str) and expected.says in seen
    if expected.is_ is not None:
        if isinstance(expected.is_, str) and isinstance(seen, str):
            return expected.is_ in seen.split(", ")
        return seen == expected.is_
    # Of points that are not there nothing wrong can be said.
    if seen is None:
        return True
    return isinstance(seen, int | float) and expected.low <= seen <= expected.high


def _unit(unit: str, answer: Answer) -> str:
    return f"U {facts.product(_product(answer)).name}" if unit == "U" else unit


@dataclass(frozen=True, slots=True)
class Measure:
    """How one word of the vocabulary is measured, in which unit, and how it is said."""

    name: str
    of: Callable[[Any, Expectation], Seen]
    unit: str = ""


# The points of any answer


def _product(answer: Answer) -> str:
    return answer.product if isinstance(answer, Proposal) else answer.plan.treatments[-1].product


def face_of(answer: Answer) -> Face:
    """The face that an answer is for."""
    return Face.fit(answer.plan.patient.sex, answer.plan.patient.measures)


def doses_of(answer: Answer) -> tuple[Dose, ...]:
    """The points that an answer proposes, on its patient's face."""
    if isinstance(answer, Proposal):
        # A plan cannot be empty: without a point its last treatment stands for none.
        given = answer.plan.treatments[-1:] if answer.points else ()
    else:
        given = tuple(one.treatment for one in answer.proposed)
    return tuple(dose for treatment in given for dose in place(face_of(answer), treatment))


def _chosen(answer: Answer, expected: Expectation) -> list[Dose]:
    return [
        dose
        for dose in doses_of(answer)
        if expected.area in (None, dose.area)
        and expected.side in (None, dose.side)
        and expected.muscle in ("", dose.muscle)
        and expected.depth in (None, dose.depth)
    ]


def _sum(doses: Iterable[Dose]) -> float:
    return sum(dose.units.amount for dose in doses)


def _units(answer: Answer, expected: Expectation) -> Seen:
    return _sum(_chosen(answer, expected))


def _sides_apart(answer: Answer, expected: Expectation) -> Seen:
    chosen = _chosen(answer, expected)
    left, right = ([dose for dose in chosen if dose.side is side] for side in BothSides)
    return _sum(left) - _sum(right)


def _lowest_above_brow(answer: Answer, expected: Expectation) -> Seen:
    return min(_above_brow(answer, expected), default=None)


def _highest_share(answer: Answer, expected: Expectation) -> Seen:
    highest = max(_above_brow(answer, expected), default=None)
    return None if highest is None else highest / face_of(answer).forehead_height_mm


def _above_brow(answer: Answer, expected: Expectation) -> list[float]:
    face = face_of(answer)
    return [
        dose.y_mm - face.brow_upper_mm(dose.side, dose.x_mm) for dose in _chosen(answer, expected)
    ]


def _lowest_mm(answer: Answer, expected: Expectation) -> Seen:
    return min((dose.y_mm for dose in _chosen(answer, expected)), default=None)


def _innermost_mm(answer: Answer, expected: Expectation) -> Seen:
    return min((dose.x_mm for dose in _chosen(answer, expected)), default=None)


def _stops(answer: Answer, _: Expectation) -> Seen:
    return sum(found.severity == "stop" for found in answer.findings)


def _finding(answer: Answer, expected: Expectation) -> Seen:
    return any(found.code == expected.code for found in answer.findings)


# Of a proposal


def _of_label(answer: Proposal, _: Expectation) -> Seen:
    areas = facts.product(answer.product).areas
    usual = sum(areas[one.area].total_units.value for one in answer.outcome.areas)
    return answer.units / usual


def _outcome(answer: Proposal, expected: Expectation) -> AreaOutcome:
    return next(one for one in answer.outcome.areas if expected.area in (None, one.area))


def _risk(answer: Proposal, expected: Expectation) -> Seen:
    found = (one.probability for one in answer.outcome.risks if one.event == expected.event)
    return next(found, 0.0)


def _rises(brow: BrowOutcome) -> tuple[float, float, float]:
    return brow.medial_mm, brow.peak_mm, brow.lateral_mm


def _lowest_brow(answer: Proposal, expected: Expectation) -> Seen:
    chosen = [one for one in answer.outcome.brow if expected.side in (None, one.side)]
    return min(rise for brow in chosen for rise in _rises(brow))


def _arch(answer: Proposal, _: Expectation) -> Seen:
    return max(max(one.peak_mm, one.lateral_mm) - one.medial_mm for one in answer.outcome.brow)


def _brows_apart(answer: Proposal, _: Expectation) -> Seen:
    face = face_of(answer)
    heights: dict[Side, list[float]] = {}
    for brow in answer.outcome.brow:
        own = face.brow_left if brow.side is Side.LEFT else face.brow_right
        before = [getattr(own, f"{place}_mm") for place in PLACES]
        heights[brow.side] = [sum(pair) for pair in zip(before, _rises(brow), strict=True)]
    left, right = heights[Side.LEFT], heights[Side.RIGHT]
    return max(abs(one - two) for one, two in zip(left, right, strict=True))


# Of a correction


def _back_days(answer: Correction, expected: Expectation) -> Seen:
    """The latest day, counted from the last treatment, on which something is predicted back."""
    found = [
        one.when.median_days
        for one in answer.returns
        if one.code == expected.code and expected.about in one.what
    ]
    known = [days for days in found if days is not None]
    return max(known) if known and len(known) == len(found) else float("inf")


def _after(answer: Correction, expected: Expectation) -> Seen:
    added = [one for one in answer.proposed if one.code == expected.code]
    effects = [abs(effect.after) for one in added for effect in one.effects]
    return max(effects, default=float("inf"))


def _eases(answer: Correction, expected: Expectation) -> Seen:
    known = {one.code: one.name for one in facts.load().corrections.eases}
    found = [one.grade for one in answer.eases if one.name == known.get(expected.code)]
    return next(iter(found), "not told")


def _refused(answer: Correction, expected: Expectation) -> Seen:
    return " ".join(one.why for one in answer.refused if one.code == expected.code)


def _conflict(answer: Correction, expected: Expectation) -> Seen:
    return any(one.code == expected.code for one in answer.conflicts)


def _said(name: str) -> Callable[[Any, Expectation], Seen]:
    """A field of the answer as it is, in words."""
    return lambda answer, _: str(getattr(answer, name))


MEASURES: dict[str, Measure] = {
    "units": Measure("units", _units, "U"),
    "points": Measure("points", lambda answer, expected: len(_chosen(answer, expected))),
    "sides-apart": Measure("units on the left beyond the right", _sides_apart, "U"),
    "lowest-above-brow": Measure("lowest point above the brow", _lowest_above_brow, "mm"),
    "highest-share": Measure("highest point, share of the forehead's height", _highest_share),
    "lowest-mm": Measure("lowest point above the level of the eye", _lowest_mm, "mm"),
    "innermost-mm": Measure("innermost point from the midline", _innermost_mm, "mm"),
    "stops": Measure("rules that say stop", _stops),
    "finding": Measure("the plan shows", _finding),
    "reached": Measure("the goal is reached", lambda answer, _: answer.outcome.reached),
    "stopped-by": Measure(
        "limits named", lambda answer, _: ", ".join(one.code for one in answer.binds)
    ),
    "of-label": Measure("share of the label's units", _of_label),
    "chance": Measure("chance of the wanted grade", lambda a, e: _outcome(a, e).chance),
    "kept": Measure("strength kept", lambda a, e: _outcome(a, e).kept),
    "risk": Measure("chance of the unwanted result", _risk),
    "lowest-brow": Measure("lowest rise of a brow", _lowest_brow, "mm"),
    "arch": Measure("rise of the outer brow beyond its head", _arch, "mm"),
    "brows-apart": Measure("largest difference between the brows", _brows_apart, "mm"),
    "verdict": Measure("verdict", _said("verdict")),
    "headline": Measure("first line", _said("headline")),
    "alarms": Measure("red flags", lambda answer, _: len(answer.alarms)),
    "judge-from": Measure("judged from", _said("judge_from")),
    "top-up-from": Measure("topped up from", _said("top_up_from")),
    "next-from": Measure("treated again from", _said("next_from")),
    "back-days": Measure("predicted back, after the treatment", _back_days, "days"),
    "after": Measure("what is left of it", _after, "mm"),
    "eases": Measure("evidence for what may ease it", _eases),
    "refused": Measure("why nothing is added", _refused),
    "conflict": Measure("the conflict is shown", _conflict),
    "normal": Measure("what is normal on this day", _said("normal")),
    "counted": Measure(
        "counted over the label's period", lambda a, _: sum(one.given for one in a.cumulative), "U"
    ),
}
