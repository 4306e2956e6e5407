"""Events, guides, public forms and scales: complete, cited, and silent where nothing was read."""

from __future__ import annotations

from pathlib import Path

import pytest

from glabella import facts
from glabella.errors import FactError
from glabella.facts.schema import Fact
from glabella.facts.vigilance import Step
from tests.facts.test_load import FOLDER

KNOWN = facts.load()


def test_grades_go_from_one_to_five() -> None:
    assert [one.number for one in KNOWN.events.grades] == [1, 2, 3, 4, 5]


def test_the_criteria_of_seriousness_are_those_of_the_forms() -> None:
    assert {one.code for one in KNOWN.events.criteria} == {
        "death",
        "life-threatening",
        "hospital",
        "disability",
        "congenital",
        "important",
    }
    assert all(one.text.kind == "review" for one in KNOWN.events.criteria)


def test_every_product_names_headache_or_a_drooping_lid() -> None:
    listed = {row.product: set(row.codes) for row in KNOWN.events.listed}
    # Of Botox outside the face no list was read: what is expected of it is not known.
    assert set(listed) == set(KNOWN.face_products)
    assert all(codes & {"headache", "eyelid-ptosis"} for codes in listed.values())


def test_every_complication_and_warning_sign_has_one_guide() -> None:
    guided = [code for guide in KNOWN.guides.values() for code in guide.about]
    assert len(guided) == len(set(guided))
    wanted = set(KNOWN.safety.complications) - {"any", "under-treatment"}
    wanted |= {flag.code for flag in KNOWN.safety.red_flags} | set(KNOWN.events.kinds)
    assert wanted <= set(guided)


def test_a_step_that_was_not_read_is_an_assumption_with_its_reason() -> None:
    for key, guide in KNOWN.guides.items():
        for step in guide.steps:
            if step.text and step.text.source == "glabella-model":
                assert step.text.kind == "assumption", (key, step.code)
                assert step.text.reason, (key, step.code)


def test_a_guide_without_any_source_for_what_to_do_says_so() -> None:
    for key in ("allergy", "faint", "general"):
        assert KNOWN.guides[key].gap.startswith("No source"), key


@pytest.mark.parametrize("form", ["medwatch-3500", "yellow-card", "case-exchange"])
def test_a_form_asks_for_patient_product_lot_event_and_reporter(form: str) -> None:
    needed = {
        field.filler
        for section in KNOWN.reports[form].sections
        for field in section.fields
        if field.needed
    }
    assert {"patient_code", "product", "lot", "narrative", "reporter", "onset"} <= needed


def test_no_form_asks_for_the_name_or_the_day_of_birth() -> None:
    for form in KNOWN.reports.values():
        assert "initials" in form.identity.value.lower()


def test_licensed_scales_are_named_and_have_no_steps() -> None:
    named = {code for code, scale in KNOWN.scales.items() if scale.only_named}
    assert named == {"merz", "face-q", "flo-11"}
    assert not any(KNOWN.scales[code].steps for code in named)


def test_the_lines_are_graded_as_the_measures_are() -> None:
    assert [one.value for one in KNOWN.scales["lines"].steps] == [0, 1, 2, 3]


def a_fact() -> Fact[str]:
    return Fact(value="x", unit="text", kind="review", source="s", locator="l")


def test_a_step_has_its_own_words_or_those_of_a_fact_and_not_both() -> None:
    with pytest.raises(ValueError, match="either"):
        Step(code="a", when="today", of="safety.no_antidote", text=a_fact())
    with pytest.raises(ValueError, match="due later"):
        Step(code="a", when="today", text=a_fact(), after_days=3)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("guides.toml", 'of = "safety.no_antidote"', 'of = "safety.hope"', "no fact `safety.hope`"),
        ("guides.toml", 'about = ["faint"]', 'about = ["hiccups"]', "`hiccups` is no event"),
        ("guides.toml", 'about = ["faint"]', 'about = ["faint", "allergy"]', "two guides"),
        ("events.toml", 'product = "letybo"', 'product = "lety"', "no product `lety`"),
        ("events.toml", '"brow-ptosis", "bruising"]', '"brow", "bruising"]', "`brow` is no event"),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(
    tmp_path: Path, file: str, old: str, new: str, words: str
) -> None:
    for path in FOLDER.rglob("*.toml"):
        copy = tmp_path / path.relative_to(FOLDER)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(FactError, match=words):
        facts.check(facts.read(tmp_path))
