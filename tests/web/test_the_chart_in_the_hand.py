"""Charting by hand: tap, drag, type, undo; and what happens when things go wrong meanwhile."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, Page, expect

from glabella.clinic.treatments.models import ChartPoint, State, Treatment
from tests.web.conftest import PASSWORD, saved, sign_in, start_chart

PATIENT = "Demo Patient One"
LOT = "DEMO-B101"


@pytest.fixture
def chart(quiet_page: Page, clinic: str) -> Page:
    sign_in(quiet_page, clinic)
    start_chart(quiet_page, PATIENT, LOT)
    return quiet_page


def points(page: Page) -> Locator:
    return page.locator(".point[data-key]")


def rows(page: Page) -> Locator:
    return page.locator("[data-part=rows] tr[data-key]")


def face(page: Page) -> dict[str, Any]:
    box = page.locator("#part-brow-left").bounding_box()
    assert box is not None
    return dict(box)


def tap_forehead(page: Page, right: float = 0.0) -> None:
    brow = face(page)
    page.mouse.click(brow["x"] + brow["width"] / 2 + right, brow["y"] - 90)


def stored() -> list[ChartPoint]:
    draft = Treatment.objects.filter(state=State.DRAFT).latest("created_at")
    return list(draft.points.order_by("number"))


def test_a_tap_places_a_point_of_the_armed_dose_and_it_is_stored(chart: Page) -> None:
    tap_forehead(chart)
    saved(chart)
    expect(points(chart)).to_have_count(1)
    expect(rows(chart)).to_have_count(1)
    (point,) = stored()
    assert point.vial.lot == LOT
    assert point.side == "left"
    assert point.area == "forehead"


def test_a_drag_moves_a_point_and_undo_brings_it_back(chart: Page) -> None:
    tap_forehead(chart)
    saved(chart)
    before = stored()[0].y_mm
    box = points(chart).first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    chart.mouse.move(x, y)
    chart.mouse.down()
    chart.mouse.move(x, y - 40, steps=5)
    chart.mouse.up()
    up = chart.locator("[data-part=rows] [name=y_mm]")
    expect(up).not_to_have_value(re.compile(rf"^{before.normalize():f}$"))
    saved(chart)
    chart.wait_for_timeout(500)
    assert stored()[0].y_mm > before
    chart.get_by_role("button", name="Undo").click()
    chart.wait_for_timeout(800)
    saved(chart)
    assert stored()[0].y_mm == before


def test_a_number_typed_in_the_table_moves_the_point_too(chart: Page) -> None:
    tap_forehead(chart)
    saved(chart)
    units = chart.locator("[data-part=rows] [name=units]")
    units.fill("2.5")
    units.press("Tab")
    expect(chart.locator("[data-part=totals]")).to_contain_text("2.5 U Botox Cosmetic")
    assert float(stored()[0].units) == 2.5


def test_negative_units_are_refused_in_words_and_nothing_is_lost(chart: Page) -> None:
    tap_forehead(chart)
    saved(chart)
    kept = stored()[0].units
    units = chart.locator("[data-part=rows] [name=units]")
    units.fill("-3")
    units.press("Tab")
    expect(
        chart.locator("[data-part=rows] .point-error, [data-banner]:visible").first
    ).to_be_visible()
    expect(points(chart)).to_have_count(1)
    assert stored()[0].units == kept


def test_a_session_that_expires_while_charting_loses_nothing(chart: Page, clinic: str) -> None:
    tap_forehead(chart)
    saved(chart)
    Session.objects.all().delete()
    tap_forehead(chart, right=60)
    banner = chart.locator("[data-banner]")
    expect(banner).to_contain_text("signed out")
    expect(points(chart)).to_have_count(2)
    assert len(stored()) == 1

    address = chart.url
    chart.goto(f"{clinic}/sign-in/")
    chart.get_by_label("Username").fill("demo-injector")
    chart.get_by_label("Password").fill(PASSWORD)
    chart.get_by_role("button", name="Sign in").click()
    chart.wait_for_url(f"{clinic}/")
    chart.goto(address)
    chart.wait_for_selector("[data-chart][data-ready=true]")
    chart.get_by_role("button", name=re.compile("restore", re.IGNORECASE)).click()
    expect(points(chart)).to_have_count(2)
    saved(chart)
    assert len(stored()) == 2


def test_a_reload_shows_what_was_saved(chart: Page) -> None:
    chart.locator("[data-stamp=glabella]:visible").click()
    saved(chart)
    expect(points(chart)).to_have_count(5)
    chart.reload()
    chart.wait_for_selector("[data-chart][data-ready=true]")
    expect(points(chart)).to_have_count(5)
    assert len(stored()) == 5


def test_a_point_over_the_pupil_is_stopped_with_its_reason(chart: Page) -> None:
    chart.locator("label", has_text="Snap to sites").click()
    chart.evaluate("window.scrollTo(0, 0)")
    brow = face(chart)
    chart.mouse.click(brow["x"] + brow["width"] * 0.45, brow["y"] + 2)
    saved(chart)
    panel = chart.locator("[data-part=panel]")
    expect(panel).to_contain_text("upper orbital rim")
    expect(panel).to_contain_text("Why")
    expect(chart.locator("[data-stop-count]")).to_have_text("1")


@pytest.mark.parametrize(("width", "height"), [(1366, 1024), (1920, 1080), (1024, 768)])
def test_the_page_fits_a_tablet_and_a_desk(chart: Page, width: int, height: int) -> None:
    chart.set_viewport_size({"width": width, "height": height})
    chart.locator("[data-stamp=upper-face]:visible").click()
    saved(chart)
    overflow = chart.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0
    for control in chart.locator("button.btn:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 40, control.inner_text()
