"""What lets a view run: somebody is signed in, and their role includes what the view does."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from glabella.clinic.audit.actions import note_viewings
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Permission
from glabella.clinic.records import ClinicModel, M, of_clinic
from glabella.clinic.signin.freshness import ask_again, is_fresh
from glabella.clinic.signin.policy import lacks_second_factor

P = ParamSpec("P")


class ClinicRequest(HttpRequest):
    """A request that has passed `needs`: somebody is signed in and allowed.

    `looked_at` gathers the records that the page is about, for the trail.
    """

    member: Member
    looked_at: list[ClinicModel]


def member_of(request: HttpRequest) -> Member | None:
    """The member that is signed in, asked for once with the clinic."""
    if not request.user.is_authenticated:
        return None
    known: Member | None = getattr(request, "signed_in_member", None)
    if known is None:
        with_clinic = Member.objects.select_related("clinic", "user")
        known = with_clinic.filter(user=request.user.pk).first()
        request.signed_in_member = known  # type: ignore[attr-defined]
    return known


def found(request: ClinicRequest, records: QuerySet[M], **lookup: object) -> M:
    """The one record, or 404: what belongs to another clinic is not there.

    Every view takes its record by this, so that the clinics are walled off in one place.
    """
    record = get_object_or_404(of_clinic(records, request.member.clinic_id), **lookup)
    request.looked_at.append(record)
    return record


def _signed_out(request: HttpRequest, *, json: bool) -> HttpResponseBase:
    if not json:
        return redirect_to_login(request.get_full_path())
    # The page that was being charted is where to come back to; it keeps its points meanwhile.
    sign_in = reverse(settings.LOGIN_URL)
    error = (
        "You are signed out. Sign in again in another tab, then go on: your points are kept here."
    )
    return JsonResponse({"error": error, "sign_in": sign_in}, status=401)


def _refusal(member: Member, permission: Permission | None) -> str:
    """Why this member may not go on, in words; empty if they may."""
    if permission is None:
        return ""
    try:
        member.require(permission)
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def _without_factor(*, json: bool) -> HttpResponseBase:
    words = "Your clinic asks for a second factor in your role. Add one to your account to go on."
    if json:
        return JsonResponse({"error": words}, status=403)
    return redirect("signin:account")


def needs(
    permission: Permission | None, *, json: bool = False, fresh: bool = False
) -> Callable[
    [Callable[Concatenate[ClinicRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Let a view run only for a member with this permission; JSON views answer in JSON.

    No permission: any member, about their own account. `fresh`: who signed in a while ago is asked
    for the password again before it.
    """

    def decorate(
        view: Callable[Concatenate[ClinicRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _signed_out(request, json=json)
            member = member_of(request)
            if member is None:
                raise PermissionDenied("This account is not a member of the clinic.")
            if refusal := _refusal(member, permission):
                if json:
                    return JsonResponse({"error": refusal}, status=403)
                raise PermissionDenied(refusal)
            if permission is not None and lacks_second_factor(member):
                return _without_factor(json=json)
            if fresh and not is_fresh(request):
                return ask_again(request)
            admitted = cast("ClinicRequest", request)
            admitted.member, admitted.looked_at = member, []
            answer = view(admitted, *args, **kwargs)
            if admitted.looked_at and request.method == "GET" and answer.status_code == 200:
                assert request.resolver_match is not None
                page = request.resolver_match.view_name
                note_viewings(records=admitted.looked_at, page=page, by=member)
            # After signing out, the back button of a shared tablet shows nothing.
            add_never_cache_headers(answer)
            return answer

        # The test that walks all addresses and roles reads the permission here.
        told = cast("Any", guarded)
        told.permission, told.json, told.fresh = permission, json, fresh
        return guarded

    return decorate
