"""What the products ship, against figures typed here from their labels."""

from __future__ import annotations

import pytest

from glabella import facts

# Botox Cosmetic: US label section 2 as copied by drugs.com, and the PI highlights of 11/2019
# (5 sites x 4 U, 6 sites x 4 U). Dysport: maker's administration page (5 x 10 U).
# Xeomin: maker's usage page (5 x 4 U) and the press release of July 2024 (20, 20, 24 U).
# Jeuveau, Letybo: label copies (5 x 4 U). Daxxify: drugs.com dosage page (5 x 8 U).
TOTALS = [
    ("botox-cosmetic", "glabella", 20, 5),
    ("botox-cosmetic", "forehead", 20, 5),
    ("botox-cosmetic", "lateral-canthal", 24, 6),
    ("dysport", "glabella", 50, 5),
    ("xeomin", "glabella", 20, 5),
    ("xeomin", "forehead", 20, 5),
    ("xeomin", "lateral-canthal", 24, 6),
    ("jeuveau", "glabella", 20, 5),
    ("daxxify", "glabella", 40, 5),
    ("letybo", "glabella", 20, 5),
]


@pytest.mark.parametrize(("product", "area", "total", "points"), TOTALS)
def test_total_units_and_points_of_an_area(
    product: str, area: str, total: float, points: int
) -> None:
    known = facts.product(product).areas[area]
    paired = facts.load().anatomy.sites
    assert known.total_units.value == total
    assert sum(1 + paired[dose.site].paired for dose in known.sites) == points
    assert {dose.units.value for dose in known.sites} == {total / points}


def test_no_product_has_an_area_that_its_label_does_not_dose() -> None:
    shipped = {(key, area) for key, item in facts.load().products.items() for area in item.areas}
    assert shipped == {(product, area) for product, area, _, _ in TOTALS} | {
        ("botox-cosmetic", "platysma")
    }


def test_the_platysma_of_botox_cosmetic_goes_with_severity() -> None:
    """26, 31 or 36 U: bands 1 + 1, 1 + 2, 2 + 2 (label section 2 as copied by drugs.com)."""
    area = facts.product("botox-cosmetic").areas["platysma"]
    totals = [area.total_units.value, *(level.total_units.value for level in area.levels)]
    assert totals == [26, 31, 36]
    assert area.most_units.value == 36
    assert [bool(level.sites) for level in area.levels] == [False, True]


def test_a_higher_level_of_the_platysma_adds_five_units_for_a_band() -> None:
    """13 U for a side with one band, 18 U with two: arithmetic from the totals."""
    area = facts.product("botox-cosmetic").areas["platysma"]
    one = {dose.site: dose.units.value for dose in area.sites}
    two = {dose.site: dose.units.value for dose in area.levels[-1].sites}
    assert one.items() <= two.items()
    added = {site: units for site, units in two.items() if site not in one}
    assert sum(added.values()) == 5
    assert all(site.startswith("platysma-outer-band") for site in added)


def test_the_whole_upper_face_takes_64_units_of_botox_cosmetic() -> None:
    areas = facts.product("botox-cosmetic").areas
    upper = facts.load().protocols["upper-face"].areas
    assert sum(areas[area].total_units.value for area in upper) == 64


def test_the_forehead_is_never_offered_without_the_glabella() -> None:
    for product in facts.load().products.values():
        if "forehead" in product.areas:
            assert product.areas["forehead"].treat_with == ("glabella",)
            assert product.areas["forehead"].treat_with_reason is not None


# Dilution tables of the same pages: Botox Cosmetic guide, Dysport maker's page, Xeomin table,
# Jeuveau label, Daxxify NDC record; the rest follows from the printed units in 0.1 mL.
DILUTIONS = {
    "botox-cosmetic": {(50, 1.25), (100, 2.5)},
    "dysport": {(300, 1.5), (300, 2.5), (500, 1), (500, 2.5), (500, 5)},
    "xeomin": {(50, 1.25), (100, 2.5), (200, 5)},
    "jeuveau": {(100, 2.5)},
    "daxxify": {(100, 1.2), (50, 0.6)},
    "letybo": {(50, 1.25), (100, 2.5)},
}


@pytest.mark.parametrize("product", DILUTIONS)
def test_dilutions_are_those_that_were_read(product: str) -> None:
    known = facts.product(product)
    assert {(row.vial_units, row.diluent_ml.value) for row in known.dilutions} == DILUTIONS[product]
    assert {row.vial_units for row in known.dilutions} <= set(known.vials_units.value)


@pytest.mark.parametrize("product", ["botox-cosmetic", "xeomin", "jeuveau", "letybo"])
def test_a_tenth_of_a_millilitre_holds_four_units(product: str) -> None:
    for row in facts.product(product).dilutions:
        assert row.vial_units / row.diluent_ml.value / 10 == pytest.approx(4)


@pytest.mark.parametrize(
    ("product", "hours"),
    [
        ("botox-cosmetic", 24),  # maker's dilution guide
        ("dysport", 24),  # public planner's product table
        ("xeomin", 24),  # maker's storage page
        ("jeuveau", 24),  # label copy
        ("daxxify", 72),  # Ellis 2023, the labelled life
        ("letybo", 24),  # not read: an assumption
    ],
)
def test_hours_an_opened_vial_may_be_used(product: str, hours: float) -> None:
    opened = facts.product(product).storage.opened_hours
    assert opened is not None
    assert opened.value == hours
    assert (opened.kind == "assumption") == (product == "letybo")


