"""Brings an archive into an empty installation, row for row as it was."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

import msgspec
from django.apps import apps
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, models, transaction

from glabella.clinic.data import portable
from glabella.clinic.data.archive import FORMAT, FORMAT_VERSION, READ_BYTES
from glabella.clinic.data.models import Transfer
from glabella.clinic.locks import lifted, locks_of
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.stock.models import Vial
from glabella.clinic.writer import writing
from glabella.errors import InputError, RecordError

Manifest = dict[str, Any]
BATCH = 500


class ArchiveRefused(RecordError):
    """The archive cannot be brought in here."""


def open_archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise InputError(f"Cannot read {path}: there is no such file. Check the name.") from error
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path} is not a whole archive: {error}. Fetch it again from where it was written."
        ) from error


def read_manifest(zipped: zipfile.ZipFile) -> Manifest:
    """What the archive says of itself; refuses what is no archive of ours."""
    try:
        manifest: Manifest = msgspec.json.decode(zipped.read("manifest.json"))
    except (KeyError, msgspec.DecodeError) as error:
        raise InputError("This zip holds no manifest.json that can be read.") from error
    if manifest.get("format") != FORMAT:
        raise InputError("This zip is not an archive that `glabella export` wrote.")
    if manifest["format_version"] > FORMAT_VERSION:
        raise ArchiveRefused(
            f"The archive was written by Glabella {manifest['glabella']}, which is newer than this "
            "one. Update Glabella, then import."
        )
    return manifest


def check_files(zipped: zipfile.ZipFile, manifest: Manifest) -> None:
    """Every file is there, whole and as it was written; nothing else is there."""
    told = {one["path"]: one for one in manifest["files"]}
    held = set(zipped.namelist()) - {"manifest.json"}
    if told.keys() != held:
        unlike = sorted(told.keys() ^ held)
        raise ArchiveRefused(f"The archive and its manifest differ in {', '.join(unlike)}.")
    for path, one in told.items():
        if _digest(zipped, path) != one["sha256"]:
            raise ArchiveRefused(
                f"{path} in the archive is not as it was written: nothing is read."
            )


def _digest(zipped: zipfile.ZipFile, path: str) -> str:
    digest = hashlib.sha256()
    try:
        with zipped.open(path) as part:
            while read := part.read(READ_BYTES):
                digest.update(read)
    except zipfile.BadZipFile:
        return "broken"
    return digest.hexdigest()


def check_empty() -> None:
    """Keys stay as they are, so nothing may be here that has the same."""
    held = [
        model._meta.verbose_name_plural
        for model in (Patient, Vial, Member)
        if model._base_manager.exists()
    ]
    if held:
        raise ArchiveRefused(
            f"This installation holds {', '.join(map(str, held))} already. An archive keeps its "
            "keys, because signatures are over them: import it into an empty installation "
            "(GLABELLA_DATA=new-folder glabella import FILE)."
        )


def check_shape(zipped: zipfile.ZipFile) -> dict[str, list[str]]:
    """The fields that each model has in the archive; refuses what is not known here."""
    schema = msgspec.json.decode(zipped.read("schema.json"))
    known = {portable.label(model): model for model in portable.travelling()}
    names: dict[str, list[str]] = {}
    for told in schema:
        fields = [one["name"] for one in told["fields"]]
        if told["model"] not in known:
            raise ArchiveRefused(f"The archive holds {told['model']}, which is not known here.")
        here = {one.attname for one in portable.fields_of(known[told["model"]])}
        if strange := [one for one in fields if one not in here]:
            raise ArchiveRefused(
                f"The archive holds {', '.join(strange)} of {told['model']}, not known here. "
                "Bring it in with the version that wrote it, then update."
            )
        names[told["model"]] = fields
    return names


def read_archive(path: Path) -> Manifest:
    """Bring all of it in, or nothing."""
    with open_archive(path) as zipped:
        manifest = read_manifest(zipped)
        check_files(zipped, manifest)
        names = check_shape(zipped)
        locks = [lock for app in apps.get_app_configs() for lock in locks_of(app)]
        with transaction.atomic(), writing("import"):
            check_empty()
            with lifted(connection, locks):
                _clear_what_migrating_made()
                for model in portable.travelling():
                    if portable.label(model) in names:
                        _bring_in(zipped, model)
                _check_keys()
            _reset_sequences()
            _bring_files(zipped)
            Transfer.note("import", manifest["contents_sha256"], clinic=manifest["clinic"])
    return manifest


def _clear_what_migrating_made() -> None:
    """A fresh installation may have a clinic without anybody in it."""
    Clinic.objects.all().delete()


def _bring_in(zipped: zipfile.ZipFile, model: type[models.Model]) -> None:
    with zipped.open(f"records/{portable.label(model)}.jsonl") as lines:
        rows = _rows(model, lines)
        while batch := list(islice(rows, BATCH)):
            _insert(model, batch)


def _rows(model: type[models.Model], lines: IO[bytes]) -> Iterator[models.Model]:
    fields = {field.attname: field for field in portable.fields_of(model)}
    withheld = {
        name.rpartition(".")[2]: value
        for name, (value, _) in portable.WITHHELD.items()
        if name.startswith(f"{portable.label(model)}.")
    }
    for line in lines:
        told = msgspec.json.decode(line)
        yield model(**withheld, **{name: _value(fields[name], told[name]) for name in told})


def _value(field: models.Field[Any, Any], told: Any) -> Any:
    if told is None or isinstance(field, models.JSONField):
        return told
    return portable.target_of(field).to_python(told)


def _insert(model: type[models.Model], rows: list[models.Model]) -> None:
    """As the rows are: no `auto_now`, no signal, no default in place of what was told."""
    fields = list(model._meta.concrete_fields)
    size = connection.ops.bulk_batch_size(fields, rows)
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        model._base_manager._insert(batch, fields=fields, using=connection.alias, raw=True)  # type: ignore[attr-defined]


def _check_keys() -> None:
    """Every key points at something; PostgreSQL checks now what it would check at the end."""
    connection.check_constraints()
    if connection.vendor == "postgresql":
        # The locks cannot come back while checks of foreign keys wait.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _reset_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), portable.travelling()):
            cursor.execute(statement)


def _bring_files(zipped: zipfile.ZipFile) -> None:
    for path in zipped.namelist():
        name = path.removeprefix("files/")
        if name != path:
            with zipped.open(path) as part:
                stored = default_storage.save(name, File(part, name))
            if stored != name:
                raise ArchiveRefused(f"There is a file {name} here already: nothing is brought in.")
