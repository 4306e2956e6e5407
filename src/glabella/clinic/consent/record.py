"""The hash over a consent: text, what was told, who signed how, who took it."""

from __future__ import annotations

from datetime import UTC, datetime

from glabella.clinic.audit.chain import digest, signed_content
from glabella.clinic.consent.models import Consent, Withdrawal


def _when(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


@signed_content(Consent)
def consent_hash(consent: Consent) -> str:
    """Over what the patient signed, as it is stored; the taking is an event of its own."""
    return digest(
        {
            "patient": consent.patient_id,
            "text": [consent.text_id, consent.text.title, consent.text.body],
            "areas": consent.areas,
            "products": consent.products,
            "told": consent.told_json,
            "discussed": [_when(consent.discussed_at), consent.discussed_by_id],
            "questions": [consent.questions, consent.replies],
            "copy": consent.copy,
            "valid_until": consent.valid_until.isoformat(),
            "signer": [consent.signer, consent.signer_name, consent.relation, consent.method],
            "strokes": consent.strokes_json,
            "signed_at": _when(consent.signed_at),
        }
    )


@signed_content(Withdrawal)
def withdrawal_hash(withdrawal: Withdrawal) -> str:
    return digest(
        {
            "consent": withdrawal.consent_id,
            "by": withdrawal.by_id,
            "at": _when(withdrawal.at),
            "words": withdrawal.words,
        }
    )
