"""Pages on which vials come in: receiving, scanning, suppliers, and a vial found by its label."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.forms import form_page, submit
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock import actions, holding, queries, reading, scanning
from glabella.clinic.stock.forms import CartonForm, CartonSet, DeliveryForm, SupplierForm
from glabella.clinic.stock.models import Delivery, Supplier, Vial
from glabella.errors import RecordError, UserError


def _received(request: ClinicRequest, delivery: BaseForm, cartons: Any) -> list[Vial] | None:
    if request.method != "POST" or not all([delivery.is_valid(), cartons.is_valid()]):
        return None
    try:
        kept = delivery.cleaned_data
        return actions.receive_vials(cartons=cartons.cartons(), by=request.member, **kept)
    except UserError as refusal:
        delivery.add_error(None, str(refusal))
        return None


@needs(Permission.RECEIVE_VIALS)
@require_http_methods(["GET", "POST"])
def receive(request: ClinicRequest) -> HttpResponse:
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = DeliveryForm(*data, clinic=request.member.clinic_id)
    cartons = CartonSet(data[0], prefix="vial")
    taken = _received(request, form, cartons)
    if taken is None:
        blank = CartonForm(prefix="vial-__prefix__")
        status = 422 if form.errors or cartons.total_error_count() else 200
        context = {"form": form, "cartons": cartons, "blank": blank}
        return render(request, "stock/receive.html", context, status=status)
    _say(request, taken)
    return redirect("stock:delivery", taken[0].delivery_id)


def _say(request: ClinicRequest, taken: list[Vial]) -> None:
    stopped = [vial.number for vial in taken if vial.held]
    many = "1 vial is" if len(taken) == 1 else f"{len(taken)} vials are"
    messages.success(request, f"{many} in stock.")
    if stopped:
        words = "is stopped" if len(stopped) == 1 else "are stopped"
        messages.error(request, f"{', '.join(stopped)} {words}: see why below.")


@needs(Permission.RECEIVE_VIALS, json=True)
@require_POST
def scan(request: ClinicRequest) -> HttpResponse:
    picture = request.FILES.get("picture")
    try:
        sent = request.POST.get("text", "")
        codes = scanning.read_picture(picture.read()) if picture else [sent]
    except RecordError as refusal:
        return JsonResponse({"cartons": [], "error": str(refusal)}, status=422)
    found_all = reading.answer(request.member.clinic_id, codes, today=timezone.localdate())
    return JsonResponse(found_all, status=200 if found_all["cartons"] else 422)


@needs(Permission.SEE_STOCK)
@require_safe
def delivery(request: ClinicRequest, delivery_id: int) -> HttpResponse:
    chosen = Delivery.objects.select_related("supplier__licence_checked_by", "received_by")
    one = found(request, chosen.defer("photo"), pk=delivery_id)
    context = queries.delivery_context(one, now=timezone.now())
    return render(request, "stock/delivery.html", context)


@needs(Permission.SEE_STOCK)
@require_safe
def delivery_photo(request: ClinicRequest, delivery_id: int) -> HttpResponse:
    one = found(request, Delivery.objects.exclude(photo=b""), pk=delivery_id)
    return HttpResponse(bytes(one.photo), content_type="image/jpeg")


@needs(Permission.RECEIVE_VIALS)
@require_http_methods(["GET", "POST"])
def suppliers(request: ClinicRequest) -> HttpResponse:
    form = SupplierForm(request.POST or None)
    supplier = submit(request, form, holding.add_supplier, by=request.member)
    if supplier is None:
        known = Supplier.objects.filter(clinic=request.member.clinic_id)
        rows = known.select_related("licence_checked_by")
        return form_page(request, "stock/suppliers.html", form=form, suppliers=rows)
    messages.success(request, f"{supplier.name} is on the list.")
    return redirect("stock:suppliers")


@needs(Permission.SEE_STOCK)
@require_safe
def find(request: ClinicRequest) -> HttpResponse:
    vial = queries.vial_of_code(request.member.clinic_id, request.GET.get("code", ""))
    if vial is None:
        messages.error(request, "No vial of this clinic has that number, serial number or lot.")
        return redirect("stock:list")
    return redirect("stock:vial", vial.pk)
