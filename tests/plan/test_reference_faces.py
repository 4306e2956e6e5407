"""Reference faces: each answer is held against what a clinician expects of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest

from glabella import facts
from glabella.errors import FactError, InputError
from glabella.plan.corrections.case import read_case
from glabella.plan.goals.goal import read_goal
from glabella.plan.reference import text as reference_text
from glabella.plan.reference.expectation import (
    CaseWord,
    Expectation,
    GoalWord,
    PointWord,
    words_about,
)
from glabella.plan.reference.faces import (
    ReferenceFace,
    answer,
    answered,
    instead,
    names,
    read_face,
    reference_face,
    stands_on,
)
from glabella.plan.reference.measured import MEASURES, Check, check, doses_of
from glabella.plan.search.proposal import Proposal

NAMES = names()
WORDS = {*get_args(PointWord), *get_args(GoalWord), *get_args(CaseWord)}
# The list of the issue, each with the face that stands for it.
ASKED_FOR = {
    "strong corrugators": "strong-corrugators",
    "heavy lids that need their frontalis": "heavy-lids",
    "high forehead": "high-forehead",
    "one brow higher from the start": "one-brow-higher",
    "Spock after a central forehead": "spock-after-central-forehead",
    "lid ptosis day 5": "lid-ptosis-day-5",
    "frozen": "frozen",
    "man with deep lines": "man-with-deep-lines",
    "early thirties, no lines at rest": "early-thirties",
    "crow's feet with weak zygomaticus margin": "crows-feet-weak-smile",
    "too early at day 6": "too-early-day-6",
    "third top-up in a month": "third-top-up",
}
EDGE = 0.01
SMALL = """
title = "A frown"
who = "A woman."
question = "What now?"

[[reasoning]]
says = "The label."
facts = ["products.botox-cosmetic.areas.glabella.total_units"]

[goal]
date = 2026-11-20
product = "botox-cosmetic"
areas = { glabella = {} }
patient = { sex = "female", age_years = 42, lines = { glabella = { maximum = 3 } } }

