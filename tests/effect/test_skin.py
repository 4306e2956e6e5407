"""Droplets in the dermis: their own onset and wear-off, and what they leave of pores and sebum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.effect import skin
from tests.laws import law

DAYS = np.linspace(0, 400, 4001)
times = st.floats(2, 40)


def course(rise: float = 18, fade: float = 45, days: np.ndarray = DAYS) -> np.ndarray:
    return skin.course(days, rise_days=np.array(rise), fade_days=np.array(fade))


def test_a_droplet_does_nothing_before_and_on_its_day() -> None:
    assert course(days=np.array([-30.0, -1.0, 0.0])).tolist() == [0, 0, 0]


@law
@given(times, st.floats(1.1, 8))
def test_the_course_rises_to_one_and_fades_away(rise: float, ratio: float) -> None:
    found = course(rise, rise * ratio)
    top = int(np.argmax(found))
    assert found.max() == pytest.approx(1, abs=1e-3)
    assert np.all(np.diff(found[: top + 1]) >= 0)
    assert np.all(np.diff(found[top:]) <= 0)
    assert found.min() >= 0


def test_the_peak_lies_where_the_closed_form_says() -> None:
    peak = np.log(45 / 18) / (1 / 18 - 1 / 45)
    assert DAYS[np.argmax(course())] == pytest.approx(peak, abs=0.1)


def test_a_fade_as_fast_as_the_rise_is_the_limit_of_the_form() -> None:
    equal = DAYS / 20 * np.exp(1 - DAYS / 20)
    np.testing.assert_allclose(course(20, 20), equal, atol=0.02)
    np.testing.assert_allclose(course(20, 5), course(20, 20))


def test_each_patient_has_times_of_their_own() -> None:
    found = skin.course(DAYS, rise_days=np.array([10.0, 20.0]), fade_days=np.array([40.0, 80.0]))
    np.testing.assert_allclose(found[1], course(20, 80))


@law
@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 0.9))
def test_a_denser_droplet_leaves_less_but_never_takes_more_than_the_most(
    one: float, other: float, most: float
) -> None:
    thin, dense = sorted((one, other))
    assert 1 >= skin.kept(np.array(thin), most=most) >= skin.kept(np.array(dense), most=most)
    assert skin.kept(np.array(dense), most=most) >= 1 - most


def test_half_of_the_most_goes_at_the_density_of_half_effect() -> None:
    assert skin.kept(np.array([0.0, 1.0]), most=0.4).tolist() == [1, 0.8]
