"""The facts load as one frozen value that can be listed in full."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

import pytest

from glabella import facts
from glabella.errors import InputError, ModelError

FOLDER = Path(str(resources.files("glabella.facts")))


def evidence_in(value: object) -> int:
    """How many tables of a TOML file carry a source: the facts, counted without the schema."""
    if isinstance(value, dict):
        return ("source" in value) + sum(evidence_in(part) for part in value.values())
    if isinstance(value, list):
        return sum(evidence_in(part) for part in value)
    return 0


def test_the_shipped_facts_load_and_hold_together() -> None:
    assert facts.load() is facts.load()


def test_six_products_of_the_united_states_are_known_for_the_face_and_one_for_the_body() -> None:
    assert set(facts.load().products) - set(facts.load().face_products) == {"botox"}
    assert set(facts.load().face_products) == {
        "botox-cosmetic",
        "dysport",
        "xeomin",
        "jeuveau",
        "daxxify",
        "letybo",
    }
    assert {product.jurisdiction for product in facts.load().products.values()} == {"US"}


def test_a_product_is_found_by_its_id() -> None:
    assert facts.product("dysport").generic == "abobotulinumtoxinA"


def test_an_unknown_product_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"No product 'botoks'\. Known: botox, botox-c"):
        facts.product("botoks")


def test_a_product_of_the_body_is_refused_for_the_face() -> None:
    with pytest.raises(InputError, match="Botox is no product for the face"):
        facts.face_product("botox")
    with pytest.raises(ModelError, match="knows nothing of Botox in the face"):
        _ = facts.product("botox").face_spread


def test_a_fact_cannot_be_changed() -> None:
    total = facts.product("botox-cosmetic").areas["glabella"].total_units
    with pytest.raises(AttributeError):
        total.value = 50  # type: ignore[misc]


def test_walk_finds_every_fact_of_every_file() -> None:
    in_files = sum(evidence_in(tomllib.loads(p.read_text())) for p in FOLDER.rglob("*.toml"))
    assert len(list(facts.walk(facts.load()))) == in_files


def test_every_path_is_its_own() -> None:
    paths = [path for path, _ in facts.walk(facts.load())]
    assert len(set(paths)) == len(paths)


def test_a_path_reads_like_an_address() -> None:
    found = dict(facts.walk(facts.load()))
    assert found["products.dysport.areas.glabella.sites.procerus.units"].value == 10
    assert found["safety.complications.eyelid-ptosis.onset_days"].value == (3, 7)
    assert found["literature.ona-women-2005-20u-day-120"].value == 33


def test_every_fact_says_where_it_was_read() -> None:
    sources = facts.load().sources
    for path, fact in facts.walk(facts.load()):
        assert fact.source in sources, path
        assert fact.locator.strip(), path
        assert fact.unit.strip(), path


def test_only_an_assumption_may_rest_on_what_was_not_read() -> None:
    sources = facts.load().sources
    for path, fact in facts.walk(facts.load()):
        if sources[fact.source].read == "not read":
            assert fact.kind == "assumption", path


def test_every_assumption_gives_its_reason() -> None:
    for path, fact in facts.walk(facts.load()):
        if fact.kind == "assumption":
            assert fact.reason, path


def test_the_digest_is_that_of_the_files() -> None:
    digest = facts.load().digest
    assert len(digest) == 64
    assert facts.read(FOLDER).digest == digest
