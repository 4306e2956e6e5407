"""Muscles cut into elements: weights, sides, outlines, and what a finer cut changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from glabella import facts
from glabella.effect.response import blocked, group_weights
from glabella.effect.spread import density
from glabella.face import Face, Measures, Side, place_site
from glabella.face.muscles import contains, elements, muscle_at, outline
from glabella.face.sites import sides_of
from glabella.plan.parameters import calibrated
from tests.face.faces import faces
from tests.laws import law

WOMAN = Face.fit("female")


@law
@given(faces)
def test_the_weights_of_a_muscle_sum_to_one_on_each_side(face: Face) -> None:
    grid = elements(face)
    for name in grid.names:
        own = grid.of(*name)
        assert len(own) > 0, name
        assert grid.weight[own].sum() == pytest.approx(1), name


@law
@given(faces)
def test_elements_lie_inside_the_outline_of_their_muscle(face: Face) -> None:
    grid = elements(face)
    for muscle, side in grid.names:
        own = grid.of(muscle, side)
        polygon = np.array(outline(face, muscle, side))
        assert contains(polygon, grid.x_mm[own], grid.y_mm[own]).all(), muscle


@law
@given(faces)
def test_the_right_is_the_mirror_image_of_the_left(face: Face) -> None:
    grid = elements(face)
    for muscle, known in facts.load().anatomy.muscles.items():
        if known.paired:
            left, right = grid.of(muscle, Side.LEFT), grid.of(muscle, Side.RIGHT)
            np.testing.assert_array_equal(grid.x_mm[left], -grid.x_mm[right])
            np.testing.assert_array_equal(grid.y_mm[left], grid.y_mm[right])
        else:
            places = {(round(x, 6), round(y, 6)) for x, y in zip(grid.x_mm, grid.y_mm, strict=True)}
            own = grid.of(muscle, Side.MIDLINE)
            middle = zip(-grid.x_mm[own], grid.y_mm[own], strict=True)
            assert {(round(x, 6), round(y, 6)) for x, y in middle} <= places


def strength_lost(face: Face, spacing_factor: float) -> NDArray[np.float64]:
    """Strength that 4 U at every named site take from each muscle at once."""
    grid = elements(face, spacing_factor)
    places = [
        (side.sign * x_mm, y_mm)
        for site in facts.load().anatomy.sites
        for side in sides_of(site)
        for x_mm, y_mm, _ in [place_site(face, site, side)]
    ]
    parameters = calibrated()
    lying = density(
        np.full(len(places), 4.0),
        np.array(places),
        np.full(len(places), parameters.sigma_mm),
        np.column_stack([grid.x_mm, grid.y_mm]),
        np.ones((len(places), len(grid.x_mm))),
    )
    lost = blocked(
        lying / parameters.action("botox-cosmetic").half_effect, hill=parameters.hill, ceiling=0.875
    )
    return lost @ group_weights(grid.weight, grid.muscle, len(grid.names))


def test_a_finer_cut_converges() -> None:
    coarse, finer, finest = (strength_lost(WOMAN, factor) for factor in (1, 0.25, 0.125))
    assert np.abs(finer - finest).max() < 0.015
    assert np.abs(coarse - finest).max() < 0.04
    assert np.abs(finer - finest).mean() < np.abs(coarse - finest).mean()


def test_the_bellies_of_a_v_shaped_frontalis_part_towards_the_hairline() -> None:
    def nearest_to_the_middle(face: Face) -> float:
        grid = elements(face)
        own = grid.of("frontalis", Side.LEFT)
        high = own[grid.y_mm[own] > face.c_line_mm]
        return float(grid.x_mm[high].min())

    parted = Face.fit("female", Measures(frontalis="v-shaped"))
    assert nearest_to_the_middle(parted) > nearest_to_the_middle(WOMAN) + 4


@pytest.mark.parametrize(
    ("x_mm", "y_mm", "inside"),
    [(1, 1, True), (3, 3, False), (5, 1, True), (3, 0.5, True), (-1, 1, False), (7, 1, False)],
)
def test_a_point_is_inside_an_outline_with_a_notch_or_not(
    x_mm: float, y_mm: float, inside: bool
) -> None:
    notched = np.array([[0, 0], [6, 0], [6, 4], [4, 4], [4, 1], [2, 1], [2, 4], [0, 4]], float)
    assert contains(notched, np.array([x_mm]), np.array([y_mm])).tolist() == [inside]


@pytest.mark.parametrize(
    ("x_mm", "y_mm", "side", "muscle"),
    [
        (0, 10, Side.MIDLINE, "procerus"),
        (18, 25, Side.RIGHT, "corrugator"),
        (11, 10, Side.LEFT, "depressor-supercilii"),
        (25, 55, Side.LEFT, "frontalis"),
        (60, 0, Side.RIGHT, "orbicularis-oculi"),
        (31, -25, Side.LEFT, ""),
    ],
)
def test_the_muscle_under_a_point_is_found(
    x_mm: float, y_mm: float, side: Side, muscle: str
) -> None:
    assert muscle_at(WOMAN, x_mm, y_mm, side) == muscle
