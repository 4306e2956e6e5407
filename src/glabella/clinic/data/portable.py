"""What an archive carries: which models, in which order, with which fields and which rows.

Nothing here names a model of the clinic: one that is added tomorrow travels by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import msgspec
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models

from glabella.clinic.people.models import Clinic
from glabella.clinic.records import ClinicModel

CHUNK = 2000
# Rows that hold long texts are read fewer at a time, so that memory stays small.
LONG_CHUNK = 50
# Models of the installation, each with the reason why it stays where it is.
STAYS = {
    "auth.permission": "roles say who may do what, not Django's own permissions",
    "auth.group": "roles say who may do what, not Django's own groups",
    "contenttypes.contenttype": "made anew by every installation",
    "sessions.session": "who is signed in here is not signed in there",
    "axes.accessattempt": "failed sign-ins belong to the installation where they happened",
    "axes.accesslog": "sign-ins belong to the installation where they happened",
    "axes.accessfailurelog": "failed sign-ins belong to the installation where they happened",
    "axes.accessattemptexpiration": "a lock-out belongs to the installation where it happened",
}
# Fields that stay, each with what stands in their place after the way.
WITHHELD: dict[str, tuple[object, str]] = {
    "auth.user.password": ("!", "a password is set anew after the import"),
    "auth.user.last_login": (None, "signing in here is not signing in there"),
    "auth.user.is_superuser": (False, "the clinic has roles, no superusers"),
    "auth.user.is_staff": (False, "the clinic has roles, no staff pages"),
    "auth.user.first_name": ("", "the name stands with the member"),
    "auth.user.last_name": ("", "the name stands with the member"),
    "auth.user.email": ("", "the account has none of its own"),
}
# What Django's own model of an account gives away.
ACCOUNT_FIELDS = {
    "id": "identifying",
    "username": "identifying",
    "is_active": "free",
    "date_joined": "free",
}


def label(model: type[models.Model]) -> str:
    return model._meta.label_lower


def clinic_lookup(model: type[models.Model]) -> str | None:
    """The way from a row to its clinic; None for what belongs to the installation."""
    if model is get_user_model():
        return "member__clinic"
    if model is Clinic:
        return "pk"
    return getattr(model, "CLINIC", "") or None


def _linking(model: type[models.Model]) -> Iterator[type[models.Model]]:
    """The tables that Django makes for many-to-many fields."""
    for field in model._meta.many_to_many:
        through = field.remote_field.through
        if through is not None and through._meta.auto_created:
            yield through


def stays(model: type[models.Model]) -> str:
    """Why a model is in no archive of a clinic; empty when it travels."""
    if label(model) in STAYS:
        return STAYS[label(model)]
    if issubclass(model, ClinicModel) and clinic_lookup(model) is None:
        return "belongs to the installation, not to a clinic"
    return ""


def travelling() -> list[type[models.Model]]:
    """Every model that an archive carries, what is pointed at before what points at it."""
    waiting = [model for model in apps.get_models() if not stays(model)]
    ordered: list[type[models.Model]] = []
    while waiting:
        ready = [model for model in waiting if not _points_at(model) & set(waiting) - {model}]
        # Two that point at each other: the database checks foreign keys at the end.
        chosen = ready or waiting[:1]
        ordered += chosen
        waiting = [model for model in waiting if model not in chosen]
    # Django's own accounts have groups; the clinic has roles in their place.
    own = [
        through
        for model in ordered
        if issubclass(model, ClinicModel)
        for through in _linking(model)
    ]
    return ordered + own


def _points_at(model: type[models.Model]) -> set[type[models.Model]]:
    return {
        field.related_model
        for field in model._meta.concrete_fields
        if field.is_relation and isinstance(field.related_model, type)
    }


def fields_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields that travel, in the order in which a line holds them."""
    return [
        field
        for field in model._meta.concrete_fields
        if f"{label(model)}.{field.name}" not in WITHHELD
    ]


