"""A draft is kept whole as one goes, or refused in words with nothing half-written."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.actions import start_treatment
from glabella.clinic.treatments.models import ChartPoint, Treatment
from glabella.errors import RecordError
from tests.clinic.conftest import SignedIn, glabella, point, post_json, stock_vial


@pytest.fixture
def client(signed_in: SignedIn, alice: Member) -> Client:
    return signed_in(alice)


def save(client: Client, draft: Treatment, *points: dict[str, Any], version: int = 1) -> Any:
    body = {"version": version, "points": points}
    return post_json(client, f"/treatments/{draft.pk}/draft/", body)


def kept(draft: Treatment) -> list[tuple[str, float]]:
    rows = ChartPoint.objects.filter(treatment=draft).order_by("number")
    return [(row.key, float(row.units)) for row in rows]


def test_a_saved_draft_answers_with_the_three_parts_of_the_page(
    client: Client, draft: Treatment, vial: Vial
) -> None:
    answer = save(client, draft, *glabella(vial))
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert said["version"] == 2
    assert "Botox Cosmetic" in said["totals_html"]
    assert said["rows_html"].count("<tr") == 5
    assert said["panel_html"].strip()
    assert {"days", "expressions"} <= said["frames"].keys()
    assert isinstance(said["stops"], int)


def test_saving_replaces_the_points_that_were_there(
    client: Client, draft: Treatment, vial: Vial
) -> None:
    save(client, draft, point(vial, key="only", units=3))
    assert kept(draft) == [("only", 3.0)]


def test_an_emptied_chart_is_saved_too(client: Client, draft: Treatment) -> None:
    assert save(client, draft).status_code == 200
    assert kept(draft) == []


def test_a_stale_version_is_told_what_is_stored_now(
    client: Client, draft: Treatment, vial: Vial
) -> None:
    before = kept(draft)
    answer = save(client, draft, point(vial), version=0)
    assert answer.status_code == 409
    said = answer.json()
    assert "another window" in said["error"]
    assert said["version"] == 1
    assert [one["key"] for one in said["points"]] == [key for key, _ in before]
    assert kept(draft) == before


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"units": 0}, "more than 0 units"),
        ({"units": -4}, "more than 0 units"),
        ({"units": 0.001}, "more than 0 units"),
        ({"units": 1e6}, "more than the whole vial"),
        ({"x_mm": 85.0, "side": "left"}, "off the face and neck"),
        ({"y_mm": 110.0}, "off the face and neck"),
        ({"x_mm": -3.0, "side": "left"}, "off the face and neck"),
        ({"x_mm": 5.0, "side": "midline"}, "Give its side"),
        ({"vial": 99999}, "not in stock"),
        ({"product": "dysport"}, "never units of another"),
    ],
)
def test_a_point_that_cannot_be_meant_is_named_and_nothing_is_written(
    client: Client, draft: Treatment, vial: Vial, wrong: dict[str, Any], words: str
) -> None:
    before = kept(draft)
    good = point(vial, key="good")
    answer = save(client, draft, good, point(vial, key="bad", **wrong))
    assert answer.status_code == 422
    assert answer.json()["key"] == "bad"
    assert words in answer.json()["error"]
    assert kept(draft) == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", '"four"', "null"])
def test_units_that_are_no_number_are_refused(
    client: Client, draft: Treatment, vial: Vial, number: str
) -> None:
    before = kept(draft)
    body = (
        '{"version": 1, "points": [{"key": "p1", "x_mm": 0, "y_mm": 9, "side": "midline", '
        f'"units": {number}, "vial": {vial.pk}}}]}}'
    )
    answer = post_json(client, f"/treatments/{draft.pk}/draft/", body)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert kept(draft) == before


@pytest.mark.parametrize("key", ["", "a b", "\0", "x" * 41, "<b>"])
def test_a_key_that_is_no_name_is_refused(
    client: Client, draft: Treatment, vial: Vial, key: str
) -> None:
    assert save(client, draft, point(vial, key=key)).status_code == 422


@pytest.mark.parametrize("body", ["", "[]", "{", '{"version": 1}', '{"version": 1, "x": 2}'])
def test_a_body_that_is_no_draft_is_refused_in_json(
    client: Client, draft: Treatment, body: str
) -> None:
    answer = post_json(client, f"/treatments/{draft.pk}/draft/", body)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/json"


def test_two_points_with_one_key_are_refused(client: Client, draft: Treatment, vial: Vial) -> None:
    assert save(client, draft, point(vial), point(vial)).status_code == 422


def test_a_point_dragged_away_from_its_site_loses_the_name_of_the_site(
    client: Client, draft: Treatment, vial: Vial
) -> None:
    far = point(vial, site="corrugator-medial", x_mm=20.0, y_mm=50.0, side="left")
    assert save(client, draft, far).status_code == 200
    row = ChartPoint.objects.get(treatment=draft)
    assert (row.site, row.area) == ("", "forehead")


def test_a_signed_treatment_takes_no_points(client: Client, signed: Treatment, vial: Vial) -> None:
    answer = save(client, signed, point(vial))
    assert answer.status_code == 403
    assert "addendum" in answer.json()["error"]


def test_a_session_that_ended_is_told_so_in_json(draft: Treatment, vial: Vial) -> None:
    answer = save(Client(), draft, point(vial))
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/json"
    assert "signed out" in answer.json()["error"]
    assert answer.json()["sign_in"] == "/sign-in/"


def test_a_reviewer_may_not_chart(
    signed_in: SignedIn, bob: Member, draft: Treatment, vial: Vial
) -> None:
    answer = save(signed_in(bob), draft, point(vial))
    assert answer.status_code == 403
    assert "injector" in answer.json()["error"]


def test_two_products_are_totalled_apart(
    client: Client, draft: Treatment, vial: Vial, carol: Member, alice: Member
) -> None:
    other = stock_vial(carol, opened_by=alice, product="dysport", vial_units=300, lot="D-1")
    second = point(other, key="d1", site="", x_mm=30.0, y_mm=45.0, side="left", units=10)
    totals = save(client, draft, point(vial), second).json()["totals_html"]
    assert "Dysport" in totals
    assert "Botox Cosmetic" in totals
    assert "14" not in totals.replace("LOT-", "")


def test_a_stamp_answers_with_the_points_of_the_label(
    client: Client, draft: Treatment, vial: Vial
) -> None:
    body = {"protocol": "glabella", "vial": vial.pk, "units": None}
    points = post_json(client, f"/treatments/{draft.pk}/stamp/", body).json()["points"]
    assert sum(one["units"] for one in points) == 20
    assert {one["vial"] for one in points} == {vial.pk}
    assert "key" not in points[0]


def test_a_stamp_of_an_area_without_doses_says_so(
    client: Client, draft: Treatment, carol: Member, alice: Member
) -> None:
    jeuveau = stock_vial(carol, opened_by=alice, product="jeuveau", lot="J-1")
    body = {"protocol": "upper-face", "vial": jeuveau.pk}
    answer = post_json(client, f"/treatments/{draft.pk}/stamp/", body)
    assert answer.status_code == 422
    assert "Jeuveau" in answer.json()["error"]


def test_starting_again_goes_on_with_the_open_draft(
    dan: Patient, draft: Treatment, alice: Member
) -> None:
    assert start_treatment(patient=dan, by=alice) == draft


def test_nobody_treats_themself(dan: Patient, alice: Member) -> None:
    dan.member = alice
    dan.save()
    with pytest.raises(RecordError, match="Nobody treats themself"):
        start_treatment(patient=dan, by=alice)


def test_a_draft_of_which_nothing_was_given_is_thrown_away(
    client: Client, draft: Treatment, vial: Vial
) -> None:
    assert client.post(f"/treatments/{draft.pk}/abandon/").status_code == 302
    assert not Treatment.objects.exists()
    vial.refresh_from_db()
    assert vial.remaining_units == 100


def test_a_signed_treatment_is_not_thrown_away(client: Client, signed: Treatment) -> None:
    answer = client.post(f"/treatments/{signed.pk}/abandon/", follow=True)
    assert b"is locked" in answer.content
    assert Treatment.objects.filter(pk=signed.pk).exists()


def test_a_draft_of_somebody_elses_is_seen_as_unsigned(
    signed_in: SignedIn, bob: Member, draft: Treatment
) -> None:
    page = signed_in(bob).get(f"/treatments/{draft.pk}/").content
    assert b"not signed yet" in page
