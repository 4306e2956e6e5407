"""The hash over what a second person put their name to."""

from __future__ import annotations

from datetime import UTC

from glabella.clinic.audit.chain import digest, signed_content
from glabella.clinic.cosigning.models import Cosignature


@signed_content(Cosignature)
def cosignature_hash(one: Cosignature) -> str:
    """SHA-256 over the decision, the treatment's own hash and the addenda that were there."""
    addenda = one.treatment.addenda.filter(at__lte=one.at).order_by("id")
    return digest(
        {
            "treatment": one.treatment_id,
            "content": one.treatment.content_hash,
            "addenda": list(addenda.values_list("id", flat=True)),
            "decision": one.decision,
            "note": one.note,
            "by": one.by_id,
            "at": one.at.astimezone(UTC).isoformat(),
        }
    )
