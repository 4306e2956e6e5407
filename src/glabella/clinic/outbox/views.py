"""Pages of the outbox and of the words of its messages."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.forms import form_page, submit
from glabella.clinic.outbox import actions, queries, sending
from glabella.clinic.outbox.carriers import CARRIERS
from glabella.clinic.outbox.forms import TemplateForm
from glabella.clinic.outbox.models import Message
from glabella.clinic.outbox.texts import BUILT_IN
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.errors import UserError


@needs(Permission.FOLLOW_UP)
@require_safe
def outbox(request: ClinicRequest) -> HttpResponse:
    context = queries.outbox_context(
        request.member,
        show=request.GET.get("show", ""),
        number=request.GET.get("page", ""),
        now=timezone.now(),
    )
    return render(request, "outbox/list.html", context)


@needs(Permission.FOLLOW_UP)
@require_safe
def message(request: ClinicRequest, message_id: int) -> HttpResponse:
    written = found(request, queries.messages_of(request.member.clinic_id), pk=message_id)
    return render(request, "outbox/message.html", {"row": queries.message_row(written)})


def _done(
    request: ClinicRequest, message_id: int, act: Callable[..., Message], words: str
) -> HttpResponse:
    written = found(request, queries.messages_of(request.member.clinic_id), pk=message_id)
    try:
        kept = act(message=written, by=request.member)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("outbox:message", message_id)
    messages.success(request, words)
    return redirect("outbox:message", kept.pk)


@needs(Permission.FOLLOW_UP)
@require_POST
def cancel(request: ClinicRequest, message_id: int) -> HttpResponse:
    return _done(request, message_id, actions.cancel_message, "Cancelled: it is not sent.")


@needs(Permission.FOLLOW_UP)
@require_POST
def resend(request: ClinicRequest, message_id: int) -> HttpResponse:
    return _done(request, message_id, actions.resend_message, "It is sent with the next round.")


@needs(Permission.FOLLOW_UP)
@require_POST
def delivered(request: ClinicRequest, message_id: int) -> HttpResponse:
    return _done(request, message_id, actions.mark_delivered, "Kept: the patient knows.")


@needs(Permission.FOLLOW_UP)
@require_POST
def send_now(request: ClinicRequest, message_id: int) -> HttpResponse:
    written = found(request, queries.messages_of(request.member.clinic_id), pk=message_id)
    if written.channel not in CARRIERS:
        messages.error(request, "This one is said by telephone.")
    elif sending.send_one(written, now=timezone.now()) is None:
        messages.error(request, "Somebody else is sending it, or it went already.")
    else:
        messages.info(request, f"{written.get_state_display()}. {written.problem}".strip())
    return redirect("outbox:message", message_id)


@needs(Permission.FOLLOW_UP)
@require_safe
def templates(request: ClinicRequest) -> HttpResponse:
    rows = queries.template_rows(request.member.clinic)
    return render(request, "outbox/templates.html", {"rows": rows})


@needs(Permission.EDIT_POLICY)
@require_http_methods(["GET", "POST"])
def template(request: ClinicRequest, message_kind: str) -> HttpResponse:
    if (kind := message_kind) not in BUILT_IN:
        raise Http404
    words = queries.words_of(request.member.clinic, kind)
    form = TemplateForm(request.POST or None, initial={"title": words.title, "body": words.body})
    if submit(request, form, actions.write_template, kind=kind, by=request.member) is None:
        known = queries.placeholders()
        return form_page(request, "outbox/template.html", form=form, words=words, known=known)
    messages.success(request, "The words are kept and used from now on.")
    return redirect("outbox:templates")


@needs(Permission.EDIT_POLICY)
@require_POST
def template_reset(request: ClinicRequest, message_kind: str) -> HttpResponse:
    actions.drop_template(kind=message_kind, by=request.member)
    messages.success(request, "The built-in words are used again.")
    return redirect("outbox:templates")
