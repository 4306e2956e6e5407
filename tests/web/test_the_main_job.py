"""The main job in a real browser: plan, chart, sign, review one patient on a label protocol."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.web.conftest import open_patient, saved, sign_in, start_chart

PATIENT = "Demo Patient One"


def take_in_a_vial(page: Page, lot: str) -> None:
    page.get_by_role("link", name="Stock", exact=True).click()
    page.get_by_role("link", name="Receive vials").click()
    page.locator("[name=vial-0-product]").select_option("botox-cosmetic")
    page.locator("[name=vial-0-vial_units]").fill("100")
    page.locator("[name=vial-0-lot]").fill(lot)
    page.locator("[name=vial-0-expiry]").fill("2031-12-31")
    page.get_by_role("button", name="Take into stock").click()


def open_the_vial(page: Page, lot: str) -> None:
    page.get_by_role("link", name="Stock", exact=True).click()
    page.get_by_role("row", name=re.compile(lot)).get_by_role("link").first.click()
    page.get_by_role("button", name=re.compile(r"2\.5.*mL.*4 U in 0\.1 mL")).click()
    expect(page.locator("main")).to_contain_text("its clock is running")


def test_from_sign_in_to_review_and_pdf(
    quiet_page: Page, clinic: str, later: Callable[[int], None], tmp_path: Path
) -> None:
    page = quiet_page
    sign_in(page, clinic, "demo-assistant")
    take_in_a_vial(page, "DEMO-WALK")
    page.get_by_role("button", name="Sign out").click()

    sign_in(page, clinic)
    open_the_vial(page, "DEMO-WALK")
    start_chart(page, PATIENT, "DEMO-WALK")
    page.locator("[data-stamp=upper-face]:visible").click()
    saved(page)
    expect(page.locator("[data-part=rows] tr[data-key]")).to_have_count(16)
    expect(page.locator(".point[data-key]")).to_have_count(16)
    expect(page.locator("[data-part=totals]")).to_contain_text("64 U Botox Cosmetic")
    expect(page.locator("[data-part=totals]")).to_contain_text("36 U stay in the vial")

    the_forecast_is_seen_and_moves_the_face(page)

    page.locator("[data-sign]").click()
    expect(page.locator("main")).to_contain_text("64 U")
    page.get_by_role("button", name=re.compile("^Sign as")).click()
    expect(page.locator("main")).to_contain_text("Record intact")
    expect(page.locator("main")).to_contain_text("DEMO-WALK")
    the_pdf_tells_what_was_given(page, tmp_path)

    later(14)
    sign_in(page, clinic)
    expect(page.locator("main")).to_contain_text(PATIENT)
    open_patient(page, PATIENT)
    page.get_by_role("link", name=re.compile("^Review")).first.click()
    expect(page.locator("main")).to_contain_text("day 14")
    page.locator("[name=glabella_maximum]").select_option("1")
    page.locator("[name=forehead_maximum]").select_option("0")
    page.locator("[name=lateral_canthal_maximum]").select_option("1")
    page.locator("[name=note]").fill("Looks rested, says the patient.")
    page.get_by_role("button", name="Sign the review").click()
    expect(page.locator("main")).to_contain_text("Looks rested, says the patient.")
    expect(page.locator("main")).to_contain_text("Forecast")


def the_forecast_is_seen_and_moves_the_face(page: Page) -> None:
    panel = page.locator("[data-part=panel]")
    expect(panel).to_contain_text("none or mild")
    expect(panel).to_contain_text("Drooping upper lid")
    brow = page.locator("#part-brow-left")
    at_rest = brow.get_attribute("d") or ""
    page.locator("label", has_text="frown").click()
    expect(brow).not_to_have_attribute("d", at_rest)
    frowning = brow.get_attribute("d") or ""
    page.get_by_role("button", name="30", exact=True).click()
    expect(brow).not_to_have_attribute("d", frowning)
    expect(page.locator("[data-day-number]")).to_have_text("30")


def the_pdf_tells_what_was_given(page: Page, folder: Path) -> None:
    with page.expect_download() as download:
        page.evaluate(
            "() => { const link = [...document.links].find(l => l.textContent === 'PDF');"
            " link.download = 'treatment.pdf'; link.click(); }"
        )
    target = folder / "treatment.pdf"
    download.value.save_as(target)
    assert target.read_bytes().startswith(b"%PDF-")
    if shutil.which("pdftotext"):
        told = subprocess.run(
            ["pdftotext", "-layout", str(target), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert told.count("\f") == 1
        for words in ("DEMO-WALK", "Botox Cosmetic", "64 U", "4 U", PATIENT, "Demo Injector"):
            assert words in told
