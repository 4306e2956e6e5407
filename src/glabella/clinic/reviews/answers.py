"""What the page of a review says: the answer, what is proposed or waited for, and on what basis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.safestring import mark_safe

from glabella import chart, facts
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.reviews import correcting, rules
from glabella.clinic.reviews.models import Review
from glabella.clinic.stock import queries as stock
from glabella.clinic.stock.queries import VialRow
from glabella.clinic.treatments.preview import FindingRow, area_name, finding_row, product_name
from glabella.errors import UserError
from glabella.face import Face
from glabella.face.sites import site_facts
from glabella.plan.corrections.correction import Addition, Correction, Effect, Return, RiskChange
from glabella.plan.place import Dose

LAYERS = ("midline", "c-line")
# Badge and words of each answer, loudest first.
LATE = ("warn", "Wait for the next visit")
TONES = {
    "urgent": ("stop", "A doctor at once"),
    "wait": ("warn", "No toxin: wait"),
    "too-early": ("note", "Too early to judge"),
    "too-soon": ("note", "Too soon to add"),
    "next-visit": ("note", "Next visit"),
    "top-up": ("ok", "A small addition is possible"),
    "well": ("ok", "As wanted"),
}


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point that would be added."""

    number: int
    place: str
    units: float
    product_name: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence with the citation behind it; `grade` is that of its evidence, where it has one."""

    name: str
    text: str
    sources: tuple[str, ...]
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """When something is predicted back, and what texts say of it."""

    what: str
    median: date | None
    low: date | None
    high: date | None
    texts: tuple[date, date] | None
    disagrees: bool
    explained: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One quantity now, and two weeks after the addition, ready to be read."""

    what: str
    now: str
    after: str
    span: str
    without: str
    asked: str
    reached: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that the page shows of a correction; `problem` where there is none."""

    told: Correction | None
    problem: str
    tone: str = ""
    badge: str = ""
    alarms: tuple[FindingRow, ...] = ()
    additions: tuple[Addition, ...] = ()
    changes: tuple[Change, ...] = ()
    points: tuple[PointRow, ...] = ()
    risks: tuple[RiskChange, ...] = ()
    refused: tuple[Cited, ...] = ()
    whys: tuple[Cited, ...] = ()
    waits: tuple[Wait, ...] = ()
    texts: tuple[Cited, ...] = ()
    eases: tuple[Cited, ...] = ()
    conflicts: tuple[FindingRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    face_svg: str = ""
    waiting_svg: str = ""
    vials: tuple[VialRow, ...] = ()
    product: str = ""
    why_not_add: str = ""


def answer(review: Review, *, member: Member, now: datetime) -> Answer:
    """The answer to a signed review, or why none can be reckoned."""
    if review.treatment.indication:
        return Answer(None, "The model knows muscles of the face only: nothing is reckoned here.")
    try:
        told = correcting.correction_of(review)
    except UserError as refusal:
        return Answer(None, str(refusal))
    tone, badge = LATE if told.late else TONES[told.verdict]
    doses = correcting.doses_of(told)
    product = product_name(doses[0].units.product) if doses else ""
    return Answer(
        told=told,
        problem="",
        tone=tone,
        badge=badge,
        alarms=tuple(finding_row(one) for one in told.alarms),
        additions=told.proposed,
        changes=tuple(_change(effect) for one in told.proposed for effect in one.effects),
        points=tuple(_point(number, dose) for number, dose in enumerate(doses, start=1)),
        risks=tuple(one for one in told.risks if one.without or one.after),
        refused=tuple(Cited(one.name, one.why, _citations(one.source)) for one in told.refused),
        whys=tuple(
            Cited(one.name, f"{one.why} {one.rest}".strip(), _citations(one.source))
            for one in told.proposed
        ),
        waits=tuple(_wait(one) for one in told.returns),
        texts=_texts(told),
        eases=tuple(
            Cited(one.name, " ".join(one.says), _citations(*one.sources), one.grade)
            for one in told.eases
        ),
        conflicts=tuple(finding_row(one) for one in told.conflicts),
        findings=tuple(finding_row(one) for one in told.findings),
        face_svg=_face_svg(told, doses),
        waiting_svg=_waiting_svg(told),
        vials=_vials(doses, patient=review.treatment.patient, now=now),
        product=product,
        why_not_add=_why_not(review, told, member, now),
    )


def _citations(*keys: str) -> tuple[str, ...]:
    known = facts.load().sources
    return tuple(known[key].citation for key in keys if key in known and key != "glabella-model")


def _point(number: int, dose: Dose) -> PointRow:
    if dose.site:
        name = site_facts(dose.site).name
    else:
        name = f"{area_name(dose.area)}, {dose.x_mm:g} mm out, {dose.y_mm:g} mm up"
    side = "midline" if dose.side.value == "midline" else dose.side.value
    return PointRow(number, f"{name}, {side}", dose.units.amount, product_name(dose.units.product))


def _change(effect: Effect) -> Change:
    def read(value: float) -> str:
        if effect.unit == "chance":
            return f"{value:.0%}"
        return f"{value:.1f}{' mm' if effect.unit == 'mm' else ''}"

    span = "" if effect.low == effect.high else f"{read(effect.low)} to {read(effect.high)}"
    bound = "or more" if effect.unit == "chance" else "or less"
    return Change(
        what=f"{effect.what[0].upper()}{effect.what[1:]}",
        now=read(effect.now),
        after=read(effect.after),
        span=span,
        without=read(effect.without),
        asked="" if effect.asked is None else f"{read(effect.asked)} {bound}",
        reached=effect.reached,
    )


def _wait(one: Return) -> Wait:
    side = f", {one.side}" if one.side else ""
    words = f"{one.what[0].upper()}{one.what[1:]}{side}"
    when = one.when
    return Wait(
        words,
        when.median,
        when.low,
        when.high,
        texts=one.text_dates,
        disagrees=one.disagrees,
        explained=one.explained,
    )


def _texts(told: Correction) -> tuple[Cited, ...]:
    once = {(one.texts, one.source): one for one in told.returns if one.texts}
    found = []
    for one in once.values():
        assert one.texts is not None
        low, high = one.texts
        span = f"{low:g} to {high:g} days" if low else f"until day {high:g}"
        name = facts.load().corrections.seen[one.code].name
        found.append(Cited(name, f"Texts: {span}. {one.note}".strip(), _citations(one.source)))
    return tuple(found)


def _face_svg(told: Correction, doses: tuple[Dose, ...]) -> str:
    if not doses:
        return ""
    patient = told.plan.patient
    face = Face.fit(patient.sex, patient.measures)
    points = [
        chart.ChartPoint(
            number=number,
            x_mm=dose.x_mm,
            y_mm=dose.y_mm,
            side=dose.side,
            depth=dose.depth,
            units=dose.units.amount,
            product_id=dose.units.product,
        )
        for number, dose in enumerate(doses, start=1)
    ]
    view = chart.view_of(face, points)
    title = "Where the correction would go"
    # face_svg escapes every text that it is given.
    return mark_safe(chart.face_svg(face, points=points, layers=LAYERS, title=title, view=view))  # noqa: S308


def _waiting_svg(told: Correction) -> str:
    bars = [
        chart.WaitBar(wait.what, wait.low, wait.median, wait.high)
        for wait in map(_wait, told.returns)
        if wait.explained
    ]
    if not bars:
        return ""
    title = "When it is predicted back if nothing is added"
    # waiting_svg escapes every text that it is given.
    return mark_safe(chart.waiting_svg(bars, today=told.today, title=title))  # noqa: S308


def _vials(doses: tuple[Dose, ...], *, patient: Patient, now: datetime) -> tuple[VialRow, ...]:
    """Open vials that hold enough of the product; those that served nobody else stand first."""
    if not doses:
        return ()
    needed = sum(dose.units.amount for dose in doses)
    product = doses[0].units.product
    rows = [
        row
        for row in stock.open_vials(patient.clinic_id, now)
        if row.product_id == product and row.remaining_units >= needed
    ]
    others = stock.other_patients({row.id for row in rows}, patient_id=patient.pk)
    return tuple(sorted(rows, key=lambda row: others[row.id] > 0))


def _why_not(review: Review, told: Correction, member: Member, now: datetime) -> str:
    """Why this member cannot start the correction now; empty if they can."""
    if not told.proposed or not member.may(Permission.CHART):
        return ""
    try:
        rules.check_fresh(reviewed=review.date, today=timezone.localdate(now))
        rules.check_not_treated_since(correcting.treated_since(review))
    except rules.ReviewRefused as refusal:
        return str(refusal)
    return ""
