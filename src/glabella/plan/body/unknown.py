"""What no source that was seen says of an indication with a product: told, and never filled in."""

from __future__ import annotations

from glabella import facts
from glabella.facts.body import BodyProtocol, Indication


def not_known(indication: Indication, product_id: str) -> tuple[str, ...]:
    """In words, what is missing in the facts of one protocol."""
    protocol = indication.products[product_id]
    limits, product = protocol.limits, facts.product(product_id)
    dosed = limits.units or limits.units_per_kg or all(row.units for row in protocol.muscles)
    asked: tuple[tuple[str, object], ...] = (
        ("the units in all", dosed),
        ("the units of each muscle", _muscles_known(protocol)),
        ("the number of sites", _sites_known(protocol)),
        ("the interval for this indication", limits.interval_days),
        ("the dilution for this indication", protocol.dilutions),
        ("the needle", protocol.needle),
        ("the guidance", protocol.guidance),
        ("the youngest age", limits.least_age_years),
        ("a limit over several months", _cumulative_known(indication, product_id, protocol)),
        ("a scale that a source ties to it", indication.scale),
        (f"contraindications in the label of {product.name}", product.contraindications),
    )
    return tuple(words for words, known in asked if not known)


def _muscles_known(protocol: BodyProtocol) -> bool:
    return all(
        row.units is not None or row.units_per_kg is not None or row.target == "detrusor"
        for row in protocol.muscles
    )


def _sites_known(protocol: BodyProtocol) -> bool:
    return protocol.limits.sites is not None or all(row.sites for row in protocol.muscles)


def _cumulative_known(indication: Indication, product_id: str, protocol: BodyProtocol) -> bool:
    limits = facts.product(product_id).limits
    adult = limits.cumulative_units is not None and indication.age != "child"
    return adult or protocol.limits.window_units is not None
