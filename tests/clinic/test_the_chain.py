"""The trail is a chain, and what was signed hangs in it: a change behind the record shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import pairwise

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from glabella.cli import main
from glabella.clinic.audit import chain
from glabella.clinic.audit.actions import action, record
from glabella.clinic.audit.models import AuditEvent, Link, RawWrite, Unlinked
from glabella.clinic.locks import lifted, locks_of
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.reviews.actions import add_addendum as add_to_review
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.treatments.actions import add_addendum
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import member, signed_days_ago, the_clinic


@contextmanager
def past_the_locks() -> Iterator[None]:
    """As somebody with the database's own password would."""
    locks = [lock for app in apps.get_app_configs() for lock in locks_of(app)]
    with lifted(connection, locks):
        yield


def sql(statement: str) -> None:
    with past_the_locks(), connection.cursor() as cursor:
        cursor.execute(statement)


def broken() -> list[str]:
    return [one.what for one in chain.verify(the_clinic()).breaks]


@pytest.fixture
def story(signed: Treatment, alice: Member, carol: Member) -> Treatment:
    """Every kind of signed content, all linked."""
    add_addendum(treatment=signed, reason="Left out", text="Ice.", by=alice)
    old = signed_days_ago(signed.patient, alice, carol, 20)
    review = sign_review(
        treatment=old, date=signed.date, seen={"glabella_maximum": 1}, note="Calm", by=alice
    )
    add_to_review(review=review, reason="Left out", text="Seen by daylight.", by=alice)
    chain.link(the_clinic().pk)
    return signed


def test_every_event_is_linked_to_the_one_before(story: Treatment) -> None:
    links = list(Link.objects.order_by("number").select_related("event"))
    assert [one.number for one in links] == list(range(1, AuditEvent.objects.count() + 1))
    assert links[0].previous == chain.FIRST
    for before, after in pairwise(links):
        assert after.previous == before.hash
        assert after.hash == chain.event_hash(after.event, before.hash)


def test_what_was_signed_is_checked_against_what_is_stored(story: Treatment) -> None:
    found = chain.verify(the_clinic())
    assert found.holds, found.breaks
    assert found.contents == 10
    assert found.links == AuditEvent.objects.count()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE treatments_chartpoint SET units = 3", "not what was signed"),
        ("UPDATE treatments_chartpoint SET x_mm = x_mm + 1", "not what was signed"),
        ("UPDATE treatments_treatment SET plan_json = '{}'", "not what was signed"),
        ("UPDATE treatments_addendum SET text = 'No ice.'", "not what was signed"),
        ("UPDATE reviews_review SET glabella_maximum = 2", "not what was signed"),
        ("UPDATE reviews_reviewaddendum SET text = ''", "not what was signed"),
        ("UPDATE stock_vial SET lot = 'OTHER'", "not what was signed"),
        ("DELETE FROM reviews_reviewaddendum", "is gone"),
        ("UPDATE audit_auditevent SET action = 'nothing' WHERE action = 'vial opened'", "changed"),
        ("UPDATE audit_link SET hash = previous WHERE number = 2", "changed"),
        ("DELETE FROM audit_link WHERE number = 3", "missing"),
    ],
)
def test_a_change_behind_the_record_shows(story: Treatment, statement: str, said: str) -> None:
    assert broken() == []
    sql(statement)
    assert any(said in one for one in broken()), broken()


def test_an_event_slipped_in_without_a_link_shows(story: Treatment, alice: Member) -> None:
    record("slipped in", subject=alice, by=alice)
    Unlinked.objects.all().delete()
    assert broken() == ["1 events of the trail have no link."]


def test_each_clinic_has_its_own_chain(story: Treatment) -> None:
    member("Zoe", Role.INJECTOR, clinic="Other Clinic", in_order=False)
    found = chain.verify(the_clinic("Other Clinic"))
    assert (found.links, found.holds) == (1, True)
    sql("UPDATE audit_auditevent SET action = 'x' WHERE subject = 'treatment'")
    assert chain.verify(the_clinic("Other Clinic")).holds
    assert not chain.verify(the_clinic()).holds


