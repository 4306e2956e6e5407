"""Reading the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from typing import TYPE_CHECKING, TypeVar, cast

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from glabella.clinic.audit.models import AuditEvent, RawWrite, Viewing
from glabella.clinic.records import ClinicModel

if TYPE_CHECKING:
    from glabella.clinic.people.models import Clinic

PAGE_SIZE = 50
R = TypeVar("R", bound=models.Model)


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
    link: int | None


def _row(event: AuditEvent) -> EventRow:
    detail = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in event.detail.items())
    by = event.by.display_name if event.by else "the patient"
    link = getattr(event, "link", None)
    record = f"{event.subject} {event.subject_id}"
    return EventRow(event.at, by, event.action, record, detail, link.number if link else None)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page of the trail is asked for; empty means all."""

    by: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None


def _between(rows: QuerySet[R], asked: Asked) -> QuerySet[R]:
    if asked.by.isdecimal():
        rows = rows.filter(by=int(asked.by))
    if asked.since:
        rows = rows.filter(at__gte=start_of(asked.since))
    if asked.until:
        rows = rows.filter(at__lt=start_of(asked.until + timedelta(days=1)))
    return rows


def start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def trail_page(clinic: Clinic, asked: Asked, number: str) -> Page[AuditEvent]:
    """What was done, latest first; `words` is looked for in the action and the kind of record."""
    events = AuditEvent.objects.filter(clinic=clinic).select_related("by", "link")
    for word in asked.words.split():
        events = events.filter(Q(action__icontains=word) | Q(subject__icontains=word))
    return Paginator(_between(events, asked), PAGE_SIZE).get_page(number)


def trail_rows(page: Page[AuditEvent]) -> list[EventRow]:
    return [_row(event) for event in page]


def viewing_page(clinic: Clinic, asked: Asked, number: str) -> Page[Viewing]:
    """Who looked at which patient's record, latest first; `words` is looked for in the name."""
    seen = Viewing.objects.filter(clinic=clinic).select_related("by", "patient")
    for word in asked.words.split():
        seen = seen.filter(
            Q(patient__given_name__icontains=word) | Q(patient__family_name__icontains=word)
        )
    return Paginator(_between(seen, asked), PAGE_SIZE).get_page(number)


def raw_write_page(number: str) -> Page[RawWrite]:
    """What the database logged as written past the actions, in the whole installation."""
    return Paginator(RawWrite.objects.all(), PAGE_SIZE).get_page(number)


def trail_of(subject: models.Model) -> list[EventRow]:
    """What was done to one record, earliest first."""
    events = AuditEvent.objects.filter(subject=subject._meta.model_name, subject_id=subject.pk)
    return [_row(event) for event in events.select_related("by", "link").order_by("at", "id")]
