"""The clinical limits: each rule speaks when it should, is silent when not, and names a source."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from glabella import facts
from glabella import plan as plan_room
from glabella.plan import Finding, Plan, check
from tests.plan.plans import DAY, both, codes, expect, plan, treatment

LATER = "2026-11-20"
FOREHEAD = ("forehead", "glabella")


def session(**changes: Any) -> dict[str, Any]:
    return treatment(**changes)


def points(units: float = 4, **point: Any) -> dict[str, Any]:
    return session(injections=both(units=units, **point))


def after(date: str, **changes: Any) -> Plan:
    """The label's glabella on a day, and again on 20 November."""
    return plan(session(date=date, **changes), session(date=LATER))


def aged(years: int) -> Plan:
    return plan(age_years=years)


def with_history(*conditions: str, product: str = "botox-cosmetic") -> Plan:
    return plan(session(product=product), conditions=conditions)


GRADED = {area: {"maximum": 2} for area in ("glabella", "forehead", "lateral-canthal")}
ZONES = facts.load().anatomy.danger_zones
TWO_SIDES = both(site="corrugator-medial", units=4)
LOPSIDED = [TWO_SIDES[0], {**TWO_SIDES[1], "units": 2}]

# Code and severity; a plan in which the rule speaks; a plan near it in which it is silent.
CASES: dict[str, tuple[str, Plan, Plan]] = {
    "contraindication:cows-milk-protein-allergy": (
        "stop",
        with_history("cows-milk-protein-allergy", product="dysport"),
        with_history("cows-milk-protein-allergy"),
    ),
    "warning:neuromuscular-disorder": (
        "warn",
        with_history("neuromuscular-disorder"),
        with_history(),
    ),
    "interaction:aminoglycosides": ("warn", with_history("aminoglycosides"), with_history()),
    "age": ("stop", aged(17), aged(18)),
    "off-label-area": (
        "warn",
        plan(session(product="dysport", injections=both(site="frontalis-upper", units=10))),
        plan(session(product="dysport", injections=both(site="corrugator-medial", units=10))),
    ),
    "label-maximum": ("warn", plan(session(units=21, protocol="glabella")), plan()),
    "large-point": (
        "warn",
        plan(points(12.5, site="corrugator-medial")),
        plan(points(12, site="corrugator-medial")),
    ),
    "session-maximum": (
        "stop",
        plan(session(product="daxxify", units=41, protocol="glabella")),
        plan(session(product="daxxify", units=40, protocol="glabella")),
    ),
    "cumulative-maximum": (
        "stop",
        after("2026-08-24", units=381, protocol="glabella"),
        after("2026-08-22", units=381, protocol="glabella"),
    ),
    "top-up-too-early": ("stop", after("2026-11-07"), after("2026-11-06")),
    "interval": ("warn", after("2026-08-23"), after("2026-08-22")),
    "treat-together": (
        "warn",
        plan(session(areas={"forehead": 20})),
        plan(session(areas=dict.fromkeys(FOREHEAD, 20))),
    ),
    "wrong-vial": (
        "stop",
        plan(session(vial_units=300)),
        plan(session(vial_units=100)),
    ),
    "unusual-dilution": (
        "warn",
        plan(session(vial_units=100, diluent_ml=4)),
        plan(session(vial_units=50, diluent_ml=1.25)),
    ),
    "no-baseline": ("note", plan(lines={"forehead": {"maximum": 2}}), plan()),
    "men-need-more": ("note", plan(sex="male"), plan()),
    "product-not-fitted": ("note", plan(session(product="daxxify")), plan()),
    "uneven-sides": (
        "note",
        plan(session(injections=LOPSIDED)),
        plan(session(injections=TWO_SIDES)),
    ),
    "skin-not-fitted": (
        "note",
        plan(points(0.2, x_mm=31, y_mm=-25, depth="dermis")),
        plan(points(0.2, x_mm=31, y_mm=40)),
    ),
    "droplets-off-label": (
        "warn",
        plan(points(0.2, x_mm=31, y_mm=40, depth="dermis")),
        plan(points(x_mm=31, y_mm=40, depth="dermis")),
    ),
    "near-orbital-rim": ("stop", plan(points(x_mm=31, y_mm=20)), plan(points(x_mm=31, y_mm=25))),
    "low-frontalis": ("warn", plan(points(x_mm=25, y_mm=35)), plan(points(x_mm=25, y_mm=50))),
    "near-lateral-canthus": (
        "warn",
        plan(points(x_mm=58, y_mm=0)),
        plan(points(x_mm=62, y_mm=0)),
    ),
    "over-no-muscle": (
        "stop",
        plan(points(x_mm=31, y_mm=-25)),
        plan(points(x_mm=31, y_mm=-25, depth="dermis")),
    ),
    "lateral-frontalis-alone": (
        "warn",
        plan(points(x_mm=20, y_mm=55)),
        plan(session(injections=both(x_mm=20, y_mm=55, units=4) + both(x_mm=40, y_mm=52, units=2))),
    ),
    "outside-range": (
        "warn",
        plan(session(areas={"masseter": 97})),
        plan(session(areas={"masseter": 96})),
    ),
    "no-range-for-product": (
        "warn",
        plan(session(product="xeomin", areas={"masseter": 50})),
        plan(session(areas={"masseter": 50})),
    ),
    "practice-remark": (
        "note",
        plan(session(areas={"masseter": 50})),
        plan(session(areas={"chin": 4})),
    ),
    "muscle-not-fitted": ("note", plan(session(areas={"chin": 6})), plan()),
    "spread-in-dispute": (
        "note",
        plan(session(product="dysport")),
        plan(session(product="xeomin")),
    ),
    "high-chin": ("warn", plan(points(x_mm=7, y_mm=-84)), plan(points(x_mm=7, y_mm=-85))),
    "wrong-layer": (
        "warn",
        plan(points(x_mm=50, y_mm=-58, depth="dermis")),
        # A droplet in the skin of the cheek is meant for the skin.
        plan(points(0.5, x_mm=50, y_mm=-58, depth="dermis", volume_ml=0.02)),
    ),
    "danger-zone:nose-cheek-groove": (
        "warn",
        plan(points(x_mm=16, y_mm=-24)),
        plan(points(x_mm=8, y_mm=-16)),
    ),
    "danger-zone:medial-to-dao": (
        "warn",
        plan(points(x_mm=19, y_mm=-84)),
        plan(points(x_mm=30, y_mm=-76)),
    ),
    "danger-zone:above-mental-crease": (
        "warn",
        plan(points(x_mm=4, y_mm=-80)),
        plan(points(x_mm=7, y_mm=-89)),
    ),
    "danger-zone:anterior-masseter": (
        "warn",
        plan(points(x_mm=39, y_mm=-60)),
        plan(points(x_mm=47, y_mm=-60)),
    ),
    "danger-zone:central-neck": (
        "warn",
        plan(points(x_mm=4, y_mm=-130)),
        plan(points(x_mm=14, y_mm=-130)),
    ),
    "danger-zone:zygomaticus": (
        "warn",
        plan(points(x_mm=47, y_mm=-26)),
        plan(points(x_mm=47, y_mm=-26, depth="dermis")),
    ),
}


