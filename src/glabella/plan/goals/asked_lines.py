"""Which grade and which movement are asked of an area's lines, and whether both can be had."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from glabella import facts
from glabella.effect import expression
from glabella.errors import InputError
from glabella.facts.goals import MovementWord, Preset
from glabella.plan.goals.goal import AreaGoal
from glabella.plan.lines import severity_at_rest, true_severity
from glabella.plan.parameters import calibrated, model_facts
from glabella.plan.people import draw
from glabella.plan.plan import LineArea, LineGrades

GRADES = ("none", "mild", "moderate", "severe")
# A rater says a grade up to half a grade above it.
HALF_GRADE = 0.5


@dataclass(frozen=True, slots=True)
class AskedLines:
    """The highest grade that is accepted, the movement to keep, and what was settled on the way."""

    grade: int
    movement: MovementWord
    notes: tuple[str, ...] = ()


def asked_lines(
    area: LineArea, wanted: AreaGoal, preset: Preset, before: LineGrades, *, shaping: bool
) -> AskedLines:
    """What is asked of an area: what was said comes first, and the preset gives way to it.

    `shaping` says that the brow comes first: an area may be treated for it whose lines need
    nothing, and mild lines may stay mild. Raises InputError where not both can be had.
    """
    _something_to_do(area, wanted, before, shaping=shaping)
    grades = _grades(wanted, preset, before, shaping=shaping)
    words = _words(wanted, preset)
    day = wanted.day or preset.day.value
    for grade, word in product(grades, words):
        if severity_at(before, _kept(word), day) < grade + HALF_GRADE:
            notes = _given_way(area, (grades[0], words[0]), (grade, word))
            return AskedLines(grade, word, notes)
    raise InputError(_cannot_both_be(area, grades[-1], words[0], before, day))


def severity_at(before: LineGrades, kept: float, day: int) -> float:
    """Severity on `day` of the typical patient's lines when so much strength is left behind them.

    It is the least that can be: the strength is taken to be gone from the first day on.
    """
    parameters, typical = calibrated(), draw().take(slice(0, 1))
    maximum = true_severity(before.maximum, typical, parameters)
    rest = severity_at_rest(before.rest, maximum, typical)
    faded = 1 - np.exp(-day / model_facts().lines.skin_memory_days.value)
    moving, _ = expression.line_severity(
        np.array([kept]),
        np.array([1 - (1 - kept) * faded]),
        maximum=maximum,
        rest=rest,
        rest_share=parameters.rest_share,
        exponent=parameters.line_exponent,
    )
    return float(moving[0])


def _something_to_do(
    area: LineArea, wanted: AreaGoal, before: LineGrades, *, shaping: bool
) -> None:
    if shaping:
        return
    if before.maximum == 0:
        raise InputError(
            f"The area `{area}` has no lines at full movement, so there is nothing to treat. "
            "Leave it out, or name it in `spare`."
        )
    if wanted.grade is not None and wanted.grade >= before.maximum:
        raise InputError(
            f"The area `{area}` is to be {GRADES[wanted.grade]} at most and is "
            f"{GRADES[before.maximum]} already, so there is nothing to treat. "
            f"Ask for {GRADES[before.maximum - 1]} ({before.maximum - 1}) or less, or leave the "
            "area out."
        )


def _grades(
    wanted: AreaGoal, preset: Preset, before: LineGrades, *, shaping: bool
) -> tuple[int, ...]:
    """The grades that may be asked, best first."""
    if wanted.grade is not None:
        return (min(wanted.grade, before.maximum),)
    highest = before.maximum if shaping else before.maximum - 1
    return tuple(range(min(preset.grade.value, highest), highest + 1))


def _words(wanted: AreaGoal, preset: Preset) -> tuple[MovementWord, ...]:
    """The words for movement that may be meant: that which was said, else the preset's or less."""
    if wanted.movement is not None:
        return (wanted.movement,)
    most = _kept(preset.movement)
    return tuple(word for word in _by_movement() if _kept(word) <= most)


def _by_movement() -> list[MovementWord]:
    """The words for movement, liveliest first."""
    known = facts.load().goals.movement
    return sorted(known, key=lambda word: -known[word].kept.value)


def _kept(word: MovementWord) -> float:
    return facts.load().goals.movement[word].kept.value


def _given_way(
    area: LineArea, first: tuple[int, MovementWord], found: tuple[int, MovementWord]
) -> tuple[str, ...]:
    """What of the preset gave way to what was said, or to what can be had."""
    notes = []
    if first[1] != found[1]:
        notes.append(
            f"{area}: movement is planned {found[1]} and not {first[1]}, so that lines are "
            f"{GRADES[found[0]]} at most."
        )
    if first[0] != found[0]:
        notes.append(
            f"{area}: lines are accepted up to {GRADES[found[0]]} and not {GRADES[first[0]]}, "
            f"which {found[1]} movement does not allow."
        )
    return tuple(notes)


def _cannot_both_be(
    area: LineArea, grade: int, word: MovementWord, before: LineGrades, day: int
) -> str:
    severity = severity_at(before, _kept(word), day)
    start = (
        f"The area `{area}`: lines that are {GRADES[grade]} at most and {word} movement cannot "
        f"both be. With {_kept(word):.0%} of the strength kept, {GRADES[before.maximum]} lines "
        f"come to {severity:.2f} on day {day} in the typical patient, and {GRADES[grade]} ends at "
        f"{grade + HALF_GRADE:g}. "
    )
    less = [
        other
        for other in _by_movement()
        if _kept(other) < _kept(word)
        and severity_at(before, _kept(other), day) < grade + HALF_GRADE
    ]
    reached = next(
        other
        for other in range(grade, len(GRADES))
        if severity < other + HALF_GRADE or other == len(GRADES) - 1
    )
    accept = f"accept {GRADES[reached]} lines ({reached})"
    if less:
        return f"{start}Either ask for {less[0]} movement, or {accept}."
    return (
        f"{start}Part of them is there at rest, and no toxin takes that by then. Either {accept}, "
        "or ask for a later day."
    )
