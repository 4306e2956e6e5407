"""One patient's data: a copy for them, a hold, a restriction, an erasure."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, models
from django.utils import timezone

from glabella.clinic.audit import chain
from glabella.clinic.audit.models import AuditEvent, RawWrite
from glabella.clinic.data import actions, erasing, rules
from glabella.clinic.data.models import Erasure, LegalHold, Restriction, Salt
from glabella.clinic.data.queries import all_patients, due_for_erasure
from glabella.clinic.links.models import PatientLink
from glabella.clinic.outbox.models import Message
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed
from glabella.clinic.records import ClinicModel
from glabella.clinic.reviews.models import Review
from glabella.clinic.stock.accounts import vial_balance
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.models import Addendum, Treatment
from glabella.clinic.treatments.record import addendum_hash, is_intact, stored_points
from tests.clinic import history
from tests.clinic.conftest import SignedIn
from tests.clinic.test_locked_in_the_database import present, wanted

YEARS = 10


@pytest.fixture
def people(db: None) -> dict[str, Member]:
    return history.cast()


@pytest.fixture
def treated(people: dict[str, Member]) -> Treatment:
    return history.tell(people)


@pytest.fixture
def patient(treated: Treatment) -> Patient:
    return treated.patient


def keep_for(people: dict[str, Member], years: int, until_age: int | None = None) -> None:
    actions.set_retention(years=years, until_age=until_age, by=people["owner"])


def later(years: int = YEARS + 1) -> Any:
    return timezone.now() + timedelta(days=366 * years)


def erased(patient: Patient, people: dict[str, Member]) -> Erasure:
    """As at the end of retention."""
    keep_for(people, YEARS)
    return actions.erase_patient(
        patient=patient, ground="End of retention.", by=people["owner"], at=later()
    )


def everything() -> str:
    """Every cell of every table of the record, as the database holds it."""
    cells: list[str] = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            cells += [str(cell) for row in cursor.fetchall() for cell in row]
    return "\n".join(cells)


def test_whatever_hangs_on_a_patient_s_record_is_known_as_theirs() -> None:
    """A new model that points at a patient's rows must say `PATIENT`, or be in nobody's copy."""
    of_patient = set(erasing.about_patients())
    assert not [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if issubclass(model, ClinicModel) and model not in of_patient
        for field in model._meta.concrete_fields
        if field.related_model in of_patient and not model._meta.label.startswith("audit.")
    ]


def copy_of(patient: Patient, by: Member) -> zipfile.ZipFile:
    out = io.BytesIO()
    actions.export_patient(patient=patient, out=out, by=by)
    return zipfile.ZipFile(out)


def test_a_patient_s_copy_holds_all_that_is_theirs_and_nothing_of_others(
    patient: Patient, people: dict[str, Member]
) -> None:
    history.other_patient(people)
    copy = copy_of(patient, people["owner"])
    whole = b"".join(copy.read(name) for name in copy.namelist() if not name.endswith(".pdf"))
    assert b"Quagga" not in whole
    held = json.loads(copy.read("record.json"))
    for model in erasing.about_patients():
        rows = held["records"].get(model._meta.label_lower, [])
        keys = set(erasing.rows_about(model, patient).values_list("pk", flat=True))
        assert {row["id"] for row in rows} == keys, model
    assert {"patients.patient", "treatments.addendum", "reviews.review", "outbox.message"} <= held[
        "records"
    ].keys()
    assert held["vials"][0]["lot"] == "LOT-HISTORY"


def test_the_copy_can_be_read_and_says_who_looked(
    patient: Patient, people: dict[str, Member]
) -> None:
    copy = copy_of(patient, people["owner"])
    page = copy.read("record.html").decode()
    assert f"{history.MARK} text" in page
    assert "Who looked at the record" in page
    assert "<td>supervisor</td><td>patients:timeline</td>" in page
    assert "content_hash" not in page
    assert copy.read("record.pdf").startswith(b"%PDF")
    [treatment] = [name for name in copy.namelist() if name.startswith("treatments/")]
    assert copy.read(treatment).startswith(b"%PDF")
    assert AuditEvent.objects.filter(action="patient exported", subject_id=patient.pk).exists()


def test_the_copy_is_there_where_no_pdf_can_be_drawn(
    patient: Patient, people: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> None:
        raise OSError("no Pango")

    monkeypatch.setattr("glabella.clinic.printing.importlib.import_module", missing)
    assert {"record.html", "record.json"} <= set(copy_of(patient, people["owner"]).namelist())


@pytest.mark.parametrize(
    ("last", "born", "years", "until_age", "until"),
    [
        (date(2026, 1, 5), date(1980, 1, 1), 8, None, date(2034, 1, 5)),
        (date(2024, 2, 29), date(1980, 1, 1), 1, None, date(2025, 3, 1)),
        (date(2026, 1, 5), date(2012, 6, 1), 8, 25, date(2037, 6, 1)),
        (date(2026, 1, 5), date(1980, 1, 1), 8, 25, date(2034, 1, 5)),
        (date(2026, 1, 5), date(1980, 1, 1), None, None, None),
        (None, date(1980, 1, 1), 8, None, None),
    ],
)
def test_until_when_a_record_is_kept(
    last: date | None, born: date, years: int | None, until_age: int | None, until: date | None
) -> None:
    kept = rules.kept_until(last_visit=last, born=born, years=years, until_age=until_age)
    assert kept.until == until
    assert kept.why


def test_no_law_is_invented(people: dict[str, Member], patient: Patient) -> None:
    assert people["owner"].clinic.retention_years is None
    with pytest.raises(rules.ErasureRefused, match="has not said how long"):
        actions.erase_patient(patient=patient, ground="Asked.", by=people["owner"])
    assert "differs between countries" in rules.LAWS_DIFFER


def test_before_the_end_of_retention_erasure_is_refused_with_the_reason(
    people: dict[str, Member], patient: Patient
) -> None:
    keep_for(people, YEARS)
    with pytest.raises(rules.ErasureRefused, match=r"10 years.*kept until.*Restricting"):
        actions.erase_patient(patient=patient, ground="Asked.", by=people["owner"])
    assert Patient.objects.get(pk=patient.pk).email


def test_a_hold_keeps_a_record_whatever_its_age(
    people: dict[str, Member], patient: Patient
) -> None:
    owner = people["owner"]
    hold = actions.place_hold(patient=patient, reason="Claim 12.", by=owner)
    with pytest.raises(rules.HoldRefused, match="stands already"):
        actions.place_hold(patient=patient, reason="Again.", by=owner)
    with pytest.raises(rules.ErasureRefused, match=r"Claim 12.*placed by owner"):
        erased(patient, people)
    actions.lift_hold(patient=patient, reason="Claim settled.", by=owner)
    assert LegalHold.objects.get(pk=hold.pk).lifted_because == "Claim settled."
    with pytest.raises(rules.HoldRefused, match="No hold"):
        actions.lift_hold(patient=patient, reason="Again.", by=owner)
    assert erased(patient, people).fields_erased > 0


@pytest.mark.parametrize("change", ["reason = 'other'", "lifted_at = NULL", "by_id = by_id + 1"])
def test_a_hold_stays_as_it_was_set(
    people: dict[str, Member], patient: Patient, change: str
) -> None:
    actions.place_hold(patient=patient, reason="Claim 12.", by=people["owner"])
    actions.lift_hold(patient=patient, reason="Over.", by=people["owner"])
    with pytest.raises(Exception, match="stays as it was set"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE data_legalhold SET {change}")


def test_who_a_patient_was_is_nowhere_after_an_erasure(
    people: dict[str, Member], patient: Patient
) -> None:
    assert history.MARK in everything()
    erased(patient, people)
    left = everything().lower()
    for telling in (history.MARK, "zanzibar@example.org", "7654321", "1984-05-17"):
        assert telling.lower() not in left, telling
    kept = Patient.objects.get(pk=patient.pk)
    assert (kept.name, kept.date_of_birth) == (f"Erased patient {patient.pk}", date(1984, 1, 1))


def test_every_identifying_text_of_every_model_is_emptied() -> None:
    """A model that is added tomorrow: nothing that identifies may be left out by its type."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.FileField)
    for model in erasing.about_patients():
        updates = erasing.updates_of(model)
        for field in model._meta.concrete_fields:
            identifying = model.FIELDS[field.name] == "identifying"
            if identifying and isinstance(field, kinds) and not field.is_relation:
                assert field.name in updates, f"{model.__name__}.{field.name}"


