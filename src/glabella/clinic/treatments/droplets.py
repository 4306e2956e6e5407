"""Droplets on the chart: what can be chosen, and the grid for a patient's face from a vial."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from django.template.loader import render_to_string

from glabella import facts
from glabella.clinic.patients.rules import plan_patient
from glabella.clinic.stock import queries as stock
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments import planning
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.points import MOST_POINTS
from glabella.errors import InputError
from glabella.facts.droplets import DropletProtocol, RegionName
from glabella.plan.droplets.droplets import lay_out
from glabella.plan.droplets.layout import Layout
from glabella.plan.droplets.mix import droplet_facts, protocols_for
from glabella.plan.droplets.region import DrawnOutline, OwnProtocol, Place, Region

# The record keeps hundredths of a unit.
HUNDREDTHS = 100
# Two mixes closer than this share are called the same.
SAME = 0.02


class DropletInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the droplet tool asks for: a vial, where, and how large and close droplets are.

    `taken` are the places (x signed, y) of droplets that stay on the chart.
    """

    vial: int
    regions: tuple[RegionName, ...] = ()
    outlines: Annotated[tuple[DrawnOutline, ...], msgspec.Meta(max_length=12)] = ()
    protocol: str = ""
    spacing_mm: float | None = None
    droplet_ml: float | None = None
    taken: Annotated[tuple[Place, ...], msgspec.Meta(max_length=MOST_POINTS)] = ()


@dataclass(frozen=True, slots=True)
class DropletSheet:
    """The grid with what is to be said of it before it is placed."""

    layout: Layout
    product_name: str
    units: float
    volume_ml: float
    each_units: float
    notes: tuple[str, ...]


def offered(product: str) -> list[dict[str, Any]]:
    """The protocols of a product as the tool shows them."""
    names = facts.load().model.skin.regions
    return [
        {
            "id": key,
            "name": one.name,
            "units_per_ml": one.units_per_ml.value,
            "droplet_ml": _droplet_ml(one),
            "where": one.where.value,
            "regions": [names[region].name for region in one.regions],
        }
        for key, one in protocols_for(product).items()
    ]


def choices() -> list[dict[str, str]]:
    """The regions to choose from, in the order of the face."""
    return [
        {"id": key, "name": region.name} for key, region in facts.load().model.skin.regions.items()
    ]


def tool_config(products: dict[str, None]) -> dict[str, Any]:
    """What the script of the droplet tool needs."""
    limits = droplet_facts().limits
    return {
        "protocols": {product: offered(product) for product in products},
        "least_spacing_mm": limits.least_spacing_mm.value,
        "most_spacing_mm": limits.most_spacing_mm.value,
        "spacing_step_mm": limits.spacing_step_mm.value,
        "names": {one["id"]: one["name"] for one in choices()},
    }


def region_name(region: str) -> str:
    """A region of the chart's droplets in words."""
    known = facts.load().model.skin.regions.get(region)
    return known.name.lower() if known else region.replace("drawn-", "drawn region ")


def _droplet_ml(protocol: DropletProtocol) -> float | None:
    return 1 / protocol.droplets_per_ml.value if protocol.droplets_per_ml else None


def droplet_sheet(treatment: Treatment, sent: DropletInput) -> DropletSheet:
    """The grid on this patient's face, from this vial at its own dilution.

    Raises InputError in the words of the page for what is missing or cannot be meant.
    """
    vial = stock.vial_in_stock(treatment.patient.clinic_id, sent.vial)
    per_ml = _units_per_ml(vial)
    product = facts.product(vial.product)
    protocol = _protocol(sent.protocol, product.id, product.name)
    droplet_ml = _asked_ml(sent, protocol, product.name)
    units = round(per_ml * droplet_ml * HUNDREDTHS) / HUNDREDTHS
    if not units:
        raise InputError(
            f"A droplet of {droplet_ml:.3g} mL holds less than 0.01 U {product.name} at this "
            "dilution: too little for the record. Take a larger droplet."
        )
    measures = planning.latest_measures(treatment.patient)
    layout = lay_out(
        Region(
            patient=plan_patient(treatment.patient, measures, on=treatment.date),
            date=treatment.date,
            product=product.id,
            vial_units=float(vial.vial_units),
            diluent_ml=float(vial.opening.diluent_ml),
            regions=sent.regions,
            outlines=sent.outlines,
            own=OwnProtocol(
                units_per_ml=per_ml,
                # What the record keeps of the units is what leaves the vial.
                droplet_ml=units / per_ml,
                spacing_mm=_spacing(sent),
                basis=protocol.name if protocol else "own numbers",
            ),
        ),
        taken=sent.taken,
    )
    return DropletSheet(
        layout=layout,
        product_name=product.name,
        units=round(layout.droplets * units, 2),
        volume_ml=layout.volume_ml,
        each_units=units,
        notes=tuple(_notes(layout, protocol, per_ml, product.name)),
    )


