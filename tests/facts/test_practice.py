"""Areas outside the label: what texts give, and that a text without a product gives no dose."""

from __future__ import annotations

from typing import get_args

import pytest

from glabella import facts
from glabella.plan.plan import AreaId

PRACTICE = facts.load().practice
# Technique evidence, areas: low and high as read, of what, and whether a product of the shelf is
# named. The masseter's is the range of arms of a phase 2 trial of onabotulinumtoxinA.
AS_READ = {
    "bunny-lines": {(1, 2, "point", None), (4, 8, "total", None), (2, 2, "side", None)},
    "gummy-smile": {(2, 2, "side", None)},
    "nasal-tip": {(2, 3, "total", None), (2, 2, "total", None)},
    "lip-lines": {(1, 1, "point", None)},
    "mouth-corner": {(2, 3, "side", None)},
    "chin": {(4, 10, "total", None), (4, 8, "side", None)},
    "masseter": {
        (24, 96, "total", "botox-cosmetic"),
        (25, 50, "side", None),
        (15, 15, "side", None),
    },
    "platysma": {(10, 40, "total", None), (15, 20, "side", None)},
}


@pytest.mark.parametrize("area", AS_READ)
def test_ranges_are_those_that_were_read(area: str) -> None:
    shipped = {(*found.units.value, found.per, found.product) for found in PRACTICE[area].ranges}
    assert shipped == AS_READ[area]


def test_every_area_that_can_be_planned_has_a_label_or_a_text() -> None:
    dosed = {area for product in facts.load().products.values() for area in product.areas}
    assert set(get_args(AreaId)) == dosed | set(PRACTICE)


def test_units_of_a_product_that_is_not_on_the_shelf_are_named_as_such() -> None:
    (lips,) = PRACTICE["lip-lines"].ranges
    assert lips.other_product == "Botulift"


def test_no_range_is_an_assumption_or_from_memory() -> None:
    for area, known in PRACTICE.items():
        for found in known.ranges:
            assert found.units.kind in {"trial", "review", "expert"}, area
            assert facts.load().sources[found.units.source].read != "not read", area


def test_how_a_total_is_split_is_admitted_to_be_ours() -> None:
    assert {known.layout.kind for known in PRACTICE.values()} == {"assumption"}


@pytest.mark.parametrize("area", sorted(PRACTICE))
def test_the_sites_of_an_area_lie_in_it(area: str) -> None:
    sites = facts.load().anatomy.sites
    assert {sites[row.site].area for row in PRACTICE[area].sites} == {area}
    assert all(row.parts > 0 for row in PRACTICE[area].sites)
