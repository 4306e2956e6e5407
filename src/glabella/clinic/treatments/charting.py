"""What the chart page shows, and what its script needs."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, cast

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from glabella import chart, facts
from glabella.clinic.gate import Gate
from glabella.clinic.patients.measures import AREA_NAMES
from glabella.clinic.stock import queries as stock
from glabella.clinic.treatments import droplets, goal_form, planning, preview
from glabella.clinic.treatments.models import State, Treatment
from glabella.clinic.treatments.points import Placed, as_points
from glabella.clinic.treatments.record import stored_points
from glabella.clinic.treatments.splitting import in_steps
from glabella.errors import InputError
from glabella.face import Face, Side, place_site
from glabella.plan import Dose, place, stamp
from glabella.plan import Treatment as PlannedTreatment
from glabella.plan.finding import Finding
from glabella.plan.plan import AreaId

MOST_UNITS_IN_A_POINT = 100
BOTH_SIDES = (Side.LEFT, Side.RIGHT)


def ghost_of(treatment: Treatment) -> tuple[Placed, ...]:
    """The points of the last signed treatment, to be shown pale underneath."""
    last = (
        Treatment.objects.filter(
            patient=treatment.patient_id,
            state=State.SIGNED,
            date__lte=treatment.date,
            indication=treatment.indication,
        )
        .exclude(pk=treatment.pk)
        .order_by("-date", "-id")
        .first()
    )
    return stored_points(last) if last else ()


def chart_svg(
    treatment: Treatment, assessed: planning.Assessment, ghost: tuple[Placed, ...]
) -> str:
    """The face that the script of the chart page works on, with the last visit underneath."""
    drawn = chart.face_svg(
        assessed.face,
        points=preview.svg_points(assessed.points),
        ghost=preview.svg_points(ghost),
        layers=chart.LAYERS,
        title=f"Chart of {treatment.patient.name}",
        view="upper",
        editable=True,
    )
    # face_svg escapes every text that it is given.
    return mark_safe(drawn)  # noqa: S308


@dataclass(frozen=True, slots=True)
class ChartVial:
    """A vial as the chart arms it."""

    id: int
    number: str
    product_id: str
    product_name: str
    letter: str
    lot: str
    serial: str
    units_per_tenth_ml: float | None
    remaining_units: float
    use_by: str
    usable: bool
    why_not: str
    first: bool


def chart_vials(
    clinic: int, points: tuple[Placed, ...], now: datetime, *, products: Container[str]
) -> list[ChartVial]:
    """Open vials of some products; those that the chart already uses are among them."""
    rows = stock.chart_vials(clinic, now, also={point.vial.pk for point in points})
    return [
        ChartVial(
            id=row.id,
            number=row.number,
            product_id=row.product_id,
            product_name=row.product_name,
            letter=preview.letter(row.product_id),
            lot=row.lot,
            serial=row.serial,
            units_per_tenth_ml=row.units_per_tenth_ml,
            remaining_units=row.remaining_units,
            use_by=timezone.localtime(row.use_by).strftime("%d %b %H:%M") if row.use_by else "",
            usable=row.usable,
            why_not=row.why_not,
            first=row.first,
        )
        for row in rows
        if row.product_id in products
    ]


def protocols_of(product_id: str) -> list[dict[str, object]]:
    """Protocols whose areas are all on this product's sheet, with their usual units."""
    product = facts.product(product_id)
    return [
        {
            "id": code,
            "name": protocol.name,
            "units": sum(product.areas[area].total_units.value for area in protocol.areas),
        }
        for code, protocol in facts.load().protocols.items()
        if set(protocol.areas) <= set(product.areas)
    ]


def lower_areas(product_id: str) -> list[dict[str, object]]:
    """Areas of the lower face and neck; units only where the product's label gives them."""
    on_label = facts.product(product_id).areas
    return [
        {
            "area": area,
            "name": known.name,
            "units": on_label[area].total_units.value if area in on_label else None,
        }
        for area, known in facts.load().practice.items()
    ]


def quick_doses(product_id: str) -> list[float]:
    """Doses to be armed with one tap, around what the label gives to a site."""
    product = facts.product(product_id)
    step = product.dose_step_units.value
    doses = {site.units.value for area in product.areas.values() for site in area.sites}
    usual = max(doses) if doses else step
    wished = {usual / 4, usual / 2, usual, usual * 3 / 2, usual * 2}
    return sorted({max(step, round(dose / step) * step) for dose in wished})


