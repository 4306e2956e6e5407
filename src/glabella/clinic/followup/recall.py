"""The recall list: who is due when, how it stands with them, and how many come back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from glabella.clinic.followup.models import (
    BookedVisit,
    EffectSpan,
    RecallStep,
    StepKind,
    VisitState,
)
from glabella.clinic.followup.queries import local, local_date, policy_of
from glabella.clinic.followup.reading import read_span
from glabella.clinic.followup.spans import (
    Due,
    Given,
    SeenGrade,
    Span,
    due_of,
    sessions,
)
from glabella.clinic.patients.measures import AREA_NAMES, AREAS
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic
from glabella.clinic.records import of_clinic
from glabella.clinic.reviews.models import Kind, Review
from glabella.clinic.reviews.queries import reviews_due
from glabella.clinic.treatments.models import State, Treatment

COMING_DAYS = 60
RESTED_DAYS = 7
IN_TIME_DAYS = 30
YEAR_DAYS = 365
STATES = {
    "due": "Due now",
    "reviews": "Reviews due",
    "missed": "Did not come",
    "booked": "Booked",
    "coming": "Coming up",
    "not-now": "Not now",
    "drifting": "Drifting away",
    "lost": "Not coming back",
}


@dataclass(frozen=True, slots=True)
class WearRow:
    """When an area wears off, in dates."""

    name: str
    low: date | None
    median: date | None
    high: date | None
    back: date | None
    held: date | None


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step that was taken to ask a patient back."""

    kind: str
    at: datetime
    by: str
    until: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class RecallRow:
    """A patient on the recall list."""

    patient_id: int
    name: str
    phone: str
    email: str
    anchor: int
    treated: date
    due: date
    invite_from: date
    not_before: date
    forecast: bool
    touch_ups: int
    areas: list[WearRow]
    state: str
    steps: list[StepRow]
    visit_id: int | None
    visit_at: datetime | None
    until: date | None
    review_treatment: int | None = None
    review_day: int = 0

    @property
    def last(self) -> StepRow | None:
        return self.steps[-1] if self.steps else None

    @property
    def state_words(self) -> str:
        return STATES[self.state]


@dataclass(slots=True)
class _Known:
    """All that the list needs of one patient."""

    given: list[Given] = field(default_factory=list)
    seen: list[SeenGrade] = field(default_factory=list)
    steps: list[RecallStep] = field(default_factory=list)
    visits: list[BookedVisit] = field(default_factory=list)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _kept(span: EffectSpan, on: date) -> Given:
    areas = {area: Span(*(_date(text) for text in dates)) for area, dates in span.areas.items()}
    return Given(span.treatment_id, on, span.not_before, areas, span.baseline)


def unread(clinic: Clinic) -> list[Treatment]:
    """Signed treatments of which the recall list has not read when they wear off."""
    signed = of_clinic(Treatment.objects.filter(state=State.SIGNED), clinic)
    return list(signed.filter(effect_span__isnull=True).order_by("date", "id"))


def _given(clinic: Clinic) -> Iterable[tuple[int, Given]]:
    spans = of_clinic(EffectSpan.objects.select_related("treatment"), clinic)
    # The plan and the forecast are long texts, and are not needed here.
    for span in spans.defer("treatment__plan_json", "treatment__forecast_json"):
        yield span.treatment.patient_id, _kept(span, span.treatment.date)
    for treatment in unread(clinic):
        yield treatment.patient_id, read_span(treatment)


def _seen(clinic: Clinic) -> Iterable[tuple[int, SeenGrade]]:
    reviews = of_clinic(Review.objects.filter(kind=Kind.REVIEW), clinic)
    fields = [f"{area.replace('-', '_')}_maximum" for area in AREAS]
    rows = reviews.values_list("treatment__patient_id", "treatment_id", "date", *fields)
    for patient, treatment, on, *grades in rows:
        for area, grade in zip(AREAS, grades, strict=True):
            if grade is not None:
                yield patient, SeenGrade(treatment, on, area, grade)


