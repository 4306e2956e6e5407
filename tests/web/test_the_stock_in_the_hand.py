"""The stock in a real browser: scanned in, diluted, armed by its label, discarded, recalled."""

from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic
from glabella.clinic.stock.models import Vial
from tests.web.conftest import PASSWORD, open_patient, saved, sign_in


def code(lot: str, serial: str) -> str:
    return f"01003002392320131731123110{lot}\x1d21{serial}"


def hid(page: Page, text: str) -> None:
    """Type as a keyboard scanner does: at once, the separator as Ctrl+], and Enter at the end."""
    for part in re.split("(\x1d)", text):
        if part == "\x1d":
            page.keyboard.press("Control+]")
        else:
            page.keyboard.type(part)
    page.keyboard.press("Enter")


def receive(page: Page) -> None:
    page.get_by_role("link", name="Stock", exact=True).click()
    page.get_by_role("link", name="Receive vials").click()
    page.wait_for_selector("html[data-receive-ready=true]")


def test_a_keyboard_scanner_fills_the_list_and_a_counterfeit_lot_is_stopped(
    quiet_page: Page, clinic: str
) -> None:
    page = quiet_page
    sign_in(page, clinic, "demo-assistant")
    receive(page)
    hid(page, code("WEB-1", "S1"))
    expect(page.locator("[data-carton]")).to_have_count(1)
    expect(page.locator("[name=vial-0-product]")).to_have_value("botox-cosmetic")
    expect(page.locator("[name=vial-0-lot]")).to_have_value("WEB-1")
    # The cursor may be anywhere that is no field.
    page.get_by_role("heading", name="Receive vials").click()
    hid(page, code("C3709C3", "S2"))
    expect(page.locator("[data-carton]")).to_have_count(2)
    expect(page.locator(".carton-stopped")).to_contain_text("800-551-3989")
    hid(page, code("WEB-1", "S1"))
    expect(page.locator("[data-scan-said]")).to_contain_text("on the list already")
    page.get_by_role("button", name="Take into stock").click()
    expect(page.locator("main")).to_contain_text("2 vials are in stock")
    expect(page.get_by_role("row", name=re.compile("C3709C3"))).to_contain_text("Quarantined")


def test_a_photo_is_read_and_the_vial_goes_its_way_to_a_witnessed_discard(
    quiet_page: Page, clinic: str
) -> None:
    page = quiet_page
    sign_in(page, clinic, "demo-assistant")
    receive(page)
    drawn = zxingcpp.create_barcode(
        "(01)00300239232013(17)311231(10)WEB-2(21)S9", zxingcpp.BarcodeFormat.DataMatrix, gs1=True
    )
    photo = io.BytesIO()
    Image.fromarray(drawn.to_image(scale=8)).save(photo, "PNG")
    page.locator("[data-picture]").set_input_files(
        {"name": "carton.png", "mimeType": "image/png", "buffer": photo.getvalue()}
    )
    expect(page.locator("[name=vial-0-serial]")).to_have_value("S9")
    page.get_by_role("button", name="Take into stock").click()
    page.get_by_role("link", name="Botox Cosmetic").click()
    page.get_by_role("button", name=re.compile(r"2\.50? mL")).click()
    expect(page.locator("main")).to_contain_text("its clock is running")
    page.get_by_role("button", name="Sign out").click()

    vial = Vial.objects.get(serial="S9")
    sign_in(page, clinic)
    open_patient(page, "Demo Patient One")
    page.get_by_role("button", name="Treat").click()
    page.wait_for_selector("[data-chart][data-ready=true]")
    page.get_by_role("heading").first.click()
    hid(page, vial.number)
    expect(page.locator("label.vial", has_text="WEB-2").locator("input")).to_be_checked()
    expect(page.locator("[data-first]")).to_contain_text("should go first")
    page.locator("[data-stamp=glabella]:visible").click()
    saved(page)
    page.locator("[data-sign]").click()
    page.get_by_role("button", name=re.compile("^Sign as")).click()
    expect(page.locator("main")).to_contain_text("Record intact")

    Clinic.objects.update(witness_required=True)
    page.goto(f"{clinic}/stock/{vial.pk}/")
    page.get_by_text("Discard the rest, or return it").click()
    form = page.locator("form", has=page.get_by_role("button", name="Discard the rest"))
    form.get_by_label("Why").select_option("remainder")
    form.get_by_role("button", name="Discard the rest").click()
    expect(page.locator("main")).to_contain_text("asks for a witness")
    form.get_by_label("Witness: user name").fill("demo-owner")
    form.get_by_label("Witness: password").fill(PASSWORD)
    form.get_by_role("button", name="Discard the rest").click()
    expect(page.locator("main")).to_contain_text("seen by Demo Owner One")
    expect(page.locator("main")).to_contain_text("All accounted for")


@pytest.fixture
def reachable(clinic: str) -> str:
    """Of those whose lot is recalled, only one has an address."""
    Patient.objects.update(email="", phone="")
    Patient.objects.filter(family_name="Two").update(email="two@patient.test")
    return clinic


def test_a_recall_is_started_and_worked(quiet_page: Page, reachable: str) -> None:
    page = quiet_page
    sign_in(page, reachable, "demo-supervisor")
    page.get_by_role("link", name="Stock", exact=True).click()
    page.get_by_role("link", name="Recalls").click()
    page.get_by_role("link", name="Start a recall or a drill").click()
    page.get_by_label("Product").select_option("botox-cosmetic")
    page.get_by_label("Lot").fill("DEMO-B098")
    page.get_by_label("Who recalls it").fill("Letter of the maker")
    page.get_by_label("What the patients are told").fill("Tell us if anything troubles you.")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Write to everyone who was not contacted").click()
    expect(page.locator("main")).to_contain_text("1 of 3 contacted")
    expect(page.locator("main")).to_contain_text("Write a letter")
    row = page.locator("article", has_text="Demo Patient Three")
    row.get_by_label("What came of it").select_option("acknowledged")
    row.get_by_role("button", name="Note it").click()
    expect(page.locator("main")).to_contain_text("1 of 3 acknowledged")
