"""What a trial's specification may say, and the words with which the rest is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glabella.errors import GeometryError, InputError
from glabella.trials.spec import read_trial, trial_schema
from glabella.trials.trial import run_trial
from tests.trials.specs import NONE_OR_MILD, PLACEBO, WOMEN, glabella, spec, written


def arm(**changes: Any) -> dict[str, Any]:
    """Changes of a trial whose only arm has these keys."""
    return {"arms": [{"name": "x", "product": "dysport", **changes}]}


def people(**changes: Any) -> dict[str, Any]:
    return {"population": {**WOMEN, **changes}}


def end(**changes: Any) -> dict[str, Any]:
    return {"endpoints": [{**NONE_OR_MILD, **changes}]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        # A key that does not exist: the place, and the keys that do.
        ({"visits": [7]}, ["`visits`", "visits_days, endpoints, durations"]),
        (arm(unit=20), ["`unit`", "`$.arms[0]`", "protocol, units, areas, injections"]),
        (people(sex="female"), ["`sex`", "`$.population`", "n, seed, female_fraction"]),
        (end(arae=1), ["`arae`", "Allowed here: area, at, rater, rule"]),
        ({"durations": [{**NONE_OR_MILD, "by": 1}]}, ["`by`", "`$.durations[0]`"]),
        (
            arm(injections=[{"site": "procerus", "dose": 5}]),
            ["`dose`", "`$.arms[0].injections[0]`", "units, site, x_mm"],
        ),
        # A word that does not exist: the key, and the words that do.
        (end(area="nose"), ["`$.endpoints[0].area`", "Allowed words: ", "forehead, glabella"]),
        (end(at="max"), ["`$.endpoints[0].at`", "maximum, rest"]),
        (end(rater="nurse"), ["`$.endpoints[0].rater`", "both, investigator, subject"]),
        (
            end(rule="gone"),
            ["`$.endpoints[0].rule`", "none_or_mild", "improved_1", "composite_2", "relapsed"],
        ),
        ({"durations": [{**NONE_OR_MILD, "rule": "x"}]}, ["`$.durations[0].rule`", "relapsed"]),
        (arm(areas={"nose": 20}), ["areas", "Allowed words: ", "forehead, glabella"]),
        (people(baseline_grades={"4": 1}), ["baseline_grades", "Allowed words: 1, 2, 3"]),
        (
            arm(injections=[{"x_mm": 8, "y_mm": 24, "side": "west", "units": 5}]),
            ["side", "Allowed words: left, right, midline"],
        ),
        (
            arm(injections=[{"site": "procerus", "units": 5, "depth": "bones"}]),
            ["depth", "muscle"],
        ),
        # A key that is missing.
        ({"arms": [{"name": "x"}]}, ["`product`", "`$.arms[0]`"]),
        ({"endpoints": [{"area": "glabella"}]}, ["missing", "`at`", "`$.endpoints[0]`"]),
        ({"population": {"n": 20}}, ["missing", "`female_fraction`", "`$.population`"]),
        # A number that cannot be meant.
        (people(n=0), ["`$.population.n`", ">= 1"]),
        (people(n="many"), ["`$.population.n`", "int"]),
        (people(n=10**9), ["`$.population.n`", "20000000"]),
        (people(seed=-1), ["`$.population.seed`", ">= 0"]),
        (people(female_fraction=88), ["`$.population.female_fraction`", "<= 1"]),
        (people(baseline_grades={"2": 0.5, "3": 0.3}), ["`baseline_grades` add up to 0.8"]),
        (people(age_years=[70, 22]), ["`age_years`", "youngest first"]),
        (people(age_years=[22]), ["`$.population.age_years`"]),
        ({"visits_days": []}, ["`$.visits_days`", "length >= 1"]),
        ({"visits_days": [-1]}, ["`$.visits_days[0]`", ">= 0"]),
        ({"visits_days": [30, 731]}, ["`$.visits_days[1]`", "<= 730"]),
        ({"visits_days": [30, 30]}, ["`visits_days` ascend, each day once"]),
        ({"visits_days": [90, 30]}, ["`visits_days` ascend, each day once"]),
        (arm(areas={"glabella": 0}), ["areas", "> 0"]),
        # Arms that are none.
        ({"arms": []}, ["`$.arms`", "length >= 1"]),
        ({"arms": [glabella(20), glabella(20)]}, ["two `arms` have the same name"]),
        (arm(), ["needs `protocol`, `areas` or `injections`"]),
        (arm(areas={}), ["needs `protocol`, `areas` or `injections`"]),
        ({"arms": [{**PLACEBO, "areas": {"glabella": 20}}]}, ["a placebo arm", "`product` null"]),
        ({"arms": [{**PLACEBO, "units": 20}]}, ["a placebo arm"]),
        (arm(protocol="glabella", areas={"glabella": 20}), ["either a `protocol` or `areas`"]),
        (arm(units=20, areas={"glabella": 20}), ["`units` is the total of a `protocol`"]),
        (arm(protocol="glabella", diluent_ml=2), ["`diluent_ml` needs the `vial_units`"]),
        (arm(injections=[{"x_mm": 8, "y_mm": 24, "units": 5}]), ["needs a `side`"]),
        (arm(injections=[{"units": 5}]), ["needs a `site`, or `x_mm`, `y_mm` and `side`"]),
    ],
)
def test_a_wrong_specification_is_told_where_and_what_is_allowed(
    change: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(InputError, match="The trial cannot be read") as refused:
        spec(**{"arms": [glabella(20)], **change})
    assert not [word for word in words if word not in str(refused.value)], refused.value


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (arm(product="botoks", protocol="glabella"), InputError, "botox-cosmetic, daxxify"),
        (arm(protocol="glabela"), InputError, "Known protocols: glabella"),
        (arm(areas={"forehead": 60}), InputError, "no doses for the area"),
        (arm(injections=[{"site": "procerous", "units": 9}]), InputError, "procerous"),
        (
            arm(injections=[{"site": "corrugator-medial", "units": 9}]),
            InputError,
            "lies on both sides: give `side` as left or right",
        ),
        (
            arm(injections=[{"x_mm": 85, "y_mm": 100, "side": "left", "units": 9}]),
            GeometryError,
            "off the face",
        ),
    ],
)
def test_what_does_not_exist_is_refused_with_its_arm_before_anybody_is_treated(
    change: dict[str, Any], error: type[Exception], words: str
) -> None:
    told: list[float] = []
    with pytest.raises(error, match="Arm `x`: ") as refused:
        run_trial(spec(**change), progress=told.append)
    assert words in str(refused.value)
    assert told == []


def test_an_area_without_lines_names_those_that_have_some() -> None:
    with pytest.raises(InputError, match="no lines in the area `masseter`") as refused:
        run_trial(spec([PLACEBO], **end(area="masseter")))
    assert "glabella, forehead" in str(refused.value)


def test_what_is_not_json_is_said_so() -> None:
    with pytest.raises(InputError, match="not valid JSON"):
        read_trial("{arms:")


def test_a_trial_of_one_patient_and_one_visit_runs() -> None:
    result = run_trial(spec([glabella(20)], n=1, visits_days=[0], durations=[]))
    [row] = result.rows
    assert row.day == 0
    assert 0 <= row.low <= row.rate <= row.high <= 1


def test_the_schema_knows_the_words() -> None:
    text = json.dumps(trial_schema())
    for word in ("none_or_mild", "investigator", "lateral-canthal", "female_fraction"):
        assert word in text
    assert json.loads(json.dumps(written([PLACEBO])))
