"""The brow as an elastic beam, the regulated drive of frontalis, and the lid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.effect.expression import (
    BrowMechanics,
    brow_rise,
    compliance,
    lid_margin_mm,
    regulated_drive,
    strip_weights,
)
from glabella.plan.parameters import brow_mechanics
from tests.laws import law

NODES = np.linspace(11, 53, 9)
lengths = st.floats(0.5, 40)


@law
@given(lengths, st.floats(-5, 5), st.floats(-0.2, 0.2))
def test_an_even_or_tilted_pull_moves_the_brow_without_bending_it(
    length_mm: float, pull_mm: float, slope: float
) -> None:
    pull = pull_mm + slope * NODES
    np.testing.assert_allclose(compliance(NODES, length_mm) @ pull, pull, atol=1e-6)


@law
@given(lengths)
def test_the_compliance_is_symmetric_and_positive_definite(length_mm: float) -> None:
    found = compliance(NODES, length_mm)
    np.testing.assert_allclose(found, found.T, atol=1e-10)
    assert np.linalg.eigvalsh(found).min() > 0


@law
@given(lengths, st.integers(0, 8))
def test_stiffness_shares_out_a_pull_and_its_turn_without_adding_any(
    length_mm: float, node: int
) -> None:
    moved = compliance(NODES, length_mm) @ np.eye(9)[node]
    assert moved.sum() == pytest.approx(1)
    assert moved @ NODES == pytest.approx(NODES[node])


def test_a_long_brow_bends_as_a_beam_on_an_elastic_bed() -> None:
    """A pull at one point of an endless beam u + l^4 d4u/dx4 = f has this closed form."""
    length_mm, spacing_mm = 9.0, 0.5
    nodes = np.arange(-150, 150.1, spacing_mm)
    moved = compliance(nodes, length_mm)[:, len(nodes) // 2]
    away = np.abs(nodes) / (np.sqrt(2) * length_mm)
    peak = spacing_mm / (2 * np.sqrt(2) * length_mm)
    expected = peak * np.exp(-away) * (np.cos(away) + np.sin(away))
    np.testing.assert_allclose(moved, expected, atol=0.01 * peak)


@law
@given(st.lists(st.floats(0, 55), min_size=3, max_size=30), st.floats(4, 12))
def test_each_part_of_the_brow_is_held_by_all_of_its_strips(
    places: list[float], width_mm: float
) -> None:
    found = strip_weights(NODES, np.array(places), np.full(len(places), 0.1), width_mm=width_mm)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert found.min() >= 0


@law
@given(st.lists(st.floats(0, 1), min_size=9, max_size=9), st.floats(0, 1), st.floats(1, 4))
def test_the_drive_rises_with_the_loss_and_within_its_limit(
    lift: list[float], compensation: float, limit: float
) -> None:
    left = np.array(lift)
    drive = regulated_drive(left, compensation=compensation, limit=limit)
    weaker = regulated_drive(0.8 * left, compensation=compensation, limit=limit)
    assert 1 <= drive <= weaker <= limit
    assert regulated_drive(np.ones(9), compensation=compensation, limit=limit) == 1


def rise(
    lift: float = 1, medial: float = 1, lateral: float = 1, mechanics: BrowMechanics | None = None
) -> dict[str, np.ndarray]:
    return brow_rise(
        NODES,
        np.full((1, 9), lift),
        np.array([medial]),
        np.array([lateral]),
        tone=np.array([0.25]),
        mechanics=mechanics or brow_mechanics(),
    )


def test_an_untreated_brow_rests_where_it_was_and_follows_the_face() -> None:
    found = rise()
    np.testing.assert_allclose(found["rest"], 0, atol=1e-12)
    assert found["raise"].min() > 0
    assert found["frown"][0, 0] < 0
    assert found["frown"][0, 0] < found["frown"][0, -1]
    assert found["smile"][0, -1] < 0


def test_a_full_raise_lifts_the_brow_by_the_reserve_of_frontalis() -> None:
    expected = brow_mechanics().frontalis_lift_mm * (1 - 0.25)
    np.testing.assert_allclose(rise()["raise"], expected)


def test_without_help_of_the_drive_a_paralysed_forehead_drops_the_brow_by_its_tone() -> None:
    still = replace(brow_mechanics(), compensation_fraction=0.0)
    expected = -0.25 * still.frontalis_lift_mm
    np.testing.assert_allclose(rise(lift=0, mechanics=still)["rest"], expected)


@law
@given(st.floats(0, 0.99))
def test_weaker_depressors_let_their_end_of_the_brow_rise(left: float) -> None:
    assert rise(medial=left)["rest"][0, 0] > 0
    assert rise(lateral=left)["rest"][0, -1] > 0


@law
@given(st.floats(0, 1), st.floats(1, 8))
def test_the_lid_falls_in_step_with_its_levator(levator: float, drop_mm: float) -> None:
    whole, left, none = lid_margin_mm(np.array([1, levator, 0]), full_drop_mm=drop_mm)
    assert whole == 0
    assert none == -drop_mm
    assert left == pytest.approx(drop_mm * (levator - 1))
