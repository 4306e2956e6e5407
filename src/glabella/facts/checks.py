"""What must hold between the files of the facts; each check yields one line per fault."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from glabella.errors import FactError
from glabella.facts.loader import Facts
from glabella.facts.schema import Area, Product
from glabella.facts.walking import walk

# Products of a published row that are not on the shelf.
NOT_PRODUCTS = {"placebo", "any"}


def check(facts: Facts) -> None:
    """Raise FactError with all faults, each naming the fact and what would mend it."""
    faults = [fault for rule in RULES for fault in rule(facts)]
    if faults:
        raise FactError("The facts do not hold together:\n" + "\n".join(faults))


def _sources(facts: Facts) -> Iterator[str]:
    used = set()
    for path, fact in walk(facts):
        used.add(fact.source)
        if fact.source not in facts.sources:
            yield f"{path}: source `{fact.source}` is not in sources.toml; add it or mend the key."
    for key in sorted(set(facts.sources) - used):
        yield f"sources.toml: `{key}` is used by no fact; remove it."


def _products(facts: Facts) -> Iterator[str]:
    for product in facts.products.values():
        for key, area in product.areas.items():
            where = f"products.{product.id}.areas.{key}"
            yield from (f"{where}: {fault}" for fault in _area(facts, product, area))


def _area(facts: Facts, product: Product, area: Area) -> Iterator[str]:
    sites = facts.anatomy.sites
    if unknown := sorted({dose.site for dose in area.sites} - set(sites)):
        yield f"no such site in anatomy.toml: {', '.join(unknown)}; known: {', '.join(sites)}."
        return
    dosed = sum(dose.units.value * (1 + sites[dose.site].paired) for dose in area.sites)
    total = area.total_units.value
    if not math.isclose(dosed, total):
        yield f"the points add up to {dosed:g} U, `total_units` says {total:g}; mend one of them."
    for other in area.treat_with:
        if other not in product.areas:
            yield f"`treat_with` names `{other}`, which this product has not; add the area."


def _protocols(facts: Facts) -> Iterator[str]:
    offered: dict[str, set[str]] = {}
    for product in facts.products.values():
        for key, area in product.areas.items():
            offered.setdefault(key, set()).update(area.treat_with)
    for key, protocol in facts.protocols.items():
        for area_key in protocol.areas:
            if area_key not in offered:
                yield f"protocols.{key}: no product has an area `{area_key}`; mend the name."
            for missing in sorted(offered.get(area_key, set()) - set(protocol.areas)):
                yield f"protocols.{key}: `{area_key}` is treated with `{missing}`; add it."


def _conditions(facts: Facts) -> Iterator[str]:
    used = {caution.code for caution in facts.safety.screening}
    for product in facts.products.values():
        cautions = (*product.contraindications, *product.warnings, *product.interactions)
        used.update(caution.code for caution in cautions)
    for code in sorted(used - set(facts.conditions)):
        yield f"conditions.toml: the caution `{code}` is not asked about; add it."
    for code in sorted(set(facts.conditions) - used):
        yield f"conditions.toml: no caution has the code `{code}`; remove it."


def _literature(facts: Facts) -> Iterator[str]:
    counted = Counter(row.id for row in facts.literature)
    for row_id in sorted(key for key, times in counted.items() if times > 1):
        yield f"literature.{row_id}: the id is used twice; rename one row."
    for row in facts.literature:
        if row.product not in facts.products and row.product not in NOT_PRODUCTS:
            yield f"literature.{row.id}: no product `{row.product}`; mend the name."


def _normal_days(facts: Facts) -> Iterator[str]:
    expected = 0
    for days in facts.safety.normal_by_day:
        if days.from_day != expected or days.to_day < days.from_day:
            yield f"safety.normal_by_day: a span must begin on day {expected}; mend `from_day`."
        expected = days.to_day + 1


RULES = (_sources, _products, _protocols, _conditions, _literature, _normal_days)
