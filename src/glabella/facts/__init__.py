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
    "face_product",
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


def face_product(product_id: str) -> Product:
    """A product that is planned in the face.

    Raises InputError for one that is unknown, or of which no dose for the face is known.
    """
    found = product(product_id)
    if not found.is_for_the_face:
        raise InputError(
            f"{found.name} is no product for the face: no source that was seen gives doses of it "
            "there, and its units are not those of any other product. Choose another product."
        )
    return found


def product(product_id: str) -> Product:
    """The product of this id, as its label has it.

    Raises InputError listing the ids that are known.
    """
    known = load().products
    if product_id not in known:
        raise InputError(f"No product {product_id!r}. Known: {', '.join(sorted(known))}.")
    return known[product_id]