def of(found: tuple[Finding, ...], code: str) -> list[Finding]:
    return [finding for finding in found if finding.code == code]


@pytest.mark.parametrize("code", CASES)
def test_a_rule_speaks_when_it_should(code: str) -> None:
    severity, spoken, _ = CASES[code]
    findings = of(check(spoken), code)
    assert findings
    assert {finding.severity for finding in findings} == {severity}


@pytest.mark.parametrize("code", CASES)
def test_a_rule_is_silent_near_its_limit(code: str) -> None:
    _, _, silent = CASES[code]
    assert not of(check(silent), code)


# These weigh the plan itself against itself; there is nobody to cite.
OWN_WORD = {"off-label-area", "no-baseline", "uneven-sides", "muscle-not-fitted"}


@pytest.mark.parametrize("code", CASES)
def test_a_finding_names_its_source_and_how_to_mend(code: str) -> None:
    _, spoken, _ = CASES[code]
    for finding in of(check(spoken), code):
        if code in OWN_WORD:
            assert finding.source == ""
        else:
            assert finding.source in facts.load().sources
        assert finding.mend or finding.severity == "note" or code == "large-point"


def test_every_code_of_every_rule_is_tried_here() -> None:
    rooms = Path(plan_room.__file__).parent.glob("*_rules.py")
    code = "\n".join(path.read_text(encoding="utf-8") for path in rooms)
    written = re.findall(r'"([a-z-]+)",\s+"(?:stop|warn|note)"|code="([a-z-]+)"', code)
    assert {f"danger-zone:{key}" for key, zone in ZONES.items() if zone.mend} <= set(CASES)
    codes = {one or other for one, other in written}
    assert len(codes) > 15
    # A caution's code carries the condition; these are the groups.
    assert codes - {"contraindications", "warnings", "interactions"} <= set(CASES)


def test_findings_come_with_stops_first() -> None:
    worst = plan(
        session(injections=both(x_mm=31, y_mm=20, units=4) + both(x_mm=18, y_mm=27, units=30)),
        sex="male",
        age_years=16,
    )
    severities = [finding.severity for finding in check(worst)]
    assert severities == sorted(severities, key=["stop", "warn", "note"].index)
    assert set(severities) == {"stop", "warn", "note"}


