"""The hashes over what was signed after a treatment."""

from __future__ import annotations

from datetime import UTC

from glabella.clinic.audit.chain import digest, signed_content
from glabella.clinic.patients.measures import BROW_FIELDS, GRADE_FIELDS
from glabella.clinic.reviews.models import Rating, Review, ReviewAddendum
from glabella.clinic.safety.models import AdverseEvent


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
            # As floats: 12 as typed and 12.0 as stored are one height.
            "seen": {
                name: None if value is None else f"{float(value):g}" for name, value in seen.items()
            },
            "note": review.note,
            "events": [
                [one.event, one.side, one.onset.isoformat(), _seriousness(one)]
                for one in review.adverse_events.all()
            ],
            "by": review.by_id,
            "at": review.signed_at.astimezone(UTC).isoformat(),
        }
    )


def _seriousness(event: AdverseEvent) -> str:
    """One word for the reasons: reviews that were signed before there were several keep their hash.

    The event itself is hashed with all of them.
    """
    for code in ("death", "life-threatening", "hospital"):
        if code in event.criteria:
            return code
    return "serious" if event.criteria else "not-serious"


@signed_content(Rating)
def rating_hash(rating: Rating) -> str:
    return digest(
        {
            "treatment": rating.treatment_id,
            "review": rating.review_id,
            "scale": [rating.scale, rating.area, rating.movement, rating.side],
            "value": f"{float(rating.value):g}",
            "rater": [rating.rater, rating.blind],
            "by": rating.by_id,
            "at": rating.at.astimezone(UTC).isoformat(),
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
