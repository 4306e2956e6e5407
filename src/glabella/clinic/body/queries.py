"""What the pages of sessions outside the face show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import msgspec
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from glabella import chart, facts
from glabella.clinic.body.forms import steps_of
from glabella.clinic.patients.models import Patient
from glabella.clinic.stock.models import Vial
from glabella.clinic.stock.queries import vial_in_stock
from glabella.clinic.treatments import body_pictures, charting, planning, preview
from glabella.clinic.treatments.body_session import SheetInput
from glabella.clinic.treatments.models import State, Treatment
from glabella.clinic.treatments.points import MOST_POINTS, Placed, PointInput
from glabella.clinic.treatments.record import stored_points
from glabella.errors import InputError
from glabella.face import Side
from glabella.facts.body import BodyProtocol, Indication, Scale
from glabella.plan.body.lay import lay
from glabella.plan.body.patient_rules import GUIDANCE_NAMES
from glabella.plan.body.session import BodyInjection, BodyPatient, indication_of
from glabella.plan.body.text import NO_FORECAST, limit_rows, muscle_words
from glabella.plan.body.unknown import not_known


class BodyDraftInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole draft as the page sends it, with the version that it was made from."""

    version: Annotated[int, msgspec.Meta(ge=0)]
    points: Annotated[tuple[PointInput, ...], msgspec.Meta(max_length=MOST_POINTS)]
    sheet: SheetInput


class LayInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What of the protocol is to be laid from a vial, and how many points each place has."""

    vial: int
    targets: tuple[str, ...] = ()
    sides: tuple[Side, ...] = (Side.LEFT, Side.RIGHT)
    units: Annotated[float, msgspec.Meta(gt=0, le=1500)] | None = None
    sites: Annotated[int, msgspec.Meta(ge=1, le=60)] | None = None
    weight_kg: Annotated[float, msgspec.Meta(gt=0, le=400)] | None = None
    used: dict[str, int] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """An indication as a patient can be treated for it."""

    id: str
    name: str
    about: str
    products: str
    fits: bool
    last: date | None


def choices(patient: Patient, *, today: date) -> list[Choice]:
    """All indications, with when the patient was last treated for each."""
    child = patient.age_years(today) < facts.load().body.adult_years.value
    signed = patient.treatments.filter(state=State.SIGNED).exclude(indication="")
    last: dict[str, date] = dict(signed.order_by("date").values_list("indication", "date"))
    return [
        Choice(
            key,
            one.name,
            one.about.value,
            ", ".join(facts.product(product).name for product in one.products),
            one.age == "any" or (one.age == "child") == child,
            last.get(key),
        )
        for key, one in facts.load().body.indications.items()
    ]


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A muscle or place of a protocol, as the page offers it."""

    id: str
    name: str
    paired: bool
    words: str
    dosed: bool
    sites: bool


@dataclass(frozen=True, slots=True)
class ProtocolSheet:
    """What sources say of one product for the indication of a session."""

    product_id: str
    product_name: str
    limits: list[tuple[str, str]]
    targets: list[TargetRow]
    texts: list[str]
    cautions: list[str]
    boxed_warning: str
    unknown: tuple[str, ...]
    codes: list[str]
    sources: list[tuple[str, str]]


def _target_rows(protocol: BodyProtocol) -> list[TargetRow]:
    known = facts.load().body_maps.targets
    return [
        TargetRow(
            row.target,
            known[row.target].name,
            known[row.target].paired,
            muscle_words(row),
            bool(row.units or row.units_per_kg),
            row.sites is not None,
        )
        for row in protocol.muscles
    ]


def protocol_sheet(indication: Indication, product_id: str) -> ProtocolSheet:
    known, product = facts.load(), facts.product(product_id)
    protocol = indication.products[product_id]
    texts = [protocol.needle, protocol.guidance_text, *protocol.technique]
    keys = dict.fromkeys(fact.source for _, fact in facts.walk(protocol))
    codes = [*indication.codes]
    if own := known.body.product_codes.get(product_id):
        codes.append(own)
    return ProtocolSheet(
        product_id=product_id,
        product_name=product.name,
        limits=limit_rows(protocol),
        targets=_target_rows(protocol),
        texts=[one.value for one in texts if one],
        cautions=[c.text.value for c in (*protocol.contraindications, *protocol.cautions)],
        boxed_warning=product.boxed_warning.value if product.boxed_warning else "",
        unknown=not_known(indication, product_id),
        codes=[f"{code.system} {code.code}: {code.text.value}" for code in codes],
        sources=[(known.sources[key].citation, known.sources[key].url or "") for key in keys],
    )


