"""The gates of a treatment, in the order in which a visit passes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from glabella.clinic.consent.gates import consent
from glabella.clinic.credentials.gate import injector
from glabella.clinic.gate import Gate
from glabella.clinic.intake.gates import screening
from glabella.clinic.patients.gates import baseline
from glabella.clinic.prescribing.gates import prescriber
from glabella.clinic.treatments.models import Treatment

GATES: tuple[Callable[[Treatment, datetime], Gate], ...] = (
    screening,
    prescriber,
    consent,
    baseline,
    injector,
)


def gates_of(treatment: Treatment, *, now: datetime) -> tuple[Gate, ...]:
    """Each gate as it stands; a gate is asked anew at every look and at signing."""
    return tuple(gate(treatment, now) for gate in GATES)
