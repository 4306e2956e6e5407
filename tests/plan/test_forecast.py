"""What a forecast holds: days, curves, dates, states, sources, for a plan of three areas."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from glabella import facts
from glabella.plan import Forecast, Plan, forecast, read_plan
from glabella.plan.basis import basis
from tests.plan.plans import expect, treatment

EXAMPLES = Path(__file__).parents[2] / "examples"
OTHERS = ("body", "case", "goal", "region", "trial")
PLANS = [path for path in sorted(EXAMPLES.glob("*.json")) if not path.name.startswith(OTHERS)]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan((EXAMPLES / "three-areas.json").read_bytes())


@pytest.fixture(scope="module")
def found(plan: Plan) -> Forecast:
    return forecast(plan)


@pytest.mark.parametrize("horizon", [14, 31, 730])
def test_the_horizon_is_the_last_day(plan: Plan, horizon: int) -> None:
    other = read_plan(
        (EXAMPLES / "first-visit.json")
        .read_text()
        .replace('"title"', f'"horizon_days": {horizon}, "title"')
    )
    assert forecast(other).days[-1] == horizon


def test_every_curve_has_a_value_for_every_day(found: Forecast) -> None:
    curves = [m.strength for m in found.muscles] + [g.grade for g in found.grades]
    curves += [c for b in found.brow for c in (b.medial_mm, b.peak_mm, b.lateral_mm)]
    curves += [lid.margin_mm for lid in found.lid]
    for curve in curves:
        assert len(curve.low) == len(curve.median) == len(curve.high) == len(found.days)
        assert all(low <= high for low, high in zip(curve.low, curve.high, strict=True))


def test_on_the_day_of_a_first_treatment_nothing_has_changed(found: Forecast, plan: Plan) -> None:
    assert {m.strength.low[0] for m in found.muscles} == {1}
    assert {b.peak_mm.median[0] for b in found.brow} == {0}
    assert {lid.margin_mm.low[0] for lid in found.lid} == {0}
    for course in found.grades:
        known = plan.patient.lines[course.area]
        expected = known.maximum if course.at == "maximum" else known.rest
        assert course.grade.median[0] == pytest.approx(expected, abs=0.3)


def test_dates_are_days_after_the_treatment_in_their_order(found: Forecast) -> None:
    for course in found.courses:
        assert 0 < course.responders <= 1
        for interval in (course.onset, course.peak, course.wear_off):
            assert interval.median_days is not None
            assert interval.median == found.start + timedelta(days=round(interval.median_days))
            assert interval.low_days <= interval.median_days
        assert course.onset.median < course.peak.median < course.wear_off.median


def test_what_has_not_worn_off_by_the_horizon_has_no_date() -> None:
    found = expect(treatment(protocol="glabella", units=200))
    (course,) = found.courses
    assert course.wear_off.median is None
    assert course.wear_off.median_days is None
    assert course.onset.median is not None


def test_the_drawn_face_has_a_state_for_every_day_and_expression(found: Forecast) -> None:
    assert {(s.day, s.expression) for s in found.states} == {
        (day, expression)
        for day in found.days
        for expression in ("rest", "frown", "raise", "smile", "pucker", "bite", "neck")
    }
    for state in found.states:
        assert {len(nodes) for nodes in state.brow_mm.values()} == {len(found.brow_nodes_mm)}
        assert set(state.lines) == {
            "glabella",
            "forehead",
            "lateral-canthal-left",
            "lateral-canthal-right",
        }


def test_the_drawn_face_moves_less_once_it_is_treated(found: Forecast) -> None:
    def state(day: int, expression: str) -> dict[str, float]:
        return next(s.lines for s in found.states if (s.day, s.expression) == (day, expression))

    for expression, area in (
        ("frown", "glabella"),
        ("raise", "forehead"),
        ("smile", "lateral-canthal-left"),
    ):
        assert state(0, expression)[area] > state(0, "rest")[area]
        assert state(14, expression)[area] < state(0, expression)[area] - 0.5


def test_a_forecast_lists_the_sources_and_the_assumptions_it_stands_on(found: Forecast) -> None:
    known = facts.load()
    assert found.sources
    assert set(found.sources) <= set(known.sources)
    assert found.facts_digest == known.digest
    assert any(line.startswith("model.brow.") for line in found.assumptions)
    assert not any(line.startswith("products.dysport") for line in found.assumptions)


def test_another_product_stands_on_other_sources() -> None:
    botox = basis(read_plan((EXAMPLES / "first-visit.json").read_bytes()))
    dysport = basis(read_plan((EXAMPLES / "dysport.json").read_bytes()))
    assert "dy-hcp" in dysport.sources
    assert "dy-hcp" not in botox.sources
    assert all(facts.load().sources[key].citation == text for key, text in dysport.sources.items())


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_no_example_plan_raises_a_stop(path: Path) -> None:
    found = forecast(read_plan(path.read_bytes()))
    assert "stop" not in {finding.severity for finding in found.findings}
