"""Which page a link of each purpose opens."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from glabella.clinic.links.models import Purpose

# Each room adds the page that its links open.
PAGES: dict[Purpose, str] = {Purpose.CHECK_IN: "followup:page"}


def address_of(purpose: Purpose, token: str) -> str:
    """The whole address that a patient opens."""
    return settings.SITE_URL.rstrip("/") + reverse(PAGES[purpose], kwargs={"token": token})