def known_of(clinic: Clinic, *, now: datetime) -> dict[int, _Known]:
    """Everything that is known, by patient; a handful of queries for a whole clinic."""
    known: defaultdict[int, _Known] = defaultdict(_Known)
    for patient, given in _given(clinic):
        known[patient].given.append(given)
    for patient, grade in _seen(clinic):
        known[patient].seen.append(grade)
    steps = of_clinic(RecallStep.objects.select_related("by", "treatment"), clinic)
    for step in steps.defer("treatment__plan_json", "treatment__forecast_json"):
        known[step.treatment.patient_id].steps.append(step)
    since = now - timedelta(days=YEAR_DAYS)
    for visit in of_clinic(BookedVisit.objects.filter(starts_at__gte=since), clinic):
        known[visit.patient_id].visits.append(visit)
    return dict(known)


def corrections_of(clinic: Clinic) -> set[int]:
    """Treatments that were started to correct another."""
    started = of_clinic(Treatment.objects.filter(corrects__isnull=False), clinic)
    return set(started.values_list("pk", flat=True))


def _visit_of(known: _Known, due: Due, *, now: datetime) -> tuple[str, BookedVisit | None]:
    """Booked, missed or neither, by the last visit since the patient was treated."""
    since = [
        visit
        for visit in known.visits
        if timezone.localdate(visit.starts_at) > due.last_given
        and visit.state in {VisitState.BOOKED, VisitState.MISSED}
    ]
    if not since:
        return "", None
    last = max(since, key=lambda visit: visit.starts_at)
    ahead = last.state == VisitState.BOOKED and last.starts_at >= now - timedelta(hours=12)
    return ("booked" if ahead else "missed"), last


def _state(
    known: _Known, due: Due, *, today: date, lead: int, drift: int, now: datetime
) -> tuple[str, BookedVisit | None, date | None]:
    visited, visit = _visit_of(known, due, now=now)
    steps = [step for step in known.steps if step.treatment_id == due.anchor]
    last = steps[-1] if steps else None
    if visited == "booked":
        return "booked", visit, None
    if last and last.kind == StepKind.LOST:
        return "lost", None, None
    if last and last.kind == StepKind.NOT_NOW and last.until and last.until > today:
        return "not-now", None, last.until
    if visited == "missed" and not (last and visit and last.at > visit.changed_at):
        return "missed", visit, None
    invite = due.invite_from(lead)
    if invite > today:
        near = invite <= today + timedelta(days=COMING_DAYS)
        return ("coming" if near else ""), None, None
    away = (today - due.last_given).days > drift
    return ("drifting" if away else "due"), None, None


def _rested(row: RecallRow, now: datetime) -> bool:
    """Whether somebody tried to reach the patient within the last days."""
    return row.last is not None and (now - row.last.at).days < RESTED_DAYS


def _row(
    patient: Patient, known: _Known, due: Due, clinic: Clinic, now: datetime
) -> RecallRow | None:
    policy, today = policy_of(clinic), local_date(clinic, now)
    state, visit, until = _state(
        known, due, today=today, lead=policy.lead_days, drift=policy.drift_days, now=now
    )
    if not state:
        return None
    return RecallRow(
        patient_id=patient.pk,
        name=patient.name,
        phone=patient.phone,
        email=patient.email,
        anchor=due.anchor,
        treated=due.treated,
        due=due.due,
        invite_from=due.invite_from(policy.lead_days),
        not_before=due.not_before,
        forecast=due.forecast,
        touch_ups=due.touch_ups,
        areas=[
            WearRow(
                AREA_NAMES.get(one.area, "Other points"),
                one.span.low,
                one.span.median,
                one.span.high,
                one.back,
                one.held,
            )
            for one in due.areas
        ],
        state=state,
        steps=[
            StepRow(step.get_kind_display(), step.at, step.by.display_name, step.until, step.reason)
            for step in known.steps
            if step.treatment_id == due.anchor
        ],
        visit_id=visit.pk if visit else None,
        visit_at=local(clinic, visit.starts_at) if visit else None,
        until=until,
    )


