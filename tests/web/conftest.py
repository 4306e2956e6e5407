"""The demo clinic behind a real server and in a real browser, on any day that a test wants."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

TABLET = {"width": 1366, "height": 1024}
PASSWORD = "glabella-demo"


@pytest.fixture
def clinic(live_server: Any, settings: Any) -> str:
    """The address of a clinic with the demo people, patients and vials."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("demo", verbosity=0)
    return str(live_server.url)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let days pass for the clinic; the browser keeps its own clock."""
    real = timezone.now

    def pass_days(days: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(days=days))

    return pass_days


@pytest.fixture
def quiet_page(page: Page) -> Any:
    """A page at tablet size whose scripts must not complain."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda told: complaints.append(told.text) if told.type == "error" else None,
    )
    page.set_viewport_size(TABLET)
    page.set_default_timeout(10_000)
    yield page
    assert not [one for one in complaints if "status of 4" not in one]


def sign_in(page: Page, clinic: str, name: str = "demo-injector") -> None:
    page.goto(f"{clinic}/sign-in/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{clinic}/")


def open_patient(page: Page, name: str) -> None:
    page.get_by_role("link", name="Patients", exact=True).click()
    page.get_by_role("link", name=name, exact=True).click()


def start_chart(page: Page, name: str, lot: str) -> None:
    """Start a treatment of a patient and arm a vial."""
    open_patient(page, name)
    page.get_by_role("button", name="Treat").click()
    page.wait_for_selector("[data-chart][data-ready=true]")
    page.locator("label.vial", has_text=lot).click()


def saved(page: Page) -> None:
    """Wait until the chart says that everything is saved."""
    expect(page.locator("[data-save]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
