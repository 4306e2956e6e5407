"""Kinetics: the closed form against slow solvers of the same chain of steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad, solve_ivp
from scipy.linalg import expm

from glabella.effect.kinetics import active_fraction
from glabella.errors import ModelError
from glabella.plan.parameters import calibrated, chain_rates_per_day
from tests.laws import law

Array = NDArray[np.float64]

DAYS = np.array([0.01, 0.5, 1, 2, 4, 7, 14, 30, 60, 90, 120, 180.0])


def shipped() -> Array:
    decay = calibrated().action("botox-cosmetic").decay_per_day
    return np.array([*chain_rates_per_day(), decay])


def chain(rates: Array) -> Array:
    """The matrix of the chain: each amount leaves at its rate and enters the next."""
    return np.diag(-rates) + np.diag(rates[:-1], k=-1)


def by_matrix(days: Array, rates: Array) -> Array:
    return np.array([expm(chain(rates) * day)[-1, 0] for day in days])


# Rates that stand apart by a factor: below it the closed form refuses.
apart = st.lists(st.floats(1.3, 4), min_size=2, max_size=5)


@law
@given(apart, st.floats(0.005, 0.1), st.randoms(use_true_random=False))
def test_the_closed_form_is_the_exponential_of_the_chain(
    factors: list[float], slowest: float, order: st.random.Random
) -> None:
    rates = slowest * np.cumprod([1, *factors])
    order.shuffle(rates)
    np.testing.assert_allclose(active_fraction(DAYS, rates), by_matrix(DAYS, rates), atol=1e-6)


def test_the_shipped_rates_agree_with_an_ode_solver_and_a_matrix_exponential() -> None:
    rates = shipped()
    solved = solve_ivp(
        lambda day, amounts: chain(rates) @ amounts,
        (0, DAYS[-1]),
        np.eye(len(rates))[0],
        t_eval=DAYS,
        method="Radau",
        jac=chain(rates),
        rtol=1e-9,
        atol=1e-12,
    )
    assert solved.success
    found = active_fraction(DAYS, rates)
    np.testing.assert_allclose(found, solved.y[-1], atol=1e-6)
    np.testing.assert_allclose(found, by_matrix(DAYS, rates), atol=1e-6)


def test_a_second_injection_adds_to_what_is_left_of_the_first() -> None:
    rates, second = shipped(), 90.0
    state = expm(chain(rates) * second)[:, 0] + np.eye(len(rates))[0]
    after = np.array([1.0, 14, 60])
    solved = [(expm(chain(rates) * day) @ state)[-1] for day in after]
    days = second + after
    added = active_fraction(days, rates) + active_fraction(days - second, rates)
    np.testing.assert_allclose(added, solved, atol=1e-6)
    np.testing.assert_allclose(active_fraction(days, rates, (0, second)), solved, atol=1e-6)


@law
@given(apart, st.lists(st.integers(-400, 400), min_size=1, max_size=6))
def test_injections_carried_on_are_the_sum_of_single_ones(
    factors: list[float], injected: list[int]
) -> None:
    """Also on one and the same day, and on days that lie before and after all that is wanted."""
    rates, days = 0.02 * np.cumprod([1, *factors]), np.linspace(-30, 300, 67)
    apart = sum(active_fraction(days - day, rates) for day in injected)
    carried = active_fraction(days, rates, sorted(injected))
    np.testing.assert_allclose(carried, apart, atol=1e-6)


def test_two_steps_follow_bateman() -> None:
    fast, slow = 0.7, 0.03
    expected = fast / (fast - slow) * (np.exp(-slow * DAYS) - np.exp(-fast * DAYS))
    np.testing.assert_allclose(active_fraction(DAYS, np.array([fast, slow])), expected)


@law
@given(st.floats(-400, 0))
def test_nothing_is_active_before_the_injection(day: float) -> None:
    assert active_fraction(np.array([day]), shipped()) == 0
    assert active_fraction(np.array([day]), np.array([0.05])) == 0


def test_all_that_arrives_goes_away_at_the_rate_of_decay() -> None:
    """The area under the course is one over the decay, whatever the steps before it."""
    rates = shipped()
    area, _ = quad(lambda day: active_fraction(np.array([day]), rates)[0], 0, 2000, limit=400)
    assert area == pytest.approx(1 / rates[-1], rel=1e-4)


@law
@given(apart)
def test_a_share_stays_between_none_and_all(factors: list[float]) -> None:
    found = active_fraction(np.linspace(-5, 800, 400), 0.02 * np.cumprod([1, *factors]))
    assert found.min() >= 0
    assert found.max() <= 1


def test_patients_are_solved_side_by_side() -> None:
    rates = np.stack([shipped(), shipped() * np.array([0.5, 1, 1, 1, 1.2])])
    together = active_fraction(DAYS, rates)
    assert together.shape == (2, len(DAYS))
    np.testing.assert_allclose(together[1], active_fraction(DAYS, rates[1]))


@law
@given(st.floats(-14, -1), st.integers(0, 1))
def test_two_rates_may_come_as_near_as_they_like(exponent: float, coincide: int) -> None:
    near = 0.05 * (1 + (1 - coincide) * 10**exponent)
    rates = np.array([0.05, 4.0, near])
    np.testing.assert_allclose(active_fraction(DAYS, rates), by_matrix(DAYS, rates), atol=1e-6)


def test_three_rates_that_coincide_are_refused_rather_than_wrong() -> None:
    with pytest.raises(ModelError, match="Three rates"):
        active_fraction(np.array([1.0, 5.0]), np.array([0.2, 0.2, 0.2, 5.0]))
