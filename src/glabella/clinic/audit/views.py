"""The page of the trail."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from glabella.clinic.audit import queries
from glabella.clinic.people.guard import ClinicRequest, needs
from glabella.clinic.people.permissions import Permission


@needs(Permission.SEE_AUDIT)
@require_safe
def trail(request: ClinicRequest) -> HttpResponse:
    page = queries.trail_page(request.member.clinic, request.GET.get("page", ""))
    context = {"page": page, "rows": queries.trail_rows(page)}
    return render(request, "audit/trail.html", context)