[[expected]]
what = "units"
at_most = 20
why = "The label's units."
"""


def expectation(**changes: Any) -> Expectation:
    return msgspec.convert({"what": "units", "why": "Why not."} | changes, Expectation)


def on_the_edge(one: Check) -> bool:
    """Whether a number meets its bound by so little that the next calibration may miss it."""
    if isinstance(one.seen, bool) or not isinstance(one.seen, int | float):
        return False
    room = min(one.expectation.high - one.seen, one.seen - one.expectation.low)
    return room <= EDGE * max(1.0, abs(one.seen))


def checks() -> Iterator[tuple[str, Check]]:
    for name in NAMES:
        for one in answered(name).checks:
            yield name, one


# What every face is


@pytest.mark.parametrize("asked", ASKED_FOR)
def test_every_face_that_was_asked_for_is_there(asked: str) -> None:
    assert ASKED_FOR[asked] in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_expectation_is_met_or_it_is_said_why_the_model_disagrees(name: str) -> None:
    missed = [
        f"{reference_text.told(one.expectation)}: found {reference_text.found(one)}"
        for one in answered(name).checks
        if one.word == "not met"
    ]
    assert not missed


@pytest.mark.parametrize("name", NAMES)
def test_no_disagreement_is_told_of_what_is_met(name: str) -> None:
    stale = [
        reference_text.told(one.expectation)
        for one in answered(name).checks
        if one.met and one.expectation.disagrees and not on_the_edge(one)
    ]
    assert not stale, "take `disagrees` away: the model agrees now"


@pytest.mark.parametrize("name", NAMES)
def test_the_reasoning_stands_on_facts_with_sources(name: str) -> None:
    face = reference_face(name)
    found = stands_on(face)
    assert found
    assert {fact.source for fact in found.values()} <= set(facts.load().sources)
    assert all(reason.facts for reason in face.reasoning)


@pytest.mark.parametrize("name", NAMES)
def test_a_face_is_told_in_whole_sentences(name: str) -> None:
    face = reference_face(name)
    assert face.question.endswith("?")
    told = [face.who, *(reason.says for reason in face.reasoning)]
    told += [one.why for one in face.expected]
    told += [one.disagrees for one in face.expected if one.disagrees]
    assert not [words for words in told if not re.match(r"[A-Z].*\.$", words)]


@pytest.mark.parametrize("name", NAMES)
def test_a_face_holds_the_very_keys_of_a_goal_or_a_case(name: str) -> None:
    face = reference_face(name)
    if face.goal is not None:
        assert read_goal(msgspec.json.encode(face.goal)) == face.goal
    else:
        assert read_case(msgspec.json.encode(face.case)) == face.case


def test_no_answer_of_any_face_breaks_a_rule_that_says_stop() -> None:
    stops = expectation(what="stops", at_most=0)
    assert all(check(stops, answered(name).answer).met for name in NAMES)


# The vocabulary


def test_every_word_is_measured_and_no_other() -> None:
    assert set(MEASURES) == WORDS
    assert set(words_about("goal")) | set(words_about("case")) == WORDS


def test_every_word_is_used_by_some_face() -> None:
    assert {one.what for name in NAMES for one in reference_face(name).expected} == WORDS


def test_an_expectation_that_is_wrongly_changed_is_not_met() -> None:
    for name, one in checks():
        if not isinstance(one.seen, int | float) or isinstance(one.seen, bool):
            continue
        beyond = abs(one.seen) + 1 if one.seen != float("inf") else 1.0
        above = msgspec.structs.replace(one.expectation, at_least=beyond, at_most=None)
        below = msgspec.structs.replace(one.expectation, at_least=None, at_most=-beyond)
        other = _other(name, one)
        found = answered(name).answer
        assert one.seen == float("inf") or not check(above, found, other).met, (name, above)
        assert not check(below, found, other).met, (name, below)


def _other(name: str, one: Check) -> Proposal | None:
    if not one.expectation.instead:
        return None
    other = answer(instead(reference_face(name), one.expectation.instead)).answer
    assert isinstance(other, Proposal)
    return other


def test_words_that_are_wrongly_changed_are_not_met() -> None:
    for name, one in checks():
        expected, found = one.expectation, answered(name).answer
        if expected.says:
            assert not check(msgspec.structs.replace(expected, says="the moon"), found).met
        if isinstance(expected.is_, str):
            assert not check(msgspec.structs.replace(expected, is_="the moon"), found).met
        if isinstance(expected.is_, bool):
            turned = msgspec.structs.replace(expected, is_=not expected.is_)
            assert check(turned, found).met is not one.met


def test_a_face_whose_expectation_is_wrongly_changed_fails() -> None:
    face = read_face("a-frown", SMALL)
    assert answer(face).as_expected
    wrong = read_face("a-frown", SMALL.replace("at_most = 20", "at_least = 30"))
    told = answer(wrong)
    assert not told.as_expected
    assert [one.word for one in told.checks] == ["not met"]
    known = read_face("a-frown", SMALL.replace("at_most = 20", 'at_least = 30\ndisagrees = "So."'))
    assert [one.word for one in answer(known).checks] == ["disagrees"]


def test_with_instead_the_difference_is_measured() -> None:
    face = read_face("a-frown", SMALL)
    more = expectation(at_least=1, instead={"preset": "first-visit"})
    own, other = answer(face), answer(instead(face, {"preset": "first-visit"}))
    found = check(more, own.answer, other.answer)
    assert isinstance(own.answer, Proposal)
    assert isinstance(other.answer, Proposal)
    assert found.seen == pytest.approx(own.answer.units - other.answer.units)


def test_instead_changes_the_keys_it_names_and_no_others() -> None:
    face = read_face("a-frown", SMALL)
    changed = instead(face, {"patient": {"measures": {"bulk": "strong"}}})
    assert face.goal is not None
    assert changed.goal is not None
    assert changed.goal.patient.measures.bulk == "strong"
    assert changed.goal.patient.lines == face.goal.patient.lines
    assert changed.goal.areas == face.goal.areas


def test_units_are_counted_by_area_side_muscle_and_depth() -> None:
    found = answered("strong-corrugators").answer
    total = sum(dose.units.amount for dose in doses_of(found))

    def units(**chosen: Any) -> float:
        seen = check(expectation(at_least=0, **chosen), found).seen
        assert isinstance(seen, int | float)
        return float(seen)

    assert units() == units(area="glabella") == total
    assert units(area="forehead") == 0
    sides = [units(side=side) for side in ("left", "right", "midline")]
    assert sum(sides) == total
    assert units(muscle="corrugator") + units(muscle="procerus") == total
    assert units(depth="bone") == 0


def test_of_points_that_are_not_there_nothing_wrong_can_be_said() -> None:
    found = check(
        expectation(what="lowest-mm", at_least=100, area="chin"),
        answered("strong-corrugators").answer,
    )
    assert found.met
    assert found.seen is None
    assert reference_text.found(found) == "no such point"


# What cannot be meant


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"what": "beauty", "at_least": 1}, "Invalid enum value 'beauty'"),
        ({}, "`units` needs `at_least` or `at_most` or both, or else `is`, or `says`"),
        ({"at_least": 1, "is": True}, "needs `at_least` or `at_most`"),
        ({"at_least": 2, "at_most": 1}, "`at_least` is more than `at_most`"),
        ({"what": "reached", "is": True, "instead": {}}, "nothing to compare"),
        ({"what": "chance", "at_least": 0.5}, "`chance` needs `area`"),
        ({"what": "risk", "at_most": 0.5}, "`risk` needs `event`"),
        ({"what": "eases", "is": "study"}, "`eases` needs `code`"),
        ({"at_least": 1, "side": "up"}, "Invalid enum value 'up'"),
        ({"at_least": 1, "colour": "red"}, "unknown field `colour`"),
    ],
)
def test_an_expectation_that_cannot_be_meant_is_refused(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(msgspec.ValidationError, match=re.escape(words)):
        expectation(**changes)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('what = "units"', 'what = "beauty"', "Allowed words: finding, highest-share"),
        ('what = "units"', 'what = "verdict"', "`verdict` says nothing of a goal. Words that do"),
        ("at_most = 20", "at_msot = 20", "Allowed here: what, why, at_least, at_most, is, says"),
        ("[goal]", "[gaol]", "unknown field `gaol`"),
        ('product = "botox-cosmetic"', "", "missing required field `product`"),
        ("maximum = 3", "maximun = 3", "Allowed here: maximum, rest"),
        ('title = "A frown"', "title = ", "is not TOML"),
        ("[[expected]]", "[[nothing]]", "nothing"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_by_name(old: str, new: str, words: str) -> None:
    with pytest.raises(FactError, match=re.escape(words)) as refused:
        read_face("a-frown", SMALL.replace(old, new))
    assert "patients/a-frown.toml" in str(refused.value)


def test_a_face_has_a_goal_or_a_case_and_reasons() -> None:
    head, _ = SMALL.split("[goal]")
    with pytest.raises(FactError, match="either a `goal` or a `case`"):
        read_face("a-frown", head + SMALL[SMALL.index("[[expected]]") :])
    who, rest = SMALL.split("[[reasoning]]")
    without = f"{who}reasoning = []\n{rest[rest.index('[goal]') :]}"
    with pytest.raises(FactError, match="needs `reasoning` and `expected`"):
        read_face("a-frown", without)


def test_a_fact_that_is_not_there_is_refused() -> None:
    face = read_face("a-frown", SMALL.replace("glabella.total_units", "glabela.total_units"))
    with pytest.raises(FactError, match="which is no fact"):
        stands_on(face)


def test_keys_of_instead_that_are_not_there_are_refused() -> None:
    face = read_face("a-frown", SMALL)
    with pytest.raises(
        FactError, match=r"`instead`: .*unknown field `preest`.*Allowed here: patient"
    ):
        instead(face, {"preest": "full"})


def test_instead_says_nothing_of_a_case() -> None:
    case: ReferenceFace = reference_face("frozen")
    changed = expectation(at_most=0, instead={"preset": "full"})
    with pytest.raises(ValueError, match="`instead` changes a goal"):
        msgspec.structs.replace(case, expected=(changed,)).__post_init__()


def test_an_unknown_face_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="Known faces: crows-feet-weak-smile, early-thirties"):
        reference_face("beauty")
