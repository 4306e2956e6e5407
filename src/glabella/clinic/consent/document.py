"""A consent as a printed page."""

from __future__ import annotations

from pathlib import Path

from django.template.loader import render_to_string

from glabella.clinic.consent.queries import Page
from glabella.clinic.printing import pdf_of

STYLE = Path(__file__).with_name("document.css")


def consent_pdf(page: Page) -> bytes:
    """A4 with the text, what was told and asked, and both signatures."""
    html = render_to_string("consent/document.html", {"page": page})
    return pdf_of(html, STYLE.read_text(encoding="utf-8"))
