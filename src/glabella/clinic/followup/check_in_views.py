"""The page of a check-in: for the patient by a link, and for a member on the telephone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.followup import actions, queries
from glabella.clinic.followup.forms import CheckInForm
from glabella.clinic.followup.models import CheckIn
from glabella.clinic.forms import form_page, submit
from glabella.clinic.links.guard import LinkRequest, by_link
from glabella.clinic.links.models import Purpose
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission


def _of_link(request: LinkRequest) -> CheckIn:
    """The check-in of a link; one of another patient is not there."""
    link = request.link
    mine = queries.check_ins().filter(treatment__patient=link.patient_id)
    return get_object_or_404(mine, pk=link.subject_id)


@by_link(Purpose.CHECK_IN)
@require_http_methods(["GET", "POST"])
def page(request: LinkRequest) -> HttpResponse:
    check_in, form = _of_link(request), CheckInForm(request.POST or None)
    told = queries.check_in_page(check_in, now=timezone.now())
    if submit(request, form, actions.answer_check_in, check_in=check_in, by=None) is None:
        return form_page(request, "followup/check_in.html", form=form, page=told)
    token = request.resolver_match.kwargs["token"] if request.resolver_match else ""
    return redirect("followup:thanks", token)


@by_link(Purpose.CHECK_IN)
@require_safe
def thanks(request: LinkRequest) -> HttpResponse:
    check_in = _of_link(request)
    answers = list(check_in.answers.all())
    if not answers:
        return redirect("followup:page", request.resolver_match.kwargs["token"])  # type: ignore[union-attr]
    context = {
        "page": queries.check_in_page(check_in, now=timezone.now()),
        "answer": queries.answer_row(answers[-1]),
        "courses": queries.courses(answers[-1].signs),
        "token": request.resolver_match.kwargs["token"] if request.resolver_match else "",
    }
    return render(request, "followup/thanks.html", context)


@by_link(Purpose.CHECK_IN)
@require_POST
def choose(request: LinkRequest) -> HttpResponse:
    wanted = request.POST.get("wanted") == "yes"
    actions.choose_check_ins(patient=request.link.patient, wanted=wanted, by=None)
    words = "You are asked again." if wanted else "You are not asked any more. Call us any time."
    messages.success(request, words)
    token = request.resolver_match.kwargs["token"] if request.resolver_match else ""
    return redirect("followup:page", token)


@needs(Permission.FOLLOW_UP)
@require_http_methods(["GET", "POST"])
def check_in(request: ClinicRequest, check_in_id: int) -> HttpResponse:
    asked = found(request, queries.check_ins(), pk=check_in_id)
    form = CheckInForm(request.POST or None)
    kept = submit(request, form, actions.answer_check_in, check_in=asked, by=request.member)
    if kept is None:
        told = queries.check_in_page(asked, now=timezone.now())
        row = queries.check_in_row(asked)
        return form_page(request, "followup/answers.html", form=form, page=told, row=row)
    messages.success(request, "Kept, as said on the telephone.")
    return redirect("followup:check-in", check_in_id)


@needs(Permission.FOLLOW_UP)
@require_POST
def wanted(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    yes = request.POST.get("wanted") == "yes"
    actions.choose_check_ins(patient=patient, wanted=yes, by=request.member)
    messages.success(request, "Asked again." if yes else "Not asked any more.")
    return redirect("followup:person", patient_id)
