"""A disk without room: what was saved stays, what cannot be says so, nothing is half there."""

from __future__ import annotations

import errno
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from glabella.clinic.audit import chain
from glabella.clinic.data.actions import export_clinic
from glabella.clinic.data.backup import BackupFailed, whole_file
from glabella.clinic.data.room import is_no_room
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.stock.models import Draw, Vial
from glabella.clinic.treatments.models import Treatment
from tests.clinic import history
from tests.clinic.conftest import SignedIn, charted, glabella, in_order, post_json, stock_vial
from tests.reliability.conftest import Victim, environment_of

# Enough for Python to start and read; too little for a copy of the database.
SMALL_BYTES = 60_000


@pytest.fixture
def people(transactional_db: None) -> dict[str, Member]:
    return history.cast()


@pytest.fixture
def draft(people: dict[str, Member]) -> Treatment:
    vial = stock_vial(people["assistant"], opened_by=people["injector"])
    return charted(history.other_patient(people), vial, people["injector"])


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """SQLite may not grow by a page; PostgreSQL says what it says when its disk is full."""
    with monkeypatch.context() as patched:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                # No page that was freed before is left to write into.
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA page_count")
                [pages] = cursor.fetchone()
                cursor.execute(f"PRAGMA max_page_count = {pages}")
        else:
            import psycopg.errors

            def refuse(*_: Any, **__: Any) -> None:
                cause = psycopg.errors.DiskFull("could not extend file: No space left on device")
                raise OperationalError(str(cause)) from cause

            patched.setattr("glabella.clinic.treatments.actions._draw_from_vials", refuse)
            patched.setattr("glabella.clinic.treatments.actions._next_version", refuse)
        yield
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA max_page_count = 1073741823")


def test_signing_on_a_full_disk_signs_nothing_and_says_so(
    draft: Treatment, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, people: Any
) -> None:
    client, before = signed_in(people["injector"]), Vial.objects.get().remaining_units
    in_order(draft.patient, people["injector"])
    page = f"/treatments/{draft.pk}/sign/"
    sent = {"version": draft.version, "date": draft.date.isoformat()}
    with full_disk(monkeypatch):
        answer = client.post(page, sent)
    assert answer.status_code == 507, answer.content[:2000]
    assert b"The disk of the server is full" in answer.content
    assert not Treatment.objects.get(pk=draft.pk).is_signed
    assert Vial.objects.get().remaining_units == before
    assert not Draw.objects.exists()
    assert chain.verify(Clinic.objects.get()).holds
    assert client.post(page, sent).status_code == 302
    assert Treatment.objects.get(pk=draft.pk).is_signed


def test_a_draft_that_cannot_be_saved_keeps_what_was_saved_before(
    draft: Treatment, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, people: Any
) -> None:
    client, vial = signed_in(people["injector"]), Vial.objects.get()
    many = [{**glabella(vial)[1], "key": f"q{n}", "x_mm": 12 + n / 50} for n in range(500)]
    with full_disk(monkeypatch):
        sent = {"version": draft.version, "points": many}
        answer = post_json(client, f"/treatments/{draft.pk}/draft/", sent)
    assert answer.status_code == 507, answer.content
    assert "not saved" in answer.json()["error"]
    assert draft.points.count() == 5
    assert Treatment.objects.get(pk=draft.pk).version == draft.version


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_folder_without_room_leaves_no_half_file(tmp_path: Path, code: int) -> None:
    target = tmp_path / "archive.zip"

    def half() -> None:
        with whole_file(target) as part:
            part.write_bytes(b"half")
            raise OSError(code, "No space left on device")

    with pytest.raises(BackupFailed, match="Make room"):
        half()
    assert list(tmp_path.iterdir()) == []


def test_an_export_on_a_full_disk_changes_nothing(people: dict[str, Member]) -> None:
    class Full:
        def write(self, part: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def flush(self) -> None: ...

    members = Member.objects.count()
    with pytest.raises(OSError, match="No space") as refused:
        export_clinic(out=Full(), by=people["owner"])  # type: ignore[arg-type]
    assert is_no_room(refused.value)
    assert Member.objects.count() == members


def _small_files() -> None:
    """As a disk with room for little: a write past the limit fails."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_BYTES, SMALL_BYTES))


@pytest.mark.parametrize("command", ["backup", "export"])
def test_a_command_that_runs_out_of_room_says_so_and_leaves_nothing(
    tmp_path: Path, command: str
) -> None:
    environment = environment_of(tmp_path)
    victim = Victim(environment)
    for _ in range(3):
        victim.order("time", "sign", victim.order("prepare")["draft"])
    victim.end()
    target = tmp_path / "out" / "clinic.zip"
    target.parent.mkdir()
    words = [command, str(target)] + (["--by", "olga"] if command == "export" else [])
    done = subprocess.run(
        [sys.executable, "-m", "glabella.cli", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_small_files,
    )
    assert done.returncode == 6, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "room" in done.stderr or "full" in done.stderr
    assert list(target.parent.iterdir()) == []
