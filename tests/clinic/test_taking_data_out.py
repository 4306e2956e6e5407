"""All of a clinic in one open archive, and back into an empty installation as it was."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.utils import timezone

from glabella.clinic.audit import chain
from glabella.clinic.audit.models import AuditEvent, RawWrite
from glabella.clinic.data import portable
from glabella.clinic.data.actions import export_clinic
from glabella.clinic.data.models import Transfer
from glabella.clinic.data.reading import ArchiveRefused, read_archive
from glabella.clinic.data.tables import safe
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import NotAllowed
from glabella.clinic.records import ClinicModel
from glabella.clinic.treatments.models import ChartPoint, Treatment
from glabella.errors import InputError
from tests.clinic import history
from tests.clinic.conftest import SignedIn
from tests.clinic.test_locked_in_the_database import present, wanted

SECRET_WORDS = ("password", "secret")


def written(by: Member, at: datetime | None = None) -> bytes:
    out = io.BytesIO()
    export_clinic(out=out, by=by, at=at)
    return out.getvalue()


def opened(archive: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(archive))


def records(archive: bytes, label: str) -> list[dict[str, Any]]:
    lines = opened(archive).read(f"records/{label}.jsonl").splitlines()
    return [json.loads(line) for line in lines]


def table(archive: bytes, name: str) -> list[dict[str, str]]:
    text = opened(archive).read(f"tables/{name}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def kept_in(folder: Path, archive: bytes) -> Path:
    file = folder / "archive.zip"
    file.write_bytes(archive)
    return file


@pytest.fixture
def people(db: None) -> dict[str, Member]:
    return history.cast()


@pytest.fixture
def archive(people: dict[str, Member]) -> bytes:
    history.tell(people)
    return written(people["owner"])


def test_every_model_travels_or_says_why_it_stays() -> None:
    travels = {portable.label(model) for model in portable.travelling()}
    for model in apps.get_models():
        assert (portable.label(model) in travels) != bool(portable.stays(model)), model


def test_what_stays_stays_for_a_reason_that_is_still_there() -> None:
    labels = {portable.label(model) for model in apps.get_models()}
    assert portable.STAYS.keys() <= labels
    fields = {f"{portable.label(m)}.{f.name}" for m in apps.get_models() for f in m._meta.fields}
    assert portable.WITHHELD.keys() <= fields


def test_what_travels_points_only_at_what_travels() -> None:
    carried = set(portable.travelling())
    assert not [
        f"{portable.label(model)}.{field.name}"
        for model in carried
        for field in portable.fields_of(model)
        if field.is_relation and field.related_model not in carried
    ]


def test_every_field_that_travels_is_of_a_kind_that_comes_back_the_same() -> None:
    told = [
        (model, field) for model in portable.travelling() for field in portable.fields_of(model)
    ]
    texts = (models.CharField, models.TextField)
    assert not [
        f"{portable.label(model)}.{field.name} is a {type(field).__name__}"
        for model, field in told
        if portable.type_of(field) == "text"
        and not isinstance(field.target_field if field.is_relation else field, texts)
    ]


def test_no_secret_travels() -> None:
    told = [
        f"{portable.label(model)}.{field.name}"
        for model in portable.travelling()
        for field in portable.fields_of(model)
    ]
    assert told
    assert not [name for name in told if any(word in name for word in SECRET_WORDS)]


def test_the_manifest_names_every_file_with_its_hash(archive: bytes) -> None:
    zipped = opened(archive)
    manifest = json.loads(zipped.read("manifest.json"))
    told = {one["path"]: one for one in manifest["files"]}
    assert told.keys() == set(zipped.namelist()) - {"manifest.json"}
    for path, one in told.items():
        assert one["bytes"] == len(zipped.read(path))
        assert one["sha256"] == hashlib.sha256(zipped.read(path)).hexdigest()
    assert told["records/treatments.treatment.jsonl"]["rows"] == 2
    assert "auth.user.password" in manifest["left_behind"]


def test_the_schema_lists_each_field_of_each_line_with_what_it_gives_away(archive: bytes) -> None:
    for told in json.loads(opened(archive).read("schema.json")):
        names = [field["name"] for field in told["fields"]]
        for row in records(archive, told["model"]):
            assert list(row) == names, told["model"]
        assert {field["classification"] for field in told["fields"]} <= {
            "identifying",
            "clinical",
            "free",
        }


def test_the_archive_says_how_to_read_it(archive: bytes) -> None:
    words = opened(archive).read("README.txt").decode()
    assert "glabella import" in words
    assert all(name in words for name in ("schema.json", "records/", "tables/", "manifest.json"))


def test_tables_open_in_a_spreadsheet_and_run_no_formula(archive: bytes) -> None:
    assert opened(archive).read("tables/patients.csv").startswith(b"\xef\xbb\xbf")
    [patient] = table(archive, "patients")
    assert patient["date_of_birth"] == "1984-05-17"
    assert patient["notes"] == f"'=1+{history.MARK}"
    [vial] = table(archive, "vials")
    assert (vial["lot"], vial["remaining_units"]) == ("LOT-HISTORY", "80.00")


def test_units_stand_beside_their_product(archive: bytes) -> None:
    points = table(archive, "injections")
    assert len(points) == ChartPoint.objects.count() == 5
    assert {(one["units"], one["product"]) for one in points} == {("4.00", "Botox Cosmetic")}
    signed = next(one for one in table(archive, "treatments") if one["state"] == "signed")
    assert signed["given"] == "20 U Botox Cosmetic"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "＝1"])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == f"'{text}"
    assert safe(-1.5) == -1.5


def test_one_clinic_s_archive_holds_nothing_of_another(people: dict[str, Member]) -> None:
    history.tell(people)
    others = history.cast("Other Clinic", prefix="other-")
    foreign = history.tell(others)
    foreign.patient.__class__._base_manager.filter(pk=foreign.patient_id).update(email="q@q.test")
    archive = written(people["owner"])
    whole = b"".join(opened(archive).read(name) for name in opened(archive).namelist())
    assert b"q@q.test" not in whole
    assert b"other-injector" not in whole
    assert b"Other Clinic" not in whole
    for model in portable.travelling():
        ours = portable.rows_of(model, people["owner"].clinic)
        theirs = portable.rows_of(model, others["owner"].clinic)
        keys = {row["id"] for row in records(archive, portable.label(model))}
        # The export itself is the one event that came after.
        assert len(set(ours.values_list("pk", flat=True)) - keys) <= 1, model
        assert not keys & set(theirs.values_list("pk", flat=True)), model


def test_every_model_of_the_history_is_filled(people: dict[str, Member]) -> None:
    """The walls above are only tested where there is something on both sides."""
    history.tell(people)
    clinic = people["owner"].clinic
    filled = {model for model in portable.travelling() if portable.rows_of(model, clinic).exists()}
    ours = {model for model in portable.travelling() if issubclass(model, ClinicModel)}
    assert len(filled) >= 15
    assert {"treatments.addendum", "reviews.review", "tasks.task"} <= {
        portable.label(model) for model in filled & ours
    }


def test_only_those_who_may_export_do(people: dict[str, Member]) -> None:
    with pytest.raises(NotAllowed):
        written(people["injector"])


def test_an_export_is_in_the_trail(people: dict[str, Member]) -> None:
    written(people["owner"])
    event = AuditEvent.objects.get(action="clinic exported")
    assert event.by == people["owner"]


def test_the_owner_s_button_gives_the_same_archive(
    people: dict[str, Member], signed_in: SignedIn
) -> None:
    history.tell(people)
    client = signed_in(people["owner"])
    assert b"Export all of Test Clinic" in client.get("/data/").content
    answer = client.post("/data/export/")
    assert answer["Content-Disposition"].startswith('attachment; filename="test-clinic-')
    held = opened(b"".join(answer.streaming_content))
    assert json.loads(held.read("manifest.json"))["clinic"] == "Test Clinic"
    assert signed_in(people["injector"]).post("/data/export/").status_code == 403


@pytest.fixture
def moved(transactional_db: None, tmp_path: Path) -> tuple[bytes, bytes]:
    """An archive, and the one written again after it was brought into an empty installation."""
    people, at = history.cast(), timezone.now()
    history.tell(people)
    before = written(people["owner"], at)
    call_command("flush", interactive=False, verbosity=0)
    read_archive(kept_in(tmp_path, before))
    after = written(Member.objects.get(display_name="owner"), at)
    return before, after


def test_what_is_brought_in_is_exported_again_byte_for_byte(moved: tuple[bytes, bytes]) -> None:
    before, after = moved
    for name in opened(before).namelist():
        assert opened(before).read(name) == opened(after).read(name), name
    assert before == after


def test_signatures_locks_and_the_chain_hold_after_the_way(moved: tuple[bytes, bytes]) -> None:
    found = chain.verify(Clinic.objects.get())
    assert found.holds, found.breaks
    assert found.contents >= 4
    assert wanted() <= present()
    assert not RawWrite.objects.exists()
    treatment = Treatment.objects.get(state="signed")
    with pytest.raises(Exception, match="locked"):
        Treatment.objects.filter(pk=treatment.pk).update(facts_digest="x")
    assert Transfer.objects.get(kind="import").contents


def test_the_imported_record_goes_on(moved: tuple[bytes, bytes]) -> None:
    owner = Member.objects.get(display_name="owner")
    assert not owner.user.has_usable_password()
    assert (
        history.other_patient({"injector": owner}).pk
        > Treatment.objects.get(state="signed").patient_id
    )


@pytest.mark.django_db(transaction=True)
def test_an_installation_that_holds_a_record_takes_no_other(tmp_path: Path) -> None:
    people = history.cast()
    file = kept_in(tmp_path, written(people["owner"]))
    with pytest.raises(ArchiveRefused, match="empty installation"):
        read_archive(file)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broken", ["records/patients.patient.jsonl", "schema.json", "README.txt"])
def test_a_changed_archive_is_refused_and_nothing_stays(tmp_path: Path, broken: str) -> None:
    people = history.cast()
    history.tell(people)
    before = written(people["owner"])
    call_command("flush", interactive=False, verbosity=0)
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as out:
        for name in opened(before).namelist():
            held = opened(before).read(name)
            out.writestr(name, held.replace(b"e", b"a", 1) if name == broken else held)
    with pytest.raises(ArchiveRefused, match="not as it was written"):
        read_archive(kept_in(tmp_path, changed.getvalue()))
    assert not Member.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_that_fails_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = history.cast()
    history.tell(people)
    before = written(people["owner"])
    call_command("flush", interactive=False, verbosity=0)
    monkeypatch.setattr(
        "glabella.clinic.data.reading._bring_files",
        lambda _: (_ for _ in ()).throw(OSError("full")),
    )
    with pytest.raises(OSError, match="full"):
        read_archive(kept_in(tmp_path, before))
    assert not Member.objects.exists()
    assert wanted() <= present()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM treatments_treatment")
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize("held", [b"", b"no zip at all"])
def test_what_is_no_archive_is_refused_in_words(db: None, tmp_path: Path, held: bytes) -> None:
    with pytest.raises(InputError, match="not a whole archive"):
        read_archive(kept_in(tmp_path, held))
    with pytest.raises(InputError, match="no such file"):
        read_archive(tmp_path / "absent.zip")
