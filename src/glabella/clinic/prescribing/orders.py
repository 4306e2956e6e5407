"""Standing orders: what may be given without an assessment of this one patient.

The rooms that keep them put a function into ORDERS; each gives the words of the order that covers
a chart, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from glabella.clinic.charted import Charted
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member

Order = Callable[[Patient, Member, Charted], str]
ORDERS: list[Order] = []


def standing_order(patient: Patient, injector: Member, charted: Charted) -> str:
    """The words of the first order that covers the chart; empty where none does."""
    return next((words for order in ORDERS if (words := order(patient, injector, charted))), "")
