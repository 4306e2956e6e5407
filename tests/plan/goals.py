"""Goals as a clinician would write them, and goals drawn at random."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from glabella import facts
from glabella.plan.goals.aims import Aims, aims_of
from glabella.plan.goals.goal import Goal, read_goal
from tests.plan.drawn import AREAS, measures
from tests.plan.plans import DAY, patient

THREE = {area: {"maximum": 3} for area in AREAS}
BROW = {"medial_mm": 12, "peak_mm": 15, "lateral_mm": 13}
HIGH_LEFT = {"brow_left": {**BROW, "peak_mm": 17}, "brow_right": BROW}
KNOWN = facts.load()


def whole(**changes: Any) -> dict[str, Any]:
    """A woman of 42 with severe frown lines that are to be mild; words of the patient go to her."""
    about = {key: changes.pop(key) for key in ("sex", "lines", "measures") if key in changes}
    about |= {key: changes.pop(key) for key in ("age_years", "conditions") if key in changes}
    start = {"date": DAY, "product": "botox-cosmetic", "areas": {"glabella": {}}}
    return start | {"patient": patient(**about)} | changes


def goal(**changes: Any) -> Goal:
    return read_goal(json.dumps(whole(**changes)))


def aims(**changes: Any) -> Aims:
    return aims_of(goal(**changes))


def given(date: str, **changes: Any) -> dict[str, Any]:
    """The label's glabella, given on a day."""
    session = {"date": date, "product": "botox-cosmetic", "status": "given"}
    what = {} if {"areas", "injections", "protocol"} & set(changes) else {"protocol": "glabella"}
    return session | what | changes


GRADE = st.integers(0, 1)
# True in one goal of three.
SELDOM = st.sampled_from([False, False, True])
area_goals = st.fixed_dictionaries(
    {},
    optional={
        "grade": st.integers(0, 1),
        "chance": st.floats(0.05, 0.95),
        "day": st.integers(10, 180),
        "movement": st.sampled_from(sorted(KNOWN.goals.movement)),
        "weight": st.floats(0.1, 10),
    },
)
held_points = st.fixed_dictionaries(
    {
        "site": st.sampled_from(["corrugator-medial", "frontalis-upper", "mentalis"]),
        "side": st.sampled_from(["left", "right"]),
        "units": st.floats(0.5, 30),
    }
)
extras = {
    "preset": st.sampled_from(sorted(KNOWN.goals.presets)),
    "brow": st.sampled_from(sorted(KNOWN.goals.brow)),
    "spare": st.lists(st.sampled_from([*AREAS, *KNOWN.anatomy.muscles]), max_size=2),
    "risks": st.dictionaries(st.sampled_from(sorted(KNOWN.goals.risks)), st.floats(0, 1)),
    "most_units": st.floats(0.4, 100),
    "step_units": st.sampled_from([0.5, 1, 2, 2.5, 5]),
    "held": st.lists(held_points, max_size=2),
}
histories = st.lists(
    st.tuples(st.integers(10, 400), st.floats(1, 400), st.sampled_from(AREAS)), max_size=2
)


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    """Grades of the upper face; seldom an area has none, or was not graded."""
    found = {area: {"maximum": draw(st.integers(1, 3)), "rest": draw(GRADE)} for area in AREAS}
    if draw(SELDOM):
        found[draw(st.sampled_from(AREAS))] = {"maximum": 0, "rest": 0}
    if draw(SELDOM):
        del found[draw(st.sampled_from(AREAS))]
    return found


@st.composite
def goals(draw: st.DrawFn) -> dict[str, Any]:
    """A goal such as people write: many can be meant, some contradict themselves."""
    chosen = draw(st.lists(st.sampled_from(AREAS), min_size=1, max_size=3, unique=True))
    told: dict[str, Any] = {
        "patient": {
            "sex": draw(st.sampled_from(["female", "male"])),
            "age_years": draw(st.integers(18, 80)),
            "lines": draw(lines()),
            "measures": draw(st.just(HIGH_LEFT) | measures),
        },
        "date": DAY,
        "product": draw(st.sampled_from(["botox-cosmetic", "xeomin", *sorted(KNOWN.products)])),
        "areas": {area: draw(area_goals) for area in chosen},
    }
    for key, values in extras.items():
        if draw(SELDOM):
            told[key] = draw(values)
    if draw(SELDOM):
        told["treatments"] = [
            given(str(date_before(days)), areas={area: units})
            for days, units, area in draw(histories)
        ]
    return told


def date_before(days: int) -> date:
    """So many days before the goals' date."""
    return date.fromisoformat(DAY) - timedelta(days=days)
