"""What a droplet holds: the mix of a protocol or of one's own, out of this very vial."""

from __future__ import annotations

import math
from dataclasses import dataclass

from glabella import facts
from glabella.errors import InputError
from glabella.facts.droplets import DropletFacts, DropletProtocol
from glabella.facts.schema import Product
from glabella.plan.droplets.region import Region

# Two mixes closer than this are the same one.
SAME = 1e-3


@dataclass(frozen=True, slots=True)
class Mix:
    """Settled numbers of a droplet; `source` is empty where they are the user's own."""

    name: str
    protocol: str
    product: str
    units_per_ml: float
    droplet_ml: float
    spacing_mm: float
    basis: str
    source: str
    topped_up: bool
    mixing: str

    @property
    def units(self) -> float:
        """Units of the product in one droplet."""
        return self.units_per_ml * self.droplet_ml


def droplet_facts() -> DropletFacts:
    return facts.load().droplets


def protocols_for(product: str) -> dict[str, DropletProtocol]:
    """The protocols whose text names this product."""
    return {key: one for key, one in droplet_facts().protocols.items() if one.product == product}


def mix_of(region: Region) -> Mix:
    """The numbers of a region's droplets.

    Raises InputError for a protocol of another product, for what no text gives and the user did
    not say, for numbers that cannot be meant, and for a mix that the vial does not give.
    """
    product = facts.face_product(region.product)
    protocol = None if region.protocol is None else _protocol(region.protocol, product)
    own = region.own
    per_ml = protocol.units_per_ml.value if protocol else own.units_per_ml if own else 0.0
    droplet_ml = own.droplet_ml if own else _droplet_ml(region, protocol)
    spacing_mm = own.spacing_mm if own else _spacing_mm(region, protocol)
    _require_sane(product, per_ml, droplet_ml, spacing_mm)
    return Mix(
        name=protocol.name if protocol else "Own protocol",
        protocol=region.protocol or "",
        product=product.id,
        units_per_ml=per_ml,
        droplet_ml=droplet_ml,
        spacing_mm=spacing_mm,
        basis=protocol.where.value if protocol else own.basis if own else "",
        source=protocol.units_per_ml.source if protocol else "",
        topped_up=region.topped_up,
        mixing=_mixing(region, product, per_ml),
    )


def _protocol(key: str, product: Product) -> DropletProtocol:
    known, mine = droplet_facts().protocols, protocols_for(product.id)
    way = (
        f"Protocols of {product.name}: {', '.join(mine)}."
        if mine
        else f"No text that was read sets droplets with {product.name}."
    )
    own = "Or enter your own protocol: `own` with units_per_ml, droplet_ml, spacing_mm and basis."
    if key not in known:
        raise InputError(f"There is no droplet protocol `{key}`. {way} {own}")
    if known[key].product != product.id:
        other = facts.product(known[key].product)
        raise InputError(
            f"The protocol `{key}` is one of {other.name}: its units are no units of "
            f"{product.name}, and there is no conversion. {way} {own}"
        )
    return known[key]


def _droplet_ml(region: Region, protocol: DropletProtocol | None) -> float:
    given = protocol.droplets_per_ml if protocol else None
    if given and region.droplet_ml:
        raise InputError(
            f"The protocol `{region.protocol}` has its own droplets ({given.value:g} from 1 mL): "
            "leave `droplet_ml` out, or enter your own protocol under `own`."
        )
    if given:
        return 1 / given.value
    if not region.droplet_ml:
        told = "; ".join(one.value for one in droplet_facts().volumes)
        raise InputError(
            f"The text of `{region.protocol}` does not say how large a droplet is: give "
            f"`droplet_ml` yourself. Other texts: {told}."
        )
    return region.droplet_ml


def _spacing_mm(region: Region, protocol: DropletProtocol | None) -> float:
    given = protocol.spacing_mm if protocol else None
    if given and region.spacing_mm:
        raise InputError(
            f"The protocol `{region.protocol}` has its own spacing ({given.value:g} mm): leave "
            "`spacing_mm` out, or enter your own protocol under `own`."
        )
    if given:
        return given.value
    if not region.spacing_mm:
        raise InputError(
            "No text that was read says how close droplets stand, and none is filled in: give "
            "`spacing_mm`, the distance between neighbours."
        )
    return region.spacing_mm


def _require_sane(product: Product, per_ml: float, droplet_ml: float, spacing_mm: float) -> None:
    limits = droplet_facts().limits
    low, high = limits.least_spacing_mm.value, limits.most_spacing_mm.value
    step = limits.spacing_step_mm.value
    if not low <= spacing_mm <= high:
        raise InputError(
            f"A spacing of {spacing_mm:g} mm cannot be meant: give {low:g} to {high:g} mm."
        )
    if not math.isclose(spacing_mm / step, round(spacing_mm / step), abs_tol=1e-6):
        raise InputError(f"A spacing of {spacing_mm:g} mm: give it in steps of {step:g} mm.")
    low, high = limits.least_droplet_ml.value, limits.most_droplet_ml.value
    if not low <= droplet_ml <= high:
        raise InputError(
            f"A droplet of {droplet_ml:g} mL cannot be meant: give {low:g} to {high:g} mL. What "
            "is larger was meant for a muscle: give it as an injection."
        )
    usual = min(site.units.value for area in product.areas.values() for site in area.sites)
    if per_ml * droplet_ml >= usual:
        raise InputError(
            f"{per_ml:g} U {product.name} per mL puts {per_ml * droplet_ml:.3g} U into a droplet: "
            f"the label gives {usual:g} U to a whole point of a muscle. Check the mix and "
            "`droplet_ml`."
        )


def _mixing(region: Region, product: Product, per_ml: float) -> str:
    """How the mix is made; raises InputError for one that this vial does not give."""
    has = region.vial_units / region.diluent_ml
    vial = f"{region.vial_units:g} U {product.name} in {region.diluent_ml:g} mL"
    if math.isclose(has, per_ml, rel_tol=SAME):
        if region.topped_up:
            raise InputError(
                f"{vial} is {has:g} U {product.name} per mL already: there is nothing to top up. "
                "Leave `topped_up` out."
            )
        return f"{vial}: {has:g} U {product.name} per mL, drawn as it is."
    wanted = region.vial_units / per_ml
    if per_ml > has:
        raise InputError(
            f"The mix is {per_ml:g} U {product.name} per mL, but {vial} gives only {has:g}. "
            f"Dilute with {wanted:.3g} mL, or enter your own protocol with "
            f"{has:g} U {product.name} per mL."
        )
    if not region.topped_up:
        raise InputError(
            f"The mix is {per_ml:g} U {product.name} per mL, but {vial} gives {has:g}. Dilute with "
            f"{wanted:.3g} mL, or say `topped_up` where each syringe is topped up to the mix, or "
            f"enter your own protocol with {has:g} U {product.name} per mL."
        )
    full = droplet_facts().limits.syringe_ml.value
    drawn = full * per_ml / has
    return (
        f"{vial}: for each syringe of {full:g} mL draw {drawn:.2f} mL ({per_ml * full:g} U "
        f"{product.name}) and top it up to {full:g} mL."
    )
