"""The clinic's list of tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from glabella.clinic.people.models import Member
from glabella.clinic.records import of_clinic
from glabella.clinic.tasks.models import Task, Urgency
from glabella.clinic.tasks.rules import OUTCOMES

PAGE_SIZE = 25
TONES = {Urgency.NOW: "stop", Urgency.SOON: "warn", Urgency.ROUTINE: ""}
ON_TODAY = 6
FILTERS = {
    "open": "Open",
    "mine": "Mine",
    "free": "Nobody's",
    "later": "Put off",
    "done": "Done",
}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as the list shows it."""

    id: int
    title: str
    detail: str
    kind: str
    urgency: str
    tone: str
    due: date
    overdue: bool
    patient_id: int | None
    patient_name: str
    url: str
    assignee: str
    mine: bool
    needs_words: bool
    snoozed: str
    done_at: datetime | None
    done_by: str
    outcome: str


def tasks() -> QuerySet[Task]:
    return Task.objects.select_related("patient", "assignee", "done_by")


def _loudest_first(found: QuerySet[Task]) -> QuerySet[Task]:
    ranks = [When(urgency=urgency, then=Value(rank)) for rank, urgency in enumerate(Urgency)]
    ranked = found.annotate(rank=Case(*ranks, output_field=IntegerField()))
    return ranked.order_by("rank", "due", "id")


def task_row(task: Task, *, member: Member, today: date) -> TaskRow:
    last = list(task.snoozes.all())[-1:]
    return TaskRow(
        id=task.pk,
        title=task.title,
        detail=task.detail,
        kind=task.kind,
        urgency=task.get_urgency_display(),
        tone=TONES[Urgency(task.urgency)],
        due=task.due,
        overdue=task.done_at is None and task.due < today,
        patient_id=task.patient_id,
        patient_name=task.patient.name if task.patient else "",
        url=task.url,
        assignee=task.assignee.display_name if task.assignee else "",
        mine=task.assignee_id == member.pk,
        needs_words=task.needs_words,
        snoozed=f"put off until {last[0].until:%d %b}: {last[0].reason}" if last else "",
        done_at=task.done_at,
        done_by=task.done_by.display_name if task.done_by else "",
        outcome=task.outcome,
    )


def rows(found: Page[Task] | list[Task], *, member: Member, now: datetime) -> list[TaskRow]:
    today = timezone.localdate(now)
    return [task_row(task, member=member, today=today) for task in found]


def chosen(member: Member, *, show: str, today: date) -> QuerySet[Task]:
    """The tasks under one of the FILTERS, the loudest first."""
    found = of_clinic(tasks().prefetch_related("snoozes"), member.clinic_id)
    if show == "done":
        return found.filter(done_at__isnull=False).order_by("-done_at", "-id")
    asleep = Q(snoozed_until__gt=today)
    found = found.filter(done_at__isnull=True).filter(asleep if show == "later" else ~asleep)
    if show == "mine":
        found = found.filter(assignee=member)
    if show == "free":
        found = found.filter(assignee__isnull=True)
    return _loudest_first(found)


def task_page(member: Member, *, show: str, number: str, now: datetime) -> Page[Task]:
    found = chosen(member, show=show, today=timezone.localdate(now))
    return Paginator(found, PAGE_SIZE).get_page(number)


@dataclass(frozen=True, slots=True)
class TodaysTasks:
    """The loudest open tasks, and how many more there are."""

    rows: list[TaskRow]
    more: int


def todays_tasks(member: Member, *, now: datetime) -> TodaysTasks:
    today = timezone.localdate(now)
    found = list(chosen(member, show="open", today=today).filter(due__lte=today)[: ON_TODAY * 10])
    return TodaysTasks(
        rows(found[:ON_TODAY], member=member, now=now), max(len(found) - ON_TODAY, 0)
    )


def counts(member: Member, *, today: date) -> dict[str, int]:
    """How many wait at once, soon and in routine."""
    found = chosen(member, show="open", today=today).order_by()
    told = found.values("urgency").annotate(number=Count("pk")).values_list("urgency", "number")
    return dict(told)


def list_context(member: Member, *, show: str, number: str, now: datetime) -> dict[str, object]:
    """The list as its page shows it."""
    show = show if show in FILTERS else "open"
    page = task_page(member, show=show, number=number, now=now)
    return {
        "page": page,
        "rows": rows(page, member=member, now=now),
        "show": show,
        "filters": FILTERS,
        "counts": counts(member, today=timezone.localdate(now)),
        "outcomes": OUTCOMES,
    }


def tasks_of_patient(patient_id: int, *, member: Member, now: datetime) -> list[TaskRow]:
    """All tasks about a patient, open ones first."""
    found = of_clinic(tasks().prefetch_related("snoozes"), member.clinic_id)
    waiting = list(_loudest_first(found.filter(patient=patient_id, done_at__isnull=True)))
    done = list(found.filter(patient=patient_id, done_at__isnull=False).order_by("-done_at"))
    return rows(waiting + done, member=member, now=now)
