"""Pages of adverse events, guides and reports."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.forms import form_page, submit
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.printing import NoPdf
from glabella.clinic.safety import actions, forms, queries, reports
from glabella.clinic.safety import overview as at_a_glance
from glabella.clinic.safety.reporting import fill
from glabella.clinic.treatments.forms import AddendumForm
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.queries import treatments
from glabella.errors import UserError


@needs(Permission.SEE_PATIENTS)
@require_safe
def overview(request: ClinicRequest) -> HttpResponse:
    period, today = request.GET.get("period", "365"), timezone.localdate()
    page = at_a_glance.overview(request.member.clinic_id, period=period, today=today)
    return render(request, "safety/overview.html", {"page": page, "today": today})


def _new_event(
    request: ClinicRequest, patient: Patient, treatment: Treatment | None
) -> HttpResponse:
    """The page on which an event is told, of a treatment or of the patient alone."""
    today, chosen = timezone.localdate(), request.GET.get("event", "")
    form = queries.event_form(treatment, request.POST or None, chosen=chosen, today=today)
    given = {"patient": patient, "treatment": treatment, "by": request.member}
    kept = submit(request, form, actions.raise_event, **given)
    if kept is None:
        context = queries.new_event_context(patient, treatment)
        return form_page(request, "safety/new.html", form=form, **context)
    messages.success(request, "The adverse event is signed and kept.")
    return redirect("safety:event", kept[0].pk)


@needs(Permission.RECORD_EVENTS)
@require_http_methods(["GET", "POST"])
def event_of_treatment(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, treatments(), pk=treatment_id, state="signed")
    return _new_event(request, treatment.patient, treatment)


@needs(Permission.RECORD_EVENTS)
@require_http_methods(["GET", "POST"])
def event_of_patient(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    return _new_event(request, patient, queries.last_treatment(patient))


@needs(Permission.SEE_PATIENTS)
@require_safe
def event(request: ClinicRequest, event_id: int) -> HttpResponse:
    page = queries.event_page(found(request, queries.events(), pk=event_id))
    today = {"date": timezone.localdate()}
    shown = {"follow_up": forms.FollowUpForm(initial=today), "cause": forms.CauseForm()}
    return render(request, "safety/event.html", {"page": page, **shown})


@needs(Permission.RECORD_EVENTS)
@require_http_methods(["GET", "POST"])
def follow_up(request: ClinicRequest, event_id: int) -> HttpResponse:
    told = found(request, queries.events(), pk=event_id)
    form = forms.FollowUpForm(request.POST or None, initial={"date": timezone.localdate()})
    if submit(request, form, actions.follow_up, event=told, by=request.member) is None:
        return form_page(request, "safety/small.html", form=form, event=told, title="Follow-up")
    messages.success(request, "The follow-up is kept.")
    return redirect("safety:event", event_id)


@needs(Permission.RECORD_EVENTS)
@require_http_methods(["GET", "POST"])
def cause(request: ClinicRequest, event_id: int) -> HttpResponse:
    told = found(request, queries.events(), pk=event_id)
    form = forms.CauseForm(request.POST or None)
    if submit(request, form, actions.assess_cause, event=told, by=request.member) is None:
        return form_page(request, "safety/small.html", form=form, event=told, title="Cause")
    messages.success(request, "The assessment is kept.")
    return redirect("safety:event", event_id)


@needs(Permission.ADD_ADDENDA)
@require_http_methods(["GET", "POST"])
def addendum(request: ClinicRequest, event_id: int) -> HttpResponse:
    told = found(request, queries.events(), pk=event_id)
    form = AddendumForm(request.POST or None)
    if submit(request, form, actions.add_event_addendum, event=told, by=request.member) is None:
        return form_page(request, "safety/small.html", form=form, event=told, title="Addendum")
    messages.success(request, "The addendum is kept with the event.")
    return redirect("safety:event", event_id)


@needs(Permission.SEE_PATIENTS)
@require_safe
def guides(request: ClinicRequest) -> HttpResponse:
    return render(request, "safety/guides.html", {"guides": queries.guides()})


@needs(Permission.RECORD_EVENTS)
@require_POST
def start_guide(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    code, last = request.POST.get("guide", ""), queries.last_treatment(patient)
    try:
        run = actions.start_guide(patient=patient, guide=code, treatment=last, by=request.member)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("patients:timeline", patient_id)
    return redirect("safety:guide", run.pk)


@needs(Permission.RECORD_EVENTS)
@require_POST
def guide_of_event(request: ClinicRequest, event_id: int) -> HttpResponse:
    told = found(request, queries.events(), pk=event_id)
    code = request.POST.get("guide") or queries.guide_of(told)
    try:
        run = actions.start_guide(patient=told.patient, guide=code, event=told, by=request.member)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("safety:event", event_id)
    return redirect("safety:guide", run.pk)


@needs(Permission.SEE_PATIENTS)
@require_safe
def guide(request: ClinicRequest, run_id: int) -> HttpResponse:
    page = queries.guide_page(found(request, queries.runs(), pk=run_id))
    return render(request, "safety/guide.html", {"page": page, "form": forms.CloseGuideForm()})


@needs(Permission.SEE_PATIENTS)
@require_safe
def steps(request: ClinicRequest, run_id: int) -> HttpResponse:
    """The steps alone, which an open page asks for now and then."""
    page = queries.guide_page(found(request, queries.runs(), pk=run_id))
    # An open page that asks anew every few seconds is one look, not hundreds.
    request.looked_at.clear()
    return render(request, "safety/_steps.html", {"page": page})


@needs(Permission.RECORD_EVENTS)
@require_POST
def answer_step(request: ClinicRequest, run_id: int) -> HttpResponse:
    run = found(request, queries.runs(), pk=run_id)
    form = forms.StepForm(request.POST)
    if submit(request, form, actions.answer_step, run=run, by=request.member) is None:
        messages.error(request, queries.refusal(form))
    return redirect("safety:guide", run_id)


@needs(Permission.RECORD_EVENTS)
@require_POST
def close_guide(request: ClinicRequest, run_id: int) -> HttpResponse:
    run = found(request, queries.runs(), pk=run_id)
    form = forms.CloseGuideForm(request.POST)
    if submit(request, form, actions.close_guide, run=run, by=request.member) is None:
        page = queries.guide_page(run)
        return form_page(request, "safety/guide.html", form=form, page=page)
    messages.success(request, "The guide is closed and kept.")
    return redirect("safety:guide", run_id)


@needs(Permission.RECORD_EVENTS)
@require_POST
def start_report(request: ClinicRequest, event_id: int) -> HttpResponse:
    told = found(request, queries.events(), pk=event_id)
    form = request.POST.get("form", "")
    try:
        made = reports.start_report(event=told, form=form, by=request.member)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("safety:event", event_id)
    return redirect("safety:report", made.pk)


def _report_page(request: ClinicRequest, report_id: int, **more: object) -> HttpResponse:
    made = found(request, queries.reports(), pk=report_id)
    page = fill(made, today=timezone.localdate())
    shown = {"form": forms.ReportFieldsForm(page=page), "sent": queries.sent_form()} | more
    return form_page(request, "safety/report.html", page=page, **shown)  # type: ignore[arg-type]


@needs(Permission.RECORD_EVENTS)
@require_http_methods(["GET", "POST"])
def report(request: ClinicRequest, report_id: int) -> HttpResponse:
    made = found(request, queries.reports(), pk=report_id)
    page = fill(made, today=timezone.localdate())
    form = forms.ReportFieldsForm(request.POST or None, page=page)
    if submit(request, form, reports.complete_report, report=made, by=request.member) is None:
        return _report_page(request, report_id, form=form)
    messages.success(request, "Kept. Read it through, then mark it as checked.")
    return redirect("safety:report", report_id)


@needs(Permission.RECORD_EVENTS)
@require_POST
def check_report(request: ClinicRequest, report_id: int) -> HttpResponse:
    made = found(request, queries.reports(), pk=report_id)
    try:
        reports.check_report(report=made, by=request.member)
    except UserError as refusal:
        messages.error(request, str(refusal))
    return redirect("safety:report", report_id)


@needs(Permission.RECORD_EVENTS)
@require_POST
def send_report(request: ClinicRequest, report_id: int) -> HttpResponse:
    made = found(request, queries.reports(), pk=report_id)
    form = forms.SentForm(request.POST)
    if submit(request, form, reports.send_report, report=made, by=request.member) is None:
        return _report_page(request, report_id, sent=form)
    messages.success(request, "Kept as sent. What it said is locked.")
    return redirect("safety:report", report_id)


@needs(Permission.RECORD_EVENTS)
@require_safe
def report_pdf(request: ClinicRequest, report_id: int) -> HttpResponse:
    made = found(request, queries.reports(), pk=report_id)
    try:
        printed = reports.export_report(report=made, kind="pdf", by=request.member)
    except NoPdf as missing:
        return render(request, "treatments/no_pdf.html", {"error": missing}, status=501)
    name = f'inline; filename="report-{made.form}-{made.pk}.pdf"'
    headers = {"Content-Disposition": name}
    return HttpResponse(printed, content_type="application/pdf", headers=headers)


@needs(Permission.RECORD_EVENTS)
@require_safe
def report_json(request: ClinicRequest, report_id: int) -> HttpResponse:
    made = found(request, queries.reports(), pk=report_id)
    told = reports.export_report(report=made, kind="json", by=request.member)
    name = f'attachment; filename="report-{made.form}-{made.pk}.json"'
    headers = {"Content-Disposition": name}
    return HttpResponse(told, content_type="application/json", headers=headers)
