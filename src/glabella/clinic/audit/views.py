"""The pages of the trail: what was done, who looked, what was written past the actions."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from glabella.clinic.audit import queries
from glabella.clinic.audit.forms import TrailForm
from glabella.clinic.people.guard import ClinicRequest, needs
from glabella.clinic.people.permissions import Permission


@needs(Permission.SEE_AUDIT)
@require_safe
def trail(request: ClinicRequest) -> HttpResponse:
    clinic = request.member.clinic
    form = TrailForm(request.GET, clinic=clinic)
    page = queries.trail_page(clinic, form.asked(), request.GET.get("page", ""))
    context = {"page": page, "rows": queries.trail_rows(page), "form": form}
    return render(request, "audit/trail.html", context)


@needs(Permission.SEE_AUDIT)
@require_safe
def viewings(request: ClinicRequest) -> HttpResponse:
    clinic = request.member.clinic
    form = TrailForm(request.GET, clinic=clinic)
    page = queries.viewing_page(clinic, form.asked(), request.GET.get("page", ""))
    return render(request, "audit/viewings.html", {"page": page, "form": form})


@needs(Permission.SEE_AUDIT)
@require_safe
def raw_writes(request: ClinicRequest) -> HttpResponse:
    page = queries.raw_write_page(request.GET.get("page", ""))
    return render(request, "audit/raw_writes.html", {"page": page})
