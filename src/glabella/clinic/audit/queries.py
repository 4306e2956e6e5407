"""Reading the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db import models

from glabella.clinic.audit.models import AuditEvent

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class EventRow:
    at: datetime
    by: str
    action: str
    subject: str
    detail: str


def _row(event: AuditEvent) -> EventRow:
    detail = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in event.detail.items())
    return EventRow(
        event.at, event.by.display_name, event.action, f"{event.subject} {event.subject_id}", detail
    )


def trail_page(number: str) -> Page[AuditEvent]:
    return Paginator(AuditEvent.objects.select_related("by"), PAGE_SIZE).get_page(number)


def trail_rows(page: Page[AuditEvent]) -> list[EventRow]:
    return [_row(event) for event in page]


def trail_of(subject: models.Model) -> list[EventRow]:
    """What was done to one record, earliest first."""
    events = AuditEvent.objects.filter(subject=subject._meta.model_name, subject_id=subject.pk)
    return [_row(event) for event in events.select_related("by").order_by("at", "id")]
