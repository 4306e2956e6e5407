"""What planning for one patient stands on: the face, the history, and who may be like him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from glabella import facts
from glabella.face.frame import Face
from glabella.plan.goals.aims import Aims
from glabella.plan.goals.goal import Goal
from glabella.plan.learn import learn
from glabella.plan.parameters import Parameters, calibrated, doubt, varied
from glabella.plan.people import People, draw
from glabella.plan.place import Dose, place_all, units_per_ml
from glabella.plan.plan import Patient, Plan, Treatment
from glabella.plan.result import Learned
from glabella.plan.search.candidates import Candidate
from glabella.plan.search.influence import Influence, influence

# A search looks at so many drawn patients, and what it finds is calculated again on others.
SEARCHED, SEARCH_SEED = 64, 21


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A goal's patient: `people` whom a forecast draws, `searched` whom a search looks at.

    `earlier` are the doses of each treatment given before, with its day against the goal's date.
    """

    face: Face
    people: People
    searched: People
    earlier: tuple[tuple[tuple[Dose, ...], float], ...]
    learned: Learned | None

    def parameters(self, people: People) -> Parameters:
        return varied(calibrated(), people.doubt)


def setting(goal: Goal) -> Setting:
    """The setting of a goal; the same for all goals of one patient, history and day."""
    return _setting(msgspec.json.encode(plan_of(goal, (_nothing_yet(goal),))))


def plan_of(goal: Goal, treatments: Sequence[Treatment]) -> Plan:
    """A goal's patient and history with treatments of the goal's day: what can be forecast."""
    return Plan(
        patient=goal.patient,
        treatments=(*goal.treatments, *treatments) or (_nothing_yet(goal),),
        reviews=goal.reviews,
        title=goal.title,
    )


def _nothing_yet(goal: Goal) -> Treatment:
    """Stands for the treatment that is not planned yet; a plan cannot be empty."""
    area = next(iter(goal.areas))
    return Treatment(date=goal.date, product=goal.product, areas={area: SLIGHTEST})


SLIGHTEST = 1e-6


@lru_cache(maxsize=32)
def _setting(written: bytes) -> Setting:
    plan = msgspec.json.decode(written, type=Plan)
    face = Face.fit(plan.patient.sex, plan.patient.measures)
    start = plan.treatments[-1].date
    doses = place_all(face, plan.treatments)
    own, learned = learn(plan, face, doses)
    doubts = len(doubt().names)
    return Setting(
        face=face,
        people=own or draw(doubts=doubts),
        searched=own.take(slice(SEARCHED + 1)) if own else draw(SEARCHED, SEARCH_SEED, doubts),
        earlier=tuple(
            (placed, float((plan.treatments[i].date - start).days))
            for i, placed in doses.items()
            if i < len(plan.treatments) - 1
        ),
        learned=learned,
    )


def influence_of(goal: Goal, aims: Aims, known: Setting, places: Sequence[Candidate]) -> Influence:
    """What plans for a goal with points at these places share; kept for the next goal like it."""
    days = tuple(sorted({aim.day for aim in aims.areas}))
    patient = msgspec.json.encode(goal.patient)
    per_ml = units_per_ml(facts.product(goal.product), goal.vial_units, goal.diluent_ml)
    return _influence(known, patient, goal.product, per_ml=per_ml, places=tuple(places), days=days)


# Each keeps the loads of all points that were ever tried: some 10 MB.
@lru_cache(maxsize=4)
def _influence(
    known: Setting,
    patient: bytes,
    product: str,
    *,
    per_ml: float,
    places: tuple[Candidate, ...],
    days: tuple[int, ...],
) -> Influence:
    return influence(
        msgspec.json.decode(patient, type=Patient),
        known.face,
        product=product,
        per_ml=per_ml,
        places=places,
        days=days,
        people=known.searched,
        parameters=known.parameters(known.searched),
        earlier=known.earlier,
    )