def sites_on(face: Face) -> list[dict[str, object]]:
    """Every named site of this face, both sides of the paired ones."""
    sites: list[dict[str, object]] = []
    for code, site in facts.load().anatomy.sites.items():
        for side in BOTH_SIDES if site.paired else (Side.MIDLINE,):
            x_mm, y_mm, depth = place_site(face, code, side)
            sites.append(
                {
                    "site": code,
                    "name": site.name,
                    "area": site.area,
                    "side": side.value,
                    "x_mm": round(x_mm, 2),
                    "y_mm": round(y_mm, 2),
                    "depth": depth,
                }
            )
    return sites


def vial_gate(vials: list[ChartVial]) -> Gate:
    """Whether there is a vial to draw from, and if not, who opens one."""
    ready = [vial for vial in vials if vial.usable]
    if ready:
        return Gate("Vial", f"{len(ready)} open and in date")
    missing = Finding(
        code="no-vial",
        severity="stop",
        message="No open vial is in date.",
        mend="An assistant or an injector can open one.",
    )
    return Gate("Vial", missing.message, (missing,), reverse("stock:list"), "Open a vial")


def chart_config(treatment: Treatment, face: Face, vials: list[ChartVial]) -> dict[str, Any]:
    """What the script of the chart page needs, apart from the points."""
    products = dict.fromkeys(vial.product_id for vial in vials)
    urls = {
        name: reverse(f"treatments:{name}", args=[treatment.pk])
        for name in ("draft", "stamp", "droplets", "sign", "propose", "weigh", "curve")
    }
    return {
        "urls": urls | {"sign_in": reverse(settings.LOGIN_URL)},
        "version": treatment.version,
        "vials": [asdict(vial) for vial in vials],
        "sites": sites_on(face),
        "limits": {"units_max": MOST_UNITS_IN_A_POINT},
        "droplets": droplets.tool_config(products),
        "areas": {product: lower_areas(product) for product in products},
        "quick_doses": {product: quick_doses(product) for product in products},
        "dose_step": {
            product: facts.product(product).dose_step_units.value for product in products
        },
        "saved_at": clock_time(treatment.saved_at),
    }


def clock_time(moment: datetime | None, form: str = "%H:%M") -> str:
    return timezone.localtime(moment).strftime(form) if moment else ""


def chart_context(treatment: Treatment, *, now: datetime) -> dict[str, Any]:
    """Everything on the chart page of a draft."""
    points = stored_points(treatment)
    assessed = planning.assess(treatment, points, now=now)
    known = facts.load().face_products
    vials = chart_vials(treatment.patient.clinic_id, points, now, products=known)
    parts = preview.draft_parts(assessed)
    config = chart_config(treatment, assessed.face, vials)
    ghost = ghost_of(treatment)
    products = dict.fromkeys(vial.product_id for vial in vials)
    patient = assessed.plan.patient if assessed.plan else None
    offered = goal_form.form(treatment, products, treated=bool(ghost), patient=patient)
    config |= {"goal": offered.pop("script")}
    config |= {"points": [point.as_json() for point in points], "frames": parts["frames"]}
    return parts | {
        "treatment": treatment,
        "vials": vials,
        "protocols": {row.product_id: protocols_of(row.product_id) for row in vials},
        "droplet_regions": droplets.choices(),
        "gates": [*assessed.gates, vial_gate(vials)],
        "alerts": list(treatment.patient.alerts.filter(ended_at__isnull=True)),
        "goal_form": offered,
        "face_svg": chart_svg(treatment, assessed, ghost),
        "chart_config": config,
    }


def stamped_points(
    treatment: Treatment,
    *,
    vial_id: int,
    protocol: str = "",
    area: str = "",
    units: float | None = None,
) -> list[dict[str, object]]:
    """The points of a protocol or an area on this face, to be drawn from one vial."""
    vial = stock.vial_in_stock(treatment.patient.clinic_id, vial_id)
    face = planning.face_of(treatment.patient, planning.latest_measures(treatment.patient))
    if area:
        doses = area_doses(face, vial.product, area, units, on=treatment.date)
    else:
        doses = stamp(face, vial.product, protocol, units=units)
    return as_points(doses, vial)


def area_doses(
    face: Face, product: str, area: str, units: float | None, *, on: date
) -> tuple[Dose, ...]:
    """The points of one area for units that somebody typed."""
    if units is None:
        raise InputError(
            f"How many units for {AREA_NAMES.get(area, area)} in all? Outside the label nothing is "
            "filled in: type the units of this product."
        )
    wanted = PlannedTreatment(date=on, product=product, areas={cast("AreaId", area): units})
    step = facts.product(product).dose_step_units.value
    split = in_steps(place(face, wanted), total=units, step=step)
    return tuple(dose for dose in split if dose.units.amount > 0)


def saved_state(treatment: Treatment) -> dict[str, Any]:
    """The version and points that the database holds now, for a page that is behind."""
    treatment.refresh_from_db()
    points = stored_points(treatment)
    return {"version": treatment.version, "points": [point.as_json() for point in points]}
