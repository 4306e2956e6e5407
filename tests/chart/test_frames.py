"""Frames for the page: the same geometry as the picture, day by day, as small differences."""

import json

import pytest

from glabella.chart import brow_svg, curves_svg, face_svg, frames, panel
from glabella.chart.frames import EXPRESSIONS
from glabella.chart.motion import parts
from glabella.face import Face
from glabella.plan import Forecast
from tests.chart.drawing import by_id, parsed


@pytest.fixture(scope="module")
def moving(face: Face, told: Forecast) -> dict:
    return frames(face, told)


def unfolded(moving: dict, expression: str) -> dict[int, dict]:
    """What the page holds after putting the differences together, over the face at rest."""
    before, days = moving["base"] if expression == "rest" else {}, {}
    for frame in moving["expressions"][expression]:
        before = before | frame["parts"]
        days[frame["day"]] = before
    if expression == "rest":
        return days
    rest = unfolded(moving, "rest")
    return {day: rest[day] | own for day, own in days.items()}


def test_every_part_of_the_frames_is_in_the_picture(face: Face, moving: dict) -> None:
    ids = set(by_id(parsed(face_svg(face))))
    assert {f"part-{name}" for name in moving["base"]} <= ids
    for list_of_frames in moving["expressions"].values():
        for frame in list_of_frames:
            assert {f"part-{name}" for name in frame["parts"]} <= ids


def test_the_base_is_the_drawn_neutral_face(face: Face, moving: dict) -> None:
    ids = by_id(parsed(face_svg(face)))
    for name, values in moving["base"].items():
        assert ids[f"part-{name}"].attrib["d"] == values["d"]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_differences_add_up_to_what_the_state_says(
    face: Face, told: Forecast, moving: dict, expression: str
) -> None:
    held = unfolded(moving, expression)
    states = {s.day: s for s in told.states if s.expression == expression}
    assert held.keys() <= states.keys()
    assert list(held) == moving["days"]
    for day, together in held.items():
        wanted = parts(face, states[day])
        for name, values in wanted.items():
            if values.get("opacity") == 0:
                assert together[name]["opacity"] == 0
            else:
                assert together[name] == values


def test_paths_of_a_part_keep_their_structure_so_that_days_can_be_blended(moving: dict) -> None:
    def shape(path: str) -> str:
        return "".join(c for c in path if c.isalpha())

    for expression in moving["expressions"]:
        for together in unfolded(moving, expression).values():
            for name, values in together.items():
                assert shape(values["d"]) == shape(moving["base"][name]["d"])


def test_the_curves_and_the_profile_have_the_parts_that_move(told: Forecast, moving: dict) -> None:
    ids = set(by_id(parsed(curves_svg(told)))) | set(by_id(parsed(brow_svg(told, 0))))
    for frame in moving["curves"]:
        assert {f"part-{name}" for name in frame["parts"]} <= ids


def test_the_texts_are_those_that_the_panel_shows(told: Forecast, moving: dict) -> None:
    shown = panel(told)
    said = moving["texts"][0]["texts"]
    for row in shown["grades"]:
        assert said[row["key"]] == row["share_now"]
    for brow in shown["brows"]:
        for place, text in brow["words"]:
            assert said[f"{brow['key']}-{place}"] == text


def test_an_upper_face_plan_pays_little_for_the_lower_face(moving: dict) -> None:
    for expression in ("pucker", "bite", "neck"):
        frames_of_it = moving["expressions"][expression]
        assert not any("brow" in name for frame in frames_of_it for name in frame["parts"])
        assert not any(frame["parts"] for frame in frames_of_it[1:])


def test_frames_are_plain_json_of_modest_size(moving: dict) -> None:
    assert len(json.dumps(moving)) < 700_000
