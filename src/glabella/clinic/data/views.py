"""Pages of the clinic's data: taken out, kept, held, restricted, erased."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from glabella.clinic.data import actions, dictionary, queries
from glabella.clinic.data.forms import EraseDueForm, EraseForm, ReasonForm, RetentionForm
from glabella.clinic.forms import form_page, submit
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.guard import ClinicRequest, needs
from glabella.clinic.people.permissions import Permission


def _patient(request: ClinicRequest, patient_id: int) -> Patient:
    """Restricted patients too: these pages are where they are found again."""
    patient = get_object_or_404(queries.all_patients(request.member.clinic), pk=patient_id)
    request.looked_at.append(patient)
    return patient


def _overview(request: ClinicRequest, **forms: Any) -> HttpResponse:
    clinic, now = request.member.clinic, timezone.now()
    page = queries.data_page(clinic, now=now, today=timezone.localdate())
    shown = {
        "form": RetentionForm(
            initial={"years": clinic.retention_years, "until_age": clinic.retention_until_age}
        ),
        "erase": EraseDueForm(due=[row.patient.pk for row in page.due]),
    } | forms
    return form_page(request, "data/data.html", page=page, **shown)


@needs(Permission.EXPORT_DATA)
@require_safe
def data(request: ClinicRequest) -> HttpResponse:
    return _overview(request)


@needs(Permission.EXPORT_DATA, fresh=True)
@require_POST
def export(request: ClinicRequest) -> HttpResponse:
    name = f"{request.member.clinic.slug}-{timezone.localdate()}.zip"
    return _download(name, actions.export_clinic, by=request.member)


def _download(name: str, write: Callable[..., Any], **arguments: Any) -> HttpResponse:
    """A zip as it was written on the disk; the system removes it when its reader is gone."""
    out = tempfile.TemporaryFile(dir=settings.DATA)  # noqa: SIM115 - FileResponse closes it
    try:
        write(out=out, **arguments)
        out.seek(0)
    except BaseException:
        out.close()
        raise
    answer = FileResponse(out, as_attachment=True, filename=name, content_type="application/zip")
    return cast("HttpResponse", answer)


@needs(Permission.EDIT_POLICY)
@require_POST
def retention(request: ClinicRequest) -> HttpResponse:
    form = RetentionForm(request.POST)
    if submit(request, form, actions.set_retention, by=request.member) is None:
        return _overview(request, form=form)
    messages.success(request, "Kept: how long records stay.")
    return redirect("data:data")


@needs(Permission.ERASE_PATIENTS, fresh=True)
@require_POST
def erase_due(request: ClinicRequest) -> HttpResponse:
    due = queries.due_for_erasure(request.member.clinic, today=timezone.localdate())
    form = EraseDueForm(request.POST, due=[row.patient.pk for row in due])
    done = submit(request, form, actions.erase_due, by=request.member)
    if done is None:
        return _overview(request, erase=form)
    messages.success(request, f"{done} erased. Doses, lots and signatures stay.")
    return redirect("data:data")


@needs(Permission.EXPORT_DATA)
@require_safe
def dictionary_page(request: ClinicRequest) -> HttpResponse:
    return render(request, "data/dictionary.html", {"entries": dictionary.entries()})


def _of_patient(request: ClinicRequest, patient: Patient, **forms: Any) -> HttpResponse:
    page = queries.patient_data(patient, today=timezone.localdate())
    shown = {"form": ReasonForm(), "erase": EraseForm()} | forms
    return form_page(request, "data/patient.html", page=page, patient=patient, **shown)


@needs(Permission.ERASE_PATIENTS)
@require_safe
def patient(request: ClinicRequest, patient_id: int) -> HttpResponse:
    return _of_patient(request, _patient(request, patient_id))


@needs(Permission.EXPORT_DATA, fresh=True)
@require_POST
def patient_export(request: ClinicRequest, patient_id: int) -> HttpResponse:
    name = f"patient-{patient_id}-{timezone.localdate()}.zip"
    patient = _patient(request, patient_id)
    return _download(name, actions.export_patient, patient=patient, by=request.member)


def _decide(
    request: ClinicRequest, patient_id: int, decision: Callable[..., Any], said: str
) -> HttpResponse:
    """Do what was decided, for the reason that was given, or show why not."""
    patient, form = _patient(request, patient_id), ReasonForm(request.POST)
    if submit(request, form, decision, patient=patient, by=request.member) is None:
        return _of_patient(request, patient, form=form)
    messages.success(request, said)
    return redirect("data:patient", patient_id)


@needs(Permission.ERASE_PATIENTS)
@require_POST
def hold(request: ClinicRequest, patient_id: int) -> HttpResponse:
    return _decide(request, patient_id, actions.place_hold, "A legal hold stands now.")


@needs(Permission.ERASE_PATIENTS)
@require_POST
def lift_hold(request: ClinicRequest, patient_id: int) -> HttpResponse:
    return _decide(request, patient_id, actions.lift_hold, "The hold is lifted.")


@needs(Permission.ERASE_PATIENTS)
@require_POST
def restrict(request: ClinicRequest, patient_id: int) -> HttpResponse:
    said = "The record is restricted: it is in no list, and no message goes out."
    return _decide(request, patient_id, actions.restrict_patient, said)


@needs(Permission.ERASE_PATIENTS)
@require_POST
def use_again(request: ClinicRequest, patient_id: int) -> HttpResponse:
    return _decide(request, patient_id, actions.lift_restriction, "The record is in use again.")


@needs(Permission.ERASE_PATIENTS, fresh=True)
@require_POST
def erase(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient, form = _patient(request, patient_id), EraseForm(request.POST)
    if submit(request, form, actions.erase_patient, patient=patient, by=request.member) is None:
        return _of_patient(request, patient, erase=form)
    messages.success(request, "Who this patient is was taken away. Doses, lots, signatures stay.")
    return redirect("data:patient", patient_id)
