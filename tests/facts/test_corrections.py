"""What a review may show and what may ease it: complete, graded and cited."""

from __future__ import annotations

from typing import get_args

from glabella import facts
from glabella.facts.corrections import SeenWord

CORRECTIONS = facts.load().corrections


def test_every_word_has_a_name_and_an_answer() -> None:
    assert set(CORRECTIONS.seen) == set(get_args(SeenWord))
    assert all(kind.name for kind in CORRECTIONS.seen.values())


def test_all_complications_and_red_flags_may_be_named_at_a_review() -> None:
    safety = facts.load().safety
    known = set(safety.complications) - {"any"} | {flag.code for flag in safety.red_flags}
    assert known == set(get_args(SeenWord))


def test_a_word_is_called_as_its_complication_is_where_the_clinic_lists_it() -> None:
    safety = facts.load().safety
    same = {code for code in safety.complications if code in CORRECTIONS.seen}
    unlike = {
        code for code in same if safety.complications[code].name != CORRECTIONS.seen[code].name
    }
    assert unlike == {"over-treatment"}


def test_nothing_without_good_evidence_is_graded_as_a_study() -> None:
    grades = {ease.code: ease.grade for ease in CORRECTIONS.eases}
    assert grades["copper"] == grades["zinc"] == grades["antidote"] == "no good evidence"
    assert {code for code, grade in grades.items() if grade == "study"} == {
        "apraclonidine",
        "oxymetazoline",
    }


def test_what_is_graded_stands_on_a_source_and_what_is_not_known_says_so() -> None:
    for ease in CORRECTIONS.eases:
        assumed = [fact for fact in ease.says if fact.kind == "assumption"]
        assert bool(assumed) == (ease.grade == "not known"), ease.code


def test_the_claim_for_zinc_stands_beside_its_critique() -> None:
    (zinc,) = (ease for ease in CORRECTIONS.eases if ease.code == "zinc")
    assert [fact.source for fact in zinc.says] == ["koshy-2012", "zinc-critique"]


def test_nothing_is_said_to_ease_what_goes_by_itself_or_is_urgent() -> None:
    for ease in CORRECTIONS.eases:
        assert all(CORRECTIONS.seen[word].answer == "wait" for word in ease.about), ease.code


def test_the_units_that_settle_a_peak_are_those_of_the_text() -> None:
    most = CORRECTIONS.spock_most_units
    assert (most.low, most.value) == (1, 2)
    assert "one or two units" in facts.load().safety.lateral_frontalis_settled.value.lower()
