"""The hash over what was signed, so that a change behind the record's back shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC

from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.points import Placed


def _point(point: Placed) -> dict[str, object]:
    vial = point.vial
    return point.as_json() | {
        "product": vial.product,
        "lot": vial.lot,
        "expiry": vial.expiry.isoformat(),
        "volume_ml": None if point.volume_ml is None else round(point.volume_ml, 4),
    }


def content_hash(treatment: Treatment, points: Sequence[Placed]) -> str:
    """SHA-256 over the plan, the points with their vials, the forecast, who signed and when."""
    assert treatment.signed_at is not None
    assert treatment.signed_by_id is not None
    content = {
        "treatment": treatment.pk,
        "patient": treatment.patient_id,
        "date": treatment.date.isoformat(),
        "plan": treatment.plan_json,
        "forecast": treatment.forecast_json,
        "facts": treatment.facts_digest,
        "points": [_point(point) for point in points],
        "signed_by": treatment.signed_by_id,
        "signed_at": treatment.signed_at.astimezone(UTC).isoformat(),
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_intact(treatment: Treatment, points: Sequence[Placed]) -> bool:
    """Whether what is stored is still what was signed."""
    return treatment.content_hash == content_hash(treatment, points)
