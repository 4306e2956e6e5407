"""Events that were kept with reviews come over into records of their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from glabella.clinic.locks import drop_all
from glabella.clinic.writer import named

BEFORE = [("reviews", "0004_sides"), ("safety", None), ("treatments", "0003_versions")]
AFTER = [("safety", "0002_from_reviews"), ("reviews", "0005_ratings")]


def migrated(targets: list[Any]) -> Any:
    """The models as they were, or are, when just these migrations were made."""
    # As the command does before it makes tables anew.
    drop_all(connection)
    executor = MigrationExecutor(connection)
    with named("migrate"):
        executor.migrate(targets)
    loader = MigrationExecutor(connection).loader
    made = [node for node in loader.applied_migrations if node in loader.graph.nodes]
    return loader.project_state(made).apps


@pytest.mark.django_db(transaction=True)
def test_each_event_keeps_its_side_day_lot_and_reason() -> None:
    try:
        old = migrated(BEFORE)
        review = a_review(old)
        for event, side, seriousness in (
            ("eyelid-ptosis", "left", "not-serious"),
            ("swallowing", "", "hospital"),
            ("headache", "", "serious"),
        ):
            old.get_model("reviews", "AdverseEvent").objects.create(
                review=review,
                event=event,
                side=side,
                onset="2026-01-03",
                seriousness=seriousness,
            )
        new = migrated(AFTER)
        kept = {row.event: row for row in new.get_model("safety", "AdverseEvent").objects.all()}
        assert {name: row.criteria for name, row in kept.items()} == {
            "eyelid-ptosis": [],
            "swallowing": ["hospital"],
            "headache": ["important"],
        }
        lid = kept["eyelid-ptosis"]
        assert (lid.side, str(lid.onset), lid.origin) == ("left", "2026-01-03", "review")
        assert lid.review_id == review.pk
        assert lid.treatment_id == review.treatment_id
        assert lid.by_id == review.by_id
        vials = new.get_model("safety", "EventVial").objects.filter(event=lid.pk)
        assert [one.vial.lot for one in vials] == ["OLD-LOT"]
    finally:
        # The command puts the locks back too.
        call_command("migrate", verbosity=0)


def a_review(apps: Any) -> Any:
    """A review of a signed treatment with one point, in the tables of before."""
    at = "2026-01-01T10:00:00+00:00"

    def make(app: str, model: str, **fields: Any) -> Any:
        return apps.get_model(app, model).objects.create(**fields)

    clinic = make("people", "Clinic", name="Old", slug="old")
    user = make("auth", "User", username="old")
    by = make("people", "Member", clinic=clinic, user=user, display_name="Old", roles=["injector"])
    patient = make(
        "patients",
        "Patient",
        clinic=clinic,
        given_name="Old",
        family_name="Patient",
        date_of_birth="1980-01-01",
        sex="female",
        created_at=at,
    )
    vial = make(
        "stock",
        "Vial",
        clinic=clinic,
        product="botox-cosmetic",
        lot="OLD-LOT",
        expiry="2027-01-01",
        vial_units=100,
        remaining_units=100,
        received_at=at,
        received_by=by,
    )
    treatment = make(
        "treatments", "Treatment", patient=patient, injector=by, date="2026-01-01", created_at=at
    )
    make(
        "treatments",
        "ChartPoint",
        treatment=treatment,
        number=1,
        key="p1",
        x_mm=0,
        y_mm=9,
        side="midline",
        depth="muscle",
        units=4,
        vial=vial,
    )
    return make(
        "reviews",
        "Review",
        treatment=treatment,
        kind="early-contact",
        date="2026-01-05",
        by=by,
        signed_at=at,
    )
