"""From the record to what is sent, and from what is sent to what the actions take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from django.db.models import Q, QuerySet
from django.forms import ModelForm, model_to_dict
from ninja.errors import HttpError

from glabella import facts
from glabella.clinic.patients.forms import MeasuresForm, PatientForm
from glabella.clinic.patients.measures import BROW_FIELDS, GRADE_FIELDS
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.reviews.models import Review
from glabella.clinic.stock.queries import VialRow
from glabella.clinic.tasks.models import Task
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.points import Placed
from glabella.clinic.treatments.record import is_intact, stored_points
from glabella.units import Units, total

Answer = dict[str, Any]
PATIENT_FIELDS = (
    *("id", "given_name", "family_name", "date_of_birth", "sex", "described_as", "email"),
    *("phone", "conditions", "allergies", "notes", "created_at"),
)
# Whom a patient is as a member is set on the page, where the owner sees who is meant.
NOT_SENT = {"member"}
SENT = [name for name in PatientForm.Meta.fields if name not in NOT_SENT]


def plain(value: Any) -> Any:
    """A frozen value as JSON has it."""
    return msgspec.to_builtins(value)


def inlined(schema: Mapping[str, Any]) -> Answer:
    """A schema that stands alone, put where references to its own parts still resolve."""
    parts = schema.get("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, Mapping):
            if "$ref" in node:
                return resolve(parts[str(node["$ref"]).rsplit("/", 1)[-1]])
            return {key: resolve(part) for key, part in node.items() if key not in OWN}
        return [resolve(part) for part in node] if isinstance(node, list) else node

    return dict(resolve(schema))


OWN = {"$defs", "$schema", "$id"}


def patients_with(found: QuerySet[Patient], words: str) -> QuerySet[Patient]:
    for word in words.split():
        found = found.filter(Q(given_name__icontains=word) | Q(family_name__icontains=word))
    return found


def patient(one: Patient) -> Answer:
    return {name: getattr(one, name) for name in PATIENT_FIELDS}


def _checked(form: ModelForm[Any]) -> Answer:
    """What a page's form makes of it; its complaints are ours."""
    if form.is_valid():
        return form.cleaned_data
    name, errors = next(iter(form.errors.items()))
    raise HttpError(422, f"{name}: {' '.join(map(str, errors))}")


def about(known: Patient | None, sent: Mapping[str, Any]) -> Answer:
    """A patient's data after the change, held against the rules of the page's form."""
    before = model_to_dict(known, SENT) if known is not None else {}
    given = {name: value for name, value in sent.items() if value is not None}
    checked = _checked(PatientForm(before | given, clinic=None))
    return {name: value for name, value in checked.items() if name not in NOT_SENT}


def measures(sent: Mapping[str, Any]) -> Answer:
    flat = {"bulk": "average", "frontalis": "full"} | dict(sent)
    flat |= flat.pop("grades", {}) | flat.pop("brows_mm", {})
    return _checked(MeasuresForm(flat))


def _point(number: int, one: Placed) -> Answer:
    return (
        {"region": ""}
        | one.as_json()
        | {
            "number": number,
            "product": one.vial.product,
            "lot": one.vial.lot,
            "vial": one.vial.pk,
        }
    )


def treatment_row(one: Treatment) -> Answer:
    return {
        "id": one.pk,
        "patient": one.patient_id,
        "date": one.date,
        "state": one.state,
        "injector": one.injector.display_name,
        "signed_by": one.signed_by.display_name if one.signed_by else None,
        "signed_at": one.signed_at,
    }


def _units(points: tuple[Placed, ...]) -> dict[str, float]:
    """One sum for each product; sums of two products have no meaning."""
    by_product: dict[str, list[Units]] = {}
    for point in points:
        product_id = point.vial.product
        by_product.setdefault(product_id, []).append(Units(float(point.units), product_id))
    return {name: total(held, name).amount for name, held in by_product.items()}


def treatment(one: Treatment) -> Answer:
    points = stored_points(one)
    return treatment_row(one) | {
        "version": one.version,
        "points": [_point(number, point) for number, point in enumerate(points, start=1)],
        "units": _units(points),
        "addenda": [
            {"at": added.at, "by": added.by.display_name, "reason": added.reason}
            | {"text": added.text}
            for added in one.addenda.select_related("by")
        ],
        "content_hash": one.content_hash,
        "intact": is_intact(one, points) if one.is_signed else None,
    }


def review(one: Review) -> Answer:
    grades = {name: getattr(one, name) for name in GRADE_FIELDS}
    brows = {name: getattr(one, name) for name in BROW_FIELDS}
    return {
        "id": one.pk,
        "treatment": one.treatment_id,
        "kind": one.kind,
        "date": one.date,
        "note": one.note,
        "by": one.by.display_name,
        "signed_at": one.signed_at,
        "grades": {name: grade for name, grade in grades.items() if grade is not None},
        "brows_mm": {name: float(mm) for name, mm in brows.items() if mm is not None},
    }


def vial(row: VialRow) -> Answer:
    return asdict(row) | {"product": row.product_id, "usable": row.usable}


def me(one: Member) -> Answer:
    may = sorted(permission.name for permission in one.permissions)
    about_me = {"member": one.pk, "name": one.display_name, "roles": one.roles}
    return about_me | {"clinic": one.clinic.name, "may": may}


def member(one: Member) -> Answer:
    return {"id": one.pk, "name": one.display_name, "roles": one.roles}


def task(one: Task) -> Answer:
    names = ("id", "key", "kind", "title", "urgency", "due", "made_at", "done_at", "outcome")
    return {name: getattr(one, name) for name in names} | {
        "patient": one.patient_id,
        "assignee": one.assignee_id,
        "done_by": one.done_by.display_name if one.done_by else None,
    }


def product(product_id: str) -> Answer:
    known = facts.load().products[product_id]
    return {"id": product_id, "name": known.name, "areas": sorted(known.areas)}
