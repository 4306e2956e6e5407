"""Pages of sessions outside the face."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.body import actions, queries
from glabella.clinic.body.forms import ScaleForm
from glabella.clinic.forms import form_page, submit
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.treatments.actions import save_draft
from glabella.clinic.treatments.charting import clock_time
from glabella.clinic.treatments.endpoints import refusals_as_json
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.points import Placed, read_json
from glabella.clinic.treatments.queries import treatments
from glabella.clinic.treatments.rules import StaleDraft
from glabella.errors import InputError, UserError


def of_the_body(request: ClinicRequest, treatment_id: int) -> Treatment:
    """The treatment of this number; raises InputError for one of the face."""
    treatment = found(request, treatments(), pk=treatment_id)
    if not treatment.indication:
        raise InputError("This treatment is of the face: chart it there.")
    return treatment


@needs(Permission.CHART)
@require_http_methods(["GET", "POST"])
def choose(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    wanted = request.POST.get("indication", "")
    try:
        if wanted:
            draft = actions.start_session(patient=patient, indication=wanted, by=request.member)
            return redirect("body:session", draft.pk)
    except UserError as refusal:
        messages.error(request, str(refusal))
    today = timezone.localdate()
    context = {"patient": patient, "choices": queries.choices(patient, today=today)}
    return render(request, "body/choose.html", context)


@needs(Permission.CHART)
@require_safe
def session(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, treatments(), pk=treatment_id)
    if treatment.is_signed or not treatment.indication:
        name = "treatments:record" if treatment.is_signed else "treatments:chart"
        return redirect(name, treatment_id)
    context = queries.session_context(treatment, now=timezone.now())
    return render(request, "body/session.html", context)


@gzip_page
@needs(Permission.CHART, json=True)
@require_POST
@refusals_as_json
def draft(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = of_the_body(request, treatment_id)
    sent = read_json(request.body, queries.BodyDraftInput)
    try:
        points = save_draft(
            treatment=treatment,
            points=sent.points,
            version=sent.version,
            sheet=sent.sheet,
            by=request.member,
        )
    except StaleDraft as stale:
        return JsonResponse({"error": str(stale)} | queries.saved_state(treatment), status=409)
    return JsonResponse(_answer(request, treatment, points))


def _answer(
    request: ClinicRequest, treatment: Treatment, points: tuple[Placed, ...]
) -> dict[str, object]:
    parts = queries.parts(treatment, points, now=timezone.now())
    context = parts | {"treatment": treatment}
    html = {
        f"{part}_html": render_to_string(f"body/_{part}.html", context, request)
        for part in ("pictures", "rows", "panel")
    }
    html["totals_html"] = render_to_string("treatments/_chart_totals.html", context, request)
    saved_at = clock_time(treatment.saved_at, "%H:%M:%S")
    return html | {"version": treatment.version, "saved_at": saved_at, "stops": parts["stops"]}


@needs(Permission.CHART, json=True)
@require_POST
@refusals_as_json
def lay(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = of_the_body(request, treatment_id)
    sent = read_json(request.body, queries.LayInput)
    return JsonResponse({"points": queries.laid_points(treatment, sent)})


@needs(Permission.CHART, json=True)
@require_POST
@refusals_as_json
def repeat(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = of_the_body(request, treatment_id)
    sent = read_json(request.body, queries.LayInput)
    return JsonResponse({"points": queries.repeated_points(treatment, sent.vial)})


@needs(Permission.REVIEW)
@require_http_methods(["GET", "POST"])
def scale(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, treatments(), pk=treatment_id, state="signed")
    known = queries.scale_of(treatment)
    if known is None:
        return redirect("treatments:record", treatment_id)
    form = ScaleForm(request.POST or None, initial={"date": timezone.localdate()}, scale=known)
    read = submit(request, form, actions.read_scale, treatment=treatment, by=request.member)
    if read is None:
        line = queries.scale_line(treatment)
        return form_page(request, "body/scale.html", form=form, treatment=treatment, line=line)
    messages.success(request, "The reading is kept with the record.")
    return redirect("treatments:record", treatment_id)
