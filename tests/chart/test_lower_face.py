"""The drawn lower face and neck: each field of a state moves what it tells of."""

from itertools import pairwise
from typing import Any

import pytest

from glabella.chart import ChartPoint, face_svg, view_of
from glabella.chart.motion import Parts, parts
from glabella.chart.style import View, view_box
from glabella.face import Face, Side
from glabella.facts import load
from glabella.plan import FaceState
from tests.chart.drawing import nodes, parsed

BOTH = ("left", "right")
SMILING = {"corner": 8.0, "upper_lip": 6.0, "lower_lip": -3.0}


def state(expression: str = "rest", **told: Any) -> FaceState:
    empty = {"brow_mm": {}, "lid_mm": {}, "lower_lid_mm": {}, "lines": {}}
    return FaceState(day=0, expression=expression, **empty | told)


def mouth(corner: float = 0, upper_lip: float = 0, **right: float) -> dict[str, dict[str, float]]:
    left = {"corner": corner, "upper_lip": upper_lip}
    return {"left": left, "right": left | right}


def at(drawn: Parts, part: str) -> list[tuple[float, float]]:
    return nodes(str(drawn[part]["d"]))


def area(path: list[tuple[float, float]]) -> float:
    ring = pairwise([*path, path[0]])
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in ring)) / 2


def corners(drawn: Parts) -> dict[str, tuple[float, float]]:
    line = at(drawn, "mouth")
    return {"right": line[0], "left": line[-1]}


@pytest.mark.parametrize("side", BOTH)
def test_a_corner_goes_up_and_down_by_the_millimetres_of_its_side(face: Face, side: str) -> None:
    still = corners(parts(face, None))
    told = {side: {"corner": -2.0, "upper_lip": 0.0}}
    drooping = corners(parts(face, state(mouth_mm=told)))
    other = next(one for one in BOTH if one != side)
    assert drooping[side][1] - still[side][1] == pytest.approx(2, abs=0.05)
    assert drooping[other] == pytest.approx(still[other], abs=0.05)


def test_a_smile_lifts_widens_and_parts_the_lips(face: Face) -> None:
    still = parts(face, None)
    smiling = parts(face, state("smile", mouth_mm=dict.fromkeys(BOTH, SMILING)))
    assert corners(smiling)["left"][0] > corners(still)["left"][0] + 4
    assert corners(smiling)["left"][1] < corners(still)["left"][1] - 7
    assert area(at(still, "oral")) < 0.5
    assert area(at(smiling, "teeth")) > 100


def test_gum_shows_when_the_lip_rises_above_it_and_not_when_a_treatment_holds_it(
    face: Face,
) -> None:
    def gum(lip: float) -> float:
        told = {"corner": 8.0, "upper_lip": lip, "lower_lip": -3.0}
        return area(at(parts(face, state("smile", mouth_mm=dict.fromkeys(BOTH, told))), "gum"))

    assert gum(3) < 1 < gum(6) < gum(8)


def test_a_record_that_says_nothing_of_the_mouth_still_smiles(face: Face) -> None:
    assert corners(parts(face, state("smile")))["left"][1] < corners(parts(face, None))["left"][1]


def test_lips_never_cross_whatever_is_said(face: Face) -> None:
    for upper, lower in ((-6, 5), (0, 9), (-9, 0)):
        told = {"corner": 0.0, "upper_lip": upper, "lower_lip": lower}
        drawn = parts(face, state("smile", mouth_mm=dict.fromkeys(BOTH, told)))
        line = at(drawn, "mouth")
        below = at(drawn, "lip-lower")[: len(line)]
        assert all(y <= low + 0.05 for (_, y), (_, low) in zip(line, below, strict=True))


def test_a_pucker_narrows_the_mouth_less_when_it_is_treated(face: Face) -> None:
    def width(close: float) -> float:
        return corners(parts(face, state("pucker", lip_close=close)))["left"][0]

    assert width(1) < width(0.5) < width(0)


def test_a_slimmer_jaw_is_drawn_slimmer_on_its_side_only(face: Face) -> None:
    def jaw(drawn: Parts, sign: int) -> float:
        return max(sign * x for x, y in at(drawn, "jaw-line") if 50 < y < 60)

    still, slim = parts(face, None), parts(face, state(jaw_mm={"left": -4.0}))
    assert jaw(still, 1) - jaw(slim, 1) == pytest.approx(4, abs=0.1)
    assert jaw(still, -1) == pytest.approx(jaw(slim, -1))
    assert slim["skin"]["d"] == slim["skin-clip"]["d"] != still["skin"]["d"]


