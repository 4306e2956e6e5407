"""The day's page, and pages for what went wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from glabella.clinic.people import today as day
from glabella.clinic.people.guard import ClinicRequest, needs
from glabella.clinic.people.permissions import Permission


@needs(Permission.SEE_TODAY)
@require_safe
def today(request: ClinicRequest) -> HttpResponse:
    context = {"page": day.today_page(request.member, now=timezone.now())}
    return render(request, "people/today.html", context)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page was too old, in words or in JSON."""
    words = "This page was open too long to be safe. Go back, reload it, and send it again."
    if "application/json" in request.headers.get("Content-Type", ""):
        return JsonResponse({"error": words}, status=403)
    return render(request, "403.html", {"exception": words}, status=403)
