"""Takes away what identifies a patient and keeps what vials, lots and signatures stand on.

Every model says which of its fields identify; texts, dates, files and links to a person's account
are emptied there, keys stay as pseudonyms. Doses, places, lots, days and hashes are clinical or
free, and stay. Where a signed content held an identifying text, what remains is hashed anew and
the new hash goes into the chain, after the old one was found to hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.models import Value
from django.db.models.functions import Cast, Concat

from glabella.clinic.audit import chain
from glabella.clinic.data.rules import ErasureRefused
from glabella.clinic.locks import Lock, lifted
from glabella.clinic.patients.models import Patient
from glabella.clinic.records import ClinicModel

ERASED = "erased"


@dataclass(slots=True)
class Taken:
    """How much was taken away."""

    fields: int = 0
    files: int = 0


def about_patients() -> list[type[ClinicModel]]:
    """The models whose rows are about one patient; what points at others comes first."""
    return [
        model for model in apps.get_models() if issubclass(model, ClinicModel) and model.PATIENT
    ]


def rows_about(model: type[ClinicModel], patient: Patient) -> models.QuerySet[Any]:
    return model._base_manager.filter(**{model.PATIENT: patient.pk})


def _unique(model: type[ClinicModel]) -> set[str]:
    """Fields that may not be the same in two rows."""
    single = {field.name for field in model._meta.concrete_fields if field.unique}
    constraints = model._meta.constraints
    shared = (one.fields for one in constraints if isinstance(one, models.UniqueConstraint))
    return single | {name for names in shared for name in names}


def empty_value(model: type[ClinicModel], field: models.Field[Any, Any]) -> Any:
    """What stands in an identifying field afterwards; None keeps it as it is."""
    if field.primary_key or field.is_relation:
        return Value(None) if field.is_relation and field.null and _is_person(field) else None
    if isinstance(field, models.FileField):
        return ""
    if isinstance(field, models.CharField | models.TextField):
        if field.name in _unique(model):
            return Concat(Value(f"{ERASED}-"), Cast("pk", models.CharField()))
        return "" if field.blank and not field.choices else ERASED[: field.max_length]
    if isinstance(field, models.JSONField):
        return field.get_default() if field.has_default() else None
    if isinstance(field, models.BinaryField):
        return b""
    return None


def _is_person(field: models.Field[Any, Any]) -> bool:
    """The patient's own account, if they work here; who treated them stays."""
    return field.model is Patient


def updates_of(model: type[ClinicModel]) -> dict[str, Any]:
    """What to write into each identifying field of a model."""
    found: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if model.FIELDS[field.name] == "identifying":
            value = empty_value(model, field)
            if value is not None:
                found[field.name] = value
    return found


def _files(rows: models.QuerySet[Any]) -> Iterator[str]:
    for field in rows.model._meta.concrete_fields:
        if isinstance(field, models.FileField) and rows.model.FIELDS[field.name] == "identifying":
            yield from (name for name in rows.values_list(field.name, flat=True) if name)


def _locks(found: list[type[ClinicModel]]) -> list[Lock]:
    return [lock for model in found for lock in model.LOCKS if lock.event != "INSERT"]


def take_away(patient: Patient) -> tuple[Taken, list[str]]:
    """Empty what identifies, in the transaction of the caller; gives the files to delete after it.

    The locks of the tables that are changed are lifted inside the transaction: nobody else gets a
    write in before they are back.
    """
    taken, files = Taken(), list[str]()
    found = about_patients()
    with lifted(connection, _locks(found)):
        _drop_drafts(patient)
        for model in found:
            rows = rows_about(model, patient)
            files += _files(rows)
            updates = updates_of(model)
            if updates:
                keys = list(rows.values_list("pk", flat=True))
                taken.fields += len(updates) * model._base_manager.filter(pk__in=keys).update(
                    **updates
                )
        _blur_birth(patient)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    taken.files = len(files)
    return taken, files


def _drop_drafts(patient: Patient) -> None:
    """What was never signed was never given: it goes as a whole."""
    apps.get_model("treatments", "Treatment").objects.filter(
        patient=patient, state="draft"
    ).delete()


def _blur_birth(patient: Patient) -> None:
    """The year of birth stays, because doses and limits of the record depend on the age."""
    held = Patient._base_manager.filter(pk=patient.pk)
    born: date = held.values_list("date_of_birth", flat=True).get()
    held.update(
        given_name="Erased",
        family_name=f"patient {patient.pk}",
        date_of_birth=date(born.year, 1, 1),
    )


def delete_files(names: list[str]) -> None:
    """After the transaction, so that a rollback leaves the files."""
    for name in names:
        default_storage.delete(name)


def signed_contents(patient: Patient) -> Iterator[models.Model]:
    """Each row about a patient that was signed into the chain, as it is now."""
    for model in about_patients():
        if model._meta.model_name in chain.signed_kinds():
            yield from (row for row in rows_about(model, patient) if chain.signed_hash(row))


def check_contents(patient: Patient) -> None:
    """Refuse to erase where a signed content does not hold: the erasure would cover it up."""
    for row in signed_contents(patient):
        if chain.content_of(row) != chain.signed_hash(row):
            raise ErasureRefused(
                f"The {row._meta.verbose_name} {row.pk} is not what was signed. Find out why "
                "before you erase: `glabella verify-records` says where."
            )


def changed_contents(patient: Patient) -> Iterator[models.Model]:
    """The signed contents that held an identifying text, as the erasure left them."""
    for row in signed_contents(patient):
        if chain.content_of(row) != chain.signed_hash(row):
            yield row
