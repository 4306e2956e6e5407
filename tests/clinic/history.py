"""A patient with something in every part of the record, for the tests of taking data out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from glabella.clinic.audit.actions import note_viewings
from glabella.clinic.links.actions import make_link
from glabella.clinic.links.models import Purpose
from glabella.clinic.outbox.actions import queue_message
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.reviews.actions import EventInput, sign_review
from glabella.clinic.reviews.actions import add_addendum as add_review_addendum
from glabella.clinic.tasks.actions import raise_task
from glabella.clinic.treatments.actions import add_addendum, sign_treatment, start_treatment
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import AnyReason, about, charted, measures, member, stock_vial

# In every text that may name somebody: after an erasure it is nowhere.
MARK = "Zanzibar"
CLINIC = "Test Clinic"


def cast(clinic: str = CLINIC, prefix: str = "") -> dict[str, Member]:
    roles = {
        "injector": Role.INJECTOR,
        "supervisor": Role.SUPERVISOR,
        "assistant": Role.ASSISTANT,
        "owner": Role.OWNER,
    }
    return {key: member(f"{prefix}{key}", role, clinic=clinic) for key, role in roles.items()}


def marked(**more: Any) -> dict[str, Any]:
    return about(
        f"{MARK}Given",
        family_name=f"{MARK}Family",
        date_of_birth=date(1984, 5, 17),
        described_as=f"{MARK} they",
        email="zanzibar@example.org",
        phone="0777 7654321",
        allergies=f"{MARK} nuts",
        notes=f"=1+{MARK}",
        **more,
    )


def tell(people: dict[str, Member], *, days: int = 20, **more: Any) -> Treatment:
    """A patient who was treated, reviewed, written to and looked at."""
    injector, assistant = people["injector"], people["assistant"]
    at = timezone.now() - timedelta(days=days)
    patient = add_patient(about=marked(**more), measures=measures(), by=injector, at=at)
    vial = stock_vial(assistant, opened_by=injector, at=at, lot="LOT-HISTORY")
    draft = charted(patient, vial, injector, at=at)
    signed = sign_treatment(treatment=draft, by=injector, overrides=AnyReason(), at=at)
    add_addendum(treatment=signed, reason=f"{MARK} why", text=f"{MARK} text", by=injector)
    review = sign_review(
        treatment=signed,
        date=timezone.localdate(at + timedelta(days=14)),
        seen={"glabella_maximum": 1},
        note=f"{MARK} is glad",
        events=[
            EventInput(event="headache", onset=timezone.localdate(at), seriousness="not-serious")
        ],
        by=people["supervisor"],
        at=at + timedelta(days=14),
    )
    add_review_addendum(review=review, reason=f"{MARK} r", text=f"{MARK} t", by=injector)
    make_link(patient=patient, purpose=Purpose.CARD, by=injector, days=3000)
    raise_task(
        clinic=patient.clinic,
        key=f"{MARK}-task",
        kind="call",
        title=f"Call {MARK}",
        due=timezone.localdate(),
        patient=patient,
        by=injector,
    )
    queue_message(
        patient=patient, kind="aftercare", title=f"Dear {MARK}", body=f"{MARK} body", by=injector
    )
    note_viewings(records=[patient, signed], page="patients:timeline", by=people["supervisor"])
    start_treatment(patient=patient, by=injector)
    return signed


def other_patient(people: dict[str, Member]) -> Patient:
    """Somebody else of the same clinic, who must be in nobody else's data."""
    return add_patient(
        about=about("Quagga", family_name="Elsewhere"), measures=measures(), by=people["injector"]
    )
