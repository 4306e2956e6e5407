"""What is done with patients' records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.patients import rules
from glabella.clinic.patients.models import AlertKind, MeasureSet, Patient, PatientAlert
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


@action
def measure(
    *, patient: Patient, measures: Fields, by: Member, at: datetime | None = None
) -> Patient:
    """Keep what was measured before a treatment."""
    by.require(Permission.EDIT_PATIENTS)
    rules.check_brows(measures)
    _measure(patient, measures, by=by, at=at or timezone.now())
    return patient


@action
def heed(
    *, patient: Patient, conditions: list[str], by: Member, at: datetime | None = None
) -> Patient:
    """Let what a screening found be what plans are held against; a reaction stays an allergy."""
    by.require(Permission.SCREEN)
    rules.check_conditions(conditions)
    if rules.ALLERGY not in conditions and _reactions(patient):
        conditions = [*conditions, rules.ALLERGY]
    if sorted(patient.conditions) != sorted(conditions):
        patient.conditions = conditions
        patient.save(update_fields=["conditions"])
        record("patient edited", subject=patient, by=by, at=at, fields="conditions")
    return patient


def _reactions(patient: Patient) -> bool:
    return patient.alerts.filter(kind=AlertKind.REACTION, ended_at__isnull=True).exists()


@action
def raise_alert(
    *,
    patient: Patient,
    kind: str,
    text: str,
    by: Member,
    product: str = "",
    at: datetime | None = None,
) -> PatientAlert:
    """Put something on every chart of the patient; a reaction is heeded as an allergy."""
    by.require(Permission.EDIT_PATIENTS)
    at = at or timezone.now()
    product = product if kind == AlertKind.REACTION else ""
    rules.check_alert(kind=kind, product=product, text=text)
    alert = PatientAlert.objects.create(
        patient=patient, kind=kind, product=product, text=text.strip(), at=at, by=by
    )
    record("alert raised", subject=alert, by=by, at=at, kind=kind, patient=patient.pk)
    if kind == AlertKind.REACTION and rules.ALLERGY not in patient.conditions:
        patient.conditions = [*patient.conditions, rules.ALLERGY]
        patient.save(update_fields=["conditions"])
        record("patient edited", subject=patient, by=by, at=at, fields="conditions")
    return alert


@action
def end_alert(
    *, alert: PatientAlert, why: str, by: Member, at: datetime | None = None
) -> PatientAlert:
    """Take an alert off the charts, with the reason; what it changed in the history stays."""
    by.require(Permission.EDIT_PATIENTS)
    if not why.strip():
        raise rules.PatientRefused("Say why this need not be known any more.")
    at = at or timezone.now()
    still = PatientAlert.objects.filter(pk=alert.pk, ended_at__isnull=True)
    if not still.update(ended_at=at, ended_by=by, why_ended=why.strip()):
        raise rules.PatientRefused("Somebody else ended this alert meanwhile.")
    alert.refresh_from_db()
    record("alert ended", subject=alert, by=by, at=at, patient=alert.patient_id)
    return alert
