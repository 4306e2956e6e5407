"""Where a plan may put points: the sites that have a name, and safe places between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from glabella import facts
from glabella.face.frame import BothSides, Face, Side
from glabella.face.muscles import muscle_at
from glabella.plan.geometry_rules import geometry_findings
from glabella.plan.search.candidates import GRID_MM, OF_THE_PATTERN, Candidate, candidates
from glabella.units import Units
from tests.laws import law
from tests.plan.asked import goal
from tests.plan.drawn import measures

AREAS = ("glabella", "forehead", "lateral-canthal", "bunny-lines", "lip-lines", "chin", "platysma")
FACE = Face.fit("female")


def of(*areas: str, spare: frozenset[str] = frozenset()) -> tuple[Candidate, ...]:
    return candidates(FACE, areas, "botox-cosmetic", spare)


@pytest.mark.parametrize("area", AREAS)
def test_every_site_of_an_area_is_a_candidate(area: str) -> None:
    sites = {name for name, site in facts.load().anatomy.sites.items() if site.area == area}
    assert {one.site for one in of(area) if one.site} == sites


@pytest.mark.parametrize("area", ["glabella", "forehead", "lateral-canthal"])
def test_there_are_places_between_the_sites(area: str) -> None:
    assert any(not one.site for one in of(area))


def test_places_of_the_grid_keep_their_distance() -> None:
    grid = [one for one in of(*AREAS[:3]) if not one.site]
    for number, one in enumerate(grid):
        for two in grid[:number]:
            assert np.hypot(one.x_mm - two.x_mm, one.y_mm - two.y_mm) > 0.45 * GRID_MM


def test_a_spared_muscle_gets_no_point() -> None:
    spared = of("glabella", "forehead", spare=frozenset({"procerus"}))
    assert "procerus" not in {one.muscle for one in spared}
    assert "corrugator" in {one.muscle for one in spared}


def test_a_spared_area_gets_no_point() -> None:
    spared = of("glabella", "forehead", spare=frozenset({"forehead"}))
    assert {one.area for one in spared} == {"glabella"}


def test_a_midline_place_has_one_side_and_the_others_two() -> None:
    for one in of(*AREAS):
        midline = one.x_mm == 0
        assert one.sides == ((Side.MIDLINE,) if midline else BothSides)


def test_a_name_says_where_a_place_without_a_site_is() -> None:
    nameless = next(one for one in of("forehead") if not one.site)
    assert "mm out" in nameless.name
    assert "mm up" in nameless.name


@law
@given(measured=measures)
def test_no_candidate_stands_where_a_rule_forbids_it(measured: dict[str, object]) -> None:
    face = Face.fit("female", goal(measures=measured).patient.measures)
    for one in candidates(face, AREAS[:3], "botox-cosmetic"):
        for side in one.sides:
            found = geometry_findings(
                face, (one.on(side, Units(1, "botox-cosmetic")),), facts.load().safety
            )
            own = [finding for finding in found if finding.code not in OF_THE_PATTERN]
            assert not [finding for finding in own if finding.severity == "stop"]
            assert one.site or not own


@law
@given(measured=measures)
def test_a_place_of_the_grid_lies_over_the_muscle_that_is_meant(
    measured: dict[str, object],
) -> None:
    face = Face.fit("female", goal(measures=measured).patient.measures)
    for one in candidates(face, AREAS[:3], "botox-cosmetic"):
        if not one.site:
            assert muscle_at(face, one.x_mm, one.y_mm, one.sides[0], one.depth) == one.muscle
