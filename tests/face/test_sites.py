"""Named sites: they follow the landmarks of the face, and keep their distances in true mm."""

from __future__ import annotations

import pytest
from hypothesis import given

from glabella import facts
from glabella.errors import GeometryError, InputError
from glabella.face import Face, Side, place_site
from glabella.face.muscles import muscle_at
from glabella.face.sites import locate, sides_of, site_facts
from glabella.facts.anatomy import Place
from tests.face.faces import faces
from tests.laws import law

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
