"""Pages of counts, levels, the emergency kit, the day's sheet and usage."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.forms import form_page, submit
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock.models import DifferenceReason
from glabella.clinic.stocktake import actions, queries
from glabella.clinic.stocktake.forms import KitForm, ParForm, read_entries, read_reasons
from glabella.clinic.stocktake.models import StockCount
from glabella.clinic.stocktake.usage import UsageRow, usage_csv, usage_rows
from glabella.errors import UserError

YEAR = timedelta(days=366)


@needs(Permission.SEE_STOCK)
@require_safe
def counts(request: ClinicRequest) -> HttpResponse:
    rows = queries.counts(request.member.clinic_id)
    return render(request, "stocktake/counts.html", {"counts": rows})


@needs(Permission.COUNT_STOCK)
@require_POST
def start(request: ClinicRequest) -> HttpResponse:
    return redirect("stocktake:count", actions.start_count(by=request.member).pk)


def _count_page(
    request: ClinicRequest, count: StockCount, refused: str = "", *, compare: bool = False
) -> HttpResponse:
    context = {
        "count": count,
        "rows": queries.line_rows(count),
        "refused": refused,
        "sent": request.POST,
        "reasons": [one for one in DifferenceReason.choices if one[0]],
    }
    page = "stocktake/compare.html" if compare or count.signed_at else "stocktake/count.html"
    return render(request, page, context, status=422 if refused else 200)


@needs(Permission.COUNT_STOCK)
@require_http_methods(["GET", "POST"])
def count(request: ClinicRequest, stock_count_id: int) -> HttpResponse:
    chosen = found(request, StockCount.objects.select_related("signed_by"), pk=stock_count_id)
    if request.method != "POST":
        return _count_page(request, chosen)
    numbers = {one.pk: one.vial.number for one in chosen.lines.select_related("vial")}
    try:
        entries = read_entries(request.POST.dict(), numbers)
        actions.enter_count(count=chosen, entries=entries, by=request.member)
    except UserError as refusal:
        return _count_page(request, chosen, str(refusal))
    return redirect("stocktake:compare", stock_count_id)


@needs(Permission.COUNT_STOCK)
@require_http_methods(["GET", "POST"])
def compare(request: ClinicRequest, stock_count_id: int) -> HttpResponse:
    chosen = found(request, StockCount.objects.select_related("signed_by"), pk=stock_count_id)
    if request.method != "POST":
        return _count_page(request, chosen, compare=True)
    reasons = read_reasons(request.POST.dict(), list(chosen.lines.values_list("pk", flat=True)))
    try:
        actions.sign_count(count=chosen, reasons=reasons, by=request.member)
    except UserError as refusal:
        return _count_page(request, chosen, str(refusal), compare=True)
    messages.success(request, "The count is signed.")
    return redirect("stocktake:count", stock_count_id)


@needs(Permission.COUNT_STOCK)
@require_http_methods(["GET", "POST"])
def levels(request: ClinicRequest) -> HttpResponse:
    form = ParForm(request.POST or None)
    if submit(request, form, actions.set_par_level, by=request.member) is not None:
        return redirect("stocktake:levels")
    rows = queries.reorder_rows(request.member.clinic_id, today=timezone.localdate())
    return form_page(request, "stocktake/levels.html", form=form, rows=rows)


@needs(Permission.COUNT_STOCK)
@require_http_methods(["GET", "POST"])
def kit(request: ClinicRequest) -> HttpResponse:
    form = KitForm(request.POST or None)
    if submit(request, form, actions.keep_kit_item, by=request.member) is not None:
        return redirect("stocktake:kit")
    rows = queries.kit_rows(request.member.clinic_id, today=timezone.localdate())
    return form_page(request, "stocktake/kit.html", form=form, rows=rows)


@needs(Permission.SEE_STOCK)
@require_safe
def day(request: ClinicRequest) -> HttpResponse:
    chosen = _date(request.GET.get("day", "")) or timezone.localdate()
    rows = queries.day_sheet(request.member.clinic_id, chosen)
    return render(request, "stocktake/day.html", {"day": chosen, "rows": rows})


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _usage(request: ClinicRequest) -> list[UsageRow]:
    now = timezone.now()
    return usage_rows(request.member.clinic_id, since=now - YEAR, until=now)


@needs(Permission.SEE_STOCK)
@require_safe
def usage(request: ClinicRequest) -> HttpResponse:
    return render(request, "stocktake/usage.html", {"rows": _usage(request)})


@needs(Permission.SEE_STOCK)
@require_safe
def usage_file(request: ClinicRequest) -> HttpResponse:
    name = f'attachment; filename="usage-{timezone.localdate():%Y-%m-%d}.csv"'
    headers = {"Content-Disposition": name}
    return HttpResponse(usage_csv(_usage(request)), "text/csv; charset=utf-8", headers=headers)
