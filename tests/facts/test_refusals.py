"""Damaged facts are refused, and the message names the file, the key and the mending."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from glabella import facts
from glabella.errors import FactError

SHIPPED = Path(str(resources.files("glabella.facts")))
DYSPORT = "products/us_dysport.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped facts that a test may damage."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "facts"))


Refusal = Callable[..., str]


@pytest.fixture
def refusal(folder: Path) -> Refusal:
    """Replace text in one file and return the message of the refusal."""

    def attempt(file: str, old: str, new: str) -> str:
        text = (folder / file).read_text()
        assert old in text, f"{file} does not contain {old!r}"
        (folder / file).write_text(text.replace(old, new, 1))
        with pytest.raises(FactError) as caught:
            facts.check(facts.read(folder))
        return str(caught.value)

    return attempt


def test_an_untouched_copy_is_accepted(folder: Path) -> None:
    facts.check(facts.read(folder))


def test_an_unknown_key_is_refused_with_its_file(refusal: Refusal) -> None:
    message = refusal(DYSPORT, 'name = "Dysport"', 'name = "Dysport"\nnickname = "Dys"')
    assert message.startswith(f"facts/{DYSPORT}: ")
    assert "unknown field `nickname`" in message


def test_an_unknown_key_inside_a_fact_is_refused(refusal: Refusal) -> None:
    message = refusal(DYSPORT, "{ value = 50, unit", "{ value = 50, maximum = 60, unit")
    assert "unknown field `maximum`" in message


def test_a_text_where_a_number_belongs_is_refused(refusal: Refusal) -> None:
    assert "Expected `float`" in refusal(DYSPORT, "{ value = 50,", '{ value = "50",')


def test_a_kind_that_does_not_exist_is_refused(refusal: Refusal) -> None:
    assert "Invalid enum value 'rumour'" in refusal(DYSPORT, 'kind = "label"', 'kind = "rumour"')


def test_a_file_that_is_not_toml_is_refused(refusal: Refusal) -> None:
    message = refusal(DYSPORT, 'id = "dysport"', "id = dysport")
    assert message.startswith(f"facts/{DYSPORT} is not TOML")
    assert "line 1" in message


def test_a_fact_without_a_source_is_refused(refusal: Refusal) -> None:
    message = refusal(DYSPORT, ', source = "dy-medt"', "")
    assert DYSPORT in message
    assert "missing required field `source`" in message


def test_a_source_that_is_not_listed_is_refused(refusal: Refusal) -> None:
    message = refusal(DYSPORT, 'source = "dy-medt"', 'source = "hearsay"')
    assert "products.dysport.label_revision: source `hearsay` is not in sources.toml" in message


def test_a_source_that_nothing_uses_is_refused(refusal: Refusal) -> None:
    unused = '[idle]\ncitation = "x"\nread = "2026-11-20"\n\n[aao-facial'
    message = refusal("sources.toml", "[aao-facial", unused)
    assert "`idle` is used by no fact; remove it" in message


def test_an_assumption_without_a_reason_is_refused(refusal: Refusal) -> None:
    message = refusal(DYSPORT, 'kind = "label"', 'kind = "assumption"')
    assert "an assumption needs a `reason`" in message


def test_a_value_outside_its_own_bounds_is_refused(refusal: Refusal) -> None:
    message = refusal(DYSPORT, "low = 0.05, high", "low = 0.06, high")
    assert "lies below its own low" in message


def test_points_that_do_not_add_up_are_refused(refusal: Refusal) -> None:
    message = refusal(DYSPORT, "{ value = 10,", "{ value = 8,")
    assert "products.dysport.areas.glabella: the points add up to 48 U" in message


def test_a_site_that_does_not_exist_is_refused(refusal: Refusal) -> None:
    message = refusal(DYSPORT, 'site = "procerus"', 'site = "nose"')
    assert "no such site in anatomy.toml: nose" in message


def test_an_area_treated_with_an_unknown_one_is_refused(refusal: Refusal) -> None:
    message = refusal("products/us_xeomin.toml", '["glabella"]', '["temple"]')
    assert "`treat_with` names `temple`" in message


def test_a_product_in_a_file_of_another_name_is_refused(refusal: Refusal) -> None:
    message = refusal(DYSPORT, 'id = "dysport"', 'id = "azzalure"')
    assert "call the file us_azzalure.toml" in message


def test_a_protocol_of_an_unknown_area_is_refused(refusal: Refusal) -> None:
    message = refusal("protocols.toml", '["glabella"]', '["chin"]')
    assert "protocols.glabella: no product has an area `chin`" in message


def test_a_forehead_without_the_glabella_is_refused(refusal: Refusal) -> None:
    message = refusal("protocols.toml", '["forehead", "glabella"]', '["forehead"]')
    assert "`forehead` is treated with `glabella`; add it" in message


def test_levels_that_do_not_rise_are_refused(refusal: Refusal) -> None:
    old = "total_units = { value = 31,"
    message = refusal("products/us_botox_cosmetic.toml", old, old.replace("31", "37"))
    assert "products.botox-cosmetic.areas.platysma: `levels` must rise" in message


def test_points_of_a_level_that_do_not_add_up_are_refused(refusal: Refusal) -> None:
    old = "total_units = { value = 36,"
    message = refusal("products/us_botox_cosmetic.toml", old, old.replace("36", "38"))
    assert "the points add up to 36 U, `total_units` says 38" in message


def test_a_range_of_an_unknown_product_is_refused(refusal: Refusal) -> None:
    message = refusal("practice.toml", 'product = "botox-cosmetic"', 'product = "botoks"')
    assert "practice.masseter: no product `botoks`; mend it or name `other_product`" in message


def test_a_range_the_wrong_way_round_is_refused(refusal: Refusal) -> None:
    message = refusal("practice.toml", "value = [4, 8]", "value = [8, 4]")
    assert "practice.bunny-lines: a range from 8 to 4 U" in message


def test_a_practice_site_that_does_not_exist_or_lies_elsewhere_is_refused(folder: Path) -> None:
    file = folder / "practice.toml"
    text = file.read_text()
    for site, words in (
        ("nostril", "practice.bunny-lines: no such site in anatomy.toml: nostril"),
        ("mentalis", "practice.bunny-lines: mentalis lies in another area"),
    ):
        file.write_text(text.replace('site = "nasalis"', f'site = "{site}"', 1))
        with pytest.raises(FactError, match=words):
            facts.check(facts.read(folder))


def test_a_site_over_a_sentinel_is_refused(refusal: Refusal) -> None:
    message = refusal("anatomy.toml", 'muscle = "mentalis"', 'muscle = "depressor-labii"')
    assert "anatomy.sites.mentalis: `depressor-labii` is no muscle to treat" in message


def test_a_caution_that_nobody_asks_about_is_refused(refusal: Refusal) -> None:
    message = refusal(DYSPORT, 'code = "dry-eye"', 'code = "wet-eye"')
    assert "the caution `wet-eye` is not asked about" in message


def test_a_question_that_no_caution_needs_is_refused(refusal: Refusal) -> None:
    idle = '[hay-fever]\nname = "Hay fever"\nabout = "allergy"\nquestion = "?"\n\n[pregnancy]'
    message = refusal("conditions.toml", "[pregnancy]", idle)
    assert "no caution has the code `hay-fever`" in message


def test_a_condition_without_a_question_is_refused(refusal: Refusal) -> None:
    old = 'question = "Are you breast-feeding?"\n'
    assert "a `question` is needed" in refusal("conditions.toml", old, "")


def test_two_rows_of_one_id_are_refused(refusal: Refusal) -> None:
    message = refusal(
        "literature/brow.toml", 'id = "ona-temporal-lift-canthus"', 'id = "ona-temporal-lift-pupil"'
    )
    assert "literature.ona-temporal-lift-pupil: the id is used twice" in message


def test_a_row_of_an_unknown_product_is_refused(refusal: Refusal) -> None:
    message = refusal("literature/brow.toml", 'product = "botox-cosmetic"', 'product = "water"')
    assert "no product `water`" in message


def test_a_row_from_memory_cannot_pass_as_a_trial(refusal: Refusal) -> None:
    message = refusal("literature/glabella.toml", "from_memory = true\n", "")
    assert "a row from memory has kind `assumption`" in message


def test_a_gap_in_the_normal_days_is_refused(refusal: Refusal) -> None:
    message = refusal("safety.toml", "from_day = 2\n", "from_day = 3\n")
    assert "a span must begin on day 2" in message


def test_all_faults_are_told_at_once(folder: Path) -> None:
    for file, old, new in (
        (DYSPORT, "{ value = 10,", "{ value = 8,"),
        ("protocols.toml", '["glabella"]', '["chin"]'),
    ):
        text = (folder / file).read_text()
        (folder / file).write_text(text.replace(old, new, 1))
    with pytest.raises(FactError) as caught:
        facts.check(facts.read(folder))
    assert "48 U" in str(caught.value)
    assert "`chin`" in str(caught.value)


def test_a_file_that_nothing_reads_is_refused(folder: Path) -> None:
    (folder / "notes.toml").write_text("a = 1\n")
    with pytest.raises(FactError, match=r"facts/notes\.toml is read by nothing"):
        facts.read(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "safety.toml").unlink()
    with pytest.raises(FactError, match=r"facts/safety\.toml is missing"):
        facts.read(folder)


def test_the_facts_load_before_there_is_a_calibration(folder: Path) -> None:
    (folder / "calibration.toml").unlink(missing_ok=True)
    assert facts.read(folder).calibration is None


def test_a_changed_file_changes_the_digest(folder: Path) -> None:
    before = facts.read(folder).digest
    with (folder / DYSPORT).open("a") as file:
        file.write("# a remark\n")
    assert facts.read(folder).digest != before
