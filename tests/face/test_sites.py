"""Named sites: they follow the landmarks of the face, and keep their distances in true mm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from glabella import facts
from glabella.chart import contour
from glabella.errors import GeometryError, InputError
from glabella.face import Face, Measures, Side, place_site
from glabella.face.muscles import muscle_at
from glabella.face.sites import locate, sides_of, site_facts
from glabella.facts.anatomy import Place
from glabella.plan.geometry_rules import in_zone
from tests.face.faces import faces
from tests.laws import law

WOMAN = Face.fit("female")
SITES = sorted(facts.load().anatomy.sites)


@law
@given(faces)
def test_distances_that_protect_the_eye_stay_true_millimetres_on_any_face(face: Face) -> None:
    for side in (Side.LEFT, Side.RIGHT):
        x_mm, y_mm, _ = place_site(face, "corrugator-lateral", side)
        assert y_mm - face.rim_height_mm == pytest.approx(12)
        assert face.pupil_mm - x_mm == pytest.approx(4)
        x_mm, _, _ = place_site(face, "lateral-canthal-middle", side)
        assert x_mm - face.lateral_canthus_mm == pytest.approx(15)


@law
@given(faces)
def test_the_medial_point_stays_two_millimetres_above_its_own_brow(face: Face) -> None:
    for side in (Side.LEFT, Side.RIGHT):
        x_mm, y_mm, _ = place_site(face, "corrugator-medial", side)
        assert x_mm == face.medial_canthus_mm
        assert y_mm - face.brow_upper_mm(side, x_mm) == pytest.approx(2)


@law
@given(faces)
def test_forehead_points_keep_their_share_of_the_way_to_the_top(face: Face) -> None:
    for side in (Side.LEFT, Side.RIGHT):
        x_mm, y_mm, _ = place_site(face, "frontalis-upper", side)
        brow = face.brow_upper_mm(side, x_mm)
        assert y_mm - brow == pytest.approx(0.75 * (face.frontalis_top_mm - brow))


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("sex", ["female", "male"])
def test_a_site_lies_on_the_face_and_in_its_muscle(site: str, sex: str) -> None:
    face = Face.fit(sex)
    for side in sides_of(site):
        x_mm, y_mm, _ = place_site(face, site, side)
        face.require_on_face(x_mm, y_mm)
        assert muscle_at(face, x_mm, y_mm, side) == site_facts(site).muscle


ZONES = facts.load().anatomy.danger_zones


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("interpupillary_mm", [54, 62, 72])
@pytest.mark.parametrize("sex", ["female", "male"])
def test_no_named_site_lies_in_a_zone_that_warns(
    site: str, interpupillary_mm: float, sex: str
) -> None:
    """A zone is there to keep points out: the points that texts name must not stand in it."""
    face = Face.fit(sex, Measures(interpupillary_mm=interpupillary_mm))
    for side in sides_of(site):
        x_mm, y_mm, _ = place_site(face, site, side)
        held = [key for key, zone in ZONES.items() if in_zone(face, zone, side, x_mm, y_mm)]
        assert not [key for key in held if ZONES[key].mend], held


def test_a_zone_holds_its_middle_and_not_its_rim() -> None:
    zone = ZONES["anterior-masseter"]
    x_mm = locate(WOMAN, zone.x, Side.LEFT, axis="x")
    y_mm = locate(WOMAN, zone.y, Side.LEFT, axis="y")
    assert in_zone(WOMAN, zone, Side.LEFT, x_mm, y_mm)
    assert in_zone(WOMAN, zone, Side.LEFT, x_mm + 0.9 * zone.half_width_mm, y_mm)
    assert not in_zone(WOMAN, zone, Side.LEFT, x_mm + zone.half_width_mm, y_mm)
    assert not in_zone(
        WOMAN,
        zone,
        Side.LEFT,
        x_mm + 0.8 * zone.half_width_mm,
        y_mm + 0.8 * zone.half_height_mm,
    )


# Distances of the technique evidence, in mm: nasalis 8 from the ridge; mentalis 5-10 from the
# midline and 10 or more below the lip; the mouth corner's point under the pupil, 12-15 above the
# border of the mandible as it is drawn.
def test_points_of_the_lower_face_lie_where_texts_put_them() -> None:
    x_mm, _, _ = place_site(WOMAN, "nasalis", Side.LEFT)
    assert x_mm == 8
    x_mm, y_mm, _ = place_site(WOMAN, "mentalis", Side.RIGHT)
    assert 5 <= x_mm <= 10
    assert y_mm < min(WOMAN.mental_crease_mm, WOMAN.lower_lip_mm - 10)
    x_mm, y_mm, _ = place_site(WOMAN, "depressor-anguli-oris", Side.LEFT)
    assert x_mm == WOMAN.pupil_mm
    jaw = [(x, y) for x, y in contour.SKIN_HALF if y < WOMAN.jaw_angle_height_mm]
    border = float(np.interp(x_mm, *np.array(jaw[::-1]).T))
    assert 12 <= y_mm - border <= 16


def test_the_yonsei_point_lies_lateral_to_the_wing_of_the_nose() -> None:
    x_mm, y_mm, _ = place_site(WOMAN, "lip-lifter", Side.LEFT)
    assert WOMAN.nose_width_mm < x_mm < WOMAN.mouth_corner_mm
    assert WOMAN.nose_base_mm < y_mm < 0


@law
@given(faces)
def test_the_points_of_a_band_run_down_the_neck_in_order(face: Face) -> None:
    for band in ("platysma-band", "platysma-outer-band"):
        placed = [place_site(face, f"{band}-{number}", Side.LEFT)[:2] for number in range(1, 6)]
        assert len({x for x, _ in placed}) == 1
        heights = [y for _, y in placed]
        assert heights == sorted(heights, reverse=True)
        assert face.neck_mm < heights[-1] < heights[0] < face.chin_mm


@pytest.mark.parametrize("site", SITES)
def test_the_sides_of_an_even_face_are_mirror_images(site: str) -> None:
    placed = {place_site(Face.fit("female"), site, side) for side in sides_of(site)}
    assert len(placed) == 1


def test_a_site_that_nobody_knows_is_refused_with_those_that_are() -> None:
    with pytest.raises(InputError, match=r"no site `chin`.*corrugator-medial.*procerus"):
        site_facts("chin")


@pytest.mark.parametrize(
    ("site", "side", "words"),
    [
        ("procerus", Side.LEFT, "lies midline, not left"),
        ("corrugator-medial", Side.MIDLINE, "lies left or right, not midline"),
    ],
)
def test_a_site_on_a_side_where_it_is_not_is_refused(site: str, side: Side, words: str) -> None:
    with pytest.raises(GeometryError, match=words):
        place_site(Face.fit("female"), site, side)


def test_a_landmark_that_nobody_knows_is_refused_with_those_that_are() -> None:
    with pytest.raises(InputError, match=r"no y landmark `nose`.*rim"):
        locate(Face.fit("female"), Place(anchor="nose"), Side.LEFT, axis="y")
