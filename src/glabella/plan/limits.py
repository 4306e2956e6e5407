"""The clinical limits: every rule about a plan lives here once, and says why.

A rule takes what is `Judged` and yields findings. Page, command line and optimiser ask the same
rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from glabella import facts
from glabella.face.frame import Face
from glabella.plan import dose_rules, patient_rules, practice_rules, skin_rules
from glabella.plan.finding import Finding
from glabella.plan.geometry_rules import geometry_findings
from glabella.plan.judged import Judged
from glabella.plan.place import Dose, place_all
from glabella.plan.plan import Plan

RULES: tuple[Callable[[Judged], Iterator[Finding]], ...] = (
    patient_rules.contraindications,
    patient_rules.age,
    dose_rules.label_maximum,
    dose_rules.session_maximum,
    dose_rules.cumulative,
    dose_rules.interval,
    dose_rules.treated_with,
    dose_rules.dilution,
    patient_rules.baseline,
    patient_rules.men,
    patient_rules.not_fitted,
    patient_rules.uneven,
    practice_rules.outside_the_texts,
    practice_rules.muscles_not_fitted,
    practice_rules.spread_in_dispute,
    skin_rules.droplets_off_label,
    skin_rules.skin_not_fitted,
)


def check(plan: Plan) -> tuple[Finding, ...]:
    """All findings about the last treatments of a plan, stops first."""
    face = Face.fit(plan.patient.sex, plan.patient.measures)
    return check_doses(plan, face, place_all(face, plan.treatments))


def check_doses(plan: Plan, face: Face, doses: dict[int, tuple[Dose, ...]]) -> tuple[Finding, ...]:
    """The same for doses that are already placed, keyed by the treatment's position.

    What is planned is judged; what was given on the same day is history, unless nothing is planned.
    """
    start = max(treatment.date for treatment in plan.treatments)
    last = [index for index, t in enumerate(plan.treatments) if t.date == start]
    judged = [i for i in last if plan.treatments[i].status == "planned"] or last
    found: list[Finding] = []
    for index, treatment in enumerate(plan.treatments):
        if index in judged:
            earlier = tuple((plan.treatments[i], doses[i]) for i in doses if i != index)
            own = Judged(plan, face, treatment, doses[index], earlier)
            found += [finding for rule in RULES for finding in rule(own)]
            found += geometry_findings(face, own.doses, facts.load().safety, recent=own.recent)
    order = {"stop": 0, "warn": 1, "note": 2}
    unique = {(f.code, f.where, f.message): f for f in found}
    return tuple(sorted(unique.values(), key=lambda finding: order[finding.severity]))
