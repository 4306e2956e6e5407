"""The injector's gate on the chart."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from glabella.clinic.credentials.answer import injector_gate
from glabella.clinic.gate import Gate
from glabella.clinic.treatments.models import Treatment


def injector(treatment: Treatment, now: datetime) -> Gate:
    """Whether the injector may do this to the patient on the day of the treatment."""
    found, words = injector_gate(treatment, on=treatment.date)
    # What is not a matter of stopping or warning is told on the page of the answer alone.
    findings = tuple(one for one in found.findings if one.severity != "note")
    url = f"{reverse('credentials:may-treat')}?treatment={treatment.pk}"
    return Gate("Injector", words, findings, url, "Every reason")
