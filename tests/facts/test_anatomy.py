"""The facts of muscles, sites and danger zones: figures typed here from the technique evidence."""

from __future__ import annotations

import pytest

from glabella import facts

KNOWN = facts.load()
MUSCLES = KNOWN.anatomy.muscles

# Key, layer, and depth in mm where a text gives it (Botulift table; Toxins 2021;13:28).
LOWER_FACE = [
    ("nasalis", "superficial", (3, 4)),
    ("levator-labii-alaeque-nasi", "superficial", (3, 4)),
    ("depressor-septi", "deep", (3, 5)),
    ("orbicularis-oris", "superficial", None),
    ("depressor-anguli-oris", "superficial", None),
    ("mentalis", "deep", (4, 5)),
    ("masseter", "deep", (15, 25)),
    ("platysma", "superficial", None),
]


@pytest.mark.parametrize(("muscle", "layer", "depth"), LOWER_FACE)
def test_the_muscles_of_the_lower_face_are_as_read(
    muscle: str, layer: str, depth: tuple[float, float] | None
) -> None:
    known = MUSCLES[muscle]
    assert known.layer == layer
    if depth:
        assert known.depth_mm is not None
        assert (known.depth_mm.low, known.depth_mm.high) == depth
    assert not known.sentinel
    assert known.lines is not None


def test_only_muscles_of_fitted_areas_count_as_calibrated() -> None:
    """Rows of areas are fitted, and the drooping lids of the glabella's trials."""
    calibration = KNOWN.calibration
    assert calibration is not None
    fitted = {residual.row for residual in calibration.residuals}
    areas = {row.endpoint.area for row in KNOWN.literature if row.id in fitted}
    treated = {site.muscle for site in KNOWN.anatomy.sites.values() if site.area in areas}
    calibrated = {muscle for muscle, known in MUSCLES.items() if known.calibrated}
    assert treated <= calibrated
    # The first two work with the muscles of the glabella, the third lifts the brow's tail.
    assert calibrated - treated <= {
        "depressor-supercilii",
        "levator-palpebrae",
        "orbicularis-oculi",
    }
    assert not calibrated & {muscle for muscle, _, _ in LOWER_FACE}


def test_an_uncalibrated_muscle_to_treat_says_how_sure_its_mass_is() -> None:
    for muscle, known in MUSCLES.items():
        if not known.calibrated and not known.sentinel:
            thickness = known.thickness_factor
            assert thickness is not None, muscle
            assert thickness.kind == "assumption"
            assert thickness.low is not None
            assert thickness.high is not None
            assert thickness.low < thickness.value < thickness.high


def test_outlines_that_were_not_measured_say_why() -> None:
    for muscle, known in MUSCLES.items():
        if muscle != "corrugator":
            assert known.outline_mm.kind == "assumption", muscle
            assert known.outline_mm.reason


def test_every_danger_zone_names_its_harm_and_source() -> None:
    for key, zone in KNOWN.anatomy.danger_zones.items():
        assert zone.harm, key
        assert zone.basis.source in KNOWN.sources
    assert {key for key, zone in KNOWN.anatomy.danger_zones.items() if zone.mend} == {
        "nose-cheek-groove",
        "medial-to-dao",
        "above-mental-crease",
        "anterior-masseter",
        "central-neck",
        "zygomaticus",
    }
