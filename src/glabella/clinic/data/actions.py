"""What is done with data: taken out, held, restricted, erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import IO, Any

from django.db import transaction
from django.utils import timezone

from glabella.clinic.audit import chain
from glabella.clinic.audit.actions import action, record
from glabella.clinic.data import archive, erasing, patient_archive, rules
from glabella.clinic.data.models import Erasure, LegalHold, Restriction
from glabella.clinic.data.queries import all_patients, hold_words, retention_of
from glabella.clinic.links.models import PatientLink
from glabella.clinic.outbox.models import Message, MessageState
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Permission


def export_clinic(*, out: IO[bytes], by: Member, at: datetime | None = None) -> dict[str, Any]:
    """Write all of a clinic; outside of a transaction, so that the clinic goes on meanwhile."""
    by.require(Permission.EXPORT_DATA)
    at = at or timezone.now()
    chain.link(by.clinic_id)
    manifest = archive.write_archive(out, by.clinic, at=at)
    _note_export(by.clinic, manifest["contents_sha256"], by=by, at=at)
    return manifest


@action
def _note_export(clinic: Clinic, contents: str, *, by: Member, at: datetime) -> None:
    record("clinic exported", subject=clinic, by=by, at=at, contents=contents)


def export_patient(
    *, patient: Patient, out: IO[bytes], by: Member, at: datetime | None = None
) -> dict[str, Any]:
    """Write all that is held on one patient, for them to take away."""
    by.require(Permission.EXPORT_DATA)
    at = at or timezone.now()
    manifest = patient_archive.write_patient(out, patient, at=at)
    _note_patient_export(patient, manifest["contents_sha256"], by=by, at=at)
    return manifest


@action
def _note_patient_export(patient: Patient, contents: str, *, by: Member, at: datetime) -> None:
    record("patient exported", subject=patient, by=by, at=at, contents=contents)


@action
def set_retention(*, years: int | None, until_age: int | None, by: Member) -> Clinic:
    """Keep how long this clinic keeps a record."""
    by.require(Permission.EDIT_POLICY)
    clinic = Clinic.objects.select_for_update().get(pk=by.clinic_id)
    clinic.retention_years, clinic.retention_until_age = years, until_age
    clinic.save(update_fields=("retention_years", "retention_until_age"))
    record("retention set", subject=clinic, by=by, years=years, until_age=until_age)
    return clinic


def _locked(patient: Patient) -> Patient:
    """The patient's row, so that two who decide at once decide one after the other."""
    return Patient._base_manager.select_for_update().get(pk=patient.pk)


@action
def place_hold(
    *, patient: Patient, reason: str, by: Member, at: datetime | None = None
) -> LegalHold:
    """Keep a record from being erased, whatever its age."""
    by.require(Permission.ERASE_PATIENTS)
    _locked(patient)
    if hold_words(patient):
        raise rules.HoldRefused("A hold stands already. Lift it before you place another.")
    at = at or timezone.now()
    hold = LegalHold.objects.create(patient=patient, reason=reason, by=by, at=at)
    record("hold placed", subject=patient, by=by, at=at, hold=hold.pk)
    return hold


@action
def lift_hold(
    *, patient: Patient, reason: str, by: Member, at: datetime | None = None
) -> LegalHold:
    """End the hold that stands on a patient's record."""
    by.require(Permission.ERASE_PATIENTS)
    hold = LegalHold.objects.select_for_update().filter(patient=patient, lifted_at=None).first()
    if hold is None:
        raise rules.HoldRefused("No hold stands on this record.")
    _lift(hold, reason, by=by, at=at)
    record("hold lifted", subject=patient, by=by, at=at, hold=hold.pk)
    return hold


def _lift(
    held: LegalHold | Restriction, reason: str, *, by: Member, at: datetime | None = None
) -> None:
    held.lifted_at, held.lifted_by, held.lifted_because = at or timezone.now(), by, reason
    held.save(update_fields=("lifted_at", "lifted_by", "lifted_because"))


@action
def restrict_patient(
    *, patient: Patient, reason: str, by: Member, at: datetime | None = None
) -> Restriction:
    """Take a record out of use: out of every list, no message and no link any more."""
    by.require(Permission.ERASE_PATIENTS)
    _locked(patient)
    at = at or timezone.now()
    if Restriction.objects.filter(patient=patient, lifted_at=None).exists():
        raise rules.HoldRefused("The record is restricted already.")
    restriction = Restriction.objects.create(patient=patient, reason=reason, by=by, at=at)
    _stop_reaching(patient, at=at)
    record("patient restricted", subject=patient, by=by, at=at, restriction=restriction.pk)
    return restriction


def _stop_reaching(patient: Patient, *, at: datetime) -> None:
    Message.objects.filter(patient=patient, state=MessageState.QUEUED).update(
        state=MessageState.CANCELLED
    )
    PatientLink.objects.filter(patient=patient, expires_at__gt=at).update(expires_at=at)


@action
def lift_restriction(
    *, patient: Patient, reason: str, by: Member, at: datetime | None = None
) -> Restriction:
    """Bring a restricted record back into use."""
    by.require(Permission.ERASE_PATIENTS)
    standing = Restriction.objects.select_for_update().filter(patient=patient, lifted_at=None)
    restriction = standing.first()
    if restriction is None:
        raise rules.HoldRefused("This record is not restricted.")
    if Erasure.objects.filter(patient=patient).exists():
        raise rules.HoldRefused("The patient was erased: there is nobody left to bring back.")
    _lift(restriction, reason, by=by, at=at)
    record("restriction lifted", subject=patient, by=by, at=at, restriction=restriction.pk)
    return restriction


@action
def erase_patient(
    *, patient: Patient, ground: str, by: Member, at: datetime | None = None
) -> Erasure:
    """Take away what identifies a patient; refused while a hold or the retention keeps it."""
    by.require(Permission.ERASE_PATIENTS)
    at = at or timezone.now()
    patient = _locked(patient)
    if Erasure.objects.filter(patient=patient).exists():
        raise rules.ErasureRefused("This patient was erased already.")
    kept, hold = retention_of(patient), hold_words(patient)
    rules.check_erasable(kept, hold=hold, today=timezone.localdate(at))
    erasing.check_contents(patient)
    _stop_reaching(patient, at=at)
    taken, files = erasing.take_away(patient)
    for subject in erasing.changed_contents(patient):
        record(chain.ERASED, subject=subject, by=by, at=at, content_hash=chain.content_of(subject))
    Restriction.objects.get_or_create(
        patient=patient, lifted_at=None, defaults={"reason": "Erased.", "by": by, "at": at}
    )
    erasure = Erasure.objects.create(
        patient=patient,
        ground=ground,
        fields_erased=taken.fields,
        files_erased=taken.files,
        by=by,
        at=at,
    )
    record("patient erased", subject=patient, by=by, at=at, fields=taken.fields, files=taken.files)
    transaction.on_commit(partial(erasing.delete_files, files))
    return erasure


@action
def erase_due(*, patients: Sequence[int], ground: str, by: Member) -> int:
    """Erase those of the retention run that were confirmed, all of them or none."""
    by.require(Permission.ERASE_PATIENTS)
    found = all_patients(by.clinic).filter(pk__in=patients)
    for patient in found:
        erase_patient(patient=patient, ground=ground, by=by)
    return len(found)
