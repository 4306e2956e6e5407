"""Curves, brow profile, panel and the plan's sheet."""

from datetime import date
from xml.etree import ElementTree

import msgspec

from glabella.chart import brow_svg, curves_svg, panel, plan_points, plan_svg
from glabella.chart.names import percent, when
from glabella.chart.style import number
from glabella.face import Face, Side
from glabella.plan import Finding, Forecast, Plan
from glabella.plan.result import Interval
from tests.chart.drawing import by_id, nodes, parsed, words


def test_the_curves_show_severity_course_and_strength_with_their_dates(told: Forecast) -> None:
    root = parsed(curves_svg(told))
    shown = words(root)
    assert {"none", "mild", "moderate", "severe", "100%", "day 0", "2 Mar"} <= set(shown)
    assert "Glabella" in shown
    kinds = [node.attrib.get("class") for node in root.iter()]
    assert kinds.count("band") == kinds.count("trace") > 2


def test_curves_are_the_same_every_time(told: Forecast) -> None:
    assert curves_svg(told) == curves_svg(told)


def test_alike_sides_are_one_curve_and_unlike_sides_two(told: Forecast) -> None:
    first = told.muscles[0].strength
    weaker = msgspec.structs.replace(first, median=tuple(v / 2 for v in first.median))
    pair = [m for m in told.muscles if m.muscle == "corrugator"]
    other = msgspec.structs.replace(pair[1], strength=weaker)
    uneven = msgspec.structs.replace(told, muscles=(pair[0], other))
    even = msgspec.structs.replace(told, muscles=tuple(pair))
    assert "Corrugator supercilii" in words(parsed(curves_svg(even)))
    assert "Corrugator supercilii L" in words(parsed(curves_svg(uneven)))


def test_the_brow_profile_rises_above_the_line_where_the_forecast_says_up(told: Forecast) -> None:
    up = tuple(
        msgspec.structs.replace(s, brow_mm={"left": (2.0,) * 9, "right": (-2.0,) * 9})
        for s in told.states
    )
    ids = by_id(parsed(brow_svg(msgspec.structs.replace(told, states=up), 30)))
    left, right = (nodes(ids[f"part-profile-{side}"].attrib["d"]) for side in Side if side.sign)
    assert all(y < 62 for _, y in left)
    assert all(y > 62 for _, y in right)
    assert min(x for x, _ in left) > max(x for x, _ in right)


def test_the_panel_puts_stops_first_and_cites(told: Forecast) -> None:
    source = next(iter(told.sources))
    found = (
        Finding(code="a", severity="note", message="A note."),
        Finding(code="b", severity="stop", message="A stop.", source=source),
    )
    shown = panel(msgspec.structs.replace(told, findings=found))
    assert [f["severity"] for f in shown["findings"]] == ["stop", "note"]
    assert shown["findings"][0]["source_text"]
    assert panel(None) is None


def test_shares_never_claim_none_or_all() -> None:
    assert [percent(s) for s in (0.0, 0.001, 0.74, 0.999, 1.0)] == [
        "<1%", "<1%", "74%", ">99%", ">99%",
    ]  # fmt: skip


def test_a_date_beyond_the_horizon_is_said_in_words() -> None:
    never = Interval(
        median_days=None, low_days=None, high_days=None, median=None, low=None, high=None
    )
    assert when(never, 180) == "not within 180 days"
    late = Interval(
        median_days=110, low_days=80, high_days=None, low=date(2026, 5, 21), high=None,
        median=date(2026, 6, 20),
    )  # fmt: skip
    assert when(late, 180) == "20 Jun 2026 (from 21 May, for some after day 180)"


def test_numbers_are_rounded_and_have_no_negative_zero() -> None:
    assert [number(v) for v in (1.0, 1.239, -0.001, 100.0)] == ["1", "1.24", "0", "100"]


def test_the_sheet_holds_face_curves_profile_sources_and_escapes(
    plan: Plan, told: Forecast
) -> None:
    text = plan_svg(plan, told)
    root = parsed(text)
    assert "A plan <with> signs & words" in words(root)
    assert sum(1 for node in root.iter() if node.tag.endswith("svg")) == 4
    assert any(line.startswith("Sources:") for line in words(root))
    assert text == plan_svg(plan, told)
    ElementTree.fromstring(text)


def test_the_sheet_draws_the_protocol_of_the_last_date(face: Face, plan: Plan) -> None:
    points = plan_points(face, plan)
    assert [point.number for point in points] == [1, 2, 3, 4, 5]
    assert sum(point.units for point in points) == 20
