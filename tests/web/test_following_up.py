"""Between visits: a patient's thumb on a phone, and the recall queue on the tablet."""

from __future__ import annotations

import re
from datetime import timedelta

from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from glabella.clinic.followup.models import CheckIn, CheckInAnswer
from glabella.clinic.links.actions import make_link
from glabella.clinic.links.models import Purpose
from glabella.clinic.tasks.models import Task
from tests.web.conftest import sign_in

PHONE = {"width": 390, "height": 844}
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def check_in_page(clinic: str, name: str, day: int) -> str:
    """The address that a demo patient finds in a message."""
    check_in = CheckIn.objects.get(treatment__patient__family_name=name, day=day)
    _, token = make_link(
        patient=check_in.treatment.patient,
        purpose=Purpose.CHECK_IN,
        subject_id=check_in.pk,
        by=None,
        at=timezone.now() - timedelta(minutes=1),
    )
    return f"{clinic}/follow-up/c/{token}/"


def looks_right_on_a_phone(page: Page) -> None:
    assert page.evaluate(TOO_WIDE) == 0
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_patient_answers_with_three_taps(quiet_page: Page, clinic: str) -> None:
    page = quiet_page
    page.set_viewport_size(PHONE)
    page.goto(check_in_page(clinic, "Two", 14))
    looks_right_on_a_phone(page)
    expect(page.get_by_text("What is normal on day 14")).to_be_visible()
    page.get_by_text("None of these").click()
    page.get_by_text("Good", exact=True).click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(page.get_by_text("Call us for your review")).to_be_visible()
    looks_right_on_a_phone(page)
    assert CheckInAnswer.objects.get(check_in__day=14).how == "good"


def test_a_patient_with_a_red_flag_is_told_at_once_and_so_is_the_clinic(
    quiet_page: Page, clinic: str
) -> None:
    page, before = quiet_page, Task.objects.filter(urgency="now").count()
    page.set_viewport_size(PHONE)
    page.goto(check_in_page(clinic, "Two", 14))
    page.get_by_text("Trouble breathing").first.click()
    page.get_by_text("I am worried").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Go to an emergency department at once")
    looks_right_on_a_phone(page)
    assert Task.objects.filter(urgency="now").count() == before + 1
    page.get_by_role("link", name="Something has changed").click()
    expect(page.get_by_text("You answered already")).to_be_visible()


def test_the_recall_queue_on_the_tablet(quiet_page: Page, clinic: str) -> None:
    page = quiet_page
    sign_in(page, clinic, "demo-assistant")
    page.get_by_role("link", name="Follow-up", exact=True).click()
    page.get_by_role("row", name=re.compile("Demo Patient Ten")).get_by_role(
        "link", name="Call or book"
    ).click()
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_text("Demo Patient Ten: is booked.")).to_be_visible()
    page.goto(f"{clinic}/follow-up/?show=booked")
    expect(page.get_by_role("link", name="Demo Patient Ten", exact=True)).to_be_visible()


def test_a_red_flag_is_finished_in_words(quiet_page: Page, clinic: str) -> None:
    page = quiet_page
    sign_in(page, clinic, "demo-assistant")
    page.get_by_role("link", name=re.compile("^Do Red flag")).click()
    page.get_by_label("What came of it").fill("Done")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("write what came of it in your own words")).to_be_visible()
    page.get_by_label("What came of it").fill("Called her: she is at the eye hospital.")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("Finished: Red flag")).to_be_visible()
