"""Pages as PDF: what is printed carries all that it shows and fetches nothing."""

from __future__ import annotations

import importlib

from glabella.errors import UserError


class NoPdf(UserError):
    """The libraries that draw a PDF are not on this machine."""


def pdf_of(html: str, style: str = "") -> bytes:
    """A page as PDF, readable by screen readers."""
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
    page = weasyprint.HTML(string=html, url_fetcher=_refuse)
    printed: bytes = page.write_pdf(stylesheets=sheets, pdf_variant="pdf/ua-1")
    return printed


def _refuse(url: str) -> dict[str, object]:
    raise NoPdf(f"The printed page may not fetch {url}.")
