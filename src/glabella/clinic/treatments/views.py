"""Pages of a treatment, from its start to its addenda."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.audit.queries import trail_of
from glabella.clinic.cosigning import queries as cosigning
from glabella.clinic.forms import form_page, submit
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.treatments import actions, charting, document, queries
from glabella.clinic.treatments.forms import AddendumForm, SignForm
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.versions import version_rows
from glabella.errors import UserError


@needs(Permission.CHART)
@require_POST
def start(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    try:
        draft = actions.start_treatment(patient=patient, by=request.member)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("patients:timeline", patient_id)
    return redirect("treatments:chart", draft.pk)


@needs(Permission.CHART)
@require_safe
def chart(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, queries.treatments(), pk=treatment_id)
    if treatment.is_signed:
        return redirect("treatments:record", treatment_id)
    context = charting.chart_context(treatment, now=timezone.now())
    context["corrects"] = queries.correction_words(treatment)
    return render(request, "treatments/chart.html", context)


@needs(Permission.SEE_PATIENTS)
@require_safe
def versions(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, queries.treatments(), pk=treatment_id)
    context = {"treatment": treatment, "rows": version_rows(treatment)}
    return render(request, "treatments/versions.html", context)


@needs(Permission.CHART)
@require_POST
def restore(request: ClinicRequest, treatment_id: int, version: int) -> HttpResponse:
    treatment = found(request, queries.treatments(), pk=treatment_id)
    try:
        actions.restore_version(treatment=treatment, version=version, by=request.member)
        messages.success(request, f"Version {version} is back, as a new version.")
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("treatments:versions", treatment_id)
    return redirect("treatments:chart", treatment_id)


@needs(Permission.CHART)
@require_POST
def abandon(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, Treatment.objects.all(), pk=treatment_id)
    try:
        actions.abandon_draft(treatment=treatment, by=request.member)
        messages.success(request, "The draft is thrown away.")
    except UserError as refusal:
        messages.error(request, str(refusal))
    return redirect("patients:timeline", treatment.patient_id)


@needs(Permission.SIGN)
@require_http_methods(["GET", "POST"])
def sign(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    draft = found(request, queries.treatments(), pk=treatment_id)
    if draft.is_signed:
        return redirect("treatments:record", treatment_id)
    page = queries.sign_page(draft, now=timezone.now())
    today, first = timezone.localdate(), {"version": draft.version, "date": draft.date}
    form = SignForm(request.POST or None, initial=first, stops=page.overridable, today=today)
    if submit(request, form, actions.sign_treatment, treatment=draft, by=request.member) is None:
        return form_page(request, "treatments/sign.html", form=form, treatment=draft, page=page)
    messages.success(request, "Signed. The units have left their vials and the record is locked.")
    return redirect("treatments:record", treatment_id)


@needs(Permission.SEE_PATIENTS)
@require_safe
def record(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, queries.treatments(), pk=treatment_id)
    if not treatment.is_signed:
        return render(request, "treatments/unsigned.html", {"treatment": treatment})
    signed = queries.signed_record(treatment)
    context = {"treatment": treatment, "record": signed, "trail": trail_of(treatment)}
    context["cosigning"] = cosigning.panel(treatment, request.member)
    return render(request, "treatments/record.html", context | queries.forecast_parts(signed))


@needs(Permission.ADD_ADDENDA)
@require_http_methods(["GET", "POST"])
def addendum(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, queries.treatments(), pk=treatment_id)
    form = AddendumForm(request.POST or None)
    added = submit(request, form, actions.add_addendum, treatment=treatment, by=request.member)
    if added is None:
        return form_page(request, "treatments/addendum.html", form=form, treatment=treatment)
    messages.success(request, "The addendum is kept with the record.")
    return redirect("treatments:record", treatment_id)


@needs(Permission.SEE_PATIENTS)
@require_safe
def pdf(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, queries.treatments(), pk=treatment_id)
    if not treatment.is_signed:
        return render(request, "treatments/unsigned.html", {"treatment": treatment}, status=404)
    try:
        printed = document.treatment_pdf(queries.signed_record(treatment))
    except document.NoPdf as missing:
        return render(request, "treatments/no_pdf.html", {"error": missing}, status=501)
    name = f'inline; filename="treatment-{treatment.pk}.pdf"'
    headers = {"Content-Disposition": name}
    return HttpResponse(printed, content_type="application/pdf", headers=headers)
