"""What other rooms' pages show of adverse events and ratings."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext
from django.utils import timezone

from glabella.clinic.patients.models import Patient
from glabella.clinic.reviews.rating import results_of, to_rate
from glabella.clinic.safety import queries
from glabella.clinic.safety.overview import today_of
from glabella.clinic.treatments.models import Treatment

register = template.Library()


@register.inclusion_tag("safety/_of_treatment.html", takes_context=True)
def safety_of_treatment(context: RequestContext, treatment: Treatment) -> dict[str, Any]:
    """The events of a treatment, and its results before and after."""
    return {
        "treatment": treatment,
        "events": queries.events_of(treatment),
        "results": results_of(treatment),
        "corrections": queries.corrections_of(treatment),
        "may": context["may"],
    }


@register.inclusion_tag("safety/_of_patient.html", takes_context=True)
def safety_of_patient(context: RequestContext, patient: Patient) -> dict[str, Any]:
    """Guides that run for a patient, and events that are still followed."""
    return {
        "patient": patient,
        "runs": queries.open_runs(patient),
        "events": queries.open_events(patient),
        "to_rate": to_rate(patient, context["member"]),
        "may": context["may"],
    }


@register.inclusion_tag("safety/_today.html", takes_context=True)
def safety_today(context: RequestContext) -> dict[str, Any]:
    """What of the clinic's safety waits for somebody today."""
    member = context["member"]
    return today_of(member.clinic_id, today=timezone.localdate()) | {"may": context["may"]}
