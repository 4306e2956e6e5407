"""Charting below the eyes: views, points of masseter, mouth and neck, typed units, a record."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from glabella.clinic.treatments.models import ChartPoint, Treatment
from tests.web.conftest import saved, sign_in, start_chart

FINGER_PX = 44
MASSETER, MOUTH_CORNER, NECK = (50.0, -52.0), (27.0, -82.0), (14.0, -140.0)


@pytest.fixture
def chart(quiet_page: Page, clinic: str) -> Page:
    sign_in(quiet_page, clinic)
    start_chart(quiet_page, "Demo Patient One", "DEMO-B101")
    return quiet_page


def see(page: Page, view: str) -> None:
    page.locator(".views label", has_text=view).click()


def tap(page: Page, x_mm: float, y_mm: float) -> None:
    """Tap a place of the face, x to the patient's left."""
    spot = page.evaluate(
        """([x, y]) => {
          const svg = document.querySelector("[data-stage] svg");
          svg.scrollIntoView({ block: "nearest" });
          const at = new DOMPoint(x, -y).matrixTransform(svg.getScreenCTM());
          return [at.x, at.y];
        }""",
        [x_mm, y_mm],
    )
    page.mouse.click(*spot)


def points(page: Page) -> Locator:
    return page.locator(".point[data-key]")


def stored() -> list[ChartPoint]:
    return list(Treatment.objects.latest("created_at").points.order_by("number"))


def place_area(page: Page, area: str, units: str = "") -> None:
    tools = page.locator("[data-areas]")
    if tools.get_attribute("open") is None:
        tools.locator("summary").click()
    tools.locator("select").select_option(area)
    if units:
        tools.locator("input").fill(units)
    tools.get_by_role("button", name="Place").click()


def test_masseter_and_mouth_corner_are_placed_forecast_and_signed(chart: Page) -> None:
    see(chart, "Lower")
    chart.locator("label", has_text="Snap to sites").click()
    for units, (x_mm, y_mm) in (("25", MASSETER), ("3", MOUTH_CORNER)):
        chart.locator("input[name=dose]").fill(units)
        tap(chart, x_mm, y_mm)
        tap(chart, -x_mm, y_mm)
    expect(points(chart)).to_have_count(4)
    saved(chart)
    assert [one.area for one in stored()] == [
        "masseter",
        "masseter",
        "mouth-corner",
        "mouth-corner",
    ]

    panel = chart.locator("[data-part=panel]")
    expect(panel).to_contain_text("Width of the jaw")
    expect(panel).to_contain_text("Uneven smile")
    expect(panel).not_to_contain_text("Brow at rest")
    mouth, jaw = chart.locator("#part-mouth"), chart.locator("#part-jaw-line")
    before = mouth.get_attribute("d") or "", jaw.get_attribute("d") or ""
    chart.get_by_role("button", name="90", exact=True).click()
    expect(mouth).not_to_have_attribute("d", before[0])
    expect(jaw).not_to_have_attribute("d", before[1])

    chart.locator("[data-sign]").click()
    for reason in chart.locator("main input[name^=reason]").all():
        reason.fill("Told the patient, who wishes it.")
    chart.get_by_role("button", name=re.compile("^Sign as")).click()
    expect(chart.locator("main")).to_contain_text("Record intact")
    expect(chart.locator("main")).to_contain_text("Masseter")


@pytest.mark.parametrize(("width", "height"), [(1366, 1024), (1920, 1080)])
def test_points_are_wide_enough_for_a_finger_in_every_view(
    chart: Page, width: int, height: int
) -> None:
    chart.set_viewport_size({"width": width, "height": height})
    chart.locator("[data-stamp=glabella]:visible").click()
    place_area(chart, "platysma")
    saved(chart)
    for view in ("Upper", "Lower", "Whole"):
        see(chart, view)
        sizes = chart.evaluate(
            "() => [...document.querySelectorAll('.point .point-touch')]"
            ".map((node) => node.getBoundingClientRect().width)"
        )
        assert min(sizes) >= FINGER_PX - 0.5, view
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert chart.evaluate(overflow) <= 0


def test_an_area_outside_the_label_waits_for_typed_units(chart: Page) -> None:
    place_area(chart, "masseter")
    expect(chart.locator("[data-banner]")).to_contain_text("Type the units for Masseter")
    expect(points(chart)).to_have_count(0)
    place_area(chart, "masseter", "40")
    expect(points(chart)).to_have_count(6)
    saved(chart)
    expect(chart.locator("[data-part=totals]")).to_contain_text("40 U Botox Cosmetic")
    expect(chart.locator("[data-part=panel]")).to_contain_text("off label")
    expect(chart.locator("input[name=view]:checked")).to_have_value("lower")


