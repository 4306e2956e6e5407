"""Proposing by hand: say the goal, compare, take over a part, edit, propose around it, sign."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from glabella.clinic.treatments.models import State, Treatment
from tests.web.conftest import saved, sign_in, start_chart

PATIENT = "Demo Patient Four"
LOT = "DEMO-B101"
FINGER_PX = 44
SLOW_MS = 30_000


@pytest.fixture
def chart(quiet_page: Page, clinic: str) -> Page:
    sign_in(quiet_page, clinic)
    start_chart(quiet_page, PATIENT, LOT)
    return quiet_page


def points(page: Page) -> Locator:
    return page.locator(".point[data-key]")


def headline(page: Page) -> Locator:
    return page.locator("[data-headline]")


def only_glabella(page: Page) -> None:
    """One area is quick to plan."""
    for area in ("forehead", "lateral-canthal"):
        page.locator(f"[data-area={area}] [name=include]").uncheck()


def answered(page: Page) -> None:
    expect(headline(page)).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("[data-answer]")).to_have_attribute("aria-busy", "false", timeout=SLOW_MS)


def propose(page: Page) -> None:
    page.get_by_role("button", name="Propose", exact=True).click()
    only_glabella(page)
    expect(page.locator("[data-lines] li", has_text="canthal")).to_have_count(0, timeout=SLOW_MS)
    answered(page)


def ticks(page: Page) -> Locator:
    return page.locator("[name=tick]")


def stored() -> list[float]:
    draft = Treatment.objects.filter(state=State.DRAFT).latest("created_at")
    return [float(units) for units in draft.points.values_list("units", flat=True)]


def test_propose_take_a_part_edit_propose_around_it_and_sign(chart: Page, clinic: str) -> None:
    propose(chart)
    expect(headline(chart)).to_contain_text("U Botox Cosmetic in")
    for name in ("plan-0", "label", "last"):
        expect(chart.locator(f"[data-plan={name}] .plan-face svg")).to_be_visible()
    count = ticks(chart).count()
    assert count > 2

    ticks(chart).first.uncheck()
    expect(chart.locator("[data-plan=plan-0] h3")).to_have_text(f"{count - 1} of {count} points")
    expect(chart.locator(".small-point.left-out")).to_have_count(1)
    chart.locator("[data-accept=replace]").click()
    expect(points(chart)).to_have_count(count - 1)
    saved(chart)
    assert len(stored()) == count - 1
    strip = chart.locator("[data-goal-strip]")
    expect(strip).to_contain_text("Goal, day 30")

    points(chart).first.click()
    before = strip.inner_text()
    for _ in range(4):
        chart.locator("[data-act=units-up]").click()
    expect(strip).not_to_have_text(before)
    expect(chart.locator("[data-act=hold]")).to_have_attribute("aria-pressed", "true")
    expect(chart.locator(".point-lock")).to_have_count(1)
    held = float(chart.locator("[data-part=rows] [name=units]").first.input_value())

    strip.get_by_role("button", name="Propose again").click()
    answered(chart)
    expect(chart.locator(".proposed-held")).to_have_count(1)
    expect(chart.locator("[data-accept-words]")).to_contain_text("on the chart: replace or add?")
    chart.locator("[data-accept=replace]").click()
    expect(strip).to_contain_text("reached")
    saved(chart)
    assert held in stored()

    chart.get_by_role("link", name=re.compile("^Sign")).click()
    for reason in chart.locator("textarea").all():
        reason.fill("Discussed with the patient, who wishes it.")
    chart.get_by_role("button", name=re.compile("^Sign")).last.click()
    chart.wait_for_url(re.compile(r"/treatments/\d+/$"))
    assert Treatment.objects.filter(state=State.SIGNED, patient__family_name="Four").count() == 2


def test_a_chart_that_is_not_empty_asks_whether_to_replace_or_to_add_and_undo_takes_it_back(
    chart: Page,
) -> None:
    chart.locator("[data-stamp=lateral-canthal]:visible").click()
    expect(points(chart)).to_have_count(6)
    saved(chart)
    propose(chart)
    words = chart.locator("[data-accept-words]")
    expect(words).to_contain_text("6 other points are on the chart: replace or add?")
    count = ticks(chart).count()
    chart.get_by_role("button", name="Add to them").click()
    expect(points(chart)).to_have_count(6 + count)
    chart.get_by_role("button", name="Undo").click()
    expect(points(chart)).to_have_count(6)
    chart.get_by_role("button", name="Clear").click()
    chart.get_by_role("button", name="Propose", exact=True).click()
    expect(chart.get_by_role("button", name="Add to them")).to_be_hidden()
    chart.get_by_role("button", name=f"Accept {count} points").click()
    expect(points(chart)).to_have_count(count)


def test_words_and_sliders_change_the_answer_and_it_says_what_changed(chart: Page) -> None:
    propose(chart)
    glabella = chart.locator("[data-area=glabella]")
    glabella.locator("[name=chance]").fill("0.9")
    expect(glabella.locator("[data-chance-word]")).to_have_text("almost sure, 90%")
    change = chart.locator("[data-change]")
    expect(change).to_contain_text("Changed:", timeout=SLOW_MS)
    expect(change).to_contain_text("Glabella")

    chart.locator(".preset", has_text="Full").click()
    still = chart.locator("[name=movement-glabella][value=still]")
    expect(still).to_be_checked()
    chart.locator("label", has=chart.locator("[name=movement-glabella][value=lively]")).click()
    expect(still).not_to_be_checked()
    answered(chart)

    glabella.locator("[name=include]").uncheck()
    expect(chart.locator("[data-answer]")).to_contain_text("Choose at least one area")
    expect(chart.locator("[data-propose-foot]")).to_be_hidden()


def test_a_plan_of_the_curve_can_be_shown_and_left_again(chart: Page) -> None:
    propose(chart)
    curve = chart.locator("[data-curve]")
    slider = curve.locator("[name=curve]")
    expect(slider).to_be_visible(timeout=SLOW_MS)
    slider.fill("3")
    expect(curve.locator("[data-curve-words]")).to_contain_text("U Botox Cosmetic in")
    words = curve.locator("[data-curve-words]").inner_text()
    curve.get_by_role("button", name="Show this plan").click()
    first = chart.locator("[data-plan=plan-0]")
    expect(first.locator("h3")).to_have_text("From the curve")
    expect(first.locator(".plan-units")).to_contain_text(words.split(" in ")[0])
    curve.get_by_role("button", name="Back to the proposal").click()
    expect(first.locator("h3")).to_have_text("Proposal")


def test_the_goal_is_remembered_over_a_reload_and_can_be_put_away(chart: Page) -> None:
    propose(chart)
    chart.locator("[data-area=glabella] [name=chance]").fill("0.8")
    expect(chart.locator("[data-change]")).not_to_be_empty(timeout=SLOW_MS)
    chart.locator("[data-accept=replace]").click()
    strip = chart.locator("[data-goal-strip]")
    expect(strip).to_contain_text("asked 80%")
    saved(chart)
    chart.reload()
    chart.wait_for_selector("[data-chart][data-ready=true]")
    expect(strip).to_contain_text("asked 80%")
    strip.get_by_role("button", name="Put away").click()
    expect(strip).to_be_hidden()


def test_the_sheet_opens_and_closes_by_keyboard_and_the_chart_stays_where_it_was(
    chart: Page,
) -> None:
    before = chart.locator("[data-stage]").bounding_box()
    chart.keyboard.press("Alt+p")
    dialog = chart.get_by_role("dialog", name="Propose")
    expect(dialog).to_be_visible()
    assert chart.locator("[data-stage]").bounding_box() == before
    chart.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert chart.locator("[data-stage]").bounding_box() == before


REACHED = """() => {
    const node = document.activeElement;
    return node.name || node.dataset.accept || (node.closest(".why") && "why") || node.tagName;
}"""


def test_everything_on_the_sheet_can_be_reached_by_tab_and_holds_against_axe(chart: Page) -> None:
    propose(chart)
    expect(chart.locator("[name=curve]")).to_be_visible(timeout=SLOW_MS)
    reached = set()
    chart.locator("[data-propose-close]").focus()
    for _ in range(90):
        chart.keyboard.press("Tab")
        reached.add(chart.evaluate(REACHED))
    wanted = {"preset", "include", "chance", "brow", "matter", "most", "tick", "why", "replace"}
    assert wanted <= reached
    found = Axe().run(chart)
    assert found.violations_count == 0, found.generate_report()

    chart.locator("[data-accept=replace]").click()
    expect(chart.locator("[data-goal-strip]")).to_contain_text("Goal, day 30")
    saved(chart)
    found = Axe().run(chart)
    assert found.violations_count == 0, found.generate_report()


SMALL = f"""() => [...document.querySelectorAll(
        "[data-propose] :is(button, summary, label, select, a)")]
    .filter(node => node.getClientRects().length)
    .map(node => [node.getBoundingClientRect().height, node.innerText.slice(0, 30)])
    .filter(([height]) => height < {FINGER_PX} - 0.5)"""


def test_the_sheet_fits_and_everything_on_it_fits_a_finger(chart: Page) -> None:
    propose(chart)
    expect(chart.locator("[name=curve]")).to_be_visible(timeout=SLOW_MS)
    for width, height in [(1366, 1024), (1920, 1080), (820, 1180)]:
        chart.set_viewport_size({"width": width, "height": height})
        for name in ("[data-answer]", "[data-goal]", "[data-propose]"):
            over = chart.locator(name).evaluate("node => node.scrollWidth - node.clientWidth")
            assert over <= 0, (name, width)
        assert not chart.evaluate(SMALL), width
