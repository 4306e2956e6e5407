"""Bad input on the command line: a fixed exit code per kind of error, words, and no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from glabella import cli, errors
from glabella.cli import main
from tests.plan.plans import both, patient, treatment

FIRST = Path(__file__).parents[2] / "examples" / "first-visit.json"

Captured = pytest.CaptureFixture[str]


def written(folder: Path, session: dict[str, Any], **changes: Any) -> str:
    path = folder / "plan.json"
    path.write_text(json.dumps({"patient": patient(), "treatments": [session]} | changes))
    return str(path)


def refused(capsys: Captured, *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("glabella: ")
    assert "Traceback" not in captured.err
    return code, captured.err


@pytest.mark.parametrize("command", ["forecast", "cite", "trial"])
def test_a_file_that_is_not_there_is_named(capsys: Captured, tmp_path: Path, command: str) -> None:
    code, words = refused(capsys, command, str(tmp_path / "nowhere.json"))
    assert code == 2
    assert "nowhere.json: No such file or directory. Check the name." in words


@pytest.mark.parametrize(
    ("session", "code", "words"),
    [
        (treatment(unit=20), 2, "unknown field `unit`"),
        (treatment(product="botoks"), 2, "Known: botox, botox-cosmetic"),
        (treatment(protocol="glabella", units=-20), 2, "> 0.0"),
        (treatment(protocol="glabela"), 2, "Known protocols: glabella"),
        (treatment(product="dysport", areas={"forehead": 20}), 2, "no doses for the area"),
        (treatment(injections=both(x_mm=85, y_mm=20, units=4)), 5, "off the face and neck"),
        (
            treatment(injections=[{"site": "procerus", "side": "left", "units": 4}]),
            5,
            "lies midline, not left",
        ),
    ],
)
def test_a_plan_that_cannot_be_meant_has_its_exit_code(
    capsys: Captured, tmp_path: Path, session: dict[str, Any], code: int, words: str
) -> None:
    found, told = refused(capsys, "forecast", written(tmp_path, session))
    assert found == code
    assert words in told


def test_a_treatment_given_on_a_day_to_come_is_refused(capsys: Captured, tmp_path: Path) -> None:
    session = treatment(date="2199-01-01", status="given")
    code, words = refused(capsys, "forecast", written(tmp_path, session))
    assert code == 2
    assert "after today" in words


def test_facts_below_an_unknown_path_are_refused(capsys: Captured) -> None:
    code, words = refused(capsys, "facts", "products.botoks")
    assert code == 2
    assert "`glabella facts` lists all paths" in words


@pytest.mark.parametrize("arguments", [("forecast", str(FIRST), "--svg"), ("calibrate", "--out")])
def test_a_file_that_cannot_be_written_is_named(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr(cli.calibrate, "calibrate", lambda: None)
    monkeypatch.setattr(cli.calibration_file, "as_toml", lambda found: "")
    code, words = refused(capsys, *arguments, str(tmp_path / "no-such-folder" / "file"))
    assert code == 2
    assert "Cannot write" in words


EXIT_CODES = {
    errors.InputError: 2,
    errors.UnitsError: 3,
    errors.ProductMismatch: 4,
    errors.GeometryError: 5,
    errors.RecordError: 6,
    errors.FactError: 7,
    errors.ModelError: 8,
}


@pytest.mark.parametrize("error", EXIT_CODES, ids=lambda error: error.__name__)
def test_each_kind_of_error_has_its_own_exit_code(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, error: type[errors.GlabellaError]
) -> None:
    def fails(plan: object) -> None:
        raise error("What is wrong, where, and how to mend it.")

    monkeypatch.setattr(cli, "forecast", fails)
    code, words = refused(capsys, "forecast", str(FIRST))
    assert code == EXIT_CODES[error]
    assert words == "glabella: What is wrong, where, and how to mend it.\n"


def test_every_error_that_a_person_can_mend_is_a_user_error() -> None:
    def below(kind: type[Exception]) -> set[type[Exception]]:
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    assert set(EXIT_CODES) <= below(errors.GlabellaError)
    for kind in (errors.FactError, errors.ModelError):
        assert not issubclass(kind, errors.UserError)
    assert issubclass(errors.ProductMismatch, errors.UnitsError)


@pytest.mark.parametrize("arguments", [(), ("forecast",), ("schema", "face"), ("predict",)])
def test_arguments_that_make_no_command_leave_with_code_2_and_the_usage(
    capsys: Captured, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage: glabella" in capsys.readouterr().err


def test_the_installed_command_passes_the_exit_code_on(tmp_path: Path) -> None:
    left = subprocess.run(
        [sys.executable, "-m", "glabella.cli", "cite", str(tmp_path / "nowhere.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert left.returncode == 2
    assert left.stdout == ""
    assert left.stderr.startswith("glabella: Cannot read")
