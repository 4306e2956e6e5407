"""Response: the Hill curve at its known points, and sums over muscles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.effect.response import (
    blocked,
    blocked_of_power,
    group_weights,
    spared_of_power,
)
from tests.laws import law

steepness = st.floats(0.5, 5)
ceilings = st.floats(0.1, 1)


@law
@given(steepness, ceilings)
def test_none_half_and_all(hill: float, ceiling: float) -> None:
    none, half, most = blocked(np.array([0.0, 1.0, 1e12]), hill=hill, ceiling=ceiling)
    assert none == 0
    assert half == pytest.approx(ceiling / 2)
    assert most == pytest.approx(ceiling, rel=1e-5)


@law
@given(steepness, ceilings, st.lists(st.floats(0, 1e4), min_size=2, max_size=20))
def test_more_toxin_never_blocks_less_and_never_beyond_the_ceiling(
    hill: float, ceiling: float, active: list[float]
) -> None:
    found = blocked(np.sort(active), hill=hill, ceiling=ceiling)
    assert np.all(np.diff(found) >= -1e-12)
    assert found.min() >= 0
    assert found.max() <= ceiling + 1e-12


@law
@given(steepness, st.floats(0.01, 100))
def test_the_shortcut_by_powers_is_the_same_curve(hill: float, active: float) -> None:
    found = blocked_of_power(np.array([active**hill]), ceiling=0.875)
    np.testing.assert_allclose(found, blocked(np.array([active]), hill=hill, ceiling=0.875))


@law
@given(steepness, ceilings, st.floats(0, 1e4))
def test_blocked_and_spared_make_up_the_ceiling(hill: float, ceiling: float, active: float) -> None:
    powered = np.array([active**hill])
    both = blocked_of_power(powered, ceiling=ceiling) + spared_of_power(powered, ceiling=ceiling)
    assert both == pytest.approx(ceiling)


def test_the_memory_of_the_powers_may_be_used_again_and_is_otherwise_left_alone() -> None:
    powered = np.array([0.0, 1.0, 3.0])
    expected = blocked_of_power(powered, ceiling=0.8)
    assert powered.tolist() == [0, 1, 3]
    assert blocked_of_power(powered, ceiling=0.8, out=powered) is powered
    np.testing.assert_allclose(powered, expected)


def test_sums_by_group_are_those_of_a_loop() -> None:
    rng = np.random.default_rng(1)
    values, weight, group = rng.random((3, 4, 12)), rng.random(12), rng.integers(0, 3, 12)
    expected = np.zeros((3, 4, 3))
    for element, to in enumerate(group):
        expected[..., to] += weight[element] * values[..., element]
    np.testing.assert_allclose(values @ group_weights(weight, group, 3), expected)
