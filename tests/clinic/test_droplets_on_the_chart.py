"""Droplets in the clinic: the grid for a face and a vial, kept, signed and printed by region."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from django.test import Client

from glabella import facts
from glabella.clinic.people.models import Member
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments import preview
from glabella.clinic.treatments.actions import save_draft, sign_treatment
from glabella.clinic.treatments.charting import chart_context
from glabella.clinic.treatments.models import ChartPoint, Treatment
from glabella.clinic.treatments.points import PointInput
from glabella.clinic.treatments.queries import sign_page, signed_record, stored_forecast
from glabella.clinic.treatments.record import content_hash, stored_points
from tests.clinic.conftest import AnyReason, SignedIn, point, post_json, stock_vial
from tests.clinic.test_the_printed_page import words

WANTED = {"regions": ["t-zone"], "protocol": "microbotox-20", "spacing_mm": 9}


@pytest.fixture
def client(signed_in: SignedIn, alice: Member) -> Client:
    return signed_in(alice)


def ask(client: Client, draft: Treatment, vial: Vial, **wanted: Any) -> Any:
    body = {"vial": vial.pk} | (wanted or WANTED)
    return post_json(client, f"/treatments/{draft.pk}/droplets/", body)


def sheet(client: Client, draft: Treatment, vial: Vial, **wanted: Any) -> dict[str, Any]:
    answer = ask(client, draft, vial, **wanted)
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def refusal(client: Client, draft: Treatment, vial: Vial, **wanted: Any) -> str:
    answer = ask(client, draft, vial, **wanted)
    assert answer.status_code == 422
    told: str = answer.json()["error"]
    return told


@pytest.fixture
def placed(client: Client, draft: Treatment, vial: Vial, alice: Member) -> Treatment:
    """The glabella of the draft, and droplets over the T-zone placed before it."""
    droplets = sheet(client, draft, vial)["points"]
    sent = [PointInput(key=f"d{number}", **one) for number, one in enumerate(droplets)]
    sent += [PointInput(**point(vial))]
    save_draft(treatment=draft, points=sent, version=draft.version, by=alice)
    return draft


def test_the_grid_comes_with_its_count_units_and_volume(
    client: Client, draft: Treatment, vial: Vial
) -> None:
    told = sheet(client, draft, vial)
    assert told["droplets"] == len(told["points"]) > 50
    assert told["units"] == pytest.approx(sum(one["units"] for one in told["points"]))
    assert told["volume_ml"] == pytest.approx(told["units"] / 40, abs=0.01)
    assert {one["depth"] for one in told["points"]} == {"dermis"}
    assert {one["region"] for one in told["points"]} == {"forehead", "nose"}
    assert f"{told['droplets']}</strong> droplets" in told["html"]
    assert "1 syringe of 1 mL" in told["html"]


def test_the_vials_own_dilution_is_used_and_said(
    client: Client, draft: Treatment, vial: Vial
) -> None:
    told = sheet(client, draft, vial)
    assert {one["units"] for one in told["points"]} == {0.36}
    assert "has 20 U Botox Cosmetic per mL; this vial has 40" in told["html"]
    assert "2 times the protocol" in told["html"]


def test_a_vial_of_the_protocols_dilution_needs_no_word(
    client: Client, draft: Treatment, carol: Member, alice: Member
) -> None:
    inco = stock_vial(carol, opened_by=alice, product="xeomin", lot="X-1")
    wanted = {"regions": ["cheek"], "protocol": "incobotulinum-2021", "spacing_mm": 10}
    told = sheet(client, draft, inco, **wanted, droplet_ml=0.01)
    assert "this vial has 40" in told["html"]
    own = sheet(client, draft, inco, regions=["cheek"], spacing_mm=10, droplet_ml=0.01)
    assert "this vial has" not in own["html"]
    assert "left out over muscles that lift the lip" in own["html"]


def test_an_outline_is_filled_and_named(client: Client, draft: Treatment, vial: Vial) -> None:
    patch = {"points_mm": [[5, 40], [35, 40], [35, 62], [5, 62]], "name": "drawn region 1"}
    told = sheet(client, draft, vial, outlines=[patch], spacing_mm=8, droplet_ml=0.01)
    assert {one["region"] for one in told["points"]} == {"drawn-1"}
    assert "drawn region 1" in told["html"]
    assert preview.region_name("drawn-1") == "drawn region 1"


def test_droplets_that_stay_on_the_chart_keep_their_distance(
    client: Client, draft: Treatment, vial: Vial
) -> None:
    free = sheet(client, draft, vial)
    there = [[0.0, 50.0], [20.0, 45.0]]
    beside = sheet(client, draft, vial, **WANTED, taken=there)
    assert 0 < beside["droplets"] < free["droplets"]


def test_what_is_missing_is_asked_for_in_the_words_of_the_page(
    client: Client, draft: Treatment, vial: Vial
) -> None:
    assert "How close" in refusal(client, draft, vial, regions=["nose"], protocol="microbotox-20")
    assert "How large is a droplet of Botox Cosmetic" in refusal(
        client, draft, vial, regions=["nose"], spacing_mm=9
    )
    assert "Where?" in refusal(client, draft, vial, protocol="microbotox-20", spacing_mm=9)


@pytest.mark.parametrize(
    ("changes", "words_told"),
    [
        ({"protocol": "incobotulinum-2021"}, "not one of Botox Cosmetic"),
        ({"spacing_mm": 1}, "cannot be meant"),
        ({"protocol": "", "droplet_ml": 0.4}, "cannot be meant"),
        ({"protocol": "", "droplet_ml": 0.0001}, "less than 0.01 U Botox Cosmetic"),
        ({"regions": [], "outlines": [{"points_mm": [[1, 40], [3, 40], [2, 42]]}]}, "too small"),
        ({"regions": ["lips"]}, "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    client: Client, draft: Treatment, vial: Vial, changes: dict[str, Any], words_told: str
) -> None:
    assert words_told in refusal(client, draft, vial, **(WANTED | changes))


def test_a_vial_that_is_shut_or_gone_is_refused(
    client: Client, draft: Treatment, carol: Member, vial: Vial
) -> None:
    assert "open and dilute it first" in refusal(client, draft, stock_vial(carol, lot="SHUT"))
    gone = {"vial": vial.pk + 1000} | WANTED
    answer = post_json(client, f"/treatments/{draft.pk}/droplets/", gone)
    assert "not in stock" in answer.json()["error"]


def test_only_who_may_chart_asks_for_droplets(
    signed_in: SignedIn, carol: Member, draft: Treatment, vial: Vial
) -> None:
    assert ask(signed_in(carol), draft, vial).status_code == 403
    assert ask(Client(), draft, vial).status_code == 401


def test_droplets_are_kept_with_their_region_after_the_numbered_points(placed: Treatment) -> None:
    first, *others = placed.points.order_by("number")
    assert (first.key, first.number, first.region) == ("p1", 1, "")
    assert {one.region for one in others} == {"forehead", "nose"}
    assert {one.area for one in others} == {""}
    assert [one.key for one in others] == [f"d{number}" for number in range(len(others))]


def test_a_point_in_the_muscle_is_no_droplet_whatever_it_says(
    draft: Treatment, vial: Vial, alice: Member
) -> None:
    odd = PointInput(**point(vial, region="forehead"))
    save_draft(treatment=draft, points=[odd], version=draft.version, by=alice)
    assert draft.points.get().region == ""


def test_the_chart_shows_rows_for_points_and_totals_by_region(placed: Treatment, now: Any) -> None:
    context = chart_context(placed, now=now)
    assert [row.key for row in context["rows"]] == ["p1"]
    (product,) = context["totals"].products
    names = [area.name for area in product.areas]
    assert names == ["Glabella", "Droplets, forehead", "Droplets, nose"]
    assert sum(area.units for area in product.areas) == pytest.approx(product.units)
    config = context["chart_config"]["droplets"]
    assert next(one["id"] for one in config["protocols"]["botox-cosmetic"]) == "microbotox-20"
    assert set(config["names"]) == set(facts.load().model.skin.regions)
    assert len([one for one in context["chart_config"]["points"] if "region" in one]) > 50


def test_droplets_are_drawn_small_and_in_one_group_a_region(placed: Treatment, now: Any) -> None:
    drawn = str(chart_context(placed, now=now)["face_svg"])
    assert drawn.count('class="droplets"') == 2
    assert 'data-layer="skin"' in drawn
    assert "droplets, forehead, 0.36 U each" in drawn


def test_a_hundred_droplets_are_one_line_on_every_paper(
    placed: Treatment, alice: Member, client: Client, now: Any
) -> None:
    page = sign_page(placed, now=now)
    assert [row.name for row in page.droplets] == ["Droplets, forehead", "Droplets, nose"]
    signed = sign_treatment(treatment=placed, by=alice, overrides=AnyReason())
    record = signed_record(signed)
    assert record.intact
    assert [row.key for row in record.rows] == ["p1"]
    for row in record.droplets:
        assert row.units == pytest.approx(row.droplets * row.each_units)
        assert row.volume_ml == pytest.approx(row.units / 40)
    shown = client.get(f"/treatments/{signed.pk}/").content.decode()
    assert "Droplets, forehead" in shown
    assert shown.count("each 0.36 U Botox Cosmetic") == 2
    told = stored_forecast(signed)
    assert told is not None
    assert {one.region for one in told.skin} >= {"forehead", "nose"}


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads the PDF with pdftotext")
def test_the_pdf_counts_droplets_by_region(
    placed: Treatment, alice: Member, client: Client
) -> None:
    signed = sign_treatment(treatment=placed, by=alice, overrides=AnyReason())
    count = sum(one.region == "forehead" for one in stored_points(signed))
    printed = words(client.get(f"/treatments/{signed.pk}/pdf/").content)
    assert f"{count} × 0.36 =" in printed
    assert printed.count("Droplets, forehead") == 2


def test_the_vial_gives_what_the_droplets_hold(
    placed: Treatment, alice: Member, vial: Vial
) -> None:
    given = sum(float(one.units) for one in placed.points.all())
    sign_treatment(treatment=placed, by=alice, overrides=AnyReason())
    vial.refresh_from_db()
    assert float(vial.remaining_units) == pytest.approx(100 - given)


def test_the_next_chart_shows_droplets_of_the_last_one_as_ghosts(
    placed: Treatment, alice: Member, now: Any
) -> None:
    from glabella.clinic.treatments.actions import start_treatment
    from glabella.clinic.treatments.charting import ghost_of

    signed = sign_treatment(treatment=placed, by=alice, overrides=AnyReason())
    again = start_treatment(patient=signed.patient, by=alice)
    assert sum(bool(one.region) for one in ghost_of(again)) > 50


def test_records_signed_before_there_were_droplets_keep_their_hash(signed: Treatment) -> None:
    """The region stands in the content only where there is one."""
    points = stored_points(signed)
    assert all("region" not in one.as_json() for one in points)
    assert signed.content_hash == content_hash(signed, points)


def test_a_region_that_is_no_word_is_not_kept(client: Client, draft: Treatment, vial: Vial) -> None:
    body = {"version": draft.version, "points": [point(vial, region="<b>", depth="dermis")]}
    answer = post_json(client, f"/treatments/{draft.pk}/draft/", body)
    assert answer.status_code == 422
    assert ChartPoint.objects.filter(treatment=draft, region="<b>").count() == 0
