"""Finding the link that a token belongs to."""

from __future__ import annotations

from datetime import datetime

from glabella.clinic.links import rules
from glabella.clinic.links.models import PatientLink, Purpose


def open_link(token: str, purpose: Purpose, *, now: datetime) -> PatientLink:
    """The link of this token; raises LinkRefused when it does not open."""
    links = PatientLink.objects.select_related("patient__clinic")
    found = links.filter(token_hash=rules.hash_of(token), purpose=purpose).first()
    return rules.check_open(found, now=now)
