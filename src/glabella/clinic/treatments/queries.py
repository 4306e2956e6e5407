"""What the chart page and the signed record show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.safestring import mark_safe

from glabella import chart, facts
from glabella.clinic.cosigning.models import Cosignature
from glabella.clinic.people.models import Member
from glabella.clinic.records import of_clinic
from glabella.clinic.stock import queries as stock
from glabella.clinic.treatments import planning, preview, rules
from glabella.clinic.treatments.models import Addendum, Override, State, Treatment
from glabella.clinic.treatments.points import Placed
from glabella.clinic.treatments.record import is_intact, stored_points
from glabella.face import Face
from glabella.plan import Forecast, Plan

RECORD_LAYERS = ("muscles", "midline", "c-line")


def treatments() -> QuerySet[Treatment]:
    return Treatment.objects.select_related(
        "patient__member", "injector", "signed_by", "corrects__treatment"
    )


def drafts_of(member: Member) -> list[Treatment]:
    drafts = of_clinic(treatments(), member.clinic_id).filter(state=State.DRAFT, injector=member)
    return list(drafts.order_by("-created_at"))


def record_svg(face: Face, points: tuple[Placed, ...], *, title: str) -> str:
    """As much of the face as holds the points that were given, with them."""
    given = preview.svg_points(points)
    view = chart.view_of(face, given)
    drawn = chart.face_svg(face, points=given, layers=RECORD_LAYERS, title=title, view=view)
    return mark_safe(drawn)  # noqa: S308 - escaped by face_svg


@dataclass(frozen=True, slots=True)
class SignPage:
    """What stands between a draft and a signature."""

    assessed: planning.Assessment
    findings: list[preview.FindingRow]
    overridable: list[preview.FindingRow]
    blocking: list[preview.FindingRow]
    totals: preview.Totals
    rows: list[preview.PointRow]
    droplets: list[preview.DropletRow]
    wear_off: list[WearOff]
    face_svg: str


def sign_page(treatment: Treatment, *, now: datetime) -> SignPage:
    points = stored_points(treatment)
    assessed = planning.assess(treatment, points, now=now)
    stops = rules.stops_by_code(assessed.findings)
    overridable = [preview.finding_row(one) for one in stops if rules.may_override(one)]
    blocking = [preview.finding_row(one) for one in stops if not rules.may_override(one)]
    return SignPage(
        assessed,
        [row for row in preview.finding_rows(assessed) if row.severity != "stop"],
        overridable,
        blocking,
        preview.totals(points),
        preview.point_rows(assessed),
        preview.droplet_rows(points),
        wear_off(assessed.forecast),
        record_svg(assessed.face, points, title="The chart to be signed"),
    )


@dataclass(frozen=True, slots=True)
class WearOff:
    """From when until when an area's effect has probably worn off."""

    area_name: str
    side: str
    low: date | None
    median: date | None
    high: date | None


def wear_off(forecast: Forecast | None) -> list[WearOff]:
    if forecast is None:
        return []
    return [
        WearOff(
            preview.area_name(course.area),
            course.side.value,
            course.wear_off.low,
            course.wear_off.median,
            course.wear_off.high,
        )
        for course in forecast.courses
    ]


def stored_forecast(treatment: Treatment) -> Forecast | None:
    if not treatment.forecast_json:
        return None
    try:
        return msgspec.json.decode(treatment.forecast_json, type=Forecast)
    except msgspec.ValidationError:
        # Signed under an older shape of the forecast: the text stays, the picture is not drawn.
        return None


def stored_plan(treatment: Treatment) -> Plan:
    return msgspec.json.decode(treatment.plan_json, type=Plan)


def correction_words(treatment: Treatment) -> str:
    """Which treatment a treatment was started to correct, in words; empty if none."""
    review = treatment.corrects
    if review is None:
        return ""
    treated = f"Correction of the treatment of {review.treatment.date:%d %b %Y}"
    return f"{treated}, reviewed on {review.date:%d %b %Y}"


def review_due(treatment: Treatment) -> date:
    days = facts.load().safety.review_days.value
    return treatment.date + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A signed treatment as its page and its PDF show it."""

    treatment: Treatment
    face_svg: str
    rows: list[preview.PointRow]
    droplets: list[preview.DropletRow]
    totals: preview.Totals
    vials: list[stock.VialRow]
    findings: list[preview.FindingRow]
    overrides: list[Override]
    addenda: list[Addendum]
    cosignatures: list[Cosignature]
    forecast: Forecast | None
    wear_off: list[WearOff]
    review_due: date
    intact: bool
    corrects: str


def signed_record(treatment: Treatment) -> SignedRecord:
    points = stored_points(treatment)
    plan, forecast = stored_plan(treatment), stored_forecast(treatment)
    face = Face.fit(plan.patient.sex, plan.patient.measures)
    findings = tuple(forecast.findings) if forecast else ()
    assessed = planning.Assessment(face, points, plan, forecast, "", findings)
    used = {point.vial.pk: point.vial for point in points}
    title = f"Treatment of {treatment.date:%d %b %Y}"
    signed_at = treatment.signed_at or timezone.now()
    return SignedRecord(
        treatment=treatment,
        face_svg=record_svg(face, points, title=title),
        rows=preview.point_rows(assessed),
        droplets=preview.droplet_rows(points),
        totals=preview.totals(points),
        vials=[stock.vial_row(vial, signed_at) for vial in used.values()],
        findings=preview.finding_rows(assessed),
        overrides=list(treatment.overrides.select_related("by")),
        addenda=list(treatment.addenda.select_related("by")),
        cosignatures=list(treatment.cosignatures.select_related("by")),
        forecast=forecast,
        wear_off=wear_off(forecast),
        review_due=review_due(treatment),
        intact=is_intact(treatment, points),
        corrects=correction_words(treatment),
    )


def forecast_parts(record: SignedRecord) -> dict[str, Any]:
    """The forecast as it was when signed, for the panel of the record's page."""
    told = record.forecast
    return {
        "panel": chart.panel(told, fixed_day=int(facts.load().safety.review_days.value)),
        "panel_error": "" if told else "The forecast of this treatment cannot be drawn any more.",
        **preview.told_findings(record.findings),
    }
