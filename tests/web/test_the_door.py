"""The door in a real browser: passkeys, and a tablet that nobody touches."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from glabella.clinic.treatments.models import Treatment
from tests.web.conftest import PASSWORD, open_patient, saved, sign_in, start_chart

pytestmark = pytest.mark.browser


@pytest.fixture
def key(quiet_page: Page) -> Any:
    """A device that holds passkeys and always agrees."""
    tools = quiet_page.context.new_cdp_session(quiet_page)
    tools.send("WebAuthn.enable")
    about = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": about})


def named(clinic: str) -> str:
    """Passkeys need a name, not a number."""
    return clinic.replace("127.0.0.1", "localhost")


def confirm(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def sound(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_passkey_opens_the_door_alone(quiet_page: Page, clinic: str, key: None) -> None:
    page, home = quiet_page, named(clinic)
    sign_in(page, home)
    page.get_by_role("link", name="Demo Injector One").click()
    sound(page)
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    sound(page)
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    sound(page)
    expect(page.locator(".codes code")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("10 left")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{home}/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_label("Username").fill("demo-injector")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="One more step").wait_for()
    sound(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{home}/")


def tap(page: Page, right: float = 0.0) -> None:
    brow = page.locator("#part-brow-left").bounding_box()
    assert brow is not None
    page.mouse.click(brow["x"] + brow["width"] / 2 + right, brow["y"] - 90)


def leave_alone(page: Page) -> None:
    page.locator("[data-veil]").evaluate("one => { one.dataset.idleSeconds = '0'; }")
    expect(page.get_by_text("Covered, for the patients")).to_be_visible()


def test_a_chart_that_nobody_touches_is_covered_and_goes_on(quiet_page: Page, clinic: str) -> None:
    page = quiet_page
    sign_in(page, clinic)
    start_chart(page, "Demo Patient One", "DEMO-B101")
    page.route("**/draft/", lambda route: route.fulfill(status=401, json={"error": "Out."}))
    tap(page)
    leave_alone(page)
    page.unroute("**/draft/")
    sound(page)
    page.keyboard.press("Escape")
    expect(page.get_by_text("Covered, for the patients")).to_be_visible()
    expect(page.locator(".topbar")).to_be_hidden()
    page.locator("[data-veil]").evaluate("one => { one.dataset.idleSeconds = '900'; }")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in and go on").click()
    other = opened.value
    other.get_by_label("Username").fill("demo-injector")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.get_by_role("heading", name="You are signed in").wait_for()
    expect(page.get_by_text("Covered, for the patients")).to_be_hidden()
    saved(page)
    assert Treatment.objects.latest("created_at").points.count() == 1


def test_somebody_else_who_signs_in_gets_a_page_of_their_own(quiet_page: Page, clinic: str) -> None:
    page = quiet_page
    sign_in(page, clinic)
    open_patient(page, "Demo Patient Two")
    leave_alone(page)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in and go on").click()
    other = opened.value
    other.get_by_label("Username").fill("demo-owner")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.get_by_role("heading", name="You are signed in").wait_for()
    expect(page.get_by_role("link", name="Demo Owner One")).to_be_visible()
