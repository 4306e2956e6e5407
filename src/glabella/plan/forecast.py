"""The spine: facts -> plan -> spread -> kinetics -> response -> expression -> limits.

`forecast` reads as that sentence. Every arrow is a function of frozen values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.face.frame import Face, Side
from glabella.plan import states, summary
from glabella.plan.basis import basis
from glabella.plan.course import Reach, blocked, reach_all
from glabella.plan.jaw import jaw_widths
from glabella.plan.learn import learn
from glabella.plan.limits import check_doses
from glabella.plan.lines import LineCourse, drives_before, lines_of
from glabella.plan.movement import Movement, move
from glabella.plan.parameters import Parameters, calibrated, doubt, varied
from glabella.plan.people import People, draw
from glabella.plan.place import place_all
from glabella.plan.plan import Plan
from glabella.plan.result import Forecast
from glabella.plan.skin import follow_skin

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What happens to drawn patients day by day: how they move, their lines, their jaw."""

    days: Array
    movement: Movement
    lines: dict[tuple[str, Side], LineCourse]
    jaw: dict[Side, Array]


def forecast(
    plan: Plan, *, people: People | None = None, parameters: Parameters | None = None
) -> Forecast:
    """What a plan will do, from the day of its last treatment to the horizon, and how sure that is.

    Raises InputError, UnitsError or GeometryError for a plan that cannot be meant.
    """
    face = Face.fit(plan.patient.sex, plan.patient.measures)
    start = max(treatment.date for treatment in plan.treatments)
    doses = place_all(face, plan.treatments)
    own, learned = learn(plan, face, doses)
    people = people or own or draw(doubts=len(doubt().names))
    parameters = parameters or varied(calibrated(), people.doubt)
    sessions = [(placed, (plan.treatments[i].date - start).days) for i, placed in doses.items()]
    reaches = reach_all(face, sessions, people, sigma_mm=parameters.sigma_mm)
    days = days_until(plan.horizon_days)
    course = follow(plan, face, reaches, days=days, people=people, parameters=parameters)
    skin = follow_skin(face, sessions, days, people, parameters)
    stands_on = basis(plan)
    return Forecast(
        start=start,
        products=tuple(dict.fromkeys(t.product for t in plan.treatments if t.date == start)),
        days=tuple(int(day) for day in days),
        drawn=len(people) - 1,
        muscles=summary.muscle_curves(course.movement),
        grades=summary.grade_curves(course.lines, parameters),
        brow=summary.brow_curves(face, course.movement),
        lid=summary.lid_curves(course.movement),
        mouth=summary.mouth_curves(course.movement),
        jaw=summary.jaw_curves(course.jaw),
        skin=summary.skin_curves(skin),
        courses=summary.area_courses(course.lines, days, start),
        risks=summary.risks(face, course.movement, days),
        findings=check_doses(plan, face, doses),
        states=states.face_states(course.movement, course.lines, course.jaw, days),
        brow_nodes_mm=summary.nodes(face),
        sources=stands_on.sources,
        assumptions=stands_on.assumptions,
        facts_digest=facts.load().digest,
        learned=learned,
    )


def days_until(horizon_days: int) -> Array:
    """Forecast days: each day to 14, every second to 30, then every fifth, and the horizon."""
    grid = [*range(15), *range(16, 31, 2), *range(35, horizon_days + 1, 5), horizon_days]
    return np.array(sorted({day for day in grid if day <= horizon_days}), dtype=float)


def follow(
    plan: Plan,
    face: Face,
    reaches: tuple[Reach, ...],
    *,
    days: Array,
    people: People,
    parameters: Parameters,
) -> Course:
    """Kinetics, response and expression of what arrived, for every drawn patient and day."""
    bulk = parameters.bulk_of(plan.patient)
    lost = blocked(face, reaches, days, people, parameters, bulk=bulk)
    movement = move(face, lost, people)
    earlier = drives_before(face, reaches, people, parameters=parameters, bulk=bulk)
    return Course(
        days,
        movement,
        lines_of(plan.patient.lines, movement, days, people, parameters, earlier=earlier),
        jaw_widths(face, reaches, movement, days, people, parameters=parameters, bulk=bulk),
    )
