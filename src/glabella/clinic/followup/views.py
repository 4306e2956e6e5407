"""Pages of the recall list, of booked visits, of the calendar and of the clinic's choices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.followup import actions, choosing, feeds, queries, recall
from glabella.clinic.followup.calendar import CONTENT_TYPE, calendar_of
from glabella.clinic.followup.forms import (
    BookForm,
    LostForm,
    MoveForm,
    NotNowForm,
    PolicyForm,
    StepForm,
)
from glabella.clinic.followup.models import BookedVisit, CalendarFeed
from glabella.clinic.forms import form_page, submit
from glabella.clinic.outbox.queries import policy_of as message_policy_of
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.treatments.models import Treatment
from glabella.errors import UserError

VISITS = BookedVisit.objects.select_related("patient__clinic", "member")


@needs(Permission.FOLLOW_UP)
@require_safe
def recall_list(request: ClinicRequest) -> HttpResponse:
    show = request.GET.get("show", "due")
    show = show if show in recall.STATES else "due"
    told = recall.recall_list(request.member.clinic, now=timezone.now())
    tabs = [(code, words, told.count(code)) for code, words in recall.STATES.items()]
    context = {"rows": told.by_state[show], "show": show, "tabs": tabs, "figures": told.figures}
    return render(request, "followup/recall.html", context)


def _forms(clinic: int) -> dict[str, Form]:
    """The forms of a patient's page, empty."""
    return {
        "book_form": BookForm(clinic=clinic),
        # Two forms of the page ask why: their fields need names of their own for screen readers.
        "not_now_form": NotNowForm(auto_id="later_%s"),
        "lost_form": LostForm(auto_id="lost_%s"),
        "move_form": MoveForm(),
    }


def _person_page(request: ClinicRequest, patient: Patient, **shown: Form) -> HttpResponse:
    context = {
        "patient": patient,
        "row": recall.row_of(patient, now=timezone.now()),
        "follow_up": queries.patient_follow_up(patient),
        **_forms(request.member.clinic_id),
        **shown,
    }
    status = 422 if any(form.errors for form in shown.values()) else 200
    return render(request, "followup/person.html", context, status=status)


def _patients() -> Any:
    return Patient.objects.select_related("clinic__message_policy", "clinic__follow_up_policy")


def _next(request: ClinicRequest, patient: Patient, words: str) -> HttpResponse:
    """On to the next patient of the queue."""
    messages.success(request, f"{patient.name}: {words}")
    following = recall.next_after(patient.pk, request.member.clinic, now=timezone.now())
    return (
        redirect("followup:person", following.patient_id)
        if following
        else redirect("followup:recall")
    )


@needs(Permission.FOLLOW_UP)
@require_safe
def person(request: ClinicRequest, patient_id: int) -> HttpResponse:
    return _person_page(request, found(request, _patients(), pk=patient_id))


def _anchor(request: ClinicRequest, patient: Patient) -> Treatment:
    """The treatment that the recall of a patient goes back to."""
    row = recall.row_of(patient, now=timezone.now())
    if row is None:
        raise Http404
    return found(request, Treatment.objects.select_related("patient__clinic"), pk=row.anchor)


@needs(Permission.FOLLOW_UP)
@require_POST
def step(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, _patients(), pk=patient_id)
    form, anchor = StepForm(request.POST), _anchor(request, patient)
    kept = submit(request, form, actions.add_step, treatment=anchor, by=request.member)
    if kept is None:
        return _person_page(request, patient, step_form=form)
    if kept.kind == "no-answer":
        return _next(request, patient, "no answer, and kept.")
    messages.success(request, f"{kept.get_kind_display()}: kept.")
    return redirect("followup:person", patient_id)


@needs(Permission.FOLLOW_UP)
@require_POST
def message(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, _patients(), pk=patient_id)
    try:
        actions.invite(treatment=_anchor(request, patient), by=request.member)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("followup:person", patient_id)
    return _next(request, patient, "the invitation waits in the outbox.")


