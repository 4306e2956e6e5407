"""Droplets and their regions on paper: small rings in groups, regions broken, zones hatched."""

from __future__ import annotations

from typing import Any

import pytest

from glabella import facts
from glabella.chart import ChartPoint, face_svg, label_places
from glabella.chart.points import points_layer
from glabella.face import Face, Side
from glabella.facts.anatomy import Depth
from tests.chart.drawing import SVG, parsed

SKIN = facts.load().model.skin
ZONES = facts.load().droplets.keep_off


def point(number: int, region: str = "", **more: Any) -> ChartPoint:
    depth: Depth = "dermis" if region else "muscle"
    usual: dict[str, Any] = {"y_mm": 50.0, "side": Side.LEFT, "depth": depth, "units": 0.18}
    usual |= {"x_mm": 3.0 * number, "product_id": "botox-cosmetic", "key": f"k{number}"}
    return ChartPoint(number=number, region=region, **(usual | more))


def layer(*points: ChartPoint) -> Any:
    return parsed(f'<svg xmlns="{SVG[1:-1]}">{points_layer(points)}</svg>')


def test_droplets_of_a_region_are_one_group_with_one_title() -> None:
    drawn = layer(*[point(i, "forehead") for i in range(1, 8)], point(9, "nose"), point(10))
    groups = [one for one in drawn.iter() if one.get("class") == "droplets"]
    assert [len(group.findall(f"{SVG}circle")) for group in groups] == [7, 1]
    assert groups[0].findtext(f"{SVG}title") == "7 droplets, forehead, 0.18 U each"
    assert len([one for one in drawn.iter() if one.get("class") == "point"]) == 1


def test_products_are_told_apart() -> None:
    drawn = layer(point(1, "nose"), point(2, "nose", product_id="dysport"))
    groups = [one for one in drawn.iter() if one.get("class") == "droplets"]
    assert len({group.get("stroke") for group in groups}) == 2


def test_droplets_have_no_captions_and_take_no_room_from_others() -> None:
    crowd = [point(i, "forehead", x_mm=20 + i / 10) for i in range(1, 50)]
    alone = point(60, x_mm=21)
    assert label_places([*crowd, alone]) == label_places([alone])


def test_droplets_of_the_last_visit_are_small_too() -> None:
    drawn = parsed(
        f'<svg xmlns="{SVG[1:-1]}">{points_layer([], ghost=[point(1, "nose"), point(2)])}</svg>'
    )
    small, large = (float(one.get("r") or 0) for one in drawn.iter(f"{SVG}circle"))
    assert small < large / 2


@pytest.mark.parametrize("sex", ["female", "male"])
def test_the_skin_layer_has_every_region_and_zone_on_both_sides(sex: Any) -> None:
    drawn = parsed(face_svg(Face.fit(sex), layers=("skin",)))
    regions = [one for one in drawn.iter() if one.get("data-region")]
    zones = [one for one in drawn.iter() if one.get("data-keep-off")]
    assert {one.get("data-region") for one in regions} == set(SKIN.regions)
    assert {one.get("data-keep-off") for one in zones} == set(ZONES)
    for found in (regions, zones):
        sides = [one.get("data-side") for one in found]
        assert sides.count("left") == sides.count("right") == len(found) / 2


def test_a_zone_says_what_it_risks_and_does_not_rest_on_colour() -> None:
    drawn = parsed(face_svg(Face.fit("female"), layers=("skin",)))
    (lips, _) = (one for one in drawn.iter() if one.get("data-keep-off") == "lip-elevators")
    title = lips.findtext(f"{SVG}title")
    assert title == "No droplets: Muscles that lift the lip (an uneven or dropped smile), left"
    assert [one for one in lips.iter() if one.get("clip-path")], "no hatching"


def test_ids_of_two_faces_on_a_page_do_not_meet() -> None:
    face = Face.fit("female")
    first, second = (
        {one.get("id") for one in parsed(face_svg(face, layers=("skin",), prefix=prefix)).iter()}
        for prefix in ("a-", "b-")
    )
    assert not (first & second) - {None}
