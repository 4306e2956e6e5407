"""What the words of a goal mean in numbers, and how much of a product it may use."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given as over
from hypothesis import settings

from glabella import facts
from glabella.errors import InputError
from glabella.facts.practice import DoseRange, PracticeArea, SiteParts
from glabella.facts.schema import Fact
from glabella.plan.goals import caps
from glabella.plan.goals.aims import SHAPING, Aims, AreaAim, aims_of
from glabella.plan.goals.asked_lines import HALF_GRADE, severity_at
from glabella.plan.goals.caps import area_cap, point_cap, whole_steps
from glabella.plan.goals.goal import goal_schema, read_goal
from glabella.plan.plan import LineGrades
from tests.plan.goals import BROW, HIGH_LEFT, THREE, aims, given, goal, goals, whole

KNOWN = facts.load().goals
BOTOX = facts.product("botox-cosmetic")


def only(**changes: Any) -> AreaAim:
    """The aim of the one area of a goal."""
    (aim,) = aims(**changes).areas
    return aim


# Presets.


@pytest.mark.parametrize("preset", sorted(KNOWN.presets))
@pytest.mark.parametrize("before", [1, 2, 3])
def test_every_preset_settles_for_every_grade_of_lines(preset: str, before: int) -> None:
    aim = only(
        preset=preset,
        lines={"glabella": {"maximum": before}},
        measures=HIGH_LEFT,
    )
    said = KNOWN.presets[preset]  # type: ignore[index]
    assert aim.grade == min(said.grade.value, before if said.brow in SHAPING else before - 1)
    none = KNOWN.none_chance.value if aim.grade == 0 else 1.0
    assert (aim.chance, aim.day) == (min(said.chance.value, none), said.day.value)
    assert aim.kept == KNOWN.movement[said.movement].kept.value


def test_without_a_preset_the_goal_is_natural() -> None:
    plain, natural = aims(), aims(preset="natural")
    assert plain == natural


def test_what_is_said_comes_before_the_preset() -> None:
    asked = {"grade": 0, "chance": 0.9, "day": 90, "movement": "still", "weight": 3}
    aim = only(preset="preventive", areas={"glabella": asked})
    assert (aim.grade, aim.chance, aim.day, aim.kept, aim.weight) == (0, 0.9, 90, 0.0, 3)


def test_a_first_visit_uses_a_part_of_the_label_and_says_so() -> None:
    aim, share = only(preset="first-visit"), KNOWN.presets["first-visit"].most_share
    assert share is not None
    assert aim.most_units == share.value * BOTOX.areas["glabella"].total_units.value
    assert "First visit" in aim.most_words
    assert "the label has 20 U Botox Cosmetic" in aim.most_words


def test_a_preset_tells_what_was_read_about_it_and_where() -> None:
    told = "\n".join(aims(preset="preventive").notes)
    assert "no agreed definition" in told
    assert "peer review and found none" in told
    assert "no proof" in told
    for one in KNOWN.presets["preventive"].says:
        assert facts.load().sources[one.source].citation in told


def test_what_a_goal_stands_on_is_told_apart_from_what_is_assumed() -> None:
    found = aims(preset="first-visit")
    assert {"aao-facial-aesthetics", "barbarino-2021"} <= set(found.sources)
    assert "glabella-model" not in found.sources
    assert any("start low and go slow" in one for one in found.assumptions)


def test_a_preset_for_men_is_remarked_on_for_a_woman_and_planned() -> None:
    assert any("planned for a woman" in note for note in aims(preset="men").notes)
    assert not any("woman" in note for note in aims(preset="men", sex="male").notes)


def test_a_first_visit_of_someone_treated_before_is_remarked_on() -> None:
    found = aims(preset="first-visit", treatments=[given("2026-03-01")])
    assert any("was treated before" in note for note in found.notes)


def test_prevention_where_lines_stand_at_rest_is_remarked_on() -> None:
    lines = {"glabella": {"maximum": 2, "rest": 1}}
    assert any(
        "at rest there are lines already: glabella" in note
        for note in aims(preset="preventive", lines=lines).notes
    )


def test_the_brow_of_the_goal_comes_before_that_of_the_preset() -> None:
    found = aims(preset="men", brow="keep")
    assert (found.brow, found.brow_mm) == ("keep", KNOWN.brow["keep"].mm.value)


def test_risks_that_are_said_replace_the_usual_ones_and_leave_the_others() -> None:
    found = aims(risks={"lid_ptosis": 0.01})
    assert found.risks["lid_ptosis"] == 0.01
    assert found.risks["brow_ptosis"] == KNOWN.risks["brow_ptosis"].value
    assert set(found.risks) == set(KNOWN.risks)


def test_a_chance_of_nought_is_allowed_with_a_word_on_what_trials_saw() -> None:
    found = aims(risks={"lid_ptosis": 0, "spock_brow": 0})
    assert found.risks["lid_ptosis"] == 0
    lid, spock = found.notes
    assert "5.4 %" in lid
    assert "spock brow" in spock


def test_brows_that_are_level_already_are_remarked_on() -> None:
    near = {"brow_left": {**BROW, "peak_mm": 15.5}, "brow_right": BROW}
    assert any("differ by 0.5 mm" in note for note in aims(brow="level", measures=near).notes)
    assert not any("count" in note for note in aims(brow="level", measures=HIGH_LEFT).notes)


# Grades and movement.


def test_movement_of_the_preset_gives_way_to_a_grade_that_was_said() -> None:
    aim = only(areas={"glabella": {"grade": 0}})
    assert aim.kept == KNOWN.movement["still"].kept.value
    assert "movement is planned still and not soft" in aim.notes[0]


def test_the_grade_of_the_preset_gives_way_to_movement_that_was_said() -> None:
    asked = {"glabella": {"movement": "lively"}}
    lines = {"glabella": {"maximum": 1}}
    assert only(areas=asked, lines=lines).grade == 0
    assert only(areas=asked).grade == 1


@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_more_strength_never_means_lighter_lines(before: int) -> None:
    lines = LineGrades(maximum=before, rest=min(before, 1))
    found = [severity_at(lines, kept, 30) for kept in (0, 0.25, 0.5, 0.75, 1)]
    assert found == sorted(found)


def test_lines_at_rest_are_there_without_any_strength() -> None:
    deep, none = LineGrades(maximum=3, rest=3), LineGrades(maximum=3, rest=0)
    assert severity_at(none, 0, 30) == 0 < severity_at(deep, 0, 30)
    assert severity_at(deep, 0, 150) < severity_at(deep, 0, 10)


def test_an_area_without_lines_may_be_treated_for_the_brow_alone() -> None:
    lines = {"lateral-canthal": {"maximum": 0}}
    aim = only(preset="lateral-lift", areas={"lateral-canthal": {}}, lines=lines)
    assert (aim.grade, aim.before) == (0, 0)


# Units.


def test_the_most_of_an_area_is_the_labels_and_cites_it() -> None:
    found = aims(areas={area: {} for area in THREE}, lines=THREE)
    label = {area: BOTOX.areas[area].most_units for area in THREE}
    assert {aim.area: aim.most_units for aim in found.areas} == {
        area: fact.value for area, fact in label.items()
    }
    assert all(aim.most_from == label[aim.area].source for aim in found.areas)
    assert found.most_units == 64
    assert {aim.most_at_point for aim in found.areas} == {4}
    assert found.step_units == BOTOX.dose_step_units.value


def test_of_an_area_with_levels_the_highest_counts() -> None:
    assert only(areas={"platysma": {}}, lines={"platysma": {"maximum": 3}}).most_units == 36


def test_the_goals_own_limit_counts_where_it_is_the_tightest() -> None:
    found = aims(most_units=12.3)
    assert (found.most_units, found.most_from) == (12, "")
    assert "the goal allows 12.3 U Botox Cosmetic" in found.most_words


def test_what_was_given_within_the_period_leaves_less() -> None:
    found = aims(treatments=[given("2026-09-01", injections=masseter(390))])
    assert (found.most_units, found.most_from) == (10, BOTOX.limits.cumulative_units.source)  # type: ignore[union-attr]
    assert "390 U Botox Cosmetic were given before" in found.most_words
    assert aims(treatments=[given("2026-08-01", injections=masseter(390))]).most_units == 20


def test_the_session_limit_of_a_product_counts() -> None:
    found = aims(product="daxxify", treatments=[])
    limit = facts.product("daxxify").limits.session_units
    assert limit is not None
    assert found.most_units == limit.value


def test_units_of_another_product_never_count() -> None:
    other = given("2026-09-01", product="dysport", protocol="glabella")
    assert aims(treatments=[other]).most_units == 20


def test_held_points_above_the_label_stay_and_nothing_is_added() -> None:
    aim = only(held=both_sides("corrugator-medial", 11))
    assert aim.most_units == 22
    assert "22 U Botox Cosmetic are held" in aim.notes[0]


def test_held_points_in_other_areas_come_on_top() -> None:
    found = aims(held=both_sides("mentalis", 2))
    assert found.most_units == 24
    assert found.areas[0].most_units == 20


@pytest.mark.parametrize(("per", "most"), [("total", 8), ("side", 16), ("point", 32)])
def test_outside_the_label_a_text_that_names_the_product_gives_the_most(
    monkeypatch: pytest.MonkeyPatch, per: Any, most: float
) -> None:
    units = Fact(value=(4.0, 8.0), unit="U", kind="review", source="a-text", locator="page 1")
    area = PracticeArea(
        name="Chin",
        layout=Fact(value="", unit="text", kind="expert", source="a-text", locator="page 1"),
        sites=tuple(SiteParts(site=site, parts=1) for site in ("mentalis", "corrugator-medial")),
        ranges=(
            DoseRange(per=per, units=units, product="dysport"),
            DoseRange(per="total", units=units, product="xeomin"),
        ),
    )
    shelf = facts.load()
    monkeypatch.setattr(caps.facts, "load", lambda: _with_chin(shelf, area))
    found = area_cap(shelf.products["dysport"], "chin")
    assert (found.units, found.source) == (most, "a-text")
    assert point_cap(shelf.products["dysport"], "chin").units == most / 4
    with pytest.raises(InputError, match="knows no units of Botox Cosmetic for the area `chin`"):
        area_cap(shelf.products["botox-cosmetic"], "chin")


def _with_chin(shelf: facts.Facts, area: PracticeArea) -> facts.Facts:
    return msgspec.structs.replace(shelf, practice={"chin": area})


@pytest.mark.parametrize(
    ("units", "step", "found"), [(20, 0.5, 20), (12.3, 0.5, 12), (0.3, 0.1, 0.3), (37.5, 2.5, 37.5)]
)
def test_whole_steps_are_never_more_than_the_units(units: float, step: float, found: float) -> None:
    assert whole_steps(units, step) == pytest.approx(found)


# Any goal.


@over(goals())
@settings(max_examples=300, deadline=None)
def test_any_goal_settles_within_its_limits_or_is_refused_in_words(told: dict[str, Any]) -> None:
    written = json.dumps(told)
    found: Aims | None
    try:
        read = read_goal(written)
        found = aims_of(read)
    except InputError as error:
        told_why = str(error)
        found = None
    if found is None:
        assert len(told_why.split()) > 8
        assert told_why.endswith(".")
        return
    product = facts.product(read.product)
    held = sum(point.units for point in read.held)
    assert 0 < found.step_units <= found.most_units + 1e-9
    assert held <= found.most_units + 1e-9
    assert read.most_units is None or found.most_units <= read.most_units + 1e-9
    assert [aim.area for aim in found.areas] == list(read.areas)
    for aim in found.areas:
        assert aim.area not in found.spare
        assert aim.most_units <= max(product.areas[aim.area].most_units.value, held) + 1e-9
        assert aim.grade <= aim.before
        assert 0 < aim.chance < 1
        least = severity_at(read.patient.lines[aim.area], aim.kept, aim.day)
        assert least < aim.grade + HALF_GRADE
    assert set(found.risks) == set(KNOWN.risks)


# Reading.


def test_the_schema_takes_the_goal_and_no_other_key() -> None:
    schema = goal_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    told = whole(treatments=[given("2026-03-01")], held=both_sides("mentalis", 2))
    jsonschema.validate(told, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told | {"surprise": 1}, schema)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"areas": {}}, "at least one area"),
        ({"areas": {"cheek": {}}}, "Allowed words: bunny-lines, chin"),
        ({"preset": "youthful"}, "Allowed words: first-visit"),
        ({"areas": {"glabella": {"movement": "frozen"}}}, "Allowed words: lively, soft, still"),
        ({"areas": {"glabella": {"grade": 4}}}, "grade"),
        ({"areas": {"glabella": {"chance": 1}}}, "chance"),
        ({"areas": {"glabella": {"day": 3}}}, "day"),
        ({"areas": {"glabella": {"hope": 3}}}, "Allowed here: grade, chance"),
        ({"risks": {"lid_ptosis": 2}}, "risks"),
        ({"risks": {"frown": 0.1}}, "Allowed words: asymmetry, brow_ptosis"),
        ({"date": "1926-11-20"}, "cannot be meant"),
        ({"diluent_ml": 2.5}, "needs the `vial_units`"),
        ({"held": [{"units": 2}]}, "needs a `site`"),
        ({"measures": {"interpupillary_mm": 20}}, "interpupillary_mm"),
        ({"measures": {"brow_left": {**BROW, "peak_mm": 400}}}, "peak_mm"),
        ({"age_years": 300}, "age_years"),
        ({"conditions": ["bad luck"]}, "no condition is called"),
    ],
)
def test_a_goal_that_cannot_be_read_says_what_and_where(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match="The goal cannot be read") as refused:
        goal(**changes)
    assert words in str(refused.value)


def both_sides(site: str, units: float) -> list[dict[str, Any]]:
    return [{"site": site, "side": side, "units": units} for side in ("left", "right")]


def masseter(units: float) -> list[dict[str, Any]]:
    """So many units, far from the areas of the goal."""
    return both_sides("masseter-middle", units / 2)
