"""Droplets in the browser: regions tapped or ticked, outlines drawn, one step to undo, signed."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from glabella.clinic.treatments.models import ChartPoint, Treatment
from tests.web.conftest import saved, sign_in, start_chart
from tests.web.test_the_whole_face_in_the_hand import see, tap

FINGER_PX = 44


@pytest.fixture
def chart(quiet_page: Page, clinic: str) -> Page:
    sign_in(quiet_page, clinic)
    start_chart(quiet_page, "Demo Patient One", "DEMO-B101")
    return quiet_page


def tool(page: Page) -> Locator:
    return page.locator("[data-droplet-tool]")


def open_tool(page: Page) -> Locator:
    tool(page).locator("summary").click()
    return tool(page)


def place(page: Page, *regions: str, spacing: str = "10") -> int:
    """Tick regions, type the distance and place; returns how many were placed."""
    for region in regions:
        tool(page).get_by_label(region).check()
    tool(page).get_by_label("Distance, mm").fill(spacing)
    button = tool(page).locator("[data-droplets=place]")
    expect(button).to_be_enabled()
    count = int(re.search(r"\d+", button.inner_text())[0])  # type: ignore[index]
    button.click()
    return count


def droplets(page: Page) -> Locator:
    return page.locator("[data-layer=points] .droplet")


def stored() -> list[ChartPoint]:
    return list(Treatment.objects.latest("created_at").points.order_by("number"))


def test_a_t_zone_is_seen_before_it_is_placed_and_then_signed(chart: Page) -> None:
    box = open_tool(chart)
    expect(chart.locator("[data-legend]")).to_contain_text("Red hatching: no droplets")
    box.get_by_role("button", name="T-zone").click()
    expect(box.get_by_label("Forehead")).to_be_checked()
    expect(box.locator("[data-droplet-sheet]")).to_contain_text("no text that was read gives one")
    box.get_by_label("Distance, mm").fill("9")
    sheet = box.locator("[data-droplet-sheet]")
    expect(sheet).to_contain_text("U Botox Cosmetic")
    expect(sheet).to_contain_text("this vial has 40")
    expect(sheet).to_contain_text("Discomfort by region: not known")
    shown = chart.locator("[data-layer=droplet-preview] circle")
    count = shown.count()
    assert count > 50
    assert droplets(chart).count() == 0
    assert Treatment.objects.latest("created_at").points.count() == 0

    box.get_by_role("button", name=re.compile(f"^Place {count} droplets")).click()
    expect(droplets(chart)).to_have_count(count)
    expect(shown).to_have_count(0)
    saved(chart)
    expect(chart.locator("[data-part=panel]")).to_contain_text("sebum")
    expect(chart.locator("[data-part=totals]")).to_contain_text("Droplets, forehead")
    assert {one.region for one in stored()} == {"forehead", "nose"}

    chart.locator("[data-sign]").click()
    expect(chart.locator("main")).to_contain_text("Droplets, nose")
    for reason in chart.locator("main textarea[name^=reason]").all():
        reason.fill("Told the patient, who wishes it.")
    chart.get_by_role("button", name=re.compile("^Sign as")).click()
    expect(chart.locator("main")).to_contain_text("Record intact")
    expect(chart.locator("main")).to_contain_text("Droplets, forehead")


def test_placing_is_one_step_and_takes_the_place_of_what_was_there(chart: Page) -> None:
    open_tool(chart)
    count = place(chart, "Forehead", spacing="12")
    expect(droplets(chart)).to_have_count(count)
    chart.get_by_role("button", name="Undo").click()
    expect(droplets(chart)).to_have_count(0)
    chart.get_by_role("button", name="Redo").click()
    expect(droplets(chart)).to_have_count(count)
    more = place(chart, "Forehead", spacing="9")
    expect(droplets(chart)).to_have_count(more)
    expect(tool(chart)).to_contain_text("in place of")


def test_a_region_is_chosen_by_a_tap_and_the_numbers_follow_the_vial(chart: Page) -> None:
    box = open_tool(chart)
    tap(chart, 20, 50)
    expect(box.get_by_label("Forehead")).to_be_checked()
    see(chart, "Whole")
    tap(chart, -52, -30)
    expect(box.get_by_label("Cheek")).to_be_checked()
    tap(chart, 20, 50)
    expect(box.get_by_label("Forehead")).not_to_be_checked()
    assert chart.locator(".point[data-key]").count() == 0

    protocol, size = box.get_by_label("Protocol of the droplets"), box.get_by_label("Droplet, mL")
    expect(protocol).to_have_value("microbotox-20")
    expect(size).to_be_disabled()
    chart.locator("label.vial", has_text="DEMO-D401").click()
    expect(protocol).to_have_value("")
    expect(size).to_be_enabled()
    expect(size).to_have_value("")
    box.get_by_label("Distance, mm").fill("10")
    expect(box.locator("[data-droplet-sheet]")).to_contain_text("Type the volume")
    size.fill("0.01")
    expect(box.locator("[data-droplet-sheet]")).to_contain_text("U Dysport")


def test_an_outline_is_drawn_with_taps_and_filled_on_both_sides(chart: Page) -> None:
    box = open_tool(chart)
    box.get_by_role("button", name="Draw an outline").click()
    corners = ((10, 36), (40, 36), (40, 58), (10, 58))
    for x_mm, y_mm in corners:
        tap(chart, x_mm, y_mm)
    expect(box.locator("[data-drawing-words]")).to_contain_text("4 corners")
    tap(chart, 10, 66)
    box.get_by_role("button", name="Take back").click()
    expect(box.locator("[data-drawing-words]")).to_contain_text("4 corners")
    box.get_by_label("Both sides").check()
    tap(chart, *corners[0])
    expect(box.locator("[data-drawing]")).to_be_hidden()
    count = place(chart, spacing="8")
    expect(droplets(chart)).to_have_count(count)
    saved(chart)
    expect(chart.locator("[data-part=totals]")).to_contain_text("Droplets, drawn region 1")
    sides = [one.side for one in stored()]
    assert sides.count("left") == sides.count("right") > 3

    # Over an eye there is no place for one, and the page says why.
    box.get_by_role("button", name="Draw an outline").click()
    box.get_by_label("Both sides").uncheck()
    for x_mm, y_mm in ((22, -3), (40, -3), (40, -12), (22, -12)):
        tap(chart, x_mm, y_mm)
    box.get_by_role("button", name="Close it").click()
    box.get_by_label("Distance, mm").fill("5")
    expect(box.locator(".field-error")).to_contain_text("lies where none should (Eyelids)")
    expect(box.locator("[data-droplets=place]")).to_be_disabled()
    box.get_by_role("button", name="Forget the outlines").click()
    expect(box.locator("[data-droplet-sheet]")).to_contain_text("Where?")


def test_droplets_are_in_the_hand_only_while_their_tool_is_open(chart: Page) -> None:
    """Otherwise no point could be set on a forehead full of them."""
    open_tool(chart)
    place(chart, "Forehead", spacing="8")
    tool(chart).locator("summary").click()
    chart.locator("label", has_text="Snap to sites").click()
    saved(chart)
    tap(chart, 16.0, 50.0)
    expect(chart.locator(".point[data-key]")).to_have_count(1)
    count = droplets(chart).count()
    tool(chart).locator("summary").click()
    one = next(one for one in stored() if one.region and one.x_mm > 30)
    tap(chart, float(one.x_mm) * (1 if one.side == "left" else -1), float(one.y_mm))
    expect(chart.locator(".droplet-selected")).to_have_count(1)
    expect(chart.locator("[data-point-name]")).to_contain_text("Droplet, Forehead")
    chart.get_by_role("button", name="Delete", exact=True).click()
    expect(droplets(chart)).to_have_count(count - 1)


def test_the_table_has_one_row_a_region_that_opens_goes_and_comes_back(chart: Page) -> None:
    chart.locator("[data-stamp=glabella]:visible").click()
    open_tool(chart)
    count = place(chart, "Nose", "Chin", spacing="8")
    saved(chart)
    rows = chart.locator("[data-part=rows] tr")
    expect(rows).to_have_count(5 + 2)
    chin = chart.locator(".droplet-row", has_text="chin")
    own = int(re.search(r"(\d+) ×", chin.inner_text())[1])  # type: ignore[index]
    chin.get_by_role("button", name="one by one").click()
    expect(rows).to_have_count(5 + 2 + own)
    fields = chart.locator("[data-part=rows] tr[data-key]", has_text="droplet, chin")
    fields.first.get_by_role("button", name=re.compile("^Delete")).click()
    expect(droplets(chart)).to_have_count(count - 1)
    chin.get_by_role("button", name=re.compile("^Delete the")).click()
    expect(rows).to_have_count(5 + 1)
    expect(droplets(chart)).to_have_count(count - own)

    saved(chart)
    chart.wait_for_timeout(400)
    chart.reload()
    chart.wait_for_selector("[data-chart][data-ready=true]")
    expect(droplets(chart)).to_have_count(count - own)
    expect(chart.locator(".droplet-row")).to_have_count(1)
    expect(chart.locator("[data-banner]")).to_be_hidden()


def test_the_keyboard_alone_places_droplets(chart: Page) -> None:
    summary = tool(chart).locator("summary")
    summary.focus()
    chart.keyboard.press("Enter")
    tool(chart).get_by_label("Chin").focus()
    chart.keyboard.press("Space")
    tool(chart).get_by_label("Distance, mm").focus()
    chart.keyboard.type("10")
    button = tool(chart).locator("[data-droplets=place]")
    expect(button).to_be_enabled()
    button.focus()
    chart.keyboard.press("Enter")
    expect(droplets(chart)).not_to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1366, 1024), (1920, 1080)])
def test_the_open_tool_is_accessible_and_fits(chart: Page, width: int, height: int) -> None:
    chart.set_viewport_size({"width": width, "height": height})
    box = open_tool(chart)
    place(chart, "Forehead", "Nose")
    box.get_by_role("button", name="Draw an outline").click()
    tap(chart, 10, 36)
    box.get_by_label("Cheek").check()
    expect(box.locator("[data-droplets=place]")).to_be_enabled()
    saved(chart)
    found = Axe().run(chart)
    assert found.violations_count == 0, found.generate_report()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert chart.evaluate(overflow) <= 0
    for target in box.locator("button:visible, .check:visible").all():
        size = target.bounding_box()
        assert size is not None
        assert size["height"] >= FINGER_PX - 0.5
