"""The published rows, as calibration and validation read them."""

from __future__ import annotations

import pytest

from glabella import facts
from glabella.facts.literature import PublishedRow


def rows() -> dict[str, PublishedRow]:
    return {row.id: row for row in facts.load().literature}


# Carruthers 2005 (women, 10-40 U: relapsed at 4 months 83, 33, 30, 28 %), the review of the
# pivotal trials (80 % and 89 % on day 30), the maker's guide (102/403, 2/128 on day 120),
# Joseph 2021 (week 4 composite 80.0 % after 50 U), Beer 2011 (48 % on day 1),
# Carruthers 2014 (66.7 %), SAKURA 1 (73.6 %), Ahn 2000 (+1.02 mm).
PRINTED = {
    "ona-women-2005-10u-day-120": 83,
    "ona-women-2005-40u-day-120": 28,
    "ona-label-day-30": 80,
    "ona-label-day-30-subject": 89,
    "ona-label-day-120": 25,
    "ona-label-placebo-day-120": 2,
    "abo-escalation-2021-50u-day-28-composite-2": 80.0,
    "abo-escalation-2021-125u-day-252-composite-1": 30.9,
    "ona-beer-2011-subject-day-1": 48,
    "ona-canthal-1-investigator-day-30": 66.7,
    "sakura-1-day-28": 73.6,
    "ona-temporal-lift-pupil": 1.02,
    "ona-2002-lid-ptosis": 5.4,
}


@pytest.mark.parametrize("row_id", PRINTED)
def test_a_row_says_what_was_printed(row_id: str) -> None:
    assert rows()[row_id].value == PRINTED[row_id]


def test_the_label_course_was_seen_only_on_days_30_and_120() -> None:
    course = [row for row in facts.load().literature if row.id.startswith("ona-label-day-")]
    by_investigator = [row for row in course if row.endpoint.rater == "investigator"]
    assert {row.day for row in by_investigator if not row.from_memory} == {30, 120}
    assert {row.day for row in by_investigator if row.from_memory} == {7, 60, 90}


def test_a_row_from_memory_is_never_fitted() -> None:
    remembered = [row for row in facts.load().literature if row.from_memory]
    assert remembered
    assert not any(row.may_be_fitted for row in remembered)
    assert {row.kind for row in remembered} == {"assumption"}


def test_shares_are_percent_and_lie_between_0_and_100() -> None:
    for row in facts.load().literature:
        if row.unit == "%":
            assert 0 <= row.value <= 100, row.id


def test_the_unit_fits_the_rule() -> None:
    units = {
        "median_duration_days": "d",
        "median_onset_days": "d",
        "mean_onset_days": "d",
        "brow_change_mm": "mm",
        "mean_grade": "grade",
    }
    for row in facts.load().literature:
        assert row.unit == units.get(row.endpoint.rule, "%"), row.id


def test_units_of_the_areas_add_up_to_the_total() -> None:
    for row in facts.load().literature:
        if row.areas:
            assert row.units == sum(row.areas.values()), row.id


def test_placebo_holds_no_units() -> None:
    for row in facts.load().literature:
        if row.product == "placebo":
            assert not row.units, row.id
        elif row.units is not None:
            assert row.units > 0, row.id


def test_composite_rules_need_both_raters() -> None:
    for row in facts.load().literature:
        if row.endpoint.rule.startswith("composite"):
            assert row.endpoint.rater == "both", row.id


def test_only_a_duration_has_an_end() -> None:
    for row in facts.load().literature:
        if row.endpoint.until is not None:
            assert row.endpoint.rule == "median_duration_days", row.id


def test_shares_before_and_after_day_30_can_be_fitted_for_two_products() -> None:
    fitted = [row for row in facts.load().literature if row.may_be_fitted]
    for product in ("botox-cosmetic", "dysport"):
        days = {row.day for row in fitted if row.product == product and row.day is not None}
        assert min(days) < 7
        assert max(days) > 100


@pytest.mark.parametrize(
    ("row_id", "weeks"),
    [
        ("ona-high-2022-20u-median", 19.7),
        ("sakura-1-median-none-or-mild", 24.0),
        ("sakura-2-median-none-or-mild", 23.9),
        ("sakura-1-median-baseline", 27.7),
        ("belmont-ona-20u-median", 19),
        ("abo-120-median", 21.4),
    ],
)
def test_weeks_are_kept_as_days(row_id: str, weeks: float) -> None:
    assert rows()[row_id].value == pytest.approx(weeks * 7)


def test_men_respond_less_to_the_same_dose() -> None:
    assert rows()["inco-male-day-30"].value < rows()["inco-female-day-30"].value
