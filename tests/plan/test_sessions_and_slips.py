"""Slips that must not pass in silence, and sessions that are one though written as two."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glabella.errors import InputError
from glabella.face import BrowHeights, Face, Measures, Side, place_site
from glabella.plan import Plan, check, forecast, read_plan
from tests.plan.plans import both, expect, patient, plan, treatment

LOW = BrowHeights(medial_mm=9, peak_mm=12, lateral_mm=10)
HIGH = BrowHeights(medial_mm=13, peak_mm=16, lateral_mm=14)


def codes(asked: Plan) -> set[str]:
    return {finding.code for finding in check(asked)}


def test_a_midline_site_between_uneven_brows_is_the_same_in_the_mirror() -> None:
    one, two = (
        place_site(
            Face.fit("female", Measures(brow_left=left, brow_right=right)),
            "frontalis-lower-middle",
            Side.MIDLINE,
        )
        for left, right in ((LOW, HIGH), (HIGH, LOW))
    )
    assert one == two


def test_a_misspelt_condition_does_not_disarm_a_contraindication() -> None:
    with pytest.raises(InputError, match="cows-milk-protein-allergy"):
        plan(treatment(product="dysport"), conditions=["cows-milk-protein-alergy"])


def test_the_limit_of_a_session_counts_what_was_given_that_day() -> None:
    given = treatment(product="daxxify", units=30, status="given")
    assert "session-maximum" in codes(plan(given, treatment(product="daxxify", units=20)))
    assert "session-maximum" not in codes(plan(given, treatment(product="daxxify", units=10)))


def test_two_planned_parts_of_one_session_are_summed() -> None:
    assert "label-maximum" in codes(plan(treatment(), treatment()))
    assert "label-maximum" not in codes(plan(treatment(units=10), treatment(units=10)))


def test_sides_written_apart_are_one_session() -> None:
    left, right = (
        treatment(injections=[{"x_mm": 16, "y_mm": 24, "side": side, "units": 8}])
        for side in ("left", "right")
    )
    assert "uneven-sides" in codes(plan(left))
    assert "uneven-sides" not in codes(plan(left, right))


def test_toxin_over_no_treated_muscle_is_stopped() -> None:
    found = check(plan(treatment(injections=both(x_mm=31, y_mm=-25, units=100))))
    assert {f.severity for f in found if f.code == "over-no-muscle"} == {"stop"}


def test_a_diluent_without_its_vial_is_refused() -> None:
    with pytest.raises(InputError, match="vial_units"):
        plan(treatment(diluent_ml=10))


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"patient": patient(sex="woman")}, "female"),
        ({"patient": patient(lines={"glabela": {"maximum": 3}})}, "lateral-canthal"),
        ({"treatments": [treatment(areas={"cheek": 4})]}, "platysma"),
        (
            {
                "treatments": [
                    treatment(injections=[{"site": "procerus", "units": 4, "side": "port"}])
                ]
            },
            "midline",
        ),
    ],
)
def test_an_unknown_word_lists_the_allowed_ones(wrong: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=f"Allowed words: .*{word}"):
        read_plan(json.dumps({"patient": patient(), "treatments": [treatment()]} | wrong))


def test_only_what_could_still_teach_is_followed() -> None:
    """Six years of treatments, one review: what wore off long ago is not followed again."""
    dates = [f"{year}-{month:02d}-10" for year in range(2019, 2025) for month in (1, 5, 9)]
    history = [treatment(date=day, status="given") for day in dates]
    seen = [{"date": "2024-09-24", "lines": {"glabella": {"maximum": 1}}}]
    whole = {"patient": patient(), "reviews": seen}
    long = read_plan(json.dumps(whole | {"treatments": history}))
    recent = read_plan(json.dumps(whole | {"treatments": history[-4:]}))
    one, two = forecast(long).learned, forecast(recent).learned
    assert one is not None
    assert two is not None
    assert one.effective == pytest.approx(two.effective, rel=0.05)


def test_the_glabella_with_the_forehead_limits_the_drop_of_the_brow() -> None:
    """The label's own reason for treating both."""

    def middle(*areas: str) -> float:
        found = expect(treatment(areas=dict.fromkeys(areas, 20)))
        (state,) = (s for s in found.states if (s.day, s.expression) == (14, "rest"))
        return state.brow_mm["left"][4]

    assert middle("forehead") < middle("forehead", "glabella")
