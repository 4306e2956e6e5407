"""The hash over a signed standing order."""

from __future__ import annotations

from datetime import UTC

from glabella.clinic.audit.chain import digest, signed_content
from glabella.clinic.credentials.models import StandingOrder


@signed_content(StandingOrder)
def order_hash(order: StandingOrder) -> str:
    """SHA-256 over what was ordered, by whom and when; that it was withdrawn is no part of it."""
    return digest(
        {
            "order": order.pk,
            "title": order.title,
            "scopes": order.scopes,
            "product": order.product,
            "max_units": f"{order.max_units:.2f}",
            "ages": [order.min_age, order.max_age],
            "conditions": order.conditions,
            "since": order.since.isoformat(),
            "until": order.until.isoformat(),
            "version": order.version,
            "previous": order.previous_id,
            "signed_by": order.signed_by_id,
            "signed_at": order.signed_at.astimezone(UTC).isoformat(),
        }
    )
