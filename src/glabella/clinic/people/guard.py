"""What lets a view run: somebody is signed in, and their role includes what the view does."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Permission

P = ParamSpec("P")


class ClinicRequest(HttpRequest):
    """A request that has passed `needs`: somebody is signed in and allowed."""

    member: Member


def _signed_out(request: HttpRequest, *, json: bool) -> HttpResponseBase:
    if not json:
        return redirect_to_login(request.get_full_path())
    # The page that was being charted is where to come back to; it keeps its points meanwhile.
    sign_in = reverse(settings.LOGIN_URL)
    error = (
        "You are signed out. Sign in again in another tab, then go on: your points are kept here."
    )
    return JsonResponse({"error": error, "sign_in": sign_in}, status=401)


def needs(
    permission: Permission, *, json: bool = False
) -> Callable[
    [Callable[Concatenate[ClinicRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Let a view run only for a member with this permission; JSON views answer in JSON."""

    def decorate(
        view: Callable[Concatenate[ClinicRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _signed_out(request, json=json)
            member = getattr(request.user, "member", None)
            if member is None:
                raise PermissionDenied("This account is not a member of the clinic.")
            try:
                member.require(permission)
            except NotAllowed as refusal:
                if json:
                    return JsonResponse({"error": str(refusal)}, status=403)
                raise PermissionDenied(str(refusal)) from refusal
            admitted = cast("ClinicRequest", request)
            admitted.member = member
            answer = view(admitted, *args, **kwargs)
            # After signing out, the back button of a shared tablet shows nothing.
            add_never_cache_headers(answer)
            return answer

        # The test that walks all addresses and roles reads the permission here.
        cast("Any", guarded).permission = permission
        return guarded

    return decorate
