"""Counting a virtual trial: what is kept of an arm while its patients pass by in blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.face.frame import BothSides, Face, Side
from glabella.plan.course import Blocked
from glabella.plan.lines import LineCourse, follow_lines
from glabella.plan.movement import Movement, drive_left, move
from glabella.plan.parameters import Parameters
from glabella.plan.people import People
from glabella.plan.plan import LineGrades
from glabella.plan.summary import RISK_TO_DAY, landmark_nodes, risk_window, unwanted
from glabella.trials.cohort import Sex
from glabella.trials.predict import chance, last_day, margin_of
from glabella.trials.spec import EndpointSpec, TrialSpec

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

# Effects that are lost are looked for until this day.
FOLLOWED_DAYS = 400
# Lines need days close enough for the slow state at rest; brows and lids need few.
LINE_DAYS = (*range(8), 10, 14, *range(20, 200, 10), *range(200, FOLLOWED_DAYS + 1, 20))
BROW_DAYS = (7, 10, 14, 20, 30, 40, RISK_TO_DAY)
# Brow changes are counted in bins around multiples of this, so that medians need no list.
BROW_STEP_MM, BROW_MOST_MM = 0.02, 12.0
BROW_BINS = 2 * round(BROW_MOST_MM / BROW_STEP_MM) + 1
# Days of loss are counted by halves; the last bin holds those who still have it.
LOST_EDGES = np.arange(0.0, FOLLOWED_DAYS + 1.6, 0.5)
PLACES = ("medial", "peak", "lateral")


@dataclass(frozen=True, slots=True, eq=False)
class Stratum:
    """Patients of one sex with the grades (P,) of their lines before treatment."""

    sex: Sex
    grade: NDArray[np.int64]
    people: People


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """The days that a trial needs, ascending: of lines, and of brows and lids.

    Days that nobody asks for are not computed: without durations lines end at the last visit.
    """

    visits: tuple[int, ...]
    lines: Array
    brow: Array

    @classmethod
    def of(cls, spec: TrialSpec) -> Schedule:
        last = FOLLOWED_DAYS if spec.durations else max(spec.visits_days)
        regular = [day for day in LINE_DAYS if day <= last]
        lines, brow = (
            np.array(sorted({*days, *spec.visits_days}), dtype=float)
            for days in (regular, BROW_DAYS)
        )
        return cls(spec.visits_days, lines, brow)

    @property
    def days(self) -> Array:
        return np.union1d(self.lines, self.brow)

    def columns(self, days: Array) -> NDArray[np.int64]:
        """Where the visits stand among some days."""
        return np.searchsorted(days, self.visits)


@dataclass(slots=True, eq=False)
class Tally:
    """Sums over patients of one arm; those of blocks add.

    `said` (end points, visits) sums chances, `lost_on` (durations, bins) counts by half days,
    `brow` (visits, sides, places, bins) by height, `events` whoever had one.
    """

    patients: int
    said: Array
    lost_on: Counts
    brow: Counts
    events: dict[str, float]

    @classmethod
    def empty(cls, spec: TrialSpec) -> Tally:
        visits = len(spec.visits_days)
        return cls(
            patients=0,
            said=np.zeros((len(spec.endpoints), visits)),
            lost_on=np.zeros((len(spec.durations), len(LOST_EDGES) - 1), dtype=np.int64),
            brow=np.zeros((visits, 2, len(PLACES), BROW_BINS), dtype=np.int64),
            events={},
        )

    def add(self, other: Tally) -> None:
        self.patients += other.patients
        self.said += other.said
        self.lost_on += other.lost_on
        self.brow += other.brow
        for event, count in other.events.items():
            self.events[event] = self.events.get(event, 0.0) + count


def count(
    spec: TrialSpec,
    schedule: Schedule,
    stratum: Stratum,
    lost: Blocked,
    *,
    parameters: Parameters,
    tally: Tally,
) -> None:
    """Add a stratum of one arm to the tally; `lost` is what toxin blocks on the schedule's days."""
    face, days = Face.fit(stratum.sex), schedule.days
    tally.patients += len(stratum.people)
    areas = {end.area for end in (*spec.endpoints, *spec.durations)}
    drive = drive_left(face, lost.on(np.searchsorted(days, schedule.lines)), areas)
    _count_lines(spec, schedule, stratum, drive, parameters=parameters, tally=tally)
    moved = move(face, lost.on(np.searchsorted(days, schedule.brow)), stratum.people)
    _count_brow(face, moved, schedule.columns(schedule.brow), tally)
    for event, hit in unwanted(face, moved, risk_window(schedule.brow)).items():
        tally.events[event] = tally.events.get(event, 0.0) + float(hit.sum())


