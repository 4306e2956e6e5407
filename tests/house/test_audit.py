"""The audit of what is pinned: it fails for a weakness, and never for want of a network."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.house.tree import ROOT


@pytest.fixture
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / "scripts" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["audit"] = module
    spec.loader.exec_module(module)
    return module


WEAK = {
    "name": "thing",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "description": ""}],
}
SOUND = {"name": "other", "version": "2.0", "vulns": []}
SKIPPED = {"name": "third", "skip_reason": "not found"}


def told(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_a_weakness_is_named_with_its_mend(audit: ModuleType) -> None:
    answer = audit.read("osv", told(WEAK, SOUND), "")
    assert answer.audited == 2
    assert answer.weak == ("thing 1.0: PYSEC-1, mended in 1.1",)


def test_what_was_skipped_was_not_audited(audit: ModuleType) -> None:
    answer = audit.read("pypi", told(SKIPPED, SKIPPED), "No known vulnerabilities found")
    assert (answer.audited, answer.weak, answer.why_not) == (0, (), "not found")


@pytest.mark.parametrize("printed", ["", "Traceback", "[]", "null"])
def test_a_service_that_is_not_reached_says_why(audit: ModuleType, printed: str) -> None:
    answer = audit.read("osv", printed, "first\nNameResolutionError: osv\n")
    assert (answer.audited, answer.why_not) == (0, "NameResolutionError: osv")


@pytest.fixture
def pinned(tmp_path: Path, audit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in audit.FILES:
        (tmp_path / name).write_text("thing==1.0 \\\n    --hash=sha256:aa\n", encoding="utf-8")
    monkeypatch.setattr(audit, "PINNED", tmp_path)
    return tmp_path


def test_the_build_stands_without_a_service_and_says_so(
    audit: ModuleType, pinned: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(audit, "ask", lambda service, _: audit.Answer(service, 0, (), "no way"))
    assert audit.main() == 0
    printed = capsys.readouterr().out
    assert printed.count("NOT AUDITED") == 2
    assert "no way" in printed


def test_the_build_falls_for_a_weakness(
    audit: ModuleType, pinned: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(audit, "ask", lambda service, _: audit.read(service, told(WEAK), ""))
    assert audit.main() == 1
    assert "WEAK: thing 1.0" in capsys.readouterr().out


def test_the_second_service_is_asked_when_the_first_tells_nothing(
    audit: ModuleType, pinned: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    answers = {"pypi": told(SKIPPED), "osv": told(SOUND)}
    monkeypatch.setattr(audit, "ask", lambda service, _: audit.read(service, answers[service], ""))
    assert audit.main() == 0
    assert "1 of 1 pins audited (osv)" in capsys.readouterr().out


def test_a_pin_without_a_hash_fails_the_build(
    audit: ModuleType, pinned: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    (pinned / "dev.txt").write_text("thing==1.0\nother==2 --hash=sha256:bb\n", encoding="utf-8")
    monkeypatch.setattr(audit, "ask", lambda service, _: audit.read(service, told(SOUND), ""))
    assert audit.main() == 1
    assert "dev.txt: thing==1.0 has no hash" in capsys.readouterr().out
