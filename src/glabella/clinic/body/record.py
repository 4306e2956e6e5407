"""The hash over a reading of a scale, which ties it into the chain."""

from __future__ import annotations

from datetime import UTC

from glabella.clinic.audit.chain import digest, signed_content
from glabella.clinic.body.models import ScaleReading


@signed_content(ScaleReading)
def reading_hash(reading: ScaleReading) -> str:
    return digest(
        {
            "treatment": reading.treatment_id,
            "scale": reading.scale,
            "value": f"{reading.value:.2f}",
            "date": reading.date.isoformat(),
            "note": reading.note,
            "by": reading.by_id,
            "at": reading.at.astimezone(UTC).isoformat(),
        }
    )
