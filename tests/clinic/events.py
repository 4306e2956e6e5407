"""Adverse events as the tests of the clinic raise them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from glabella.clinic.people.models import Member
from glabella.clinic.safety.actions import EventInput, raise_event
from glabella.clinic.safety.models import AdverseEvent, Origin
from glabella.clinic.treatments.models import Treatment


def told(treatment: Treatment, event: str = "bruising", **more: Any) -> EventInput:
    return EventInput(event, treatment.date + timedelta(days=1), **more)


def raised(treatment: Treatment, by: Member, event: str = "bruising", **more: Any) -> AdverseEvent:
    """One event after a treatment, a day after it."""
    [kept] = raise_event(
        patient=treatment.patient,
        treatment=treatment,
        told=told(treatment, event, **more),
        origin=Origin.CALL,
        by=by,
    )
    return kept
