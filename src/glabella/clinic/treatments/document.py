"""The signed treatment as one printed page."""

from __future__ import annotations

import importlib
from pathlib import Path

from django.template.loader import render_to_string

from glabella.clinic.treatments.queries import SignedRecord
from glabella.errors import UserError

STYLE = Path(__file__).with_name("document.css")


class NoPdf(UserError):
    """The libraries that draw a PDF are not on this machine."""


def treatment_pdf(record: SignedRecord) -> bytes:
    """A4 with the chart, the doses, the vials, the forecast and who signed."""
    html = render_to_string("treatments/document.html", {"record": record})
    return pdf_of(html, style=STYLE.read_text(encoding="utf-8"))


def pdf_of(html: str, *, style: str = "") -> bytes:
    """A page as a PDF that a screen reader can read."""
    try:
        # Not at the top: WeasyPrint loads Pango, and a clinic without it shall still start.
        weasyprint = importlib.import_module("weasyprint")
    except OSError as error:
        raise NoPdf(
            "PDFs need Pango, which is not installed on the server. On Debian or Ubuntu: "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 "
            "fonts-dejavu-core. Then restart."
        ) from error
    sheets = [weasyprint.CSS(string=style)] if style else []
    # url_fetcher refuses everything: the page carries all that it shows.
    page = weasyprint.HTML(string=html, url_fetcher=_refuse)
    printed: bytes = page.write_pdf(stylesheets=sheets, pdf_variant="pdf/ua-1")
    return printed


def _refuse(url: str) -> dict[str, object]:
    raise NoPdf(f"The printed page may not fetch {url}.")
