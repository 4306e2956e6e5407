"""What the chart page shows of a draft: rows, totals, findings, forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glabella import chart, facts
from glabella.chart.style import OTHER_PRODUCT
from glabella.clinic.patients.measures import AREA_NAMES
from glabella.clinic.treatments.droplets import region_name
from glabella.clinic.treatments.planning import Assessment, by_product, point_of
from glabella.clinic.treatments.points import Placed
from glabella.face import Side
from glabella.plan import Forecast
from glabella.plan.finding import Finding

# More notes than these push the forecast out of sight.
MOST_NOTES = 2


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding for the page, with its source written out."""

    code: str
    severity: str
    message: str
    mend: str
    where: str
    source_text: str
    source_url: str
    number: int | None


@dataclass(frozen=True, slots=True)
class PointRow:
    """One line of the table beside the chart."""

    key: str
    number: int
    name: str
    area_name: str
    letter: str
    product_id: str
    product_name: str
    lot: str
    side: str
    x_mm: float
    y_mm: float
    depth: str
    units: float
    vial_id: int
    volume_ml: float | None
    label_place: str
    findings: tuple[FindingRow, ...]


@dataclass(frozen=True, slots=True)
class DropletRow:
    """Droplets of one region that are alike, as one line of a record."""

    name: str
    letter: str
    product_id: str
    product_name: str
    lot: str
    droplets: int
    each_units: float
    units: float
    volume_ml: float


@dataclass(frozen=True, slots=True)
class AreaTotal:
    name: str
    units: float
    left: float
    midline: float
    right: float
    volume_ml: float


@dataclass(frozen=True, slots=True)
class ProductTotal:
    """Totals of one product; two products are never added up."""

    product_id: str
    letter: str
    product_name: str
    units: float
    volume_ml: float
    left: float
    midline: float
    right: float
    areas: tuple[AreaTotal, ...]

    @property
    def difference(self) -> float:
        """Left less right."""
        return round(self.left - self.right, 2)


@dataclass(frozen=True, slots=True)
class VialTotal:
    """What the chart takes from one vial, and what stays in it."""

    id: int
    letter: str
    product_id: str
    product_name: str
    lot: str
    draw_units: float
    draw_ml: float
    left_units: float
    short: bool


@dataclass(frozen=True, slots=True)
class Totals:
    products: tuple[ProductTotal, ...]
    vials: tuple[VialTotal, ...]


def letter(product_id: str) -> str:
    return chart.PRODUCTS.get(product_id, OTHER_PRODUCT).letter


def product_name(product_id: str) -> str:
    return facts.product(product_id).name


def area_name(area: str) -> str:
    return AREA_NAMES.get(area, "Outside the areas")


def place_name(point: Placed) -> str:
    """The area of the face, or the muscle or place outside it."""
    target = facts.load().body_maps.targets.get(point.target)
    return target.name if target else area_name(point.area)


def point_name(point: Placed) -> str:
    """Where a point lies, in words: its site, or else its area."""
    if point.target:
        return f"{place_name(point)}, {point.side}"
    site = facts.load().anatomy.sites.get(point.site)
    name = site.name if site else f"{area_name(point.area)}, free point"
    if point.side is Side.MIDLINE:
        return name
    return f"{point.side.value.capitalize()} {name[0].lower()}{name[1:]}"


def svg_points(points: Sequence[Placed]) -> list[chart.ChartPoint]:
    return [
        chart.ChartPoint(
            number=point.number,
            x_mm=point.x_mm,
            y_mm=point.y_mm,
            side=point.side,
            depth=point.depth,
            units=point.units,
            product_id=point.product,
            key=point.key,
            region=point.region,
        )
        for point in points
    ]


def finding_row(finding: Finding, number: int | None = None) -> FindingRow:
    source = facts.load().sources.get(finding.source)
    return FindingRow(
        code=finding.code,
        severity=finding.severity,
        message=finding.message,
        mend=finding.mend,
        where=finding.where,
        source_text=source.citation if source else "",
        source_url=(source.url or "") if source else "",
        number=number,
    )


def finding_rows(assessed: Assessment) -> list[FindingRow]:
    rows = []
    for finding in assessed.findings:
        point = point_of(finding, assessed.points)
        rows.append(finding_row(finding, point.number if point else None))
    return rows


