"""The report of a recall as a printed page."""

from __future__ import annotations

import importlib
from datetime import datetime
from pathlib import Path

from django.template.loader import render_to_string

from glabella.clinic.lot_recalls.queries import recall_context
from glabella.clinic.stock.models import LotRecall
from glabella.clinic.treatments.document import NoPdf

STYLE = Path(__file__).with_name("report.css")


def recall_pdf(recall: LotRecall, *, now: datetime) -> bytes:
    """A4: the lot, its vials, every patient with each attempt, X of N."""
    try:
        weasyprint = importlib.import_module("weasyprint")
    except OSError as error:
        raise NoPdf("PDFs need Pango, which is not installed on the server.") from error
    html = render_to_string("lot_recalls/report.html", recall_context(recall, now=now))
    style = weasyprint.CSS(string=STYLE.read_text(encoding="utf-8"))
    printed: bytes = weasyprint.HTML(string=html).write_pdf(
        stylesheets=[style], pdf_variant="pdf/ua-1"
    )
    return printed
