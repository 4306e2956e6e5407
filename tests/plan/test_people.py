"""Drawn patients: the typical one first, the others spread evenly, the same ones each time."""

from __future__ import annotations

import numpy as np
import pytest

from glabella.plan.people import DEVIATES, FIELDS, UNIFORM, draw, draw_block
from tests.plan.drawn import mirrored_people

PEOPLE = draw(1024)


@pytest.mark.parametrize("name", [name for name in DEVIATES if name not in UNIFORM])
def test_a_difference_between_people_is_a_standard_normal_deviate(name: str) -> None:
    drawn = getattr(PEOPLE, name)[1:]
    assert drawn.mean() == pytest.approx(0, abs=0.01)
    assert drawn.std() == pytest.approx(1, abs=0.01)
    assert np.mean(drawn < 1) == pytest.approx(0.841, abs=0.01)


def test_the_same_people_are_drawn_each_time_and_others_by_another_seed() -> None:
    draw.cache_clear()
    again = draw(1024)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(again, name), getattr(PEOPLE, name))
    assert not np.array_equal(draw(1024, seed=21).tone, PEOPLE.tone)


def test_blocks_of_people_can_be_drawn_in_any_order_and_differ() -> None:
    second, first = draw_block(3, 1, 64), draw_block(3, 0, 64)
    np.testing.assert_array_equal(draw_block(3, 1, 64).onset, second.onset)
    assert not np.array_equal(first.onset, second.onset)
    assert not np.array_equal(first.onset, draw_block(4, 0, 64).onset)
    together = np.concatenate([draw_block(3, block, 256).onset for block in range(4)])
    assert together.mean() == pytest.approx(0, abs=0.02)
    assert together.std() == pytest.approx(1, abs=0.02)


def test_two_mirrors_show_the_same_people() -> None:
    once = mirrored_people(PEOPLE)
    np.testing.assert_array_equal(once.levator_left, PEOPLE.levator_right)
    twice = mirrored_people(once)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(twice, name), getattr(PEOPLE, name))
