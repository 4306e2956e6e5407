"""Learning: what was seen at a patient's reviews reweights the drawn patients.

Many patients are drawn from the population, the patient's own treatments are run on each, and each
is weighed by how well it explains what was seen (importance sampling). As many as a forecast uses
are then taken by weight. When few of the many explain it, the population stays as it is and the
forecast says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from glabella.face.frame import BrowHeights, Face, Side
from glabella.plan.course import blocked, reach_all
from glabella.plan.lines import follow_lines
from glabella.plan.movement import Movement, move
from glabella.plan.parameters import Parameters, calibrated, doubt, varied
from glabella.plan.people import People, draw, weighted
from glabella.plan.place import Dose
from glabella.plan.plan import Plan, Review
from glabella.plan.result import Learned
from glabella.plan.summary import landmark_nodes

Array = NDArray[np.float64]

POOL = 2048
# With fewer drawn patients than this behind the weights, they are chance.
FEWEST_EFFECTIVE = 30
# Below this log likelihood even the best of them does not explain what was seen.
UNEXPLAINED = -8.0
# A brow height measured on two days differs by about this much without any treatment.
BROW_READING_MM = 1.0
STEP_DAYS = 10
# Older reviews, and what was given longer before the first that counts, teach nothing any more.
REMEMBERED_DAYS = 730
WORN_OFF_DAYS = 400
# The highest grade of the scale.
WORST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What a patient's own earlier treatments did to drawn patients, on days from the first."""

    first: date
    days: Array
    movement: Movement
    people: People

    def column(self, day: date) -> int:
        """Where a day of a review stands among the days."""
        return int(np.flatnonzero(self.days == (day - self.first).days)[0])


def learn(
    plan: Plan,
    face: Face,
    doses: dict[int, tuple[Dose, ...]],
    *,
    also: Callable[[Past], Array] | None = None,
    pool: int = POOL,
) -> tuple[People | None, Learned | None]:
    """Drawn patients weighed by the plan's reviews; None where there is nothing to learn from.

    `also` is the log likelihood (P,) of what was seen beyond grades and brow heights; `pool` is
    how many patients are drawn: what is rare takes many.
    """
    newest = max(treatment.date for treatment in plan.treatments)
    oldest = newest - timedelta(days=REMEMBERED_DAYS)
    reviews = [
        review
        for review in plan.reviews
        if review.date >= oldest and _after_a_treatment(plan, review)
    ]
    if not reviews:
        return None, None
    people = draw(pool, doubts=len(doubt().names))
    parameters = varied(calibrated(), people.doubt)
    past = _past(plan, face, doses, reviews, people=people, parameters=parameters)
    log = sum(
        (_log_likelihood(plan, face, past, review, parameters) for review in reviews),
        start=np.zeros(len(past.people)) if also is None else also(past),
    )
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    effective = float(1 / np.sum(weight**2))
    used = effective >= FEWEST_EFFECTIVE and bool(log.max() > UNEXPLAINED)
    told = Learned(reviews=len(reviews), effective=round(effective, 1), drawn=pool, used=used)
    return (weighted(past.people, weight) if used else None), told


def _after_a_treatment(plan: Plan, review: Review) -> bool:
    """Whether something that could still work was given before a review."""
    since = review.date - timedelta(days=WORN_OFF_DAYS)
    return any(since <= treatment.date < review.date for treatment in plan.treatments)


def _past(
    plan: Plan,
    face: Face,
    doses: dict[int, tuple[Dose, ...]],
    reviews: list[Review],
    *,
    people: People,
    parameters: Parameters,
) -> Past:
    since = min(review.date for review in reviews) - timedelta(days=WORN_OFF_DAYS)
    first = min(treatment.date for treatment in plan.treatments if treatment.date >= since)
    seen = [(review.date - first).days for review in reviews]
    days = np.array(sorted({*range(0, max(seen), STEP_DAYS), *seen}), dtype=float)
    last = max(review.date for review in reviews)
    sessions = [
        (placed, (plan.treatments[index].date - first).days)
        for index, placed in doses.items()
        if first <= plan.treatments[index].date < last
    ]
    arrived = reach_all(face, sessions, people, sigma_mm=parameters.sigma_mm)
    lost = blocked(face, arrived, days, people, parameters, bulk=parameters.bulk_of(plan.patient))
    return Past(first, days, move(face, lost, people), people)


def _log_likelihood(
    plan: Plan, face: Face, past: Past, review: Review, parameters: Parameters
) -> Array:
    """How well each drawn patient (P,) explains one review."""
    column = past.column(review.date)
    total = np.zeros(len(past.people))
    for area, seen in review.lines.items():
        if area not in plan.patient.lines:
            continue
        drives = [d for (name, _), d in past.movement.drive.items() if name == area]
        drive = np.asarray(np.mean(drives, axis=0))
        baseline = plan.patient.lines[area]
        course = follow_lines(past.days, drive, baseline, past.people, parameters)
        for where, grade in (("maximum", seen.maximum), ("rest", seen.rest)):
            if grade is not None:
                total += np.log(read_as(grade, course.at(where)[:, column], parameters))
    for side, heights in ((Side.LEFT, review.brow_left), (Side.RIGHT, review.brow_right)):
        if heights is not None:
            total += _brow_likelihood(face, past, side, heights, column)
    return total


def read_as(grade: int, severity: Array, parameters: Parameters) -> Array:
    """Chance that a rater reads a severity (P,) as a grade; a few readings lapse to any grade."""
    sd, lapse = parameters.reading_sd("investigator"), parameters.rater_lapse
    above = ndtr((grade + 0.5 - severity) / sd) if grade < WORST else 1.0
    below = ndtr((grade - 0.5 - severity) / sd) if grade > 0 else 0.0
    return np.asarray(lapse / (WORST + 1) + (1 - lapse) * (above - below))


def _brow_likelihood(face: Face, past: Past, side: Side, seen: BrowHeights, column: int) -> Array:
    before = face.brow_right if side is Side.RIGHT else face.brow_left
    at = landmark_nodes(face, side)
    rise = past.movement.brow["rest", side][:, column]
    apart = np.array(
        [
            seen.medial_mm - before.medial_mm - rise[:, at["medial"]],
            seen.peak_mm - before.peak_mm - rise[:, at["peak"]],
            seen.lateral_mm - before.lateral_mm - rise[:, at["lateral"]],
        ]
    )
    # Three heights of one brow are read against one reference: their errors go together.
    return np.asarray(-0.5 * np.mean((apart / BROW_READING_MM) ** 2, axis=0))
