"""The jaw: bulk of a masseter follows its strength slowly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.effect.expression import jaw_width_mm
from tests.laws import law

DAYS = np.arange(0, 541, 1.0)


def width(strength: np.ndarray, memory: float = 75, loss: float = 4) -> np.ndarray:
    return jaw_width_mm(DAYS, strength, memory_days=memory, full_loss_mm=loss)


def weak_for(days: float, depth: float = 0.8) -> np.ndarray:
    """A strength that falls within two weeks and comes back around a day."""
    fall = 1 - np.exp(-DAYS / 5)
    return 1 - depth * fall / (1 + np.exp((DAYS - days) / 15))


def test_a_jaw_that_keeps_its_strength_keeps_its_width() -> None:
    assert not width(np.ones_like(DAYS)).any()


def test_a_jaw_without_strength_slims_by_the_closed_form() -> None:
    found = width(np.zeros_like(DAYS))
    np.testing.assert_allclose(found, -4 * (1 - np.exp(-DAYS / 75)), atol=1e-9)


def test_a_jaw_slims_over_months_and_comes_back() -> None:
    found = width(weak_for(110))
    slimmest = DAYS[np.argmin(found)]
    assert 70 <= slimmest <= 130
    assert found[14] > 0.35 * found.min()
    assert found[240] < 0.2 * found.min()
    assert found[-1] > 0.05 * found.min()


@law
@given(st.floats(0, 0.85), st.floats(0, 0.85), st.floats(20, 150))
def test_a_weaker_masseter_never_leaves_a_wider_jaw(
    one: float, other: float, memory: float
) -> None:
    less, more = sorted((one, other))
    gentle, strong = width(weak_for(90, less), memory), width(weak_for(90, more), memory)
    assert np.all(strong <= gentle + 1e-12)
    assert strong.min() >= -4


def test_what_a_jaw_can_lose_differs_between_patients() -> None:
    strength = np.tile(weak_for(90), (2, 1))
    found = jaw_width_mm(DAYS, strength, memory_days=75, full_loss_mm=np.array([[2.0], [6.0]]))
    np.testing.assert_allclose(found[1], 3 * found[0])
    assert found[0].min() == pytest.approx(width(weak_for(90), loss=2).min())
