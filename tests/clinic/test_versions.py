"""Every save of a draft is kept, and an earlier one can be brought back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.actions import restore_version, save_draft
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.points import PointInput
from glabella.clinic.treatments.record import stored_points
from glabella.clinic.treatments.rules import StaleDraft
from glabella.clinic.treatments.versions import changes, version_rows
from tests.clinic.conftest import SignedIn, glabella, member


def save(
    draft: Treatment, by: Member, rows: list[dict[str, Any]], *, at: datetime | None = None
) -> None:
    points = [PointInput(**row) for row in rows]
    save_draft(treatment=draft, points=points, version=draft.version, by=by, at=at)


@pytest.fixture
def changed(draft: Treatment, vial: Vial, alice: Member, now: datetime) -> Treatment:
    """Five points; a minute later four, one of them with more units."""
    rows = glabella(vial)[:4]
    rows[0]["units"] = 6.0
    save(draft, alice, rows, at=now + timedelta(minutes=1))
    return draft


def test_each_pause_ends_a_version(changed: Treatment) -> None:
    latest, first = version_rows(changed)
    assert (first.version, first.points, first.units) == (1, 5, "20 U Botox Cosmetic")
    assert first.changes == "5 added"
    assert (latest.version, latest.points, latest.units) == (2, 4, "18 U Botox Cosmetic")
    assert latest.changes == "1 removed, 1 changed"
    assert [latest.is_last, first.is_last] == [True, False]


def test_taps_in_quick_succession_are_one_version(
    draft: Treatment, vial: Vial, alice: Member, now: datetime
) -> None:
    for seconds, count in enumerate((4, 3, 2), start=1):
        save(draft, alice, glabella(vial)[:count], at=now + timedelta(seconds=seconds))
    (row,) = version_rows(draft)
    assert (row.version, row.points) == (4, 2)
    assert row.started_at < row.saved_at


def test_an_earlier_version_comes_back_as_a_new_one(changed: Treatment, alice: Member) -> None:
    restore_version(treatment=changed, version=1, by=alice)
    assert [point.units for point in stored_points(changed)] == [4.0] * 5
    rows = version_rows(changed)
    assert [row.points for row in rows] == [5, 4, 5]


def test_a_version_that_never_was_is_told(changed: Treatment, alice: Member) -> None:
    with pytest.raises(StaleDraft, match="no version 9"):
        restore_version(treatment=changed, version=9, by=alice)


def test_versions_stay_as_they_are_once_the_treatment_is_signed(signed: Treatment) -> None:
    assert signed.versions.count() == 1
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        signed.versions.update(points=[])
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        signed.versions.all().delete()


def test_the_page_shows_versions_and_brings_one_back(
    changed: Treatment, alice: Member, signed_in: SignedIn
) -> None:
    client = signed_in(alice)
    page = client.get(f"/treatments/{changed.pk}/versions/").content.decode()
    assert "1 removed, 1 changed" in page
    assert "Bring back" in page
    sent = client.post(f"/treatments/{changed.pk}/versions/1/")
    assert sent.status_code == 302
    assert len(stored_points(changed)) == 5
    lost = client.post(f"/treatments/{changed.pk}/versions/77/", follow=True)
    assert "no version 77" in lost.content.decode()


def test_versions_of_another_clinic_are_not_there(changed: Treatment, signed_in: SignedIn) -> None:
    client = signed_in(member("Zoe", Role.INJECTOR, clinic="Other Clinic"))
    assert client.get(f"/treatments/{changed.pk}/versions/").status_code == 404
    assert client.post(f"/treatments/{changed.pk}/versions/1/").status_code == 404


POINTS = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]),
    st.builds(
        PointInput,
        key=st.just("k"),
        x_mm=st.just(0.0),
        y_mm=st.just(9.0),
        side=st.just("midline"),
        units=st.sampled_from([2.0, 4.0]),
        vial=st.just(1),
    ),
)


@given(before=POINTS, after=POINTS)
def test_what_changed_adds_up(before: dict[str, PointInput], after: dict[str, PointInput]) -> None:
    """Points added less points removed is how many more there are; no change is said as such."""
    said = changes(before, after)
    words = (
        {part.split()[1]: int(part.split()[0]) for part in said.split(", ")}
        if (said != "nothing changed")
        else {}
    )
    assert words.get("added", 0) - words.get("removed", 0) == len(after) - len(before)
    assert (said == "nothing changed") == (before == after)
