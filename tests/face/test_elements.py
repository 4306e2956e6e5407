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
from glabella.face.muscles import MEANT_FIRST, contains, elements, muscle_at, outline, warp
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


@law
@given(faces)
def test_no_element_lies_off_the_face(face: Face) -> None:
    grid = elements(face)
    treated = ~grid.orbit
    for x_mm, y_mm in zip(np.abs(grid.x_mm[treated]), grid.y_mm[treated], strict=True):
        assert x_mm <= face.half_width_mm(y_mm) + 1, (x_mm, y_mm)
        assert face.neck_mm <= y_mm <= face.hairline_mm


def test_a_muscle_is_cut_into_few_elements() -> None:
    """Many would make every forecast slow; fewer than three say nothing of where toxin lies."""
    for sex in ("female", "male"):
        grid = elements(Face.fit(sex))
        assert {3 <= len(grid.of(*name)) <= 35 for name in grid.names} == {True}
        assert len(grid.x_mm) <= 400


def test_the_lower_face_stretches_to_the_chin_and_the_neck_of_a_man() -> None:
    man = Face.fit("male")
    x, y = warp(man, np.array([0.0, 10.0]), np.array([WOMAN.chin_mm, WOMAN.neck_mm]))
    np.testing.assert_allclose(y, [man.chin_mm, man.neck_mm])
    assert x[1] == pytest.approx(10 * man.interpupillary_mm / WOMAN.interpupillary_mm)


def test_the_medial_borders_of_the_mouth_corners_depressors_stand_apart_as_measured() -> None:
    """29.7 mm at the mandible, Hur 2008."""
    left, right = (
        np.array(outline(WOMAN, "depressor-anguli-oris", side)) for side in (Side.LEFT, Side.RIGHT)
    )
    lowest = left[:, 1].argmin()
    assert left[lowest, 0] - right[lowest, 0] == pytest.approx(29.7)


def test_the_lip_lifter_runs_in_the_direction_that_was_measured() -> None:
    """20.2 degrees from the midline, SD 3.2 (Hwang 2009)."""
    grid = elements(WOMAN)
    own = grid.of("levator-labii-alaeque-nasi", Side.LEFT)
    along = np.polyfit(grid.y_mm[own], grid.x_mm[own], 1)[0]
    assert np.degrees(np.arctan(-along)) == pytest.approx(20.2, abs=3.2)


def test_sentinels_are_never_what_a_point_is_meant_for() -> None:
    known = facts.load().anatomy.muscles
    sentinels = {muscle for muscle, row in known.items() if row.sentinel}
    assert sentinels == {"levator-palpebrae", "lateral-rectus", "zygomaticus", "depressor-labii"}
    assert set(MEANT_FIRST) == set(known) - sentinels
    grid = elements(WOMAN)
    for index in np.flatnonzero(grid.x_mm > 0):
        found = muscle_at(WOMAN, grid.x_mm[index], grid.y_mm[index], Side.LEFT)
        assert found not in sentinels


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
    assert np.abs(finer - finest).max() < 0.02
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
        (8, -16, Side.LEFT, "nasalis"),
        (22, -41, Side.RIGHT, "levator-labii-alaeque-nasi"),
        (0, -50, Side.MIDLINE, "depressor-septi"),
        (10, -60, Side.LEFT, "orbicularis-oris"),
        (31, -75.5, Side.RIGHT, "depressor-anguli-oris"),
        (7, -89, Side.LEFT, "mentalis"),
        (48, -58, Side.LEFT, "masseter"),
        (20, -130, Side.LEFT, "platysma"),
        (38, -30, Side.LEFT, ""),
    ],
)
def test_the_muscle_under_a_point_is_found(
    x_mm: float, y_mm: float, side: Side, muscle: str
) -> None:
    assert muscle_at(WOMAN, x_mm, y_mm, side) == muscle
