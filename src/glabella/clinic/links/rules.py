"""When a patient's link still opens."""

from __future__ import annotations

import hashlib
from datetime import datetime

from glabella.clinic.links.models import PatientLink
from glabella.errors import RecordError


class LinkRefused(RecordError):
    """The link does not open any more, or never did."""


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def check_open(link: PatientLink | None, *, now: datetime) -> PatientLink:
    """The link if it still opens; raises LinkRefused in words for the patient."""
    if link is None:
        raise LinkRefused("This link is not known. Check that it was copied whole.")
    if link.used_at is not None:
        raise LinkRefused("This link was used already, and what you sent is kept.")
    if now > link.expires_at:
        raise LinkRefused("This link has run out. Ask the clinic for a new one.")
    return link
