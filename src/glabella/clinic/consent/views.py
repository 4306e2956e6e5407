"""Pages of consent: the member's, the patient's own, and the clinic's texts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.back import back
from glabella.clinic.consent import actions, document, queries, taking, told
from glabella.clinic.consent.forms import SignatureForm, TextForm, WithdrawForm
from glabella.clinic.forms import form_page, submit
from glabella.clinic.intake.actions import set_policy
from glabella.clinic.intake.forms import PolicyForm
from glabella.clinic.intake.queries import policy_of
from glabella.clinic.intake.views import GIVE_BACK, qr
from glabella.clinic.links.guard import LinkRequest, by_link
from glabella.clinic.links.models import Purpose
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.printing import NoPdf
from glabella.errors import UserError


@needs(Permission.SEE_PATIENTS)
@require_safe
def consents(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    context = {"patient": patient, "pages": queries.pages_of(patient), "back": back(request)}
    context |= {"photos": queries.photo_rows(patient)}
    return render(request, "consent/list.html", context)


@needs(Permission.TAKE_CONSENT)
@require_http_methods(["GET", "POST"])
def new(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.select_related("clinic"), pk=patient_id)
    sheet = taking.sheet(request, patient)
    made = taking.submitted(request, sheet)
    if made is None:
        return form_page(request, "consent/new.html", **sheet.context, back=back(request))
    if "sign" not in request.POST:
        return redirect("consent:consent", made.pk)
    messages.success(request, "The consent is signed and kept.")
    return redirect(back(request) or reverse("consent:consent", args=[made.pk]))


@needs(Permission.SEE_PATIENTS)
@require_safe
def consent(request: ClinicRequest, consent_id: int) -> HttpResponse:
    one = found(request, queries.consents(), pk=consent_id)
    context = {"page": queries.page_of(one), "form": WithdrawForm(), "patient": one.patient}
    context |= {"free_from": queries.free_from(one), "back": back(request)}
    return render(request, "consent/consent.html", context)


@needs(Permission.TAKE_CONSENT)
@require_POST
def take(request: ClinicRequest, consent_id: int) -> HttpResponse:
    one = found(request, queries.consents(), pk=consent_id)
    try:
        actions.take(consent=one, by=request.member)
        messages.success(request, "The consent is taken.")
    except UserError as refusal:
        messages.error(request, str(refusal))
    return redirect(back(request) or reverse("consent:consent", args=[consent_id]))


@needs(Permission.SCREEN)
@require_POST
def withdraw(request: ClinicRequest, consent_id: int) -> HttpResponse:
    one, form = found(request, queries.consents(), pk=consent_id), WithdrawForm(request.POST)
    if submit(request, form, actions.withdraw, consent=one, by=request.member) is None:
        context = {"page": queries.page_of(one), "patient": one.patient}
        return form_page(request, "consent/consent.html", form=form, **context)
    messages.success(request, "Noted. Nothing more may be given on this consent.")
    return redirect("consent:consent", consent_id)


@needs(Permission.TAKE_CONSENT)
@require_POST
def photos(request: ClinicRequest, patient_id: int) -> HttpResponse:
    patient = found(request, Patient.objects.all(), pk=patient_id)
    scope, granted = request.POST.get("scope", ""), request.POST.get("granted") == "yes"
    try:
        actions.answer_on_photos(patient=patient, scope=scope, granted=granted, by=request.member)
        messages.success(request, "Noted.")
    except UserError as refusal:
        messages.error(request, str(refusal))
    return redirect("consent:list", patient_id)


@needs(Permission.TAKE_CONSENT)
@require_POST
def hand_over(request: ClinicRequest, consent_id: int) -> HttpResponse:
    """Give the tablet to the patient to read and sign: nobody is signed in on it any more."""
    one = found(request, queries.consents(), pk=consent_id)
    try:
        token = actions.invite_to_sign(consent=one, by=request.member, days=1)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("consent:consent", consent_id)
    after = f"{reverse('consent:consent', args=[consent_id])}?back={back(request)}"
    logout(request)
    request.session[GIVE_BACK] = after
    return redirect("consent:sign", token)


@needs(Permission.TAKE_CONSENT)
@require_POST
def link(request: ClinicRequest, consent_id: int) -> HttpResponse:
    one = found(request, queries.consents(), pk=consent_id)
    try:
        url, mailed = taking.link_to_sign(request, one)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("consent:consent", consent_id)
    shown = {"patient": one.patient, "url": url, "mailed": mailed, "qr": qr(url)}
    return render(request, "intake/link.html", shown)


@needs(Permission.SEE_PATIENTS)
@require_safe
def pdf(request: ClinicRequest, consent_id: int) -> HttpResponse:
    one = found(request, queries.consents(), pk=consent_id)
    try:
        printed = document.consent_pdf(queries.page_of(one))
    except NoPdf as missing:
        return render(request, "treatments/no_pdf.html", {"error": missing}, status=501)
    headers = {"Content-Disposition": f'inline; filename="consent-{one.pk}.pdf"'}
    return HttpResponse(printed, content_type="application/pdf", headers=headers)


@by_link(Purpose.CONSENT)
@require_http_methods(["GET", "POST"])
def sign(request: LinkRequest) -> HttpResponse:
    one = taking.consent_of(request.link)
    page = queries.page_of(one)
    context = queries.new_context(one.patient, one.areas, one.products) | {"page": page}
    first = SignatureForm.first(one.patient, minor=context["minor"])
    form = SignatureForm(request.POST or None, initial=first)
    if not taking.signed_by_link(request, form, one):
        return form_page(request, "consent/sign.html", form=form, **context)
    return redirect("intake:thanks")


@needs(Permission.EDIT_POLICY)
@require_http_methods(["GET", "POST"])
def texts(request: ClinicRequest) -> HttpResponse:
    clinic = request.member.clinic_id
    title, body, number = queries.current_text(clinic)
    form = TextForm(request.POST or None, initial={"title": title, "body": body})
    if submit(request, form, actions.write_text, by=request.member) is None:
        versions = queries.texts().filter(clinic=clinic)
        context = {"number": number, "versions": versions, "title": title}
        policy = PolicyForm(initial=PolicyForm.first(policy_of(clinic)))
        return form_page(request, "consent/texts.html", form=form, policy=policy, **context)
    messages.success(request, "This text is used from now on. Consents signed before keep theirs.")
    return redirect("texts:texts")


@needs(Permission.EDIT_POLICY)
@require_POST
def policy(request: ClinicRequest) -> HttpResponse:
    form = PolicyForm(request.POST)
    if submit(request, form, set_policy, by=request.member) is None:
        return form_page(request, "consent/policy.html", form=form)
    messages.success(request, "Saved.")
    return redirect("texts:texts")


@needs(Permission.EDIT_POLICY)
@require_safe
def text(request: ClinicRequest, text_id: int) -> HttpResponse:
    one = found(request, queries.texts(), pk=text_id)
    sections = told.sections(one.body)
    return render(request, "consent/text.html", {"text": one, "sections": sections})
