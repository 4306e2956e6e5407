"""Layers over the face: muscles with fibres inside them, danger zones, sites where they lie."""

import re

import numpy as np
import pytest

from glabella import facts
from glabella.chart.motion import DRAWINGS, NEUTRAL, parts
from glabella.chart.overlays import layer
from glabella.chart.style import View, view_box
from glabella.face import Face, Side, place_site
from glabella.face.muscles import contains, outline
from glabella.face.sites import locate
from glabella.plan import FaceState
from tests.chart.drawing import SVG, parsed

STROKE = re.compile(r"M(-?[\d.]+) (-?[\d.]+)l(-?[\d.]+) (-?[\d.]+)")
RINGS = {"orbicularis-oculi", "orbicularis-oris"}
MUSCLES = sorted(facts.load().anatomy.muscles)


def drawn(face: Face, name: str) -> dict[tuple[str, str], str]:
    """The fibres of each muscle and side, as path data."""
    text = layer(face, name, "").replace("<g ", f'<g xmlns="{SVG[1:-1]}" ', 1)
    found = {}
    for node in parsed(text).iter(f"{SVG}g"):
        if "data-muscle" in node.attrib:
            key = (node.attrib["data-muscle"], node.attrib["data-side"])
            (fibres,) = [n for n in node.iter(f"{SVG}path") if "clip-path" in n.attrib]
            found[key] = fibres.attrib["d"]
    return found


@pytest.fixture(scope="module")
def muscles() -> dict[tuple[str, str], str]:
    return drawn(Face.fit("female"), "muscles")


@pytest.mark.parametrize("muscle", MUSCLES)
def test_a_muscle_is_drawn_on_each_of_its_sides(
    muscles: dict[tuple[str, str], str], muscle: str
) -> None:
    paired = facts.load().anatomy.muscles[muscle].paired
    wanted = {"left", "right"} if paired else {"midline"}
    assert {side for name, side in muscles if name == muscle} == wanted


@pytest.mark.parametrize("muscle", [name for name in MUSCLES if name not in RINGS])
def test_fibres_run_inside_their_muscle(
    muscles: dict[tuple[str, str], str], face: Face, muscle: str
) -> None:
    side = Side.LEFT if facts.load().anatomy.muscles[muscle].paired else Side.MIDLINE
    polygon = np.array(outline(face, muscle, side))
    middles = [
        (float(x) + float(dx) / 2, -float(y) - float(dy) / 2)
        for x, y, dx, dy in STROKE.findall(muscles[muscle, side.value])
    ]
    assert len(middles) >= 2
    x, y = np.array(middles).T
    assert contains(polygon, x, y).all()


@pytest.mark.parametrize("muscle", sorted(RINGS))
def test_a_ring_muscle_has_rings(muscles: dict[tuple[str, str], str], muscle: str) -> None:
    assert muscles[muscle, "left"].count("Z") >= 4


def test_muscles_that_are_never_a_target_have_a_broken_edge(face: Face) -> None:
    for text in layer(face, "muscles", "").split("<g data-muscle")[1:]:
        muscle = text.partition('="')[2].partition('"')[0]
        spared = facts.load().anatomy.muscles[muscle].sentinel
        assert ("stroke-dasharray" in text) == spared
        assert ("never a target" in text) == spared


def test_a_danger_zone_is_drawn_on_both_sides_or_once_in_the_midline(face: Face) -> None:
    text, counts = layer(face, "danger", ""), set()
    for code, zone in facts.load().anatomy.danger_zones.items():
        count = 1 if locate(face, zone.x, Side.LEFT, axis="x") == 0 else 2
        assert text.count(f'data-zone="{code}"') == count
        assert zone.harm in text
        counts.add(count)
    assert counts == {1, 2}


@pytest.mark.parametrize("view", ["lower", "whole"])
def test_every_site_below_the_eyes_lies_in_the_views_that_show_them(face: Face, view: View) -> None:
    left, top, width, height = view_box(face, view)
    for site, known in facts.load().anatomy.sites.items():
        x, y, _ = place_site(face, site, Side.LEFT if known.paired else Side.MIDLINE)
        if y < 0:
            assert left < x < left + width
            assert top < -y < top + height


def test_states_that_differ_in_the_day_alone_share_their_drawing(face: Face) -> None:
    early, late = (FaceState(**{**fields(NEUTRAL), "day": day}) for day in (1, 90))
    for drawing in DRAWINGS:
        assert drawing.of(face, early) is drawing.of(face, late)


def test_a_slimmer_jaw_leaves_brows_mouth_and_lines_as_they_are(face: Face) -> None:
    slim = FaceState(**{**fields(NEUTRAL), "jaw_mm": {"left": -2.0, "right": -2.0}})
    same = [drawing.of(face, slim) is drawing.of(face, NEUTRAL) for drawing in DRAWINGS]
    assert same == [True, False, True, True]


def test_no_part_is_drawn_by_two_groups(face: Face) -> None:
    groups = [set(drawing.of(face, NEUTRAL)) for drawing in DRAWINGS]
    assert sum(map(len, groups)) == len(parts(face, None))


def fields(state: FaceState) -> dict[str, object]:
    return {name: getattr(state, name) for name in state.__struct_fields__}
