"""The drawn face: well-formed, mirrored, the same every time, and true to the state it is given."""

import pytest

from glabella.chart import LAYERS, face_svg
from glabella.chart.motion import parts
from glabella.chart.style import View
from glabella.face import BrowHeights, Face, Measures, Side
from glabella.plan import FaceState
from tests.chart.drawing import by_id, nodes, parsed

TWO_ROUNDINGS_MM = 0.2
SIDED_LINES = ("lateral-canthal", "bunny-lines", "platysma")
LINES = (
    *("glabella", "forehead", "lip-lines", "chin"),
    *(f"{area}-{side}" for area in SIDED_LINES for side in ("left", "right")),
)


def state(
    expression: str = "rest", *, brow: float = 0, lid: float = 0, lower: float = 0, lines: float = 0
) -> FaceState:
    both = ("left", "right")
    return FaceState(
        day=0,
        expression=expression,
        brow_mm=dict.fromkeys(both, (brow,) * 9),
        lid_mm=dict.fromkeys(both, lid),
        lower_lid_mm=dict.fromkeys(both, lower),
        lines=dict.fromkeys(LINES, lines),
    )


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("view", ["upper", "lower", "head", "whole"])
def test_the_face_is_one_well_formed_picture_with_every_layer(sex: str, view: View) -> None:
    root = parsed(face_svg(Face.fit(sex), layers=LAYERS, view=view))
    layers = {node.attrib["data-layer"] for node in root.iter() if "data-layer" in node.attrib}
    assert layers == {*LAYERS, "points", "ghost"}
    assert root.attrib["role"] == "img"
    assert root.find("{http://www.w3.org/2000/svg}title") is not None


def test_ids_are_unique_and_take_the_prefix(face: Face) -> None:
    text = face_svg(face, layers=LAYERS, prefix="before-", editable=True)
    ids = [node.attrib["id"] for node in parsed(text).iter() if "id" in node.attrib]
    assert len(ids) == len(set(ids))
    assert all(name.startswith("before-") for name in ids)


def test_the_same_face_is_drawn_the_same_every_time(face: Face) -> None:
    assert face_svg(face, layers=LAYERS) == face_svg(face, layers=LAYERS)


def test_a_title_is_escaped(face: Face) -> None:
    root = parsed(face_svg(face, title='<script>"&'))
    assert root.attrib["aria-label"] == '<script>"&'


@pytest.mark.parametrize(
    "part",
    [
        "brow",
        "eye",
        "lid",
        "lid-lower",
        "crease",
        "line-canthal-2",
        "line-bunny-1",
        "line-band-2",
        "nose-wing",
        "masseter",
        "marionette",
    ],
)
def test_left_and_right_are_mirror_images(face: Face, part: str) -> None:
    drawn = parts(face, state("smile", brow=1, lines=2))
    left = nodes(str(drawn[f"{part}-left"]["d"]))
    right = nodes(str(drawn[f"{part}-right"]["d"]))
    assert len(left) == len(right)
    for x, y in left:
        assert min(abs(-x - px) + abs(y - py) for px, py in right) < TWO_ROUNDINGS_MM


def test_the_patients_left_is_on_the_right_of_the_picture(face: Face) -> None:
    assert all(x > 0 for x, _ in nodes(str(parts(face, None)["brow-left"]["d"])))


def test_the_drawn_brow_lies_on_the_brow_of_the_face(face: Face) -> None:
    x, y = face.brow_nodes(Side.LEFT)
    drawn = nodes(str(parts(face, None)["brow-left"]["d"]))
    middle = (float(x[4]), -float(y[4]))
    assert min(abs(px - middle[0]) + abs(py - middle[1]) for px, py in drawn) < 0.1


def test_a_measured_brow_is_drawn_higher() -> None:
    high = BrowHeights(medial_mm=16, peak_mm=20, lateral_mm=18)
    lifted = parts(Face.fit("female", Measures(brow_left=high)), None)
    usual = parts(Face.fit("female"), None)
    assert top(lifted, "brow-left") < top(usual, "brow-left")


def top(drawn: dict[str, dict[str, str | float]], part: str) -> float:
    return min(y for _, y in nodes(str(drawn[part]["d"])))


def test_the_brow_goes_up_when_the_state_says_up(face: Face) -> None:
    still, raised = parts(face, state()), parts(face, state("raise", brow=4))
    for side in ("left", "right"):
        moved = top(still, f"brow-{side}") - top(raised, f"brow-{side}")
        assert moved == pytest.approx(4, abs=0.15)


def test_a_frown_draws_the_heads_of_the_brows_together(face: Face) -> None:
    def gap(drawn: dict[str, dict[str, str | float]]) -> float:
        return min(x for x, _ in nodes(str(drawn["brow-left"]["d"])))

    assert gap(parts(face, state("frown", lines=3))) < gap(parts(face, state("frown")))


def test_a_falling_lid_narrows_the_eye_and_never_crosses_the_lower_lid(face: Face) -> None:
    def opening(lid: float) -> float:
        drawn = nodes(str(parts(face, state(lid=lid))["eye-left"]["d"]))
        return max(y for _, y in drawn) - min(y for _, y in drawn)

    assert opening(-2) < opening(0)
    assert opening(-30) >= 0


def test_lines_show_with_severity_and_not_without(face: Face) -> None:
    none, mild, severe = (parts(face, state("frown", lines=n)) for n in (0, 1, 3))
    names = [name for name in none if name.startswith("line-")]
    assert len(names) > 15
    assert all(none[name]["opacity"] == 0 for name in names)
    for name in names:
        assert mild[name]["opacity"] <= severe[name]["opacity"]
        assert severe[name]["opacity"] > 0.5


def test_no_state_is_the_face_at_rest_without_lines(face: Face) -> None:
    assert parts(face, None) == parts(face, state())


def test_every_moving_part_is_in_the_picture_as_computed(face: Face) -> None:
    shown = state("smile", brow=1.3, lid=-0.4, lower=1, lines=2)
    ids = by_id(parsed(face_svg(face, state=shown)))
    for name, values in parts(face, shown).items():
        drawn = ids[f"part-{name}"].attrib
        assert {key: drawn[key] for key in values if key == "d"} == {"d": values["d"]}


def test_gradients_are_in_user_space_for_the_pdf(face: Face) -> None:
    found = [n for n in parsed(face_svg(face)).iter() if n.tag.endswith("Gradient")]
    assert found
    assert all(node.attrib["gradientUnits"] == "userSpaceOnUse" for node in found)
