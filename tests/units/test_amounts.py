"""The laws of amounts: they add within a product, refuse nonsense, and never become another's."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella import facts
from glabella.errors import ProductMismatch, UnitsError
from glabella.units import Concentration, Units, total
from tests.laws import law

PRODUCTS = sorted(facts.load().products)
PAIRS = list(itertools.permutations(PRODUCTS, 2))

products = st.sampled_from(PRODUCTS)
amounts = st.floats(0, 1500)
senseless = st.one_of(st.floats(max_value=-1e-9), st.sampled_from([math.nan, math.inf, -math.inf]))


@law
@given(st.sampled_from(PAIRS), amounts, amounts)
@pytest.mark.parametrize(
    "combine",
    [operator.add, operator.sub, operator.truediv, operator.lt, operator.le, operator.gt],
    ids=lambda function: function.__name__,
)
def test_amounts_of_two_products_never_combine(
    combine: Callable[[Units, Units], object], pair: tuple[str, str], one: float, two: float
) -> None:
    with pytest.raises(ProductMismatch, match=f"{pair[0]}.*{pair[1]}"):
        combine(Units(one, pair[0]), Units(two, pair[1]))


@law
@given(products, senseless)
def test_negative_and_endless_amounts_are_refused(product: str, amount: float) -> None:
    with pytest.raises(UnitsError, match="0 or more"):
        Units(amount, product)


@law
@given(products, amounts, senseless)
def test_no_arithmetic_leads_to_a_senseless_amount(
    product: str, amount: float, factor: float
) -> None:
    with pytest.raises(UnitsError):
        Units(amount + 1, product) * factor
    with pytest.raises(UnitsError):
        Units(amount, product) - Units(amount + 1, product)


@law
@given(products, st.lists(amounts, max_size=12))
def test_a_total_is_the_sum_in_any_order_and_keeps_its_product(
    product: str, doses: list[float]
) -> None:
    forward = total([Units(dose, product) for dose in doses], product)
    backward = total([Units(dose, product) for dose in reversed(doses)], product)
    assert forward.product == product
    assert forward.amount == pytest.approx(math.fsum(doses))
    assert backward.amount == pytest.approx(forward.amount)


@law
@given(products, amounts, amounts)
def test_amounts_of_one_product_are_ordered_as_their_numbers(
    product: str, one: float, two: float
) -> None:
    assert (Units(one, product) < Units(two, product)) == (one < two)
    assert (Units(one, product) >= Units(two, product)) == (one >= two)


@law
@given(products, st.floats(1, 500), st.floats(0.1, 20), amounts)
def test_the_volume_drawn_times_the_concentration_is_the_dose(
    product: str, vial: float, diluent_ml: float, dose: float
) -> None:
    solution = Concentration.of_vial(Units(vial, product), diluent_ml=diluent_ml)
    drawn_ml = solution.volume_ml(Units(dose, product))
    assert (solution.units_per_ml * drawn_ml).amount == pytest.approx(dose)
    assert (solution.per_tenth_ml * 10).amount == pytest.approx(vial / diluent_ml)


@law
@given(products, st.one_of(st.just(0.0), senseless))
def test_a_vial_needs_some_diluent(product: str, diluent_ml: float) -> None:
    with pytest.raises(UnitsError, match="more than 0 mL"):
        Concentration.of_vial(Units(100, product), diluent_ml=diluent_ml)


@pytest.mark.parametrize("product", PRODUCTS)
def test_an_amount_in_words_names_its_product(product: str) -> None:
    assert str(Units(2.5, product)) == f"2.5 U {product}"