def test_the_masseter_stands_out_in_a_bite_and_less_when_it_is_weak(face: Face) -> None:
    def shown(expression: str, wider: float) -> float:
        told = state(expression, jaw_mm=dict.fromkeys(BOTH, wider))
        return float(parts(face, told)["masseter-left"]["opacity"])

    assert shown("rest", 3) == 0
    assert shown("bite", 3) > shown("bite", -2) > 0


def test_the_tip_of_the_nose_goes_down_and_the_wings_stay(face: Face) -> None:
    still, down = parts(face, None), parts(face, state("smile", tip_mm=-2.0, mouth_mm=mouth()))
    lowest = [max(y for _, y in at(drawn, "nose-columella")) for drawn in (still, down)]
    assert lowest[1] - lowest[0] == pytest.approx(2, abs=0.05)
    assert still["nose-wing-left"] == down["nose-wing-left"]


def test_a_drawn_up_chin_lifts_its_pad_and_deepens_its_fold(face: Face) -> None:
    still, drawn_up = parts(face, None), parts(face, state(chin_dimple=1.0))
    assert max(y for _, y in at(drawn_up, "skin")) < max(y for _, y in at(still, "skin"))
    assert float(drawn_up["chin-fold"]["opacity"]) > float(still["chin-fold"]["opacity"])


@pytest.mark.parametrize(
    ("told", "part"),
    [
        ("bunny-lines-left", "line-bunny-1-left"),
        ("bunny-lines-right", "line-bunny-2-right"),
        ("lip-lines", "line-lip-1"),
        ("chin", "line-chin-dimples"),
        ("platysma-left", "line-band-1-left"),
        ("platysma-right", "line-band-2-right"),
    ],
)
def test_each_area_draws_its_own_lines_and_no_others(face: Face, told: str, part: str) -> None:
    still, lined = parts(face, None), parts(face, state(lines={told: 3.0}))
    shown = {name for name in lined if lined[name] != still[name]}
    assert part in shown
    assert all(name.startswith("line-") for name in shown)
    kind = part.split("-")[1]
    assert all(name.split("-")[1] == kind for name in shown)
    if told.endswith(BOTH):
        assert all(name.endswith(told.rpartition("-")[2]) for name in shown)


def test_an_uneven_state_mirrors_into_its_image(face: Face) -> None:
    uneven = {"corner": 6.0, "upper_lip": 4.0, "lower_lip": -2.0}
    even = {"corner": 2.0, "upper_lip": 1.0, "lower_lip": -1.0}
    one = parts(face, state("smile", mouth_mm={"left": uneven, "right": even}))
    other = parts(face, state("smile", mouth_mm={"left": even, "right": uneven}))
    for part in ("mouth", "teeth", "lip-upper", "lip-lower"):
        image = [(-x, y) for x, y in at(other, part)]
        for x, y in at(one, part):
            assert min(abs(x - px) + abs(y - py) for px, py in image) < 0.2


def test_every_muscle_lies_on_the_drawn_face_or_neck(face: Face) -> None:
    root = parsed(face_svg(face, layers=("muscles",), view="whole"))
    drawn = {node.attrib["data-muscle"] for node in root.iter() if "data-muscle" in node.attrib}
    assert drawn == set(load().anatomy.muscles)
    titles = [node.text or "" for node in root.iter() if node.tag.endswith("title")]
    assert any("never a target" in title for title in titles)


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize(
    ("heights", "view"),
    [((60, 5), "upper"), ((-66, -160), "lower"), ((60, -66), "whole"), ((), "upper")],
)
def test_a_record_shows_as_much_as_holds_its_points(
    sex: str, heights: tuple[float, ...], view: View
) -> None:
    points = [ChartPoint(i, 10, y, Side.LEFT, "muscle", 2, "xeomin") for i, y in enumerate(heights)]
    assert view_of(Face.fit(sex), points) == view


@pytest.mark.parametrize("sex", ["female", "male"])
def test_the_lower_view_holds_the_whole_treated_neck(sex: str) -> None:
    face = Face.fit(sex)
    _, top, _, height = view_box(face, "lower")
    assert top <= 0
    assert top + height > -face.neck_mm
