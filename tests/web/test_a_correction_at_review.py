"""A review and what answers it, in a real browser: seen, understood, charted in a few taps."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from glabella.clinic.demo.before import make_ready
from glabella.clinic.demo.cast import brows
from glabella.clinic.demo.story import EMPTY_MEASURES, exact
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.people.models import Member
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.reviews.models import Review
from glabella.clinic.safety.actions import EventInput
from glabella.clinic.stock.actions import open_vial, receive_vial
from glabella.clinic.treatments.actions import save_draft, sign_treatment, start_treatment
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.points import PointInput
from tests.clinic.conftest import AnyReason
from tests.web.conftest import TABLET, saved, sign_in

DESK = {"width": 1920, "height": 1080}
PEAKED = brows("11.6 16.8 14.9", "11.6 16.9 15.0")
CENTRAL = [
    (0.0, 9.0, "midline"),
    (12.0, 24.0, "left"),
    (12.0, 24.0, "right"),
    (0.0, 52.0, "midline"),
    (14.0, 52.0, "left"),
    (14.0, 52.0, "right"),
]


def treated(days: int) -> Treatment:
    """A patient whose forehead was treated in its middle alone, so many days ago."""
    by = Member.objects.get(user__username="demo-injector")
    stock = Member.objects.get(user__username="demo-assistant")
    at = timezone.now() - timedelta(days=days)
    vial = receive_vial(
        product="botox-cosmetic",
        lot=f"DEMO-R{days}",
        expiry=date(2031, 12, 31),
        vial_units=Decimal(100),
        by=stock,
        at=at - timedelta(hours=2),
    )
    open_vial(vial=vial, diluent_ml=Decimal("2.5"), by=by, at=at - timedelta(hours=1))
    about = {
        "given_name": "Demo Patient",
        "family_name": "Reviewed",
        "date_of_birth": date(1980, 1, 1),
        "sex": "female",
        "conditions": [],
    }
    graded = {"glabella_maximum": 3, "glabella_rest": 1, "forehead_maximum": 2}
    before = exact(EMPTY_MEASURES | graded | brows("12 16 14", "12 16 14"))
    patient = add_patient(about=about, measures=before, by=by, at=at - timedelta(hours=3))
    prescriber = Member.objects.get(user__username="demo-prescriber")
    just_now = timezone.now() - timedelta(minutes=30)
    make_ready(patient, injector=by, prescriber=prescriber, at=just_now)
    draft = start_treatment(patient=patient, by=by, at=at)
    points = [
        PointInput(key=f"p{n}", x_mm=x, y_mm=y, side=side, units=4.0, vial=vial.pk)  # type: ignore[arg-type]
        for n, (x, y, side) in enumerate(CENTRAL)
    ]
    save_draft(treatment=draft, points=points, version=draft.version, by=by, at=at)
    return sign_treatment(treatment=draft, by=by, overrides=AnyReason(), at=at)


def reviewed(days: int, *events: tuple[str, str], **seen: Any) -> Review:
    treatment = treated(days)
    return sign_review(
        treatment=treatment,
        date=timezone.localdate(),
        seen=exact(seen),
        note="As seen.",
        events=[EventInput(code, treatment.date, side=side) for code, side in events],
        by=Member.objects.get(user__username="demo-injector"),
    )


def test_from_the_review_to_the_signed_correction_in_five_taps(
    quiet_page: Page, clinic: str
) -> None:
    page, treatment = quiet_page, treated(15)
    sign_in(page, clinic)
    page.goto(f"{clinic}/treatments/{treatment.pk}/review/")
    for name, height in PEAKED.items():
        page.locator(f"[name={name}]").fill(height)
    page.get_by_role("button", name="Sign the review").click()
    expect(page.get_by_role("heading", name="Peaked outer brow: 4 U")).to_be_visible()
    expect(page.locator(".proposal-face .point")).to_have_count(2)

    # The taps that the correction takes, from the answer on.
    page.get_by_role("button", name="Add this correction").click()
    page.wait_for_selector("[data-chart][data-ready=true]")
    expect(page.locator(".point[data-key]")).to_have_count(2)
    expect(page.locator(".chart-head")).to_contain_text("Correction of the treatment of")
    page.locator("[data-sign]").click()
    page.get_by_role("button", name=re.compile("^Sign as")).click()
    expect(page.locator("main")).to_contain_text("Record intact")
    expect(page.locator("main")).to_contain_text("4 U")


def test_the_draft_can_be_changed_before_it_is_signed(quiet_page: Page, clinic: str) -> None:
    page, review = quiet_page, reviewed(15, **PEAKED)
    sign_in(page, clinic)
    page.goto(f"{clinic}/reviews/{review.pk}/")
    page.get_by_role("button", name="Add this correction").click()
    page.wait_for_selector("[data-chart][data-ready=true]")
    row = page.locator("[data-part=rows] tr[data-key]").first
    row.locator("[name=units]").fill("1")
    row.locator("[name=units]").press("Tab")
    saved(page)
    expect(page.locator("[data-part=totals]")).to_contain_text("3 U Botox Cosmetic")


def test_the_answer_is_reached_by_the_keyboard_alone(quiet_page: Page, clinic: str) -> None:
    page, review = quiet_page, reviewed(15, **PEAKED)
    sign_in(page, clinic)
    page.goto(f"{clinic}/reviews/{review.pk}/")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Add this correction":
            break
    expect(page.get_by_role("button", name="Add this correction")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-chart][data-ready=true]")


STORIES: dict[str, tuple[int, tuple[tuple[str, str], ...], dict[str, Any]]] = {
    "a proposal": (15, (), PEAKED),
    "a drooping lid": (5, (("eyelid-ptosis", "left"),), {}),
    "a red flag": (15, (("swallowing", ""), ("spock-brow", "left")), {"glabella_maximum": 1}),
    "too early": (6, (("asymmetry", "left"),), {}),
}


@pytest.mark.parametrize("name", STORIES)
def test_each_answer_is_accessible_and_fits_both_screens(
    quiet_page: Page, clinic: str, name: str
) -> None:
    days, events, seen = STORIES[name]
    page, review = quiet_page, reviewed(days, *events, **seen)
    sign_in(page, clinic)
    for size in (TABLET, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(f"{clinic}/reviews/{review.pk}/")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_a_proposal_is_answered_on_the_first_screen_of_a_tablet(
    quiet_page: Page, clinic: str
) -> None:
    page, review = quiet_page, reviewed(15, **PEAKED)
    sign_in(page, clinic)
    page.goto(f"{clinic}/reviews/{review.pk}/")
    box = page.get_by_role("button", name="Add this correction").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < TABLET["height"]
    assert box["height"] >= 44


def test_a_red_flag_is_the_first_thing_that_is_seen(quiet_page: Page, clinic: str) -> None:
    page, review = quiet_page, reviewed(15, ("swallowing", ""), **PEAKED)
    sign_in(page, clinic)
    page.goto(f"{clinic}/reviews/{review.pk}/")
    alarm = page.get_by_role("alert")
    expect(alarm).to_contain_text("Trouble swallowing needs a doctor at once")
    box = alarm.bounding_box()
    assert box is not None
    assert box["y"] < 300
    expect(page.get_by_role("button", name="Add this correction")).to_have_count(0)
