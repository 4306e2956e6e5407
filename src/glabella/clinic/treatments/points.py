"""A point as the chart sends it, and as the record keeps it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, TypeVar, cast

import msgspec

from glabella import facts
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.models import ChartPoint
from glabella.clinic.treatments.rules import PointRefused
from glabella.errors import InputError, UserError
from glabella.face import Face, Side, place_site
from glabella.facts.anatomy import Depth
from glabella.plan import Dose, area_of

T = TypeVar("T")

HUNDREDTH = Decimal("0.01")
MOST_POINTS = 600
# A point that was dragged further than this from its named site is a free point.
AT_SITE_MM = 4.0


class PointInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One point of a chart; `product`, where given, must be the product of the vial.

    A droplet has the region of the skin that it was placed for.
    """

    key: Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[\w.:-]+$")]
    x_mm: float
    y_mm: float
    side: Literal["left", "right", "midline"]
    units: float
    vial: int
    depth: Depth = "muscle"
    area: str = ""
    site: str = ""
    product: str = ""
    region: Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[a-z0-9-]*$")] = ""


class DraftInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole draft, with the version that it was made from."""

    version: Annotated[int, msgspec.Meta(ge=0)]
    points: Annotated[tuple[PointInput, ...], msgspec.Meta(max_length=MOST_POINTS)]


class StampInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A protocol, or an area with its units, to be set out on the face from a vial."""

    vial: int
    protocol: str = ""
    area: str = ""
    units: Annotated[float, msgspec.Meta(gt=0, le=1500)] | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A point of the record in plain values, with the vial that it is drawn from."""

    key: str
    number: int
    area: str
    site: str
    x_mm: float
    y_mm: float
    side: Side
    depth: Depth
    units: float
    vial: Vial
    region: str = ""

    @property
    def product(self) -> str:
        return self.vial.product

    @property
    def volume_ml(self) -> float | None:
        return self.vial.volume_ml(self.units)

    def as_json(self) -> dict[str, object]:
        return {
            "key": self.key,
            "area": self.area,
            "site": self.site,
            "x_mm": self.x_mm,
            "y_mm": self.y_mm,
            "side": str(self.side),
            "depth": self.depth,
            "units": self.units,
            "vial": self.vial.pk,
            # Only where there is one: records signed before droplets keep their hash.
            **({"region": self.region} if self.region else {}),
        }


def sent_point(kept: dict[str, object]) -> PointInput:
    """A point that was kept as JSON, as the chart would send it again."""
    return msgspec.convert(kept, PointInput)


def read_json(body: bytes, shape: type[T]) -> T:
    """Read what a page sent; raises InputError in words."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise InputError(f"The chart sent something that cannot be read: {error}.") from error
    except msgspec.DecodeError as error:
        raise InputError(
            f"The chart sent something that is not JSON ({error}). Reload the page."
        ) from error


def _check_units(point: PointInput, vial: Vial) -> None:
    name = facts.product(vial.product).name
    if point.product and point.product != vial.product:
        raise PointRefused(
            f"These units are units of {point.product}, but the vial of lot {vial.lot} holds "
            f"{name}. Units of one product are never units of another: choose the vial again.",
            key=point.key,
        )
    if not math.isfinite(point.units) or round(point.units, 2) <= 0:
        raise PointRefused(
            f"A point needs more than 0 units of {name}; this one has {point.units:g}.",
            key=point.key,
        )
    if point.units > float(vial.vial_units):
        raise PointRefused(
            f"{point.units:g} U {name} in one point is more than the whole vial of "
            f"{vial.vial_units.normalize():f} U. Check the number.",
            key=point.key,
        )


def _site_of(face: Face, point: PointInput) -> tuple[str, str]:
    """The area and site that the point stands for where it lies now."""
    side = Side(point.side)
    known = facts.load().anatomy.sites.get(point.site)
    if known is not None and known.paired == (side is not Side.MIDLINE):
        x_mm, y_mm, _ = place_site(face, point.site, side)
        if math.hypot(point.x_mm - x_mm, point.y_mm - y_mm) <= AT_SITE_MM:
            return known.area, point.site
    area, _ = area_of(face, point.x_mm, point.y_mm, side, point.depth)
    return area, ""


def check_point(face: Face, point: PointInput, number: int, vials: dict[int, Vial]) -> Placed:
    """The point as the record keeps it; raises PointRefused with the point's key."""
    vial = vials.get(point.vial)
    if vial is None:
        raise PointRefused("This vial is not in stock. Choose another.", key=point.key)
    _check_units(point, vial)
    if not (math.isfinite(point.x_mm) and math.isfinite(point.y_mm)):
        raise PointRefused("The place of this point is not a number.", key=point.key)
    side = Side.MIDLINE if round(point.x_mm, 2) == 0 else Side(point.side)
    if side is Side.MIDLINE and round(point.x_mm, 2) != 0:
        raise PointRefused(
            f"A midline point lies 0 mm from the midline, this one {point.x_mm:g} mm. "
            "Give its side, left or right.",
            key=point.key,
        )
    # What is not in the skin is no droplet, wherever it was placed for.
    region = point.region if point.depth == "dermis" else ""
    try:
        face.require_on_face(point.x_mm, point.y_mm)
        area, site = ("", "") if region else _site_of(face, point)
    except UserError as error:
        raise PointRefused(str(error), key=point.key) from error
    return Placed(
        key=point.key,
        number=number,
        area=area,
        site=site,
        x_mm=round(point.x_mm, 2),
        y_mm=round(point.y_mm, 2),
        side=side,
        depth=point.depth,
        units=round(point.units, 2),
        vial=vial,
        region=region,
    )


def placed(row: ChartPoint) -> Placed:
    """A stored point in plain values."""
    return Placed(
        key=row.key,
        number=row.number,
        area=row.area,
        site=row.site,
        x_mm=float(row.x_mm),
        y_mm=float(row.y_mm),
        side=Side(row.side),
        depth=cast("Depth", row.depth),
        units=float(row.units),
        vial=row.vial,
        region=row.region,
    )


def stored(treatment_id: int, point: Placed) -> ChartPoint:
    """The row that keeps a point."""

    def exact(value: float) -> Decimal:
        return Decimal(str(value)).quantize(HUNDREDTH)

    return ChartPoint(
        treatment_id=treatment_id,
        number=point.number,
        key=point.key,
        area=point.area,
        site=point.site,
        x_mm=exact(point.x_mm),
        y_mm=exact(point.y_mm),
        side=point.side.value,
        depth=point.depth,
        units=exact(point.units),
        vial=point.vial,
        region=point.region,
    )


def as_points(doses: Sequence[Dose], vial: Vial) -> list[dict[str, object]]:
    """Doses of the vial in hand in the shape in which the chart takes points."""
    return [
        {
            "area": dose.area,
            "site": dose.site,
            "x_mm": round(dose.x_mm, 2),
            "y_mm": round(dose.y_mm, 2),
            "side": dose.side.value,
            "depth": dose.depth,
            "units": round(dose.units.amount, 2),
            "vial": vial.pk,
        }
        for dose in doses
    ]
