"""Pages of the prescriber's assessment."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella import facts
from glabella.clinic.back import back
from glabella.clinic.consent.queries import chart_of
from glabella.clinic.forms import form_page, submit
from glabella.clinic.intake.queries import history_page, sourced
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.prescribing import actions, queries
from glabella.clinic.prescribing.forms import AssessmentForm, EndForm


@needs(Permission.ASSESS)
@require_http_methods(["GET", "POST"])
def new(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient, now = found(request, Patient.objects.all(), pk=patient_id), timezone.now()
    chart, by = chart_of(patient, request.member), request.member
    first = queries.proposed(patient, chart, now=now, by=by)
    form = AssessmentForm(request.POST or None, initial=first, also=first["areas"])
    if submit(request, form, actions.assess_patient, patient=patient, by=by) is None:
        page = history_page(patient, now=now)
        context = {"patient": patient, "page": page, "findings": sourced(page.findings)}
        context |= {"remote": facts.load().before.remote_prescribing, "back": back(request)}
        return form_page(request, "prescribing/new.html", form=form, **context)
    messages.success(request, "The assessment is signed.")
    return redirect(back(request) or reverse("prescribing:assess", args=[patient_id]))


@needs(Permission.SEE_PATIENTS)
@require_safe
def assess(request: ClinicRequest, patient_id: int) -> HttpResponse:
    """All assessments of a patient; who may assess goes on to a new one from here."""
    patient = found(request, Patient.objects.all(), pk=patient_id)
    rows = queries.rows_of(patient)
    after = back(request)
    if after and request.member.may(Permission.ASSESS):
        return redirect(reverse("prescribing:new", args=[patient_id]) + f"?back={after}")
    context = {"patient": patient, "rows": rows, "back": after, "form": EndForm()}
    return render(request, "prescribing/list.html", context)


@needs(Permission.ASSESS)
@require_POST
def end(request: ClinicRequest, assessment_id: int) -> HttpResponse:
    assessment = found(request, queries.assessments(), pk=assessment_id)
    form, patient = EndForm(request.POST), assessment.patient
    ended = submit(request, form, actions.end_assessment, assessment=assessment, by=request.member)
    if ended is None:
        rows = queries.rows_of(patient)
        return form_page(request, "prescribing/list.html", form=form, patient=patient, rows=rows)
    messages.success(request, "The assessment is ended.")
    return redirect("prescribing:assess", assessment.patient_id)
