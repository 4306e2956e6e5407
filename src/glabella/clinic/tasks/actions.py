"""Raising and finishing tasks."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.tasks.models import Task, Urgency
from glabella.errors import RecordError


class TaskRefused(RecordError):
    """The task cannot be finished like this."""


@action
def raise_task(
    *,
    clinic: Clinic,
    key: str,
    kind: str,
    title: str,
    due: date,
    urgency: Urgency = Urgency.ROUTINE,
    patient: Patient | None = None,
    assignee: Member | None = None,
    url: str = "",
    by: Member | None,
    at: datetime | None = None,
) -> Task:
    """Put something on the clinic's list; what is open under this key stays as it is.

    Any member may, and so may the clinic's own schedule and a patient's link (`by` None).
    """
    at = at or timezone.now()
    task, made = Task.objects.get_or_create(
        clinic=clinic,
        key=key,
        done_at=None,
        defaults={
            "kind": kind,
            "title": title,
            "due": due,
            "urgency": urgency,
            "patient": patient,
            "assignee": assignee,
            "url": url,
            "made_at": at,
        },
    )
    if made:
        record("task raised", subject=task, by=by, at=at, clinic=clinic, kind=kind)
    return task


@action
def finish_task(*, task: Task, outcome: str, by: Member, at: datetime | None = None) -> Task:
    """Close a task with what came of it; of two who finish it, the first one counts."""
    by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    open_still = Task.objects.filter(pk=task.pk, done_at__isnull=True)
    if not open_still.update(done_at=at, done_by=by, outcome=outcome.strip()):
        raise TaskRefused("Somebody else finished this task meanwhile.")
    task.refresh_from_db()
    record("task finished", subject=task, by=by, at=at, kind=task.kind)
    return task
