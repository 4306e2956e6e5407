"""What arrives at the elements, and how they answer: shortcuts give what the long way gives."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from glabella.face.frame import Face
from glabella.face.muscles import elements
from glabella.plan.course import SPREADS, Blocked, blocked, reach, sensitivity
from glabella.plan.parameters import calibrated
from glabella.plan.people import draw
from glabella.plan.place import Dose, place
from glabella.plan.plan import Treatment

FACE = Face.fit("female")
PEOPLE = draw(256)
DAYS = np.array([0.0, 1, 3, 7, 14, 30, 60, 90, 120, 180, 270])


def doses(units: float = 20) -> tuple[Dose, ...]:
    areas = {"glabella": units, "forehead": units}
    return place(FACE, Treatment(date=date(2026, 1, 1), product="botox-cosmetic", areas=areas))  # type: ignore[arg-type]


def lost(*given: tuple[float, float]) -> Blocked:
    """What units on days block."""
    reaches = [reach(FACE, doses(units), day, PEOPLE, sigma_mm=6.0) for units, day in given]
    return blocked(FACE, reaches, DAYS, PEOPLE, calibrated(), bulk=1.0)


def everything(found: Blocked) -> np.ndarray:
    return found.weighed(np.eye(len(elements(FACE).x_mm)))


def test_many_patients_get_what_few_get() -> None:
    """Many are carried over by a polynomial; a few are computed one by one."""
    many = reach(FACE, doses(), 0.0, PEOPLE, sigma_mm=6.0).density
    first = slice(0, SPREADS)
    few = reach(FACE, doses(), 0.0, PEOPLE.take(first), sigma_mm=6.0).density
    np.testing.assert_allclose(many[first], few, atol=1e-6 * few.max())
    assert many.min() >= 0


def test_patients_beyond_the_usual_widths_are_within_them_too() -> None:
    wide = PEOPLE.take(np.arange(40))
    wide.spread[:] = np.linspace(-7, 7, 40)
    many = reach(FACE, doses(), 0.0, wide, sigma_mm=6.0).density
    ends = np.array([0, 39])
    few = reach(FACE, doses(), 0.0, wide.take(ends), sigma_mm=6.0).density
    np.testing.assert_allclose(many[ends], few, atol=1e-6 * few.max())


def test_elements_of_one_muscle_and_side_answer_alike_and_others_do_not() -> None:
    grid, answer = elements(FACE), sensitivity(FACE, PEOPLE, calibrated(), 1.0)
    assert answer.shape == (len(PEOPLE), len(grid.x_mm))
    for index in range(len(grid.names)):
        for side in (-1, 1):
            own = answer[:, (grid.muscle == index) & (np.sign(grid.x_mm) == side)]
            if own.size:
                assert np.ptp(own, axis=1).max() == 0
    left, right = (answer[:, np.sign(grid.x_mm) == side].mean(axis=1) for side in (-1, 1))
    assert np.abs(left - right).max() > 0.05


def test_a_repeated_treatment_is_one_load_and_a_changed_one_is_two() -> None:
    same, changed = lost((20, 0), (20, 90)), lost((20, 0), (24, 90))
    assert [len(one.loads) for one in (same, changed)] == [1, 2]
    np.testing.assert_allclose(
        everything(same), everything(lost((20, 0), (20 * (1 + 1e-9), 90))), atol=1e-6
    )


@pytest.mark.parametrize("given", [[(20.0, 0.0)], [(20.0, 0.0), (30.0, 60.0)]])
def test_weights_sum_what_elements_lose_whatever_is_left_out(
    given: list[tuple[float, float]],
) -> None:
    found = lost(*given)
    one_by_one = everything(found)
    assert one_by_one.min() + 1e-12 >= 0
    assert one_by_one.max() <= found.ceiling
    weights = np.zeros((one_by_one.shape[-1], 2))
    weights[found.reached[::3], 0] = 0.25
    weights[found.reached[5], 1] = 1
    np.testing.assert_allclose(found.weighed(weights), one_by_one @ weights, atol=1e-12)
    nothing = np.zeros((len(weights), 1))
    assert not found.weighed(nothing).any()


def test_some_days_and_single_precision_are_the_same_effect() -> None:
    found = lost((20, 0), (30, 60))
    whole = everything(found)
    columns = np.array([3, 8])
    np.testing.assert_allclose(everything(found.on(columns)), whole[:, columns], atol=1e-12)
    halved = found.single()
    assert everything(halved).dtype == np.float32
    np.testing.assert_allclose(everything(halved), whole, atol=2e-5)
