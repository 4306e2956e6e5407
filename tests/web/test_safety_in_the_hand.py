"""Something went wrong, in a real browser: told in few taps, guided, reported."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from glabella.clinic.safety.models import AdverseEvent, GuideRun, Report, ReportSent
from glabella.clinic.treatments.models import Treatment
from tests.web.conftest import TABLET, open_patient, sign_in

DESK = {"width": 1920, "height": 1080}


def of_two() -> Treatment:
    return Treatment.objects.get(patient__family_name="Two", state="signed")


def violations(page: Page) -> str:
    found = Axe().run(page)
    return "" if found.violations_count == 0 else found.generate_report()


def test_an_event_is_told_in_seven_taps_with_its_points_tapped_on_the_face(
    quiet_page: Page, clinic: str
) -> None:
    sign_in(quiet_page, clinic)
    quiet_page.goto(f"{clinic}/treatments/{of_two().pk}/")
    quiet_page.get_by_role("link", name="Something went wrong").click()
    quiet_page.get_by_label("What", exact=True).select_option("eyelid-ptosis")
    quiet_page.get_by_label("Side").select_option("left")
    quiet_page.get_by_text("2 moderate").click()
    for caption in ("B2", "B4"):
        quiet_page.locator("[data-face] .point", has_text=caption).first.click()
    expect(quiet_page.locator("[data-face] .point.is-meant")).to_have_count(2)
    quiet_page.get_by_role("button", name="Sign the event").click()
    quiet_page.wait_for_url(re.compile(r"/safety/events/\d+/"))
    event = AdverseEvent.objects.latest("id")
    assert (event.event, event.side, event.grade) == ("eyelid-ptosis", "left", 2)
    assert sorted(one.point.number for one in event.points.all()) == [2, 4]
    expect(quiet_page.get_by_text("DEMO-B098")).to_be_visible()


def test_points_are_ticked_by_keyboard_alone(quiet_page: Page, clinic: str) -> None:
    sign_in(quiet_page, clinic)
    quiet_page.goto(f"{clinic}/safety/treatments/{of_two().pk}/event/?event=bruising")
    box = quiet_page.get_by_label(re.compile("3: Right corrugator"))
    box.focus()
    quiet_page.keyboard.press("Space")
    expect(quiet_page.locator("[data-face] .point.is-meant")).to_have_count(1)
    quiet_page.get_by_role("button", name="Sign the event").press("Enter")
    quiet_page.wait_for_url(re.compile(r"/safety/events/\d+/"))
    assert AdverseEvent.objects.latest("id").points.get().point.number == 3


def test_a_guide_is_run_by_two_people_and_survives_a_reload(quiet_page: Page, clinic: str) -> None:
    sign_in(quiet_page, clinic)
    open_patient(quiet_page, "Demo Patient One")
    quiet_page.get_by_role("link", name="Something went wrong").click()
    quiet_page.get_by_text("Is it an emergency?").click()
    quiet_page.get_by_role("button", name="Allergic reaction").click()
    quiet_page.wait_for_url(re.compile(r"/safety/runs/\d+/"))
    run = GuideRun.objects.get(patient__family_name="One")
    expect(quiet_page.locator(".clock")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    assert "No source on treating anaphylaxis was read" in quiet_page.content()
    quiet_page.get_by_role("button", name="Done").first.click()
    expect(quiet_page.locator(".guide-step.is-done")).to_have_count(1)
    browser = quiet_page.context.browser
    assert browser is not None
    other = browser.new_context()
    second = other.new_page()
    sign_in(second, clinic, "demo-supervisor")
    second.goto(f"{clinic}/safety/runs/{run.pk}/")
    second.get_by_role("button", name="Done").first.click()
    expect(second.locator(".guide-step.is-done")).to_have_count(2)
    other.close()
    quiet_page.reload()
    expect(quiet_page.locator(".guide-step.is-done")).to_have_count(2)
    expect(quiet_page.locator(".next-step")).to_contain_text("protocol for anaphylaxis")
    expect(quiet_page.get_by_text("Demo Supervisor One", exact=False)).to_be_visible()


def test_what_another_tablet_ticks_appears_without_a_reload(quiet_page: Page, clinic: str) -> None:
    sign_in(quiet_page, clinic)
    run = GuideRun.objects.get(end=None)
    quiet_page.goto(f"{clinic}/safety/runs/{run.pk}/")
    quiet_page.clock.install()
    quiet_page.goto(f"{clinic}/safety/runs/{run.pk}/")
    before = quiet_page.locator(".guide-step.is-done").count()
    token = quiet_page.locator("[data-guide] [name=csrfmiddlewaretoken]").first.input_value()
    quiet_page.request.post(
        f"{clinic}/safety/runs/{run.pk}/step/",
        form={"step": "drops", "csrfmiddlewaretoken": token},
        headers={"Referer": f"{clinic}/"},
    )
    quiet_page.clock.fast_forward(6000)
    expect(quiet_page.locator(".guide-step.is-done")).to_have_count(before + 1)


def test_a_report_is_filled_read_through_printed_and_marked_as_sent(
    quiet_page: Page, clinic: str
) -> None:
    sign_in(quiet_page, clinic)
    quiet_page.goto(f"{clinic}/safety/")
    quiet_page.get_by_role("link", name="Trouble swallowing").first.click()
    quiet_page.get_by_role("link", name="Open the report").click()
    expect(quiet_page.get_by_label("Lot needed")).to_have_value("DEMO-B098")
    expect(quiet_page.get_by_label("Patient identifier needed")).to_have_value("D.F.")
    report = Report.objects.get()
    answer = quiet_page.request.get(f"{clinic}/safety/reports/{report.pk}/pdf/")
    assert answer.body().startswith(b"%PDF-")
    quiet_page.get_by_role("button", name="I have read it through").click()
    quiet_page.get_by_label("Number that you were given").fill("US-2026-1")
    quiet_page.get_by_role("button", name="It was sent").click()
    expect(quiet_page.get_by_text("US-2026-1")).to_be_visible()
    assert ReportSent.objects.get().reference == "US-2026-1"
    quiet_page.goto(f"{clinic}/safety/")
    expect(quiet_page.get_by_text("No serious event waits for its report.")).to_be_visible()


PAGES = {
    "safety": lambda: "/safety/",
    "guides": lambda: "/safety/guides/",
    "results": lambda: "/reviews/outcomes/",
    "a new event": lambda: f"/safety/treatments/{of_two().pk}/event/",
    "an event": lambda: f"/safety/events/{AdverseEvent.objects.get(event='swallowing').pk}/",
    "a followed event": lambda: f"/safety/events/{AdverseEvent.objects.get(side='right').pk}/",
    "a guide": lambda: f"/safety/runs/{GuideRun.objects.get(end=None).pk}/",
    "a report": lambda: f"/safety/reports/{Report.objects.get().pk}/",
}


@pytest.mark.parametrize("size", [TABLET, DESK], ids=["tablet", "desk"])
def test_each_page_is_accessible_and_its_controls_are_large_enough(
    quiet_page: Page, clinic: str, size: dict[str, int]
) -> None:
    quiet_page.set_viewport_size(size)  # type: ignore[arg-type]
    sign_in(quiet_page, clinic)
    for name, address in PAGES.items():
        quiet_page.goto(clinic + address())
        assert not violations(quiet_page), name
        for control in quiet_page.locator("main .btn:visible, main select:visible").all():
            box = control.bounding_box()
            assert box is not None
            assert box["height"] >= 44, (name, control.inner_text())
        overflow = quiet_page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, name
