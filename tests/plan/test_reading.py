"""Reading plans: what is wrong is named with its place, and what is allowed there is listed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from glabella.errors import InputError
from glabella.plan import Plan, plan_schema, read_plan
from tests.plan.plans import patient, treatment

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))
OTHERS = ("body", "case", "goal", "region", "trial")
PLANS = [path for path in EXAMPLES if not path.name.startswith(OTHERS)]

Changes = dict[str, Any]


def text(**changes: Any) -> str:
    return json.dumps({"patient": patient(), "treatments": [treatment()]} | changes)


def session(**changes: Any) -> str:
    return text(treatments=[treatment(**changes)])


def point(**changes: Any) -> str:
    return session(injections=[changes])


def person(**changes: Any) -> str:
    return text(patient=patient(**changes))


def refused(wrong: str | bytes) -> str:
    with pytest.raises(InputError) as refusal:
        read_plan(wrong)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("wrong", "key", "allowed"),
    [
        (
            text(titel="x"),
            "`titel`",
            "patient, treatments, reviews, elsewhere, horizon_days, title",
        ),
        (session(unit=20), "`unit` - at `$.treatments[0]`", "date, product, protocol, units"),
        (point(site="procerus", dose=4), "`dose`", "units, site, x_mm, y_mm, side, depth"),
        (person(weight=60), "`weight`", "sex, age_years, lines, measures, conditions"),
        (person(lines={"glabella": {"max": 3}}), "`max`", "maximum, rest"),
        (person(measures={"pd": 62}), "`pd`", "interpupillary_mm, forehead_height_mm"),
        (
            person(measures={"brow_left": {"medial": 12}}),
            "`medial`",
            "medial_mm, peak_mm, lateral_mm",
        ),
        (text(reviews=[{"date": "2026-12-04", "grade": 1}]), "`grade`", "date, lines, brow_left"),
    ],
)
def test_an_unknown_key_is_named_and_the_allowed_ones_are_listed(
    wrong: str, key: str, allowed: str
) -> None:
    told = refused(wrong)
    assert f"unknown field {key}" in told
    assert f"Allowed here: {allowed}" in told


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (point(site="procerus", units=4, depth="fat"), "bone, dermis, muscle"),
        (session(status="done"), "given, planned"),
        (person(measures={"frontalis": "round"}), "full, v-shaped"),
        (person(measures={"bulk": "huge"}), "average, slight, strong"),
    ],
)
def test_an_unknown_word_is_answered_with_the_allowed_ones(wrong: str, words: str) -> None:
    assert f"Allowed words: {words}." in refused(wrong)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (session(units="20"), "got `str` - at `$.treatments[0].units`"),
        (session(date="20.11.2026"), "date - at `$.treatments[0].date`"),
        (session(date="2026-02-30"), "date - at `$.treatments[0].date`"),
        (session(date="0001-01-01"), "a year from 1980 to 2199 - at `$.treatments[0]`"),
        (text(reviews=[{"date": "9999-12-04"}]), "a year from 1980 to 2199 - at `$.reviews[0]`"),
        (point(site="procerus", units=True), "got `bool` - at `$.treatments[0].injections[0]"),
        (point(site="procerus", units=4, side="port"), "'port' - at `$.treatments[0].injections"),
        (session(areas={"cheek": 4}), "'cheek' - at `key` in `$.treatments[0].areas`"),
        (person(sex="woman"), "'woman' - at `$.patient.sex`"),
        (person(age_years=-1), "`$.patient.age_years`"),
        (person(age_years=42.5), "`$.patient.age_years`"),
        (person(lines={"glabella": {"maximum": 4}}), "<= 3 - at `$.patient.lines"),
        (person(measures={"interpupillary_mm": 20}), "`$.patient.measures.interpupillary_mm`"),
        (text(patient=None), "got `null` - at `$.patient`"),
        (text(treatments=[]), "length >= 1 - at `$.treatments`"),
        (text(horizon_days=7), ">= 14 - at `$.horizon_days`"),
        (json.dumps({"patient": patient()}), "required field `treatments`"),
        ("[]", "got `array`"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(wrong: str, place: str) -> None:
    told = refused(wrong)
    assert told.startswith("The plan cannot be read: ")
    assert place in told


@pytest.mark.parametrize("units", ["0", "-4", "1e6", "1e999"])
def test_absurd_units_are_refused(units: str) -> None:
    assert "units`" in refused(session(units=7.5).replace("7.5", units))


@pytest.mark.parametrize(
    "changes",
    [
        {"volume_ml": 0},
        {"volume_ml": -0.1},
        {"volume_ml": 50},
        {"x_mm": -3, "y_mm": 20, "side": "left", "site": None},
        {"x_mm": 300, "y_mm": 20, "side": "left", "site": None},
    ],
)
def test_absurd_points_are_refused(changes: Changes) -> None:
    assert "injections[0]" in refused(point(**{"site": "procerus", "units": 4} | changes))


@pytest.mark.parametrize(("vial", "diluent"), [(0, 2.5), (100, 0), (100, -1), (100, 50)])
def test_absurd_dilutions_are_refused(vial: float, diluent: float) -> None:
    assert "treatments[0]" in refused(session(vial_units=vial, diluent_ml=diluent))


@pytest.mark.parametrize(
    ("wrong", "mend"),
    [
        (point(units=4), "an injection needs a `site`, or `x_mm`, `y_mm` and `side`"),
        (point(units=4, x_mm=3), "an injection needs a `site`"),
        (
            point(units=4, site="procerus", x_mm=0, y_mm=10, side="midline"),
            "either a `site` or coordinates, not both",
        ),
        (point(units=4, x_mm=3, y_mm=20), "needs a `side`"),
        (session(protocol=None), "needs a `protocol`, `areas` or `injections`"),
        (session(protocol="glabella", areas={"glabella": 20}), "not both"),
        (session(areas={"glabella": 20}, units=20), "`units` is the total of a `protocol`"),
    ],
)
def test_halves_and_doubles_are_refused_with_the_way_to_mend(wrong: str, mend: str) -> None:
    assert mend in refused(wrong)


@pytest.mark.parametrize(
    "wrong",
    ["", "{", "nan", '{"title": }', b"\xff\xfe", session(units=7.5).replace("7.5", "NaN")],
)
def test_what_is_not_json_is_said_so(wrong: str | bytes) -> None:
    told = refused(wrong)
    assert "not valid JSON" in told
    assert "Check commas, quotes and brackets" in told


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_example_is_read_and_fits_the_published_schema(path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(plan_schema())
    jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), plan_schema())
    assert isinstance(read_plan(path.read_bytes()), Plan)


@pytest.mark.parametrize(
    "wrong",
    [
        text(titel="x"),
        session(units=-20),
        session(date=None),
        person(sex="woman"),
        point(site="procerus", units="4"),
        point(site="procerus", units=4, depth="fat"),
        text(treatments=[]),
    ],
)
def test_the_published_schema_refuses_what_the_reader_refuses(wrong: str) -> None:
    refused(wrong)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(wrong), plan_schema())
