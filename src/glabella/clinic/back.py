"""Leading back to where somebody came from, such as the chart whose gate was red."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def back(request: HttpRequest) -> str:
    """The address on this site that the page was told to lead back to; empty for none."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    safe = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if safe else ""
