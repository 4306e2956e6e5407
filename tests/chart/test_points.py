"""Points on the chart: depth as shape, product as colour and letter, captions that keep apart."""

import pytest

from glabella import facts
from glabella.chart import PRODUCTS, ChartPoint, face_svg, label_places
from glabella.face import Face, Side
from tests.chart.drawing import SVG, by_id, parsed, words


def point(number: int = 1, **changes: object) -> ChartPoint:
    usual = {"x_mm": 16.0, "y_mm": 23.5, "side": Side.LEFT, "depth": "muscle", "units": 4}
    values = usual | {"product_id": "botox-cosmetic", "key": f"p{number}"} | changes
    return ChartPoint(number=number, **values)


def drawn(face: Face, *points: ChartPoint) -> dict[str, object]:
    root = parsed(face_svg(face, points=points))
    return {n.attrib["data-key"]: n for n in root.iter(f"{SVG}g") if "data-key" in n.attrib}


def test_every_product_of_the_facts_has_its_own_letter_and_colour() -> None:
    assert set(PRODUCTS) == set(facts.load().products)
    assert len({style.letter for style in PRODUCTS.values()}) == len(PRODUCTS)
    assert len({style.colour for style in PRODUCTS.values()}) == len(PRODUCTS)


@pytest.mark.parametrize(
    ("depth", "shape", "fill"),
    [("dermis", "circle", "#ffffff"), ("muscle", "circle", "#5a3d9a"), ("bone", "rect", "#5a3d9a")],
)
def test_depth_is_drawn_as_ring_dot_or_square(
    face: Face, depth: str, shape: str, fill: str
) -> None:
    node = drawn(face, point(depth=depth))["p1"]
    marks = [n for n in node.iter() if n.attrib.get("class") == "point-shape"]
    assert [(n.tag, n.attrib["fill"]) for n in marks] == [(SVG + shape, fill)]


def test_a_point_says_its_units_and_its_letter_with_number(face: Face) -> None:
    node = drawn(face, point(7, units=2.5, product_id="dysport"))["p7"]
    assert words(node) == ["2.5", "D7", "D7"]


def test_an_unknown_product_gets_a_question_mark(face: Face) -> None:
    assert "?1" in words(drawn(face, point(product_id="unheard-of"))["p1"])


def test_points_lie_on_the_patients_side(face: Face) -> None:
    left, right = point(1), point(2, side=Side.RIGHT)
    nodes = drawn(face, left, right)
    assert nodes["p1"].attrib["transform"] == "translate(16 -23.5)"
    assert nodes["p2"].attrib["transform"] == "translate(-16 -23.5)"


def test_names_of_points_are_escaped(face: Face) -> None:
    node = drawn(face, point(name="<b>&"))["p1"]
    assert node.find(f"{SVG}title").text == "<b>&, 4 U, muscle"


def test_points_of_the_last_visit_are_pale_and_cannot_be_taken_for_todays(face: Face) -> None:
    root = parsed(face_svg(face, ghost=[point()]))
    layer = next(n for n in root.iter() if n.attrib.get("data-layer") == "ghost")
    assert len(layer) == 1
    assert words(layer) == []


def test_captions_of_near_points_go_to_different_sides() -> None:
    low, high = point(1, y_mm=20.0), point(2, y_mm=26.0)
    places = label_places([high, low])
    assert places["p2"] != "below"


def test_a_caption_alone_goes_below() -> None:
    assert label_places([point()]) == {"p1": "below"}


def test_the_editable_face_carries_a_stencil_for_each_product_and_depth(face: Face) -> None:
    ids = by_id(parsed(face_svg(face, editable=True)))
    wanted = {f"stencil-{p}-{d}" for p in PRODUCTS for d in ("dermis", "muscle", "bone")}
    assert wanted <= set(ids)
