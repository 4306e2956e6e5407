"""Toxin units belong to one product; this is the only place where they combine.

A unit is defined by its maker's own potency assay. It is a dimension of its own,
as in UCUM's "procedure defined units", so there is no function that converts it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import total_ordering

from glabella.errors import ProductMismatch, UnitsError


def _finite_and_not_negative(value: float, what: str) -> None:
    if not math.isfinite(value) or value < 0:
        raise UnitsError(f"{what} must be a number of 0 or more, got {value!r}.")


@total_ordering
@dataclass(frozen=True, slots=True)
class Units:
    """An amount of toxin of one product.

    >>> Units(4, "botox-cosmetic") + Units(6, "botox-cosmetic")
    Units(amount=10, product='botox-cosmetic')
    """

    amount: float
    product: str

    def __post_init__(self) -> None:
        _finite_and_not_negative(self.amount, f"Units of {self.product}")

    def _same_product(self, other: Units) -> None:
        if self.product != other.product:
            raise ProductMismatch(
                f"Units of {self.product} cannot be combined with units of {other.product}: "
                "each product has its own unit and there is no conversion. "
                "Plan each product by itself and compare plans by their effect."
            )

    def __add__(self, other: Units) -> Units:
        self._same_product(other)
        return Units(self.amount + other.amount, self.product)

    def __sub__(self, other: Units) -> Units:
        self._same_product(other)
        return Units(self.amount - other.amount, self.product)

    def __mul__(self, factor: float) -> Units:
        return Units(self.amount * factor, self.product)

    __rmul__ = __mul__

    def __truediv__(self, other: Units) -> float:
        """How many times `other` goes into this amount: a plain number."""
        self._same_product(other)
        if other.amount == 0:
            raise UnitsError(f"Nothing can be divided by 0 U {other.product}.")
        return self.amount / other.amount

    def __lt__(self, other: Units) -> bool:
        self._same_product(other)
        return self.amount < other.amount

    def __str__(self) -> str:
        return f"{self.amount:g} U {self.product}"


def total(amounts: Iterable[Units], product: str) -> Units:
    """Sum amounts of one product; an empty list is zero units of that product."""
    result = Units(0, product)
    for amount in amounts:
        result = result + amount
    return result


@dataclass(frozen=True, slots=True)
class Concentration:
    """Units of one product in a volume of solution, as made by reconstitution.

    >>> Concentration.of_vial(Units(100, "botox-cosmetic"), diluent_ml=2.5).per_tenth_ml
    Units(amount=4.0, product='botox-cosmetic')
    """

    units_per_ml: Units

    @classmethod
    def of_vial(cls, vial: Units, *, diluent_ml: float) -> Concentration:
        if not math.isfinite(diluent_ml) or diluent_ml <= 0:
            raise UnitsError(f"Diluent must be more than 0 mL, got {diluent_ml!r}.")
        return cls(vial * (1 / diluent_ml))

    @property
    def per_tenth_ml(self) -> Units:
        return self.units_per_ml * 0.1

    def volume_ml(self, dose: Units) -> float:
        """The volume in mL that holds `dose`."""
        return dose / self.units_per_ml
