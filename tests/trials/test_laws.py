"""The laws: every finding has its experiment, and an experiment can fail."""

from __future__ import annotations

import dataclasses
import math
import re

import msgspec
import numpy as np
import pytest

from glabella import facts
from glabella.effect import spread
from glabella.face.frame import Face
from glabella.plan.parameters import calibrated
from glabella.trials import experiment, laws_of_dose, laws_of_mouth, laws_of_place, laws_of_time
from glabella.trials.experiment import BOTOX, Found, Model, both, hidden_difference, session
from glabella.trials.laws import EXPERIMENTS, Law, as_json, as_text, laws

FINDINGS = {finding.id: finding for finding in facts.load().findings}
TRIED = {law.id: law for law in laws()}
MODEL = Model(calibrated())

# What injectors count on whatever the calibration: without these a forecast misleads.
MUST_HOLD = {
    "glabella-lifts-brow",
    "forehead-alone-drops-brow",
    "central-forehead-peaks-brow",
    "lateral-units-settle-peak",
    "above-c-line-spares-brow",
    "lateral-corrugator-droops-lid",
    "volume-spreads-wider",
    "dose-widens-field",
    "duration-log-dose",
    "men-need-more",
    "men-dose-order",
    "rest-outlasts-movement",
    "low-canthal-drops-corner",
    "near-canthus-double-vision",
}


def changed(**values: float) -> Model:
    return Model(dataclasses.replace(calibrated(), **values))


# The findings and their experiments


def test_every_finding_has_an_experiment_or_says_why_it_has_none() -> None:
    asked = {finding.id for finding in FINDINGS.values() if finding.no_word is None}
    assert asked == set(EXPERIMENTS)


def test_no_finding_is_listed_twice() -> None:
    assert len(FINDINGS) == len(facts.load().findings)


def test_every_finding_is_tried_in_its_order() -> None:
    asked = [finding.id for finding in facts.load().findings if finding.no_word is None]
    assert list(TRIED) == asked


@pytest.mark.parametrize("law", TRIED.values(), ids=TRIED)
def test_a_law_says_what_was_expected_and_found(law: Law) -> None:
    finding = FINDINGS[law.id]
    assert (law.says, law.source, law.about) == (finding.value, finding.source, finding.about)
    assert law.expected
    assert re.search(r"\d", law.found), "a law is found in figures"
    assert isinstance(law.held, bool)


@pytest.mark.parametrize("law_id", sorted(MUST_HOLD))
def test_what_injectors_count_on_holds(law_id: str) -> None:
    assert TRIED[law_id].held, TRIED[law_id].found


def test_the_same_parameters_find_the_same() -> None:
    assert EXPERIMENTS["men-need-more"](MODEL) == EXPERIMENTS["men-need-more"](MODEL)


# Experiments follow the model: a model that is made wrong fails them


@pytest.mark.parametrize(
    ("law_id", "wrong"),
    [
        ("men-need-more", {"male_bulk": 0.5}),
        ("men-dose-order", {"sensitivity_log_sd": 0.01, "male_bulk": 0.001}),
        ("onset-within-days", {"onset_speed": 0.01}),
        ("judged-at-two-weeks", {"onset_speed": 0.02}),
        ("paralysis-at-two-weeks", {"onset_speed": 0.01}),
        ("lateral-corrugator-droops-lid", {"levator_passage": 1e-6}),
        ("rest-mild-clear-more", {"rater_lapse": 1.0}),
        ("composite-is-stricter", {"rater_lapse": 1.0}),
    ],
)
def test_a_wrong_model_fails(law_id: str, wrong: dict[str, float]) -> None:
    assert not EXPERIMENTS[law_id](changed(**wrong)).held


def test_harm_without_a_dose_response_holds_where_nothing_passes_the_septum() -> None:
    sealed = changed(levator_passage=1e-6)
    for law_id in ("men-harm-no-dose", "women-harm-no-dose", "abo-droop-no-dose"):
        assert EXPERIMENTS[law_id](sealed).held
        assert not EXPERIMENTS[law_id](changed(levator_passage=1.0)).held


def test_found_figures_are_the_models_own() -> None:
    found = EXPERIMENTS["men-need-more"](MODEL).words
    forecast = MODEL.expect()
    share = next(g for g in forecast.grades if g.at == "maximum").none_or_mild
    women = 100 * share[forecast.days.index(30)]
    assert f"women {women:.0f}%" in found


# What experiments are made of


