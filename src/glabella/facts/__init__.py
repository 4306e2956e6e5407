"""What is known, as cited facts: products, protocols, practice, safety, goals, literature,
anatomy, model."""

from __future__ import annotations

from functools import cache
from importlib import resources

from glabella.errors import InputError
from glabella.facts.checks import check
from glabella.facts.findings import PublishedFinding
from glabella.facts.literature import PublishedRow
from glabella.facts.loader import Facts, read
from glabella.facts.practice import DoseRange, PracticeArea
from glabella.facts.schema import Area, Caution, Condition, Fact, Product, Protocol, Source
from glabella.facts.walking import walk

__all__ = [
    "Area",
    "Caution",
    "Condition",
    "DoseRange",
    "Fact",
    "Facts",
    "PracticeArea",
    "Product",
    "Protocol",
    "PublishedFinding",
    "PublishedRow",
    "Source",
    "check",
    "load",
    "product",
    "read",
    "walk",
]


@cache
def load() -> Facts:
    """All facts, read and checked once.

    Raises FactError naming the file, the key and how to mend it.
    """
    facts = read(resources.files("glabella.facts"))
    check(facts)
    return facts


def product(product_id: str) -> Product:
    """The product of this id, as its label has it.

    Raises InputError listing the ids that are known.
    """
    known = load().products
    if product_id not in known:
        raise InputError(f"No product {product_id!r}. Known: {', '.join(sorted(known))}.")
    return known[product_id]
