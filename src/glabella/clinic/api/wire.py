"""The API put together: its addresses, its version, and errors in words."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from glabella.clinic.api import house, model, record
from glabella.clinic.people.permissions import NotAllowed
from glabella.errors import GlabellaError, ModelError, UserError

# Words of the framework that a person could not act on.
IN_WORDS = {
    401: "Sign in, or send a token: Authorization: Bearer glb_…",
    400: "What was sent is not JSON. Send an object, in UTF-8.",
}
OF_THE_FRAMEWORK = ("Unauthorized", "Cannot parse request body")

service = NinjaAPI(
    title="Glabella",
    version="1",
    description="The record of one clinic, for its own programs. Units belong to their product.",
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url="openapi.json",
)
for part in (record, house, model):
    service.add_router("", part.router)


def _problem(request: HttpRequest, status: int, error: str, where: str = "") -> HttpResponse:
    return service.create_response(request, {"error": error, "where": where}, status=status)


@service.exception_handler(HttpError)
def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    foreign = str(error).startswith(OF_THE_FRAMEWORK)
    words = IN_WORDS[error.status_code] if foreign else str(error)
    return _problem(request, error.status_code, words)


@service.exception_handler(Http404)
def _absent(request: HttpRequest, error: Any) -> HttpResponse:
    return _problem(request, 404, "There is no such record in your clinic.")


@service.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: Any) -> HttpResponse:
    first = error.errors[0]
    where = ".".join(str(part) for part in first["loc"][1:] if part not in ("sent", "page"))
    return _problem(request, 422, f"{first['msg']}.", where)


@service.exception_handler(GlabellaError)
def _not_done(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error, NotAllowed):
        return _problem(request, 403, str(error))
    if isinstance(error, UserError | ModelError):
        return _problem(request, 422, str(error))
    raise error
