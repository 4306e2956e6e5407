"""The shape of practice.toml: areas that are treated outside a label, as texts tell of them."""

from __future__ import annotations

from typing import Literal

from glabella.facts.schema import Fact, Record


class SiteParts(Record, kw_only=True):
    """Parts of an area's total that go to one point; a paired site gets them on each side."""

    site: str
    parts: float


class DoseRange(Record, kw_only=True):
    """From how many to how many units a text gives, and of what.

    `product` is the product that the text names, `other_product` one that is not on the shelf.
    Where neither is given the text names none: the range is no dose of any product.
    """

    per: Literal["total", "side", "point"]
    units: Fact[tuple[float, float]]
    product: str | None = None
    other_product: str | None = None


class PracticeArea(Record, kw_only=True):
    """An area outside the label: its sites, how a total is split over them, and what texts give."""

    name: str
    layout: Fact[str]
    sites: tuple[SiteParts, ...]
    ranges: tuple[DoseRange, ...]
    remarks: tuple[Fact[str], ...] = ()
