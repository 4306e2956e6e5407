"""The signed treatment as one printed page."""

from __future__ import annotations

from pathlib import Path

from django.template.loader import render_to_string

from glabella.clinic.printing import NoPdf, pdf_of
from glabella.clinic.treatments.queries import SignedRecord

__all__ = ["NoPdf", "treatment_pdf"]

STYLE = Path(__file__).with_name("document.css")


def treatment_pdf(record: SignedRecord) -> bytes:
    """A4 with the chart, the doses, the vials, the forecast and who signed."""
    html = render_to_string("treatments/document.html", {"record": record})
    return pdf_of(html, STYLE.read_text(encoding="utf-8"))
