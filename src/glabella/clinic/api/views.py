"""Pages of the API."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.api import actions, queries
from glabella.clinic.api.forms import TokenForm
from glabella.clinic.api.models import ApiToken
from glabella.clinic.api.wire import service
from glabella.clinic.forms import form_page, submit
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.errors import UserError


@needs(Permission.SEE_TODAY, fresh=True)
@require_http_methods(["GET", "POST"])
def tokens(request: ClinicRequest) -> HttpResponse:
    form = TokenForm(request.POST or None, member=request.member)
    made = submit(request, form, actions.make_token, by=request.member)
    rows = queries.token_rows(request.member)
    if made is None:
        return form_page(request, "api/tokens.html", form=form, rows=rows)
    empty = TokenForm(member=request.member)
    context = {"form": empty, "rows": rows, "secret": made[1], "made": made[0]}
    return render(request, "api/tokens.html", context)


@needs(Permission.SEE_TODAY)
@require_POST
def revoke(request: ClinicRequest, token_id: int) -> HttpResponse:
    token = found(request, ApiToken.objects.select_related("member"), pk=token_id)
    try:
        actions.revoke_token(token=token, by=request.member)
        messages.success(request, f"{token.name}: the token opens nothing any more.")
    except UserError as refusal:
        messages.error(request, str(refusal))
    return redirect("api:tokens")


@needs(Permission.SEE_TODAY)
@require_safe
def addresses(request: ClinicRequest) -> HttpResponse:
    return render(
        request,
        "api/addresses.html",
        {"parts": queries.address_parts(service.get_openapi_schema())},
    )
