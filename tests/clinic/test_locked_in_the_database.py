"""What is signed stays, also for somebody who writes SQL past the application."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from glabella.clinic.locks import Lock, locks_of
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.reviews.models import Review
from glabella.clinic.safety.actions import EventInput, raise_event, start_guide
from glabella.clinic.safety.models import GuideEnd, ReportSent
from glabella.clinic.stock.actions import discard_vial
from glabella.clinic.treatments.actions import add_addendum
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import WHY, member, signed_days_ago


@pytest.fixture
def everything(signed: Treatment, alice: Member, carol: Member) -> Treatment:
    """At least one row in every locked table."""
    add_addendum(treatment=signed, reason="Left out", text="Ice.", by=alice)
    old = signed_days_ago(signed.patient, alice, carol, 20)
    review = sign_review(
        treatment=old, date=signed.date, seen={"glabella_maximum": 1}, note="Calm", by=alice
    )
    review.addenda.create(by=alice, at=review.signed_at, reason="r", text="t")
    everything_of_safety(review, alice)
    signed.overrides.create(code="x", message="m", reason=WHY, by=alice, at=review.signed_at)
    discard_vial(vial=signed.points.all()[0].vial, reason="remainder", by=alice)
    return signed


def everything_of_safety(review: Review, alice: Member) -> None:
    """An event with its points, vials, cause, course, guide and a report that was sent."""
    at, treatment = review.signed_at, review.treatment
    told = EventInput(
        "swallowing",
        treatment.date,
        ("hospital",),
        points=(treatment.points.all()[0].pk,),
        cause="product",
        certainty="possible",
    )
    [event] = raise_event(patient=treatment.patient, told=told, treatment=treatment, by=alice)
    event.addenda.create(by=alice, at=at, reason="r", text="t")
    event.follow_ups.create(date=review.date, outcome="recovered", text="t", by=alice, at=at)
    run = start_guide(patient=event.patient, guide="spread", event=event, by=alice)
    run.done.create(step="stay", by=alice, at=at)
    GuideEnd.objects.create(run=run, text="t", by=alice, at=at)
    report = event.reports.create(form="yellow-card", made_at=at, by=alice)
    ReportSent.objects.create(
        report=report, date=review.date, how="online", content_json="{}", by=alice, at=at
    )
    review.ratings.create(
        treatment=treatment, scale="improvement", value=2, rater="clinician", by=alice, at=at
    )


def refused(statement: str) -> str:
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE treatments_treatment SET plan_json = '{{}}' WHERE id = {id}",
        "UPDATE treatments_treatment SET state = 'draft', signed_at = NULL WHERE id = {id}",
        "DELETE FROM treatments_treatment WHERE id = {id}",
        "UPDATE treatments_chartpoint SET units = 1 WHERE treatment_id = {id}",
        "DELETE FROM treatments_chartpoint WHERE treatment_id = {id}",
        "UPDATE stock_draw SET units = 1 WHERE treatment_id = {id}",
        "UPDATE treatments_addendum SET text = 'x' WHERE treatment_id = {id}",
        "DELETE FROM treatments_override WHERE treatment_id = {id}",
        "UPDATE stock_vial SET remaining_units = 0.5 + remaining_units",
        "UPDATE stock_vial SET lot = 'OTHER'",
        "UPDATE audit_auditevent SET action = 'nothing'",
        "DELETE FROM audit_auditevent",
        "UPDATE reviews_review SET note = 'x'",
        "UPDATE reviews_rating SET value = 0",
        "DELETE FROM safety_eventpoint",
        "DELETE FROM safety_eventvial",
        "UPDATE safety_adverseevent SET grade = 1",
        "DELETE FROM safety_adverseevent",
        "UPDATE safety_causeassessment SET cause = 'unrelated'",
        "UPDATE safety_followup SET outcome = 'recovered'",
        "UPDATE safety_eventaddendum SET text = 'x'",
        "UPDATE safety_guiderun SET guide = 'lid'",
        "DELETE FROM safety_stepdone",
        "DELETE FROM safety_guideend",
        "UPDATE safety_report SET form = 'x'",
        "UPDATE safety_reportsent SET reference = '1'",
        "DELETE FROM patients_measureset",
    ],
)
def test_raw_sql_on_a_signed_record_is_refused_in_words(
    everything: Treatment, statement: str
) -> None:
    said = refused(statement.format(id=everything.pk))
    assert "locked" in said or "never" in said or "keeps its" in said, said


def test_no_point_is_slipped_into_a_signed_treatment(everything: Treatment) -> None:
    columns = "treatment_id, number, key, area, site, x_mm, y_mm, side, depth, units, vial_id"
    copied = columns.replace("key", "'late'", 1)
    insert = f"INSERT INTO treatments_chartpoint ({columns}) SELECT {copied} "
    said = refused(insert + f"FROM treatments_chartpoint WHERE treatment_id = {everything.pk}")
    assert "locked" in said


def test_a_draft_can_still_be_changed(draft: Treatment) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE treatments_chartpoint SET units = 2 WHERE treatment_id = {draft.pk}"
        )
        assert cursor.rowcount == 5


def wanted() -> set[str]:
    locks: list[Lock] = [lock for app in apps.get_app_configs() for lock in locks_of(app)]
    return {lock.name for lock in locks}


def present() -> set[str]:
    listing = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(listing[connection.vendor])
        return {row[0] for row in cursor.fetchall()}


def test_every_lock_is_in_the_database(db: None) -> None:
    assert wanted()
    assert wanted() <= present()


def test_migrating_again_puts_back_a_lock_that_is_gone(db: None) -> None:
    lost = min(wanted())
    with connection.cursor() as cursor:
        table = lost.removeprefix("lock_").rpartition("_")[0]
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {lost}{on}")
    assert lost not in present()
    call_command("migrate", verbosity=0)
    assert lost in present()


@pytest.mark.django_db(transaction=True)
def test_emptying_a_test_database_leaves_the_locks_in_place() -> None:
    member("Alice", Role.INJECTOR)
    call_command("flush", interactive=False, verbosity=0)
    assert not Member.objects.exists()
    assert wanted() <= present()
