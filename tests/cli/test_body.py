"""Protocols and sessions outside the face on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from glabella.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
Captured = pytest.CaptureFixture[str]


def told(capsys: Captured, *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_all_indications_are_listed_with_their_products(capsys: Captured) -> None:
    said = told(capsys, "body")
    assert "chronic-migraine" in said
    assert "Botox, Xeomin, Daxxify" in said


def test_a_protocol_shows_limits_muscles_sources_and_what_is_not_known(capsys: Captured) -> None:
    said = told(capsys, "body", "chronic-migraine")
    for words in (
        "155 U",
        "31",
        "Occipitalis",
        "15 U on each side, 3 sites",
        "bt-cmdr",
        "CPT 64615",
    ):
        assert words in said
    assert "Not known: the guidance." in said
    assert "No forecast" in said


def test_one_product_alone_is_shown_where_it_is_asked_for(capsys: Captured) -> None:
    said = told(capsys, "body", "upper-limb-spasticity", "--product", "xeomin")
    assert "50 to 200 U on each side, 1 to 4 sites" in said
    assert "Dysport" not in said
    assert "no dose" in told(capsys, "body", "strabismus", "--product", "xeomin")


def test_a_protocol_as_json_carries_its_sources(capsys: Captured) -> None:
    shown = json.loads(told(capsys, "body", "overactive-bladder", "--json"))
    assert shown["products"]["botox"]["limits"]["units"]["source"] == "bt-oab"


@pytest.mark.parametrize("name", ["body-migraine", "body-child-arm", "body-armpits"])
def test_the_examples_raise_no_stop(capsys: Captured, name: str, tmp_path: Path) -> None:
    picture = tmp_path / "session.svg"
    path = str(EXAMPLES / f"{name}.json")
    found = json.loads(told(capsys, "check-body", path, "--json", "--svg", str(picture)))
    assert {one["severity"] for one in found} == {"note"}
    assert picture.read_text().startswith("<svg")


def test_a_session_is_told_by_muscle_and_side(capsys: Captured) -> None:
    said = told(capsys, "check-body", str(EXAMPLES / "body-child-arm.json"))
    assert "77 U Botox in 8 sites" in said
    assert "Biceps, right" in said
    assert "33 U Botox in 4" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("body", "hiccups"), "No indication 'hiccups'. Known: chronic-migraine"),
        (("body", "strabismus", "--product", "botoks"), "No product 'botoks'"),
        (("check-body", "nowhere.json"), "No such file"),
    ],
)
def test_what_is_not_there_is_named(
    capsys: Captured, arguments: tuple[str, ...], words: str
) -> None:
    assert main(arguments) == 2
    assert words in capsys.readouterr().err
