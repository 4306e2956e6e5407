"""Writes all of a clinic as one zip that needs no Glabella to be read.

Rows are streamed: memory does not grow with the record. Everything in it is read in one
transaction, so that the clinic goes on working meanwhile and the archive is of one moment.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from typing import IO, Any

import msgspec
from django.core.files.storage import default_storage
from django.db import connection, models

from glabella import __version__
from glabella.clinic.data import portable, tables
from glabella.clinic.people.models import Clinic

FORMAT = "glabella-archive"
FORMAT_VERSION = 1
# No moment of this machine gets into the zip: the same record gives the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)
READ_BYTES = 1 << 20


@contextmanager
def one_moment() -> Iterator[None]:
    """Read the database as it is now, while others go on writing."""
    if connection.in_atomic_block:
        yield
        return
    begin = {
        "sqlite": "BEGIN DEFERRED",
        "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    }
    with connection.cursor() as cursor:
        cursor.execute(begin[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


@contextmanager
def _closing(parts: Iterator[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        if isinstance(parts, Generator):
            parts.close()


@dataclass(slots=True)
class Packer:
    """A zip that remembers the hash and the size of what was put in."""

    zip: zipfile.ZipFile
    files: list[dict[str, Any]] = field(default_factory=list)

    def add(self, path: str, parts: Iterable[bytes], *, rows: bool = False) -> None:
        """Put in one file, part by part; with `rows`, each part counts as one."""
        info = zipfile.ZipInfo(path, EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        digest, size, count = hashlib.sha256(), 0, 0
        # Closed at once when the disk is full: behind it stands a cursor of the database.
        reading = iter(parts)
        with self.zip.open(info, "w", force_zip64=True) as out, _closing(reading):
            for part in reading:
                out.write(part)
                digest.update(part)
                size += len(part)
                count += 1
        told = {"path": path, "bytes": size, "sha256": digest.hexdigest()}
        self.files.append(told | ({"rows": count} if rows else {}))

    def contents(self) -> str:
        """One hash over all files: two archives with the same hold the same."""
        lines = "".join(f"{one['sha256']}  {one['path']}\n" for one in self.files)
        return hashlib.sha256(lines.encode()).hexdigest()


def pretty(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def write_archive(out: IO[bytes], clinic: Clinic, *, at: datetime) -> dict[str, Any]:
    """Write all of a clinic to an open file; gives the manifest."""
    with zipfile.ZipFile(out, "w", compresslevel=6) as zipped, one_moment():
        packer = Packer(zipped)
        carried = portable.travelling()
        packer.add("README.txt", [read_me()])
        packer.add("schema.json", [pretty([portable.schema_of(model) for model in carried])])
        for model in carried:
            rows = portable.rows_of(model, clinic)
            path = f"records/{portable.label(model)}.jsonl"
            packer.add(path, portable.lines_of(model, rows), rows=True)
        for name, lines in tables.TABLES.items():
            packer.add(f"tables/{name}.csv", lines(clinic))
        for model in carried:
            for name in file_names(portable.rows_of(model, clinic)):
                packer.add(f"files/{name}", read_file(name))
        manifest = _manifest(packer, clinic, at=at)
        packer.add("manifest.json", [pretty(manifest)])
    return manifest


def _manifest(packer: Packer, clinic: Clinic, *, at: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "glabella": __version__,
        "clinic": clinic.name,
        "written_at": at,
        "contents_sha256": packer.contents(),
        "left_behind": portable.STAYS | {name: why for name, (_, why) in portable.WITHHELD.items()},
        "files": packer.files,
    }


def read_me() -> bytes:
    return resources.files("glabella.clinic.data").joinpath("archive_readme.txt").read_bytes()


def file_names(rows: models.QuerySet[Any]) -> Iterator[str]:
    """The stored files that these rows name, each once."""
    names = [
        one.name for one in rows.model._meta.concrete_fields if isinstance(one, models.FileField)
    ]
    seen: set[str] = set()
    for name in names:
        for stored in rows.values_list(name, flat=True).iterator(chunk_size=portable.CHUNK):
            if stored and stored not in seen:
                seen.add(stored)
                yield stored


def read_file(name: str) -> Iterator[bytes]:
    with default_storage.open(name) as stored:
        while part := stored.read(READ_BYTES):
            yield part