@pytest.mark.django_db(transaction=True)
def test_events_are_linked_as_soon_as_the_action_is_done() -> None:
    erin = member("Erin", Role.OWNER)
    assert not Unlinked.objects.exists()
    assert Link.objects.get().event.subject_id == erin.pk


@pytest.mark.django_db(transaction=True)
def test_an_action_that_fails_leaves_nothing_to_link() -> None:
    erin = member("Erin", Role.OWNER)

    @action
    def fail(*, by: Member) -> None:
        record("never happened", subject=by, by=by)
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail(by=erin)
    assert not AuditEvent.objects.filter(action="never happened").exists()
    assert chain.verify(the_clinic()).holds


@pytest.mark.django_db(transaction=True)
def test_what_a_dead_process_left_unlinked_is_linked_by_the_next() -> None:
    erin = member("Erin", Role.OWNER)
    record("left waiting", subject=erin, by=erin)
    assert Unlinked.objects.count() == 1
    member("Fay", Role.OWNER)
    assert not Unlinked.objects.exists()
    assert chain.verify(the_clinic()).holds


def verified() -> str:
    said = StringIO()
    call_command("verify_records", stdout=said)
    return said.getvalue()


def test_the_command_says_that_all_holds_and_names_the_last_link(story: Treatment) -> None:
    said = verified()
    assert "All hold." in said
    last = Link.objects.order_by("-number")[0]
    assert f"last link: {last.number} {last.hash}" in said


def test_the_command_fails_on_a_record_that_was_changed(story: Treatment) -> None:
    sql("UPDATE treatments_chartpoint SET units = 3")
    with pytest.raises(CommandError, match="not what it was"):
        verified()


def test_the_command_says_which_trigger_is_gone(story: Treatment) -> None:
    name = "raw_stock_draw" + ("_insert" if connection.vendor == "sqlite" else "")
    on = "" if connection.vendor == "sqlite" else " ON stock_draw"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert chain.missing_triggers() == [name]
    with pytest.raises(CommandError):
        verified()
    call_command("migrate", verbosity=0)
    assert chain.missing_triggers() == []


@pytest.mark.django_db(transaction=True)
def test_glabella_has_the_command_too(story: Treatment, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify-records"]) == 0
    assert "All hold." in capsys.readouterr().out
    sql("UPDATE treatments_chartpoint SET units = 3")
    assert main(["verify-records"]) == 1
    assert "compare it with a backup" in capsys.readouterr().err


def test_what_actions_write_is_not_called_raw(story: Treatment) -> None:
    assert not RawWrite.objects.exists()


@pytest.mark.parametrize(
    ("statement", "table", "event"),
    [
        ("UPDATE patients_patient SET notes = 'x'", "patients_patient", "UPDATE"),
        ("UPDATE people_clinic SET phone = '1'", "people_clinic", "UPDATE"),
        ("DELETE FROM audit_unlinked", "audit_unlinked", "DELETE"),
    ],
)
def test_raw_sql_is_logged_by_the_database(
    draft: Treatment, statement: str, table: str, event: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        touched = cursor.rowcount
    logged = RawWrite.objects.all()
    assert touched
    assert len(logged) == touched
    assert {(one.table_name, one.event) for one in logged} == {(table, event)}


def test_a_write_of_the_code_past_the_actions_is_logged_too(draft: Treatment) -> None:
    draft.patient.notes = "Behind the back of the record"
    draft.patient.save()
    Clinic.objects.create(name="Slipped in", slug="slipped-in")
    logged = list(RawWrite.objects.order_by("id").values_list("table_name", "event", "row_id"))
    assert logged[0] == ("patients_patient", "UPDATE", draft.patient_id)
    assert logged[1][:2] == ("people_clinic", "INSERT")


def test_the_log_of_raw_writes_is_never_changed(draft: Treatment) -> None:
    from django.db import DatabaseError, transaction

    draft.patient.save()
    with pytest.raises(DatabaseError, match="never"), transaction.atomic():
        RawWrite.objects.all().delete()