def test_every_product_for_the_face_waits_ninety_days() -> None:
    for product in facts.load().face_products.values():
        interval = product.limits.minimum_interval_days
        assert interval is not None
        assert interval.value == 90
        assert interval.note


def test_limits_of_units_are_those_that_were_read() -> None:
    limits = {key: product.limits for key, product in facts.load().products.items()}
    cumulative = {
        key: row.cumulative_units.value for key, row in limits.items() if row.cumulative_units
    }
    session = {key: row.session_units.value for key, row in limits.items() if row.session_units}
    # section 2.1: 400 U in a 3-month interval; Botox and Botox Cosmetic are counted together
    assert cumulative == {"botox-cosmetic": 400, "botox": 400}
    assert session == {"xeomin": 400, "daxxify": 40}  # section 2; monograph


def test_no_limit_is_an_assumption() -> None:
    for path, fact in facts.walk(facts.load().products):
        if ".limits." in path:
            assert fact.kind != "assumption", path


def test_doses_are_assumed_only_where_the_split_was_not_read() -> None:
    assumed = {
        path.rsplit(".sites.")[0]
        for path, fact in facts.walk(facts.load().products)
        if path.endswith(".units") and fact.kind == "assumption"
    }
    assert assumed == {
        "xeomin.areas.forehead",
        "xeomin.areas.lateral-canthal",
        "botox-cosmetic.areas.platysma",
        "botox-cosmetic.areas.platysma.levels.1",
    }


def test_a_dose_step_divides_every_dose() -> None:
    for product in facts.load().products.values():
        step = product.dose_step_units.value
        for area in product.areas.values():
            for dose in area.sites:
                assert (dose.units.value / step).is_integer()


def test_every_product_warns_of_spread_and_of_foreign_units() -> None:
    for product in facts.load().products.values():
        codes = {caution.code for caution in product.warnings}
        assert {"distant-spread", "units-not-interchangeable"} <= codes
        assert product.boxed_warning is not None


def test_every_product_forbids_allergy_and_infection_at_the_site() -> None:
    for product in facts.load().products.values():
        codes = {caution.code for caution in product.contraindications}
        assert {"hypersensitivity", "infection-at-site"} <= codes


def test_only_dysport_forbids_allergy_to_cows_milk() -> None:
    forbidding = {
        key
        for key, product in facts.load().products.items()
        if "cows-milk-protein-allergy" in {row.code for row in product.contraindications}
    }
    assert forbidding == {"dysport"}


def test_daxxify_alone_lists_no_albumin_and_does_not_warn_of_it() -> None:
    codes = {caution.code for caution in facts.product("daxxify").warnings}
    assert "human-albumin" not in codes


@pytest.mark.parametrize(
    "code",
    [
        "neuromuscular-disorder",
        "swallowing-or-breathing-difficulty",
        "cardiovascular-disease",
        "pregnancy",
        "breastfeeding",
        "existing-eyelid-ptosis",
        "previous-facial-surgery",
        "dry-eye",
        "aminoglycosides",
        "muscle-relaxants",
        "anticholinergics",
        "other-toxin-recently",
    ],
)
def test_every_product_asks_about(code: str) -> None:
    for product in facts.load().products.values():
        codes = {row.code for row in (*product.warnings, *product.interactions)}
        assert code in codes, product.id


# Where a study compared areas the factor cites it; where none was found it is an assumption of 1.
def test_spread_is_as_wide_as_the_models_unless_a_study_says_otherwise() -> None:
    for key, product in facts.load().face_products.items():
        factor = product.face_spread
        assert factor.value == 1, key
        assert factor.low is not None
        assert factor.high is not None
        assert factor.low < 1 < factor.high
        assert (factor.kind == "trial") == (key == "xeomin")


def test_only_dysports_spread_is_in_dispute_and_both_sides_are_told() -> None:
    disputed = {key for key, known in facts.load().products.items() if known.spread_disputed}
    assert disputed == {"dysport"}
    sources = {study.source for study in facts.product("dysport").spread_studies}
    # Hexsel 2008 saw no difference; Trindade 2007 and Kerscher 2012 a larger area.
    assert {"hexsel-2008", "trindade-2007", "kerscher-2012"} <= sources


@pytest.mark.parametrize(
    ("product", "days"),
    [
        ("botox-cosmetic", {120, 138, 133}),  # Glogau 2012; 19.7 weeks; 19 weeks
        ("dysport", {109, 150}),  # variable dose 2009; 120 U, 21.4 weeks
        ("daxxify", {168}),  # Bertucci 2020, 24.0 weeks
        ("xeomin", set()),
        ("jeuveau", set()),
        ("letybo", set()),
    ],
)
def test_published_durations_are_those_that_were_read(product: str, days: set[float]) -> None:
    found = facts.product(product).durations
    assert {fact.value for fact in found} == days
    assert all(fact.note for fact in found)
