"""The hash over a history as told and over what a member made of it."""

from __future__ import annotations

from datetime import UTC

from glabella.clinic.audit.chain import digest, signed_content
from glabella.clinic.intake.models import Intake, Screening


@signed_content(Intake)
def intake_hash(intake: Intake) -> str:
    return digest(
        {
            "patient": intake.patient_id,
            "number": intake.number,
            "channel": intake.channel,
            "filled_by": intake.filled_by,
            "typed_by": intake.typed_by_id,
            "at": intake.filled_at.astimezone(UTC).isoformat(),
            "answers": intake.answers_json,
            "facts": intake.facts_digest,
        }
    )


@signed_content(Screening)
def screening_hash(screening: Screening) -> str:
    return digest(
        {
            "intake": screening.intake_id,
            "by": screening.by_id,
            "at": screening.at.astimezone(UTC).isoformat(),
            "unchanged": screening.unchanged,
            "confirmed": screening.confirmed_json,
            "conditions": screening.conditions,
            "tool": screening.tool,
            "note": screening.note,
        }
    )
