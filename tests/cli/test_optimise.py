"""`glabella optimise`: a goal in, a proposal out, in words, as JSON and as a picture."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from glabella.cli import main
from glabella.plan.search.proposal import Proposal
from tests.plan.goals import given, whole

EXAMPLES = Path(__file__).parents[2] / "examples"
FIRST = str(EXAMPLES / "goal-first-visit.json")

TODAY = datetime.now(UTC).date()

Captured = pytest.CaptureFixture[str]


def written(folder: Path, **changes: Any) -> str:
    path = folder / "goal.json"
    path.write_text(json.dumps(whole(**changes)))
    return str(path)


def said(capsys: Captured, *arguments: str) -> str:
    assert main(["optimise", *arguments]) == 0
    return capsys.readouterr().out


def refused(capsys: Captured, *arguments: str) -> tuple[int, str]:
    code = main(["optimise", *arguments])
    captured = capsys.readouterr()
    assert captured.out == ""
    return code, captured.err


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("goal-*.json")), ids=lambda path: path.stem)
def test_every_example_of_a_goal_is_reached(capsys: Captured, path: Path) -> None:
    text = said(capsys, str(path))
    assert text.startswith("Proposal for")
    assert "The goal is reached." in text


def test_json_holds_the_whole_proposal_the_front_and_the_titration(capsys: Captured) -> None:
    found = json.loads(said(capsys, FIRST, "--json", "--front", "5"))
    assert set(found) == {"proposal", "front", "titration"}
    assert set(found["proposal"]) == set(Proposal.__struct_fields__)
    assert found["proposal"]["product"] == "botox-cosmetic"
    assert 2 <= len(found["front"]) <= 5
    units = [one["units"] for one in found["front"]]
    assert units == sorted(units)
    assert found["titration"]["treated"] is None


def test_the_plan_in_the_answer_can_be_forecast(capsys: Captured, tmp_path: Path) -> None:
    found = json.loads(said(capsys, FIRST, "--json"))
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(found["proposal"]["plan"]))
    assert main(["forecast", str(plan)]) == 0
    assert f"{found['proposal']['units']:g} U" not in capsys.readouterr().err


def test_the_same_goal_gets_the_same_answer(capsys: Captured) -> None:
    assert said(capsys, FIRST, "--json") == said(capsys, FIRST, "--json")


def test_without_a_front_none_is_worked_out(capsys: Captured) -> None:
    assert json.loads(said(capsys, FIRST, "--json"))["front"] == []


def test_svg_shows_the_proposed_plan(capsys: Captured, tmp_path: Path) -> None:
    target = tmp_path / "plan.svg"
    assert main(["optimise", FIRST, "--svg", str(target)]) == 0
    assert f"Wrote {target}" in capsys.readouterr().err
    assert ElementTree.parse(target).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_what_the_last_visit_showed_is_told(capsys: Captured) -> None:
    text = said(capsys, str(EXAMPLES / "goal-titration.json"))
    assert "What the last visit showed" in text
    assert "10 U Botox Cosmetic last time" in " ".join(text.split())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"areas": {"glabella": {"grade": 3}}}, "there is nothing to treat"),
        ({"areas": {"forehead": {}}}, "no baseline grade"),
        ({"product": "botulax"}, "No product 'botulax'"),
        ({"preset": "youthful"}, "Allowed words: first-visit"),
        ({"conditions": ["infection-at-site"]}, "Contraindicated"),
    ],
)
def test_a_goal_that_cannot_be_meant_is_refused_without_a_plan(
    capsys: Captured, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    code, told = refused(capsys, written(tmp_path, **changes))
    assert code == 2
    assert told.startswith("glabella: ")
    assert words in told


def test_a_history_that_is_yet_to_come_is_refused(capsys: Captured, tmp_path: Path) -> None:
    day = TODAY + timedelta(days=30)
    history = [given(str(day))]
    code, told = refused(
        capsys, written(tmp_path, treatments=history, date=str(day + timedelta(days=120)))
    )
    assert code == 2
    assert "which is after today" in told


def test_a_day_of_treatment_that_is_yet_to_come_may_be_planned(
    capsys: Captured, tmp_path: Path
) -> None:
    assert said(capsys, written(tmp_path, date=str(TODAY + timedelta(days=30))))


def test_a_file_that_is_not_there_is_named(capsys: Captured, tmp_path: Path) -> None:
    code, told = refused(capsys, str(tmp_path / "none.json"))
    assert code == 2
    assert "none.json" in told


@pytest.mark.parametrize("plans", ["one", "0", "1", "201", "-3"])
def test_a_front_of_no_sensible_size_is_refused(capsys: Captured, plans: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["optimise", FIRST, f"--front={plans}"])
    assert left.value.code == 2
    assert "no number of plans" in capsys.readouterr().err
