"""While a backup is put back, the pages of a running server say so and write nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

FILE = "paused"
# A restore that died leaves its mark: after this long it no longer counts.
LAPSES_AFTER_SECONDS = 3600
# What was under way when the pause began has this long to end.
GRACE_SECONDS = 1.0
WORDS = "A backup is being put back. Nothing is lost: try again in a minute."


def is_paused(folder: Path) -> bool:
    try:
        age_seconds = time.time() - (folder / FILE).stat().st_mtime
    except FileNotFoundError:
        return False
    return age_seconds < LAPSES_AFTER_SECONDS


@contextmanager
def paused(folder: Path) -> Iterator[None]:
    mark = folder / FILE
    mark.write_text("", encoding="ascii")
    try:
        time.sleep(GRACE_SECONDS)
        yield
    finally:
        mark.unlink(missing_ok=True)


class PauseMiddleware:
    """Answers every request with words while the installation is paused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_paused(settings.DATA):
            return self.get_response(request)
        if "application/json" in request.headers.get("Content-Type", ""):
            return JsonResponse({"error": WORDS}, status=503, headers={"Retry-After": "30"})
        page = render(request, "data/paused.html", {"words": WORDS}, status=503)
        page.headers["Retry-After"] = "30"
        return page
