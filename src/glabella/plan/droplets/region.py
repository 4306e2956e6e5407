"""The region: what is asked of droplets in the skin. A droplet plan starts from here."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from glabella.facts.droplets import RegionName
from glabella.facts.schema import Record
from glabella.plan.plan import (
    STORY,
    Amount,
    Patient,
    Review,
    Schema,
    Text,
    Treatment,
    read_json,
    require_plausible,
    schema_of,
)

Place = tuple[
    Annotated[float, msgspec.Meta(ge=-120, le=120)], Annotated[float, msgspec.Meta(ge=-250, le=150)]
]
Millilitres = Annotated[float, msgspec.Meta(gt=0, le=2)]
Spacing = Annotated[float, msgspec.Meta(gt=0, le=200)]
Words = Annotated[str, msgspec.Meta(min_length=3, max_length=200)]


class DrawnOutline(Record, kw_only=True):
    """An outline drawn on the face: corners in mm, x to the patient's left from the midline, y up.

    A `mirrored` one lies on one side and is repeated on the other.
    """

    points_mm: Annotated[tuple[Place, ...], msgspec.Meta(min_length=3, max_length=100)]
    name: Text = "drawn region"
    mirrored: bool = False


class OwnProtocol(Record, kw_only=True):
    """A user's own numbers, in units of the product in hand, and what they stand on."""

    units_per_ml: Annotated[float, msgspec.Meta(gt=0, le=2000)]
    droplet_ml: Millilitres
    spacing_mm: Spacing
    basis: Words


class Region(Record, kw_only=True):
    """Where droplets go, of what, how strong, how large and how close.

    `protocol` names one of the facts for this very product; what its source does not give
    (`spacing_mm`, `droplet_ml`) is yours to say. Or `own` has all numbers. `topped_up` says that
    the syringe is topped up until the mix is as weak as the protocol has it.
    """

    patient: Patient
    date: date
    product: str
    vial_units: Amount
    diluent_ml: Annotated[float, msgspec.Meta(gt=0, le=20)]
    regions: tuple[RegionName, ...] = ()
    outlines: Annotated[tuple[DrawnOutline, ...], msgspec.Meta(max_length=12)] = ()
    protocol: str | None = None
    own: OwnProtocol | None = None
    spacing_mm: Spacing | None = None
    droplet_ml: Millilitres | None = None
    topped_up: bool = False
    treatments: tuple[Treatment, ...] = ()
    reviews: tuple[Review, ...] = ()
    horizon_days: Annotated[int, msgspec.Meta(ge=60, le=730)] = 180
    title: Text = ""

    def __post_init__(self) -> None:
        require_plausible(self.date)
        if not self.regions and not self.outlines:
            raise ValueError("droplets need `regions` or `outlines` to go to")
        if (self.protocol is None) == (self.own is None):
            raise ValueError("droplets need either a `protocol` or your `own` numbers")
        if self.own is not None and (self.spacing_mm or self.droplet_ml):
            raise ValueError("your `own` numbers already have `spacing_mm` and `droplet_ml`")


PARTS: dict[str, type[msgspec.Struct]] = {
    "$": Region,
    **STORY,
    "$.outlines": DrawnOutline,
    "$.own": OwnProtocol,
}


def read_region(text: bytes | str) -> Region:
    """Read a region from JSON; raises InputError naming the key and what is allowed there."""
    return read_json(text, Region, PARTS, what="region")


def region_schema() -> Schema:
    """The JSON schema of a region."""
    return schema_of(Region, PARTS.values())
