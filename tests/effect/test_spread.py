"""Spread against its formula: units are conserved, and volume widens."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from glabella.effect.spread import density, kernel, width_mm
from tests.laws import law

Array = NDArray[np.float64]

widths = st.floats(1.5, 25)
volumes = st.floats(0.005, 2)


def grid(reach_mm: float, step_mm: float) -> Array:
    """Points (N, 2) of a square grid around the origin."""
    ticks = np.arange(-reach_mm, reach_mm + step_mm, step_mm)
    return np.stack([axis.ravel() for axis in np.meshgrid(ticks, ticks)], axis=1)


def one_injection(dose: float, sigma_mm: float, elements: Array, coupling: float = 1) -> Array:
    return density(
        np.array([dose]),
        np.zeros((1, 2)),
        np.array([sigma_mm]),
        elements,
        np.full((1, len(elements)), coupling),
    )


@law
@given(widths)
def test_the_kernel_integrates_to_one_for_any_width(sigma_mm: float) -> None:
    step = sigma_mm / 4
    points = grid(8 * sigma_mm, step)
    found = kernel(np.sum(points**2, axis=1), np.array(sigma_mm))
    assert found.sum() * step**2 == pytest.approx(1, abs=1e-9)


@law
@given(st.lists(st.floats(0, 50), min_size=1, max_size=6), st.floats(0, 1), st.data())
def test_all_that_is_injected_lies_somewhere(
    doses: list[float], coupling: float, data: st.DataObject
) -> None:
    count = len(doses)
    places = data.draw(st.lists(st.floats(-40, 40), min_size=2 * count, max_size=2 * count))
    sigma = data.draw(st.lists(st.floats(4, 12), min_size=count, max_size=count))
    points = grid(140, 1)
    found = density(
        np.array(doses),
        np.array(places).reshape(count, 2),
        np.array(sigma),
        points,
        np.full((count, len(points)), coupling),
    )
    assert found.sum() == pytest.approx(coupling * sum(doses), rel=1e-6, abs=1e-9)


@law
@given(widths, st.floats(0.1, 50))
def test_at_one_width_the_density_has_fallen_by_the_square_root_of_e(
    sigma_mm: float, dose: float
) -> None:
    centre, away = one_injection(dose, sigma_mm, np.array([[0.0, 0.0], [0.0, sigma_mm]]))
    assert centre == pytest.approx(dose / (2 * np.pi * sigma_mm**2))
    assert away == pytest.approx(centre / np.sqrt(np.e))


@law
@given(volumes, st.floats(1.1, 10), st.floats(2, 10), st.floats(0.01, 0.5))
def test_width_goes_with_the_volume_to_a_power(
    volume_ml: float, times: float, sigma_mm: float, exponent: float
) -> None:
    narrow, wide, usual = width_mm(
        np.array([volume_ml, volume_ml * times, 0.1]),
        sigma_mm=sigma_mm,
        reference_ml=0.1,
        exponent=exponent,
    )
    assert usual == pytest.approx(sigma_mm)
    assert wide / narrow == pytest.approx(times**exponent)


def test_a_wider_spread_has_less_at_its_centre_and_more_far_away() -> None:
    points = np.array([[0.0, 0.0], [20.0, 0.0]])
    narrow, wide = one_injection(4, 6, points), one_injection(4, 8, points)
    assert wide[0] < narrow[0]
    assert wide[1] > narrow[1]


@law
@given(st.permutations(range(5)))
def test_injections_add_up_in_any_order(order: list[int]) -> None:
    rng = np.random.default_rng(5)
    doses, places, sigma = rng.uniform(1, 9, 5), rng.normal(0, 15, (5, 2)), rng.uniform(4, 9, 5)
    points = rng.normal(0, 20, (30, 2))
    every = np.ones((5, 30))
    together = density(doses, places, sigma, points, every)
    shuffled = density(doses[order], places[order], sigma[order], points, every)
    single = [density(doses[[j]], places[[j]], sigma[[j]], points, every[[j]]) for j in range(5)]
    np.testing.assert_allclose(shuffled, together, rtol=1e-12)
    np.testing.assert_allclose(np.sum(single, axis=0), together, rtol=1e-12)
