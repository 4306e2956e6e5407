"""All rules about a body session, asked alike by the command line and the clinic."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from glabella.plan.body import dose_rules, history_rules, patient_rules
from glabella.plan.body.judged import JudgedSession
from glabella.plan.body.session import BodySession
from glabella.plan.finding import Finding

RULES: tuple[Callable[[JudgedSession], Iterator[Finding]], ...] = (
    patient_rules.contraindications,
    patient_rules.age,
    patient_rules.misplaced,
    dose_rules.no_dose_seen,
    dose_rules.weight,
    dose_rules.muscle_units,
    dose_rules.muscle_sites,
    dose_rules.sites,
    dose_rules.each_site,
    dose_rules.total,
    dose_rules.combined,
    dose_rules.muscles,
    dose_rules.volumes,
    history_rules.interval,
    history_rules.window,
    history_rules.session_maximum,
    history_rules.cumulative,
    history_rules.other_toxins,
    patient_rules.sides,
    patient_rules.guidance,
    patient_rules.dilution,
    patient_rules.scale,
    patient_rules.what_is_not_known,
)
ORDER = {"stop": 0, "warn": 1, "note": 2}


def check(session: BodySession) -> tuple[Finding, ...]:
    """All findings about a session, stops first."""
    judged = JudgedSession(session)
    found = [finding for rule in RULES for finding in rule(judged)]
    return tuple(sorted(found, key=lambda one: ORDER[one.severity]))
