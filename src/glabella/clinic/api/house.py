"""Addresses of the house: stock, people, tasks."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from glabella.clinic.api import shapes as s
from glabella.clinic.api import told
from glabella.clinic.api.keys import caller, needs
from glabella.clinic.api.pages import Page, Path, many, refusals
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.records import of_clinic
from glabella.clinic.stock.queries import vial_row, vials
from glabella.clinic.tasks.actions import finish_task, raise_task
from glabella.clinic.tasks.models import Task, Urgency

router = Router(tags=["House"])
TASKS = needs(Permission.FOLLOW_UP)


@router.get("/me", response=refusals(s.Me), **needs(Permission.SEE_TODAY), tags=["You"])
def me(request: HttpRequest) -> Any:
    """Whom you act for, and what they may do."""
    return told.me(caller(request).member)


@router.get("/vials", response=refusals(s.Many[s.VialOut]), **needs(Permission.SEE_STOCK))
def vial_list(request: HttpRequest, page: Query[Page], lot: s.Line = "") -> Any:
    """Vials by expiry, all that ever were; `lot` keeps one lot."""
    found, now = vials(caller(request).member.clinic_id), timezone.now()
    if lot:
        found = found.filter(lot=lot)
    return many(found, page, lambda one: told.vial(vial_row(one, now)))


@router.get("/vials/{vial_id}", response=refusals(s.VialOut), **needs(Permission.SEE_STOCK))
def vial(request: HttpRequest, vial_id: Path) -> Any:
    """One vial: what is left in it, and whether it may be used now."""
    who = caller(request)
    found = who.find(vials(who.member.clinic_id), vial_id)
    return told.vial(vial_row(found, timezone.now()))


@router.get("/members", response=refusals(s.Many[s.MemberOut]), **needs(Permission.SEE_TEAM))
def members(request: HttpRequest, page: Query[Page]) -> Any:
    """Who works here, and in what roles."""
    return many(
        of_clinic(Member.objects.all(), caller(request).member.clinic_id), page, told.member
    )


@router.get("/tasks", response=refusals(s.Many[s.TaskOut]), **TASKS)
def tasks(request: HttpRequest, page: Query[Page], open: bool = True) -> Any:  # noqa: A002
    """Tasks by the day they are due: those still open, or with `open=false` those done."""
    found = Task.objects.select_related("done_by").filter(done_at__isnull=open)
    return many(of_clinic(found, caller(request).member.clinic_id), page, told.task)


@router.post("/tasks", response=refusals(s.TaskOut, 201), **TASKS)
def add_task(request: HttpRequest, sent: s.TaskNew) -> Any:
    """Put something on the clinic's list; one that is open under this key stays as it is."""
    who = caller(request)
    made = raise_task(
        clinic=who.member.clinic,
        key=f"api:{sent.key or uuid4()}",
        kind="api",
        title=sent.title.strip(),
        due=sent.due,
        urgency=Urgency(sent.urgency),
        patient=who.find(Patient.objects.all(), sent.patient) if sent.patient else None,
        assignee=who.find(Member.objects.all(), sent.assignee) if sent.assignee else None,
        by=who.member,
    )
    return Status(201, told.task(made))


@router.post("/tasks/{task_id}/finish", response=refusals(s.TaskOut), **TASKS)
def finish(request: HttpRequest, task_id: Path, sent: s.TaskDone) -> Any:
    """Close a task with what came of it; of two who finish it, the first one counts."""
    who = caller(request)
    found = who.find(Task.objects.select_related("done_by"), task_id)
    return told.task(finish_task(task=found, outcome=sent.outcome, by=who.member))
