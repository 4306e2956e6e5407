"""When the disk is full, the pages say so in words, and that nothing was half-written."""

from __future__ import annotations

import errno
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

WORDS = (
    "The disk of the server is full, so this was not saved; nothing was half-written. Keep this "
    "page open: what you entered is still here. Ask whoever runs the server to make room, then "
    "send it again."
)
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# PostgreSQL's code for a full disk.
DISK_FULL = "53100"


def is_no_room(error: BaseException) -> bool:
    """Whether this error, or what caused it, is a disk without room."""
    cause = error.__cause__ or error
    return (
        (isinstance(error, OSError) and error.errno in NO_ROOM)
        or (isinstance(error, OperationalError) and "disk is full" in str(error))
        or getattr(cause, "sqlstate", None) == DISK_FULL
    )


class RoomMiddleware:
    """Answers in words what would else be a fault of the server."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not is_no_room(error):
            return None
        if "application/json" in request.headers.get("Content-Type", ""):
            return JsonResponse({"error": WORDS}, status=507)
        return render(request, "data/no_room.html", {"words": WORDS}, status=507)
