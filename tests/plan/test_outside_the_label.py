"""Treating the lower face and the neck: where units go, and what is said of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella import facts
from glabella.errors import InputError
from glabella.face import Face, Side
from glabella.plan import Dose, Finding, check, forecast, place, read_plan
from glabella.plan.basis import basis
from glabella.plan.place import total_units
from glabella.plan.plan import plan_schema
from tests.laws import law
from tests.plan.plans import both, codes, expect, injecting, on, plan, strength, treatment

WOMAN = Face.fit("female")
PRACTICE = sorted(facts.load().practice)
PRODUCTS = sorted(facts.load().face_products)
EXAMPLES = Path(__file__).parents[2] / "examples"


def doses(**changes: Any) -> tuple[Dose, ...]:
    return place(WOMAN, plan(treatment(**changes)).treatments[0])


def found(code: str, **changes: Any) -> list[Finding]:
    return [finding for finding in check(plan(treatment(**changes))) if finding.code == code]


@pytest.mark.parametrize("area", PRACTICE)
@pytest.mark.parametrize("product", PRODUCTS)
def test_units_given_for_an_area_are_split_over_its_sites(area: str, product: str) -> None:
    placed = doses(product=product, areas={area: 24})
    assert total_units(placed, product).amount == pytest.approx(24)
    sites = facts.load().anatomy.sites
    assert {sites[dose.site].area for dose in placed} == {dose.area for dose in placed} == {area}
    left, right = (
        sorted((dose.site, dose.units.amount) for dose in placed if dose.side is side)
        for side in (Side.LEFT, Side.RIGHT)
    )
    assert left == right


@law
@given(st.floats(1, 200))
def test_a_site_keeps_its_parts_of_any_total(units: float) -> None:
    placed = doses(product="xeomin", areas={"platysma": units})
    jaw = {d.units.amount for d in placed if d.site.startswith("platysma-jaw")}
    band = {d.units.amount for d in placed if d.site.startswith("platysma-band")}
    assert len(jaw) == len(band) == 1
    assert jaw.pop() == pytest.approx(2 * band.pop())


def test_nothing_is_filled_in_where_no_label_says_how_much() -> None:
    """An area always needs its units, and no protocol stamps an area outside the label."""
    with pytest.raises(InputError, match="Expected `float`"):
        plan(treatment(areas={"chin": None}))
    stamped = {area for one in facts.load().protocols.values() for area in one.areas}
    assert not stamped & set(PRACTICE)


@pytest.mark.parametrize(
    ("units", "outer"), [(20, False), (26, False), (30, False), (36, True), (40, True)]
)
def test_the_level_of_the_label_that_is_reached_says_which_bands(units: float, outer: bool) -> None:
    placed = doses(areas={"platysma": units})
    assert total_units(placed, "botox-cosmetic").amount == pytest.approx(units)
    assert any("outer-band" in dose.site for dose in placed) == outer


def test_the_labels_points_of_the_platysma_get_the_labels_units() -> None:
    for units, points in ((26, 18), (36, 28)):
        placed = doses(areas={"platysma": units})
        assert len(placed) == points
        assert {dose.units.amount for dose in placed} == {1, 2}


def test_a_label_total_of_unlike_sides_asks_which_side_gets_more() -> None:
    words = r"31 U Botox Cosmetic.*one band on one side, two on the other.*platysma-outer-band-1"
    with pytest.raises(InputError, match=words):
        doses(areas={"platysma": 31})


def test_another_product_has_no_levels() -> None:
    assert total_units(doses(product="xeomin", areas={"platysma": 31}), "xeomin").amount == (
        pytest.approx(31)
    )


def test_an_area_of_the_upper_face_without_label_doses_is_still_refused() -> None:
    with pytest.raises(InputError, match="no doses for the area `forehead`"):
        doses(product="dysport", areas={"forehead": 30})


@pytest.mark.parametrize("area", PRACTICE)
def test_a_treatment_outside_the_label_is_said_to_be(area: str) -> None:
    spoken = {
        finding.where
        for finding in check(plan(treatment(areas={area: 20})))
        if finding.code == "off-label-area"
    }
    assert spoken == (set() if area == "platysma" else {area})


def test_the_label_area_of_the_neck_is_judged_by_its_highest_level() -> None:
    assert not found("label-maximum", areas={"platysma": 36})
    (finding,) = found("label-maximum", areas={"platysma": 37})
    assert "the label has 36 U" in finding.message


@pytest.mark.parametrize(("units", "outside"), [(23, True), (24, False), (96, False), (97, True)])
def test_a_text_that_names_the_product_is_held_against_the_plan(
    units: float, outside: bool
) -> None:
    findings = found("outside-range", areas={"masseter": units})
    assert bool(findings) == outside
    if outside:
        assert f"{units} U Botox Cosmetic in all" in findings[0].message
        assert "24 to 96 U in all" in findings[0].message
        assert findings[0].source == "masseter-phase-2"


def test_a_range_of_one_product_is_never_held_against_another() -> None:
    assert not found("outside-range", product="dysport", areas={"masseter": 500})
    (finding,) = found("no-range-for-product", product="dysport", areas={"masseter": 500})
    assert "these are no doses of Dysport" in finding.message
    assert "24 to 96 U in all (Botox Cosmetic)" in finding.message
    assert "25 to 50 U on each side (product not said)" in finding.message


def test_a_range_without_a_product_is_told_and_not_judged() -> None:
    """40 U in the chin are far above what any text gives, but none of them names a product."""
    assert not found("outside-range", areas={"chin": 40})
    (finding,) = found("no-range-for-product", areas={"chin": 40})
    assert "4 to 10 U in all (product not said)" in finding.message


def test_the_product_of_another_shelf_is_named() -> None:
    (finding,) = found("no-range-for-product", areas={"lip-lines": 6})
    assert "1 U at a point (Botulift)" in finding.message


def test_single_points_are_judged_as_the_area_is() -> None:
    points = both(site="masseter-middle", units=60)
    assert found("outside-range", injections=points)
    assert not found("outside-range", injections=both(site="masseter-middle", units=30))


@pytest.mark.parametrize(
    ("site", "muscle"),
    [
        ("nasalis", "nasalis"),
        ("lip-lifter", "levator-labii-alaeque-nasi"),
        ("lip-lower", "orbicularis-oris"),
        ("depressor-anguli-oris", "depressor-anguli-oris"),
        ("mentalis", "mentalis"),
        ("masseter-lower-back", "masseter"),
        ("platysma-band-3", "platysma"),
    ],
)
def test_a_point_at_a_site_weakens_its_muscle_for_a_time(site: str, muscle: str) -> None:
    curve = strength(injecting(both(site=site, units=8)), muscle)
    course = forecast(plan(treatment(injections=both(site=site, units=8))))
    assert on(course, 0, curve.median) == 1
    assert on(course, 30, curve.median) < 0.99
    assert on(course, 180, curve.median) > on(course, 30, curve.median)


def test_a_thick_muscle_needs_more() -> None:
    """The same points, had masseter the mass of a thin muscle: it would lose far more."""
    points = both(site="masseter-middle", units=10)
    found = injecting(points)
    thick = on(found, 30, strength(found, "masseter").median)
    assert 0.75 < thick < 1
    known = facts.load().anatomy.muscles["masseter"].thickness_factor
    assert known is not None
    many = injecting(both(site="masseter-middle", units=10 * known.value))
    assert on(many, 30, strength(many, "masseter").median) < thick


def test_toxin_of_the_lower_face_leaves_the_upper_face_alone() -> None:
    course = expect(treatment(areas={"chin": 10, "platysma": 26}))
    for curve in course.muscles:
        if curve.muscle in {"frontalis", "corrugator", "orbicularis-oculi", "levator-palpebrae"}:
            assert min(curve.strength.low) > 0.999, curve.muscle


def test_a_chin_point_too_far_out_reaches_the_depressor_of_the_lower_lip() -> None:
    near, far = (injecting(both(x_mm=x_mm, y_mm=-88, units=4)) for x_mm in (7, 16))
    lost = [on(course, 30, strength(course, "depressor-labii").median) for course in (near, far)]
    assert lost[1] < lost[0] - 0.05


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_a_product_that_spreads_wider_reaches_farther(
    monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    points = both(site="mentalis", units=4)
    before = injecting(points)
    usual = on(before, 30, strength(before, "depressor-anguli-oris").low)
    known = facts.load()
    product = known.products["botox-cosmetic"]
    spread = msgspec.structs.replace(product.spread_factor, value=factor, low=None, high=None)
    other = {**known.products, product.id: msgspec.structs.replace(product, spread_factor=spread)}
    changed = msgspec.structs.replace(known, products=other)
    monkeypatch.setattr(facts, "load", lambda: changed)
    after = injecting(points)
    reached = on(after, 30, strength(after, "depressor-anguli-oris").low)
    assert (reached < usual) == (factor > 1)


def test_lines_are_graded_only_where_there_are_lines() -> None:
    grades = {"maximum": 2, "rest": 1}
    lower = ("bunny-lines", "lip-lines", "chin", "platysma")
    assert set(plan(lines=dict.fromkeys(lower, grades)).patient.lines) == set(lower)
    with pytest.raises(InputError, match=r"'masseter'.*Allowed words: bunny-lines, chin.*platysma"):
        plan(lines={"masseter": grades})
    with pytest.raises(InputError, match="mouth-corner"):
        read_plan(
            json.dumps(
                {
                    "patient": {"sex": "female", "age_years": 40},
                    "treatments": [treatment()],
                    "reviews": [{"date": "2026-12-04", "lines": {"mouth-corner": {"maximum": 1}}}],
                }
            )
        )


def test_an_area_without_lines_is_not_asked_for_a_grade() -> None:
    asked = {
        f.where
        for f in check(plan(treatment(areas={"masseter": 50, "chin": 6})))
        if f.code == "no-baseline"
    }
    assert asked == {"chin"}


def test_the_published_schema_lists_the_areas_and_the_lines() -> None:
    written = json.dumps(plan_schema())
    for area in PRACTICE:
        assert f'"{area}"' in written
    lines = plan_schema()["$defs"]["Patient"]["properties"]["lines"]["propertyNames"]["enum"]
    assert "lip-lines" in lines
    assert "masseter" not in lines


def test_a_forecast_stands_on_the_texts_of_the_areas_that_are_treated() -> None:
    """The masseter's own texts are cited when it is treated, and not when it is not."""
    assert "masseter-phase-2" in basis(plan(treatment(areas={"masseter": 50}))).sources
    assert "masseter-phase-2" not in basis(plan()).sources


def test_units_of_two_products_in_one_area_are_not_added() -> None:
    """90 U of each are inside the range of the one that has one; 180 U of both is no amount."""
    whole = plan(
        treatment(areas={"masseter": 90}), treatment(product="xeomin", areas={"masseter": 90})
    )
    findings = [finding for finding in check(whole) if finding.where == "masseter"]
    assert not [finding for finding in findings if re.search(r"\b180\b", finding.message)]
    assert "outside-range" not in {finding.code for finding in findings}


@pytest.mark.parametrize("name", ["lower-face", "masseter"])
def test_the_examples_of_the_lower_face_say_what_is_off_label(name: str) -> None:
    course = forecast(read_plan((EXAMPLES / f"{name}.json").read_bytes()))
    assert {"off-label-area", "muscle-not-fitted"} <= codes(course)
    assert not [finding for finding in course.findings if finding.severity == "stop"]
