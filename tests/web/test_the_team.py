"""The owner admits an injector, another verifies the licence, and the chart's gate turns green."""

from __future__ import annotations

from datetime import timedelta

from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from glabella.clinic.people.models import Member
from tests.web.conftest import PASSWORD, open_patient, saved, sign_in, start_chart

FIRST_PASSWORD = "first-day-at-work"
PAPERS = ("licence", "insurance", "training", "identifier")


def sign_in_as(page: Page, clinic: str, name: str, password: str = PASSWORD) -> None:
    if page.get_by_role("button", name="Sign out").is_visible():
        page.get_by_role("button", name="Sign out").click()
    page.goto(f"{clinic}/sign-in/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{clinic}/")


def admit(page: Page) -> None:
    page.get_by_role("link", name="Team", exact=True).click()
    page.get_by_role("link", name="Admit somebody").click()
    page.get_by_label("Name", exact=True).fill("Demo Injector Four")
    page.get_by_label("User name").fill("demo-four")
    page.get_by_label("Injector").check()
    page.get_by_label("First password").fill(FIRST_PASSWORD)
    page.get_by_role("button", name="Admit").click()
    expect(page.get_by_role("heading", name="Demo Injector Four", exact=True)).to_be_visible()


def enter_papers(page: Page) -> None:
    until = (timezone.localdate() + timedelta(days=300)).isoformat()
    page.get_by_role("link", name="Enter licence").click()
    page.get_by_label("Profession").select_option("nurse")
    page.get_by_label("Jurisdiction").fill("DEMO")
    page.get_by_label("Register", exact=True).select_option("other")
    page.get_by_label("Licence or registration number").fill("DEMO-0006")
    page.get_by_label("Valid until").fill(until)
    page.get_by_role("button", name="Enter").click()
    page.get_by_role("link", name="Enter insurance").click()
    page.get_by_label("Insurer").fill("Demo Insurer")
    page.get_by_label("Policy number").fill("POLICY-6")
    page.get_by_role("textbox", name="Cover").fill("botulinum toxin")
    page.get_by_label("Valid until").fill(until)
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_text("Nobody has verified the licence")).to_be_visible()


def verify_and_grant(page: Page, clinic: str) -> None:
    member = Member.objects.get(user__username="demo-four")
    page.goto(f"{clinic}/team/{member.pk}/")
    for _ in ("licence", "insurance"):
        page.get_by_role("button", name="Verify").first.click()
        expect(page.get_by_text("verified.", exact=False).first).to_be_visible()
    page.get_by_role("link", name="Grant").click()
    page.get_by_label("Glabella").check()
    page.get_by_role("button", name="Grant").click()
    expect(page.get_by_role("heading", name="Yes Demo Injector Four may treat")).to_be_visible()


def test_a_new_injector_is_admitted_verified_and_signs(quiet_page: Page, clinic: str) -> None:
    sign_in(quiet_page, clinic, "demo-owner")
    admit(quiet_page)
    enter_papers(quiet_page)
    sign_in_as(quiet_page, clinic, "demo-supervisor")
    verify_and_grant(quiet_page, clinic)
    sign_in_as(quiet_page, clinic, "demo-four", FIRST_PASSWORD)
    start_chart(quiet_page, "Demo Patient Two", "DEMO-B101")
    gate = quiet_page.locator("li", has=quiet_page.locator("summary", has_text="Injector"))
    expect(gate).to_have_class("ok")
    quiet_page.locator("[data-stamp=glabella]:visible").click()
    saved(quiet_page)
    expect(quiet_page.get_by_text("no privilege for")).to_have_count(0)


def test_a_lapsed_licence_stops_signing_with_words(quiet_page: Page, clinic: str) -> None:
    sign_in(quiet_page, clinic, "demo-injector-two")
    expect(quiet_page.get_by_role("heading", name="Licences and the like")).to_be_visible()
    start_chart(quiet_page, "Demo Patient One", "DEMO-B101")
    quiet_page.locator("[data-stamp=glabella]:visible").click()
    saved(quiet_page)
    gate = quiet_page.locator("li", has=quiet_page.locator("summary", has_text="Injector"))
    expect(gate).to_have_class("stop")
    quiet_page.goto(quiet_page.url.replace("/chart/", "/sign/"))
    stop = quiet_page.get_by_text("The licence of Demo Injector Two lapsed on").first
    expect(stop).to_be_visible()
    expect(quiet_page.get_by_role("button", name="Sign as")).to_have_count(0)
    open_patient(quiet_page, "Demo Patient One")
    expect(quiet_page.get_by_text("Draft").first).to_be_visible()


def test_a_patient_reads_the_page_without_signing_in(quiet_page: Page, clinic: str) -> None:
    quiet_page.goto(f"{clinic}/injectors/demo-injector-one/")
    expect(quiet_page.get_by_role("heading", name="Demo Injector One")).to_be_visible()
    expect(quiet_page.get_by_text("…001")).to_be_visible()
    found = Axe().run(quiet_page)
    assert found.violations_count == 0, found.generate_report()


def test_the_forms_of_papers_can_be_read_by_everybody(quiet_page: Page, clinic: str) -> None:
    sign_in(quiet_page, clinic, "demo-owner")
    for kind in PAPERS:
        quiet_page.goto(f"{clinic}/team/me/{kind}/")
        found = Axe().run(quiet_page)
        assert found.violations_count == 0, found.generate_report()