def last_session(treatment: Treatment) -> Treatment | None:
    """The patient's last signed session for the same indication."""
    return (
        Treatment.objects.filter(
            patient=treatment.patient_id,
            indication=treatment.indication,
            state=State.SIGNED,
            date__lte=treatment.date,
        )
        .exclude(pk=treatment.pk)
        .order_by("-date", "-id")
        .first()
    )


def laid_points(treatment: Treatment, sent: LayInput) -> list[dict[str, object]]:
    """The points of a protocol, or of some of its muscles, at marks that are free."""
    vial = vial_in_stock(treatment.patient.clinic_id, sent.vial)
    age = treatment.patient.age_years(treatment.date)
    patient = BodyPatient(age_years=age, weight_kg=sent.weight_kg)
    laid = lay(
        treatment.indication,
        vial.product,
        patient,
        targets=sent.targets,
        sides=sent.sides,
        units=sent.units,
        sites=sent.sites,
    )
    return placed(laid, vial, used=sent.used)


def placed(
    laid: Sequence[BodyInjection], vial: Vial, *, used: dict[str, int]
) -> list[dict[str, object]]:
    """Injections at their marks, as the page takes points; `used` counts what lies there."""
    counted, points = Counter(used), []
    for one in laid:
        name = f"{one.target} {one.side}"
        x_mm, y_mm = chart.place_of(one.target, one.side, counted[name])
        counted[name] += 1
        paired = facts.load().body_maps.targets[one.target].paired
        side = one.side if paired else _side_of(x_mm)
        points.append(
            {
                "target": one.target,
                "x_mm": abs(x_mm),
                "y_mm": y_mm,
                "side": side.value,
                "depth": one.depth,
                "units": one.units,
                "vial": vial.pk,
            }
        )
    return points


def _side_of(x_mm: float) -> Side:
    if x_mm == 0:
        return Side.MIDLINE
    return Side.LEFT if x_mm > 0 else Side.RIGHT


def repeated_points(treatment: Treatment, vial_id: int) -> list[dict[str, object]]:
    """The points of the last session, to be drawn from the vial in hand."""
    vial = vial_in_stock(treatment.patient.clinic_id, vial_id)
    last = last_session(treatment)
    if last is None:
        raise InputError("There is no earlier session of this kind to repeat.")
    points = stored_points(last)
    given = {point.product for point in points}
    if given != {vial.product}:
        names = ", ".join(facts.product(one).name for one in sorted(given))
        raise InputError(
            f"The last session was given with {names}; its units are not units of "
            f"{facts.product(vial.product).name}. Choose a vial of {names}."
        )
    return [
        {name: value for name, value in point.as_json().items() if name != "key"}
        | {"vial": vial.pk}
        for point in points
    ]


def scale_of(treatment: Treatment) -> Scale | None:
    key = indication_of(treatment.indication).scale if treatment.indication else None
    return facts.load().body.scales[key] if key else None


def parts(treatment: Treatment, points: tuple[Placed, ...], *, now: datetime) -> dict[str, Any]:
    """What changes on the page with every change of the draft."""
    assessed = planning.assess(treatment, points, now=now)
    last = last_session(treatment)
    ghost = stored_points(last) if last else ()
    shown = preview.finding_rows(assessed) if points else []
    return {
        "pictures": body_pictures.pictures(
            treatment.indication, points, ghost=ghost, editable=True
        ),
        "rows": preview.point_rows(assessed),
        "totals": preview.totals(points),
        "problem": assessed.problem,
        **preview.told_findings([one for one in shown if one.code != "no-forecast"]),
        "no_forecast": NO_FORECAST,
        "stops": assessed.stops if points else 0,
        "gates": assessed.gates,
    }


