"""Reading the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING, cast

from django.core.paginator import Page, Paginator
from django.db import models

from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.records import ClinicModel

if TYPE_CHECKING:
    from glabella.clinic.people.models import Clinic

PAGE_SIZE = 50


def _along(record: models.Model, path: str) -> int | None:
    """The key at the end of a lookup such as `treatment__patient`."""
    *steps, last = path.split("__")
    holder = reduce(getattr, steps, cast("object", record))
    return cast("int | None", getattr(holder, f"{last}_id", None))


def clinic_of(record: models.Model) -> int:
    """The key of the clinic that a record belongs to."""
    path = cast("ClinicModel", record).CLINIC
    found = record.pk if path == "pk" else _along(record, path)
    assert found is not None
    return cast("int", found)


def patient_of(record: ClinicModel) -> int | None:
    """The key of the patient that a record is about, if it is about one."""
    if record.PATIENT == "pk":
        return cast("int", record.pk)
    return _along(record, record.PATIENT) if record.PATIENT else None


@dataclass(frozen=True, slots=True)
class EventRow:
    at: datetime
    by: str
    action: str
    subject: str
    detail: str


def _row(event: AuditEvent) -> EventRow:
    detail = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in event.detail.items())
    by = event.by.display_name if event.by else "the patient"
    return EventRow(event.at, by, event.action, f"{event.subject} {event.subject_id}", detail)


def trail_page(clinic: Clinic, number: str) -> Page[AuditEvent]:
    events = AuditEvent.objects.filter(clinic=clinic).select_related("by")
    return Paginator(events, PAGE_SIZE).get_page(number)


def trail_rows(page: Page[AuditEvent]) -> list[EventRow]:
    return [_row(event) for event in page]


def trail_of(subject: models.Model) -> list[EventRow]:
    """What was done to one record, earliest first."""
    events = AuditEvent.objects.filter(subject=subject._meta.model_name, subject_id=subject.pk)
    return [_row(event) for event in events.select_related("by").order_by("at", "id")]
