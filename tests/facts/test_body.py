"""What is shipped for treatments outside the face, against figures typed from their sources."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from glabella import facts
from glabella.errors import FactError
from glabella.facts.body import BodyProtocol

BODY = facts.load().body

# The table of the PREEMPT sites (Dr.Oracle summary; the CPT 64615 page has the same rows):
# muscle, units in all, sites in all.
MIGRAINE = [
    ("frontalis", 20, 4),
    ("corrugator", 10, 2),
    ("procerus", 5, 1),
    ("occipitalis", 30, 6),
    ("temporalis", 40, 8),
    ("trapezius-upper", 30, 6),
    ("cervical-paraspinal", 20, 4),
]
# Xeomin label, section 2.3, dosing by muscle for the arm of adults (MedLibrary page 2 of 12).
XEOMIN_ARM = [
    ("flexor-digitorum-superficialis", 25, 100, 2, 2),
    ("flexor-digitorum-profundus", 25, 100, 2, 2),
    ("flexor-carpi-radialis", 25, 100, 1, 2),
    ("flexor-carpi-ulnaris", 20, 100, 1, 2),
    ("brachioradialis", 25, 100, 1, 3),
    ("biceps", 50, 200, 1, 4),
    ("brachialis", 25, 100, 1, 2),
    ("pronator-quadratus", 10, 50, 1, 1),
    ("pronator-teres", 25, 75, 1, 2),
    ("flexor-pollicis-longus", 10, 50, 1, 1),
    ("adductor-pollicis", 5, 30, 1, 1),
    ("flexor-pollicis-brevis", 5, 30, 1, 1),
]
# BotoxONE, paediatric spasticity dosing: U/kg of each muscle and its sites.
BOTOX_CHILD = [
    ("biceps", 1.5, 3, 4),
    ("brachialis", 1, 2, 2),
    ("brachioradialis", 0.5, 1, 2),
    ("flexor-carpi-radialis", 1, 2, 2),
    ("flexor-carpi-ulnaris", 1, 2, 2),
    ("flexor-digitorum-profundus", 0.5, 1, 2),
    ("flexor-digitorum-superficialis", 0.5, 1, 2),
]


def protocol(indication: str, product: str = "botox") -> BodyProtocol:
    return BODY.indications[indication].products[product]


def value(fact: object) -> object:
    return None if fact is None else fact.value  # type: ignore[attr-defined]


def test_migraine_is_31_sites_and_155_units() -> None:
    limits = protocol("chronic-migraine").limits
    assert value(limits.units) == (155, 155)
    assert value(limits.sites) == (31, 31)
    assert value(limits.site_units) == (5, 5)
    assert sum(units for _, units, _ in MIGRAINE) == 155
    assert sum(sites for _, _, sites in MIGRAINE) == 31


@pytest.mark.parametrize(("target", "units", "sites"), MIGRAINE)
def test_each_muscle_of_migraine_has_its_units_and_sites(
    target: str, units: float, sites: int
) -> None:
    [row] = [one for one in protocol("chronic-migraine").muscles if one.target == target]
    sides = 2 if facts.load().body_maps.targets[target].paired else 1
    assert row.units is not None
    assert row.sites is not None
    assert tuple(sides * one for one in row.units.value) == (units, units)
    assert tuple(sides * one for one in row.sites.value) == (sites, sites)


@pytest.mark.parametrize(("target", "low", "high", "fewest", "most"), XEOMIN_ARM)
def test_the_arm_with_xeomin_is_the_labels_table(
    target: str, low: float, high: float, fewest: int, most: int
) -> None:
    rows = protocol("upper-limb-spasticity", "xeomin").muscles
    [row] = [one for one in rows if one.target == target]
    assert value(row.units) == (low, high)
    assert value(row.sites) == (fewest, most)
    assert len(rows) == len(XEOMIN_ARM)


@pytest.mark.parametrize(("target", "low", "high", "sites"), BOTOX_CHILD)
def test_the_arm_of_a_child_with_botox_goes_by_weight(
    target: str, low: float, high: float, sites: int
) -> None:
    rows = protocol("upper-limb-spasticity-child").muscles
    [row] = [one for one in rows if one.target == target]
    assert row.units is None
    assert value(row.units_per_kg) == (low, high)
    assert value(row.sites) == (sites, sites)
    assert len(rows) == len(BOTOX_CHILD)


# indication, product, units, per, sites, interval: BotoxONE pages, label paragraphs and the makers'
# pages that body.toml cites; None is what no source that was seen gives.
TOTALS = [
    ("overactive-bladder", "botox", (100, 100), "session", (20, 20), 84),
    ("neurogenic-bladder", "botox", (200, 200), "session", (30, 30), 84),
    ("axillary-sweating", "botox", (50, 50), "side", (10, 15), 56),
    ("blepharospasm", "botox", None, "side", (3, 3), 90),
    ("upper-limb-spasticity", "botox", (75, 360), "session", None, 84),
    ("lower-limb-spasticity", "botox", (300, 400), "session", None, None),
    ("upper-limb-spasticity", "dysport", (500, 1000), "session", None, 84),
    ("lower-limb-spasticity", "dysport", (1000, 1500), "session", None, 84),
    ("cervical-dystonia", "botox", None, "session", None, None),
    ("cervical-dystonia", "xeomin", (120, 120), "session", None, None),
    ("cervical-dystonia", "daxxify", (125, 250), "session", None, 90),
]


@pytest.mark.parametrize("row", TOTALS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_totals_sites_and_intervals_are_those_that_were_read(row: tuple[Any, ...]) -> None:
    indication, product, units, per, sites, days = row
    limits = protocol(indication, product).limits
    assert value(limits.units) == units
    assert limits.units_per == per
    assert value(limits.sites) == sites
    assert value(limits.interval_days) == days


# indication, product, U/kg, most units, combined U/kg and units: makers' pages.
BY_WEIGHT = [
    ("upper-limb-spasticity-child", "botox", (3, 6), 200, None, None),
    ("upper-limb-spasticity-child", "xeomin", (0, 8), 200, None, None),
    ("upper-limb-spasticity-child", "dysport", (8, 16), 640, 30, 1000),
    ("lower-limb-spasticity-child", "dysport", (10, 15), 1000, 30, 1000),
    ("neurogenic-bladder-child", "botox", (6, 6), 200, None, None),
]


@pytest.mark.parametrize("row", BY_WEIGHT, ids=lambda row: f"{row[0]}-{row[1]}")
def test_limits_by_weight_are_those_that_were_read(row: tuple[Any, ...]) -> None:
    indication, product, per_kg, most, together, cap = row
    limits = protocol(indication, product).limits
    assert value(limits.units_per_kg) == per_kg
    assert value(limits.most_units) == most
    assert value(limits.combined_per_kg) == together
    assert value(limits.combined_units) == cap


def test_nothing_that_was_only_remembered_is_shipped() -> None:
    """No source gave units of Botox by muscle in the limbs or neck of adults, nor its child leg."""
    for indication in ("upper-limb-spasticity", "lower-limb-spasticity", "cervical-dystonia"):
        for row in protocol(indication).muscles:
            assert row.units is None, (indication, row.target)
    assert "botox" not in BODY.indications["lower-limb-spasticity-child"].products
    assert protocol("neurogenic-bladder-child").limits.sites is None


def test_no_dose_or_limit_of_the_body_is_an_assumption() -> None:
    for path, fact in facts.walk(BODY.indications):
        if fact.unit in {"U", "U/kg", "d", "1"}:
            assert fact.kind != "assumption", path


def test_only_codes_that_were_seen_are_shipped() -> None:
    shipped = {code.code for one in BODY.indications.values() for code in one.codes}
    shipped |= {code.code for code in BODY.product_codes.values()}
    shipped |= {code.code for code in BODY.guidance_codes.values()}
    assert shipped == {
        *("64612", "64615", "64616", "64642", "64643", "64644", "64645", "64650"),
        *("52287", "67345", "95873", "J0585", "J0586", "J0588", "J0589", "G24.3", "M43.6"),
    }


def test_the_two_products_of_one_toxin_are_two_products() -> None:
    assert facts.product("botox").generic == facts.product("botox-cosmetic").generic
    assert BODY.counted_together["botox"].product == "botox-cosmetic"
    assert BODY.counted_together["botox-cosmetic"].product == "botox"


def test_every_site_of_a_target_lies_on_its_picture() -> None:
    known = facts.load().body_maps
    for key, target in known.targets.items():
        left, top, width, height = known.maps[target.map].box
        for x, _ in (*target.sites, *target.outline):
            assert x >= 0 or not target.paired, key
            assert left - 1 <= x <= left + width + 1, key
        for _, y in target.sites:
            assert top <= -y <= top + height, key


def test_a_target_has_room_for_the_most_sites_of_its_protocols() -> None:
    targets = facts.load().body_maps.targets
    for indication in BODY.indications.values():
        for one in indication.products.values():
            for row in one.muscles:
                if row.sites is not None:
                    assert len(targets[row.target].sites) >= row.sites.value[1], row.target


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("body.toml", 'target = "biceps"', 'target = "bicepz"', "no target `bicepz`"),
        ("body.toml", 'scale = "hit-6"', 'scale = "hit-7"', "no scale `hit-7`"),
        ("body.toml", 'maps = ["eyes"]', 'maps = ["ears"]', "no map `ears`"),
        ("body_maps.toml", 'map = "eyes"', 'map = "ears"', "no map `ears`"),
        ("body.toml", 'target = "medial-rectus"', 'target = "soleus"', "lies on no map of it"),
    ],
)
def test_a_damaged_file_is_refused_and_told(
    tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    folder = Path(shutil.copytree(str(resources.files("glabella.facts")), tmp_path / "facts"))
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    with pytest.raises(FactError, match=told):
        facts.check(facts.read(folder))
