"""What one plan does, measured against a goal: proposal, label, last visit, an edited plan.

It goes the forecast's own way, day by day and with as many drawn patients, and shares nothing with
a search but the model: it is what a search's answer is checked with.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from glabella.face.frame import BothSides, Face, Side
from glabella.facts.model import Event
from glabella.plan.course import reach_all
from glabella.plan.forecast import Course, follow
from glabella.plan.goals.aims import Aims, AreaAim, aims_of
from glabella.plan.goals.goal import Goal
from glabella.plan.lines import rated_below
from glabella.plan.parameters import Parameters
from glabella.plan.place import Dose, place, total_units
from glabella.plan.plan import Plan, Treatment
from glabella.plan.search.proposal import AreaOutcome, BrowOutcome, Outcome, RiskOutcome
from glabella.plan.search.score import brow_off_mm
from glabella.plan.search.setting import Setting, plan_of, setting
from glabella.plan.summary import (
    EVENTS,
    definition,
    landmark_nodes,
    limit_of,
    risk_window,
    unwanted,
)

Array = NDArray[np.float64]
LOW, HIGH = 5, 95
# Between these days hardly anything changes that is not seen on one of them.
DAYS = (0, 3, 7, 10, 14, 18, 22, 26, 30, 36, 45)
# A goal is reached when the chance is short by less than this: half a percent is no difference.
NEARLY = 0.005
# Nor is so much of a millimetre.
NEARLY_MM = 0.05


def outcome(
    goal: Goal, treatments: Sequence[Treatment], *, name: str, aims: Aims | None = None
) -> Outcome:
    """What treatments of the goal's day do to its patient, against what the goal asks.

    Raises InputError for a goal or treatments that cannot be meant.
    """
    aims, known = aims or aims_of(goal), setting(goal)
    days = tuple(sorted({*DAYS, *(aim.day for aim in aims.areas)}))
    written = msgspec.json.encode(plan_of(goal, treatments))
    course, given = _course(known, written, len(treatments), days)
    parameters = known.parameters(known.people)
    areas = tuple(_area(aim, course, parameters, given) for aim in aims.areas)
    risks = _risks(known.face, course, aims)
    brow, off = _brow(known, course, aims)
    by_product = {
        product: round(total_units(_of(product, given), product).amount, 6)
        for product in dict.fromkeys(dose.units.product for dose in given)
    }
    return Outcome(
        name=name,
        units=by_product.get(goal.product, 0.0),
        by_product=by_product,
        points=len(given),
        areas=areas,
        risks=risks,
        brow=brow,
        brow_reached=off <= NEARLY_MM,
        reached=off <= NEARLY_MM
        and all(area.reached for area in areas)
        and all(risk.holds for risk in risks),
        treatments=tuple(treatments),
    )


@lru_cache(maxsize=64)
def _course(
    known: Setting, written: bytes, last: int, days: tuple[int, ...]
) -> tuple[Course, tuple[Dose, ...]]:
    """The course under a plan's history and its `last` treatments, and the doses of these."""
    plan = msgspec.json.decode(written, type=Plan)
    doses = [
        place(known.face, treatment) for treatment in plan.treatments[len(plan.treatments) - last :]
    ]
    people, parameters = known.people, known.parameters(known.people)
    sessions = [*known.earlier, *((placed, 0.0) for placed in doses)]
    course = follow(
        plan,
        known.face,
        reach_all(known.face, sessions, people, sigma_mm=parameters.sigma_mm),
        days=np.array(days, dtype=float),
        people=people,
        parameters=parameters,
    )
    return course, tuple(dose for placed in doses for dose in placed)


def _of(product: str, doses: Sequence[Dose]) -> tuple[Dose, ...]:
    return tuple(dose for dose in doses if dose.units.product == product)


def _area(
    aim: AreaAim, course: Course, parameters: Parameters, given: Sequence[Dose]
) -> AreaOutcome:
    """The side of an area on which least is reached."""
    sides = [
        _side(aim, side, course, parameters, given) for a, side in course.lines if a == aim.area
    ]
    return min(sides, key=lambda found: found.chance)


def _side(
    aim: AreaAim, side: Side, course: Course, parameters: Parameters, given: Sequence[Dose]
) -> AreaOutcome:
    lines, column = course.lines[aim.area, side], int(np.searchsorted(course.days, aim.day))
    limit = aim.grade + 0.5

    def chance(severity: Array) -> float:
        return float(rated_below(severity, limit, parameters)[1:].mean())

    reached = chance(lines.maximum[:, [column]])
    weakest = course.movement.drive[aim.area, side].min(axis=1)[1:]
    low, middle, high = (float(value) for value in np.percentile(weakest, (LOW, 50, HIGH)))
    return AreaOutcome(
        area=aim.area,
        side=side,
        day=aim.day,
        grade=aim.grade,
        asked_chance=aim.chance,
        chance=round(reached, 3),
        before_chance=round(chance(lines.untreated), 3),
        median_grade=round(float(np.median(lines.maximum[1:, column])), 2),
        kept=round(middle, 3),
        kept_low=round(low, 3),
        kept_high=round(high, 3),
        asked_kept=aim.kept,
        units=round(sum(dose.units.amount for dose in given if dose.area == aim.area), 6),
        reached=reached >= aim.chance - NEARLY and middle >= aim.kept - NEARLY,
    )


def _risks(face: Face, course: Course, aims: Aims) -> tuple[RiskOutcome, ...]:
    found = []
    for event, hit in unwanted(face, course.movement, risk_window(course.days)).items():
        probability, limit = float(hit[1:].mean()), aims.risks[event]
        found.append(
            RiskOutcome(
                event=event,
                name=EVENTS[event][0],
                definition=definition(event),
                probability=round(probability, 4),
                limit=limit,
                holds=probability <= limit,
                source=limit_of(event).source,
            )
        )
    return tuple(found)


def _brow(known: Setting, course: Course, aims: Aims) -> tuple[tuple[BrowOutcome, ...], float]:
    """The middle patient's brows on the goal's day, and how far in mm they are off."""
    column = int(np.searchsorted(course.days, min(aim.day for aim in aims.areas)))
    rises: dict[Side, dict[str, Array]] = {}
    for side in BothSides:
        rise = np.median(course.movement.brow["rest", side][1:, column], axis=0)
        at = landmark_nodes(known.face, side)
        rises[side] = {name: rise[[node]] for name, node in at.items()}
    brow = tuple(
        BrowOutcome(
            side=side,
            **{
                f"{name}_mm": round(float(rise[name][0]), 2)
                for name in ("medial", "peak", "lateral")
            },
        )
        for side, rise in rises.items()
    )
    return brow, float(brow_off_mm(known.face, aims, rises)[0])


def worst_risk(risks: dict[Event, float], aims: Aims) -> tuple[Event | None, float]:
    """The unwanted result that comes nearest to its limit, and its share of that limit."""
    shares = {event: risk / max(aims.risks[event], NEARLY) for event, risk in risks.items()}
    event = max(shares, key=lambda one: shares[one])
    return (event if shares[event] > 0 else None), shares[event]