def told_findings(rows: list[FindingRow]) -> dict[str, list[FindingRow]]:
    """What the panel says at once, and the notes that it folds away when there are many."""
    notes = [row for row in rows if row.severity == "note"]
    if len(notes) <= MOST_NOTES:
        return {"findings": rows, "notes": []}
    return {"findings": [row for row in rows if row.severity != "note"], "notes": notes}


def point_rows(assessed: Assessment) -> list[PointRow]:
    places = chart.label_places(svg_points(assessed.points))
    findings = finding_rows(assessed)
    return [
        PointRow(
            key=point.key,
            number=point.number,
            name=point_name(point),
            area_name=place_name(point),
            letter=letter(point.product),
            product_id=point.product,
            product_name=product_name(point.product),
            lot=point.vial.lot,
            side=point.side.value,
            x_mm=point.x_mm,
            y_mm=point.y_mm,
            depth=point.depth,
            units=point.units,
            vial_id=point.vial.pk,
            volume_ml=point.volume_ml,
            label_place=places.get(point.key, "below"),
            findings=tuple(row for row in findings if row.number == point.number),
        )
        for point in assessed.points
        if not point.region
    ]


def droplet_rows(points: Sequence[Placed]) -> list[DropletRow]:
    """Droplets by region, units and vial: a hundred alike are one line."""
    groups: dict[tuple[str, float, int], list[Placed]] = {}
    for point in points:
        if point.region:
            groups.setdefault((point.region, point.units, point.vial.pk), []).append(point)
    return [
        DropletRow(
            name=_droplets_in(region),
            letter=letter(group[0].product),
            product_id=group[0].product,
            product_name=product_name(group[0].product),
            lot=group[0].vial.lot,
            droplets=len(group),
            each_units=each,
            units=_units(group),
            volume_ml=_volume(group),
        )
        for (region, each, _), group in groups.items()
    ]


def _droplets_in(region: str) -> str:
    return f"Droplets, {region_name(region)}"


def _units(points: Sequence[Placed], side: Side | None = None) -> float:
    return round(sum(one.units for one in points if side is None or one.side is side), 2)


def _volume(points: Sequence[Placed]) -> float:
    return sum(point.volume_ml or 0.0 for point in points)


def _area_totals(points: Sequence[Placed]) -> tuple[AreaTotal, ...]:
    areas: dict[str, list[Placed]] = {}
    for point in points:
        name = _droplets_in(point.region) if point.region else place_name(point)
        areas.setdefault(name, []).append(point)
    return tuple(
        AreaTotal(
            area,
            _units(group),
            _units(group, Side.LEFT),
            _units(group, Side.MIDLINE),
            _units(group, Side.RIGHT),
            _volume(group),
        )
        for area, group in areas.items()
    )


def _product_total(product: str, points: Sequence[Placed]) -> ProductTotal:
    return ProductTotal(
        product_id=product,
        letter=letter(product),
        product_name=product_name(product),
        units=_units(points),
        volume_ml=_volume(points),
        left=_units(points, Side.LEFT),
        midline=_units(points, Side.MIDLINE),
        right=_units(points, Side.RIGHT),
        areas=_area_totals(points),
    )


def _vial_total(points: Sequence[Placed]) -> VialTotal:
    vial = points[0].vial
    drawn = _units(points)
    left = round(float(vial.remaining_units) - drawn, 2)
    return VialTotal(
        id=vial.pk,
        letter=letter(vial.product),
        product_id=vial.product,
        product_name=product_name(vial.product),
        lot=vial.lot,
        draw_units=drawn,
        draw_ml=_volume(points),
        left_units=max(left, 0.0),
        short=left < 0,
    )


def totals(points: Sequence[Placed]) -> Totals:
    """Totals per product, area and side, and what each vial gives."""
    vials: dict[int, list[Placed]] = {}
    for point in points:
        vials.setdefault(point.vial.pk, []).append(point)
    return Totals(
        products=tuple(_product_total(*group) for group in by_product(points).items()),
        vials=tuple(_vial_total(group) for group in vials.values()),
    )


def draft_parts(assessed: Assessment) -> dict[str, Any]:
    """The contexts of the three parts of the chart page, and the frames of the moving face."""
    told: Forecast | None = assessed.forecast
    return {
        "rows": point_rows(assessed),
        "totals": totals(assessed.points),
        "panel": chart.panel(told) if told else None,
        "panel_error": assessed.problem,
        **told_findings(finding_rows(assessed) if assessed.points else []),
        "stops": assessed.stops if assessed.points else 0,
        "frames": chart.frames(assessed.face, told) if told else None,
    }
