"""Plans side by side: small faces with points and brows, bars against what is asked, the front."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from glabella.chart import ChartPoint, Compared, compare_box, compare_svg, gauge_svg, tradeoff_svg
from glabella.chart.compare import state_of
from glabella.face import Face, Side
from glabella.plan import Treatment
from glabella.plan.search.proposal import AreaOutcome, BrowOutcome, Outcome, TradeOff
from tests.chart.drawing import SVG, by_id, parsed, words

DAY = Treatment(date=date(2026, 3, 2), product="botox-cosmetic", protocol="glabella")


def area(name: str = "glabella", **more: Any) -> AreaOutcome:
    usual = {
        "side": Side.MIDLINE,
        "day": 30,
        "grade": 1,
        "asked_chance": 0.7,
        "chance": 0.8,
        "before_chance": 0.02,
        "median_grade": 1.0,
        "kept": 0.4,
        "kept_low": 0.2,
        "kept_high": 0.6,
        "asked_kept": 0.3,
        "units": 12.0,
        "reached": True,
    }
    return AreaOutcome(area=name, **(usual | more))


def outcome(*areas: AreaOutcome, brow: tuple[BrowOutcome, ...] = ()) -> Outcome:
    return Outcome(
        name="Proposal <1>",
        units=12,
        by_product={"botox-cosmetic": 12},
        points=1,
        areas=areas or (area(),),
        risks=(),
        brow=brow,
        brow_reached=True,
        reached=True,
        treatments=(DAY,),
    )


def brow(side: Side = Side.LEFT, **more: float) -> BrowOutcome:
    return BrowOutcome(side=side, **({"medial_mm": 0.0, "peak_mm": 0.0, "lateral_mm": 0.0} | more))


def point(number: int = 1, **more: Any) -> ChartPoint:
    usual = {"x_mm": 16.0, "y_mm": 23.5, "side": Side.RIGHT, "depth": "muscle", "units": 2.5}
    values = usual | {"product_id": "botox-cosmetic", "key": str(number - 1)} | more
    return ChartPoint(number=number, **values)


def drawn(face: Face, told: Outcome, *points: ChartPoint, prefix: str = "a-") -> Any:
    return parsed(compare_svg(face, told, points, box=compare_box(face, points), prefix=prefix))


def marked(root: Any, class_: str) -> list[Any]:
    return [node for node in root.iter() if node.attrib.get("class") == class_]


def test_a_point_lies_on_the_patients_side_with_its_units_in_it(face: Face) -> None:
    (node,) = marked(drawn(face, outcome(), point()), "small-point")
    assert node.attrib["transform"] == "translate(-16 -23.5)"
    assert node.attrib["data-point"] == "0"
    assert words(node) == ["2.5"]


@pytest.mark.parametrize(("depth", "shape"), [("dermis", "circle"), ("bone", "rect")])
def test_depth_is_a_shape_here_too(face: Face, depth: str, shape: str) -> None:
    (node,) = marked(drawn(face, outcome(), point(depth=depth)), "small-point")
    (mark,) = marked(node, "point-shape")
    assert mark.tag == SVG + shape


def test_the_picture_says_whose_plan_it_is_without_breaking_on_signs(face: Face) -> None:
    root = drawn(face, outcome(), point())
    assert root.attrib["aria-label"] == "Proposal <1>: 1 point"


def test_faces_that_are_compared_show_the_same_part_of_the_face(face: Face) -> None:
    low = point(2, y_mm=-60.0, x_mm=30.0)
    box = compare_box(face, [point(), low])
    assert box.top < -point().y_mm < box.top + box.height
    assert box.top < -low.y_mm < box.top + box.height
    assert compare_box(face, [point()]).height < box.height


def test_the_box_widens_for_a_point_at_the_edge(face: Face) -> None:
    box = compare_box(face, [point(x_mm=72.0)])
    assert box.width / 2 > 72.0


def test_ids_of_two_faces_on_one_page_keep_apart(face: Face) -> None:
    one = by_id(drawn(face, outcome(), point(), prefix="a-"))
    other = by_id(drawn(face, outcome(), point(), prefix="b-"))
    assert one
    assert not set(one) & set(other)


def test_lines_are_as_deep_as_the_plan_leaves_them(face: Face) -> None:
    def depth(severity: float) -> float:
        root = drawn(face, outcome(area("forehead", median_grade=severity)))
        return float(by_id(root)["a-part-line-forehead-2"].attrib["opacity"])

    assert depth(0.2) < depth(1.5) < depth(3.0)


def test_where_one_side_is_told_of_the_other_is_drawn_alike(face: Face) -> None:
    told = outcome(area("lateral-canthal", side=Side.LEFT, median_grade=2.0))
    lines = state_of(face, told).lines
    assert lines["lateral-canthal-left"] == lines["lateral-canthal-right"] == 2.0


def test_two_sides_that_are_told_of_keep_their_own_depth(face: Face) -> None:
    left = area("lateral-canthal", side=Side.LEFT, median_grade=2.0)
    right = area("lateral-canthal", side=Side.RIGHT, median_grade=0.5)
    lines = state_of(face, outcome(left, right)).lines
    assert (lines["lateral-canthal-left"], lines["lateral-canthal-right"]) == (2.0, 0.5)


def test_a_brow_that_moves_carries_arrows_with_millimetres(face: Face) -> None:
    told = outcome(brow=(brow(peak_mm=-0.8, lateral_mm=0.6),))
    (group,) = marked(drawn(face, told), "brow-move")
    assert set(words(group)) == {"−0.8", "+0.6"}


def test_a_brow_that_hardly_moves_carries_none(face: Face) -> None:
    told = outcome(brow=(brow(peak_mm=-0.1, lateral_mm=0.2),))
    assert not marked(drawn(face, told), "brow-move")


def test_the_drawn_brow_rises_where_the_outcome_says(face: Face) -> None:
    state = state_of(face, outcome(brow=(brow(medial_mm=-1.0, lateral_mm=1.0),)))
    rises = state.brow_mm["left"]
    assert rises[0] == -1.0
    assert rises[-1] == 1.0


@pytest.mark.parametrize(("good", "colour"), [(True, "#0b5563"), (False, "#a3231c")])
def test_a_bar_is_as_long_as_its_share_with_a_line_at_the_mark(good: bool, colour: str) -> None:
    track, bar, rule = parsed(
        gauge_svg(0.5, 0.7, good=good).replace("<svg", f'<svg xmlns="{SVG[1:-1]}"', 1)
    )
    assert float(track.attrib["width"]) == 100
    assert float(bar.attrib["width"]) == 50
    assert bar.attrib["fill"] == colour
    assert float(rule.attrib["x"]) == pytest.approx(69.5)


def test_a_share_beyond_the_end_of_its_bar_stays_inside() -> None:
    assert 'width="100"' in gauge_svg(0.4, 0.05, most=0.1, good=False)


def trade_off(units: float, chance: float, **more: Any) -> TradeOff:
    usual = {
        "points": 3,
        "chances": {},
        "kept": 0.4,
        "brow_mm": -0.2,
        "worst_risk": 0.3,
        "worst_event": "",
        "reached": chance >= 0.7,
        "treatment": DAY,
    }
    return TradeOff(units=units, chance=chance, **(usual | more))


FRONT = [trade_off(20, 0.85), trade_off(5, 0.3), trade_off(10, 0.6, brow_mm=-1.4)]


def curve(*compared: Compared, front: list[TradeOff] = FRONT) -> Any:
    return parsed(tradeoff_svg(front, product_name="Botox Cosmetic", compared=compared))


def test_the_plans_of_the_curve_stand_in_order_of_their_units() -> None:
    dots = marked(curve(), "tradeoff-plan")
    across = [float(dot.attrib["cx"]) for dot in dots]
    assert [dot.attrib["data-plan"] for dot in dots] == ["0", "1", "2"]
    assert across == sorted(across)


def test_more_chance_lies_higher() -> None:
    up = [-float(dot.attrib["cy"]) for dot in marked(curve(), "tradeoff-plan")]
    assert up == sorted(up)


def test_a_plan_that_reaches_the_goal_is_a_full_dot() -> None:
    fills = [dot.attrib["fill"] for dot in marked(curve(), "tradeoff-plan")]
    assert fills == ["#ffffff", "#ffffff", "#0b5563"]


def test_the_curve_says_in_words_what_it_shows() -> None:
    said = curve().attrib["aria-label"]
    assert "3 plans from 5 to 20 U Botox Cosmetic" in said
    assert "30% to 85%" in said


def test_label_and_last_visit_are_marked_by_letter() -> None:
    root = curve(Compared("L", 20, 0.9), Compared("V", 64, 0.95))
    assert {"L", "V"} <= set(words(root))


def test_marks_at_one_place_share_it() -> None:
    root = curve(Compared("L", 20, 0.9), Compared("V", 20, 0.9))
    assert "LV" in words(root)


def test_nothing_is_drawn_for_no_plan() -> None:
    root = curve(front=[])
    assert root.attrib["aria-label"] == "No plan to be shown"
    assert not marked(root, "tradeoff-plan")
