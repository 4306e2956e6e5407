"""Pages of the history: the member's, and the patient's own."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.back import back
from glabella.clinic.forms import form_page, submit
from glabella.clinic.intake import actions, queries
from glabella.clinic.intake.forms import IntakeForm, ScreenForm
from glabella.clinic.intake.models import Channel
from glabella.clinic.links.guard import LinkRequest, by_link
from glabella.clinic.links.models import Purpose
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.errors import UserError

GIVE_BACK = "give_back"


@needs(Permission.SEE_PATIENTS)
@require_safe
def history(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    page = queries.history_page(patient, now=timezone.now())
    form = ScreenForm(rows=page.heeded)
    context = {"patient": patient, "page": page, "form": form, "back": back(request)}
    findings = queries.sourced(page.findings)
    return render(request, "intake/history.html", context | {"findings": findings})


@needs(Permission.SCREEN)
@require_http_methods(["GET", "POST"])
def confirm(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    page, after = queries.history_page(patient, now=timezone.now()), back(request)
    form = ScreenForm(request.POST or {}, rows=page.heeded)
    if page.intake is None or request.method == "GET":
        return redirect("intake:history", patient_id)
    if submit(request, form, actions.screen, intake=page.intake, by=request.member) is None:
        return form_page(
            request, "intake/history.html", form=form, patient=patient, page=page, back=after
        )
    messages.success(request, "The history is gone through.")
    return redirect(after or reverse("intake:history", args=[patient_id]))


@needs(Permission.SCREEN)
@require_POST
def unchanged(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    try:
        actions.nothing_changed(patient=patient, by=request.member)
        messages.success(request, "Noted: nothing has changed.")
    except UserError as refusal:
        messages.error(request, str(refusal))
    return redirect(back(request) or reverse("intake:history", args=[patient_id]))


@needs(Permission.SCREEN)
@require_http_methods(["GET", "POST"])
def fill(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    form, after = IntakeForm(request.POST or None), back(request)
    if submit(request, form, actions.take_intake, patient=patient, by=request.member) is None:
        return form_page(request, "intake/fill.html", form=form, patient=patient, back=after)
    messages.success(request, "The history is kept. Go through what matters.")
    return redirect(reverse("intake:history", args=[patient_id]) + f"?back={after}")


@needs(Permission.SCREEN)
@require_POST
def hand_over(request: ClinicRequest, patient_id: int) -> HttpResponse:
    """Give the tablet to the patient: nobody is signed in on it any more."""
    patient = found(request, Patient.objects.all(), pk=patient_id)
    after = f"{reverse('intake:history', args=[patient_id])}?back={back(request)}"
    _, token = actions.invite(patient=patient, channel=Channel.TABLET, by=request.member)
    logout(request)
    request.session[GIVE_BACK] = after
    return redirect("intake:answer", token)


@needs(Permission.SCREEN)
@require_POST
def link(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    _, token = actions.invite(patient=patient, channel=Channel.LINK, by=request.member)
    url = request.build_absolute_uri(reverse("intake:answer", args=[token]))
    mailed = "by_mail" in request.POST
    try:
        if mailed:
            actions.mail_link(patient=patient, url=url, by=request.member)
    except UserError as refusal:
        mailed = False
        messages.error(request, str(refusal))
    shown = {"patient": patient, "url": url, "mailed": mailed, "qr": qr(url)}
    return render(request, "intake/link.html", shown)


def qr(url: str) -> str:
    """The address as a QR code, drawn in the page itself."""
    drawn = segno.make(url, error="m").svg_inline(scale=6, border=4, light="#fff")
    # segno writes numbers and its own colours, nothing of the address.
    return mark_safe(drawn)  # noqa: S308


@by_link(Purpose.INTAKE)
@require_http_methods(["GET", "POST"])
def answer(request: LinkRequest) -> HttpResponse:
    kept = queries.kept(request.link)
    form = IntakeForm(request.POST or None, initial=kept)
    if submit(request, form, actions.send_intake, link=request.link) is None:
        context = {"patient": request.link.patient, "kept": bool(kept)}
        return form_page(request, "intake/answer.html", form=form, **context)
    return redirect("intake:thanks")


@by_link(Purpose.INTAKE)
@require_POST
def keep(request: LinkRequest) -> HttpResponse:
    typed = {name: str(value)[:2000] for name, value in request.POST.items() if "csrf" not in name}
    actions.keep(link=request.link, typed=typed)
    return HttpResponse(status=204)


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """After sending: the tablet says to give it back, and only signing in leads on."""
    return render(request, "intake/thanks.html", {"give_back": request.session.get(GIVE_BACK, "")})
