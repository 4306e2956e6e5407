"""What is done with adverse events and their guides; reports have actions of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

import msgspec
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.reviews.models import Review
from glabella.clinic.safety import rules
from glabella.clinic.safety.models import (
    AdverseEvent,
    CauseAssessment,
    EventAddendum,
    EventPoint,
    EventVial,
    FollowUp,
    GuideEnd,
    GuideRun,
    Origin,
    StepDone,
)
from glabella.clinic.safety.record import (
    cause_hash,
    end_hash,
    event_addendum_hash,
    event_hash,
    follow_up_hash,
    run_hash,
    step_hash,
)
from glabella.clinic.tasks.actions import raise_task
from glabella.clinic.tasks.models import Task, Urgency
from glabella.clinic.treatments.models import Treatment
from glabella.errors import RecordError

FOLLOW_UP_KIND = "adverse-event"
REPORT_KIND = "report"


@dataclass(frozen=True, slots=True)
class EventInput:
    """An adverse event as told; `side` may be `both`, which is one event on each side."""

    event: str
    onset: date | None
    criteria: tuple[str, ...] = ()
    side: str = ""
    grade: int | None = None
    onset_time: time | None = None
    description: str = ""
    management: str = ""
    points: tuple[int, ...] = field(default=())
    cause: str = ""
    certainty: str = ""


@action
def raise_event(
    *,
    patient: Patient,
    told: EventInput,
    by: Member | None,
    origin: Origin = Origin.VISIT,
    treatment: Treatment | None = None,
    review: Review | None = None,
    on: date | None = None,
    at: datetime | None = None,
) -> list[AdverseEvent]:
    """Keep an adverse event, one for each side that it was seen on; serious ones are to report.

    A patient tells by a link (`by` None); everybody else signs what they tell. `on` is the day
    on which it was told, where that is not today.
    """
    if by is not None:
        by.require(Permission.RECORD_EVENTS)
    at = at or timezone.now()
    today = on or timezone.localdate(at)
    treated = treatment.date if treatment else None
    onset = rules.check_event(
        told.event, told.onset, treated=treated, on=today, words=told.description
    )
    rules.check_grade(told.grade, told.criteria)
    rules.check_points(told.points, _points_of(treatment))
    return [
        _keep(
            AdverseEvent(
                patient=patient,
                treatment=treatment,
                review=review,
                origin=origin,
                event=told.event,
                side=side,
                onset=onset,
                onset_time=told.onset_time,
                grade=told.grade,
                criteria=sorted(set(told.criteria)),
                description=told.description.strip(),
                management=told.management.strip(),
                by=by,
                signed_at=at,
            ),
            told,
        )
        for side in rules.sides_of(told.event, told.side)
    ]


def _points_of(treatment: Treatment | None) -> list[int]:
    return list(treatment.points.values_list("pk", flat=True)) if treatment else []


def _keep(event: AdverseEvent, told: EventInput) -> AdverseEvent:
    """Write an event with the points and vials that it may come from, and what it asks for."""
    points = event.treatment.points.select_related("vial") if event.treatment else []
    meant = [point for point in points if not told.points or point.pk in told.points]
    vials = {point.vial_id: point.vial for point in meant}
    event.listing, event.listing_words = rules.listing_of(
        event.event, {vial.product for vial in vials.values()}
    )
    event.save()
    EventPoint.objects.bulk_create(EventPoint(event=event, point_id=pk) for pk in told.points)
    EventVial.objects.bulk_create(EventVial(event=event, vial_id=pk) for pk in vials)
    clinic, by, at = event.patient.clinic, event.by, event.signed_at
    record(
        "adverse event signed",
        subject=event,
        by=by,
        at=at,
        clinic=clinic,
        content_hash=event_hash(event),
        event=event.event,
        serious="yes" if event.criteria else "no",
    )
    if by is not None and told.cause and told.certainty:
        assess_cause(event=event, cause=told.cause, certainty=told.certainty, by=by, at=at)
    urgency = Urgency.NOW if rules.is_urgent(event.event) else Urgency.SOON
    _ask(event, FOLLOW_UP_KIND, "Follow up", urgency=urgency, by=by)
    if event.criteria:
        _ask(event, REPORT_KIND, "Report", urgency=Urgency.SOON, by=by)
    return event


def _key(event: AdverseEvent, kind: str) -> str:
    return f"{kind}-{event.pk}"


def _ask(
    event: AdverseEvent,
    kind: str,
    verb: str,
    *,
    by: Member | None,
    urgency: Urgency = Urgency.ROUTINE,
    due: date | None = None,
) -> Task:
    """Put a follow-up or a report on the clinic's list."""
    name = rules.event_names()[event.event].partition(" (")[0]
    return raise_task(
        clinic=event.patient.clinic,
        key=_key(event, kind),
        kind=kind,
        title=f"{verb}: {name[0].lower()}{name[1:]}",
        due=due or timezone.localdate(event.signed_at),
        urgency=urgency,
        patient=event.patient,
        url=reverse("safety:event", args=[event.pk]),
        by=by,
    )


def _answered(event: AdverseEvent, kind: str, outcome: str, by: Member, at: datetime) -> None:
    """Close the open task of an event, if it has one."""
    waiting = Task.objects.filter(
        clinic=event.patient.clinic, key=_key(event, kind), done_at__isnull=True
    )
    for task in waiting:
        task.done_at, task.done_by, task.outcome = at, by, outcome
        task.save(update_fields=["done_at", "done_by", "outcome"])
        record("task finished", subject=task, by=by, at=at, kind=kind)


