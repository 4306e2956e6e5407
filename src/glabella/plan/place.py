"""From a treatment as written to doses at points of one face."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from glabella import facts
from glabella.errors import InputError
from glabella.face.frame import Face, Side
from glabella.face.muscles import muscle_at
from glabella.face.sites import place_site, sides_of, site_facts
from glabella.facts.anatomy import Depth
from glabella.facts.practice import PracticeArea
from glabella.facts.schema import Area, Product
from glabella.plan.plan import Injection, Treatment
from glabella.units import Units, total


@dataclass(frozen=True, slots=True)
class Dose:
    """Units at one point of the face; `x_mm` is the distance from the midline on `side`.

    `where` says which part of the treatment it came from, for messages.
    """

    units: Units
    x_mm: float
    y_mm: float
    side: Side
    depth: Depth
    volume_ml: float
    area: str
    muscle: str
    site: str = ""
    where: str = ""

    @property
    def signed_x_mm(self) -> float:
        return self.side.sign * self.x_mm

    @property
    def in_skin(self) -> bool:
        """Whether it is a droplet for the skin; more in one place was meant for a muscle."""
        most = facts.load().droplets.limits.most_droplet_ml.value
        return self.depth == "dermis" and self.volume_ml <= most

    def at(self) -> str:
        """The point in words."""
        if self.in_skin:
            where = f"over {self.muscle}, " if self.muscle else ""
            return f"droplet in the skin, {where}{self.side}"
        name = site_facts(self.site).name if self.site else self.muscle or "point"
        side = "midline" if self.side is Side.MIDLINE else f"{self.side}"
        return f"{name}, {side}"


def place(face: Face, treatment: Treatment) -> tuple[Dose, ...]:
    """Every dose of a treatment on this face.

    Raises InputError for an unknown product, protocol, area or site and GeometryError for a point
    off the face.
    """
    product = facts.face_product(treatment.product)
    doses: list[Dose] = []
    if treatment.protocol is not None:
        doses += stamp(face, product.id, treatment.protocol, units=treatment.units)
    for area, units in (treatment.areas or {}).items():
        doses += _stamp_area(face, product, area, units)
    for number, injection in enumerate(treatment.injections, start=1):
        doses.append(_place_injection(face, product, injection, f"injection {number}"))
    return tuple(_with_volume(product, treatment, dose) for dose in doses)


def place_all(face: Face, treatments: Sequence[Treatment]) -> dict[int, tuple[Dose, ...]]:
    """Doses of each treatment, by its position in the plan."""
    return {index: place(face, treatment) for index, treatment in enumerate(treatments)}


def stamp(
    face: Face, product_id: str, protocol: str, *, units: float | None = None
) -> tuple[Dose, ...]:
    """The doses of a protocol; `units` scales the label's amounts to a total."""
    known = facts.load()
    product = facts.face_product(product_id)
    if protocol not in known.protocols:
        raise InputError(
            f"There is no protocol `{protocol}`. Known protocols: {', '.join(known.protocols)}."
        )
    areas = known.protocols[protocol].areas
    usual = sum(_label_area(product, area).total_units.value for area in areas)
    factor = 1.0 if units is None else units / usual
    return tuple(
        dose
        for area in areas
        for dose in _stamp_area(face, product, area, factor * product.areas[area].total_units.value)
    )


def _label_area(product: Product, area: str) -> Area:
    if area not in product.areas:
        known = ", ".join(product.areas)
        raise InputError(
            f"The facts of {product.name} have no doses for the area `{area}` (they have {known}). "
            "Give single injections instead, or choose another product."
        )
    return product.areas[area]


def _stamp_area(face: Face, product: Product, area: str, units: float) -> list[Dose]:
    """Units over an area as the label splits them, or as practice does where no label covers it."""
    practice = facts.load().practice
    if area in product.areas or area not in practice:
        points = _label_points(product, area, units)
    else:
        points = _practice_points(practice[area], units)
    return [
        _stamp_site(face, product, area, point, side)
        for point in points
        for side in sides_of(point.site)
    ]


@dataclass(frozen=True, slots=True)
class _Point:
    """Units and volume for one site, on each of its sides."""

    site: str
    units: float
    volume_ml: float


