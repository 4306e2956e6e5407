"""Lines: the slow memory of the skin against an ODE solver, and severity at its known points."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from glabella.effect.expression import line_severity, resting_memory
from tests.laws import law

DAYS = np.array([0, 1, 2, 5, 10, 14, 30, 45, 60, 90, 120, 180.0])
courses = st.lists(st.floats(0, 1), min_size=len(DAYS), max_size=len(DAYS)).map(np.array)
memories = st.floats(5, 300)


@law
@given(courses, memories)
def test_memory_is_what_an_ode_solver_finds(strength: np.ndarray, memory_days: float) -> None:
    solved = [1.0]
    for day, after in itertools.pairwise(DAYS):
        piece = solve_ivp(
            lambda t, memory: (np.interp(t, DAYS, strength) - memory) / memory_days,
            (day, after),
            solved[-1:],
            rtol=1e-9,
            atol=1e-11,
        )
        solved.append(piece.y[0, -1])
    found = resting_memory(DAYS, strength, memory_days=memory_days)
    np.testing.assert_allclose(found, solved, atol=1e-6)


@law
@given(memories)
def test_skin_that_moves_as_ever_keeps_its_lines(memory_days: float) -> None:
    found = resting_memory(DAYS, np.ones((3, len(DAYS))), memory_days=memory_days)
    np.testing.assert_allclose(found, 1)


@law
@given(st.floats(0, 1), memories)
def test_skin_at_a_steady_strength_fades_towards_it(strength: float, memory_days: float) -> None:
    found = resting_memory(DAYS, np.full(len(DAYS), strength), memory_days=memory_days)
    np.testing.assert_allclose(found, strength + (1 - strength) * np.exp(-DAYS / memory_days))


@law
@given(courses, courses, memories)
def test_less_movement_never_leaves_deeper_memory(
    one: np.ndarray, two: np.ndarray, memory_days: float
) -> None:
    less = resting_memory(DAYS, np.minimum(one, two), memory_days=memory_days)
    more = resting_memory(DAYS, np.maximum(one, two), memory_days=memory_days)
    assert np.all(less <= more + 1e-12)


@law
@given(st.floats(0, 3.5), st.floats(0, 1), st.floats(0, 1), st.floats(0.5, 3))
def test_untreated_lines_are_the_baseline_and_a_still_face_has_none(
    maximum: float, part: float, rest_share: float, exponent: float
) -> None:
    rest = part * maximum
    moving, resting = line_severity(
        np.array([1.0, 0.0]),
        np.array([1.0, 0.0]),
        maximum=np.array(maximum),
        rest=np.array(rest),
        rest_share=rest_share,
        exponent=1.4,
    )
    assert moving == pytest.approx([maximum, 0])
    assert resting == pytest.approx([rest, 0])


def test_a_line_at_rest_stays_in_a_face_that_has_only_just_stopped_moving() -> None:
    moving, resting = line_severity(
        np.array([0.0]),
        np.array([1.0]),
        maximum=np.array(3.0),
        rest=np.array(2.0),
        rest_share=0.5,
        exponent=1.2,
    )
    assert resting == 2
    assert moving == 1


@law
@given(st.floats(0.5, 3), st.floats(0, 1))
def test_lines_that_are_not_there_at_rest_go_with_a_power_of_strength(
    exponent: float, strength: float
) -> None:
    moving, _ = line_severity(
        np.array([strength]),
        np.array([1.0]),
        maximum=np.array(2.0),
        rest=np.array(0.0),
        rest_share=0.5,
        exponent=exponent,
    )
    assert moving == pytest.approx(2 * strength**exponent)
