"""Raising and finishing tasks."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.tasks import rules
from glabella.clinic.tasks.models import Snooze, Task, Urgency
from glabella.clinic.tasks.rules import TaskRefused

__all__ = [
    "TaskRefused",
    "add_task",
    "finish_task",
    "leave_task",
    "raise_task",
    "snooze_task",
    "take_task",
]


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
    detail: str = "",
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
            "detail": detail,
            "made_at": at,
        },
    )
    if made:
        record("task raised", subject=task, by=by, at=at, clinic=clinic, kind=kind)
    return task


def _gone(task: Task) -> TaskRefused:
    task.refresh_from_db()
    who = task.done_by.display_name if task.done_by else "Somebody else"
    said = f": “{task.outcome}”" if task.outcome else ""
    return TaskRefused(f"{who} finished this task meanwhile{said}.")


def _change(task: Task, **values: object) -> None:
    """Change a task that is still open, or say who finished it."""
    if not Task.objects.filter(pk=task.pk, done_at__isnull=True).update(**values):
        raise _gone(task)
    task.refresh_from_db()


@action
def take_task(*, task: Task, by: Member, at: datetime | None = None) -> Task:
    """Take a task that nobody else has."""
    by.require(Permission.FOLLOW_UP)
    free = Task.objects.filter(pk=task.pk, done_at__isnull=True, assignee__isnull=True)
    if not free.update(assignee=by):
        task.refresh_from_db()
        if task.done_at is not None:
            raise _gone(task)
        if task.assignee_id != by.pk:
            name = task.assignee.display_name if task.assignee else "Somebody"
            raise TaskRefused(f"{name} has taken this task. Ask them, or finish it if it is done.")
    task.refresh_from_db()
    record("task taken", subject=task, by=by, at=at, kind=task.kind)
    return task


@action
def leave_task(*, task: Task, by: Member, at: datetime | None = None) -> Task:
    """Give a task back to the list."""
    by.require(Permission.FOLLOW_UP)
    _change(task, assignee=None)
    record("task given back", subject=task, by=by, at=at, kind=task.kind)
    return task


@action
def snooze_task(
    *, task: Task, until: date, reason: str, by: Member, at: datetime | None = None
) -> Task:
    """Put a task off until a day, and keep why."""
    by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    why = rules.check_snooze(
        until, reason, today=timezone.localdate(at), needs_words=task.needs_words
    )
    _change(task, snoozed_until=until, due=until)
    Snooze.objects.create(task=task, until=until, reason=why, by=by, at=at)
    record("task put off", subject=task, by=by, at=at, until=until.isoformat(), reason=why)
    return task


@action
def finish_task(*, task: Task, outcome: str, by: Member, at: datetime | None = None) -> Task:
    """Close a task with what came of it; of two who finish it, the first one counts."""
    by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    said = rules.check_outcome(outcome, needs_words=task.needs_words)
    _change(task, done_at=at, done_by=by, outcome=said)
    record("task finished", subject=task, by=by, at=at, kind=task.kind)
    return task


@action
def add_task(
    *,
    title: str,
    due: date,
    urgency: str,
    by: Member,
    patient: Patient | None = None,
    at: datetime | None = None,
) -> Task:
    """Put something on the list by hand."""
    by.require(Permission.FOLLOW_UP)
    return raise_task(
        clinic=by.clinic,
        key=f"by-hand:{uuid4().hex}",
        kind="by hand",
        title=title,
        due=due,
        urgency=Urgency(urgency),
        patient=patient,
        by=by,
        at=at,
    )
