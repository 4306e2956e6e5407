"""Every page that the address book names, in a real browser: readable, reachable, within its width.

The pages are not listed here: they are read from the addresses, and a new one is walked by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page

from glabella.clinic.people.actions import admit_member
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.treatments.models import State, Treatment
from tests.web.conftest import PASSWORD

DESKTOP = {"width": 1920, "height": 1080}
TABLET = {"width": 1366, "height": 1024}
# The size of a finger in a glove, in CSS px; words inside a sentence may be smaller.
FINGER = 44
SMALL_TARGETS = """(finger) => [...document.querySelectorAll(
    'button, .btn, input:not([type=hidden]), select, textarea, summary')]
  .filter((one) => {
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    if (!box.width || style.visibility === 'hidden' || one.closest('[hidden]')) return false;
    if (one.matches('[type=file].visually-hidden')) {
      return one.closest('label').getBoundingClientRect().height < finger - 1;
    }
    if (one.matches('[type=checkbox], [type=radio]')) {
      const label = one.closest('label') || document.querySelector(`label[for="${one.id}"]`);
      const near = (label || one).getBoundingClientRect();
      return Math.max(near.height, box.height + 2 * parseFloat(style.marginTop || 0)) < finger - 1;
    }
    return box.height < finger - 1;
  })
  .map((one) => (one.textContent || one.name || one.className).trim().slice(0, 40))"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def patterns(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, Any]]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, one.namespace or namespace)
        elif isinstance(one, URLPattern):
            yield f"{namespace}:{one.name}" if namespace else one.name, one


def key_of(argument: str) -> int | None:
    """The key of some record in the demo clinic that an address such as `vial_id` names."""
    wanted = argument.removesuffix("_id").replace("_", "")
    if wanted == "treatment":
        return Treatment.objects.filter(state=State.SIGNED).order_by("date").values_list("pk")[0][0]
    for model in apps.get_models():
        if model._meta.model_name == wanted:
            row = model._default_manager.order_by("pk").first()
            return None if row is None else int(row.pk)
    return None


def is_page(client: Client, address: str) -> bool:
    """Whether a look at the address is answered by a page, and not by a file or a redirect."""
    answer = client.get(address)
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def pages() -> dict[str, str]:
    """Each page for members that can be shown with what the demo holds."""
    client = Client()
    client.force_login(
        Member.objects.get(user__username="demo-all").user,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    found = {}
    for name, pattern in patterns():
        keys = {argument: key_of(argument) for argument in pattern.pattern.converters}
        if hasattr(pattern.callback, "permission") and None not in keys.values():
            address = reverse(name, kwargs=keys)
            if is_page(client, address):
                found[name] = address
    return found


@pytest.fixture
def everything(clinic: str, quiet_page: Page) -> Page:
    """Signed in as somebody who holds every role."""
    admit_member(
        username="demo-all",
        display_name="Demo Everybody",
        roles=list(Role),
        password=PASSWORD,
        clinic=Clinic.objects.get(),
        by=None,
    )
    quiet_page.goto(f"{clinic}/sign-in/")
    quiet_page.get_by_label("Username").fill("demo-all")
    quiet_page.get_by_label("Password").fill(PASSWORD)
    quiet_page.get_by_role("button", name="Sign in").click()
    quiet_page.wait_for_url(f"{clinic}/")
    return quiet_page


def complaints(page: Page, address: str) -> list[str]:
    page.goto(address)
    axe = Axe().run(page)
    said = [one["id"] + ": " + one["nodes"][0]["html"][:90] for one in axe.response["violations"]]
    said += [f"too small for a finger: {one}" for one in page.evaluate(SMALL_TARGETS, FINGER)]
    if (over := page.evaluate(TOO_WIDE)) > 0:
        said.append(f"{over} px wider than the tablet")
    return said


def test_every_page_can_be_read_and_touched(everything: Page, clinic: str) -> None:
    found = pages()
    assert len(found) >= 20
    wrong = {name: complaints(everything, clinic + address) for name, address in found.items()}
    assert not {name: said for name, said in wrong.items() if said}


def test_no_page_is_wider_than_a_desktop(everything: Page, clinic: str) -> None:
    everything.set_viewport_size(DESKTOP)
    wide = []
    for name, address in pages().items():
        everything.goto(clinic + address)
        if everything.evaluate(TOO_WIDE) > 0:
            wide.append(name)
    assert not wide