def test_what_was_signed_stays_and_can_still_be_verified(
    people: dict[str, Member], patient: Patient, treated: Treatment
) -> None:
    points = list(treated.points.values())
    erased(patient, people)
    chain.link(patient.clinic_id)
    found = chain.verify(patient.clinic)
    assert found.holds, found.breaks
    after = Treatment.objects.get(pk=treated.pk)
    assert list(after.points.values()) == points
    assert is_intact(after, stored_points(after))
    assert vial_balance(Vial.objects.get()).holds
    assert Review.objects.get().glabella_maximum == 1
    assert wanted() <= present()
    assert not RawWrite.objects.exists()


def test_guesses_at_erased_words_cannot_be_tried_against_the_hash_that_stays(
    people: dict[str, Member], patient: Patient
) -> None:
    before = Addendum.objects.get()
    signed = chain.signed_hash(before)
    assert addendum_hash(before) == signed
    erased(patient, people)
    guess = Addendum.objects.get()
    guess.reason, guess.text = before.reason, before.text
    assert addendum_hash(guess) != signed
    assert Salt.objects.get().salt == erasing.ERASED
    assert chain.signed_hash(guess) != signed


def test_tampering_after_an_erasure_still_shows(
    people: dict[str, Member], patient: Patient
) -> None:
    erased(patient, people)
    table = Addendum._meta.db_table
    where = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER lock_{table}_update{where}")
        cursor.execute(f"UPDATE {table} SET text = 'slipped in'")
    assert not chain.verify(patient.clinic).holds


