"""What is printed: the label of a vial, and cartons for trying the scanner."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock import labels, queries
from glabella.clinic.treatments.document import NoPdf


@needs(Permission.SEE_STOCK)
@require_safe
def label(request: ClinicRequest, vial_id: int) -> HttpResponse:
    vial = found(request, queries.vials(request.member.clinic_id), pk=vial_id)
    return render(request, "stock/label.html", labels.label_context(vial, now=timezone.now()))


@needs(Permission.SEE_STOCK)
@require_safe
def label_pdf(request: ClinicRequest, vial_id: int) -> HttpResponse:
    vial = found(request, queries.vials(request.member.clinic_id), pk=vial_id)
    try:
        printed = labels.label_pdf(vial, now=timezone.now())
    except NoPdf as refusal:
        return render(request, "treatments/no_pdf.html", {"words": refusal}, status=503)
    name = f'inline; filename="{vial.number}.pdf"'
    return HttpResponse(printed, "application/pdf", headers={"Content-Disposition": name})


@needs(Permission.RECEIVE_VIALS)
@require_safe
def practice(request: ClinicRequest) -> HttpResponse:
    cartons = labels.practice_cartons(today=timezone.localdate())
    return render(request, "stock/practice.html", {"cartons": cartons})
