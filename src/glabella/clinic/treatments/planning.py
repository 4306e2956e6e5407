"""From a patient's record and a chart to a plan, its forecast and all findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import cast

import msgspec
from django.utils import timezone

from glabella.clinic.gate import Gate
from glabella.clinic.patients.measures import AREAS
from glabella.clinic.patients.models import MeasureSet, Patient
from glabella.clinic.patients.rules import brow_of, measures_of, plan_patient, sex_of
from glabella.clinic.reviews.models import Kind, Review
from glabella.clinic.stock import queries as stock
from glabella.clinic.stock import rules as vial_rules
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments import body_session, rules
from glabella.clinic.treatments.gates import gates_of
from glabella.clinic.treatments.models import ChartPoint, State, Treatment
from glabella.clinic.treatments.points import Placed, PointInput, check_point, placed
from glabella.errors import UserError
from glabella.face import Face
from glabella.plan import Forecast, Injection, Plan, forecast
from glabella.plan import Review as SeenAtReview
from glabella.plan import Treatment as PlannedTreatment
from glabella.plan.body.session import BodySession
from glabella.plan.finding import Finding
from glabella.plan.plan import LineArea, SeenGrades


@dataclass(frozen=True, slots=True)
class Assessment:
    """A draft thought through: its plan, the forecast or why there is none, all findings."""

    face: Face
    points: tuple[Placed, ...]
    plan: Plan | None
    forecast: Forecast | None
    problem: str
    findings: tuple[Finding, ...]
    gates: tuple[Gate, ...] = ()
    session: BodySession | None = None

    def kept(self) -> tuple[str, str, str]:
        """Plan, forecast and digest of the facts as they are signed; a body has no forecast."""
        if self.session is not None:
            return body_session.kept(self.session, self.findings)
        assert self.plan is not None
        assert self.forecast is not None
        plan, told = (msgspec.json.encode(one).decode() for one in (self.plan, self.forecast))
        return plan, told, self.forecast.facts_digest

    @property
    def stops(self) -> int:
        return sum(finding.severity == "stop" for finding in self.findings)


def latest_measures(patient: Patient) -> MeasureSet | None:
    return patient.measure_sets.first()


def face_of(patient: Patient, measures: MeasureSet | None) -> Face:
    return Face.fit(sex_of(patient), measures_of(measures))


def _injection(point: Placed) -> Injection:
    return Injection(
        units=point.units,
        x_mm=point.x_mm,
        y_mm=point.y_mm,
        side=point.side,
        depth=point.depth,
        volume_ml=point.volume_ml,
    )


def injections(points: Sequence[Placed]) -> tuple[Injection, ...]:
    """Points as a plan or a goal takes them."""
    return tuple(_injection(point) for point in points)


def by_product(points: Sequence[Placed]) -> dict[str, list[Placed]]:
    """Points grouped by product, in the order in which the products come up."""
    groups: dict[str, list[Placed]] = {}
    for point in points:
        groups.setdefault(point.product, []).append(point)
    return groups


def planned(points: Sequence[Placed], *, on: date, given: bool) -> list[PlannedTreatment]:
    """One treatment of the plan per product."""
    return [
        PlannedTreatment(
            date=on,
            product=product,
            injections=injections(group),
            status="given" if given else "planned",
        )
        for product, group in by_product(points).items()
    ]


def earlier_treatments(patient: Patient, *, before: Treatment) -> list[PlannedTreatment]:
    """What was given before: signed treatments up to the date of this one."""
    return given_until(patient, on=before.date, without=before)


def given_until(
    patient: Patient,
    *,
    on: date,
    without: Treatment | None = None,
    known_at: datetime | None = None,
) -> list[PlannedTreatment]:
    """Signed treatments up to a day, one of the plan for each product.

    `known_at` leaves out what was signed later than that.
    """
    rows = (
        ChartPoint.objects.filter(
            treatment__patient=patient,
            treatment__state=State.SIGNED,
            treatment__date__lte=on,
            treatment__indication="",
        )
        .exclude(treatment=without)
        .exclude(treatment__signed_at__gt=known_at or timezone.now())
        .select_related("treatment", "vial__opening")
        .order_by("treatment__date", "treatment_id", "number")
    )
    sessions: dict[Treatment, list[Placed]] = {}
    for row in rows:
        sessions.setdefault(row.treatment, []).append(placed(row))
    return [
        plan
        for session, points in sessions.items()
        for plan in planned(points, on=session.date, given=True)
    ]


def seen_at_reviews(patient: Patient, *, before: Treatment) -> tuple[SeenAtReview, ...]:
    """What earlier reviews showed: it makes the forecast this patient's own."""
    rows = Review.objects.filter(
        treatment__patient=patient, kind=Kind.REVIEW, date__lte=before.date
    ).exclude(treatment=before)
    return tuple(seen_at(row) for row in rows)