def test_a_content_that_does_not_hold_is_not_covered_up_by_an_erasure(
    people: dict[str, Member], patient: Patient
) -> None:
    table = Addendum._meta.db_table
    where = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER lock_{table}_update{where}")
        cursor.execute(f"UPDATE {table} SET text = 'slipped in'")
    with pytest.raises(rules.ErasureRefused, match="not what was signed"):
        erased(patient, people)


def test_an_erasure_stops_what_would_still_reach_the_patient(
    people: dict[str, Member], patient: Patient
) -> None:
    erased(patient, people)
    assert Message.objects.get().state == "cancelled"
    assert PatientLink.objects.get().expires_at <= later()
    assert not Treatment.objects.filter(patient=patient, state="draft").exists()
    with pytest.raises(rules.ErasureRefused, match="already"):
        erased(patient, people)


def test_files_of_an_erased_patient_are_deleted_when_the_erasure_holds(settings: Any) -> None:
    name = default_storage.save("photos/telling.jpg", ContentFile(b"face"))
    erasing.delete_files([name])
    assert not default_storage.exists(name)


def test_a_restricted_record_is_in_no_list_and_on_no_page(
    people: dict[str, Member], patient: Patient, treated: Treatment, signed_in: SignedIn
) -> None:
    owner, injector = signed_in(people["owner"]), signed_in(people["injector"])
    assert history.MARK in injector.get("/patients/").content.decode()
    actions.restrict_patient(patient=patient, reason="Asked by the patient.", by=people["owner"])
    assert Message.objects.get().state == "cancelled"
    for path in ("/patients/", "/", "/patients/?q=Zanzibar"):
        assert f"{history.MARK}Family" not in injector.get(path).content.decode(), path
    for path in (f"/patients/{patient.pk}/", f"/treatments/{treated.pk}/"):
        assert injector.get(path).status_code == 404, path
    page = owner.get(f"/data/patients/{patient.pk}/").content.decode()
    assert "Restricted since" in page
    actions.lift_restriction(patient=patient, reason="Asked again.", by=people["owner"])
    assert injector.get(f"/patients/{patient.pk}/").status_code == 200


