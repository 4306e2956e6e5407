"""Who may do what: one list of permissions, one table of roles, one decorator for views."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from glabella.errors import RecordError

if TYPE_CHECKING:
    from glabella.clinic.people.models import Member

P = ParamSpec("P")


class Role(models.TextChoices):
    INJECTOR = "injector", "Injector"
    REVIEWER = "reviewer", "Reviewer"
    STOCK = "stock", "Stock keeper"
    OWNER = "owner", "Owner"


class Permission(StrEnum):
    """One thing that a role may do; the value completes "may …"."""

    SEE_TODAY = "see the day's page"
    SEE_PATIENTS = "see patients and their treatments"
    EDIT_PATIENTS = "add and edit patients"
    SEE_STOCK = "see the stock"
    RECEIVE_VIALS = "receive vials"
    OPEN_VIALS = "open and dilute vials"
    DISCARD_VIALS = "discard vials"
    CHART = "chart a treatment"
    SIGN = "sign a treatment"
    ADD_ADDENDA = "add an addendum"
    REVIEW = "review a treatment"
    SEE_AUDIT = "see the audit trail"


ROLES: dict[Role, frozenset[Permission]] = {
    Role.INJECTOR: frozenset(Permission) - {Permission.RECEIVE_VIALS, Permission.SEE_AUDIT},
    Role.REVIEWER: frozenset(
        {
            Permission.SEE_TODAY,
            Permission.SEE_PATIENTS,
            Permission.REVIEW,
            Permission.ADD_ADDENDA,
        }
    ),
    Role.STOCK: frozenset(
        {
            Permission.SEE_TODAY,
            Permission.SEE_STOCK,
            Permission.RECEIVE_VIALS,
            Permission.OPEN_VIALS,
            Permission.DISCARD_VIALS,
        }
    ),
    Role.OWNER: frozenset(
        {
            Permission.SEE_TODAY,
            Permission.SEE_PATIENTS,
            Permission.EDIT_PATIENTS,
            Permission.SEE_STOCK,
            Permission.RECEIVE_VIALS,
            Permission.DISCARD_VIALS,
            Permission.SEE_AUDIT,
        }
    ),
}


class NotAllowed(RecordError):
    """The member's role does not include this."""

    @classmethod
    def of(cls, name: str, role: Role, permission: Permission) -> NotAllowed:
        able = [str(other.label) for other in Role if permission in ROLES[other]]
        return cls(
            f"{name} ({role.label.lower()}) may not {permission}. "
            f"Ask somebody who may: {', '.join(able).lower()}."
        )


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
