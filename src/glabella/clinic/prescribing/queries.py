"""What the pages and the gate know of assessments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from glabella import facts
from glabella.clinic.charted import Charted, in_short
from glabella.clinic.intake.queries import policy_of
from glabella.clinic.patients.measures import AREA_NAMES
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.prescribing.models import Assessment
from glabella.clinic.prescribing.rules import Allowed


def assessments() -> QuerySet[Assessment]:
    found = Assessment.objects.select_related("by", "ending__by", "patient")
    return found.prefetch_related("prescribed")


def standing(patient: Patient, *, now: datetime) -> Assessment | None:
    """The assessment that counts at a moment: the last one until then that nobody had ended."""
    ended = Q(ending__isnull=False, ending__at__lte=now)
    return assessments().filter(patient=patient, at__lte=now).exclude(ended).first()


def allowed_by(assessment: Assessment) -> Allowed:
    units = {one.product: one.maximum_units for one in assessment.prescribed.all()}
    return Allowed(assessment.decision, frozenset(assessment.areas), units, assessment.valid_until)


def words_of(assessment: Assessment, *, whole: bool = False) -> str:
    """What is prescribed: "up to 40 U Botox Cosmetic for glabella"; long lists by their number."""
    most = [
        f"up to {float(one.maximum_units):g} U {facts.product(one.product).name}"
        for one in assessment.prescribed.all()
    ]
    names = [AREA_NAMES.get(area, area).lower() for area in assessment.areas]
    units = ", ".join(most) if whole else in_short(most, "products")
    areas = ", ".join(names) if whole else in_short(names, "areas")
    return f"{units} for {areas}" if units else assessment.get_decision_display()


@dataclass(frozen=True, slots=True)
class Row:
    assessment: Assessment
    words: str


def rows_of(patient: Patient) -> list[Row]:
    return [Row(one, words_of(one, whole=True)) for one in assessments().filter(patient=patient)]


def proposed(patient: Patient, charted: Charted | None, *, now: datetime, by: Member) -> Any:
    """What the form starts with: what is on the chart, or else what was prescribed last."""
    days = policy_of(by.clinic_id).assessment_days
    last = standing(patient, now=now)
    before = allowed_by(last) if last else None
    areas, units = set[str](), dict[str, Decimal]()
    if charted and charted.units:
        areas, units = set(charted.areas), dict(charted.units)
    elif before:
        areas, units = set(before.areas), dict(before.units)
    first: dict[str, Any] = {"areas": sorted(areas), "mode": "face", "decision": "suitable"}
    first |= {"valid_until": timezone.localdate(now) + timedelta(days=days)}
    return first | {f"units-{product}": amount for product, amount in units.items()}