def _count_lines(
    spec: TrialSpec,
    schedule: Schedule,
    stratum: Stratum,
    drive: dict[tuple[str, Side], Array],
    *,
    parameters: Parameters,
    tally: Tally,
) -> None:
    """Add readings at the visits and the days on which responders lose the effect."""
    columns = schedule.columns(schedule.lines)
    areas = {area for area, _ in drive}
    for grade in np.unique(stratum.grade):
        chosen = np.flatnonzero(stratum.grade == grade)
        people = stratum.people.take(chosen)
        lines = {
            area: follow_lines(
                schedule.lines,
                _mean_drive(drive, area, chosen),
                LineGrades(maximum=int(grade)),
                people,
                parameters,
            )
            for area in areas
        }
        for index, end in enumerate(spec.endpoints):
            seen = _Seen(end, lines[end.area], int(grade), parameters)
            tally.said[index] += seen.said(columns).sum(axis=0)
        for index, end in enumerate(spec.durations):
            seen = _Seen(end, lines[end.area], int(grade), parameters)
            tally.lost_on[index] += seen.lost_on(schedule.lines)


def _mean_drive(
    drive: dict[tuple[str, Side], Array], area: str, chosen: NDArray[np.int64]
) -> Array:
    """The drive of an area's lines: the mean of the sides where it has two."""
    sides = [strength[chosen] for (name, _), strength in drive.items() if name == area]
    return np.asarray(sum(sides) / len(sides), dtype=float)


class _Seen:
    """What an end point sees of an area's lines, in patients of one grade before treatment."""

    def __init__(
        self, end: EndpointSpec, course: LineCourse, grade: int, parameters: Parameters
    ) -> None:
        self.end, self.parameters = end, parameters
        self.severity = course.at(end.at)
        self.before = self.severity[:, :1]
        # Lines at rest were not graded one by one: they are compared with what they were.
        self.grade = grade if end.at == "maximum" else self.before

    def said(self, columns: NDArray[np.int64]) -> Array:
        """Chance (P, visits) that the rater says so; a composite asks both."""
        return chance(
            self.end.rule,
            "both" if self.end.rule == "composite_2" else self.end.rater,
            grade=self.grade,
            before=self.before,
            after=self.severity[:, columns],
            parameters=self.parameters,
        )

    def lost_on(self, days: Array) -> Counts:
        """Responders by the half day on which they lose the effect; the last bin still has it.

        Whoever had what the rule asks for before treatment has nothing to lose and is no responder.
        """
        margin = margin_of(
            self.end.rule,
            grade=self.grade,
            before=self.before,
            severity=self.severity,
            parameters=self.parameters,
        )
        lost, _ = last_day(days, margin[margin[:, 0] <= 0])
        half_days = np.minimum(2 * lost, len(LOST_EDGES) - 2).astype(np.int64)
        return np.bincount(half_days, minlength=len(LOST_EDGES) - 1)


def _count_brow(face: Face, moved: Movement, columns: NDArray[np.int64], tally: Tally) -> None:
    """Add the change of brow height at rest, by visit, side and place."""
    for index, side in enumerate(BothSides):
        at = landmark_nodes(face, side)
        nodes = [at[place] for place in PLACES]
        rise = moved.brow["rest", side][:, columns[:, None], nodes]
        bins = np.rint((rise + BROW_MOST_MM) / BROW_STEP_MM).astype(np.int64)
        np.clip(bins, 0, BROW_BINS - 1, out=bins)
        cells = len(columns) * len(PLACES)
        bins += BROW_BINS * np.arange(cells).reshape(len(columns), len(PLACES))
        counted = np.bincount(bins.ravel(), minlength=cells * BROW_BINS)
        tally.brow[:, index] += counted.reshape(len(columns), len(PLACES), BROW_BINS)
