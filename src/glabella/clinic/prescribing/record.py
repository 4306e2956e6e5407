"""The hash over an assessment and what it prescribes."""

from __future__ import annotations

from datetime import UTC

from glabella.clinic.audit.chain import digest, signed_content
from glabella.clinic.prescribing.models import Assessment, Ending


@signed_content(Assessment)
def assessment_hash(assessment: Assessment) -> str:
    return digest(
        {
            "patient": assessment.patient_id,
            "by": assessment.by_id,
            "at": assessment.at.astimezone(UTC).isoformat(),
            "mode": assessment.mode,
            "how": assessment.how,
            "identity": assessment.identity,
            "screening": assessment.screening_id,
            "findings": assessment.findings,
            "decision": assessment.decision,
            "areas": assessment.areas,
            "valid_until": assessment.valid_until.isoformat(),
            "prescribed": [
                [one.product, f"{one.maximum_units:.2f}"] for one in assessment.prescribed.all()
            ],
        }
    )


@signed_content(Ending)
def ending_hash(ending: Ending) -> str:
    return digest(
        {
            "assessment": ending.assessment_id,
            "by": ending.by_id,
            "at": ending.at.astimezone(UTC).isoformat(),
            "reason": ending.reason,
        }
    )
