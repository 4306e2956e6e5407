"""The pins: complete, hashed, equal in both lists, and without the address of a registry."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.house.tree import ROOT, lines

PINNED = ROOT / "requirements"
FILES = ("runtime.txt", "dev.txt", "bench.txt", "lsoda.txt")
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)")


def pins(file: str) -> dict[str, str]:
    found = (PIN.match(line) for line in lines(PINNED / file))
    return {pin["name"]: pin["version"] for pin in found if pin}


@pytest.mark.parametrize("file", FILES)
def test_the_pins_name_no_address(file: str) -> None:
    assert not [line for line in lines(PINNED / file) if "://" in line]


@pytest.mark.parametrize("file", FILES)
def test_every_pin_has_a_hash(file: str) -> None:
    text = (PINNED / file).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text.split("\n", 2)[2])
    assert not [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block]


def test_what_runs_in_the_clinic_is_what_is_tested() -> None:
    assert pins("runtime.txt").items() <= pins("dev.txt").items()


def test_what_measures_brings_no_other_version_of_what_is_tested() -> None:
    tested = pins("dev.txt")
    for file in ("bench.txt", "lsoda.txt"):
        shared = pins(file).keys() & tested.keys()
        assert {one: pins(file)[one] for one in shared}.items() <= tested.items()


def test_the_pins_cover_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked_of = {"runtime.txt": project["project"]["dependencies"]} | {
        f"{name}.txt": [one for one in project["dependency-groups"][name] if isinstance(one, str)]
        for name in ("dev", "bench", "lsoda")
    }
    for file, asked in asked_of.items():
        pinned = pins(file)
        names = {re.split(r"[\[><=~;]", requirement)[0] for requirement in asked}
        assert names <= pinned.keys(), names - pinned.keys()
