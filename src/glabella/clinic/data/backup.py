"""A backup of the whole installation, written while it runs and read again before it counts."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from glabella import __version__
from glabella.clinic.data import engines
from glabella.clinic.data.archive import READ_BYTES, Packer, pretty
from glabella.clinic.data.models import Transfer, TransferKind
from glabella.errors import InputError, RecordError

FORMAT = "glabella-backup"
KEY_NOTE = (
    "The secret key is not in the backup. Keep a copy of it apart ({key}): whoever has both can "
    "sign in as anybody. Without it everybody signs in anew and one-time links no longer open."
)


class BackupFailed(RecordError):
    """The backup was not written, or what was written does not hold."""


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A place to write; it gets its name only when all of it is on the disk."""
    if target.exists():
        raise InputError(f"{target} is there already, and is not written over. Choose a new name.")
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(target)
    except (OSError, OperationalError) as error:
        why = getattr(error, "strerror", None) or error
        raise BackupFailed(
            f"{target} was not written: {why}. Nothing was changed and nothing "
            "half-written is left. Make room or choose another folder, then try again."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def write_backup(target: Path, *, at: datetime | None = None) -> dict[str, Any]:
    """Write and verify a backup; gives its manifest."""
    at = at or timezone.now()
    engine = engines.of(connection)
    with whole_file(target) as part:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            dump = engine.dump(Path(folder))
            counts = engine.check(dump)
            with zipfile.ZipFile(part, "w", compresslevel=1) as zipped:
                packer = Packer(zipped)
                packer.add(f"database/{dump.name}", _parts(dump))
                for path in _stored_files():
                    name = path.relative_to(settings.MEDIA_ROOT).as_posix()
                    packer.add(f"files/{name}", _parts(path))
                manifest = _manifest(packer, engine.name, counts, at=at)
                packer.add("manifest.json", [pretty(manifest)])
        part.chmod(0o600)
        read_backup(part)
    return manifest


def _manifest(
    packer: Packer, engine: str, counts: dict[str, int], *, at: datetime
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "format_version": 1,
        "glabella": __version__,
        "engine": engine,
        "written_at": at,
        "contents_sha256": packer.contents(),
        "migrations": [f"{app}.{name}" for app, name in sorted(_migrations())],
        "rows": counts,
        "secret_key": "not in here",
        "files": packer.files,
    }


def _migrations() -> set[tuple[str, str]]:
    """Which shape the tables have, so that an older Glabella does not take a newer one's."""
    return set(MigrationRecorder(connection).applied_migrations())


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stored:
        while part := stored.read(READ_BYTES):
            yield part


def _stored_files() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT)
    return (path for path in sorted(root.rglob("*")) if path.is_file())


def read_backup(path: Path) -> dict[str, Any]:
    """The manifest of a backup whose every byte is as it was written."""
    try:
        with zipfile.ZipFile(path) as zipped:
            manifest: dict[str, Any] = msgspec.json.decode(zipped.read("manifest.json"))
            if manifest.get("format") != FORMAT:
                raise InputError(f"{path} is not a backup that `glabella backup` wrote.")
            for one in manifest["files"]:
                if _digest(zipped, one["path"]) != one["sha256"]:
                    raise BackupFailed(f"{one['path']} in {path} is not as it was written.")
    except FileNotFoundError as error:
        raise InputError(f"Cannot read {path}: there is no such file. Check the name.") from error
    except (KeyError, zipfile.BadZipFile, msgspec.DecodeError, OSError, EOFError) as error:
        raise InputError(f"{path} is not a whole backup: {error}. Take another one.") from error
    return manifest


def _digest(zipped: zipfile.ZipFile, path: str) -> str:
    digest = hashlib.sha256()
    with zipped.open(path) as part:
        while read := part.read(READ_BYTES):
            digest.update(read)
    return digest.hexdigest()


def back_up(target: Path) -> dict[str, Any]:
    """A backup that the installation remembers."""
    at = timezone.now()
    manifest = write_backup(target, at=at)
    Transfer.note(TransferKind.BACKUP, manifest["contents_sha256"], at=at, file=target.name)
    return manifest


@dataclass(frozen=True, slots=True)
class BackupAge:
    """When the last backup was written, and whether that is too long ago."""

    last: datetime | None
    late: bool
    days: int


def backup_age(now: datetime) -> BackupAge:
    last = Transfer.objects.filter(kind=TransferKind.BACKUP).values_list("at", flat=True).first()
    allowed = timedelta(days=settings.BACKUP_DAYS)
    late = last is None or now - last > allowed
    return BackupAge(last, late, (now - last).days if last else 0)
