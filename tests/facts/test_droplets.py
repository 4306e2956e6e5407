"""What texts give of droplets: read, cited, tied to a product, and silent where they are."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest

from glabella import facts
from glabella.errors import FactError
from glabella.units import Concentration, Units

DROPLETS = facts.load().droplets
SHIPPED = Path(str(resources.files("glabella.facts")))
EAR = "{ value = 'a', unit = 'text', kind = 'expert', source = 'je-ae', locator = 'b' }"
# Product, units in 1 mL, droplets from 1 mL, as the texts have them.
AS_READ = {
    "microbotox-20": ("botox-cosmetic", 20, (100, 120)),
    "microbotox-24": ("botox-cosmetic", 24, (100, 120)),
    "microbotox-28": ("botox-cosmetic", 28, (100, 120)),
    "incobotulinum-2021": ("xeomin", 20, None),
}


@pytest.mark.parametrize("key", AS_READ)
def test_a_protocol_is_what_was_read_and_names_its_product(key: str) -> None:
    protocol = DROPLETS.protocols[key]
    product, per_ml, from_one_ml = AS_READ[key]
    assert protocol.product == product
    assert protocol.product_named.value in facts.product(product).generic.lower() or (
        protocol.product_named.value.lower() in facts.product(product).generic.lower()
    )
    assert protocol.units_per_ml.value == per_ml
    given = protocol.droplets_per_ml
    assert (None if given is None else (given.low, given.high)) == from_one_ml


def test_no_protocol_is_left_out_of_this_list() -> None:
    assert set(DROPLETS.protocols) == set(AS_READ)


def test_no_mix_size_or_spacing_of_a_protocol_is_an_assumption() -> None:
    for key, protocol in DROPLETS.protocols.items():
        for fact in (protocol.units_per_ml, protocol.droplets_per_ml, protocol.spacing_mm):
            assert fact is None or fact.kind != "assumption", key
            assert fact is None or facts.load().sources[fact.source].read != "not read", key


def test_no_text_gives_a_spacing_or_discomfort_by_region_yet() -> None:
    """Should one be found, the page and the command line show it without further code."""
    assert all(one.spacing_mm is None for one in DROPLETS.protocols.values())
    assert not DROPLETS.discomfort


def test_the_mix_comes_from_the_vial_or_is_weakened_from_it() -> None:
    for protocol in DROPLETS.protocols.values():
        dilution = protocol.dilution
        assert dilution is not None
        vial = Units(dilution.vial_units, protocol.product)
        made = Concentration.of_vial(vial, diluent_ml=dilution.diluent_ml.value).units_per_ml
        mix = Units(protocol.units_per_ml.value, protocol.product)
        assert mix <= made
        assert (mix < made) == (protocol.topped_up is not None)


def test_every_zone_to_keep_off_says_what_it_risks_and_admits_its_edge() -> None:
    for key, zone in DROPLETS.keep_off.items():
        assert zone.harm
        assert zone.muscles or zone.danger_zones or zone.outline_mm, key
        assert zone.margin_mm.kind == "assumption"
        assert zone.basis.kind != "assumption"


def test_units_of_a_product_that_is_not_named_are_no_dose() -> None:
    (unnamed,) = (one for one in DROPLETS.totals if one.source == "droplets-against-nefertiti")
    assert "no dose of any product" in unnamed.value


def test_both_sides_of_the_evidence_are_told() -> None:
    skin = facts.load().model.skin
    assert len(DROPLETS.saw) == 3
    assert len((*DROPLETS.saw_not, *skin.saw_not)) == 2


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('regions = ["forehead", "nose"]', 'regions = ["brow"]', "no region of the skin `brow`"),
        ('product = "xeomin"', 'product = "xeomine"', "no product `xeomine`"),
        ('regions = ["cheek", "jawline", "chin"]', 'regions = ["ear"]', "no region .* `ear`"),
        ('muscles = ["zygomaticus"', 'muscles = ["risorius"', "no muscle `risorius`"),
        ('danger_zones = ["anterior-masseter"]', 'danger_zones = ["x"]', "no danger zone `x`"),
        (
            "[discomfort]",
            f"[discomfort]\near = {EAR}",
            "droplets.discomfort: no region of the skin `ear`",
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "facts"))
    file = folder / "droplets.toml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(FactError, match=words):
        facts.check(facts.read(folder))
