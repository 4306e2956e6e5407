"""Goals that cannot be meant are refused: what is wrong, and what to do, never a plan."""

from __future__ import annotations

import re
from typing import Any

import pytest

from glabella import facts
from glabella.errors import GeometryError, InputError
from glabella.face.frame import Face
from glabella.plan.goals import contradictions
from glabella.plan.goals.aims import aims_of
from glabella.plan.goals.contradictions import muscles_of, refuse
from glabella.plan.parameters import Parameters, calibrated
from tests.plan.goals import BROW, HIGH_LEFT, THREE, aims, given, goal
from tests.plan.plans import both

LATERAL = {"lines": THREE, "areas": {"lateral-canthal": {}}}
DUE = "2026-12-04"

# What is asked; words of the refusal; words of the way out; a goal near it that can be meant.
REFUSED: dict[str, tuple[dict[str, Any], str, str, dict[str, Any]]] = {
    "no baseline grade": (
        {"areas": {"forehead": {}}},
        "`forehead` has no baseline grade",
        "give them in `patient.lines.forehead`",
        {"areas": {"forehead": {}}, "lines": THREE},
    ),
    "no lines": (
        {"lines": {"glabella": {"maximum": 0}}},
        "no lines at full movement",
        "Leave it out",
        {"lines": {"glabella": {"maximum": 1}}},
    ),
    "grade as it is": (
        {"areas": {"glabella": {"grade": 3}}},
        "severe at most and is severe already",
        "Ask for moderate (2) or less",
        {"areas": {"glabella": {"grade": 2}}},
    ),
    "grade above what is": (
        {"areas": {"glabella": {"grade": 3}}, "lines": {"glabella": {"maximum": 1}}},
        "severe at most and is mild already",
        "Ask for none (0) or less",
        {"areas": {"glabella": {"grade": 0}}, "lines": {"glabella": {"maximum": 1}}},
    ),
    "grade against movement": (
        {"areas": {"glabella": {"grade": 0, "movement": "lively"}}},
        "none at most and lively movement cannot both be",
        "Either ask for still movement, or accept mild lines (1)",
        {"areas": {"glabella": {"grade": 1, "movement": "lively"}}},
    ),
    "treated and spared": (
        {"spare": ["glabella"]},
        "both to be treated and to be spared",
        "Take it out of `areas` or out of `spare`",
        {"spare": ["forehead"]},
    ),
    "its only muscle is spared": (
        {**LATERAL, "spare": ["orbicularis-oculi"]},
        "come from orbicularis-oculi, which `spare` keeps whole",
        "or the muscle out of `spare`",
        {**LATERAL, "spare": ["zygomaticus"]},
    ),
    "all its muscles are spared": (
        {"spare": ["corrugator", "procerus", "depressor-supercilii"]},
        "come from corrugator and procerus",
        "Take the area out of `areas`",
        {"spare": ["procerus"]},
    ),
    "a word that is nothing": (
        {"spare": ["eyebrow"]},
        "`eyebrow`, which is no area and no muscle",
        "Areas: glabella",
        {"spare": ["levator-palpebrae"]},
    ),
    "lift without its muscle": (
        {"brow": "lift-lateral", "spare": ["orbicularis-oculi"]},
        "keeps orbicularis-oculi, which pulls it down",
        "Take it out of `spare`",
        {"brow": "lift-lateral", "spare": ["frontalis"]},
    ),
    "lift without its area": (
        {"brow": "lift-lateral", "spare": ["lateral-canthal"]},
        "keeps lateral-canthal, which pulls it down",
        "ask for another shape",
        {"brow": "keep", "spare": ["lateral-canthal"]},
    ),
    "lift by the forehead": (
        {"brow": "lift-lateral", "areas": {"forehead": {}}, "lines": THREE},
        "no area that pulls a brow down may be treated",
        "Add `lateral-canthal` or `glabella`",
        {"brow": "lift-lateral", "areas": {"forehead": {}, "glabella": {}}, "lines": THREE},
    ),
    "level without measures": (
        {"preset": "match-other-side", "measures": {"brow_left": BROW}},
        "it is not known how far apart they are",
        "Measure both brows",
        {"preset": "match-other-side", "measures": HIGH_LEFT},
    ),
    "a brow where nobody has one": (
        {"measures": {"brow_left": BROW | {"peak_mm": 100}}},
        "`measures.brow_left.peak_mm` is 100 mm; brows stand 10 to 22 mm above",
        "Measure again, straight up from the pupil's centre",
        {"measures": {"brow_left": BROW}},
    ),
    "worse at rest than in movement": (
        {"lines": {"glabella": {"maximum": 2, "rest": 3}}},
        "graded 3 at rest and 2 at full movement",
        "Grade them again",
        {"lines": {"glabella": {"maximum": 3, "rest": 3}}},
    ),
    "held in a spared area": (
        {"held": both(site="frontalis-upper", units=2), "spare": ["forehead"]},
        "Held point 1 (Frontalis, upper",
        "Take the point away",
        {"held": both(site="frontalis-upper", units=2)},
    ),
    "held in a spared muscle": (
        {"held": [{"site": "procerus", "units": 2}], "spare": ["procerus"]},
        "lies in procerus, which is to be spared",
        "out of `spare`",
        {"held": [{"site": "procerus", "units": 2}], "spare": ["corrugator"]},
    ),
    "held where no point may be": (
        {"held": both(x_mm=30, y_mm=22, units=2)},
        "mm from the upper orbital rim",
        "Move it to",
        {"held": both(site="corrugator-medial", units=2)},
    ),
    "held above the goal's limit": (
        {"held": both(site="corrugator-medial", units=8), "most_units": 12},
        "held points have 16 U Botox Cosmetic together, and the goal allows 12 U Botox Cosmetic",
        "raise `most_units`",
        {"held": both(site="corrugator-medial", units=6), "most_units": 12},
    ),
    "less than a step": (
        {"most_units": 0.4},
        "0.4 U Botox Cosmetic, less than one step of 0.5 U",
        "Raise it, or leave it out",
        {"most_units": 0.5},
    ),
    "a step that cannot be drawn": (
        {"step_units": 0.2},
        "0.2 U Botox Cosmetic, which cannot be drawn",
        "Give a multiple of it",
        {"step_units": 1},
    ),
    "a step between the marks": (
        {"step_units": 4, "product": "dysport"},
        "goes in steps of 2.5 U",
        "Give a multiple of it",
        {"step_units": 5, "product": "dysport"},
    ),
    "a step above the limit of a point": (
        {"step_units": 25},
        "more than a point of the area `glabella` may get: the label has 4 U Botox Cosmetic",
        "Give a smaller step",
        {"step_units": 4},
    ),
    "no units known": (
        {"product": "dysport", "areas": {"forehead": {}}, "lines": THREE},
        "knows no units of Dysport for the area `forehead`",
        "Choose another product, or leave the area out and chart it by hand",
        {"product": "xeomin", "areas": {"forehead": {}}, "lines": THREE},
    ),
    "units of another product": (
        {"areas": {"chin": {}}, "lines": {"chin": {"maximum": 3}}},
        "knows no units of Botox Cosmetic for the area `chin`",
        "chart it by hand",
        {},
    ),
    "unknown product": ({"product": "botulax"}, "No product 'botulax'", "botox-cosmetic", {}),
    "planned in the history": (
        {"treatments": [given("2026-03-01", status="planned")]},
        "Treatment 1 of the goal, of 2026-03-01, is marked as planned",
        'mark it as "given"',
        {"treatments": [given("2026-03-01")]},
    ),
    "treated after the date": (
        {"treatments": [given("2026-11-21")]},
        "given on 2026-11-21, after the goal's date, 2026-11-20",
        "Mend one of the dates",
        {"treatments": [given("2026-06-20")]},
    ),
    "reviewed after the date": (
        {"treatments": [given("2026-06-20")], "reviews": [{"date": "2026-11-21"}]},
        "Review 1 is of 2026-11-21, after",
        "Mend one of the dates",
        {"treatments": [given("2026-06-20")], "reviews": [{"date": "2026-07-04"}]},
    ),
    "a review of nothing": (
        {"reviews": [{"date": "2026-07-04"}]},
        "Review 1, of 2026-07-04, follows no treatment",
        "Give the treatment that it reviews",
        {"treatments": [given("2026-06-20")], "reviews": [{"date": "2026-07-04"}]},
    ),
    "a review before the treatment": (
        {"treatments": [given("2026-06-20")], "reviews": [{"date": "2026-06-20"}]},
        "follows no treatment",
        "leave the review out",
        {"treatments": [given("2026-06-20")], "reviews": [{"date": "2026-06-21"}]},
    ),
    "too soon after the last": (
        {"treatments": [given("2026-11-20")], "date": "2026-12-03"},
        "no top-up before day 14",
        "Wait until day 14",
        {"treatments": [given("2026-11-20")], "date": DUE},
    ),
    "contraindicated": (
        {"conditions": ["infection-at-site"]},
        "Contraindicated with Botox Cosmetic",
        "clear it with the prescriber first",
        {"conditions": ["keloid-tendency"]},
    ),
    "too young": (
        {"age_years": 17},
        "The patient is 17: Botox Cosmetic is for adults from 18",
        "Do not treat",
        {"age_years": 18},
    ),
    "a vial that does not exist": (
        {"vial_units": 300, "diluent_ml": 2.5},
        "comes in vials of 50 U or 100 U, not 300 U",
        "Check product and vial",
        {"vial_units": 100, "diluent_ml": 2.5},
    ),
    "no units left": (
        {"treatments": [given("2026-09-01", injections=both(site="masseter-middle", units=200))]},
        "the limit is 400 U Botox Cosmetic in 90 days, and 400 U Botox Cosmetic were given before",
        "Wait until 30 November 2026",
        {"treatments": [given("2026-08-01", injections=both(site="masseter-middle", units=200))]},
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_with_what_is_wrong_and_what_to_do(case: str) -> None:
    asked, wrong, mend, _ = REFUSED[case]
    with pytest.raises(InputError) as refused:
        aims(**asked)
    assert wrong in str(refused.value)
    assert mend in str(refused.value)


@pytest.mark.parametrize("case", REFUSED)
def test_the_goal_beside_it_can_be_meant(case: str) -> None:
    assert aims(**REFUSED[case][3]).areas


@pytest.mark.parametrize("case", REFUSED)
def test_units_are_never_told_without_their_product(case: str) -> None:
    with pytest.raises(InputError) as refused:
        aims(**REFUSED[case][0])
    bare = re.findall(r"\d U(?! [A-Z])[^.]*", str(refused.value))
    for words in bare:
        assert re.search(r"Botox Cosmetic|Dysport", str(refused.value).partition(words)[0]), words


def test_the_severity_that_forbids_it_is_told_beside_the_limit_of_the_grade() -> None:
    with pytest.raises(InputError) as refused:
        aims(areas={"glabella": {"grade": 0, "movement": "lively"}})
    found = re.search(r"come to (\d\.\d\d) on day 30 .* ends at (\d\.\d)\.", str(refused.value))
    assert found is not None
    assert float(found[1]) > float(found[2]) == 0.5


def test_lines_that_stand_at_rest_are_not_promised_away() -> None:
    lines = {"glabella": {"maximum": 3, "rest": 3}}
    early = {"grade": 0, "movement": "still", "day": 10}
    with pytest.raises(InputError, match="Part of them is there at rest") as refused:
        aims(areas={"glabella": early}, lines=lines)
    assert "accept mild lines (1), or ask for a later day" in str(refused.value)
    assert aims(areas={"glabella": early | {"day": 30}}, lines=lines).areas[0].grade == 0


def test_a_product_that_the_model_does_not_know_is_not_planned_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = calibrated()
    fewer = tuple(pair for pair in known.products if pair[0] != "jeuveau")
    fields = {name: getattr(known, name) for name in Parameters.__dataclass_fields__}
    monkeypatch.setattr(
        contradictions, "calibrated", lambda: Parameters(**{**fields, "products": fewer})
    )
    with pytest.raises(InputError, match="does not know how Jeuveau acts") as refused:
        aims(product="jeuveau")
    assert "chart Jeuveau by hand" in str(refused.value)
    assert aims(product="botox-cosmetic").areas


def test_a_held_point_off_the_face_is_a_matter_of_geometry() -> None:
    with pytest.raises(GeometryError):
        aims(held=both(x_mm=89, y_mm=0, units=2))


def test_an_unknown_site_in_the_history_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="There is no site `nose-top`"):
        aims(treatments=[given("2026-03-01", injections=both(site="nose-top", units=2))])


def test_every_area_of_lines_has_a_muscle_that_can_be_treated() -> None:
    anatomy = facts.load().anatomy
    for area in THREE:
        assert muscles_of(area)
        assert not any(anatomy.muscles[muscle].sentinel for muscle in muscles_of(area))


def test_what_is_held_is_placed_once_and_handed_on() -> None:
    asked = goal(held=both(site="corrugator-medial", units=2))
    face = Face.fit("female")
    doses = refuse(asked, "keep", face, {})
    assert [dose.units.amount for dose in doses] == [2, 2]
    assert not refuse(goal(), "keep", face, {})
    assert aims_of(asked).most_units == 20
