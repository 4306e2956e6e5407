"""What lets a patient's page run: a link that still opens, and no account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from glabella.clinic.links.models import PatientLink, Purpose
from glabella.clinic.links.queries import open_link
from glabella.clinic.links.rules import LinkRefused

P = ParamSpec("P")
GONE = 410


class LinkRequest(HttpRequest):
    """A request that has passed `by_link`."""

    link: PatientLink


def by_link(
    purpose: Purpose,
) -> Callable[
    [Callable[Concatenate[LinkRequest, P], HttpResponse]],
    Callable[..., HttpResponse],
]:
    """Let a view run only for a link of this purpose; its address holds the token."""

    def decorate(
        view: Callable[Concatenate[LinkRequest, P], HttpResponse],
    ) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, token: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            admitted = cast("LinkRequest", request)
            try:
                admitted.link = open_link(token, purpose, now=timezone.now())
            except LinkRefused as refusal:
                answer = render(request, "links/closed.html", {"words": refusal}, status=GONE)
            else:
                answer = view(admitted, *args, **kwargs)
            add_never_cache_headers(answer)
            # The token is the key: no other site may learn it. (With `no-referrer` a browser
            # sends forms from the origin "null", and each of them would be refused.)
            answer["Referrer-Policy"] = "same-origin"
            return answer

        # The test that walks all addresses reads the purpose here.
        cast("Any", guarded).purpose = purpose
        return guarded

    return decorate