def seen_at(row: Review) -> SeenAtReview:
    """What one review showed, as the plan takes it."""
    return SeenAtReview(
        date=row.date,
        lines={
            cast("LineArea", area): SeenGrades(
                maximum=row.grade(area, "maximum"), rest=row.grade(area, "rest")
            )
            for area in AREAS
            if row.grade(area, "maximum") is not None or row.grade(area, "rest") is not None
        },
        brow_left=brow_of(row, "left"),
        brow_right=brow_of(row, "right"),
    )


def vial_findings(points: Sequence[Placed], *, patient_id: int, now: datetime) -> list[Finding]:
    """What the vials of a chart have to say: clocks, what is left, other patients."""
    vials = {point.vial.pk: point.vial for point in points}
    others = stock.other_patients(set(vials), patient_id=patient_id)
    findings: list[Finding] = []
    for key, vial in vials.items():
        state = vial.state()
        units = round(sum(point.units for point in points if point.vial.pk == key), 2)
        findings += vial_rules.usable(state, now) or vial_rules.short(state, units)
        allowed = bool(others[key]) and vial.clinic.shared_vials
        findings += vial_rules.shared_vial(state, other_patients=others[key], allowed=allowed)
        findings += stock.dilution_warning(vial)
    return findings


def assess(treatment: Treatment, points: Sequence[Placed], *, now: datetime) -> Assessment:
    """Think the chart through as it stands."""
    patient = treatment.patient
    measures = latest_measures(patient)
    face = face_of(patient, measures)
    gates = gates_of(treatment, now=now)
    found = [finding for gate in gates for finding in gate.findings]
    if not points:
        empty = rules.in_order([*found, rules.no_points()])
        return Assessment(face, (), None, None, "", tuple(empty), gates)
    found += vial_findings(points, patient_id=patient.pk, now=now)
    found += rules.late_note(treatment.date, at=now)
    if treatment.indication:
        session, told_of, problem = body_session.think(treatment, points)
        findings = rules.in_order([*found, *told_of])
        return Assessment(face, tuple(points), None, None, problem, tuple(findings), gates, session)
    plan, told, problem = None, None, ""
    try:
        plan = Plan(
            patient=plan_patient(patient, measures, on=treatment.date),
            treatments=(
                *earlier_treatments(patient, before=treatment),
                *planned(points, on=treatment.date, given=False),
            ),
            reviews=seen_at_reviews(patient, before=treatment),
            elsewhere=body_session.elsewhere(treatment),
        )
        told = forecast(plan)
    except UserError as error:
        problem = str(error)
    findings = rules.in_order([*found, *(told.findings if told else ())])
    return Assessment(face, tuple(points), plan, told, problem, tuple(findings), gates)


def point_check(treatment: Treatment) -> Callable[[PointInput, int, dict[int, Vial]], Placed]:
    """What a point must pass to be kept: on the patient's face, or on the indication's pictures."""
    if treatment.indication:
        return partial(body_session.check_point, treatment.indication)
    return partial(check_point, face_of(treatment.patient, latest_measures(treatment.patient)))


def point_of(finding: Finding, points: Sequence[Placed]) -> Placed | None:
    """The point that a finding of the plan is about, where it names an injection.

    A plan counts injections per product, so that with two products a bare number says nothing.
    """
    word, _, number = finding.where.partition(" ")
    groups = list(by_product(points).values())
    if word != "injection" or not number.isdigit() or len(groups) != 1:
        return None
    place = int(number) - 1
    return groups[0][place] if 0 <= place < len(groups[0]) else None
