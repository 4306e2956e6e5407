"""Units of one product never become units of another, and nothing offers to make them."""

from __future__ import annotations

import operator
from collections.abc import Callable

import pytest

from glabella.errors import ProductMismatch
from glabella.units import Concentration, Units, total
from tests.house.tree import SOURCE, files, functions, name

BOTOX = Units(20, "botox-cosmetic")
DYSPORT = Units(50, "dysport")


def test_no_function_converts_units() -> None:
    assert not [
        f"{name(path)}: {function.name}"
        for path in files(".py", under=SOURCE)
        for function in functions(path)
        if any(word in function.name for word in ("convert", "equivalent", "conversion"))
    ]


@pytest.mark.parametrize(
    "combine",
    [operator.add, operator.sub, operator.truediv, operator.lt, operator.ge],
    ids=lambda function: function.__name__,
)
def test_units_of_two_products_do_not_combine(combine: Callable[[Units, Units], object]) -> None:
    with pytest.raises(ProductMismatch, match="no conversion"):
        combine(BOTOX, DYSPORT)


def test_equal_numbers_of_two_products_are_not_equal_amounts() -> None:
    assert Units(20, "botox-cosmetic") != Units(20, "dysport")


def test_a_total_refuses_units_of_a_second_product() -> None:
    with pytest.raises(ProductMismatch):
        total([BOTOX, DYSPORT], "botox-cosmetic")


def test_a_solution_of_one_product_does_not_measure_out_another() -> None:
    with pytest.raises(ProductMismatch):
        Concentration.of_vial(BOTOX, diluent_ml=2.5).volume_ml(DYSPORT)


@pytest.mark.parametrize("door", [float, int, sum])
def test_units_have_no_door_to_a_bare_number(door: Callable[[object], object]) -> None:
    with pytest.raises(TypeError):
        door([BOTOX] if door is sum else BOTOX)
