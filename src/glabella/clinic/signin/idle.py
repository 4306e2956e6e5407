"""A tablet that nobody touches signs its member out."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse

from glabella.clinic.people.guard import member_of
from glabella.clinic.signin.actions import note_idle
from glabella.clinic.signin.policy import idle_seconds

SEEN_AT = "seen_at"
LIMIT = "idle_seconds"
# A page that asks by itself says so, and does not keep a session alive.
BACKGROUND = "X-Background"
RENEW_SECONDS = 20
clock = time.time


class IdleMiddleware:
    """Ends a session at the clinic's limit; a request within it starts the time anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            self._watch(request)
        return self.get_response(request)

    def _watch(self, request: HttpRequest) -> None:
        session, now = request.session, clock()
        away = now - session.get(SEEN_AT, now)
        member = member_of(request)
        if member is not None and SEEN_AT in session and away >= session[LIMIT]:
            note_idle(by=member)
            logout(request)
        elif member is not None and (SEEN_AT not in session or self._renews(request, away)):
            session[SEEN_AT], session[LIMIT] = now, idle_seconds(member)

    def _renews(self, request: HttpRequest, away: float) -> bool:
        """Not at every request: each renewal is a write."""
        return away >= RENEW_SECONDS and BACKGROUND not in request.headers