def _units_per_ml(vial: Vial) -> float:
    if vial.concentration is None:
        raise InputError("This vial is not open: open and dilute it first.")
    return vial.concentration.units_per_ml.amount


def _protocol(key: str, product: str, name: str) -> DropletProtocol | None:
    if not key:
        return None
    known = protocols_for(product)
    if key not in known:
        raise InputError(
            f"This protocol is not one of {name}: units of one product are never units of "
            "another. Choose one of this product, or your own numbers."
        )
    return known[key]


def _asked_ml(sent: DropletInput, protocol: DropletProtocol | None, name: str) -> float:
    given = _droplet_ml(protocol) if protocol else None
    if given:
        return given
    if not sent.droplet_ml or not math.isfinite(sent.droplet_ml) or sent.droplet_ml < 0:
        told = "; ".join(one.value for one in droplet_facts().volumes[:2])
        raise InputError(
            f"How large is a droplet of {name}? Type its volume in mL; nothing is filled in. "
            f"Texts: {told}."
        )
    return sent.droplet_ml


def _spacing(sent: DropletInput) -> float:
    if not sent.spacing_mm or not math.isfinite(sent.spacing_mm) or sent.spacing_mm < 0:
        raise InputError(
            "How close should droplets stand? Type the distance between neighbours in mm: no text "
            "that was read gives one, so nothing is filled in."
        )
    if not sent.regions and not sent.outlines:
        raise InputError("Where? Tap a region on the face, tick one, or draw an outline.")
    return sent.spacing_mm


def _notes(
    layout: Layout, protocol: DropletProtocol | None, per_ml: float, product: str
) -> list[str]:
    found = []
    if protocol and not math.isclose(per_ml, protocol.units_per_ml.value, rel_tol=SAME):
        own = protocol.units_per_ml.value
        found.append(
            f"{protocol.name} has {own:g} U {product} per mL; this vial has {per_ml:g}. The "
            f"vial's is used: a droplet holds {per_ml / own:.2g} times the protocol's units."
        )
    if protocol:
        beside = [one.name for one in layout.regions if one.region not in protocol.regions]
        if beside:
            found.append(f"The text does not tell of this mix in: {', '.join(beside).lower()}.")
    if layout.neighbours_mm > layout.spacing_mm:
        found.append(f"The grid stands {layout.neighbours_mm:g} mm apart, which fits more.")
    found += [
        f"{one.region}: {one.droplets} left out over {one.name.lower()} (risk: {one.harm})."
        for one in layout.left_out
    ]
    found.append("Discomfort by region: not known.")
    return found


def as_json(sheet: DropletSheet, vial: int) -> dict[str, object]:
    """What the script places, and the words and numbers shown before it does."""
    layout = sheet.layout
    return {
        "html": render_to_string("treatments/_chart_droplet_sheet.html", {"sheet": sheet}),
        "droplets": layout.droplets,
        "units": sheet.units,
        "volume_ml": round(sheet.volume_ml, 2),
        "points": [
            {
                "x_mm": round(one.x_mm or 0.0, 2),
                "y_mm": round(one.y_mm or 0.0, 2),
                "side": str(one.side),
                "depth": "dermis",
                "units": sheet.each_units,
                "vial": vial,
                "region": region,
            }
            for one, region in zip(layout.injections, layout.regions_of, strict=True)
        ],
    }
