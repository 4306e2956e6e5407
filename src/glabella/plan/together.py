"""Products that one label counts together against its limit, although their units never add.

Each product's units are a share of that product's own limit, a plain number; shares are added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from glabella import facts
from glabella.facts import Product
from glabella.plan.finding import Finding
from glabella.plan.judged import finding


def counted_together(
    product: Product, given: float, others: Mapping[str, float]
) -> Iterator[Finding]:
    """What the label's pair says of `given` units and of those of `others` in the same period."""
    pair = facts.load().body.counted_together.get(product.id)
    most = product.limits.cumulative_units
    if pair is None or most is None or not others.get(pair.product):
        return
    other = facts.product(pair.product)
    theirs = other.limits.cumulative_units
    assert theirs is not None
    units = round(others[pair.product], 2)
    share = given / most.value + units / theirs.value
    yield finding(
        "cumulative-together",
        "stop" if share > 1 else "note",
        f"{given:g} U {product.name} is {given / most.value:.0%} of its limit and {units:g} U "
        f"{other.name} is {units / theirs.value:.0%} of its own: together {share:.0%}. "
        f"{pair.text.value}",
        fact=pair.text,
        mend="Lower the units or wait." if share > 1 else "",
    )
