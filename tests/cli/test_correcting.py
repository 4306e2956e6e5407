"""`glabella correct`: the answer in words and as JSON, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from glabella.cli import main
from glabella.plan.corrections.correction import Correction

EXAMPLES = Path(__file__).parents[2] / "examples"
Captured = pytest.CaptureFixture[str]


def example(name: str) -> str:
    return str(EXAMPLES / f"case-{name}.json")


def said(capsys: Captured, *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("spock", "Peaked outer brow: add 4 U Botox Cosmetic, or wait."),
        ("one-brow-higher", "2 U Botox Cosmetic, 45 mm from the midline on the left"),
        ("too-early", "It is judged from 11 March 2024 on, best on 15 March 2024."),
        ("lid-ptosis", "Drooping upper lid: no toxin. Wait."),
        ("under-treated", "Line that still pulls: 3 U Botox Cosmetic in 3 points"),
    ],
)
def test_each_example_is_answered_in_words(capsys: Captured, name: str, words: str) -> None:
    assert words in said(capsys, "correct", example(name))


def test_a_proposal_comes_with_why_effect_risk_conflict_and_units(capsys: Captured) -> None:
    text = said(capsys, "correct", example("spock"))
    parts = [
        "Review of 16 March 2024, day 15",
        "Noticed",
        "What may be added; waiting is the other choice",
        "Why:",
        "two weeks after it",
        "Chances of unwanted results",
        "If nothing is added",
        "Where texts disagree",
        "Findings on the plan",
        "Units so far",
        "Stands on",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_red_flag_stands_above_everything(capsys: Captured, tmp_path: Path) -> None:
    text = said(capsys, "correct", changed(tmp_path, observations=[{"seen": "breathing"}]))
    assert text.startswith("!!!")
    assert text.index("Trouble breathing needs a doctor at once") < text.index("Review of")
    assert "U Botox Cosmetic in" not in text


def test_what_eases_is_said_with_its_grade_and_source(capsys: Captured) -> None:
    text = said(capsys, "correct", example("lid-ptosis"))
    assert "Apraclonidine drops [study]" in text
    assert "Copper [no good evidence]" in text
    assert "Bremer PT" in text


def test_json_holds_all_of_the_answer(capsys: Captured) -> None:
    told = json.loads(said(capsys, "correct", example("spock"), "--json"))
    assert set(told) == set(Correction.__struct_fields__)
    assert told["verdict"] == "top-up"
    assert told["proposed"][0]["treatment"]["injections"]
    assert set(told["sources"])


def test_the_schema_takes_every_example_and_refuses_an_unknown_word(capsys: Captured) -> None:
    schema = json.loads(said(capsys, "schema", "case"))
    for path in EXAMPLES.glob("case-*.json"):
        jsonschema.validate(json.loads(path.read_text()), schema)
    wrong = whole(observations=[{"seen": "hiccups"}])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


def whole(**changes: Any) -> dict[str, Any]:
    return json.loads(Path(example("spock")).read_text()) | changes


def changed(folder: Path, **changes: Any) -> str:
    path = folder / "case.json"
    path.write_text(json.dumps(whole(**changes)))
    return str(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"treatments": []}, "no signed treatment"),
        ({"observations": [{"seen": "hiccups"}]}, "Allowed words: asymmetry, bladder"),
        ({"observations": [{"seen": "spock-brow", "side": "midline"}]}, "names no side"),
        ({"lines": {"nose": {"maximum": 1}}}, "Allowed words: bunny-lines"),
        ({"brow_left": {"medial_mm": 400, "peak_mm": 1, "lateral_mm": 1}}, "120"),
        ({"brow_left": {"medial_mm": 60, "peak_mm": 60, "lateral_mm": 60}}, "check the ruler"),
        ({"unasked": 1}, "Allowed here: patient"),
        ({"preset": "wild"}, "natural"),
    ],
)
def test_bad_input_is_refused_with_what_is_allowed(
    capsys: Captured, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    assert main(["correct", changed(tmp_path, **changes)]) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert not told.out


def test_a_planned_treatment_alone_is_no_signed_one(capsys: Captured, tmp_path: Path) -> None:
    planned = [{**whole()["treatments"][0], "status": "planned"}]
    assert main(["correct", changed(tmp_path, treatments=planned)]) == 2
    assert '"status": "given"' in capsys.readouterr().err


def test_a_review_of_tomorrow_is_refused(capsys: Captured, tmp_path: Path) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    assert main(["correct", changed(tmp_path, today=tomorrow)]) == 2
    assert "after today" in capsys.readouterr().err
