"""`glabella faces`: the list with verdicts, one face with its reasoning, and both as JSON."""

from __future__ import annotations

import json

import pytest

from glabella.cli import main
from glabella.plan.reference.faces import answered, names, reference_face

Captured = pytest.CaptureFixture[str]
SPOCK = "spock-after-central-forehead"


def said(capsys: Captured, *arguments: str) -> str:
    assert main(["faces", *arguments]) == 0
    return capsys.readouterr().out


def test_the_list_has_each_face_with_its_question_and_verdict(capsys: Captured) -> None:
    text = said(capsys)
    for name in names():
        face = reference_face(name)
        assert f"{name}: {face.title}\n    {face.question}\n" in text
    assert text.count(" as expected") + text.count("as expected, ") >= len(names())


def test_one_face_has_its_parts_in_their_order(capsys: Captured) -> None:
    text = said(capsys, SPOCK)
    face = reference_face(SPOCK)
    parts = [
        face.title,
        face.question,
        "Reasoning",
        "safety.lateral_frontalis_settled [peaked-brow-faq]",
        "What Glabella answers",
        "Peaked outer brow: 4 U Botox Cosmetic brings it nearer",
        "What was expected beforehand",
        face.expected[0].why,
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["early-thirties", "too-early-day-6"])
def test_each_expectation_is_shown_with_what_was_found(capsys: Captured, name: str) -> None:
    text = " ".join(said(capsys, name).split())
    for one in answered(name).checks:
        assert f"{one.word}: " in text
        assert " ".join(one.expectation.why.split()) in text
        if one.word == "disagrees":
            assert f"Why the model disagrees: {one.expectation.disagrees}" in text


def test_a_proposal_is_answered_by_its_own_report(capsys: Captured) -> None:
    text = said(capsys, "early-thirties")
    assert "Unwanted result" in text
    assert "U Botox Cosmetic" in text


def test_the_list_as_json_has_verdicts_and_expectations(capsys: Captured) -> None:
    told = json.loads(said(capsys, "--json"))
    assert [one["name"] for one in told] == list(names())
    for one in told:
        assert one["as_expected"] == all(e["verdict"] == "met" for e in one["expected"])
        assert {"what", "expected", "found", "verdict", "why", "disagrees"} == set(
            one["expected"][0]
        )
        assert "answer" not in one


def test_one_face_as_json_has_the_face_and_the_answer(capsys: Captured) -> None:
    told = json.loads(said(capsys, SPOCK, "--json"))
    assert told["face"]["case"]["today"] == "2026-11-20"
    assert told["answer"]["verdict"] == "top-up"
    goal = json.loads(said(capsys, "early-thirties", "--json"))
    assert goal["answer"]["units"] > 0


def test_an_unknown_face_is_refused_with_the_known_ones(capsys: Captured) -> None:
    assert main(["faces", "beauty"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "There is no reference face `beauty`. Known faces: " in captured.err
    assert SPOCK in captured.err
