"""The hash over what a patient said."""

from __future__ import annotations

from datetime import UTC

from glabella.clinic.audit.chain import digest, signed_content
from glabella.clinic.followup.models import CheckInAnswer


@signed_content(CheckInAnswer)
def answer_hash(answer: CheckInAnswer) -> str:
    """SHA-256 over the answer, when it came and by what way."""
    return digest(
        {
            "check_in": answer.check_in_id,
            "how": answer.how,
            "red_flags": answer.red_flags,
            "signs": answer.signs,
            "words": answer.words,
            "via": answer.via,
            "by": answer.by_id,
            "at": answer.at.astimezone(UTC).isoformat(),
        }
    )
