"""Pages of the patients."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from glabella.clinic.forms import form_page, submit_both
from glabella.clinic.patients import actions, queries
from glabella.clinic.patients.forms import MeasuresForm, PatientForm
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission


@needs(Permission.SEE_PATIENTS)
@require_safe
def patient_list(request: ClinicRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()
    clinic, number = request.member.clinic_id, request.GET.get("page", "")
    page = queries.patient_page(clinic, words=words, number=number)
    rows = queries.patient_rows(page, today=timezone.localdate())
    return render(request, "patients/list.html", {"page": page, "rows": rows, "words": words})


@needs(Permission.EDIT_PATIENTS)
@require_http_methods(["GET", "POST"])
def new(request: ClinicRequest) -> HttpResponse:
    sent = request.POST or None
    form, measures = PatientForm(sent, clinic=request.member.clinic_id), MeasuresForm(sent)
    patient = submit_both(request, form, measures, actions.add_patient, by=request.member)
    if patient is None:
        return form_page(request, "patients/edit.html", form=form, measures=measures)
    messages.success(request, f"{patient.name} is added.")
    return redirect("patients:timeline", patient.pk)


@needs(Permission.EDIT_PATIENTS)
@require_http_methods(["GET", "POST"])
def edit(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    form, measures = queries.bound_forms(patient, request.POST or None)
    saved = submit_both(
        request, form, measures, actions.edit_patient, patient=patient, by=request.member
    )
    if saved is None:
        return form_page(
            request, "patients/edit.html", form=form, measures=measures, patient=patient
        )
    messages.success(request, "Saved.")
    return redirect("patients:timeline", patient_id)


@needs(Permission.SEE_PATIENTS)
@require_safe
def timeline(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.select_related("member"), pk=patient_id)
    context = queries.timeline_context(patient, member=request.member, today=timezone.localdate())
    return render(request, "patients/timeline.html", context)