@needs(Permission.FOLLOW_UP)
@require_POST
def not_now(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, _patients(), pk=patient_id)
    form, anchor = NotNowForm(request.POST, auto_id="later_%s"), _anchor(request, patient)
    if not submit(
        request, form, actions.add_step, treatment=anchor, kind="not-now", by=request.member
    ):
        return _person_page(request, patient, not_now_form=form)
    return _next(request, patient, "comes back to the list by itself.")


@needs(Permission.FOLLOW_UP)
@require_POST
def lost(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, _patients(), pk=patient_id)
    form, anchor = LostForm(request.POST, auto_id="lost_%s"), _anchor(request, patient)
    if not submit(
        request, form, actions.add_step, treatment=anchor, kind="lost", by=request.member
    ):
        return _person_page(request, patient, lost_form=form)
    return _next(request, patient, "is not asked any more.")


@needs(Permission.FOLLOW_UP)
@require_POST
def book(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, _patients(), pk=patient_id)
    form = BookForm(request.POST, clinic=request.member.clinic_id)
    row = recall.row_of(patient, now=timezone.now())
    anchor = _anchor(request, patient) if row else None
    if not submit(
        request, form, actions.book_visit, patient=patient, treatment=anchor, by=request.member
    ):
        return _person_page(request, patient, book_form=form)
    return _next(request, patient, "is booked.")


@needs(Permission.FOLLOW_UP)
@require_POST
def settle(request: ClinicRequest, booked_visit_id: int) -> HttpResponse:
    visit = found(request, VISITS, pk=booked_visit_id)
    state, tell = request.POST.get("state", ""), "tell" in request.POST
    try:
        actions.settle_visit(visit=visit, state=state, tell=tell, by=request.member)
    except UserError as refusal:
        messages.error(request, str(refusal))
    return redirect("followup:person", visit.patient_id)


@needs(Permission.FOLLOW_UP)
@require_POST
def move(request: ClinicRequest, booked_visit_id: int) -> HttpResponse:
    visit = found(request, VISITS, pk=booked_visit_id)
    form = MoveForm(request.POST)
    if submit(request, form, actions.move_visit, visit=visit, by=request.member) is None:
        return _person_page(request, visit.patient, move_form=form)
    messages.success(request, "Moved.")
    return redirect("followup:person", visit.patient_id)


@needs(Permission.FOLLOW_UP)
@require_http_methods(["GET", "POST"])
def calendar(request: ClinicRequest) -> HttpResponse:
    address = ""
    if request.method == "POST":
        whole = "clinic" in request.POST
        _, address = feeds.make_feed(whole_clinic=whole, by=request.member)
    context = {"feeds": feeds.feeds_of(request.member), "address": address}
    return render(request, "followup/calendar.html", context)


@needs(Permission.FOLLOW_UP)
@require_POST
def revoke(request: ClinicRequest, calendar_feed_id: int) -> HttpResponse:
    feed = found(request, feeds.feeds_of(request.member), pk=calendar_feed_id)
    feeds.revoke_feed(feed=feed, by=request.member)
    messages.success(request, "Closed: the address shows nothing from now on.")
    return redirect("followup:calendar")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar reads; the token is the key."""
    opened: CalendarFeed | None = feeds.open_feed(token)
    if opened is None:
        raise Http404
    now = timezone.now()
    feeds.note_read(feed=opened, by=None, at=now)
    answer = HttpResponse(calendar_of(opened, now=now), content_type=CONTENT_TYPE)
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@needs(Permission.EDIT_POLICY)
@require_http_methods(["GET", "POST"])
def policy(request: ClinicRequest) -> HttpResponse:
    clinic = request.member.clinic
    stored = PolicyForm.stored(queries.policy_of(clinic), message_policy_of(clinic))
    form = PolicyForm(request.POST or None, initial=stored)
    if submit(request, form, choosing.set_policies, by=request.member) is None:
        return form_page(request, "followup/policy.html", form=form)
    messages.success(request, "Kept.")
    return redirect("followup:policy")
