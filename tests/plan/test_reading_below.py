"""The text of a forecast tells of mouth, jaw and skin where toxin gets there, and only there."""

from __future__ import annotations

import re

import pytest

from glabella.plan.report import as_text
from tests.plan.plans import both, expect, injecting, treatment

MOUTH, SKIN, BROW = "Mouth and jaw against", "Skin under droplets", "Change of the brow"


def test_a_plan_of_the_glabella_is_told_without_mouth_and_skin() -> None:
    text = as_text(expect())
    assert BROW in text
    for below in (MOUTH, SKIN, "Uneven smile", "Weak lips"):
        assert below not in text


def test_a_plan_of_the_chin_and_the_jaw_is_told_without_the_brow() -> None:
    text = as_text(expect(treatment(areas={"masseter": 60, "mouth-corner": 6})))
    assert MOUTH in text
    assert BROW not in text
    rows = re.findall(r"(?m)^(mouth corner|upper lip|jaw width)[a-z ]* (left|right)", text)
    assert len(rows) == 2 * 4
    assert "Uneven smile" in text


def test_an_untreated_smile_is_told_on_day_0() -> None:
    text = as_text(injecting(both(site="depressor-anguli-oris", units=4)), days=(0, 14))
    (row,) = re.findall(r"^mouth corner in a smile left +(\S+)", text, re.MULTILINE)
    assert float(row) == pytest.approx(8.75, abs=0.06)


def test_zero_has_no_sign_of_its_own() -> None:
    assert "-0.0" not in as_text(expect(treatment(areas={"masseter": 60})))


def test_the_skin_under_droplets_is_told_as_not_proven() -> None:
    points = both(x_mm=20, y_mm=50, units=0.5, depth="dermis", volume_ml=0.01)
    text = as_text(injecting(points))
    assert f"{SKIN}, against before (sizes are not proven)" in text
    assert re.search(r"^pores forehead", text, re.MULTILINE)
    assert re.search(r"^sebum forehead", text, re.MULTILINE)
