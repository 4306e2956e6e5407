"""The calendar feed: visits, reviews and tasks without anybody's name.

Calendars know an entry by its UID and take the one with the highest SEQUENCE, so both are stable:
an entry that moves keeps its UID and counts up, and one that is called off is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Count
from icalendar import Calendar, Event

from glabella.clinic.followup.models import BookedVisit, CalendarFeed, VisitState
from glabella.clinic.outbox.queries import zone_of
from glabella.clinic.records import of_clinic
from glabella.clinic.reviews.queries import reviews_due
from glabella.clinic.tasks.models import Task
from glabella.clinic.treatments.models import Treatment

BACK_DAYS = 60
CONTENT_TYPE = "text/calendar; charset=utf-8"


def _event(uid: str, summary: str, *, stamp: datetime, sequence: int = 0) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("summary", summary)
    event.add("dtstamp", stamp)
    event.add("sequence", sequence)
    return event


def _all_day(event: Event, on: date) -> Event:
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def _visits(feed: CalendarFeed, now: datetime) -> Iterator[Event]:
    zone = zone_of(feed.clinic)
    found = of_clinic(BookedVisit.objects.all(), feed.clinic_id)
    found = found.filter(starts_at__gte=now - timedelta(days=BACK_DAYS))
    if feed.member_id:
        found = found.filter(member=feed.member_id)
    for visit in found:
        event = _event(
            f"visit-{visit.pk}@{feed.clinic.slug}.glabella",
            f"{visit.what}, patient {visit.patient_id}",
            stamp=visit.changed_at,
            sequence=visit.sequence,
        )
        starts = visit.starts_at.astimezone(zone)
        event.add("dtstart", starts)
        event.add("dtend", starts + timedelta(minutes=visit.minutes))
        gone = visit.state in {VisitState.CANCELLED, VisitState.MISSED}
        event.add("status", "CANCELLED" if gone else "CONFIRMED")
        yield event


def _reviews(feed: CalendarFeed, now: datetime) -> Iterator[Event]:
    today = now.astimezone(zone_of(feed.clinic)).date()
    due = reviews_due(feed.clinic_id, today=today)
    of_member = set(
        Treatment.objects.filter(
            pk__in=[row.treatment_id for row in due], injector=feed.member_id
        ).values_list("pk", flat=True)
    )
    for row in due:
        if feed.member_id and row.treatment_id not in of_member:
            continue
        event = _event(
            f"review-{row.treatment_id}@{feed.clinic.slug}.glabella",
            f"Review due, patient {row.patient_id}",
            stamp=now,
        )
        yield _all_day(event, row.due)


def _tasks(feed: CalendarFeed, now: datetime) -> Iterator[Event]:
    found = of_clinic(Task.objects.filter(done_at__isnull=True), feed.clinic_id)
    if feed.member_id:
        found = found.filter(assignee=feed.member_id)
    for task in found.annotate(moves=Count("snoozes")).order_by("due", "id"):
        who = f", patient {task.patient_id}" if task.patient_id else ""
        event = _event(
            f"task-{task.pk}@{feed.clinic.slug}.glabella",
            # The words of a task may name somebody.
            f"Task ({task.get_urgency_display().lower()}){who}",
            stamp=task.made_at,
            sequence=task.moves,
        )
        yield _all_day(event, task.due)


def calendar_of(feed: CalendarFeed, *, now: datetime) -> bytes:
    """The feed as calendars read it, in the clinic's time zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//Glabella//Follow-up//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Glabella, {feed.clinic.name}")
    for part in (_visits, _reviews, _tasks):
        for event in part(feed, now):
            calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
