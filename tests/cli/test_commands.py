"""The command line: each command says what it should, in words and as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from glabella import facts
from glabella.cli import main
from glabella.facts.model import Calibration
from glabella.plan import report
from glabella.plan.result import Forecast
from glabella.trials import calibrate

EXAMPLES = Path(__file__).parents[2] / "examples"
FIRST = str(EXAMPLES / "first-visit.json")
COMMANDS = (
    "forecast",
    "optimise",
    "correct",
    "faces",
    "cite",
    "facts",
    "schema",
    "trial",
    "calibrate",
    "validate",
)

Captured = pytest.CaptureFixture[str]


def said(capsys: Captured, *arguments: str) -> str:
    """What a command that succeeds writes on standard output."""
    assert main(arguments) == 0
    return capsys.readouterr().out


def told(capsys: Captured, *arguments: str) -> Any:
    return json.loads(said(capsys, *arguments))


# forecast


@pytest.mark.parametrize("name", ["first-visit", "three-areas", "second-treatment", "own-points"])
def test_a_forecast_has_its_tables_in_their_order(capsys: Captured, name: str) -> None:
    text = said(capsys, "forecast", str(EXAMPLES / f"{name}.json"))
    parts = [
        "Forecast from",
        "Line grades (0 none, 1 mild, 2 moderate, 3 severe)",
        "Strength left",
        "Change of the brow at rest",
        "When the effect shows",
        "Unwanted results",
        "Findings",
        "Stands on",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_the_day_table_has_a_row_with_its_date_for_every_day_that_matters(capsys: Captured) -> None:
    text = said(capsys, "forecast", FIRST)
    lines = text.split("Line grades")[1].split("\n\n")[0]
    rows = re.findall(r"^day (\d+) +(\d\d \w{3} \d{4}) .* (\d+)%$", lines, re.MULTILINE)
    assert [int(day) for day, _, _ in rows] == list(report.SHOWN_DAYS)
    assert rows[0][1] == "20 Nov 2026"
    assert rows[5][1] == "20 Dec 2026"


def test_the_forecast_dates_onset_peak_and_wear_off(capsys: Captured) -> None:
    text = said(capsys, "forecast", FIRST)
    (row,) = re.findall(r"^glabella +day .*$", text, re.MULTILINE)
    assert len(re.findall(r"day \d+ \(\d\d \w{3} 20\d\d\) \[\d+ to (?:\d+|later)\]", row)) == 3


def test_findings_come_with_their_mend_and_their_source(capsys: Captured) -> None:
    text = said(capsys, "forecast", str(EXAMPLES / "dysport.json"))
    assert "WARN label-maximum: Glabellar lines: 60 U Dysport planned, the label has 50 U." in text
    assert "To mend: Lower the units" in text
    source = facts.product("dysport").areas["glabella"].total_units.source
    assert f"Source: {facts.load().sources[source].citation}" in text


def test_a_plan_without_grades_says_why_there_are_none(capsys: Captured, tmp_path: Path) -> None:
    whole = json.loads(Path(FIRST).read_text())
    whole["patient"]["lines"] = {}
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(whole))
    assert "no baseline grade in the plan" in said(capsys, "forecast", str(plan))


def test_json_holds_all_of_the_forecast(capsys: Captured) -> None:
    found = told(capsys, "forecast", FIRST, "--json")
    assert set(found) == set(Forecast.__struct_fields__)
    assert found["start"] == "2026-11-20"
    assert found["drawn"] == 256
    assert len(found["muscles"]) == sum(
        1 + known.paired for known in facts.load().anatomy.muscles.values()
    )
    assert {risk["event"] for risk in found["risks"]} == {
        "lid_ptosis",
        "brow_ptosis",
        "spock_brow",
        "asymmetry",
    }
    for curve in found["muscles"]:
        assert len(curve["strength"]["median"]) == len(found["days"])


def test_svg_is_written_as_well_formed_xml(capsys: Captured, tmp_path: Path) -> None:
    target = tmp_path / "plan.svg"
    assert main(["forecast", FIRST, "--svg", str(target)]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("Forecast from")
    assert f"Wrote {target}" in captured.err
    root = ElementTree.parse(target).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(list(root.iter())) > 100


# cite, facts, schema


def test_cite_lists_each_source_once_with_its_citation(capsys: Captured) -> None:
    text = said(capsys, "cite", FIRST)
    keys = [line for line in text.splitlines() if not line.startswith(" ")]
    assert keys == sorted(set(keys))
    for key in keys:
        assert f"{key}\n    {facts.load().sources[key].citation}" in text
    assert "dy-hcp" not in keys


def test_facts_lists_every_fact(capsys: Captured) -> None:
    lines = said(capsys, "facts").splitlines()
    assert len(lines) == len(list(facts.walk(facts.load())))


def test_a_prefix_chooses_the_facts_below_it(capsys: Captured) -> None:
    lines = said(capsys, "facts", "products.botox-cosmetic.areas.glabella").splitlines()
    assert lines
    assert all(line.startswith("products.botox-cosmetic.areas.glabella.") for line in lines)
    assert any("total_units = 20 U  [label: " in line for line in lines)


def test_assumptions_are_those_without_a_source_each_with_its_reason(capsys: Captured) -> None:
    lines = said(capsys, "facts", "--assumptions").splitlines()
    known = {path: fact for path, fact in facts.walk(facts.load()) if fact.kind == "assumption"}
    assert len(lines) == len(known)
    assert all("[assumption: " in line for line in lines)
    assert all(fact.reason in said(capsys, "facts", path) for path, fact in list(known.items())[:5])


def test_facts_as_json_carry_value_unit_kind_and_source(capsys: Captured) -> None:
    found = told(capsys, "facts", "products.dysport.areas", "--json")
    total = found["products.dysport.areas.glabella.total_units"]
    assert (total["value"], total["unit"]) == (50, "U")
    assert total["source"] in facts.load().sources


@pytest.mark.parametrize(
    ("what", "example"),
    [
        ("plan", "first-visit"),
        ("goal", "goal-titration"),
        ("goal", "goal-natural-three-areas"),
        ("trial", "trial"),
    ],
)
def test_the_schema_that_is_printed_fits_the_example(
    capsys: Captured, what: str, example: str
) -> None:
    schema = told(capsys, "schema", what)
    jsonschema.Draft202012Validator.check_schema(schema)
    whole = json.loads((EXAMPLES / f"{example}.json").read_text())
    jsonschema.validate(whole, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(whole | {"surprise": 1}, schema)


# validate, calibrate, trial


def test_validate_lists_every_published_row_and_scores_them(capsys: Captured) -> None:
    found = told(capsys, "validate", "--json")
    assert [row["id"] for row in found["rows"]] == [row.id for row in facts.load().literature]
    assert found["scores"]["fitted"]["rows"] > 40
    text = said(capsys, "validate")
    for title in ("Rows fitted: ", "Rows not fitted: ", "Rows from memory: ", "No prediction for "):
        assert title in text


def test_calibrate_writes_where_it_is_told_and_shows_the_residuals(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = facts.load().calibration
    assert isinstance(shipped, Calibration)
    monkeypatch.setattr(calibrate, "calibrate", lambda: shipped)
    target = tmp_path / "calibration.toml"
    text = said(capsys, "calibrate", "--out", str(target))
    assert "Fitted rows" in text
    assert "Scatter, logit scale" in text
    written = Path(facts.__file__).with_name("calibration.toml")
    assert target.read_text() == written.read_text()


def test_a_trial_is_told_in_tables_and_as_json(capsys: Captured, tmp_path: Path) -> None:
    whole = json.loads((EXAMPLES / "trial.json").read_text())
    whole["population"]["n"] = 64
    spec = tmp_path / "trial.json"
    spec.write_text(json.dumps(whole))
    text = said(capsys, "trial", str(spec))
    for title in (
        "Shares of patients",
        "How long responders keep it",
        "Unwanted results",
        "Median change of brow height",
    ):
        assert title in text
    found = told(capsys, "trial", str(spec), "--json")
    assert set(found) == {"rows", "durations", "brow", "adverse"}


# help


def test_help_lists_every_command(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    for command in COMMANDS:
        assert re.search(rf"^    {command}\b", text, re.MULTILINE), command
    assert "licensed injectors" in text
