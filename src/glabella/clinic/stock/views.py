"""Pages of the stock: the list, and what is done with one vial."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from glabella.clinic.forms import submit
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock import actions, forms, holding, queries
from glabella.clinic.stock.models import Quarantine, Vial
from glabella.clinic.stock.story import vial_context


@needs(Permission.SEE_STOCK)
@require_safe
def stock_list(request: ClinicRequest) -> HttpResponse:
    show = request.GET.get("show", "")
    clinic, number = request.member.clinic_id, request.GET.get("page", "")
    page = queries.stock_page(clinic, show=show, number=number)
    rows = queries.rows(page, timezone.now())
    return render(request, "stock/list.html", {"page": page, "rows": rows, "show": show})


def _blank(vial: Vial) -> dict[str, BaseForm]:
    """The forms of a vial's page before anything was sent."""
    return {
        "open_form": forms.OpenForm(initial={"diluent_lot": queries.last_diluent_lot(vial)}),
        "discard_form": forms.DiscardForm(),
        "waste_form": forms.WasteForm(),
        "measure_form": forms.MeasureForm(),
        "explain_form": forms.ExplainForm(),
        "draw_up_form": forms.DrawUpForm(),
        "hold_form": forms.HoldForm(),
    }


def _vial_page(request: ClinicRequest, vial: Vial, **sent: BaseForm) -> HttpResponse:
    shown = _blank(vial) | sent
    for name, form in shown.items():
        # Several forms of the page ask why: each label names the field of its own form.
        form.auto_id = f"{name}-%s"
    context: dict[str, Any] = vial_context(vial, now=timezone.now()) | shown
    context["holds"] = [(stop, _release_form(stop, sent)) for stop in context["holds"]]
    context["witness_asked"] = request.member.clinic.witness_required
    status = 422 if any(form.errors for form in sent.values()) else 200
    return render(request, "stock/vial.html", context, status=status)


def _release_form(stop: Quarantine, sent: dict[str, BaseForm]) -> BaseForm:
    form = forms.ReleaseForm(sent["release_form"].data if "release_form" in sent else None)
    form.auto_id = f"release-{stop.pk}-%s"
    for error in sent["release_form"].non_field_errors() if "release_form" in sent else []:
        form.add_error(None, error)
    return form


def _done(
    request: ClinicRequest, vial_id: int, name: str, form: BaseForm, action: Callable[..., Any]
) -> Vial | HttpResponse:
    """The vial after the action, or its page with the form that was refused."""
    vial = found(request, queries.vials(request.member.clinic_id), pk=vial_id)
    if submit(request, form, action, vial=vial, by=request.member) is None:
        return _vial_page(request, vial, **{name: form})
    return vial


def _back(request: ClinicRequest, answer: Vial | HttpResponse, words: str) -> HttpResponse:
    if isinstance(answer, HttpResponse):
        return answer
    messages.success(request, words.format(vial=answer))
    return redirect("stock:vial", answer.pk)


@needs(Permission.SEE_STOCK)
@require_safe
def vial(request: ClinicRequest, vial_id: int) -> HttpResponse:
    return _vial_page(request, found(request, queries.vials(request.member.clinic_id), pk=vial_id))


@needs(Permission.OPEN_VIALS)
@require_POST
def open_vial(request: ClinicRequest, vial_id: int) -> HttpResponse:
    form = forms.OpenForm(request.POST)
    done = _done(request, vial_id, "open_form", form, actions.open_vial)
    return _back(request, done, "Lot {vial.lot} is open; its clock is running.")


@needs(Permission.OPEN_VIALS)
@require_POST
def draw_up(request: ClinicRequest, vial_id: int) -> HttpResponse:
    form = forms.DrawUpForm(request.POST)
    done = _done(request, vial_id, "draw_up_form", form, actions.draw_up)
    return _back(request, done, "The syringes are counted.")


@needs(Permission.DISCARD_VIALS)
@require_POST
def waste(request: ClinicRequest, vial_id: int) -> HttpResponse:
    form = forms.WasteForm(request.POST, request=request)
    done = _done(request, vial_id, "waste_form", form, actions.waste_units)
    return _back(request, done, "The waste of lot {vial.lot} is written down.")


@needs(Permission.DISCARD_VIALS)
@require_POST
def discard(request: ClinicRequest, vial_id: int) -> HttpResponse:
    form = forms.DiscardForm(request.POST, request=request)
    done = _done(request, vial_id, "discard_form", form, actions.discard_vial)
    return _back(request, done, "The rest of lot {vial.lot} is discarded.")


@needs(Permission.DISCARD_VIALS)
@require_POST
def measure(request: ClinicRequest, vial_id: int) -> HttpResponse:
    form = forms.MeasureForm(request.POST)
    done = _done(request, vial_id, "measure_form", form, holding.measure_vial)
    return _back(request, done, "What was found in lot {vial.lot} is written down.")


@needs(Permission.COUNT_STOCK)
@require_POST
def explain(request: ClinicRequest, vial_id: int) -> HttpResponse:
    form = forms.ExplainForm(request.POST)
    done = _done(request, vial_id, "explain_form", form, holding.explain_difference)
    return _back(request, done, "The difference is explained.")


@needs(Permission.DISCARD_VIALS)
@require_POST
def hold(request: ClinicRequest, vial_id: int) -> HttpResponse:
    form = forms.HoldForm(request.POST)
    done = _done(request, vial_id, "hold_form", form, holding.quarantine_vial)
    return _back(request, done, "Lot {vial.lot} is in quarantine: nothing can be drawn from it.")


@needs(Permission.COUNT_STOCK)
@require_POST
def release(request: ClinicRequest, quarantine_id: int) -> HttpResponse:
    stop = found(request, Quarantine.objects.select_related("vial"), pk=quarantine_id)
    form = forms.ReleaseForm(request.POST)
    if submit(request, form, holding.release_vial, quarantine=stop, by=request.member) is None:
        vial = queries.vials(request.member.clinic_id).get(pk=stop.vial_id)
        return _vial_page(request, vial, release_form=form)
    messages.success(request, "The quarantine is ended, with your name and reason.")
    return redirect("stock:vial", stop.vial_id)
