"""The hash over what was signed, so that a change behind the record's back shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from glabella.clinic.audit.chain import digest, signed_content
from glabella.clinic.data.salt import salt_of
from glabella.clinic.treatments.models import Addendum, Treatment
from glabella.clinic.treatments.points import Placed, placed


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
        # Only where there is one: what was signed before the body keeps its hash.
        **({"indication": treatment.indication} if treatment.indication else {}),
        "points": [_point(point) for point in points],
        "signed_by": treatment.signed_by_id,
        "signed_at": treatment.signed_at.astimezone(UTC).isoformat(),
    }
    return digest(content)


def stored_points(treatment: Treatment) -> tuple[Placed, ...]:
    """The points of a treatment with their vials, as they are stored."""
    rows = treatment.points.select_related("vial__opening", "vial__discard")
    return tuple(placed(row) for row in rows)


@signed_content(Treatment)
def stored_hash(treatment: Treatment) -> str:
    """The hash over what is stored now of a signed treatment."""
    return content_hash(treatment, stored_points(treatment))


@signed_content(Addendum)
def addendum_hash(addendum: Addendum) -> str:
    return digest(
        {
            "treatment": addendum.treatment_id,
            "reason": addendum.reason,
            "text": addendum.text,
            "salt": salt_of(addendum.treatment.patient_id),
            "by": addendum.by_id,
            "at": addendum.at.astimezone(UTC).isoformat(),
        }
    )


def is_intact(treatment: Treatment, points: Sequence[Placed]) -> bool:
    """Whether what is stored is still what was signed."""
    return treatment.content_hash == content_hash(treatment, points)
