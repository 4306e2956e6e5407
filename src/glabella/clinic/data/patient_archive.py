"""All that is held on one patient, as a page to read and as JSON to take elsewhere."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from glabella import __version__
from glabella.clinic.audit.models import AuditEvent, Viewing
from glabella.clinic.data import portable
from glabella.clinic.data.archive import Packer, file_names, one_moment, pretty, read_file
from glabella.clinic.data.erasing import about_patients, rows_about
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.printing import pdf_of
from glabella.clinic.records import ClinicModel
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments import document
from glabella.clinic.treatments.models import State, Treatment
from glabella.clinic.treatments.queries import signed_record
from glabella.errors import UserError

FORMAT = "glabella-patient"
# Long machine texts stand in the JSON and in the treatment's own page, not in the readable table.
UNREADABLE = {"facts_digest", "content_hash", "token_hash", "salt"}


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one model, as the readable page shows them."""

    title: str
    about: str
    rows: list[list[tuple[str, str]]]


def write_patient(out: IO[bytes], patient: Patient, *, at: datetime) -> dict[str, Any]:
    """Write all that is held on a patient; gives the manifest."""
    with zipfile.ZipFile(out, "w", compresslevel=6) as zipped, one_moment():
        packer = Packer(zipped)
        page = readable(patient, at=at).encode()
        packer.add("record.html", [page])
        printed = as_pdf(page.decode())
        if printed is not None:
            packer.add("record.pdf", [printed])
        packer.add("record.json", [pretty(as_json(patient))])
        for treatment in _signed(patient):
            if printed is not None:
                pdf = document.treatment_pdf(signed_record(treatment))
                packer.add(f"treatments/{treatment.date}-{treatment.pk}.pdf", [pdf])
        for model in about_patients():
            for name in file_names(rows_about(model, patient)):
                packer.add(f"files/{name}", read_file(name))
        manifest = {
            "format": FORMAT,
            "format_version": 1,
            "glabella": __version__,
            "clinic": patient.clinic.name,
            "patient": patient.pk,
            "written_at": at,
            "contents_sha256": packer.contents(),
            "files": packer.files,
        }
        packer.add("manifest.json", [pretty(manifest)])
    return manifest


def _signed(patient: Patient) -> models.QuerySet[Treatment]:
    signed = Treatment._base_manager.filter(patient=patient, state=State.SIGNED)
    return signed.select_related("patient", "injector", "signed_by").order_by("date", "pk")


def as_json(patient: Patient) -> dict[str, Any]:
    """Every row about the patient by its model, with the schema of each and names of staff."""
    held = [model for model in about_patients() if rows_about(model, patient).exists()]
    vials = Vial.objects.filter(points__treatment__patient=patient).distinct().order_by("pk")
    return {
        "schema": [portable.schema_of(model) for model in held],
        "records": {portable.label(model): list(_values(model, patient)) for model in held},
        "vials": list(vials.values("id", "product", "lot", "expiry")),
        "staff": {str(one.pk): one.display_name for one in _staff(patient)},
        "done": [_event(one) for one in events_about(patient)],
    }


def _values(model: type[ClinicModel], patient: Patient) -> Iterator[dict[str, Any]]:
    names = [field.attname for field in portable.fields_of(model)]
    yield from rows_about(model, patient).order_by("pk").values(*names)


def _staff(patient: Patient) -> models.QuerySet[Member]:
    """Those whose keys the records name; of the clinic's members no others."""
    keys: set[int] = set()
    for model in about_patients():
        for field in model._meta.concrete_fields:
            if field.related_model is Member:
                named = rows_about(model, patient).exclude(**{field.attname: None})
                keys |= set(named.values_list(field.attname, flat=True))
    keys |= set(events_about(patient).exclude(by=None).values_list("by_id", flat=True))
    return Member._base_manager.filter(pk__in=keys)


def events_about(patient: Patient) -> models.QuerySet[AuditEvent]:
    """What was done to the patient's records, earliest first."""
    about = Q(pk__in=[])
    for model in about_patients():
        keys = rows_about(model, patient).values("pk")
        about |= Q(subject=model._meta.model_name, subject_id__in=keys)
    events = AuditEvent.objects.filter(about, clinic=patient.clinic_id)
    return events.select_related("by").order_by("at", "pk")


def _event(event: AuditEvent) -> dict[str, Any]:
    return {
        "at": event.at,
        "by": event.by.display_name if event.by else "the patient",
        "what": event.action,
        "record": f"{event.subject} {event.subject_id}",
        "detail": event.detail,
    }


def readable(patient: Patient, *, at: datetime) -> str:
    """The record as one page that needs no program of ours."""
    staff = {one.pk: one.display_name for one in _staff(patient)}
    views = Viewing.objects.filter(patient=patient).select_related("by").order_by("at", "pk")
    tables = [
        _table(model, patient, staff)
        for model in about_patients()
        if model is not Viewing and rows_about(model, patient).exists()
    ]
    context = {
        "patient": patient,
        "clinic": patient.clinic,
        "at": at,
        "tables": tables,
        "events": [_event(one) for one in events_about(patient)],
        "views": views,
    }
    return render_to_string("data/patient_record.html", context)


IN_THE_FILE = "(in record.json)"
LONGEST = 300


def _table(model: type[ClinicModel], patient: Patient, staff: dict[int, str]) -> Table:
    rows = rows_about(model, patient).order_by("pk")
    # What is kept as JSON, such as the strokes of a signature, is for machines: record.json has it.
    shown = [
        one
        for one in model._meta.concrete_fields
        if one.name not in UNREADABLE and not one.name.endswith("_json")
    ]
    lines = [
        [
            (str(one.verbose_name).capitalize(), words)
            for one in shown
            if (words := _words(row, one, staff))
        ]
        for row in rows
    ]
    return Table(str(model._meta.verbose_name_plural).capitalize(), portable.about(model), lines)


def _words(row: models.Model, field: models.Field[Any, Any], staff: dict[int, str]) -> str:
    """A value as a reader takes it; empty for nothing."""
    value = getattr(row, field.attname)
    if value in (None, "", [], {}):
        return ""
    if field.related_model is Member:
        return staff.get(value, f"member {value}")
    if field.related_model is Vial:
        vial = Vial.objects.get(pk=value)
        return f"{vial.product}, lot {vial.lot}, expiry {vial.expiry}"
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, bytes | memoryview):
        return IN_THE_FILE
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    # Free text is for reading however long it is; the strokes of a signature are not.
    return words if isinstance(field, models.TextField) or len(words) < LONGEST else IN_THE_FILE


def as_pdf(page: str) -> bytes | None:
    """The page as a PDF; None where the machine cannot draw one, and the page itself stays."""
    try:
        return pdf_of(page)
    except UserError:
        return None
