"""What every test shares: where Django finds its settings, and how the browser starts."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from typing import Any

import django
import pytest
from playwright._impl._driver import compute_driver_executable

DATA = tempfile.mkdtemp(prefix="glabella-tests-")

# A database address in the person's own environment may be a real clinic: tests never use it.
# tests/postgres.py starts a throw-away cluster and names it here.
os.environ.pop("DATABASE_URL", None)
if address := os.environ.get("GLABELLA_TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = address

os.environ.update(
    DJANGO_SETTINGS_MODULE="glabella.clinic.settings",
    GLABELLA_DATA=DATA,
    GLABELLA_SECRET_KEY="only for tests",
    # Playwright leaves an event loop running in this thread, and Django takes that for async code.
    DJANGO_ALLOW_ASYNC_UNSAFE="true",
)

django.setup()

ON_POSTGRES = bool(address)
REQUIRE_ALL = bool(os.environ.get("GLABELLA_REQUIRE_ALL"))
CHROMIUM = next(
    (
        path
        for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
        if name and (path := shutil.which(name))
    ),
    None,
)
# Without these, Chromium looks for its maker's servers at every start.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
not_run = pytest.StashKey[int]()


@cache
def why_no_browser() -> str:
    """What keeps the browser from starting, and how to mend it; empty when nothing does."""
    if CHROMIUM is None:
        return (
            "no Chromium was found. Install it, for example: apt-get install chromium, "
            "or name it: CHROMIUM=/path/to/chromium make test"
        )
    node, _ = compute_driver_executable()
    trial = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    if trial.returncode != 0:
        return (
            f"Playwright's driver does not start ({trial.stderr.strip()}). "
            "Install what it lacks, for example: apt-get install libatomic1"
        )
    return ""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    if not ON_POSTGRES:
        elsewhere = [item for item in items if item.get_closest_marker("postgres")]
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and (reason := why_no_browser()):
        if REQUIRE_ALL:
            pytest.fail(f"This test needs a browser, and {reason}", pytrace=False)
        item.config.stash[not_run] = item.config.stash.get(not_run, 0) + 1
        pytest.skip("no browser")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if count := config.stash.get(not_run, 0):
        terminalreporter.write_line(f"NOT RUN: {count} browser tests, because {why_no_browser()}")


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": CHROMIUM_ARGUMENTS,
    }
