"""Pages of recalls, and the one page that a patient sees."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.forms import form_page, submit
from glabella.clinic.links.guard import LinkRequest, by_link
from glabella.clinic.links.models import Purpose
from glabella.clinic.lot_recalls import actions, queries, report
from glabella.clinic.lot_recalls.forms import EndForm, RecallForm, TryForm
from glabella.clinic.lot_recalls.models import RecallContact
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock.models import LotRecall
from glabella.clinic.treatments.document import NoPdf
from glabella.errors import UserError


@needs(Permission.SEE_STOCK)
@require_safe
def recalls(request: ClinicRequest) -> HttpResponse:
    rows = queries.recalls(request.member.clinic_id)
    return render(request, "lot_recalls/list.html", {"recalls": rows})


@needs(Permission.RECALL_LOTS)
@require_http_methods(["GET", "POST"])
def start(request: ClinicRequest) -> HttpResponse:
    asked = {name: request.GET[name] for name in ("product", "lot") if name in request.GET}
    form = RecallForm(request.POST or None, initial=asked)
    recall = submit(request, form, actions.start_recall, by=request.member)
    if recall is None:
        return form_page(request, "lot_recalls/start.html", form=form)
    messages.success(request, f"{recall} has started.")
    return redirect("lot_recalls:recall", recall.pk)


def _page(request: ClinicRequest, recall: LotRecall, **sent: BaseForm) -> HttpResponse:
    shown = {"try_form": TryForm(auto_id=False), "end_form": EndForm()} | sent
    refused = any(form.errors for form in sent.values())
    context = queries.recall_context(recall, now=timezone.now()) | shown
    return render(request, "lot_recalls/recall.html", context, status=422 if refused else 200)


def _recall(request: ClinicRequest, lot_recall_id: int) -> LotRecall:
    chosen = LotRecall.objects.select_related("clinic", "started_by", "ended_by")
    return found(request, chosen, pk=lot_recall_id)


@needs(Permission.RECALL_LOTS)
@require_safe
def recall(request: ClinicRequest, lot_recall_id: int) -> HttpResponse:
    return _page(request, _recall(request, lot_recall_id))


@needs(Permission.RECALL_LOTS)
@require_safe
def pdf(request: ClinicRequest, lot_recall_id: int) -> HttpResponse:
    chosen = _recall(request, lot_recall_id)
    try:
        printed = report.recall_pdf(chosen, now=timezone.now())
    except NoPdf as refusal:
        return render(request, "treatments/no_pdf.html", {"words": refusal}, status=503)
    name = f'inline; filename="recall-{chosen.pk}.pdf"'
    return HttpResponse(printed, "application/pdf", headers={"Content-Disposition": name})


def _url_of(request: HttpRequest) -> Callable[[str], str]:
    return lambda token: request.build_absolute_uri(reverse("lot_recalls:answer", args=[token]))


@needs(Permission.RECALL_LOTS)
@require_POST
def send_all(request: ClinicRequest, lot_recall_id: int) -> HttpResponse:
    chosen = _recall(request, lot_recall_id)
    url_of = _url_of(request)
    sent, unreached = actions.send_to_all(recall=chosen, url_of=url_of, by=request.member)
    messages.success(
        request, f"{sent} patients {'would be' if chosen.drill else 'are'} written to."
    )
    if unreached:
        messages.warning(request, f"No address or number: {', '.join(unreached)}. Write a letter.")
    return redirect("lot_recalls:recall", lot_recall_id)


def _contact(request: ClinicRequest, recall_contact_id: int) -> RecallContact:
    chosen = RecallContact.objects.select_related("recall__clinic", "patient__clinic")
    return found(request, chosen, pk=recall_contact_id)


@needs(Permission.RECALL_LOTS)
@require_POST
def send(request: ClinicRequest, recall_contact_id: int) -> HttpResponse:
    contact = _contact(request, recall_contact_id)
    try:
        actions.send_message(contact=contact, url_of=_url_of(request), by=request.member)
    except UserError as refusal:
        messages.error(request, str(refusal))
    return redirect("lot_recalls:recall", contact.recall_id)


@needs(Permission.RECALL_LOTS)
@require_POST
def attempt(request: ClinicRequest, recall_contact_id: int) -> HttpResponse:
    contact = _contact(request, recall_contact_id)
    form = TryForm(request.POST, auto_id=False)
    told = {"contact": contact, "by": request.member}
    if submit(request, form, actions.record_try, **told) is None:
        return _page(request, contact.recall, try_form=form)
    return redirect("lot_recalls:recall", contact.recall_id)


@needs(Permission.RECALL_LOTS)
@require_POST
def end(request: ClinicRequest, lot_recall_id: int) -> HttpResponse:
    chosen = _recall(request, lot_recall_id)
    form = EndForm(request.POST)
    if submit(request, form, actions.end_recall, recall=chosen, by=request.member) is None:
        return _page(request, chosen, end_form=form)
    return redirect("lot_recalls:recall", lot_recall_id)


@by_link(Purpose.LOT_RECALL)
@require_http_methods(["GET", "POST"])
def answer(request: LinkRequest) -> HttpResponse:
    contact = queries.contact_of(request.link)
    context = {"recall": contact.recall, "clinic": contact.recall.clinic, "done": False}
    if request.method == "POST":
        actions.acknowledge(link=request.link)
        context["done"] = True
    return render(request, "lot_recalls/answer.html", context)
