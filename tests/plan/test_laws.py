"""What holds of any plan, tried on drawn ones."""

from __future__ import annotations

import copy
import json
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from glabella import facts
from glabella.plan import Forecast, Plan, forecast, people, read_plan
from glabella.plan.parameters import doubt
from tests.laws import law
from tests.plan.drawn import mirrored, mirrored_people, plans
from tests.plan.plans import codes, expect, treatment, worn_off
from tests.plan.plans import plan as plan_of

FEW = people.draw(32)
# The last printed digit of a strength, a height and a grade may go either way.
DIGIT = {"strength": 0.0021, "mm": 0.021, "grade": 0.021, "share": 0.0021}

Drawn = dict[str, Any]


def read(whole: Drawn) -> Plan:
    return read_plan(json.dumps(whole))


def few(whole: Drawn) -> Forecast:
    return forecast(read(whole), people=FEW)


def strengths(found: Forecast) -> NDArray[np.float64]:
    """Every quantile of every muscle's strength on every day."""
    return np.array([(m.strength.low, m.strength.median, m.strength.high) for m in found.muscles])


def heights(found: Forecast) -> NDArray[np.float64]:
    return np.array(
        [(b.medial_mm.median, b.peak_mm.median, b.lateral_mm.median) for b in found.brow]
    )


def chances(found: Forecast) -> NDArray[np.float64]:
    return np.array([grade.none_or_mild for grade in found.grades])


def assert_alike(one: Forecast, two: Forecast) -> None:
    """The same forecast, but for the last digit."""
    np.testing.assert_allclose(strengths(one), strengths(two), atol=DIGIT["strength"])
    np.testing.assert_allclose(heights(one), heights(two), atol=DIGIT["mm"])
    np.testing.assert_allclose(chances(one), chances(two), atol=DIGIT["share"])


@law
@given(plans)
def test_a_plan_survives_being_written_and_read(whole: Drawn) -> None:
    plan = read(whole)
    assert read_plan(msgspec.json.encode(plan)) == plan


@law
@given(plans)
def test_the_same_plan_gives_the_same_forecast(whole: Drawn) -> None:
    one, two = few(whole), few(whole)
    assert one == two
    assert msgspec.json.decode(msgspec.json.encode(one), type=Forecast) == one


@law
@given(plans, st.randoms(use_true_random=False))
def test_the_order_of_points_and_sessions_does_not_matter(
    whole: Drawn, order: st.random.Random
) -> None:
    other = copy.deepcopy(whole)
    order.shuffle(other["treatments"])
    for session in other["treatments"]:
        order.shuffle(session["injections"])
    one, two = few(whole), few(other)
    assert_alike(one, two)
    assert codes(one) == codes(two)


@law
@given(plans)
def test_the_mirror_image_of_a_plan_does_the_mirror_image(whole: Drawn) -> None:
    one = few(whole)
    two = forecast(read(mirrored(whole)), people=mirrored_people(FEW))
    other = {"left": "right", "right": "left", "midline": "midline"}
    for curve in one.muscles:
        (twin,) = (
            m for m in two.muscles if (m.muscle, m.side) == (curve.muscle, other[curve.side])
        )
        np.testing.assert_allclose(
            curve.strength.median, twin.strength.median, atol=DIGIT["strength"]
        )
    np.testing.assert_allclose(heights(one), heights(two)[::-1], atol=DIGIT["mm"])
    for lid, twin_lid in zip(one.lid, reversed(two.lid), strict=True):
        np.testing.assert_allclose(lid.margin_mm.low, twin_lid.margin_mm.low, atol=DIGIT["mm"])


@law
@given(plans, st.floats(1.05, 20))
def test_more_units_never_leave_more_strength_or_deeper_lines(whole: Drawn, times: float) -> None:
    more = copy.deepcopy(whole)
    for session in more["treatments"]:
        for point in session["injections"]:
            point["units"] *= times
    one, two = few(whole), few(more)
    assert np.all(strengths(two) <= strengths(one))
    for before, after in zip(one.grades, two.grades, strict=True):
        assert np.all(np.array(after.grade.median) <= np.array(before.grade.median))
        assert np.all(np.array(after.none_or_mild) >= np.array(before.none_or_mild))


