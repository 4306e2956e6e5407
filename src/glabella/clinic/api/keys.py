"""Who calls: a token in the header, or the session of somebody who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.security import APIKeyCookie, HttpBearer

from glabella.clinic.api import rules
from glabella.clinic.api.actions import note_use
from glabella.clinic.api.models import ApiToken
from glabella.clinic.audit.actions import note_viewings
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Permission
from glabella.clinic.records import ClinicModel, M, of_clinic
from glabella.clinic.signin.policy import lacks_second_factor


@dataclass(frozen=True, slots=True)
class Caller:
    """The member whom a request acts for."""

    member: Member
    page: str

    def see(self, *records: ClinicModel) -> None:
        """Keep in the trail that these were looked at."""
        note_viewings(records=records, page=self.page, by=self.member)

    def find(self, records: QuerySet[M], key: int) -> M:
        """One record of the own clinic; what belongs to another is not there."""
        one = of_clinic(records, self.member.clinic_id).filter(pk=key).first()
        if one is None:
            raise HttpError(404, "There is no such record in your clinic.")
        return one


def caller(request: HttpRequest) -> Caller:
    """What the guard below left on the request."""
    return cast("Caller", cast("Any", request).auth)


class _Guard:
    """The permission that an address asks for."""

    permission: Permission

    def admit(self, request: HttpRequest, member: Member, token: ApiToken | None) -> Caller:
        if not member.may(self.permission):
            refusal = NotAllowed.of(member.display_name, member.roles, self.permission)
            raise HttpError(403, str(refusal))
        if token is not None and not token.may(self.permission):
            raise HttpError(403, f"This token may not {self.permission}. Make one that may.")
        if lacks_second_factor(member):
            raise HttpError(403, "Your clinic asks for a second factor in your role. Add one.")
        where = request.resolver_match
        return Caller(member, f"api:{where.url_name}" if where and where.url_name else "api")


class ByToken(_Guard, HttpBearer):
    def __init__(self, permission: Permission) -> None:
        super().__init__()
        self.permission = permission

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        held = (
            ApiToken.objects.select_related("member__user", "member__clinic")
            .filter(digest=rules.digest(token))
            .first()
        )
        if held is None:
            raise HttpError(401, "This token is not known here.")
        now = timezone.now()
        if words := rules.why_closed(held, now=now):
            raise HttpError(401, words)
        admitted = self.admit(request, held.member, held)
        note_use(token=held, by=held.member, at=now)
        return admitted


class BySession(_Guard, APIKeyCookie):
    """A page's own scripts; what they write carries the page's token against forgery."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, permission: Permission) -> None:
        super().__init__()
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Who is signed out is told so, before any page's token is asked for."""
        return super().__call__(request) if request.user.is_authenticated else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        member = getattr(request.user, "member", None)
        return self.admit(request, member, None) if member is not None else None


def needs(permission: Permission, **told: Any) -> dict[str, Any]:
    """Both ways in, for one permission, and the schema says which."""
    return {
        "auth": [ByToken(permission), BySession(permission)],
        "openapi_extra": {"x-permission": permission.value, **told},
    }
