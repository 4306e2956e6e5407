"""Pages of the tasks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.forms import form_page, submit
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.tasks import actions, queries, rules
from glabella.clinic.tasks.forms import AddTaskForm, OutcomeForm, SnoozeForm
from glabella.clinic.tasks.models import Task
from glabella.errors import UserError


@needs(Permission.FOLLOW_UP)
@require_safe
def task_list(request: ClinicRequest) -> HttpResponse:
    context = queries.list_context(
        request.member,
        show=request.GET.get("show", ""),
        number=request.GET.get("page", ""),
        now=timezone.now(),
    )
    return render(request, "tasks/list.html", context)


def _task_page(request: ClinicRequest, task: Task, **forms: Form) -> HttpResponse:
    row = queries.task_row(task, member=request.member, today=timezone.localdate())
    context: dict[str, Any] = {
        "row": row,
        "snoozes": task.snoozes.select_related("by"),
        "outcomes": rules.OUTCOMES,
        "outcome_form": OutcomeForm(),
        "snooze_form": SnoozeForm(),
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "tasks/task.html", context | forms, status=status)


def _back(request: ClinicRequest) -> HttpResponse:
    """Where the tap came from, or the list."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if safe else "tasks:list")


@needs(Permission.FOLLOW_UP)
@require_safe
def task(request: ClinicRequest, task_id: int) -> HttpResponse:
    return _task_page(request, found(request, queries.tasks(), pk=task_id))


@needs(Permission.FOLLOW_UP)
@require_http_methods(["GET", "POST"])
def new(request: ClinicRequest) -> HttpResponse:
    form = AddTaskForm(request.POST or None, initial={"due": timezone.localdate()})
    task = submit(request, form, actions.add_task, by=request.member)
    if task is None:
        return form_page(request, "tasks/new.html", form=form)
    messages.success(request, "The task is on the list.")
    return redirect("tasks:list")


@needs(Permission.FOLLOW_UP)
@require_POST
def take(request: ClinicRequest, task_id: int) -> HttpResponse:
    wanted = found(request, queries.tasks(), pk=task_id)
    act = actions.leave_task if "leave" in request.POST else actions.take_task
    try:
        act(task=wanted, by=request.member)
    except UserError as refusal:
        messages.error(request, str(refusal))
    return _back(request)


@needs(Permission.FOLLOW_UP)
@require_POST
def finish(request: ClinicRequest, task_id: int) -> HttpResponse:
    wanted = found(request, queries.tasks(), pk=task_id)
    form = OutcomeForm(request.POST)
    if submit(request, form, actions.finish_task, task=wanted, by=request.member) is None:
        return _task_page(request, wanted, outcome_form=form)
    messages.success(request, f"Finished: {wanted.title}")
    return _back(request)


@needs(Permission.FOLLOW_UP)
@require_POST
def snooze(request: ClinicRequest, task_id: int) -> HttpResponse:
    wanted = found(request, queries.tasks(), pk=task_id)
    form = SnoozeForm(request.POST)
    if submit(request, form, actions.snooze_task, task=wanted, by=request.member) is None:
        return _task_page(request, wanted, snooze_form=form)
    messages.success(request, "Put off; it comes back by itself.")
    return redirect("tasks:list")
