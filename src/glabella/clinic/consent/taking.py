"""One sheet on which a consent is talked through and signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from glabella.clinic.consent import actions, queries
from glabella.clinic.consent.forms import ForForm, SignatureForm, ToldForm
from glabella.clinic.consent.models import Consent
from glabella.clinic.links.guard import LinkRequest
from glabella.clinic.links.models import PatientLink
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.guard import ClinicRequest
from glabella.errors import UserError


@dataclass(frozen=True, slots=True)
class Sheet:
    """The forms of the sheet, and what its page shows."""

    patient: Patient
    told: ToldForm
    signature: SignatureForm
    context: dict[str, Any]


def _chosen(request: ClinicRequest, patient: Patient) -> tuple[list[str], list[str]]:
    """What the consent is for: as chosen on the page, or else what is on the chart."""
    typed = request.POST or request.GET
    if "areas" in typed or "products" in typed:
        return typed.getlist("areas"), typed.getlist("products")
    chart = queries.chart_of(patient, request.member)
    if chart is None:
        return [], []
    return sorted(chart.areas), sorted(chart.products)


def sheet(request: ClinicRequest, patient: Patient) -> Sheet:
    areas, products = _chosen(request, patient)
    known = ForForm({"areas": areas, "products": products}, also=areas)
    if not known.is_valid():
        areas = products = []
    context = queries.new_context(patient, areas, products)
    first = {"areas": areas, "products": products}
    told = ToldForm(
        request.POST or None, initial=first, chosen_areas=areas, chosen_products=products
    )
    signing = request.POST if "sign" in request.POST else None
    kept = request.POST.dict() if request.method == "POST" else {}
    initial = SignatureForm.first(patient, minor=context["minor"]) | kept
    form = SignatureForm(signing, initial=initial)
    context |= {"form": told, "signature": form, "ready": bool(areas and products)}
    context |= {"areas": areas, "products": products}
    return Sheet(patient, told, form, context)


def submitted(request: ClinicRequest, sheet: Sheet) -> Consent | None:
    """Keep what was talked through, and the signature with it; None where something is open."""
    if request.method != "POST":
        return None
    signs = "sign" in request.POST
    if not all([sheet.told.is_valid(), not signs or sheet.signature.is_valid()]):
        return None
    told, by = sheet.told.cleaned_data, request.member
    try:
        if not signs:
            return actions.tell(patient=sheet.patient, by=by, **told)
        signed = sheet.signature.cleaned_data
        return actions.take_in_one(patient=sheet.patient, told=told, signed=signed, by=by)
    except UserError as refusal:
        sheet.told.add_error(None, str(refusal))
        return None


def link_to_sign(request: ClinicRequest, consent: Consent) -> tuple[str, bool]:
    """The address on which the patient signs, and whether a message carries it."""
    token = actions.invite_to_sign(consent=consent, by=request.member)
    url = request.build_absolute_uri(reverse("consent:sign", args=[token]))
    if "by_mail" not in request.POST:
        return url, False
    actions.mail_link(consent=consent, url=url, by=request.member)
    return url, True


def consent_of(link: PatientLink) -> Consent:
    return queries.consents().get(pk=link.subject_id or 0, patient=link.patient_id)


def signed_by_link(request: LinkRequest, form: SignatureForm, consent: Consent) -> bool:
    """Whether the patient has signed; what is refused becomes a message of the form."""
    if not _posted(request) or not form.is_valid():
        return False
    try:
        actions.sign_by_link(link=request.link, consent=consent, **form.cleaned_data)
    except UserError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _posted(request: HttpRequest) -> bool:
    return request.method == "POST"