def rows_of(model: type[models.Model], clinic: Clinic) -> models.QuerySet[Any]:
    """The rows of one clinic, in the order of their keys."""
    lookup = clinic_lookup(model)
    if lookup is None and model._meta.auto_created:
        # What Django made for a many-to-many field belongs to the clinic of the field's model.
        owner = cast("type[models.Model]", model._meta.auto_created)
        back = next(
            field.name for field in model._meta.concrete_fields if field.related_model is owner
        )
        lookup = f"{back}__{clinic_lookup(owner)}" if clinic_lookup(owner) != "pk" else back
    assert lookup is not None, f"{label(model)} belongs to no clinic"
    return model._base_manager.filter(**{lookup: clinic.pk}).order_by("pk")


def chunk_of(model: type[models.Model]) -> int:
    """How many rows of a model are read at a time."""
    long = any(
        isinstance(field, models.TextField | models.JSONField | models.BinaryField)
        for field in model._meta.concrete_fields
    )
    return LONG_CHUNK if long else CHUNK


def lines_of(model: type[models.Model], rows: models.QuerySet[Any]) -> Iterator[bytes]:
    """Each row as one line of JSON with its keys in the order of the fields."""
    names = [field.attname for field in fields_of(model)]
    encoder = msgspec.json.Encoder(order=None)
    tidy = [isinstance(field, models.JSONField) for field in fields_of(model)]
    for values in rows.values_list(*names).iterator(chunk_size=chunk_of(model)):
        row = {
            name: _sorted(value) if is_json else value
            for name, value, is_json in zip(names, values, tidy, strict=True)
        }
        yield encoder.encode(row) + b"\n"


def _sorted(value: Any) -> Any:
    """PostgreSQL keeps the keys of JSON in an order of its own: here it is one order."""
    return msgspec.Raw(msgspec.json.encode(value, order="deterministic"))


def classification(model: type[models.Model], field: models.Field[Any, Any]) -> str:
    if issubclass(model, ClinicModel):
        return model.FIELDS[field.name]
    if model._meta.auto_created:
        return "identifying"
    return ACCOUNT_FIELDS[field.name]


def schema_of(model: type[models.Model]) -> dict[str, Any]:
    """What a line of this model holds, for a reader without Glabella."""
    return {
        "model": label(model),
        "about": about(model),
        "fields": [_field(model, field) for field in fields_of(model)],
    }


def about(model: type[models.Model]) -> str:
    if model._meta.auto_created:
        return "Links two models."
    return (model.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")


def _field(model: type[models.Model], field: models.Field[Any, Any]) -> dict[str, Any]:
    related = field.related_model if field.is_relation else None
    choices = {str(value): str(words) for value, words in field.flatchoices}
    return {
        "name": field.attname,
        "type": type_of(field),
        "classification": classification(model, field),
        "may_be_null": field.null,
        **({"longest": field.max_length} if field.max_length else {}),
        **({"refers_to": label(related)} if isinstance(related, type) else {}),
        **({"choices": choices} if choices else {}),
    }


TYPES: tuple[tuple[type[models.Field[Any, Any]], str], ...] = (
    (models.DateTimeField, "moment (RFC 3339, UTC)"),
    (models.DateField, "date (YYYY-MM-DD)"),
    (models.DecimalField, "decimal number as text"),
    (models.JSONField, "JSON"),
    (models.BooleanField, "true or false"),
    (models.BinaryField, "bytes in base64"),
    (models.FileField, "name of a file in files/"),
    (models.FloatField, "number"),
    (models.IntegerField, "whole number"),
    (models.UUIDField, "UUID"),
    (models.DurationField, "duration (ISO 8601)"),
)


def target_of(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """What a field holds: a key that points elsewhere holds what stands there."""
    return cast("Any", field).target_field if field.is_relation else field


def type_of(field: models.Field[Any, Any]) -> str:
    target = target_of(field)
    return next((words for kind, words in TYPES if isinstance(target, kind)), "text")