def test_the_label_fills_in_its_own_units(chart: Page) -> None:
    place_area(chart, "platysma")
    saved(chart)
    expect(chart.locator("[data-part=totals]")).to_contain_text("26 U Botox Cosmetic")
    assert {one.area for one in stored()} == {"platysma"}


def test_an_expression_shows_the_part_of_the_face_that_it_moves(chart: Page) -> None:
    view = chart.locator("input[name=view]:checked")
    expect(view).to_have_value("upper")
    chart.locator(".expressions label", has_text="pucker").click()
    expect(view).to_have_value("lower")
    chart.locator(".expressions label", has_text="frown").click()
    expect(view).to_have_value("upper")
    see(chart, "Whole")
    chart.locator(".expressions label", has_text="neck").click()
    expect(view).to_have_value("whole")


def test_a_pucker_of_an_untreated_mouth_purses_the_lips(chart: Page) -> None:
    chart.locator("[data-stamp=glabella]:visible").click()
    saved(chart)
    mouth = chart.locator("#part-lip-upper")
    still = mouth.get_attribute("d") or ""
    chart.locator(".expressions label", has_text="pucker").click()
    expect(mouth).not_to_have_attribute("d", still)


def test_droplets_and_neck_points_are_kept_where_they_were_tapped(chart: Page) -> None:
    see(chart, "Whole")
    chart.locator(".rail .segmented label", has_text="dermis").click()
    places = ((4.0, -28.0), (38.0, -30.0), (6.0, -93.0), NECK)
    for x_mm, y_mm in places:
        tap(chart, x_mm, y_mm)
    saved(chart)
    chart.wait_for_timeout(400)
    kept = stored()
    assert {one.depth for one in kept} == {"dermis"}
    for one, (x_mm, y_mm) in zip(kept, places, strict=True):
        assert float(one.x_mm) == pytest.approx(x_mm, abs=4)
        assert float(one.y_mm) == pytest.approx(y_mm, abs=4)


def test_the_whole_face_with_every_layer_is_accessible(chart: Page) -> None:
    place_area(chart, "chin", "8")
    for layer in ("Muscles", "Danger"):
        chart.locator(".stage-tools label", has_text=layer).click()
    saved(chart)
    expect(chart.locator("[data-legend]")).to_contain_text("mental crease")
    found = Axe().run(chart)
    assert found.violations_count == 0, found.generate_report()
    see(chart, "Upper")
    expect(chart.locator("[data-legend]")).not_to_contain_text("mental crease")


def test_the_areas_follow_the_vial_in_hand(chart: Page) -> None:
    tools = chart.locator("[data-areas]")
    tools.locator("summary").click()
    areas, units = tools.locator("select"), tools.locator("input")
    areas.select_option("platysma")
    expect(units).to_have_value("26")
    chart.locator("label.vial", has_text="DEMO-D401").click()
    expect(areas).to_have_value("platysma")
    expect(units).to_have_value("")


def test_the_chart_comes_back_in_the_view_that_shows_its_points(chart: Page) -> None:
    place_area(chart, "chin", "6")
    saved(chart)
    chart.reload()
    chart.wait_for_selector("[data-chart][data-ready=true]")
    expect(chart.locator("input[name=view]:checked")).to_have_value("lower")
    chart.locator("[data-stamp=glabella]:visible").click()
    expect(chart.locator("input[name=view]:checked")).to_have_value("upper")


def test_the_views_are_reached_by_keyboard(chart: Page) -> None:
    svg = chart.locator("[data-stage] svg")
    upper = svg.get_attribute("viewBox") or ""
    chart.get_by_role("radio", name="Upper face").focus()
    chart.keyboard.press("ArrowRight")
    expect(chart.get_by_role("radio", name="Lower face and neck")).to_be_checked()
    expect(svg).not_to_have_attribute("viewBox", upper)


def test_of_two_near_points_the_hand_takes_the_nearer(chart: Page) -> None:
    see(chart, "Lower")
    chart.locator("label", has_text="Snap to sites").click()
    tap(chart, 50.0, -48.0)
    tap(chart, 50.0, -58.0)
    expect(points(chart)).to_have_count(2)
    see(chart, "Whole")
    tap(chart, 50.0, -50.0)
    expect(points(chart).nth(0)).to_have_class(re.compile("point-selected"))
    tap(chart, 50.0, -56.0)
    expect(points(chart).nth(1)).to_have_class(re.compile("point-selected"))
    expect(points(chart)).to_have_count(2)