def _review_rows(clinic: Clinic, rows: dict[int, RecallRow], *, now: datetime) -> list[RecallRow]:
    """Reviews that are due, as rows of the same list."""
    due = reviews_due(clinic.pk, today=local_date(clinic, now))
    people = Patient.objects.in_bulk({one.patient_id for one in due})
    told = []
    for one in due:
        known, patient = rows.get(one.patient_id), people[one.patient_id]
        booked = known is not None and known.state == "booked"
        told.append(
            RecallRow(
                patient_id=one.patient_id,
                name=one.patient_name,
                phone=patient.phone,
                email=patient.email,
                anchor=one.treatment_id,
                treated=one.treated,
                due=one.due,
                invite_from=one.due,
                not_before=one.due,
                forecast=True,
                touch_ups=0,
                areas=[],
                state="reviews",
                steps=[],
                visit_id=known.visit_id if booked and known else None,
                visit_at=known.visit_at if booked and known else None,
                until=None,
                review_treatment=one.treatment_id,
                review_day=one.day,
            )
        )
    return told


@dataclass(frozen=True, slots=True)
class Figures:
    """How many came back of those who fell due in the last year."""

    fell_due: int
    came_back: int
    in_time: int
    asked: int
    lost: int

    @property
    def share(self) -> float | None:
        return self.came_back / self.fell_due if self.fell_due else None


@dataclass(frozen=True, slots=True)
class RecallList:
    """The whole list, by state, and the figures under it."""

    by_state: dict[str, list[RecallRow]]
    figures: Figures

    def count(self, state: str) -> int:
        return len(self.by_state.get(state, []))


def _figures(
    everybody: dict[int, _Known], corrections: set[int], *, today: date, lead: int
) -> Figures:
    fell = back = in_time = asked = lost = 0
    since = today - timedelta(days=YEAR_DAYS)
    for known in everybody.values():
        grouped = sessions(known.given, corrections)
        for place, session in enumerate(grouped):
            due = due_of(session, corrections=corrections, seen=known.seen)
            if due is None or not since <= due.invite_from(lead) <= today:
                continue
            fell += 1
            following = grouped[place + 1][0].on if place + 1 < len(grouped) else None
            back += following is not None
            in_time += following is not None and (following - due.due).days <= IN_TIME_DAYS
            kinds = {step.kind for step in known.steps if step.treatment_id == due.anchor}
            asked += bool(kinds)
            lost += StepKind.LOST in kinds
    return Figures(fell, back, in_time, asked, lost)


def recall_list(clinic: Clinic, *, now: datetime) -> RecallList:
    """Who is due when; patients who were treated again have dropped out by themselves."""
    everybody, corrections = known_of(clinic, now=now), corrections_of(clinic)
    people = of_clinic(Patient.objects.all(), clinic).in_bulk(list(everybody))
    rows: dict[int, RecallRow] = {}
    for key, known in everybody.items():
        due = due_of(known.given, corrections=corrections, seen=known.seen)
        row = _row(people[key], known, due, clinic, now) if due and key in people else None
        if row:
            rows[key] = row
    by_state: dict[str, list[RecallRow]] = {state: [] for state in STATES}
    for row in [*rows.values(), *_review_rows(clinic, rows, now=now)]:
        by_state[row.state].append(row)
    for found in by_state.values():
        found.sort(key=lambda row: (_rested(row, now), row.due, row.patient_id))
    by_state["booked"].sort(key=lambda row: (row.visit_at or now, row.patient_id))
    today = local_date(clinic, now)
    lead = policy_of(clinic).lead_days
    return RecallList(by_state, _figures(everybody, corrections, today=today, lead=lead))


def row_of(patient: Patient, *, now: datetime) -> RecallRow | None:
    """One patient as the list has them, wherever they stand on it."""
    told = recall_list(patient.clinic, now=now)
    rows = [row for found in told.by_state.values() for row in found]
    mine = [row for row in rows if row.patient_id == patient.pk]
    return next((row for row in mine if row.state != "reviews"), mine[0] if mine else None)


def next_after(patient_id: int, clinic: Clinic, *, now: datetime) -> RecallRow | None:
    """Who is to be worked next: the first that is due and was not tried within days."""
    told = recall_list(clinic, now=now)
    waiting = [*told.by_state["missed"], *told.by_state["due"]]
    return next(
        (row for row in waiting if row.patient_id != patient_id and not _rested(row, now)), None
    )
