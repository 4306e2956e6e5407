"""Pages of co-signing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.cosigning import actions, queries
from glabella.clinic.cosigning.forms import AskForm, ChangesForm, CosignForm
from glabella.clinic.forms import form_page, submit
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.treatments.queries import treatments
from glabella.errors import UserError


@needs(Permission.COSIGN)
@require_safe
def queue(request: ClinicRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "rows": queries.queue(request.member, now=now),
        "kept": queries.punctuality(request.member.clinic_id, now=now),
    }
    return render(request, "cosigning/queue.html", context)


@needs(Permission.COSIGN)
@require_POST
def cosign_all(request: ClinicRequest) -> HttpResponse:
    chosen = [int(one) for one in request.POST.getlist("treatment") if one.isdecimal()]
    found_all = [found(request, treatments(), pk=one) for one in chosen]
    try:
        done = actions.cosign_all(treatments=found_all, by=request.member)
        messages.success(request, f"{len(done)} co-signed.")
    except UserError as refusal:
        messages.error(request, str(refusal))
    return redirect("cosigning:queue")


@needs(Permission.COSIGN)
@require_http_methods(["GET", "POST"])
def cosign(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, treatments(), pk=treatment_id)
    # Bound also when nothing was typed: a co-signature needs no note.
    form = CosignForm(request.POST if request.method == "POST" else None)
    if submit(request, form, actions.cosign, treatment=treatment, by=request.member) is None:
        context = {"treatment": treatment, "changes": ChangesForm()}
        return form_page(request, "cosigning/cosign.html", form=form, **context)
    messages.success(request, "Co-signed.")
    return redirect("treatments:record", treatment_id)


@needs(Permission.COSIGN)
@require_POST
def changes(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, treatments(), pk=treatment_id)
    form = ChangesForm(request.POST)
    asked = submit(request, form, actions.ask_for_changes, treatment=treatment, by=request.member)
    if asked is None:
        context = {"treatment": treatment, "changes": form}
        return form_page(request, "cosigning/cosign.html", form=CosignForm(), **context)
    messages.success(request, f"{treatment.injector.display_name} is asked.")
    return redirect("treatments:record", treatment_id)


@needs(Permission.SIGN)
@require_http_methods(["GET", "POST"])
def ask(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, treatments(), pk=treatment_id, state="signed")
    able = queries.supervisors(request.member.clinic_id)
    form = AskForm(request.POST or None, supervisors=able)
    asked = submit(
        request, form, actions.ask_for_cosignature, treatment=treatment, by=request.member
    )
    if asked is None:
        return form_page(request, "cosigning/ask.html", form=form, treatment=treatment)
    messages.success(request, "The co-signature is asked for.")
    return redirect("treatments:record", treatment_id)