@pytest.mark.parametrize("sex", ["female", "male"])
@pytest.mark.parametrize("product", sorted(facts.load().face_products))
def test_the_label_protocols_of_every_product_raise_no_stop(product: str, sex: str) -> None:
    label = facts.product(product).areas
    whole = plan(
        session(
            product=product, areas={name: area.total_units.value for name, area in label.items()}
        ),
        sex=sex,
        lines=GRADED,
    )
    assert {finding.severity for finding in check(whole)} <= {"note"}


@pytest.mark.parametrize("product", sorted(facts.load().face_products))
def test_every_contraindication_of_every_product_stops(product: str) -> None:
    for caution in facts.product(product).contraindications:
        found = check(with_history(caution.code, product=product))
        assert found[0].code == f"contraindication:{caution.code}"
        assert found[0].severity == "stop"
        assert caution.text.value in found[0].message


def test_units_of_another_product_do_not_count_towards_a_limit() -> None:
    xeomin = session(date="2026-08-24", product="xeomin", units=381, protocol="glabella")
    assert not of(check(plan(xeomin, session())), "cumulative-maximum")


def test_the_interval_counts_whatever_the_product_but_only_for_the_same_area() -> None:
    other = session(date="2026-10-20", product="dysport")
    assert of(check(plan(other, session())), "interval")
    elsewhere = session(date="2026-10-20", areas={"lateral-canthal": 24})
    assert not of(check(plan(elsewhere, session())), "interval")


def test_a_top_up_in_its_window_is_told_of_both_opinions() -> None:
    (finding,) = of(check(after("2026-11-04")), "interval")
    assert "day 16" in finding.message.lower()
    assert "a top-up is usual until day 21" in finding.message
    assert facts.load().safety.touch_up_conflict.value in finding.message


def test_only_the_last_day_is_judged() -> None:
    early = session(date="2026-01-10", units=60, protocol="glabella")
    assert not of(check(plan(early, session())), "label-maximum")


def test_what_was_given_that_day_counts_with_what_is_planned() -> None:
    given = session(units=16, protocol="glabella", status="given")
    more = session(injections=both(site="corrugator-medial", units=4))
    (finding,) = of(check(plan(given, more)), "label-maximum")
    assert finding.message == "Glabellar lines: 24 U Botox Cosmetic planned, the label has 20 U."


def test_the_rim_falls_away_from_the_pupil() -> None:
    """A point that is too near over the pupil is far enough 11 mm to its side."""
    assert of(check(plan(points(x_mm=31, y_mm=23))), "near-orbital-rim")
    assert not of(check(plan(points(x_mm=20, y_mm=23))), "near-orbital-rim")


def test_a_finding_about_the_rim_says_where_the_point_may_go() -> None:
    findings = of(check(plan(points(x_mm=31, y_mm=20))), "near-orbital-rim")
    assert {finding.where for finding in findings} == {"injection 1", "injection 2"}
    height = int(re.findall(r"Move it to (\d+) mm", findings[0].mend)[0])
    assert not of(check(plan(points(x_mm=31, y_mm=height))), "near-orbital-rim")


def test_the_side_that_lacks_a_lateral_point_is_named() -> None:
    one_side = both(x_mm=20, y_mm=55, units=4) + both(x_mm=40, y_mm=52, units=2)[:1]
    (finding,) = of(check(plan(session(injections=one_side))), "lateral-frontalis-alone")
    assert finding.where == "forehead, right"


# what is added to a treatment is judged together with it


def added(day: int, **changes: Any) -> set[str]:
    """Codes of a session so many days after the label's glabella and a central forehead."""
    first = treatment(
        areas={"glabella": 20},
        injections=[{"x_mm": 0, "y_mm": 52, "side": "midline", "units": 4}],
        status="given",
    )
    later = (date.fromisoformat(DAY) + timedelta(days=day)).isoformat()
    return codes(expect(first, treatment(date=later, **changes)))


LATERAL = [{"x_mm": 45, "y_mm": 45, "side": "left", "units": 1}]


def test_forehead_added_within_the_interval_stands_with_the_glabella_before() -> None:
    assert "treat-together" not in added(15, injections=LATERAL)
    assert "treat-together" in added(120, injections=LATERAL)


def test_a_point_that_settles_a_peak_is_not_asked_for_one_on_the_other_side() -> None:
    assert "lateral-frontalis-alone" not in added(15, injections=LATERAL)


def test_a_central_forehead_still_asks_for_a_lateral_point() -> None:
    central = [{"x_mm": 0, "y_mm": 52, "side": "midline", "units": 4}]
    assert "lateral-frontalis-alone" in added(120, injections=central)
