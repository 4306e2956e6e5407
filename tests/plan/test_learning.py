"""A patient's reviews make the next forecast theirs, as far as they can."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from glabella.plan import Forecast, forecast, read_plan
from glabella.plan.learn import POOL, read_as
from glabella.plan.parameters import calibrated
from glabella.plan.people import FIELDS, draw, weighted

BROW = {"medial_mm": 12.5, "peak_mm": 15.5, "lateral_mm": 13.5}


def second_treatment(*reviews: dict[str, Any]) -> Forecast:
    plan = {
        "patient": {
            "sex": "female",
            "age_years": 42,
            "lines": {"glabella": {"maximum": 3, "rest": 1}},
            "measures": {"brow_left": BROW, "brow_right": BROW},
        },
        "treatments": [
            {"date": "2026-07-10", "product": "botox-cosmetic", "protocol": "glabella"},
            {"date": "2026-11-20", "product": "botox-cosmetic", "protocol": "glabella"},
        ],
        "reviews": list(reviews),
    }
    return forecast(read_plan(msgspec.json.encode(plan)))


def seen(date: str, maximum: int) -> dict[str, Any]:
    return {"date": date, "lines": {"glabella": {"maximum": maximum}}}


def kept_on_day(found: Forecast, day: int) -> float:
    course = next(g for g in found.grades if g.area == "glabella" and g.at == "maximum")
    return course.none_or_mild[found.days.index(day)]


def test_without_a_review_there_is_nothing_to_learn() -> None:
    assert second_treatment().learned is None


def test_an_effect_that_was_gone_early_shortens_the_next_forecast() -> None:
    short = second_treatment(seen("2026-07-24", 1), seen("2026-09-08", 3))
    long = second_treatment(seen("2026-07-24", 0), seen("2026-10-28", 0))
    assert short.learned is not None
    assert short.learned.used
    assert kept_on_day(short, 60) < kept_on_day(second_treatment(), 60) < kept_on_day(long, 60)


def test_what_was_seen_narrows_the_interval() -> None:
    def width(found: Forecast) -> float:
        (course,) = (c for c in found.courses if c.area == "glabella")
        assert course.wear_off.low_days is not None
        high = course.wear_off.high_days or found.days[-1]
        return high - course.wear_off.low_days

    taught = second_treatment(seen("2026-07-24", 1), seen("2026-10-10", 2))
    assert width(taught) < width(second_treatment())


def test_what_no_drawn_patient_explains_leaves_the_population_and_says_so() -> None:
    impossible = {**BROW, "medial_mm": 40.0}
    found = second_treatment({"date": "2026-07-24", "brow_left": impossible})
    assert found.learned is not None
    assert not found.learned.used
    assert kept_on_day(found, 60) == kept_on_day(second_treatment(), 60)


def test_a_review_before_any_treatment_teaches_nothing() -> None:
    assert second_treatment(seen("2026-07-01", 3)).learned is None


def test_a_rater_reads_some_grade() -> None:
    severity = np.linspace(0, 3.5, 8)
    total = sum(read_as(grade, severity, calibrated()) for grade in range(4))
    assert total == pytest.approx(np.ones(8))


def test_equal_weights_take_the_population_and_one_weight_takes_one() -> None:
    pool = draw(POOL)
    even = weighted(pool, np.full(len(pool), 1 / len(pool)))
    assert np.mean(even.sensitivity) == pytest.approx(np.mean(pool.sensitivity), abs=0.1)
    alone = np.zeros(len(pool))
    alone[77] = 1
    one = weighted(pool, alone)
    for name in FIELDS:
        taken = getattr(one, name)
        np.testing.assert_allclose(taken, np.broadcast_to(getattr(pool, name)[77], taken.shape))