@law
@given(plans)
def test_a_session_before_never_leaves_more_strength(whole: Drawn) -> None:
    alone = copy.deepcopy(whole)
    last = max(session["date"] for session in whole["treatments"])
    alone["treatments"] = [s for s in whole["treatments"] if s["date"] == last]
    assert np.all(strengths(few(whole)) <= strengths(few(alone)))


@law
@given(plans)
def test_next_to_no_toxin_does_nothing(whole: Drawn) -> None:
    trace = copy.deepcopy(whole)
    for session in trace["treatments"]:
        for point in session["injections"]:
            point["units"] = 1e-7
    found = few(trace)
    assert strengths(found).min() == 1
    assert not heights(found).any()
    assert found.courses == ()


@law
@given(plans)
def test_curves_keep_their_order_and_their_bounds(whole: Drawn) -> None:
    found = few(whole)
    curves = [m.strength for m in found.muscles] + [g.grade for g in found.grades]
    for curve in curves:
        assert np.all(np.array(curve.low) <= curve.median)
        assert np.all(np.array(curve.median) <= curve.high)
    assert strengths(found).min() >= 1 - facts.load().model.response.ceiling_fraction.value - 1e-3
    assert strengths(found).max() <= 1


@law
@given(st.sampled_from(sorted(facts.load().face_products)), st.floats(0.5, 4), st.floats(1, 3))
def test_more_units_of_a_protocol_never_wear_off_sooner(
    product: str, share: float, times: float
) -> None:
    label = facts.product(product).areas["glabella"].total_units.value

    def median_day(units: float) -> float:
        found = expect(treatment(product=product, protocol="glabella", units=units))
        return worn_off(found) or np.inf

    assert median_day(share * times * label) >= median_day(share * label) - 0.1


def test_toxin_far_away_does_nothing() -> None:
    """Points in the left crow's feet leave the right side and the frown alone."""
    points = [
        {"site": f"lateral-canthal-{which}", "side": "left", "units": 4}
        for which in ("upper", "middle", "lower")
    ]
    found = expect(treatment(injections=points))
    for curve in found.muscles:
        if curve.side == "right" or curve.muscle in {"procerus", "corrugator"}:
            assert min(curve.strength.low) == 1, (curve.muscle, curve.side)
    assert not np.any(heights(found)[1])


def test_one_dose_given_in_two_sessions_of_one_day_is_one_dose() -> None:
    def points(units: float) -> dict[str, Any]:
        point = {"site": "procerus", "units": units, "volume_ml": 0.1}
        return treatment(injections=[point])

    assert_alike(expect(points(4)), expect(points(1), points(3)))


def test_a_session_of_three_years_ago_is_forgotten() -> None:
    assert_alike(expect(treatment(date="2023-11-20"), treatment()), expect())


def test_another_hundred_patients_tell_much_the_same() -> None:
    """The intervals stand on drawn patients; another draw must not tell another story."""
    plan = plan_of(treatment())
    one, two = (
        forecast(plan),
        forecast(plan, people=people.draw(1024, seed=99, doubts=len(doubt().names))),
    )
    assert np.abs(chances(one) - chances(two)).max() < 0.04
    assert worn_off(one) == pytest.approx(worn_off(two), rel=0.06)


def test_small_doses_far_apart_take_what_each_takes_alone() -> None:
    """Superposition: what two points leave adds up; apart, so does the strength that they take."""
    one = {"x_mm": 14, "y_mm": 58, "side": "left", "units": 1}
    two = {"x_mm": 42, "y_mm": 34, "side": "left", "units": 1}

    def lost(*points: dict[str, Any]) -> float:
        found = expect(treatment(injections=list(points)))
        (curve,) = (
            m.strength for m in found.muscles if (m.muscle, m.side) == ("frontalis", "left")
        )
        return 1 - curve.median[14]

    assert lost(one) > 0.01
    assert lost(one, two) == pytest.approx(lost(one) + lost(two), rel=0.12)
