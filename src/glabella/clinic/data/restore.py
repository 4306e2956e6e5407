"""Puts a backup back, after the present record was kept aside, and says what is newer than it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from glabella.clinic.data import engines, pause
from glabella.clinic.data.backup import BackupFailed, read_backup, write_backup
from glabella.clinic.data.models import Transfer, TransferKind
from glabella.clinic.data.portable import chunk_of
from glabella.clinic.records import ClinicModel

SHOWN = 50


@dataclass(slots=True)
class Newer:
    """What the present record holds of one model that the backup does not."""

    model: str
    only_now: int = 0
    changed: int = 0
    signed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Restored:
    """How a restore went."""

    written_at: datetime
    aside: Path | None
    newer: list[Newer]

    @property
    def signed(self) -> list[str]:
        return [line for one in self.newer for line in one.signed]


def restore(path: Path, *, at: datetime | None = None) -> Restored:
    """Put a backup back; the present record is kept aside first, and nothing is lost silently."""
    at = at or timezone.now()
    manifest, engine = read_backup(path), engines.of(connection)
    _check_engine(manifest, engine.name)
    _check_version(manifest)
    aside: Path | None = None
    with pause.paused(settings.DATA), tempfile.TemporaryDirectory(dir=settings.DATA) as name:
        folder = Path(name)
        dump = _take_out(path, manifest, folder)
        engine.check(dump)
        held = _holds_a_record()
        if held:
            aside = settings.DATA / "kept-aside" / f"before-restore-{at:%Y%m%dT%H%M%SZ}.zip"
            write_backup(aside, at=at)
            _write_ledger(folder)
        engine.put_back(dump)
        _put_back_files(path)
        call_command("migrate", verbosity=0, interactive=False)
        newer = list(_compare(folder)) if held else []
    Transfer.note(TransferKind.RESTORE, manifest["contents_sha256"], at=at, file=path.name)
    return Restored(datetime.fromisoformat(manifest["written_at"]), aside, newer)


def _check_engine(manifest: dict[str, Any], here: str) -> None:
    if manifest["engine"] != here:
        raise BackupFailed(
            f"This backup is of {manifest['engine']}, and this installation runs on {here}. Put it "
            "back where it came from; to move between the two, use `glabella export` and "
            "`glabella import`."
        )


def _take_out(path: Path, manifest: dict[str, Any], folder: Path) -> Path:
    inside = next(one["path"] for one in manifest["files"] if one["path"].startswith("database/"))
    target = folder / Path(inside).name
    with zipfile.ZipFile(path) as zipped, zipped.open(inside) as source, target.open("wb") as out:
        shutil.copyfileobj(source, out)
    return target


def _put_back_files(path: Path) -> None:
    """Files of the backup come back; files that are newer stay, nothing refers to them."""
    root = Path(settings.MEDIA_ROOT)
    with zipfile.ZipFile(path) as zipped:
        for name in zipped.namelist():
            if name.startswith("files/"):
                target = root / name.removeprefix("files/")
                target.parent.mkdir(parents=True, exist_ok=True)
                with zipped.open(name) as source, target.open("wb") as out:
                    shutil.copyfileobj(source, out)


def _check_version(manifest: dict[str, Any]) -> None:
    """A backup of an earlier version is brought up to this one; a later one is not understood."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(manifest["migrations"]) - known):
        raise BackupFailed(
            f"The backup was written by Glabella {manifest['glabella']}, which is newer than this "
            f"one: it knows {unknown[0]}. Update Glabella, then put it back. Nothing was changed."
        )


def _recorded() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if issubclass(model, ClinicModel) and model is not Transfer
    ]


def _holds_a_record() -> bool:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return all(model._meta.db_table in tables for model in _recorded())


def _lines(model: type[models.Model]) -> Iterator[tuple[Any, str, str]]:
    """Key, fingerprint and words of each row, in the order of the keys."""
    names = [one.attname for one in model._meta.concrete_fields]
    signed = names.index("signed_at") if "signed_at" in names else None
    what = str(model._meta.verbose_name).capitalize()
    rows = model._base_manager.order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=chunk_of(model)):
        print_of = hashlib.blake2b(repr(row).encode(), digest_size=8).hexdigest()
        words = (
            f"{what} {row[0]}, signed {row[signed]:%Y-%m-%d %H:%M}"
            if signed and row[signed]
            else ""
        )
        yield row[0], print_of, words


def _write_ledger(folder: Path) -> None:
    for model in _recorded():
        with (folder / model._meta.db_table).open("wb") as out:
            for line in _lines(model):
                out.write(msgspec.json.encode(line) + b"\n")


def _compare(folder: Path) -> Iterator[Newer]:
    for model in _recorded():
        found = Newer(str(model._meta.verbose_name_plural))
        with (folder / model._meta.db_table).open("rb") as held:
            _merge((msgspec.json.decode(line) for line in held), _lines(model), found)
        if found.only_now or found.changed:
            yield found


def _merge(
    before: Iterator[list[Any]], after: Iterator[tuple[Any, str, str]], found: Newer
) -> None:
    """Walk both in the order of their keys; memory does not grow with the record."""
    now = next(after, None)
    for key, fingerprint, words in before:
        while now is not None and now[0] < key:
            now = next(after, None)
        if now is None or now[0] != key:
            found.only_now += 1
        elif now[1] != fingerprint:
            found.changed += 1
        else:
            continue
        if words and (now is None or now[0] != key or not now[2]):
            found.signed.append(words)


def as_text(done: Restored) -> str:
    """The restore in words, for the person who asked for it."""
    said = [f"The backup of {done.written_at:%Y-%m-%d %H:%M} UTC is in place."]
    if done.aside is None:
        return "\n".join([*said, "There was no record here before."])
    said.append(f"What was here before is kept in {done.aside}")
    said.append(f"(glabella restore {done.aside} brings it back).")
    if not done.newer:
        return "\n".join([*said, "It holds nothing that the backup does not."])
    said.append("It holds what the backup does not, and what is no longer in the live record:")
    for one in done.newer:
        parts = [
            f"{one.only_now} added" if one.only_now else "",
            f"{one.changed} changed" if one.changed else "",
        ]
        said.append(f"  {one.model}: {', '.join(part for part in parts if part)} since the backup")
    if done.signed:
        said.append(f"Signed since the backup, {len(done.signed)} in all:")
        said += [f"  {line}" for line in done.signed[:SHOWN]]
        if len(done.signed) > SHOWN:
            said.append(f"  and {len(done.signed) - SHOWN} more, in the copy that was kept aside")
        said.append("Enter these again from the copy, or bring the copy back.")
    return "\n".join(said)
