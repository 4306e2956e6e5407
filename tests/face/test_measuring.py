"""A face fitted to a patient's measures, and the landmarks that follow."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella import facts
from glabella.chart import contour, mouth
from glabella.errors import GeometryError
from glabella.face import BrowHeights, Face, Measures, Side
from glabella.face.frame import LOWER_FACE
from tests.face.faces import faces
from tests.laws import law


@pytest.mark.parametrize("sex", ["female", "male"])
def test_without_measures_the_face_is_that_of_the_facts(sex: str) -> None:
    known, face = facts.load().anatomy.faces[sex], Face.fit(sex)
    assert face.scale == 1
    assert face.pupil_mm == known.interpupillary_mm.value / 2
    assert face.lateral_canthus_mm - face.medial_canthus_mm == known.eye_width_mm.value
    assert face.brow_left == face.brow_right
    assert face.hairline_mm > face.frontalis_top_mm > face.c_line_mm > face.rim_height_mm


@law
@given(st.floats(45, 80))
def test_a_wider_face_is_larger_in_all_that_was_not_measured(interpupillary_mm: float) -> None:
    usual = Face.fit("female")
    face = Face.fit("female", Measures(interpupillary_mm=interpupillary_mm))
    for name in ("medial_canthus_mm", "lateral_canthus_mm", "rim_height_mm", "forehead_height_mm"):
        assert getattr(face, name) == pytest.approx(face.scale * getattr(usual, name)), name


@law
@given(st.floats(8, 18), st.floats(0, 4), st.floats(0, 4), st.floats(55, 75))
def test_the_brow_runs_through_its_measured_heights(
    medial: float, arch: float, fall: float, interpupillary_mm: float
) -> None:
    """Within a millimetre: nodes stand about five apart, straight lines between them."""
    peak, lateral = medial + arch, medial + arch - fall
    heights = BrowHeights(medial_mm=medial, peak_mm=peak, lateral_mm=lateral)
    face = Face.fit("female", Measures(brow_left=heights, interpupillary_mm=interpupillary_mm))
    x, y = face.brow_nodes(Side.LEFT)
    at = np.interp([face.medial_canthus_mm, face.arch_mm, face.lateral_canthus_mm], x, y)
    np.testing.assert_allclose(at - face.pupil_height_mm, [medial, peak, lateral], atol=1)


def test_one_measured_brow_speaks_for_both() -> None:
    low = BrowHeights(medial_mm=9, peak_mm=11, lateral_mm=10)
    face = Face.fit("male", Measures(brow_right=low))
    assert face.brow_left == face.brow_right == low


def test_the_heights_of_the_forehead_are_those_that_were_measured() -> None:
    face = Face.fit("female", Measures(forehead_height_mm=70, c_line_fraction=0.5))
    upper_brow = face.hairline_mm - 70
    assert upper_brow == pytest.approx(face.brow_upper_mm(Side.LEFT, face.medial_canthus_mm), abs=1)
    assert face.c_line_mm - upper_brow == pytest.approx(35)


@law
@given(faces)
def test_the_landmarks_keep_their_order_on_any_face(face: Face) -> None:
    x, y = face.brow_nodes(Side.RIGHT)
    assert 0 < x[0] < face.medial_canthus_mm < face.pupil_mm < face.lateral_canthus_mm < x[-1]
    assert np.all(np.diff(x) > 0)
    assert np.all(np.isfinite(y))
    assert face.hairline_mm > face.c_line_mm


@pytest.mark.parametrize(
    ("x_mm", "y_mm", "half_width"),
    [
        (90, 20, 71),
        (0, 75, 71),
        (60, -60, 55),
        (10, -171, 55),
        (-1, 20, 71),
        (float("nan"), 20, 71),
    ],
)
def test_a_point_off_the_face_is_told_where_the_face_is(
    x_mm: float, y_mm: float, half_width: float
) -> None:
    words = f"-170 mm .the neck. and 74 mm .the hairline.*within {half_width} mm of the midline"
    with pytest.raises(GeometryError, match=words):
        Face.fit("female").require_on_face(x_mm, y_mm)


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize(
    ("x_mm", "y_mm"), [(8, -16), (31, -75), (7, -89), (48, -60), (20, -140), (0, -50), (64, 0)]
)
def test_points_of_the_lower_face_and_the_neck_are_on_the_face(
    sex: Literal["female", "male"], x_mm: float, y_mm: float
) -> None:
    Face.fit(sex).require_on_face(x_mm, y_mm)


@law
@given(faces)
def test_the_lower_face_keeps_its_order_and_scales_with_the_face(face: Face) -> None:
    known = facts.load().anatomy.faces[face.sex]
    heights = [
        face.nose_base_mm,
        face.upper_lip_mm,
        face.mouth_mm,
        face.lower_lip_mm,
        face.mental_crease_mm,
        face.chin_mm,
        face.neck_mm,
    ]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] < 0
    assert face.nose_width_mm < face.mouth_corner_mm < face.jaw_angle_mm
    for name in LOWER_FACE:
        assert getattr(face, name) == pytest.approx(face.scale * getattr(known, name).value), name


def test_the_landmarks_of_the_default_face_are_where_it_is_drawn() -> None:
    """Distances in mm; the drawing's nodes are not the landmarks, so a little play is left."""
    face = Face.fit("female")
    assert face.chin_mm == contour.SKIN_HALF[-1][1]
    assert face.nose_width_mm == pytest.approx(max(x for x, _ in contour.ALA), abs=0.5)
    assert face.nose_base_mm == pytest.approx(min(y for _, y in contour.COLUMELLA), abs=0.5)
    assert (face.mouth_corner_mm, face.mouth_mm) == pytest.approx(mouth.MOUTH[-1], abs=0.5)
    assert face.upper_lip_mm == pytest.approx(max(y for _, y in mouth.CUPID), abs=1)
    assert face.lower_lip_mm == pytest.approx(min(y for _, y in mouth.LOWER_LIP), abs=0.1)
    assert face.mental_crease_mm == pytest.approx(max(y for _, y in contour.CHIN_FOLD), abs=0.1)
    jaw = [(-y, x) for x, y in contour.SKIN_HALF if y < 0]
    drawn = np.interp(-face.jaw_angle_height_mm, *np.array(jaw).T)
    assert face.jaw_angle_mm == pytest.approx(drawn, abs=1)
