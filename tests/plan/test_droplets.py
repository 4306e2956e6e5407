"""Droplets in the dermis: skin answers, muscle hardly does."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella import facts
from glabella.face.frame import Face
from glabella.face.muscles import contains
from glabella.plan import Forecast
from glabella.plan.place import place
from glabella.plan.plan import Injection, Treatment
from glabella.plan.result import SkinCurve
from glabella.plan.skin import droplets, regions
from tests.laws import law
from tests.plan.plans import DAY, Points, codes, expect, injecting, on, strength, treatment

SKIN = facts.load().model.skin
NAMES = ("forehead", "nose", "cheek", "chin", "jawline")


def grid(depth: str = "dermis", units: float = 0.2, y_mm: tuple[int, ...] = (38, 47, 56)) -> Points:
    """Droplets a finger's breadth apart over the forehead."""
    return [
        {"x_mm": x, "y_mm": y, "side": side, "depth": depth, "units": units, "volume_ml": 0.01}
        for x in (4, 13, 22, 31, 40)
        for y in y_mm
        for side in ("left", "right")
    ]


def skin(found: Forecast, region: str = "forehead") -> SkinCurve:
    (curve,) = (s for s in found.skin if s.region == region)
    return curve


@pytest.fixture(scope="module")
def forehead() -> Forecast:
    return injecting(grid())


def test_droplets_reach_the_skin_and_spare_the_muscle_below(forehead: Forecast) -> None:
    deep = injecting(grid("muscle"))
    spared, weak = (strength(f, "frontalis").median[14] for f in (forehead, deep))
    assert 1 - spared < (1 - weak) / 3
    assert on(forehead, 30, skin(forehead).sebum.median) < 0.95
    assert on(forehead, 30, skin(forehead).pores.median) < 0.98
    assert deep.skin == ()


def test_only_regions_with_droplets_are_told(forehead: Forecast) -> None:
    assert [s.region for s in forehead.skin] == ["forehead"]
    both = injecting(grid() + grid(y_mm=(-30,)))
    assert {s.region for s in both.skin} == {"forehead", "nose", "cheek"}


def test_skin_answers_within_two_weeks_is_fullest_near_four_and_back_by_sixteen(
    forehead: Forecast,
) -> None:
    sebum = skin(forehead).sebum.median
    fullest = forehead.days[sebum.index(min(sebum))]
    lost = {day: 1 - on(forehead, day, sebum) for day in (0, 7, 14, 30, 60, 120, 180)}
    assert 18 <= fullest <= 40
    assert lost[0] == 0
    assert lost[7] > 0.4 * lost[30]
    assert lost[60] > 0.5 * lost[30]
    assert lost[120] < 0.45 * lost[30]
    assert lost[180] < 0.15 * lost[30]


def test_the_interval_reaches_from_next_to_nothing_to_twice_the_middle(forehead: Forecast) -> None:
    day = forehead.days.index(30)
    for curve in (skin(forehead).pores, skin(forehead).sebum):
        middle = 1 - curve.median[day]
        assert 1 - curve.high[day] < 0.3 * middle
        assert 1 - curve.low[day] > 1.7 * middle


def test_a_forecast_of_skin_says_that_trials_disagree(forehead: Forecast) -> None:
    (note,) = (f for f in forehead.findings if f.code == "skin-not-fitted")
    assert note.severity == "note"
    for study in (*SKIN.saw, *SKIN.saw_not):
        assert study.value in note.message
    assert note.source in facts.load().sources
    assert "skin-not-fitted" not in codes(expect())


def test_a_second_round_of_droplets_adds_to_the_first() -> None:
    before = treatment(date="2026-10-20", injections=grid())
    once, again = expect(treatment(injections=grid())), expect(before, treatment(injections=grid()))
    assert skin(again).sebum.median[0] < 1
    assert min(skin(again).sebum.median) < min(skin(once).sebum.median)


@pytest.mark.parametrize("product", ["botox-cosmetic", "dysport", "xeomin"])
def test_each_product_acts_on_skin_by_its_own_units(product: str) -> None:
    potency = facts.load().calibration.products[product].half_effect_units_per_mm2.value
    usual = facts.load().calibration.products["botox-cosmetic"].half_effect_units_per_mm2.value
    points = grid(units=0.2 * potency / usual)
    found = expect(treatment(product=product, injections=points))
    alike = injecting(grid())
    assert on(found, 30, skin(found).sebum.median) == pytest.approx(
        on(alike, 30, skin(alike).sebum.median), abs=0.01
    )


@law
@given(st.floats(0.05, 2), st.floats(1.1, 5))
def test_more_in_a_droplet_never_leaves_more_sebum(units: float, times: float) -> None:
    one, two = injecting(grid(units=units)), injecting(grid(units=units * times))
    for less in one.skin:
        more = skin(two, less.region)
        assert all(a <= b for a, b in zip(more.sebum.median, less.sebum.median, strict=True))
        assert all(a <= b for a, b in zip(more.pores.low, less.pores.low, strict=True))
        assert min(more.sebum.low) >= 1 - SKIN.sebum_most_fraction.high - 1e-3


@pytest.mark.parametrize("sex", ["female", "male"])
def test_regions_lie_on_both_sides_of_the_face_and_do_not_overlap(sex: str) -> None:
    points, own = regions(Face.fit(sex))
    assert tuple(own) == NAMES
    assert sum(len(part) for part in own.values()) == len(points)
    for part in own.values():
        assert len(part) > 10
        assert points[part, 0].sum() == pytest.approx(0)
    outlines = [region.outline_mm.value for region in SKIN.regions.values()]
    female, parts = regions(Face.fit("female"))
    for region, part in zip(outlines, parts.values(), strict=True):
        left = female[part][female[part][:, 0] > 0]
        for other in outlines:
            inside = contains(np.array(other, dtype=float), left[:, 0], left[:, 1])
            assert inside.all() if other is region else not inside.any()


def test_a_droplet_is_what_lies_in_the_dermis() -> None:
    given = tuple(
        Injection(units=1, x_mm=20, y_mm=50, side="left", depth=depth)
        for depth in ("dermis", "muscle", "bone")
    )
    placed = place(
        Face.fit("female"),
        Treatment(date=date.fromisoformat(DAY), product="botox-cosmetic", injections=given),
    )
    assert [dose.depth for dose in droplets(placed)] == ["dermis"]
