"""The hashes over what was signed after a treatment."""

from __future__ import annotations

from datetime import UTC

from glabella.clinic.audit.chain import digest, signed_content
from glabella.clinic.patients.measures import BROW_FIELDS, GRADE_FIELDS
from glabella.clinic.reviews.models import Review, ReviewAddendum


@signed_content(Review)
def review_hash(review: Review) -> str:
    """SHA-256 over what was seen, the adverse events, the words, who signed and when."""
    seen = {name: getattr(review, name) for name in (*GRADE_FIELDS, *BROW_FIELDS)}
    return digest(
        {
            "review": review.pk,
            "treatment": review.treatment_id,
            "kind": review.kind,
            "date": review.date.isoformat(),
            "seen": {name: None if value is None else f"{value:g}" for name, value in seen.items()},
            "note": review.note,
            "events": [
                [one.event, one.side, one.onset.isoformat(), one.seriousness]
                for one in review.adverse_events.all()
            ],
            "by": review.by_id,
            "at": review.signed_at.astimezone(UTC).isoformat(),
        }
    )


@signed_content(ReviewAddendum)
def review_addendum_hash(addendum: ReviewAddendum) -> str:
    return digest(
        {
            "review": addendum.review_id,
            "reason": addendum.reason,
            "text": addendum.text,
            "by": addendum.by_id,
            "at": addendum.at.astimezone(UTC).isoformat(),
        }
    )
