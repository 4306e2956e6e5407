"""`glabella trial`: what it writes where, on one core or several, and as Parquet."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from glabella.cli import main
from glabella.trials import trial
from glabella.trials.trial_parquet import COLUMNS
from tests.trials.specs import PLACEBO, WOMEN, glabella, written

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def asked(tmp_path: Path) -> str:
    path = tmp_path / "trial.json"
    whole = written(
        [glabella(20), PLACEBO],
        population={**WOMEN, "n": 100, "female_fraction": 0.9, "age_years": [30, 60]},
    )
    path.write_text(json.dumps(whole))
    return str(path)


def test_results_go_to_standard_output_and_the_wall_time_does_not(
    capsys: Captured, asked: str
) -> None:
    assert main(["trial", asked, "--json"]) == 0
    written_to = capsys.readouterr()
    assert set(json.loads(written_to.out)) == {"rows", "durations", "brow", "adverse"}
    assert "Note: " in written_to.err
    assert "100 patients in each of 2 arms" in written_to.err
    assert "s of wall time" in written_to.err
    assert "patients/s" in written_to.err
    assert "\r" not in written_to.err


def test_the_bar_of_a_terminal_fills_once_over_all_arms(
    monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(trial, "BLOCK", 32)
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["trial", asked]) == 0
    bars = [line for line in terminal.getvalue().replace("\r", "\n").split("\n") if "[" in line]
    assert [bar.split()[-1] for bar in bars] == ["25%", "50%", "75%", "100%"]
    assert bars[-1].count("#") == 40


def test_the_tables_say_what_was_asked_for_and_does_nothing(capsys: Captured, asked: str) -> None:
    assert main(["trial", asked]) == 0
    assert "Note: Ages of 30 to 60 years change nothing" in capsys.readouterr().out


def test_several_jobs_write_the_same(capsys: Captured, asked: str, tmp_path: Path) -> None:
    large = json.loads(Path(asked).read_text())
    large["population"]["n"] = trial.BLOCK + 1
    path = tmp_path / "large.json"
    path.write_text(json.dumps(large))
    answers = []
    for jobs in ("1", "2"):
        assert main(["trial", str(path), "--json", "--jobs", jobs]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]


@pytest.mark.parametrize("jobs", ["0", "-1", "two"])
def test_a_number_of_jobs_that_is_none_is_refused(capsys: Captured, asked: str, jobs: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["trial", asked, f"--jobs={jobs}"])
    assert left.value.code == 2
    assert f"{jobs} is no number of processes: give 1 or more" in capsys.readouterr().err


# Parquet


def figures(rows: list[dict[str, Any]], figure: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["figure"] == figure]


def test_parquet_holds_every_figure_of_the_json(
    capsys: Captured, asked: str, tmp_path: Path
) -> None:
    path = tmp_path / "trial.parquet"
    assert main(["trial", asked, "--json", "--parquet", str(path)]) == 0
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert f"Wrote {path}" in captured.err
    table = parquet.read_table(path)
    assert table.schema.equals(COLUMNS)
    assert table.schema.metadata[b"glabella.notes"].decode() in captured.err.replace("Note: ", "")
    rows = table.to_pylist()
    assert len(rows) == (
        len(told["rows"])
        + 2 * len(told["durations"])
        + 3 * len(told["brow"])
        + len(told["adverse"])
    )
    assert [
        {name: row[name] for name in ("arm", "day", "low", "high")} | {"rate": row["value"]}
        for row in figures(rows, "rate")
    ] == [{name: one for name, one in row.items() if name != "endpoint"} for row in told["rows"]]
    for row, source in zip(figures(rows, "rate"), told["rows"], strict=True):
        assert {name: row[name] for name in source["endpoint"]} == source["endpoint"]
    for row, source in zip(figures(rows, "median"), told["durations"], strict=True):
        assert (row["value"], row["low"], row["unit"]) == (
            source["median_days"],
            source["low"],
            "d",
        )
    for row, source in zip(figures(rows, "unwanted"), told["adverse"], strict=True):
        assert (row["event"], row["value"]) == (source["event"], source["rate"])
    peaks = [row["value"] for row in figures(rows, "brow") if row["place"] == "peak"]
    assert peaks == [source["peak_mm"] for source in told["brow"]]
    responders = [row["value"] for row in figures(rows, "responders")]
    assert responders == [source["responders"] for source in told["durations"]]


def test_the_same_specification_gives_the_same_file(asked: str, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.parquet", "other.parquet")]
    for path in paths:
        assert main(["trial", asked, "--parquet", str(path)]) == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_without_pyarrow_it_is_said_how_to_get_it_before_the_trial_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, asked: str, tmp_path: Path
) -> None:
    monkeypatch.delitem(sys.modules, "glabella.trials.trial_parquet")
    monkeypatch.delattr("glabella.trials.trial_parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["trial", asked, "--parquet", str(tmp_path / "trial.parquet")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "pip install 'glabella[parquet]'" in captured.err
    assert "patients/s" not in captured.err


def test_a_folder_that_is_not_there_is_named(capsys: Captured, asked: str, tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "trial.parquet"
    assert main(["trial", asked, "--parquet", str(path)]) == 2
    assert f"Cannot write {path}: " in capsys.readouterr().err