def _label_points(product: Product, area: str, units: float) -> list[_Point]:
    """The label's points, scaled; of the label's levels the highest whose total is reached."""
    label = _label_area(product, area)
    total, sites = label.total_units.value, label.sites
    for level in label.levels:
        if level.sites and units >= level.total_units.value:
            total, sites = level.total_units.value, level.sites
        elif not level.sites and math.isclose(units, level.total_units.value):
            raise InputError(
                f"{units:g} U {product.name} in the area `{area}` are for {level.name}: give them "
                "as single injections, so that it is known which side gets more. "
                f"Sites of this area: {', '.join(site.site for site in label.levels[-1].sites)}."
            )
    factor = units / total
    return [
        _Point(
            site.site,
            site.units.value * factor,
            site.volume_ml.value * factor if site.volume_ml else 0.0,
        )
        for site in sites
    ]


def _practice_points(area: PracticeArea, units: float) -> list[_Point]:
    whole = sum(row.parts * len(sides_of(row.site)) for row in area.sites)
    return [_Point(row.site, units * row.parts / whole, 0.0) for row in area.sites]


def _stamp_site(face: Face, product: Product, area: str, point: _Point, side: Side) -> Dose:
    x_mm, y_mm, depth = place_site(face, point.site, side)
    return Dose(
        units=Units(point.units, product.id),
        x_mm=x_mm,
        y_mm=y_mm,
        side=side,
        depth=depth,
        volume_ml=point.volume_ml,
        area=area,
        muscle=site_facts(point.site).muscle,
        site=point.site,
        where=f"{area}: {point.site}, {side}",
    )


def _place_injection(face: Face, product: Product, injection: Injection, where: str) -> Dose:
    units = Units(injection.units, product.id)
    volume = injection.volume_ml or 0.0
    if injection.site is not None:
        known = site_facts(injection.site)
        side = injection.side or sides_of(injection.site)[0]
        if injection.side is None and known.paired:
            raise InputError(
                f"The site `{injection.site}` ({where}) lies on both sides: "
                "give `side` as left or right, one injection for each."
            )
        x_mm, y_mm, depth = place_site(face, injection.site, side)
        return Dose(
            units, x_mm, y_mm, side, depth, volume, known.area, known.muscle, injection.site, where
        )
    assert injection.x_mm is not None
    assert injection.y_mm is not None
    assert injection.side is not None
    face.require_on_face(injection.x_mm, injection.y_mm)
    side = Side.MIDLINE if injection.x_mm == 0 else injection.side
    if side is Side.MIDLINE and injection.x_mm != 0:
        raise InputError(f"A midline point ({where}) has x_mm 0; give its side as left or right.")
    area, muscle = area_of(face, injection.x_mm, injection.y_mm, side, injection.depth)
    return Dose(
        units,
        injection.x_mm,
        injection.y_mm,
        side,
        injection.depth,
        volume,
        area,
        muscle,
        "",
        where,
    )


@lru_cache(maxsize=4096)
def area_of(
    face: Face, x_mm: float, y_mm: float, side: Side, depth: Depth = "muscle"
) -> tuple[str, str]:
    """The area and muscle that a free point belongs to; empty where no treated muscle lies."""
    muscle = muscle_at(face, x_mm, y_mm, side, depth)
    areas = {site.muscle: site.area for site in facts.load().anatomy.sites.values()}
    areas["depressor-supercilii"] = "glabella"
    return areas.get(muscle, ""), muscle


def _with_volume(product: Product, treatment: Treatment, dose: Dose) -> Dose:
    """Volume from the dilution in use; else as given or on the label; else the usual dilution."""
    if dose.volume_ml and treatment.diluent_ml is None:
        return dose
    per_ml = units_per_ml(product, treatment.vial_units, treatment.diluent_ml)
    return replace(dose, volume_ml=dose.units.amount / per_ml)


def units_per_ml(product: Product, vial_units: float | None, diluent_ml: float | None) -> float:
    """Units of a product in a millilitre: by the dilution in use, or else the usual one."""
    if diluent_ml is not None and vial_units is not None:
        return vial_units / diluent_ml
    usual = product.dilutions[0]
    return usual.vial_units / usual.diluent_ml.value


def total_units(doses: tuple[Dose, ...], product_id: str) -> Units:
    """Total of one product over doses of that product."""
    return total((dose.units for dose in doses), product_id)
