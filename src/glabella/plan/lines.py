"""Line grades: what a grade on the chart says of true severity, and what a rater will say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from glabella.effect import expression
from glabella.face.frame import Face, Side
from glabella.plan.course import Reach
from glabella.plan.movement import Movement, drives_of, strength_before
from glabella.plan.parameters import Number, Parameters, Rater, column, model_facts
from glabella.plan.people import People
from glabella.plan.plan import LineArea, LineGrades

Array = NDArray[np.float64]

# A rater says "none or mild" below this severity: half-way between mild and moderate.
NONE_OR_MILD_BELOW = 1.5
SEVEREST = 3.6
# Sessions longer ago have left nothing in lines at rest.
SKIN_REMEMBERS_DAYS = 365.0
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
SHARED_NODES, SHARED_WEIGHTS = _NODES, _WEIGHTS / _WEIGHTS.sum()
REST_BLUR = 0.6


def true_severity(grade: int, people: People, parameters: Parameters) -> Array:
    """True severity (P,) of lines that were graded once, by a rater who errs.

    A grade is a reading with the rater's error of a severity that is spread over people; the mean
    of what it says lies between the two (normal prior, normal error).
    """
    lines = model_facts().lines
    if grade == 0:
        return 0.5 * people.line
    reading = 1 / parameters.reading_sd("investigator") ** 2
    usual = 1 / lines.usual_grade_sd.value**2
    mean = (reading * grade + usual * lines.usual_grade.value) / (reading + usual)
    drawn = mean + ndtri(people.line) / np.sqrt(reading + usual)
    return np.asarray(np.clip(drawn, 0.0, SEVEREST))


def severity_at_rest(grade: int | None, maximum: Array, people: People) -> Array:
    """Severity (P,) of lines at rest, drawn from trials' baselines when it was not recorded."""
    if grade is None:
        lines = model_facts().lines
        shares = np.cumsum(
            [
                0.0,
                lines.no_rest_line_share.value,
                lines.mild_rest_line_share.value,
                lines.moderate_rest_line_share.value,
            ]
        )
        drawn = np.interp(people.rest, [*shares, 1.0], [0.0, 0.5, 1.5, 2.5, 3.0])
        # Lines that are deeper when they move are deeper at rest.
        return np.minimum(drawn * maximum / lines.usual_grade.value, maximum)
    if grade == 0:
        return np.zeros(len(people))
    return np.clip(grade + REST_BLUR * (people.rest - 0.5), 0.0, np.maximum(maximum, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class LineCourse:
    """Severity of an area's lines: untreated (P, 1), and day by day (P, T) moving and at rest."""

    untreated: Array
    maximum: Array
    rest: Array

    def at(self, where: str) -> Array:
        """The course at "maximum" movement or at "rest"."""
        return self.rest if where == "rest" else self.maximum


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """The strength (P, S) behind an area's lines on days (S,) before those that are followed."""

    days: Array
    drive: Array


def follow_lines(
    days: Array,
    drive: Array,
    grades: LineGrades,
    people: People,
    parameters: Parameters,
    *,
    earlier: Earlier | None = None,
) -> LineCourse:
    """The course of an area's lines under the strength (P, T) that drives them.

    `grades` are those before any treatment; what lines at rest remember of `earlier` days stays.
    """
    lines = model_facts().lines
    maximum = true_severity(grades.maximum, people, parameters)
    rest = severity_at_rest(grades.rest, maximum, people)
    known = Earlier(days, drive)
    if earlier is not None:
        known = Earlier(
            np.concatenate([earlier.days, days]),
            np.concatenate([earlier.drive, drive], axis=1),
        )
    memory = expression.resting_memory(
        known.days, known.drive, memory_days=lines.skin_memory_days.value
    )[:, -len(days) :]
    moving, resting = expression.line_severity(
        drive,
        memory,
        maximum=maximum[:, None],
        rest=rest[:, None],
        rest_share=column(parameters.rest_share),
        exponent=column(parameters.line_exponent),
    )
    return LineCourse(maximum[:, None], moving, resting)


def drives_before(
    face: Face,
    reaches: Sequence[Reach],
    people: People,
    *,
    parameters: Parameters,
    bulk: Number,
) -> dict[tuple[str, Side], Earlier]:
    """The strength behind each area's lines from the first session to the last; empty if one."""
    past = strength_before(
        face, reaches, people, parameters=parameters, bulk=bulk, since=-SKIN_REMEMBERS_DAYS
    )
    if past is None:
        return {}
    days, strength = past
    return {key: Earlier(days, drive) for key, drive in drives_of(strength).items()}


def lines_of(
    grades: Mapping[LineArea, LineGrades],
    movement: Movement,
    days: Array,
    people: People,
    parameters: Parameters,
    *,
    earlier: Mapping[tuple[str, Side], Earlier] | None = None,
) -> dict[tuple[str, Side], LineCourse]:
    """Severity of the lines of each area whose baseline grade is known."""
    past = earlier or {}
    return {
        (area, side): follow_lines(
            days, drive, known, people, parameters, earlier=past.get((area, side))
        )
        for (area, side), drive in movement.drive.items()
        for graded, known in grades.items()
        if area == graded
    }


def rated_below(
    severity: Array, limit: float | Array, parameters: Parameters, rater: Rater = "investigator"
) -> Array:
    """Chance that a rater reads a severity (P, T) below a limit; a few readings lapse."""
    hit = ndtr((limit - severity) / column(parameters.reading_sd(rater)))
    lapse = column(parameters.rater_lapse)
    return np.asarray(lapse + (1 - lapse) * hit)


def both_rated_below(severity: Array, limit: float | Array, parameters: Parameters) -> Array:
    """Chance that investigator and subject both read a severity (P, T) below a limit.

    They see the same face on the same day: what changes from visit to visit they share, and each
    errs alone. The shared part is summed over the nodes of a Gauss-Hermite rule.
    """
    lapse = column(parameters.rater_lapse)
    total = np.zeros_like(severity)
    for node, weight in zip(SHARED_NODES, SHARED_WEIGHTS, strict=True):
        room = limit - severity - node * column(parameters.visit_sd)
        total += weight * np.prod(
            [
                lapse + (1 - lapse) * ndtr(room / column(own))
                for own in (parameters.rater_sd, parameters.subject_sd)
            ],
            axis=0,
        )
    return total


def none_or_mild(severity: Array, parameters: Parameters) -> Array:
    """Chance that an investigator rates lines none or mild."""
    return rated_below(severity, NONE_OR_MILD_BELOW, parameters)
