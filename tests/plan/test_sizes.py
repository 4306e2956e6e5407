"""Sizes that were not measured: as wide as what is thought possible."""

from __future__ import annotations

import numpy as np
import pytest

from glabella.facts import Fact
from glabella.plan.sizes import STEPS, sizes


def fact(**bounds: float) -> Fact[float]:
    return Fact(
        value=4.0,
        unit="mm",
        kind="assumption",
        source="glabella-model",
        locator="here",
        reason="tried",
        **bounds,
    )


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_the_typical_patient_has_the_value_and_the_others_fill_its_bounds(step: int) -> None:
    found = sizes(fact(low=1, high=9), 257, step=step)
    assert found[0] == 4
    assert found.min() >= 1
    assert found.max() <= 9
    assert np.mean(found < 4) == pytest.approx(0.5, abs=0.02)
    assert np.quantile(found, [0.05, 0.95]) == pytest.approx([1.3, 8.5], abs=0.1)


def test_two_facts_with_steps_of_their_own_do_not_go_together() -> None:
    drawn = [sizes(fact(low=1, high=9), 256, step=step) for step in range(len(STEPS))]
    apart = np.corrcoef(drawn) - np.eye(len(STEPS))
    assert np.abs(apart).max() < 0.1


def test_a_size_without_bounds_is_the_same_for_all() -> None:
    assert set(sizes(fact(), 9, step=0)) == {4}