def session_context(treatment: Treatment, *, now: datetime) -> dict[str, Any]:
    """Everything on the page of a draft."""
    points = stored_points(treatment)
    indication, scale = indication_of(treatment.indication), scale_of(treatment)
    clinic = treatment.patient.clinic_id
    vials = charting.chart_vials(clinic, points, now, products=indication.products)
    shown = parts(treatment, points, now=now)
    return shown | {
        "gates": [*shown["gates"], charting.vial_gate(vials)],
        "treatment": treatment,
        "indication": indication,
        "sheets": [protocol_sheet(indication, one) for one in indication.products],
        "vials": vials,
        "scale": scale,
        "scale_steps": steps_of(scale) if scale and scale.steps else [],
        "guidances": GUIDANCE_NAMES.items(),
        "by_weight": indication.age == "child",
        "last": last_session(treatment),
        "chart_config": _config(treatment, points, vials),
    }


def _config(
    treatment: Treatment, points: Sequence[Placed], vials: Sequence[charting.ChartVial]
) -> dict[str, Any]:
    known, indication = facts.load(), indication_of(treatment.indication)
    urls = {
        name: reverse(f"body:{name}", args=[treatment.pk]) for name in ("draft", "lay", "repeat")
    }
    marks = {
        key: {"map": one.map, "name": one.name, "paired": one.paired, "sites": one.sites}
        for key, one in known.body_maps.targets.items()
        if key in chart.targets_of(indication, "")
    }
    return {
        "urls": urls
        | {
            "sign": reverse("treatments:sign", args=[treatment.pk]),
            "sign_in": reverse(settings.LOGIN_URL),
        },
        "version": treatment.version,
        "points": [point.as_json() for point in points],
        "vials": [asdict(vial) for vial in vials],
        "targets": marks,
        "behind": [key for key in indication.maps if known.body_maps.maps[key].from_behind],
        "sites_known": all(
            row.sites for one in indication.products.values() for row in one.muscles
        ),
        "depths": {key: one.depth for key, one in indication.products.items()},
        "dose_step": {key: facts.product(key).dose_step_units.value for key in indication.products},
        "saved_at": charting.clock_time(treatment.saved_at),
    }


def saved_state(treatment: Treatment) -> dict[str, Any]:
    """The version and points that the database holds now, for a page that is behind."""
    treatment.refresh_from_db()
    return {
        "version": treatment.version,
        "points": [point.as_json() for point in stored_points(treatment)],
    }


@dataclass(frozen=True, slots=True)
class NextSession:
    """From when an indication may be treated again, by its interval."""

    name: str
    last: date
    from_day: date | None
    overdue: bool


def next_sessions(patient: Patient, *, today: date) -> list[NextSession]:
    """The body indications a patient was treated for, and when each may come again."""
    rows = patient.treatments.filter(state=State.SIGNED).exclude(indication="").order_by("date")
    latest = {one.indication: one for one in rows.prefetch_related("points__vial")}
    return [_next(one, today=today) for one in latest.values()]


def _next(treatment: Treatment, *, today: date) -> NextSession:
    indication = indication_of(treatment.indication)
    product = next(iter(treatment.points.all())).vial.product
    protocol = indication.products.get(product)
    own = protocol.limits.interval_days if protocol else None
    interval = own or facts.product(product).limits.minimum_interval_days
    again = treatment.date + timedelta(days=interval.value) if interval else None
    return NextSession(indication.name, treatment.date, again, again is not None and again <= today)


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """A scale before and after a session."""

    name: str
    before: float | None
    readings: list[dict[str, Any]]
    meaningful: float | None


def scale_line(treatment: Treatment) -> ScaleLine | None:
    scale = scale_of(treatment)
    if scale is None:
        return None
    before = None if treatment.scale_before is None else float(treatment.scale_before)
    readings = [
        {
            "date": one.date,
            "day": (one.date - treatment.date).days,
            "value": float(one.value),
            "change": None if before is None else float(one.value) - before,
            "note": one.note,
            "by": one.by.display_name,
        }
        for one in treatment.scale_readings.select_related("by")
    ]
    known = scale.meaningful
    return ScaleLine(scale.name, before, readings, known.value if known else None)


def record_context(treatment: Treatment) -> dict[str, Any]:
    """What the signed record of a session has beside that of any treatment."""
    if not treatment.indication:
        return {}
    guidance = GUIDANCE_NAMES.get(treatment.guidance, "")
    return {
        "indication": indication_of(treatment.indication),
        "guidance": guidance,
        "scale_line": scale_line(treatment),
        "today": timezone.localdate(),
    }
