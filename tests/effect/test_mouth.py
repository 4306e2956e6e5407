"""The balance of the mouth corner, the lips, the tip of the nose and the chin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.effect import mouth
from glabella.effect.mouth import MouthMechanics, MouthStrength
from tests.laws import law

MECHANICS = MouthMechanics(
    smile_excursion_mm=12,
    smile_up_share=0.75,
    zygomaticus_hold_mm=1.5,
    depressor_pull_mm=2,
    platysma_pull_mm=1,
    orbicularis_brake=0.2,
    neck_drop_mm=5,
    lip_raise_mm=6,
    lip_raise_levator_share=0.5,
    lip_hold_mm=1,
    lower_lip_drop_mm=3,
    tip_drop_mm=2,
    chin_tone_fraction=0.25,
)
MUSCLES = tuple(MouthStrength.__dataclass_fields__)
EXPRESSIONS = ("rest", "frown", "raise", "smile", "pucker", "bite", "neck")
fractions = st.floats(0, 1)


def left(**strength: float) -> MouthStrength:
    """A whole mouth but for what is told."""
    return MouthStrength(**{name: np.array(strength.get(name, 1.0)) for name in MUSCLES})


def corner(expression: str = "rest", tone: float = 1, **strength: float) -> float:
    found = mouth.corner_mm(left(**strength), tone=tone, mechanics=MECHANICS, expression=expression)
    return float(found)


def upper(expression: str, **strength: float) -> float:
    found = mouth.upper_lip_mm(left(**strength), tone=1, mechanics=MECHANICS, expression=expression)
    return float(found)


@pytest.mark.parametrize("expression", sorted(set(EXPRESSIONS) - {"smile", "neck"}))
def test_an_untreated_mouth_stays_where_it_is(expression: str) -> None:
    whole = left()
    assert corner(expression) == 0
    assert upper(expression) == 0
    assert mouth.lower_lip_mm(whole, mechanics=MECHANICS, expression=expression) == 0
    assert mouth.tip_mm(np.array(1.0), mechanics=MECHANICS, expression=expression) == 0


def test_an_untreated_smile_lifts_the_corner_by_the_upward_part_of_its_path() -> None:
    assert corner("smile") == pytest.approx(12 * 0.75)
    assert upper("smile") == pytest.approx(6)
    assert mouth.lower_lip_mm(left(), mechanics=MECHANICS, expression="smile") == -3
    assert mouth.tip_mm(np.array(1.0), mechanics=MECHANICS, expression="smile") == -2


def test_each_muscle_lost_moves_the_resting_corner_by_what_it_held() -> None:
    assert corner(depressor=0) == pytest.approx(2)
    assert corner(platysma=0) == pytest.approx(1)
    assert corner(zygomaticus=0) == pytest.approx(-1.5)
    assert corner(depressor=0, tone=2) == pytest.approx(4)
    assert corner(levator=0, depressor_labii=0, orbicularis=0) == 0


@law
@given(fractions, fractions, st.sampled_from(EXPRESSIONS))
def test_weaker_depressors_let_the_corner_rise_and_a_weaker_elevator_lets_it_fall(
    one: float, other: float, expression: str
) -> None:
    weak, strong = sorted((one, other))
    for depressor in ("depressor", "platysma"):
        assert corner(expression, **{depressor: weak}) >= corner(expression, **{depressor: strong})
    assert corner(expression, zygomaticus=weak) <= corner(expression, zygomaticus=strong)


@law
@given(st.lists(fractions, min_size=6, max_size=6), st.sampled_from(EXPRESSIONS))
def test_no_loss_throws_the_corner_further_than_the_muscles_can(
    strengths: list[float], expression: str
) -> None:
    found = corner(expression, **dict(zip(MUSCLES, strengths, strict=True)))
    highest = 2 + 1 + 12 * 0.75 * 1.2
    assert -1.5 - 5 <= found <= highest


def test_a_weak_ring_holds_the_smile_back_less() -> None:
    assert corner("smile", orbicularis=0) == pytest.approx(1.2 * corner("smile"))
    assert corner("rest", orbicularis=0) == 0


def test_a_neck_grimace_draws_the_corner_down_with_platysma() -> None:
    assert corner("neck") == -5
    assert corner("neck", platysma=0) == pytest.approx(1)


@law
@given(fractions, fractions)
def test_the_gum_shows_less_the_weaker_the_levator(one: float, other: float) -> None:
    weak, strong = sorted((one, other))
    assert upper("smile", levator=weak) <= upper("smile", levator=strong)
    assert upper("rest", levator=weak) <= upper("rest", levator=strong)


def test_other_elevators_still_raise_the_lip_when_the_levator_is_lost() -> None:
    assert upper("smile", levator=0) == pytest.approx(6 * 0.5 - 1)
    alone = replace(MECHANICS, lip_raise_levator_share=1.0)
    found = mouth.upper_lip_mm(left(levator=0), tone=1, mechanics=alone, expression="smile")
    assert found == pytest.approx(-1)


@law
@given(fractions)
def test_lower_lip_tip_and_chin_go_in_step_with_their_muscle(strength: float) -> None:
    some = np.array(strength)
    lip = mouth.lower_lip_mm(
        left(depressor_labii=strength), mechanics=MECHANICS, expression="smile"
    )
    assert lip == pytest.approx(-3 * strength)
    assert mouth.tip_mm(some, mechanics=MECHANICS, expression="smile") == pytest.approx(
        -2 * strength
    )
    full = mouth.chin_dimple(some, mechanics=MECHANICS, expression="pucker")
    calm = mouth.chin_dimple(some, mechanics=MECHANICS, expression="rest")
    assert full == pytest.approx(strength)
    assert calm == pytest.approx(0.25 * strength)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_lips_purse_only_in_a_pucker(expression: str) -> None:
    found = mouth.lip_close(np.array([1.0, 0.4]), expression=expression)
    expected = [1.0, 0.4] if expression == "pucker" else [0.0, 0.0]
    assert found.tolist() == expected


def test_the_two_sides_and_all_days_are_solved_at_once() -> None:
    strength = np.linspace(0, 1, 12).reshape(3, 4)
    many = MouthStrength(**dict.fromkeys(MUSCLES, strength))
    tone = np.array([0.5, 1.0, 2.0])[:, None]
    found = mouth.corner_mm(many, tone=tone, mechanics=MECHANICS, expression="smile")
    one = corner("smile", tone=2.0, **dict.fromkeys(MUSCLES, float(strength[2, 1])))
    assert found.shape == (3, 4)
    assert found[2, 1] == pytest.approx(one)