def test_a_restriction_is_lifted_once_and_never_after_an_erasure(
    people: dict[str, Member], patient: Patient
) -> None:
    owner = people["owner"]
    with pytest.raises(rules.HoldRefused, match="not restricted"):
        actions.lift_restriction(patient=patient, reason="x", by=owner)
    actions.restrict_patient(patient=patient, reason="Asked.", by=owner)
    with pytest.raises(rules.HoldRefused, match="restricted already"):
        actions.restrict_patient(patient=patient, reason="Asked.", by=owner)
    erased(patient, people)
    with pytest.raises(rules.HoldRefused, match="nobody left"):
        actions.lift_restriction(patient=patient, reason="x", by=owner)


@pytest.mark.parametrize("role", ["injector", "supervisor", "assistant"])
def test_only_those_named_for_it_hold_restrict_and_erase(
    people: dict[str, Member], patient: Patient, role: str
) -> None:
    for decision in (actions.place_hold, actions.lift_hold, actions.restrict_patient):
        with pytest.raises(NotAllowed):
            decision(patient=patient, reason="x", by=people[role])
    with pytest.raises(NotAllowed):
        actions.erase_patient(patient=patient, ground="x", by=people[role])


def test_the_retention_run_lists_who_is_due_and_nobody_else(
    people: dict[str, Member], patient: Patient
) -> None:
    clinic, day = people["owner"].clinic, timezone.localdate(later())
    assert due_for_erasure(clinic, today=day) == []
    keep_for(people, YEARS)
    clinic.refresh_from_db()
    history.other_patient(people)
    assert [row.patient.pk for row in due_for_erasure(clinic, today=day)] == [patient.pk]
    assert due_for_erasure(clinic, today=timezone.localdate()) == []
    actions.place_hold(patient=patient, reason="Claim.", by=people["owner"])
    assert due_for_erasure(clinic, today=day) == []


def test_the_retention_run_erases_on_confirmation_alone(
    people: dict[str, Member], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = history.tell(people, days=800)
    keep_for(people, 1)
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    call_command("retention", erase=True)
    assert "Nothing was erased" in capsys.readouterr().out
    monkeypatch.setattr("builtins.input", lambda _: "erase")
    call_command("retention", erase=True)
    said = capsys.readouterr().out
    assert f"patient {old.patient_id}: last visit" in said
    assert "1 erased" in said
    assert Erasure.objects.get().patient_id == old.patient_id


def test_the_owner_does_it_all_from_the_pages(
    people: dict[str, Member], signed_in: SignedIn
) -> None:
    old = history.tell(people, days=800)
    client, address = signed_in(people["owner"]), f"/data/patients/{old.patient_id}/"
    assert "has not said how long" in client.get(address).content.decode()
    client.post("/data/retention/", {"years": 1, "until_age": ""})
    client.post(f"{address}hold/", {"reason": "Claim."})
    assert "Legal hold since" in client.get(address).content.decode()
    client.post(f"{address}lift-hold/", {"reason": "Settled."})
    unsaid = client.post(f"{address}restrict/", {"reason": ""})
    assert unsaid.status_code == 422
    assert 'id="again-reason"' in unsaid.content.decode()
    client.post(f"{address}restrict/", {"reason": "Asked."})
    assert Restriction.objects.filter(lifted_at=None).exists()
    client.post(f"{address}use-again/", {"reason": "Asked."})
    refused = client.post(f"{address}erase/", {"ground": "End.", "confirm": "yes"})
    assert refused.status_code == 422
    assert "Type the word erase" in refused.content.decode()
    page = client.get("/data/").content.decode()
    assert "Past the end of retention" in page
    done = client.post(
        "/data/erase-due/", {"patients": [old.patient_id], "ground": "End.", "confirm": "erase"}
    )
    assert done.status_code == 302
    assert "Erased on" in client.get(address).content.decode()
    copy = client.post(f"{address}export/")
    assert b"".join(copy.streaming_content)[:2] == b"PK"


def test_another_clinic_s_patient_is_not_there(
    people: dict[str, Member], patient: Patient, signed_in: SignedIn
) -> None:
    others = history.cast("Other Clinic", prefix="other-")
    client = signed_in(others["owner"])
    for path in ("", "export/", "hold/", "restrict/", "erase/"):
        address = f"/data/patients/{patient.pk}/{path}"
        answer = client.post(address, {"reason": "x"}) if path else client.get(address)
        assert answer.status_code == 404, path
    assert not all_patients(others["owner"].clinic).exists()