def report_answered(*, event: AdverseEvent, outcome: str, by: Member, at: datetime) -> None:
    """The report of a serious event was sent: its reminder is done."""
    _answered(event, REPORT_KIND, outcome, by, at)


@action
def follow_up(
    *,
    event: AdverseEvent,
    date: date,
    outcome: str,
    text: str,
    by: Member,
    grade: int | None = None,
    criteria: Sequence[str] = (),
    management: str = "",
    next_on: date | None = None,
    at: datetime | None = None,
) -> FollowUp:
    """Keep how an event goes on; what became serious is to be reported."""
    by.require(Permission.RECORD_EVENTS)
    at = at or timezone.now()
    if outcome == "died" and "death" not in criteria:
        criteria = [*criteria, "death"]
    rules.check_follow_up(date, onset=event.onset, today=timezone.localdate(at), next_on=next_on)
    rules.check_grade(grade, criteria)
    told = FollowUp.objects.create(
        event=event,
        date=date,
        outcome=outcome,
        grade=grade,
        criteria=sorted(set(criteria)),
        text=text,
        management=management,
        next_on=next_on,
        by=by,
        at=at,
    )
    signed = follow_up_hash(told)
    record("event followed up", subject=told, by=by, at=at, content_hash=signed, outcome=outcome)
    _answered(event, FOLLOW_UP_KIND, f"{told.get_outcome_display()}. {text}", by, at)
    if not rules.is_over([outcome]) and next_on is not None:
        _ask(event, FOLLOW_UP_KIND, "Follow up", due=next_on, by=by)
    if told.criteria and not event.reports.filter(sent__isnull=False).exists():
        _ask(event, REPORT_KIND, "Report", urgency=Urgency.SOON, by=by)
    return told


@action
def assess_cause(
    *,
    event: AdverseEvent,
    cause: str,
    certainty: str,
    by: Member,
    reason: str = "",
    at: datetime | None = None,
) -> CauseAssessment:
    """Keep what somebody holds to be the cause, and how sure."""
    by.require(Permission.RECORD_EVENTS)
    at = at or timezone.now()
    told = CauseAssessment.objects.create(
        event=event, cause=cause, certainty=certainty, reason=reason, by=by, at=at
    )
    record(
        "cause assessed",
        subject=told,
        by=by,
        at=at,
        content_hash=cause_hash(told),
        cause=cause,
        certainty=certainty,
    )
    return told


@action
def add_event_addendum(
    *, event: AdverseEvent, reason: str, text: str, by: Member, at: datetime | None = None
) -> EventAddendum:
    """Add to a signed event."""
    by.require(Permission.ADD_ADDENDA)
    at = at or timezone.now()
    addendum = EventAddendum.objects.create(event=event, reason=reason, text=text, by=by, at=at)
    signed = event_addendum_hash(addendum)
    record("addendum written", subject=addendum, by=by, at=at, content_hash=signed)
    return addendum


@action
def start_guide(
    *,
    patient: Patient,
    guide: str,
    by: Member,
    event: AdverseEvent | None = None,
    treatment: Treatment | None = None,
    at: datetime | None = None,
) -> GuideRun:
    """Start a guide for a patient; one that is open already is gone on with."""
    by.require(Permission.RECORD_EVENTS)
    at = at or timezone.now()
    steps = rules.step_texts(rules.check_guide(guide))
    running = GuideRun.objects.filter(patient=patient, guide=guide, event=event, end__isnull=True)
    if open_run := running.first():
        return open_run
    run = GuideRun.objects.create(
        patient=patient,
        treatment=treatment or (event.treatment if event else None),
        event=event,
        guide=guide,
        steps_json=msgspec.json.encode(steps).decode(),
        started_at=at,
        by=by,
    )
    record("guide started", subject=run, by=by, at=at, content_hash=run_hash(run), guide=guide)
    return run


@action
def answer_step(
    *,
    run: GuideRun,
    step: str,
    by: Member,
    left_out: bool = False,
    note: str = "",
    at: datetime | None = None,
) -> StepDone:
    """Tick a step, or leave it out with a reason; of two who tick it, the first one counts."""
    by.require(Permission.RECORD_EVENTS)
    at = at or timezone.now()
    rules.check_open_run(ended=GuideEnd.objects.filter(run=run).exists())
    if left_out:
        rules.check_left_out(note)
    if step not in {one.code for one in rules.kept_steps(run.steps_json)}:
        raise rules.GuideRefused(f"This guide has no step `{step}`. Reload the page.")
    try:
        with transaction.atomic():
            done = StepDone.objects.create(
                run=run, step=step, left_out=left_out, note=note, by=by, at=at
            )
    except IntegrityError:
        return StepDone.objects.get(run=run, step=step)
    record("guide step", subject=done, by=by, at=at, content_hash=step_hash(done), step=step)
    return done


@action
def close_guide(*, run: GuideRun, text: str, by: Member, at: datetime | None = None) -> GuideEnd:
    """Close a guide when each of its steps was ticked or left out."""
    by.require(Permission.RECORD_EVENTS)
    at = at or timezone.now()
    answered = set(run.done.values_list("step", flat=True))
    rules.check_open_run(ended=GuideEnd.objects.filter(run=run).exists())
    rules.check_all_answered(
        [one.text for one in rules.kept_steps(run.steps_json) if one.code not in answered]
    )
    if not text.strip():
        raise RecordError("Say how it ended before you close the guide.")
    end = GuideEnd.objects.create(run=run, text=text.strip(), by=by, at=at)
    record("guide closed", subject=end, by=by, at=at, content_hash=end_hash(end))
    return end
