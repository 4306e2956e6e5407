"""A session outside the face in a real browser: laid in one tap, changed, saved, signed."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.web.conftest import open_patient, saved, sign_in
from tests.web.test_pages_are_accessible import violations


def start(page: Page, patient: str, indication: str) -> None:
    open_patient(page, patient)
    page.get_by_role("link", name="Outside the face").click()
    page.get_by_role("button", name=indication).click()
    page.wait_for_selector("[data-session]")


def test_migraine_is_laid_changed_and_signed(quiet_page: Page, clinic: str) -> None:
    page = quiet_page
    sign_in(page, clinic)
    start(page, "Demo Patient Seventeen", "Treat again Chronic migraine")
    page.locator("label.vial", has_text="DEMO-T701").click()
    page.get_by_role("button", name="Lay the protocol").click()
    rows = page.locator("tr[data-key]")
    expect(rows).to_have_count(31)
    saved(page)
    expect(page.locator("[data-part=totals]")).to_contain_text("155 U Botox")
    assert not violations(page)
    # A mark is changed by the keyboard, a point by a tap on the picture.
    first = page.get_by_label("Units of point 1, Frontalis, left")
    first.fill("7.5")
    first.press("Enter")
    saved(page)
    expect(page.locator("[data-part=panel]")).to_contain_text("7.5 U Botox")
    page.locator(".point").first.click()
    expect(first).to_be_focused()
    page.get_by_role("button", name="Delete point 1", exact=True).click()
    expect(rows).to_have_count(30)
    page.get_by_label("Units for a muscle or a tap").fill("5")
    forehead = page.locator("[data-picture=head-front] svg")
    forehead.scroll_into_view_if_needed()
    box = forehead.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.62 * box["width"], box["y"] + 0.3 * box["height"])
    expect(rows).to_have_count(31)
    saved(page)
    page.get_by_label("HIT-6 before").fill("62")
    page.get_by_label("HIT-6 before").press("Tab")
    saved(page)
    page.reload()
    expect(rows).to_have_count(31)
    expect(page.get_by_label("HIT-6 before")).to_have_value("62")
    page.get_by_role("link", name="Sign").click()
    page.get_by_role("button", name="Sign as Demo Injector One").click()
    expect(page.get_by_text("Record intact")).to_be_visible()
    expect(page.get_by_role("heading", name="HIT-6, before and after")).to_be_visible()
    assert not violations(page)


def test_a_childs_arm_is_laid_by_its_weight(quiet_page: Page, clinic: str) -> None:
    page = quiet_page
    sign_in(page, clinic)
    start(page, "Demo Patient Eighteen", "Spasticity of the arm, children")
    page.get_by_role("button", name="Remove all points").click()
    page.get_by_label("Weight today, kg").fill("")
    page.get_by_role("button", name="Biceps").first.click()
    expect(page.locator("[data-banner]")).to_contain_text("give the weight in kg")
    page.get_by_label("Weight today, kg").fill("20")
    page.get_by_role("button", name="Biceps").first.click()
    expect(page.locator("tr[data-key]")).to_have_count(4)
    saved(page)
    expect(page.locator("[data-part=totals]")).to_contain_text("30 U Botox")
    assert not violations(page)
