"""The demo's data: figures of its own for how long records stay, and one legal hold."""

from __future__ import annotations

from datetime import datetime, timedelta

from glabella.clinic.data.actions import place_hold, set_retention
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member

# Made up for the demo, as every figure of its policy is: a clinic sets its own.
YEARS = 12


def tell(cast: dict[str, Member], now: datetime) -> None:
    owner = cast["owner"]
    set_retention(years=YEARS, until_age=None, by=owner)
    held = Patient.objects.filter(clinic=owner.clinic, treatments__state="signed").order_by("pk")
    place_hold(
        patient=held[0],
        reason="Demo clinic: a claim is open, number 12.",
        by=owner,
        at=now - timedelta(days=2),
    )
