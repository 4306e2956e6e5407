"""From a treatment as written to doses at points: protocols, areas, sites, volumes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella import facts
from glabella.errors import GeometryError, GlabellaError, InputError
from glabella.face import Face, Side
from glabella.plan import Dose, area_of, place, read_plan, stamp
from glabella.plan.place import total_units
from tests.laws import law
from tests.plan.plans import both, patient, treatment

WOMAN = Face.fit("female")
AREAS = [(p.id, area) for p in facts.load().products.values() for area in p.areas]


def doses(**changes: Any) -> tuple[Dose, ...]:
    plan = read_plan(json.dumps({"patient": patient(), "treatments": [treatment(**changes)]}))
    return place(WOMAN, plan.treatments[0])


def one(**point: Any) -> Dose:
    (dose,) = doses(injections=[{"units": 4} | point])
    return dose


@pytest.mark.parametrize(("product", "area"), AREAS)
def test_the_doses_of_an_area_add_up_to_its_units_at_its_sites(product: str, area: str) -> None:
    label = facts.product(product).areas[area]
    placed = doses(product=product, areas={area: label.total_units.value})
    assert total_units(placed, product).amount == pytest.approx(label.total_units.value)
    assert {dose.site for dose in placed} == {site.site for site in label.sites}
    assert {dose.area for dose in placed} == {area}


@law
@given(st.floats(1, 200))
def test_the_units_of_a_protocol_scale_every_point_alike(units: float) -> None:
    usual, scaled = doses(protocol="upper-face"), doses(protocol="upper-face", units=units)
    assert total_units(scaled, "botox-cosmetic").amount == pytest.approx(units)
    for before, after in zip(usual, scaled, strict=True):
        assert after.units / before.units == pytest.approx(units / 64)
        assert (after.x_mm, after.y_mm, after.side) == (before.x_mm, before.y_mm, before.side)


def test_without_units_a_protocol_is_that_of_the_label() -> None:
    label = stamp(WOMAN, "botox-cosmetic", "forehead-with-glabella")
    assert [dose.units.amount for dose in label] == [4] * 10
    assert sum(dose.side is Side.MIDLINE for dose in label) == 2


@law
@given(st.sampled_from([50, 100]), st.floats(0.5, 10), st.floats(0.5, 20))
def test_volumes_follow_the_dilution(vial: int, diluent_ml: float, units: float) -> None:
    (dose,) = doses(
        injections=[{"site": "procerus", "units": units}], vial_units=vial, diluent_ml=diluent_ml
    )
    assert dose.volume_ml == pytest.approx(units * diluent_ml / vial)


def test_without_a_dilution_the_volume_is_the_labels_or_ones_own_or_the_usual() -> None:
    assert {dose.volume_ml for dose in doses(protocol="glabella")} == {0.1}
    assert one(site="procerus", volume_ml=0.02).volume_ml == 0.02
    usual = facts.product("botox-cosmetic").dilutions[0]
    expected = 4 * usual.diluent_ml.value / usual.vial_units
    assert one(site="procerus").volume_ml == pytest.approx(expected)


def test_twice_the_units_of_a_protocol_are_twice_the_volume() -> None:
    assert {dose.volume_ml for dose in doses(protocol="glabella", units=40)} == {0.2}


def test_the_dilution_in_use_goes_before_the_labels_volume_and_ones_own() -> None:
    diluted = {"vial_units": 100, "diluent_ml": 5}
    assert {dose.volume_ml for dose in doses(protocol="glabella", **diluted)} == {0.2}
    point = {"site": "procerus", "units": 4, "volume_ml": 0.02}
    assert {dose.volume_ml for dose in doses(injections=[point], **diluted)} == {0.2}


def test_a_named_site_and_its_coordinates_are_one_place() -> None:
    named = one(site="corrugator-medial", side="right")
    own = one(x_mm=named.x_mm, y_mm=named.y_mm, side="right")
    assert (own.x_mm, own.y_mm, own.area, own.muscle) == (
        named.x_mm,
        named.y_mm,
        named.area,
        named.muscle,
    )
    assert named.signed_x_mm == -named.x_mm
    assert "Corrugator" in named.at()
    assert "right" in named.at()


def test_a_point_in_the_midline_has_no_side_whatever_was_written() -> None:
    assert one(x_mm=0, y_mm=50, side="left").side is Side.MIDLINE


@pytest.mark.parametrize(
    ("x_mm", "y_mm", "area"),
    [(0, 12, "glabella"), (11, 8, "glabella"), (30, 50, "forehead"), (60, 0, "lateral-canthal")],
)
def test_a_free_point_belongs_to_the_area_of_the_muscle_below_it(
    x_mm: float, y_mm: float, area: str
) -> None:
    assert area_of(WOMAN, x_mm, y_mm, Side.LEFT)[0] == area


SITES = ", ".join(sorted(facts.load().anatomy.sites))
PRODUCTS = ", ".join(sorted(facts.load().products))
PROTOCOLS = ", ".join(facts.load().protocols)


@pytest.mark.parametrize(
    ("changes", "words", "error"),
    [
        ({"product": "botoks"}, f"'botoks'. Known: {PRODUCTS}", InputError),
        ({"protocol": "chin"}, f"`chin`. Known protocols: {PROTOCOLS}", InputError),
        ({"injections": both(site="chin", units=4)}, f"`chin`. Known sites: {SITES}", InputError),
        (
            {"injections": [{"site": "corrugator-medial", "units": 4}]},
            "`corrugator-medial` (injection 1) lies on both sides: give `side`",
            InputError,
        ),
        (
            {"injections": [{"site": "procerus", "units": 4, "side": "left"}]},
            "`procerus` lies midline, not left",
            GeometryError,
        ),
        (
            {"injections": [{"x_mm": 9, "y_mm": 20, "units": 4, "side": "midline"}]},
            "midline point (injection 1) has x_mm 0",
            InputError,
        ),
        (
            {"injections": both(x_mm=80, y_mm=20, units=4)},
            "80 mm from the midline and 20 mm above the canthi is off the face and neck",
            GeometryError,
        ),
        (
            {"product": "dysport", "areas": {"forehead": 20}},
            "Dysport have no doses for the area `forehead` (they have glabella)",
            InputError,
        ),
        (
            {"product": "letybo", "protocol": "upper-face"},
            "Letybo have no doses for the area `forehead`",
            InputError,
        ),
    ],
)
def test_what_cannot_be_placed_is_refused_with_what_is_known(
    changes: dict[str, Any], words: str, error: type[GlabellaError]
) -> None:
    with pytest.raises(error) as refusal:
        doses(**changes)
    assert words in str(refusal.value)
