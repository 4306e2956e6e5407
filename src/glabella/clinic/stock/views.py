"""Pages of the stock."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.forms import form_page, submit
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock import actions, queries
from glabella.clinic.stock.forms import DiscardForm, OpenForm, ReceiveForm
from glabella.clinic.stock.models import Vial


@needs(Permission.SEE_STOCK)
@require_safe
def stock_list(request: ClinicRequest) -> HttpResponse:
    show = request.GET.get("show", "")
    clinic, number = request.member.clinic_id, request.GET.get("page", "")
    page = queries.stock_page(clinic, show=show, number=number)
    rows = queries.rows(page, timezone.now())
    return render(request, "stock/list.html", {"page": page, "rows": rows, "show": show})


@needs(Permission.RECEIVE_VIALS)
@require_http_methods(["GET", "POST"])
def receive(request: ClinicRequest) -> HttpResponse:
    form = ReceiveForm(request.POST or None)
    vial = submit(request, form, actions.receive_vial, by=request.member)
    if vial is None:
        return form_page(request, "stock/receive.html", form=form)
    messages.success(request, f"Lot {vial.lot} is in stock.")
    return redirect("stock:vial", vial.pk)


def _vial_page(request: ClinicRequest, vial: Vial, **forms: Form) -> HttpResponse:
    shown = {"open_form": OpenForm(), "discard_form": DiscardForm()} | forms
    context = queries.vial_context(vial, now=timezone.now()) | shown
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "stock/vial.html", context, status=status)


@needs(Permission.SEE_STOCK)
@require_safe
def vial(request: ClinicRequest, vial_id: int) -> HttpResponse:
    return _vial_page(request, found(request, queries.vials(request.member.clinic_id), pk=vial_id))


@needs(Permission.OPEN_VIALS)
@require_POST
def open_vial(request: ClinicRequest, vial_id: int) -> HttpResponse:
    vial = found(request, queries.vials(request.member.clinic_id), pk=vial_id)
    form = OpenForm(request.POST)
    if submit(request, form, actions.open_vial, vial=vial, by=request.member) is None:
        return _vial_page(request, vial, open_form=form)
    messages.success(request, f"Lot {vial.lot} is open; its clock is running.")
    return redirect("stock:vial", vial_id)


@needs(Permission.DISCARD_VIALS)
@require_POST
def discard(request: ClinicRequest, vial_id: int) -> HttpResponse:
    vial = found(request, queries.vials(request.member.clinic_id), pk=vial_id)
    form = DiscardForm(request.POST)
    if submit(request, form, actions.discard_vial, vial=vial, by=request.member) is None:
        return _vial_page(request, vial, discard_form=form)
    messages.success(request, f"The rest of lot {vial.lot} is discarded.")
    return redirect("stock:vial", vial_id)
