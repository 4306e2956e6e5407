"""The hash over a signed count."""

from __future__ import annotations

from datetime import UTC

from glabella.clinic.audit.chain import digest, signed_content
from glabella.clinic.stocktake.models import StockCount


def _number(value: object) -> str | None:
    return None if value is None else f"{value:.2f}"


@signed_content(StockCount)
def count_hash(count: StockCount) -> str:
    """SHA-256 over every line, who signed and when."""
    assert count.signed_at is not None
    return digest(
        {
            "count": count.pk,
            "lines": [
                [
                    line.vial_id,
                    _number(line.booked_units),
                    line.seen,
                    _number(line.found_ml),
                    line.reason,
                    line.words,
                ]
                for line in count.lines.all()
            ],
            "by": count.signed_by_id,
            "at": count.signed_at.astimezone(UTC).isoformat(),
        }
    )
