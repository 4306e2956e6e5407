"""The gates of a treatment, in the order in which a visit passes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from glabella import facts
from glabella.clinic.gate import Gate
from glabella.clinic.treatments.models import Treatment


def history(treatment: Treatment, now: datetime) -> Gate:
    """What the patient has; the plan's own findings say what speaks against which product."""
    known = facts.load().conditions
    names = [known[code].name for code in treatment.patient.conditions if code in known]
    return Gate("History", "; ".join(names) or "nothing that speaks against it is recorded")


def injector(treatment: Treatment, now: datetime) -> Gate:
    return Gate("Injector", treatment.injector.display_name)


GATES: tuple[Callable[[Treatment, datetime], Gate], ...] = (history, injector)


def gates_of(treatment: Treatment, *, now: datetime) -> tuple[Gate, ...]:
    """Each gate as it stands; a gate is asked anew at every look and at signing."""
    return tuple(gate(treatment, now) for gate in GATES)
