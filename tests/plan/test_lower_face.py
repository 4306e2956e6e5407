"""Mouth, jaw, chin, nose and neck: what an injector knows must come out of the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella import facts
from glabella.plan import Forecast
from glabella.plan.result import Curve, FaceState, MouthCurve
from tests.laws import law
from tests.plan.plans import (
    Points,
    both,
    codes,
    expect,
    injecting,
    on,
    risk,
    strength,
    treatment,
)


def at(site: str, units: float = 4, **more: Any) -> Points:
    return both(site=site, units=units, **more)


def one_side(site: str, units: float = 4) -> Points:
    return at(site, units)[:1]


def mouth(found: Forecast, side: str = "left") -> MouthCurve:
    (curve,) = (m for m in found.mouth if m.side == side)
    return curve


def jaw(found: Forecast, side: str = "left") -> Curve:
    (curve,) = (j.width_mm for j in found.jaw if j.side == side)
    return curve


def day_14(curve: Curve, found: Forecast) -> float:
    return on(found, 14, curve.median)


def state(found: Forecast, expression: str, day: int = 14) -> FaceState:
    (shown,) = (s for s in found.states if (s.day, s.expression) == (day, expression))
    return shown


def masseters(units: float) -> Forecast:
    """Both masseters, as practice places the points."""
    return expect(treatment(areas={"masseter": units}))


# The mouth corner.


def test_treating_both_depressors_lifts_the_corners_at_rest() -> None:
    found = injecting(at("depressor-anguli-oris"))
    for side in ("left", "right"):
        lift = day_14(mouth(found, side).rest_mm, found)
        assert 0.2 < lift < facts.load().model.mouth.depressor_pull_mm.value
        assert state(found, "rest").mouth_mm[side]["corner"] > 0.2


def test_treating_one_depressor_makes_the_smile_uneven() -> None:
    found = injecting(one_side("depressor-anguli-oris", 8))
    apart = day_14(mouth(found, "left").smile_mm, found) - day_14(
        mouth(found, "right").smile_mm, found
    )
    assert apart > 0.5
    assert risk(found, "smile_asymmetry") > risk(
        injecting(at("depressor-anguli-oris", 8)), "smile_asymmetry"
    )


def test_a_medial_point_for_the_depressor_reaches_that_of_the_lower_lip() -> None:
    usual, medial = (
        injecting([{"x_mm": x, "y_mm": -86, "side": "left", "units": 4}]) for x in (33, 17)
    )
    assert strength(medial, "depressor-labii").median[14] < 0.6
    assert strength(usual, "depressor-labii").median[14] > 0.85
    low, lower = (state(f, "smile").mouth_mm["left"]["lower_lip"] for f in (usual, medial))
    assert lower > low + 0.8
    assert risk(medial, "smile_asymmetry") > risk(usual, "smile_asymmetry")


def test_a_low_deep_point_beside_the_eye_drops_the_mouth_corner() -> None:
    label, low = (
        injecting([{"x_mm": x, "y_mm": y, "side": "left", "units": 6, "depth": depth}])
        for x, y, depth in ((61, 2, "muscle"), (50, -22, "bone"))
    )
    assert strength(label, "zygomaticus").median[14] > 0.98
    assert strength(low, "zygomaticus").median[14] < 0.9
    left, right = (day_14(mouth(low, side).smile_mm, low) for side in ("left", "right"))
    assert left < right - 0.8


def test_a_superficial_low_point_spares_the_elevator_of_the_mouth() -> None:
    deep, shallow = (
        injecting([{"x_mm": 50, "y_mm": -22, "side": "left", "units": 2, "depth": depth}])
        for depth in ("bone", "dermis")
    )
    weak, spared = (strength(found, "zygomaticus").median[14] for found in (deep, shallow))
    assert 1 - spared < (1 - weak) / 2


# Lips, nose, chin and neck.


def test_a_gummy_smile_falls_with_the_dose_to_its_levator() -> None:
    doses = (1, 2, 4, 8)
    heights = []
    for units in doses:
        found = injecting(at("lip-lifter", units))
        heights.append(day_14(mouth(found).upper_lip_mm, found))
    assert heights == sorted(heights, reverse=True)
    assert heights[0] < facts.load().model.mouth.lip_raise_mm.value
    assert heights[-1] < heights[0] - 1


def test_too_much_around_the_mouth_weakens_its_closing() -> None:
    def lips(units: float) -> Forecast:
        sites = ("lip-upper-medial", "lip-upper-lateral", "lip-lower")
        return injecting([point for site in sites for point in at(site, units)])

    little, much = lips(0.5), lips(5)
    assert risk(little, "lip_incompetence") < 0.1
    assert risk(much, "lip_incompetence") > 0.3
    assert state(much, "pucker").lip_close < 0.5 < state(little, "pucker").lip_close
    assert state(much, "rest").lip_close == 0
    assert state(little, "pucker", day=0).lip_close == 1


def test_the_tip_of_the_nose_plunges_less_in_a_smile() -> None:
    found = injecting([{"site": "columella-base", "units": 3}])
    before, after = state(found, "smile", day=0).tip_mm, state(found, "smile").tip_mm
    assert before == -facts.load().model.mouth.tip_drop_mm.value
    assert before + 0.5 < after <= 0
    assert state(found, "rest").tip_mm == 0


def test_a_treated_chin_dimples_less() -> None:
    found = injecting(at("mentalis"))
    assert state(found, "pucker", day=0).chin_dimple == 1
    assert state(found, "pucker").chin_dimple < 0.5
    assert 0 < state(found, "rest").chin_dimple < state(found, "rest", day=0).chin_dimple


def test_a_weak_platysma_draws_the_corner_down_less_in_a_grimace() -> None:
    points = [p for n in (1, 2, 3, 4) for p in at(f"platysma-jaw-{n}")]
    points += [p for n in (1, 2, 3) for p in at(f"platysma-band-{n}")]
    found = injecting(points)
    before = state(found, "neck", day=0).mouth_mm["left"]["corner"]
    assert before == -facts.load().model.mouth.neck_drop_mm.value
    assert state(found, "neck").mouth_mm["left"]["corner"] > before + 0.5


@pytest.mark.parametrize(
    ("area", "site", "expression", "key"),
    [
        ("bunny-lines", "nasalis", "smile", "bunny-lines-left"),
        ("bunny-lines", "nasalis", "frown", "bunny-lines-right"),
        ("lip-lines", "lip-upper-medial", "pucker", "lip-lines"),
        ("chin", "mentalis", "pucker", "chin"),
        ("platysma", "platysma-band-2", "neck", "platysma-left"),
    ],
)
def test_each_kind_of_line_folds_in_its_expression_and_less_once_treated(
    area: str, site: str, expression: str, key: str
) -> None:
    found = injecting(at(site, 5), lines={area: {"maximum": 3, "rest": 1}})
    assert state(found, expression, day=0).lines[key] > state(found, "rest", day=0).lines[key] + 1
    assert state(found, expression).lines[key] < state(found, expression, day=0).lines[key] - 0.1
    assert {grade.area for grade in found.grades} == {area}


def test_bunny_lines_keep_the_share_of_the_levator_beside_them() -> None:
    found = injecting(at("nasalis", 20), lines={"bunny-lines": {"maximum": 3, "rest": 0}})
    assert strength(found, "nasalis").median[14] < 0.3
    assert state(found, "smile").lines["bunny-lines-left"] > 0.3


# The jaw.


def test_a_masseter_slims_over_months_and_comes_back() -> None:
    found = masseters(80)
    width = np.array(jaw(found).median)
    slimmest = found.days[int(np.argmin(width))]
    assert 60 <= slimmest <= 130
    assert width.min() < -0.5
    assert on(found, 14, jaw(found).median) > 0.35 * width.min()
    assert width[-1] > 0.75 * width.min()
    weakest = found.days[int(np.argmin(strength(found, "masseter").median))]
    assert weakest < slimmest - 30


def test_a_second_session_slims_a_jaw_that_is_slim_already() -> None:
    points = {"areas": {"masseter": 60}}
    once = expect(treatment(**points))
    again = expect(treatment(date="2026-07-20", **points), treatment(**points))
    assert jaw(again).median[0] < -0.1
    assert jaw(once).median[0] == 0
    assert min(jaw(again).median) < min(jaw(once).median)


def test_a_bite_bulges_less_when_the_masseter_is_weak() -> None:
    found = masseters(80)
    bulge = facts.load().model.jaw.bite_bulge_mm.value
    assert state(found, "bite", day=0).jaw_mm == {"left": bulge, "right": bulge}
    assert state(found, "bite").jaw_mm["left"] < 0.8 * bulge
    assert state(found, "rest", day=0).jaw_mm == {"left": 0, "right": 0}


def test_how_much_a_jaw_can_lose_is_as_uncertain_as_it_is() -> None:
    found = masseters(80)
    day = found.days.index(90)
    assert jaw(found).low[day] < 1.6 * jaw(found).median[day] < 0
    assert jaw(found).high[day] > 0.6 * jaw(found).median[day]


# Where the lower face keeps out.


def test_a_plan_of_the_glabella_does_nothing_below() -> None:
    found = expect()
    assert (found.mouth, found.jaw, found.skin) == ((), (), ())
    assert not {r.event for r in found.risks} & {"smile_asymmetry", "lip_incompetence"}
    known = facts.load().anatomy.muscles
    lower = {"masseter", "platysma", "mentalis", "depressor-anguli-oris", "orbicularis-oris"}
    assert lower <= set(known)
    for curve in found.muscles:
        if curve.muscle in lower:
            assert set(curve.strength.low) == {1}
    first, later = state(found, "smile", day=0), state(found, "smile", day=30)
    assert first.mouth_mm == later.mouth_mm
    assert first.mouth_mm["left"]["corner"] > 5


def test_a_plan_of_the_chin_leaves_the_brow_alone() -> None:
    found = injecting(at("mentalis"))
    for curve in found.brow:
        assert not any((*curve.medial_mm.low, *curve.lateral_mm.high))
    assert "muscle-not-fitted" in codes(found)


def test_double_vision_comes_from_points_close_to_the_eye() -> None:
    near, usual = (
        injecting([{"x_mm": x, "y_mm": 0, "side": "left", "units": 8}]) for x in (48, 62)
    )
    assert risk(near, "double_vision") > 0.05
    assert all(r.probability < 0.03 for r in usual.risks if r.event == "double_vision")


# Laws of any lower face.

SITES = (
    "nasalis",
    "lip-lifter",
    "lip-upper-lateral",
    "depressor-anguli-oris",
    "mentalis",
    "masseter-lower-front",
    "platysma-jaw-2",
)
lower_points = st.lists(
    st.fixed_dictionaries(
        {
            "site": st.sampled_from(SITES),
            "side": st.sampled_from(["left", "right"]),
            "units": st.floats(0.5, 15),
        }
    ),
    min_size=1,
    max_size=5,
)


@law
@given(lower_points)
def test_the_mirror_image_does_the_mirror_image(points: Points) -> None:
    other = {"left": "right", "right": "left"}
    swapped = [point | {"side": other[point["side"]]} for point in points]
    one, two = injecting(points), injecting(swapped)
    for expression in ("rest", "smile", "neck", "bite", "pucker"):
        here, there = state(one, expression), state(two, expression)
        assert here.lip_close == pytest.approx(there.lip_close, abs=0.011)
        for side, mirror in other.items():
            assert here.mouth_mm[side] == pytest.approx(there.mouth_mm[mirror], abs=0.011)
            assert here.jaw_mm[side] == pytest.approx(there.jaw_mm[mirror], abs=0.011)


@law
@given(lower_points, st.floats(1.1, 6))
def test_more_units_never_do_less(points: Points, times: float) -> None:
    more = [point | {"units": point["units"] * times} for point in points]
    one, two = injecting(points), injecting(more)
    for weak, strong in zip(two.muscles, one.muscles, strict=True):
        assert np.all(np.array(weak.strength.median) <= np.array(strong.strength.median))
    for slim, wide in zip(two.jaw, [*one.jaw] or two.jaw, strict=True):
        assert np.all(np.array(slim.width_mm.median) <= np.array(wide.width_mm.median))
    for expression in ("pucker", "smile"):
        after, before = state(two, expression), state(one, expression)
        assert after.lip_close <= before.lip_close
        assert after.chin_dimple <= before.chin_dimple
        assert after.tip_mm >= before.tip_mm
        for side in ("left", "right"):
            assert after.mouth_mm[side]["upper_lip"] <= before.mouth_mm[side]["upper_lip"]
            assert after.mouth_mm[side]["lower_lip"] >= before.mouth_mm[side]["lower_lip"]


@law
@given(lower_points)
def test_before_the_toxin_acts_the_mouth_is_untreated(points: Points) -> None:
    found = injecting(points)
    for curve in found.mouth:
        assert {*curve.rest_mm.low[:1], *curve.rest_mm.high[:1]} == {0}
    for curve in found.jaw:
        assert curve.width_mm.median[0] == 0
    assert ("smile_asymmetry" in {r.event for r in found.risks}) == bool(found.mouth)
