"""Pages of the cold chain."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.coldchain import actions, queries
from glabella.clinic.coldchain.forms import FileForm, HandForm, PlaceForm
from glabella.clinic.coldchain.models import Origin
from glabella.clinic.forms import form_page, submit
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock import holding
from glabella.clinic.stock.models import Place
from glabella.clinic.stock.queries import in_cupboard


@needs(Permission.SEE_STOCK)
@require_safe
def places(request: ClinicRequest) -> HttpResponse:
    clinic = request.member.clinic
    actions.watch_places(clinic=clinic, by=None)
    context = {
        "rows": queries.place_rows(clinic.pk),
        "excursions": queries.excursions(clinic.pk)[:20],
    }
    return render(request, "coldchain/places.html", context)


@needs(Permission.COUNT_STOCK)
@require_http_methods(["GET", "POST"])
def add(request: ClinicRequest) -> HttpResponse:
    form = PlaceForm(request.POST or None)
    place = submit(request, form, holding.add_place, by=request.member)
    if place is None:
        return form_page(request, "coldchain/add.html", form=form)
    messages.success(request, f"{place.name} is on the list. Put vials into it.")
    return redirect("coldchain:place", place.pk)


def _page(request: ClinicRequest, place: Place, **sent: Any) -> HttpResponse:
    shown = {"hand_form": HandForm(), "file_form": FileForm(), "logger_key": ""} | sent
    refused = any(one.errors for one in sent.values() if isinstance(one, BaseForm))
    context = queries.place_context(place, now=timezone.now()) | shown
    return render(request, "coldchain/place.html", context, status=422 if refused else 200)


@needs(Permission.SEE_STOCK)
@require_safe
def place(request: ClinicRequest, place_id: int) -> HttpResponse:
    actions.watch_places(clinic=request.member.clinic, by=None)
    return _page(request, found(request, Place.objects.all(), pk=place_id))


@needs(Permission.COUNT_STOCK)
@require_POST
def read(request: ClinicRequest, place_id: int) -> HttpResponse:
    place = found(request, Place.objects.all(), pk=place_id)
    form = HandForm(request.POST)
    if submit(request, form, actions.read_by_hand, place=place, by=request.member) is None:
        return _page(request, place, hand_form=form)
    return redirect("coldchain:place", place_id)


@needs(Permission.COUNT_STOCK)
@require_POST
def upload(request: ClinicRequest, place_id: int) -> HttpResponse:
    place = found(request, Place.objects.all(), pk=place_id)
    form = FileForm(request.POST, request.FILES)
    told = {"place": place, "origin": Origin.FILE, "by": request.member}
    new = submit(request, form, actions.add_readings, **told)
    if new is None:
        return _page(request, place, file_form=form)
    messages.success(request, f"{new} new readings are kept.")
    return redirect("coldchain:place", place_id)


@needs(Permission.COUNT_STOCK)
@require_POST
def key(request: ClinicRequest, place_id: int) -> HttpResponse:
    place = found(request, Place.objects.all(), pk=place_id)
    return _page(request, place, logger_key=holding.give_logger_key(place=place, by=request.member))


@needs(Permission.COUNT_STOCK)
@require_POST
def move(request: ClinicRequest, place_id: int) -> HttpResponse:
    place = found(request, Place.objects.all(), pk=place_id)
    chosen = [int(one) for one in request.POST.getlist("vial") if one.isdecimal()]
    vials = list(in_cupboard(request.member.clinic_id).filter(pk__in=chosen))
    holding.move_vials(vials=vials, place=place, by=request.member)
    messages.success(request, f"{len(vials)} vials are now in {place.name}.")
    return redirect("coldchain:place", place_id)
