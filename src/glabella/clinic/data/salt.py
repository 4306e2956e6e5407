"""The salt that a patient's words are hashed with."""

from __future__ import annotations

from glabella.clinic.data.models import Salt


def salt_of(patient_id: int) -> str:
    """The salt of a patient; what stands there after an erasure is the same for everybody."""
    return Salt.objects.filter(patient=patient_id).values_list("salt", flat=True).first() or ""
