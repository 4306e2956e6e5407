"""Pictures of the body: every point is named, left is left, and nothing lies off the picture."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from glabella import chart, facts
from glabella.chart.style import OTHER_PRODUCT, PRODUCTS
from glabella.face import Side
from glabella.plan.body.session import BodyInjection
from tests.plan.sessions import session

MAPS = list(facts.load().body_maps.maps)
SVG = "{http://www.w3.org/2000/svg}"


def point(side: Side, x_mm: float = 20.0, **more: object) -> chart.ChartPoint:
    about = {"number": 1, "x_mm": x_mm, "y_mm": 0.0, "side": side, "depth": "muscle"}
    about |= {"units": 5, "product_id": "botox", "key": "p1", "name": "Soleus, left"}
    return chart.ChartPoint(**(about | more))  # type: ignore[arg-type]


def place_of_point(svg: str) -> float:
    found = re.search(r'class="point"[^>]*transform="translate\((-?[\d.]+)', svg)
    assert found is not None
    return float(found[1])


@pytest.mark.parametrize("key", MAPS)
def test_every_picture_is_well_formed_and_says_what_it_is(key: str) -> None:
    drawn = chart.body_svg(key)
    root = ET.fromstring(drawn)
    name = facts.load().body_maps.maps[key].name
    assert root.attrib["aria-label"] == name
    titles = {node.text for node in root.iter(f"{SVG}title")}
    for target in facts.load().body_maps.targets.values():
        if target.map == key:
            sides = ("left", "right") if target.paired else ("midline",)
            for side in sides:
                words = f"{target.name}, {side}" + (", deep" if target.deep else "")
                assert words in titles


@pytest.mark.parametrize("key", MAPS)
def test_each_picture_says_which_side_is_the_patients_left(key: str) -> None:
    texts = re.findall(r'<text x="(-?[\d.]+)"[^>]*>(left|right)</text>', chart.body_svg(key))
    where = {side: float(x) for x, side in texts}
    behind = facts.load().body_maps.maps[key].from_behind
    assert (where["left"] < where["right"]) is behind


def test_seen_from_behind_the_left_is_drawn_on_the_left() -> None:
    assert place_of_point(chart.body_svg("arms", points=[point(Side.LEFT)])) == 20
    assert place_of_point(chart.body_svg("legs", points=[point(Side.LEFT)])) == -20
    assert place_of_point(chart.body_svg("legs", points=[point(Side.RIGHT)])) == 20


def test_a_point_is_named_with_its_units_and_depth() -> None:
    drawn = chart.body_svg("legs", points=[point(Side.LEFT)])
    assert "<title>Soleus, left, 5 U, muscle</title>" in drawn


def test_a_title_from_outside_cannot_write_the_page() -> None:
    drawn = chart.body_svg("eyes", title='<script>"')
    assert "<script>" not in drawn


def test_only_the_muscles_that_are_named_are_shown() -> None:
    drawn = chart.body_svg("head-sides", named=("temporalis",))
    assert 'data-target="temporalis"' in drawn
    assert 'data-target="scalenus"' not in drawn


def test_a_session_shows_each_injection_once_at_a_mark_of_its_own() -> None:
    told = session()
    points = [one for group in chart.session_points(told).values() for one in group]
    assert len(points) == 31
    places = {(group, p.x_mm, p.y_mm, p.side)
              for group, own in chart.session_points(told).items() for p in own}  # fmt: skip
    assert len(places) == 31
    ET.fromstring(chart.session_svg(told))


def test_the_bladder_has_a_grid_on_both_sides_of_its_middle() -> None:
    told = session("neurogenic-bladder")
    [points] = chart.session_points(told).values()
    sides = [one.side for one in points]
    assert len(points) == 30
    assert sides.count(Side.LEFT) == sides.count(Side.RIGHT)


def test_more_injections_than_marks_begin_again_at_the_first() -> None:
    [first] = {chart.place_of("corrugator", Side.LEFT, index) for index in range(3)}
    assert first == (13, 24)
    one = BodyInjection(target="corrugator", side=Side.LEFT, units=5)
    assert len(chart.session_points(session(injections=(one, one, one)))["head-front"]) == 3


def test_the_two_products_of_one_toxin_are_told_apart_by_letter_and_colour() -> None:
    assert PRODUCTS["botox"].letter != PRODUCTS["botox-cosmetic"].letter
    assert PRODUCTS["botox"].colour != PRODUCTS["botox-cosmetic"].colour
    assert PRODUCTS["botox"] != OTHER_PRODUCT
