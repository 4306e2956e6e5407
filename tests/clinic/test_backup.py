"""A backup written while the clinic works, and put back without losing anything silently."""

from __future__ import annotations

import json
import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from glabella.clinic.audit import chain
from glabella.clinic.data import engines, pause
from glabella.clinic.data.backup import BackupFailed, back_up, backup_age, read_backup
from glabella.clinic.data.models import Transfer
from glabella.clinic.data.restore import Restored, as_text, restore
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.treatments.actions import sign_treatment
from glabella.clinic.treatments.models import Treatment
from glabella.errors import InputError
from tests.clinic import history
from tests.clinic.conftest import AnyReason, SignedIn, charted, stock_vial
from tests.clinic.test_locked_in_the_database import present, wanted


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, and nobody to wait for."""
    settings.DATA = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "files"
    settings.DATA.mkdir()
    monkeypatch.setattr(pause, "GRACE_SECONDS", 0)
    return tmp_path


@pytest.fixture
def people(transactional_db: None) -> dict[str, Member]:
    return history.cast()


@pytest.fixture
def backup(people: dict[str, Member], folder: Path) -> Path:
    history.tell(people)
    default_storage.save("photos/one.jpg", ContentFile(b"as it was"))
    target = folder / "backup.zip"
    back_up(target)
    return target


def test_a_backup_says_what_it_holds(backup: Path) -> None:
    manifest = read_backup(backup)
    assert manifest["engine"] == connection.vendor
    assert manifest["rows"]["treatments_treatment"] == 2
    assert manifest["rows"]["audit_auditevent"] > 10
    assert {Path(one["path"]).parts[0] for one in manifest["files"]} == {"database", "files"}
    assert manifest["secret_key"] == "not in here"
    assert backup.stat().st_mode & 0o077 == 0
    assert list(backup.parent.glob("*.part")) == list(backup.parent.glob(".backup-*")) == []


def test_the_command_names_what_it_wrote_and_what_is_not_in_it(
    people: dict[str, Member], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("backup", folder)
    said = capsys.readouterr().out
    [written] = folder.glob("glabella-*.zip")
    assert str(written) in said
    assert "secret key is not in the backup" in said


def test_a_backup_is_never_written_over(backup: Path) -> None:
    with pytest.raises(InputError, match="there already"):
        back_up(backup)


def test_a_damaged_backup_is_refused_and_nothing_is_touched(
    backup: Path, people: dict[str, Member]
) -> None:
    history.other_patient(people)
    whole = backup.read_bytes()
    backup.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="not a whole backup"):
        restore(backup)
    middle = len(whole) // 2
    backup.write_bytes(whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :])
    with pytest.raises((InputError, BackupFailed)):
        restore(backup)
    assert Patient.objects.count() == 2
    assert not pause.is_paused(django_settings.DATA)


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"engine": "oracle"}, r"glabella export.*glabella import"),
        ({"migrations": ["stock.9999_tomorrow"]}, r"newer.*Update Glabella.*Nothing was changed"),
    ],
)
def test_a_backup_that_does_not_fit_here_is_refused_in_words(
    backup: Path, changed: dict[str, Any], refused: str
) -> None:
    other = backup.with_name("other.zip")
    with zipfile.ZipFile(backup) as held, zipfile.ZipFile(other, "w") as out:
        for name in held.namelist():
            text = held.read(name)
            if name == "manifest.json":
                text = json.dumps(json.loads(text) | changed).encode()
            out.writestr(name, text)
    with pytest.raises(BackupFailed, match=refused):
        restore(other)
    assert Patient.objects.count() == 1


@pytest.fixture
def yesterday(backup: Path, people: dict[str, Member]) -> Restored:
    """The clinic worked a day after the backup, and then the backup was put back."""
    history.tell(people, days=15)
    default_storage.save("photos/two.jpg", ContentFile(b"newer"))
    return restore(backup)


def test_yesterday_s_backup_is_back_whole(yesterday: Restored, folder: Path) -> None:
    assert Patient.objects.count() == 1
    assert Treatment.objects.filter(state="signed").count() == 1
    assert chain.verify(Clinic.objects.get()).holds
    assert wanted() <= present()
    assert (folder / "data" / "files" / "photos" / "one.jpg").read_bytes() == b"as it was"
    assert Transfer.objects.first().kind == "restore"


def test_what_was_signed_since_is_named_and_kept_aside(yesterday: Restored) -> None:
    said = as_text(yesterday)
    assert yesterday.aside is not None
    assert yesterday.aside.exists()
    assert len(yesterday.signed) == 3, yesterday.signed
    assert "Signed since the backup, 3 in all:" in said
    assert re.search(r"Treatment \d+, signed 20", said)
    assert re.search(r"Review \d+, signed 20", said)
    assert re.search(r"Adverse event \d+, signed 20", said)
    assert "patients: 1 added since the backup" in said
    assert f"glabella restore {yesterday.aside}" in said


def test_what_was_kept_aside_can_be_put_back(yesterday: Restored) -> None:
    assert yesterday.aside is not None
    again = restore(yesterday.aside, at=timezone.now() + timedelta(seconds=5))
    assert Patient.objects.count() == 2
    assert Treatment.objects.filter(state="signed").count() == 2
    assert chain.verify(Clinic.objects.get()).holds
    assert again.signed == []


def test_what_was_signed_after_the_backup_from_a_draft_in_it_is_named(
    people: dict[str, Member], folder: Path
) -> None:
    vial = stock_vial(people["assistant"], opened_by=people["injector"])
    draft = charted(history.other_patient(people), vial, people["injector"])
    target = folder / "draft.zip"
    back_up(target)
    sign_treatment(treatment=draft, by=people["injector"], overrides=AnyReason())
    done = restore(target)
    assert [line.partition(",")[0] for line in done.signed] == [f"Treatment {draft.pk}"]
    assert Treatment.objects.get().state == "draft"


def test_a_restore_that_fails_leaves_the_record_as_it_was(
    backup: Path, people: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    history.other_patient(people)

    def full(*_: Any) -> None:
        raise engines.EngineRefused("The database could not be copied: disk is full.")

    monkeypatch.setattr(type(engines.of(connection)), "put_back", full)
    with pytest.raises(engines.EngineRefused, match="disk is full"):
        restore(backup)
    assert Patient.objects.count() == 2
    assert not pause.is_paused(django_settings.DATA)


def test_while_a_backup_is_put_back_the_pages_say_so(db: None, folder: Path) -> None:
    with pause.paused(django_settings.DATA):
        page = Client().get("/sign-in/")
        sent = Client().post("/treatments/1/draft/", "{}", content_type="application/json")
    assert page.status_code == sent.status_code == 503
    assert b"try again in a minute" in page.content
    assert "try again in a minute" in sent.json()["error"]
    assert Client().get("/sign-in/").status_code == 200


def test_a_pause_that_nobody_ended_lapses(db: None, folder: Path) -> None:
    mark = django_settings.DATA / pause.FILE
    mark.write_text("")
    assert pause.is_paused(django_settings.DATA)
    os.utime(mark, (0, 0))
    assert not pause.is_paused(django_settings.DATA)


@pytest.mark.parametrize(("days", "late"), [(1, False), (3, True)])
def test_an_old_backup_warns_the_owner(
    people: dict[str, Member], signed_in: SignedIn, days: int, late: bool
) -> None:
    Transfer.note("backup", "0" * 64, at=timezone.now() - timedelta(days=days))
    assert backup_age(timezone.now()).late == late
    page = signed_in(people["owner"]).get("/").content.decode()
    assert ("The last backup is 3 days old" in page) == late
    assert "backup" not in signed_in(people["injector"]).get("/").content.decode()


def test_no_backup_at_all_warns_the_owner(people: dict[str, Member], signed_in: SignedIn) -> None:
    assert "There is no backup yet" in signed_in(people["owner"]).get("/").content.decode()


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(engines.shutil, "which", lambda _: None)
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    return


@pytest.mark.usefixtures("no_programs")
def test_absent_programs_of_postgresql_are_named_with_the_way_to_get_them() -> None:
    with pytest.raises(engines.EngineRefused, match="apt-get install postgresql-client"):
        engines._program("pg_dump")


@pytest.mark.postgres
def test_a_dump_that_cannot_be_loaded_leaves_the_database_as_it_was(
    people: dict[str, Member], folder: Path
) -> None:
    engine = engines.of(connection)
    dump = engine.dump(folder)
    text = subprocess.run(
        [engines._program("pg_restore"), "--file=-", str(dump)], capture_output=True, check=True
    ).stdout
    assert b"CREATE TABLE" in text
    members = Member.objects.count()
    dump.write_bytes(dump.read_bytes()[:2000])
    with pytest.raises(engines.EngineRefused):
        engine.put_back(dump)
    assert Member.objects.count() == members


def test_a_damaged_database_is_not_backed_up_as_if_it_were_whole(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(engines.EngineRefused, match=r"cannot be read|not whole"):
        engines.Sqlite(connection).check(broken)
