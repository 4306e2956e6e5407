"""Every page of the clinic, held against the accessibility rules of axe in a real browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from glabella.clinic.patients.models import Patient
from glabella.clinic.reviews.models import Review
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.models import State, Treatment
from tests.web.conftest import saved, sign_in, start_chart

PAGES = {
    "today": lambda: "/",
    "patients": lambda: "/patients/",
    "a new patient": lambda: "/patients/new/",
    "a patient": lambda: f"/patients/{Patient.objects.filter(treatments__isnull=False)[0].pk}/",
    "the stock": lambda: "/stock/",
    "a vial": lambda: f"/stock/{Vial.objects.all()[0].pk}/",
    "a record": lambda: f"/treatments/{signed().pk}/",
    "a new review": lambda: f"/treatments/{signed().pk}/review/",
    "a review": lambda: f"/reviews/{Review.objects.all()[0].pk}/",
}


def signed() -> Treatment:
    return Treatment.objects.filter(state=State.SIGNED).order_by("date")[0]


def violations(page: Page) -> str:
    found = Axe().run(page)
    return "" if found.violations_count == 0 else found.generate_report()


def test_the_sign_in_page(quiet_page: Page, clinic: str) -> None:
    quiet_page.goto(f"{clinic}/sign-in/")
    assert not violations(quiet_page)


@pytest.mark.parametrize("name", PAGES)
def test_a_page(quiet_page: Page, clinic: str, name: str) -> None:
    sign_in(quiet_page, clinic)
    quiet_page.goto(clinic + PAGES[name]())
    assert not violations(quiet_page)


def test_the_chart_with_a_protocol_on_it(quiet_page: Page, clinic: str) -> None:
    sign_in(quiet_page, clinic)
    start_chart(quiet_page, "Demo Patient One", "DEMO-B101")
    quiet_page.locator("[data-stamp=upper-face]:visible").click()
    saved(quiet_page)
    assert not violations(quiet_page)
