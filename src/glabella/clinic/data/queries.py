"""What the pages of data show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from glabella.clinic.data import rules
from glabella.clinic.data.backup import BackupAge, backup_age
from glabella.clinic.data.models import Erasure, LegalHold, Restriction, Transfer, TransferKind
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic
from glabella.clinic.treatments.models import State

# A run shows so many; those that are done make room for the next.
MOST_DUE = 200
# What every clinic of the installation may see; which clinics came in is theirs alone.
OF_THE_INSTALLATION = (TransferKind.BACKUP, TransferKind.RESTORE)


def all_patients(clinic: Clinic | int) -> QuerySet[Patient]:
    """Every patient of a clinic, the restricted ones too: for the pages of data alone."""
    return Patient._base_manager.filter(clinic=clinic)


def _with_last_visit(patients: QuerySet[Patient]) -> QuerySet[Any]:
    signed = Q(treatments__state=State.SIGNED)
    return patients.annotate(
        last_treatment=Max("treatments__date", filter=signed),
        last_review=Max("treatments__reviews__date"),
    )


def last_visit(patient: Patient) -> date | None:
    found = [
        day
        for day in (getattr(patient, "last_treatment", None), getattr(patient, "last_review", None))
        if day is not None
    ]
    return max(found, default=None)


def _kept(patient: Patient, clinic: Clinic) -> rules.Kept:
    return rules.kept_until(
        last_visit=last_visit(patient),
        born=patient.date_of_birth,
        years=clinic.retention_years,
        until_age=clinic.retention_until_age,
    )


def retention_of(patient: Patient) -> rules.Kept:
    """Until when a patient's record is kept, and why."""
    held = _with_last_visit(Patient._base_manager.select_related("clinic")).get(pk=patient.pk)
    return _kept(held, held.clinic)


def hold_words(patient: Patient) -> str:
    """The hold that stands on a patient's record, in words; empty if none."""
    hold = LegalHold.objects.filter(patient=patient, lifted_at=None).select_related("by").first()
    if hold is None:
        return ""
    return f"{hold.reason} (placed by {hold.by.display_name} on {hold.at:%Y-%m-%d})."


@dataclass(frozen=True, slots=True)
class DueRow:
    """A patient whose record the clinic need not keep any longer."""

    patient: Patient
    last_visit: date | None
    until: date


def due_for_erasure(clinic: Clinic, *, today: date) -> list[DueRow]:
    """Who is past the end of retention, held by nothing and not erased yet; longest first."""
    years = clinic.retention_years
    if years is None:
        return []
    latest = rules.birthday(today, -years)
    held = LegalHold.objects.filter(lifted_at=None).values("patient")
    done = Erasure.objects.values("patient")
    patients = (
        _with_last_visit(all_patients(clinic))
        .exclude(pk__in=held)
        .exclude(pk__in=done)
        .filter(last_treatment__lte=latest)
        .order_by("last_treatment", "pk")
    )
    rows: list[DueRow] = []
    for patient in patients.iterator(chunk_size=500):
        kept = _kept(patient, clinic)
        if kept.until is not None and kept.until <= today:
            rows.append(DueRow(patient, kept.last_visit, kept.until))
        if len(rows) == MOST_DUE:
            break
    return rows


@dataclass(frozen=True, slots=True)
class DataPage:
    """What the owner sees of the clinic's data."""

    clinic: Clinic
    backup: BackupAge
    due: list[DueRow]
    holds: list[LegalHold]
    restricted: list[Restriction]
    erased: int
    transfers: list[Transfer]
    note: str = rules.LAWS_DIFFER


def data_page(clinic: Clinic, *, now: datetime, today: date) -> DataPage:
    holds = LegalHold.objects.filter(patient__clinic=clinic, lifted_at=None)
    restricted = Restriction.objects.filter(patient__clinic=clinic, lifted_at=None)
    return DataPage(
        clinic=clinic,
        backup=backup_age(now),
        due=due_for_erasure(clinic, today=today),
        holds=list(holds.select_related("patient", "by")),
        restricted=list(
            restricted.exclude(patient__in=Erasure.objects.values("patient")).select_related(
                "patient", "by"
            )
        ),
        erased=Erasure.objects.filter(patient__clinic=clinic).count(),
        transfers=list(Transfer.objects.filter(kind__in=OF_THE_INSTALLATION)[:8]),
    )


@dataclass(frozen=True, slots=True)
class PatientData:
    """What is done with one patient's data."""

    patient: Patient
    kept: rules.Kept
    refused: str
    hold: LegalHold | None
    restriction: Restriction | None
    erasure: Erasure | None


def patient_data(patient: Patient, *, today: date) -> PatientData:
    kept = retention_of(patient)
    try:
        rules.check_erasable(kept, hold=hold_words(patient), today=today)
        refused = ""
    except rules.ErasureRefused as refusal:
        refused = str(refusal)
    return PatientData(
        patient,
        kept,
        refused,
        LegalHold.objects.filter(patient=patient, lifted_at=None).select_related("by").first(),
        Restriction.objects.filter(patient=patient, lifted_at=None).select_related("by").first(),
        Erasure.objects.filter(patient=patient).select_related("by").first(),
    )
