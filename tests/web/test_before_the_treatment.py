"""Before the treatment, in real hands: the patient's on the tablet, then the member's."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from glabella.clinic.consent.models import Consent
from glabella.clinic.patients.models import Patient
from tests.web.conftest import open_patient, saved, sign_in, start_chart
from tests.web.test_pages_are_accessible import violations

PHONE = {"width": 390, "height": 844}
TARGET = 44


def a_new_patient(page: Page, clinic: str) -> None:
    page.goto(f"{clinic}/patients/new/")
    page.locator("[name=given_name]").fill("Demo Patient")
    page.locator("[name=family_name]").fill("Fresh")
    page.locator("[name=date_of_birth]").fill("1985-03-01")
    page.locator("[name=sex]").select_option("female")
    page.locator("[name=glabella_maximum]").select_option("3")
    page.get_by_role("button", name="Save").click()


def gate(page: Page, name: str) -> Locator:
    return page.locator(".steps li", has=page.locator("summary", has_text=name))


def from_gate(page: Page, name: str, link: str) -> None:
    gate(page, name).locator("summary").click()
    page.get_by_role("link", name=link).click()


def answer(page: Page, question: str, choice: str) -> None:
    asked = page.locator("fieldset.choice", has_text=question)
    asked.locator("label", has_text=choice).first.click()


def answer_no_to_all(page: Page) -> None:
    for asked in page.locator("fieldset.choice").all():
        asked.locator("label", has_text="No").first.click()


def draw(page: Page) -> None:
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 100)
    page.mouse.down()
    for step in range(30):
        swing = 40 if step % 4 < 2 else -40
        page.mouse.move(box["x"] + 40 + step * 9, box["y"] + 100 + swing)
    page.mouse.up()


def test_from_the_patients_hand_to_a_green_chart_and_a_signature(
    quiet_page: Page, clinic: str
) -> None:
    page = quiet_page
    sign_in(page, clinic)
    a_new_patient(page, clinic)
    start_chart_of(page, "Fresh")
    page.locator("[data-stamp=glabella]:visible").click()
    saved(page)
    page.reload()
    page.wait_for_selector("[data-chart][data-ready=true]")
    for name in ("Screening", "Prescriber", "Consent"):
        expect(gate(page, name)).to_have_class("stop")

    from_gate(page, "Screening", "Take the history")
    page.get_by_role("button", name="Hand over this tablet").click()
    the_patient_fills_it_in(page, clinic)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Username").fill("demo-injector")
    page.get_by_label("Password").fill("glabella-demo")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("main")).to_contain_text("Only in winter")
    page.get_by_role("button", name=re.compile("^Confirm as")).click()
    page.wait_for_selector("[data-chart][data-ready=true]")
    expect(gate(page, "Screening")).to_have_class("ok")

    from_gate(page, "Consent", "Take the consent")
    page.get_by_role("button", name="All talked about").click()
    page.get_by_label("doing nothing included").check()
    page.locator("label", has_text="Printed").click()
    draw(page)
    page.get_by_role("button", name="Sign and keep").click()
    page.wait_for_selector("[data-chart][data-ready=true]")
    expect(gate(page, "Consent")).to_have_class("ok")
    assert len(Consent.objects.get(patient__family_name="Fresh").strokes_json) > 100

    the_prescriber_assesses(page, clinic)
    sign_in(page, clinic)
    open_patient(page, "Demo Patient Fresh")
    page.get_by_role("button", name="Treat").click()
    page.wait_for_selector("[data-chart][data-ready=true]")
    expect(gate(page, "Prescriber")).to_have_class("ok")
    page.locator("[data-sign]").click()
    page.get_by_role("button", name=re.compile("^Sign as")).click()
    expect(page.locator("main")).to_contain_text("Record intact")
    assert Patient.objects.get(family_name="Fresh").conditions == ["dry-eye"]


def start_chart_of(page: Page, name: str) -> None:
    start_chart(page, f"Demo Patient {name}", "DEMO-B101")


def the_patient_fills_it_in(page: Page, clinic: str) -> None:
    page.wait_for_url(re.compile("/intake/"))
    here = page.url
    answer_no_to_all(page)
    answer(page, "Do you have dry eyes", "Yes")
    page.locator("[name=w-dry-eye]").fill("Only in winter")
    expect(page.locator("[data-keep-state]")).to_have_text("Saved")
    # The tablet fell asleep: what was typed comes back.
    page.goto(here)
    expect(page.locator("[name=w-dry-eye]")).to_have_value("Only in winter")
    page.get_by_role("button", name="Send to the clinic").click()
    expect(page.locator("main")).to_contain_text("give the tablet back")
    # Neither the address nor the back button leads into the clinic.
    for address in ("/patients/", "/", here.removeprefix(clinic)):
        page.goto(clinic + address)
        assert "Demo Patient One" not in page.locator("main").inner_text()
    page.goto(f"{clinic}/intake/thanks/")


def the_prescriber_assesses(page: Page, clinic: str) -> None:
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, clinic, "demo-prescriber")
    open_patient(page, "Demo Patient Fresh")
    page.locator(".way li", has_text="Prescriber").get_by_role("link").click()
    page.get_by_role("link", name="Assess").click()
    page.get_by_label("How you know who it is").fill("Photo document")
    page.get_by_role("button", name=re.compile("^Sign as")).click()
    expect(page.locator("main")).to_contain_text("up to 20 U Botox Cosmetic for glabella")
    page.get_by_role("button", name="Sign out").click()


def small_targets(page: Page) -> list[str]:
    """What can be tapped and is less than 44 px high."""
    return [
        str(found)
        for found in page.evaluate(
            """least => [...document.querySelectorAll('main a.btn, main button, .choice span')]
            .filter(one => one.offsetParent && !one.closest('legend'))
            .map(one => [one.textContent.trim(), one.getBoundingClientRect().height])
            .filter(([, height]) => height < least)""",
            TARGET,
        )
    ]


@pytest.mark.parametrize("size", [PHONE, {"width": 1366, "height": 1024}])
def test_the_patients_pages_are_read_and_tapped_at_any_size(
    quiet_page: Page, clinic: str, size: dict[str, int]
) -> None:
    page = quiet_page
    sign_in(page, clinic)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    patient = Patient.objects.get(family_name="Seven").pk
    page.goto(f"{clinic}/patients/{patient}/history/")
    page.get_by_role("button", name="Hand over this tablet").click()
    page.wait_for_url(re.compile("/intake/"))
    answer(page, "botulinum toxin, for any reason", "Yes")
    assert not violations(page)
    assert not small_targets(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    # By the keyboard alone: the next question is one Tab away, the arrows choose.
    page.locator("[name=a-cows-milk-protein-allergy]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[name=a-cows-milk-protein-allergy][value=yes]")).to_be_checked()


PAGES = {
    "history": "/patients/{id}/history/",
    "history by hand": "/patients/{id}/history/fill/",
    "consents": "/patients/{id}/consents/",
    "a new consent": "/patients/{id}/consents/new/?areas=glabella&areas=chin&products=dysport",
    "assessments": "/patients/{id}/assessments/",
    "measures": "/patients/{id}/measure/",
    "an alert": "/patients/{id}/alert/",
    "the patient": "/patients/{id}/",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_members_page_before_the_treatment(quiet_page: Page, clinic: str, name: str) -> None:
    sign_in(quiet_page, clinic)
    patient = Patient.objects.get(family_name="Six").pk
    quiet_page.goto(clinic + PAGES[name].format(id=patient))
    assert not violations(quiet_page)
    assert not small_targets(quiet_page)


def test_the_prescribers_and_the_owners_pages(quiet_page: Page, clinic: str) -> None:
    six = Patient.objects.get(family_name="Six").pk
    sign_in(quiet_page, clinic, "demo-prescriber")
    quiet_page.goto(f"{clinic}/patients/{six}/assessments/new/")
    assert not violations(quiet_page)
    quiet_page.get_by_role("button", name="Sign out").click()
    sign_in(quiet_page, clinic, "demo-owner")
    quiet_page.goto(f"{clinic}/texts/")
    assert not violations(quiet_page)
    assert not small_targets(quiet_page)


def test_a_drawn_signature_comes_back_after_an_error_and_can_be_cleared(
    quiet_page: Page, clinic: str
) -> None:
    page = quiet_page
    sign_in(page, clinic)
    six = Patient.objects.get(family_name="Six").pk
    page.goto(f"{clinic}/patients/{six}/consents/new/?areas=glabella&products=xeomin")
    draw(page)
    kept = page.locator("[name=strokes]").input_value()
    page.locator("label", has_text="Printed").click()
    page.get_by_role("button", name="Sign and keep").click()
    expect(page.locator("[role=alert]").first).to_contain_text("still open")
    assert page.locator("[name=strokes]").input_value() == kept
    page.get_by_role("button", name="Clear").click()
    assert page.locator("[name=strokes]").input_value() == ""
    page.locator("label", has_text="Typed").click()
    expect(page.locator("canvas")).to_be_hidden()