def test_a_session_is_the_labels_glabella_unless_told_otherwise() -> None:
    assert session().protocol == "glabella"
    assert session(areas={"forehead": 20}).protocol is None
    assert session(day=120).date.toordinal() - session().date.toordinal() == 120


def test_both_sides_get_the_same_point() -> None:
    left, right = both(site="corrugator-medial", units=4)
    assert (left.side, right.side) == ("left", "right")
    assert left.units == right.units == 4


def test_the_field_ends_where_half_the_effect_is_reached() -> None:
    """At the edge of the field the active density is that at half effect."""
    width = MODEL.field_mm(BOTOX, 4, volume_ml=0.1, day=28)
    sigma = spread.width_mm(
        np.array([0.1]),
        sigma_mm=float(calibrated().sigma_mm),
        reference_ml=0.1,
        exponent=1,
    )
    centre = 4 * spread.kernel(np.zeros(1), sigma)[0]
    edge = 4 * spread.kernel(np.array([(width / 2) ** 2]), sigma)[0]
    narrower = MODEL.field_mm(BOTOX, 4 * edge / centre, volume_ml=0.1, day=28)
    assert width > 0
    assert narrower < 1


def test_a_dose_too_small_for_half_the_effect_has_no_field() -> None:
    assert MODEL.field_mm(BOTOX, 0.01, volume_ml=0.1, day=28) == 0


def test_small_arms_hide_larger_differences() -> None:
    assert hidden_difference(10, 20) > hidden_difference(10, 80) > hidden_difference(10, 8000)
    assert hidden_difference(0, 20) >= 100 / 20
    share, size = 0.1, 100
    by_hand = 164.5 * math.sqrt(2 * share * (1 - share) / size)
    assert hidden_difference(100 * share, size) == pytest.approx(by_hand)


def test_lines_at_rest_are_followed_from_the_first_session() -> None:
    """A second treatment finds lines at rest as the first has left them."""
    days = np.arange(0.0, 150, 5)
    patient = laws_of_time.resting(2)
    once = MODEL.at_rest(session(), patient=patient, days=days)
    twice = MODEL.at_rest(session(), session(day=120), patient=patient, days=days)
    before = days <= 120
    np.testing.assert_allclose(once[:, before], twice[:, before])
    assert twice[:, -1].mean() < once[:, -1].mean()


def test_nothing_grows_where_steps_fall() -> None:
    assert laws_of_dose.rising([1, 2, 3])
    assert not laws_of_dose.rising([1, 2, 2])


def test_a_point_in_a_danger_zone_lies_in_it_on_both_sides() -> None:
    left, right = laws_of_mouth._in_zone("zygomaticus")
    zone = facts.load().anatomy.danger_zones["zygomaticus"]
    face = Face.fit("female")
    assert (left.side, right.side) == ("left", "right")
    assert left.x_mm == right.x_mm == pytest.approx(face.lateral_canthus_mm)
    assert left.y_mm == pytest.approx(zone.y.offset_mm)
    (middle,) = laws_of_mouth._in_zone("above-mental-crease")
    assert (middle.x_mm, middle.side) == (0, "midline")
    assert middle.units == left.units + right.units


def test_a_risk_that_no_toxin_gets_to_is_none() -> None:
    found = MODEL.expect()
    assert "double_vision" not in {risk.event for risk in found.risks}
    assert experiment.risk(found, "double_vision") == 0


# Text and JSON


def test_text_lists_every_law_and_every_silent_finding() -> None:
    text = as_text(tuple(TRIED.values()))
    for finding in FINDINGS.values():
        assert finding.id in text
    assert text.count("NOT HELD") == sum(not law.held for law in TRIED.values())
    held = sum(law.held for law in TRIED.values())
    assert text.startswith(f"Laws: {held} of {len(TRIED)} hold")


def test_a_law_that_is_not_held_is_shown_as_such() -> None:
    broken = dataclasses.replace(next(iter(TRIED.values())), held=False)
    assert f"NOT HELD  {broken.id}" in as_text((broken,))
    assert as_json((broken,))[0]["held"] is False


def test_json_has_every_field_of_every_law() -> None:
    told = as_json(tuple(TRIED.values()))
    fields = {field.name for field in dataclasses.fields(Law)}
    assert all(set(law) == fields for law in told)
    msgspec.json.encode(told)


def test_a_found_thing_is_words_and_a_verdict() -> None:
    found = laws_of_place.glabella_lifts_brow(MODEL)
    assert isinstance(found, Found)
    assert "mm" in found.words
