"""What must hold between the files of the facts; each check yields one line per fault."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from glabella.errors import FactError
from glabella.facts.loader import Facts
from glabella.facts.schema import Area, Product, SiteDose
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
    levels = [(area.total_units, area.sites)]
    levels += [(level.total_units, level.sites) for level in area.levels if level.sites]
    for total, sites in levels:
        yield from _points(facts, sites, total.value)
    totals = [area.total_units.value, *(level.total_units.value for level in area.levels)]
    if totals != sorted(set(totals)):
        yield "`levels` must rise from one to the next; put them in order."
    for other in area.treat_with:
        if other not in product.areas:
            yield f"`treat_with` names `{other}`, which this product has not; add the area."


def _points(facts: Facts, doses: tuple[SiteDose, ...], total: float) -> Iterator[str]:
    if unknown := _unknown_sites(facts, (dose.site for dose in doses)):
        yield unknown
        return
    sites = facts.anatomy.sites
    dosed = sum(dose.units.value * (1 + sites[dose.site].paired) for dose in doses)
    if not math.isclose(dosed, total):
        yield f"the points add up to {dosed:g} U, `total_units` says {total:g}; mend one of them."


def _unknown_sites(facts: Facts, named: Iterable[str]) -> str:
    sites = facts.anatomy.sites
    unknown = sorted(set(named) - set(sites))
    return (
        f"no such site in anatomy.toml: {', '.join(unknown)}; known: {', '.join(sites)}."
        if unknown
        else ""
    )


def _practice(facts: Facts) -> Iterator[str]:
    for key, area in facts.practice.items():
        where = f"practice.{key}"
        if unknown := _unknown_sites(facts, (row.site for row in area.sites)):
            yield f"{where}: {unknown}"
            continue
        if stray := [row.site for row in area.sites if facts.anatomy.sites[row.site].area != key]:
            yield f"{where}: {', '.join(stray)} lies in another area; mend the site's `area`."
        for found in area.ranges:
            if found.product is not None and found.product not in facts.products:
                yield f"{where}: no product `{found.product}`; mend it or name `other_product`."
            low, high = found.units.value
            if low > high:
                yield f"{where}: a range from {low:g} to {high:g} U; put the lower number first."


def _muscles(facts: Facts) -> Iterator[str]:
    for key, site in facts.anatomy.sites.items():
        muscle = facts.anatomy.muscles.get(site.muscle)
        if muscle is None or muscle.sentinel:
            yield f"anatomy.sites.{key}: `{site.muscle}` is no muscle to treat; mend the name."


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


def _droplets(facts: Facts) -> Iterator[str]:
    known, skin = facts.droplets, set(facts.model.skin.regions)
    for key, group in known.groups.items():
        if stray := sorted(set(group.regions) - skin):
            yield f"droplets.groups.{key}: no region of the skin `{stray[0]}`; mend the name."
    for key, protocol in known.protocols.items():
        if protocol.product not in facts.products:
            yield f"droplets.protocols.{key}: no product `{protocol.product}`; mend the name."
        if stray := sorted(set(protocol.regions) - skin):
            yield f"droplets.protocols.{key}: no region of the skin `{stray[0]}`; mend the name."
    for key, zone in known.keep_off.items():
        if stray := sorted(set(zone.muscles) - set(facts.anatomy.muscles)):
            yield f"droplets.keep_off.{key}: no muscle `{stray[0]}`; mend the name."
        if stray := sorted(set(zone.danger_zones) - set(facts.anatomy.danger_zones)):
            yield f"droplets.keep_off.{key}: no danger zone `{stray[0]}`; mend the name."
    if stray := sorted(set(known.discomfort) - skin):
        yield f"droplets.discomfort: no region of the skin `{stray[0]}`; mend the name."


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


def _events(facts: Facts) -> Iterator[str]:
    known = {*facts.safety.complications, *facts.events.kinds}
    for row in facts.events.listed:
        if row.product not in facts.products:
            yield f"events.listed: no product `{row.product}`; mend the name."
        for code in sorted(set(row.codes) - known):
            yield f"events.listed: `{code}` is no event; mend the name."


def _guides(facts: Facts) -> Iterator[str]:
    known = {*facts.safety.complications, *facts.events.kinds, "other"}
    known |= {flag.code for flag in facts.safety.red_flags}
    paths = {path for path, _ in walk(facts)}
    for key, guide in facts.guides.items():
        for code in sorted(set(guide.about) - known):
            yield f"guides.{key}: `{code}` is no event; mend the name."
        for step in guide.steps:
            if step.of and step.of not in paths:
                yield f"guides.{key}.{step.code}: there is no fact `{step.of}`; mend the path."
    guided = Counter(code for guide in facts.guides.values() for code in guide.about)
    for code in sorted(code for code, times in guided.items() if times > 1):
        yield f"guides: `{code}` has two guides; keep one."


RULES = (
    _sources,
    _products,
    _protocols,
    _practice,
    _muscles,
    _conditions,
    _droplets,
    _literature,
    _normal_days,
    _events,
    _guides,
)
