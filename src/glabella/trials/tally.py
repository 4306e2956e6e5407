"""Counting a virtual trial: what is kept of an arm while its patients pass by in blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.face.frame import BothSides, Face
from glabella.plan.lines import follow_lines
from glabella.plan.movement import Movement
from glabella.plan.parameters import Parameters
from glabella.plan.people import People
from glabella.plan.plan import LineGrades
from glabella.plan.summary import landmark_nodes, risk_window, unwanted
from glabella.trials.cohort import Sex
from glabella.trials.predict import chance, last_day, margin_of
from glabella.trials.spec import TrialSpec

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

FOLLOWED_DAYS = 400
# Brow changes are counted in bins of this width, so that medians need no list of patients.
BROW_EDGES_MM = np.arange(-12.01, 12.02, 0.02)
# Days of loss are counted by halves; the last bin holds those who still have it.
LOST_EDGES = np.arange(0.0, FOLLOWED_DAYS + 1.6, 0.5)
PLACES = ("medial", "peak", "lateral")


@dataclass(slots=True)
class Tally:
    """What is kept of an arm while its patients pass by in blocks."""

    patients: int = 0
    said: dict[tuple[int, int], float] = field(default_factory=dict)
    lost_on: dict[int, Counts] = field(default_factory=dict)
    brow: dict[tuple[int, str, str], Counts] = field(default_factory=dict)
    events: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Stratum:
    """A block of patients of one sex and one baseline grade."""

    sex: Sex
    grade: int
    people: People


def count_block(
    spec: TrialSpec,
    moved: Movement,
    stratum: Stratum,
    *,
    days: Array,
    parameters: Parameters,
    tally: Tally,
) -> None:
    """Add one block of one arm to the tally: readings, losses, brows and unwanted results."""
    face = Face.fit(stratum.sex)
    tally.patients += len(stratum.people)
    _count_lines(spec, moved, stratum, days=days, parameters=parameters, tally=tally)
    _count_brow(spec, face, moved, days, tally)
    for event, hit in unwanted(face, moved, risk_window(days)).items():
        _add(tally.events, event, float(hit.sum()))


def _add(store: dict[Any, Any], key: Any, value: Any) -> None:
    store[key] = store[key] + value if key in store else value


def _count_lines(
    spec: TrialSpec,
    moved: Movement,
    stratum: Stratum,
    *,
    days: Array,
    parameters: Parameters,
    tally: Tally,
) -> None:
    """Add readings at the visits and the days on which responders lose the effect."""
    columns = [int(np.flatnonzero(days == visit)[0]) for visit in spec.visits_days]
    lines = {
        area: follow_lines(
            days,
            _mean_drive(moved, area),
            LineGrades(maximum=stratum.grade),
            stratum.people,
            parameters,
        )
        for area in {end.area for end in (*spec.endpoints, *spec.durations)}
    }
    for index, end in enumerate(spec.endpoints):
        severity = lines[end.area].at(end.at)
        said = chance(
            end.rule,
            "both" if end.rule == "composite_2" else end.rater,
            grade=stratum.grade if end.at == "maximum" else severity[:, :1],
            before=severity[:, :1],
            after=severity[:, columns],
            parameters=parameters,
        )
        for visit, total in zip(spec.visits_days, said.sum(axis=0), strict=True):
            _add(tally.said, (index, visit), float(total))
    for index, end in enumerate(spec.durations):
        severity = lines[end.area].at(end.at)
        margin = margin_of(
            end.rule,
            grade=stratum.grade if end.at == "maximum" else severity[:, :1],
            before=severity[:, :1],
            severity=severity,
            parameters=parameters,
        )
        lost, _ = last_day(days, margin)
        counted, _ = np.histogram(np.minimum(lost, FOLLOWED_DAYS + 1), bins=LOST_EDGES)
        _add(tally.lost_on, index, counted)


def _mean_drive(moved: Movement, area: str) -> Array:
    """The drive of an area's lines: the mean of the sides where it has two."""
    return np.asarray(np.mean([d for (name, _), d in moved.drive.items() if name == area], axis=0))


def _count_brow(spec: TrialSpec, face: Face, moved: Movement, days: Array, tally: Tally) -> None:
    for side in BothSides:
        at = landmark_nodes(face, side)
        for visit in spec.visits_days:
            column = int(np.flatnonzero(days == visit)[0])
            rise = moved.brow["rest", side][:, column]
            for where in PLACES:
                counted, _ = np.histogram(rise[:, at[where]], bins=BROW_EDGES_MM)
                _add(tally.brow, (visit, side.value, where), counted)
