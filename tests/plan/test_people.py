"""Drawn patients: the typical one first, the others spread evenly, the same ones each time."""

from __future__ import annotations

import numpy as np
import pytest

from glabella.plan.people import DEVIATES, FIELDS, UNIFORM, draw, draw_from
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


def test_a_source_of_people_goes_on_where_it_stopped() -> None:
    source, whole = draw_from(3), draw_from(3)
    parts = [source(64), source(64)]
    together = whole(128)
    np.testing.assert_array_equal(np.concatenate([part.onset for part in parts]), together.onset)


def test_two_mirrors_show_the_same_people() -> None:
    once = mirrored_people(PEOPLE)
    np.testing.assert_array_equal(once.levator_left, PEOPLE.levator_right)
    twice = mirrored_people(once)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(twice, name), getattr(PEOPLE, name))
