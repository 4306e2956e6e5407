"""Clinical stories: what every injector knows must come out of the model, not be painted on it.

Each story is a plan as it would be written, for a woman of 42 unless it says otherwise, and what is
seen of it. "Drops" and "rises" are medians over the drawn patients, in mm, on day 14.
"""

from __future__ import annotations

import itertools

import pytest

from glabella.plan import Forecast
from tests.plan.plans import (
    Points,
    both,
    brow,
    expect,
    injecting,
    on,
    risk,
    share,
    strength,
    treatment,
    worn_off,
)

SIDES = ("left", "right")
CENTRAL = [{"site": "frontalis-lower-middle", "units": 4}, *both(site="frontalis-upper", units=4)]


def medial(found: Forecast, side: str = "left") -> float:
    return on(found, 14, brow(found, side).medial_mm.median)


def peak(found: Forecast, side: str = "left") -> float:
    return on(found, 14, brow(found, side).peak_mm.median)


def lateral(found: Forecast, side: str = "left") -> float:
    return on(found, 14, brow(found, side).lateral_mm.median)


def middle(found: Forecast, side: str = "left") -> float:
    """The middle of the brow of the typical patient at rest."""
    (state,) = (s for s in found.states if (s.day, s.expression) == (14, "rest"))
    nodes = state.brow_mm[side]
    return nodes[len(nodes) // 2]


# The brow


@pytest.mark.parametrize("side", SIDES)
def test_the_glabella_alone_does_not_drop_the_brow(side: str) -> None:
    found = expect()
    assert medial(found, side) >= 0
    assert lateral(found, side) >= 0
    assert risk(found, "brow_ptosis") == 0


@pytest.mark.parametrize("side", SIDES)
def test_the_forehead_without_the_glabella_drops_the_brow(side: str) -> None:
    alone = expect(treatment(areas={"forehead": 20}))
    assert medial(alone, side) < 0
    assert peak(alone, side) < 0
    assert middle(alone, side) < middle(expect(), side)


@pytest.mark.parametrize("side", SIDES)
def test_central_forehead_points_alone_peak_the_outer_brow(side: str) -> None:
    found = injecting(CENTRAL)
    assert medial(found, side) < 0 < lateral(found, side)
    assert lateral(found, side) - middle(found, side) > 0.1


def test_two_units_in_each_outer_frontalis_settle_a_peaked_brow() -> None:
    peaked = injecting(CENTRAL)
    settled = injecting(CENTRAL + both(site="frontalis-lower-lateral", units=2))
    assert risk(settled, "spock_brow") < risk(peaked, "spock_brow")
    assert lateral(peaked) > 0 > lateral(settled)
    assert lateral(settled) - medial(settled) < (lateral(peaked) - medial(peaked)) / 2


def test_points_above_the_line_of_convergence_spare_the_brow() -> None:
    def at(y_mm: float) -> Forecast:
        return injecting(both(x_mm=14, y_mm=y_mm, units=4) + both(x_mm=36, y_mm=y_mm, units=4))

    # Both rows lie clear of corrugator, whose loss would lift the head of the brow.
    above, below = at(64), at(44)
    assert medial(below) < medial(above) <= 0.05
    assert lateral(below) < lateral(above)
    assert middle(below) < 2 * middle(above)


@pytest.mark.parametrize("side", SIDES)
def test_crows_feet_alone_lift_the_tail_of_the_brow(side: str) -> None:
    found = expect(treatment(areas={"lateral-canthal": 24}))
    assert 0.5 < lateral(found, side) < 3
    assert medial(found, side) < lateral(found, side) / 4


def test_points_on_one_side_make_the_brows_uneven() -> None:
    one_side = [{"site": "frontalis-lower-lateral", "side": "left", "units": 8}]
    even = injecting(both(site="frontalis-lower-lateral", units=8))
    assert risk(injecting(one_side), "asymmetry") > risk(even, "asymmetry")
    assert peak(injecting(one_side), "left") < peak(injecting(one_side), "right")


# The lid


def test_low_lateral_corrugator_points_over_the_pupil_let_the_lid_droop() -> None:
    label = injecting(both(site="corrugator-lateral", units=4))
    low = injecting(both(x_mm=31, y_mm=19, units=4))
    assert risk(label, "lid_ptosis") < 0.05
    assert risk(low, "lid_ptosis") > 2 * risk(label, "lid_ptosis")


def test_the_label_dose_seldom_lets_the_lid_droop() -> None:
    """Pooled label trials: about 3 % after 20 U."""
    assert 0.005 < risk(expect(), "lid_ptosis") < 0.06


# How far


def corner(volume_ml: float) -> Points:
    """4 U some 15 mm from the corrugators, at the root of the nose."""
    return [{"x_mm": 0, "y_mm": 6, "side": "midline", "units": 4, "volume_ml": volume_ml}]


def test_a_larger_volume_spreads_wider() -> None:
    tight, wide = injecting(corner(0.05)), injecting(corner(0.5))
    for side in SIDES:
        lost = [
            1 - on(found, 14, strength(found, "corrugator", side).median) for found in (tight, wide)
        ]
        assert lost[1] > 1.5 * lost[0]


def test_a_droplet_in_the_skin_does_less_to_the_muscle_than_a_point_in_it() -> None:
    def lost(depth: str) -> float:
        found = injecting(both(x_mm=18, y_mm=25, units=4, depth=depth))
        return 1 - on(found, 14, strength(found, "corrugator").median)

    assert lost("dermis") < lost("muscle") <= lost("bone")


# How long


def test_doubling_the_dose_adds_about_the_same_days_each_time() -> None:
    lasting = [worn_off(expect(treatment(protocol="glabella", units=u))) for u in (10, 20, 40)]
    gained = [after - before for before, after in itertools.pairwise(lasting)]
    assert min(gained) > 15
    assert max(gained) < 1.4 * min(gained)


def test_the_effect_shows_within_days_and_is_judged_at_two_weeks() -> None:
    found = expect()
    (course,) = found.courses
    assert share(found, 1) < share(found, 14) / 2
    assert share(found, 4) > share(found, 14) / 2
    assert course.onset.median_days < 4
    assert course.onset.high_days <= 7
    assert share(found, 10) > 0.95 * share(found, 14)


def test_the_effect_is_gone_for_most_in_three_to_four_months_and_for_nearly_all_in_six() -> None:
    found = expect()
    assert share(found, 90) < 0.5
    assert share(found, 180) < 0.15
    assert 90 <= worn_off(found) <= 150
    for side in SIDES:
        assert on(found, 180, strength(found, "corrugator", side).median) > 0.95


def test_lines_at_rest_fade_later_and_return_later_than_movement() -> None:
    found = expect(lines={"glabella": {"maximum": 3, "rest": 2}})
    moving, resting = (
        next(g.grade.median for g in found.grades if g.at == at) for at in ("maximum", "rest")
    )
    lowest = [found.days[curve.index(min(curve))] for curve in (moving, resting)]
    assert lowest[0] < 45 < lowest[1]


# Who


def test_men_respond_less_to_the_same_units_and_need_more() -> None:
    woman, man = expect(), expect(sex="male")
    assert share(man, 30) < share(woman, 30) - 0.1
    assert worn_off(man) < worn_off(woman)
    stronger = expect(treatment(protocol="glabella", units=40), sex="male")
    assert share(stronger, 30) > share(man, 30) + 0.1


def test_a_second_treatment_begins_from_what_the_first_has_left() -> None:
    first, second = expect(), expect(treatment(date="2026-08-10"), treatment())
    assert share(second, 0) > share(first, 0)
    assert worn_off(second) >= worn_off(first)
