"""A proposal in words: the plan first, then what it does, what binds and how sure it is."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec
import pytest

from glabella import facts
from glabella.plan.goals.goal import Goal
from glabella.plan.optimise import optimise
from glabella.plan.search.front import front
from glabella.plan.search.proposal import Binding, Proposal, Recheck
from glabella.plan.search.proposal_text import as_text
from glabella.plan.search.titrate import titrate
from tests.plan.goals import given, goal

ORDER = [
    "Proposal for",
    "The goal is",
    "Points",
    "Why each point is there",
    "What binds",
    "Lines at full movement",
    "Unwanted results",
    "Brow at rest",
    "Compared at the same goal",
    "What the last visit showed",
    "What more units buy",
    "How sure this is",
    "Findings",
    "Notes",
    "Stands on",
]


def asked() -> Goal:
    """A second visit, with a point that is held."""
    return goal(
        preset="first-visit",
        held=[{"site": "procerus", "units": 3}],
        treatments=[given("2026-03-01")],
        reviews=[{"date": "2026-03-15", "lines": {"glabella": {"maximum": 1}}}],
    )


@cache
def proposed() -> Proposal:
    return optimise(asked())


@cache
def whole() -> str:
    return as_text(proposed(), front(asked(), 4), titrate(asked(), proposed()))


def part(text: str, title: str) -> str:
    """The paragraph that begins with a title."""
    return next(one for one in text.split("\n\n") if one.startswith(title))


def changed(**changes: Any) -> str:
    return as_text(msgspec.structs.replace(proposed(), **changes))


def test_the_parts_stand_in_their_order() -> None:
    places = [whole().index(title) for title in ORDER]
    assert places == sorted(places)


def test_the_first_line_has_date_units_product_and_points() -> None:
    first = whole().splitlines()[0]
    assert first == (
        f"Proposal for 20 November 2026: {proposed().units:g} U Botox Cosmetic at "
        f"{len(proposed().points)} points."
    )


def test_every_point_is_in_the_table_once_and_their_units_add_up() -> None:
    rows = part(whole(), "Points").splitlines()[2:]
    total = 0.0
    for row in rows:
        found = re.search(r"([\d.]+) U Botox Cosmetic( each)?", row)
        assert found is not None
        total += float(found[1]) * (2 if found[2] else 1)
        assert ("both" in row) == bool(found[2])
    assert total == proposed().units


def test_a_held_point_is_told_as_held() -> None:
    (row,) = (one for one in part(whole(), "Points").splitlines() if "Procerus" in one[:40])
    assert row.endswith("held")
    assert "3 U Botox Cosmetic" in row


def test_a_held_point_on_one_side_is_named_once() -> None:
    held = [{"site": "mentalis", "side": "right", "units": 2}]
    told = part(as_text(optimise(goal(held=held, preset="first-visit"))), "Points")
    (row,) = (one for one in told.splitlines() if "Mentalis" in one)
    assert row.count("right") == 1


def test_every_point_says_why_it_is_there_and_what_is_lost_without_it() -> None:
    told = " ".join(part(whole(), "Why each point").split())
    for point in proposed().points:
        assert point.why in told
        assert point.without in told


def test_lines_stand_beside_what_is_asked() -> None:
    (area,) = proposed().outcome.areas
    row = part(whole(), "Lines at full movement").splitlines()[-1]
    assert f"{area.chance:.0%}" in row
    assert f"{area.asked_chance:.0%}" in row
    assert f"{area.asked_kept:.0%}" in row
    assert row.endswith("yes" if area.reached else "NO")


def test_every_risk_stands_beside_what_is_accepted() -> None:
    told = part(whole(), "Unwanted results")
    for risk in proposed().outcome.risks:
        (row,) = (one for one in told.splitlines() if one.startswith(risk.name))
        assert f"{risk.probability:.1%}" in row
        assert f"{risk.limit:.1%}" in row


def test_the_label_and_the_last_visit_are_compared_at_the_same_goal() -> None:
    rows = part(whole(), "Compared").splitlines()[2:]
    assert [row.split("  ")[0] for row in rows] == ["Proposal", "Label", "Last visit"]
    assert "20 U Botox Cosmetic" in rows[1]


def test_units_are_never_told_without_their_product() -> None:
    names = "|".join(product.name for product in facts.load().products.values())
    told = " ".join(whole().split("\nNotes\n")[0].split())
    for found in re.finditer(r"\d U (\w+ \w+)", told):
        assert re.match(names, found[1]), found[0]


def test_a_front_is_a_short_table_and_is_left_out_where_none_is_asked() -> None:
    rows = part(whole(), "What more units buy").splitlines()[2:]
    assert 2 <= len(rows) <= 4
    assert "What more units buy" not in as_text(proposed())


def test_a_first_visit_shows_no_last_visit() -> None:
    first = goal(preset="first-visit")
    text = as_text(optimise(first), titration=titrate(first))
    assert "What the last visit showed" not in text
    assert "Last visit" not in text


def test_a_goal_that_is_not_reached_says_what_is_nearest() -> None:
    text = changed(reached=False, nearest="glabella 40% instead of 60%", binds=())
    assert "The goal is not reached. Nearest: glabella 40% instead of 60%" in " ".join(text.split())
    assert "What binds: no limit." in text
    assert "fewer units would not reach the goal" in changed(reached=True, binds=())


def test_what_binds_cites_where_the_limit_comes_from() -> None:
    source = facts.product("botox-cosmetic").areas["glabella"].total_units.source
    limit = Binding(code="most-units", message="20 U Botox Cosmetic is all.", source=source)
    told = part(changed(binds=(limit,)), "What binds")
    assert "20 U Botox Cosmetic is all." in told
    assert facts.load().sources[source].citation in told


def test_two_calculations_that_do_not_agree_are_told_loudly() -> None:
    apart = Recheck(patients=256, apart=0.2, agrees=False, tried=3)
    text = " ".join(changed(recheck=apart).split())
    assert "DO NOT agree: take the plan with care" in text
    assert "20.0% at most" in text


def test_nothing_to_give_is_told_as_such() -> None:
    text = changed(points=(), units=0.0)
    assert "at 0 points" in text
    assert "nothing that may be given brings the goal nearer" in text
    assert "Why each point" not in text


def test_one_point_is_one_point() -> None:
    assert "at 1 point." in changed(points=proposed().points[:1])


@pytest.mark.parametrize("width", [120])
def test_lines_of_prose_stay_readable(width: int) -> None:
    for title in ("Why each point", "How sure", "Notes", "What the last visit"):
        assert all(len(line) <= width for line in part(whole(), title).splitlines())
