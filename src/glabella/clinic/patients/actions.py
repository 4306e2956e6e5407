"""What is done with patients' records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.patients import rules
from glabella.clinic.patients.models import MeasureSet, Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission

Fields = dict[str, Any]


def _check(about: Fields, measures: Fields, *, at: datetime) -> None:
    rules.check_birth(about["date_of_birth"], today=timezone.localdate(at))
    rules.check_conditions(about.get("conditions", []))
    rules.check_brows(measures)


def _measure(patient: Patient, measures: Fields, *, by: Member, at: datetime) -> None:
    """Keep what was measured as a new set, unless nothing changed since the last."""
    last = patient.measure_sets.first()
    before = {name: getattr(last, name) for name in measures} if last else {}
    nothing = all(value in (None, "") for name, value in measures.items() if name.endswith("_mm"))
    if measures == before or (last is None and nothing and not _graded(measures)):
        return
    MeasureSet.objects.create(patient=patient, at=at, by=by, **measures)
    record("patient measured", subject=patient, by=by, at=at)


def _graded(measures: Fields) -> bool:
    return any(
        value is not None for name, value in measures.items() if name.endswith(("maximum", "rest"))
    )


@action
def add_patient(
    *, about: Fields, measures: Fields, by: Member, at: datetime | None = None
) -> Patient:
    """Add a patient with what was measured."""
    by.require(Permission.EDIT_PATIENTS)
    at = at or timezone.now()
    _check(about, measures, at=at)
    patient = Patient.objects.create(clinic=by.clinic, created_at=at, **about)
    record("patient added", subject=patient, by=by, at=at)
    _measure(patient, measures, by=by, at=at)
    return patient


@action
def edit_patient(
    *, patient: Patient, about: Fields, measures: Fields, by: Member, at: datetime | None = None
) -> Patient:
    """Change a patient's record; measures are added as a new set, the old ones stay."""
    by.require(Permission.EDIT_PATIENTS)
    at = at or timezone.now()
    _check(about, measures, at=at)
    changed = [name for name, value in about.items() if getattr(patient, name) != value]
    for name in changed:
        setattr(patient, name, about[name])
    if changed:
        patient.save(update_fields=changed)
        record("patient edited", subject=patient, by=by, at=at, fields=", ".join(changed))
    _measure(patient, measures, by=by, at=at)
    return patient
