"""Asking patients how it goes, keeping what they say, and working the recall list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.followup import queries, rules
from glabella.clinic.followup.models import (
    BookedVisit,
    CheckIn,
    CheckInAnswer,
    CheckInChoice,
    EffectSpan,
    FollowUpPolicy,
    How,
    RecallStep,
    StepKind,
    Via,
    VisitState,
)
from glabella.clinic.followup.reading import read_span
from glabella.clinic.followup.record import answer_hash
from glabella.clinic.links.models import Purpose
from glabella.clinic.outbox.actions import LinkWanted, queue_message
from glabella.clinic.outbox.models import Message
from glabella.clinic.outbox.queries import composed
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.tasks.actions import raise_task
from glabella.clinic.tasks.models import Task, Urgency
from glabella.clinic.treatments.models import Treatment
from glabella.errors import RecordError

LINK_DAYS = 10


@action
def set_policy(*, by: Member, at: datetime | None = None, **values: object) -> FollowUpPolicy:
    """Keep what the clinic has chosen for its follow-up."""
    by.require(Permission.EDIT_POLICY)
    days = values.get("check_in_days")
    if isinstance(days, list):
        values["check_in_days"] = rules.check_days(days)
    policy, _ = FollowUpPolicy.objects.update_or_create(clinic=by.clinic, defaults=values)
    told = ", ".join(f"{name} {value}" for name, value in values.items())
    record("follow-up policy set", subject=policy, by=by, at=at, chosen=told)
    return policy


@action
def ask(
    *, treatment: Treatment, day: int, days: Sequence[int], by: Member | None, at: datetime
) -> CheckIn:
    """Ask a patient how it goes on one day, once; or keep why it was not done."""
    check_in, made = CheckIn.objects.get_or_create(
        treatment=treatment,
        day=day,
        defaults={"due": treatment.date + timedelta(days=day), "made_at": at},
    )
    if not made:
        return check_in
    patient, today = treatment.patient, queries.local_date(treatment.patient.clinic, at)
    last = rules.last_moment(day, days, treated=treatment.date)
    if today > last:
        check_in.not_asked = "its day had passed"
    elif not queries.wants_check_ins(patient):
        check_in.not_asked = "the patient wants no check-ins"
    else:
        _write_check_in(check_in, patient, last, by=by, at=at)
    check_in.save(update_fields=["message", "not_asked"])
    why = check_in.not_asked or "asked"
    record("check-in", subject=check_in, by=by, at=at, day=day, what=why)
    return check_in


def _write_check_in(
    check_in: CheckIn, patient: Patient, last: date, *, by: Member | None, at: datetime
) -> None:
    title, body = composed(patient, "check-in")
    try:
        check_in.message = queue_message(
            patient=patient,
            kind="check-in",
            title=title,
            body=body,
            link=LinkWanted(Purpose.CHECK_IN, check_in.pk, LINK_DAYS),
            stale_after=queries.end_of(patient.clinic, last),
            by=by,
            at=at,
        )
    except RecordError:
        check_in.not_asked = "no e-mail address and no telephone number is known"


@action
def answer_check_in(
    *,
    check_in: CheckIn,
    how: str,
    red_flags: Sequence[str] = (),
    signs: Sequence[str] = (),
    words: str = "",
    by: Member | None,
    at: datetime | None = None,
) -> CheckInAnswer:
    """Keep what a patient says, by the link (`by` None) or on the telephone; alarm the clinic."""
    if by is not None:
        by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    rules.check_answer(red_flags, signs)
    answer = CheckInAnswer.objects.create(
        check_in=check_in,
        at=at,
        via=Via.PHONE if by else Via.LINK,
        by=by,
        how=How(how),
        red_flags=list(red_flags),
        signs=list(signs),
        words=words.strip(),
    )
    record(
        "check-in answered",
        subject=answer,
        by=by,
        at=at,
        content_hash=answer_hash(answer),
        treatment=check_in.treatment_id,
    )
    _raise_alarm(answer, by=by, at=at)
    return answer


def _raise_alarm(answer: CheckInAnswer, *, by: Member | None, at: datetime) -> Task | None:
    soon = rules.urgency(answer.red_flags, answer.signs, answer.how)
    if not soon:
        return None
    treatment = answer.check_in.treatment
    today = queries.local_date(treatment.patient.clinic, at)
    said = queries.answer_words(answer)
    day = (today - treatment.date).days
    return raise_task(
        clinic=treatment.patient.clinic,
        key=f"check-in-answer:{answer.pk}",
        kind="check-in",
        title=f"{'Red flag' if soon == 'now' else 'Check-in'}, day {day}: call the patient",
        detail=said,
        due=today if soon == "now" else today + timedelta(days=1),
        urgency=Urgency(soon),
        patient=treatment.patient,
        url=reverse("followup:check-in", args=[answer.check_in_id]),
        by=by,
        at=at,
    )


@action
def choose_check_ins(
    *, patient: Patient, wanted: bool, by: Member | None, at: datetime | None = None
) -> CheckInChoice:
    """Keep whether a patient wants check-ins; other messages of the clinic go on."""
    if by is not None:
        by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    choice = CheckInChoice.objects.create(patient=patient, wanted=wanted, at=at, by=by)
    record("check-ins wanted" if wanted else "check-ins declined", subject=choice, by=by, at=at)
    return choice


@action
def keep_span(*, treatment: Treatment, by: Member | None) -> EffectSpan:
    """Read once from a signed treatment what the recall list needs of it."""
    given = read_span(treatment)
    span, _ = EffectSpan.objects.get_or_create(
        treatment=treatment,
        defaults={
            "not_before": given.not_before,
            "areas": {
                area: [one and one.isoformat() for one in (span.low, span.median, span.high)]
                for area, span in given.areas.items()
            },
            "baseline": given.baseline,
        },
    )
    return span


@action
def add_step(
    *,
    treatment: Treatment,
    kind: str,
    by: Member,
    reason: str = "",
    until: date | None = None,
    at: datetime | None = None,
) -> RecallStep:
    """Keep one step of asking a patient back."""
    by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    if kind == StepKind.NOT_NOW:
        rules.check_not_now(until, today=timezone.localdate(at))
    if kind in {StepKind.NOT_NOW, StepKind.LOST}:
        reason = rules.check_reason(reason)
    step = RecallStep.objects.create(
        treatment=treatment,
        kind=StepKind(kind),
        by=by,
        reason=reason,
        until=until if kind == StepKind.NOT_NOW else None,
        at=at,
    )
    record("recall step", subject=step, by=by, at=at, kind=kind, patient=treatment.patient_id)
    return step


@action
def invite(*, treatment: Treatment, by: Member, at: datetime | None = None) -> Message:
    """Write the invitation; never before the label's interval has passed."""
    by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    today = queries.local_date(by.clinic, at)
    earliest = queries.not_before(treatment.patient_id)
    if earliest and today < earliest:
        raise rules.FollowUpRefused(
            f"The label's interval ends on {earliest:%d %b %Y}: invite from then on."
        )
    title, body = composed(treatment.patient, "recall")
    message = queue_message(
        patient=treatment.patient, kind="recall", title=title, body=body, by=by, at=at
    )
    add_step(treatment=treatment, kind=StepKind.MESSAGED, by=by, at=at)
    return message


@action
def book_visit(
    *,
    patient: Patient,
    starts_at: datetime,
    minutes: int,
    what: str,
    tell: bool = False,
    member: Member | None = None,
    treatment: Treatment | None = None,
    by: Member,
    at: datetime | None = None,
) -> BookedVisit:
    """Book a visit; `treatment` is the one that the recall goes back to."""
    by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    rules.check_visit(starts_at, now=at)
    visit = BookedVisit.objects.create(
        patient=patient,
        member=member,
        starts_at=starts_at,
        minutes=minutes,
        what=what,
        made_at=at,
        made_by=by,
        changed_at=at,
    )
    record("visit booked", subject=visit, by=by, at=at, patient=patient.pk)
    if treatment is not None:
        add_step(treatment=treatment, kind=StepKind.BOOKED, by=by, at=at)
    if tell:
        _tell(visit, "booked", by=by, at=at)
    return visit


def _tell(visit: BookedVisit, kind: str, *, by: Member | None, at: datetime) -> Message:
    clinic = visit.patient.clinic
    when = queries.local(clinic, visit.starts_at).strftime("%A, %d %B, %H:%M")
    title, body = composed(visit.patient, kind, when=when)
    return queue_message(
        patient=visit.patient,
        kind=kind,
        title=title,
        body=body,
        stale_after=None if kind == "missed" else visit.starts_at,
        by=by,
        at=at,
    )


def _change_visit(visit: BookedVisit, *, at: datetime, **values: object) -> None:
    booked = BookedVisit.objects.filter(pk=visit.pk, state=VisitState.BOOKED)
    if not booked.update(changed_at=at, sequence=F("sequence") + 1, **values):
        visit.refresh_from_db()
        raise rules.FollowUpRefused(
            f"Somebody else settled this visit: {visit.get_state_display().lower()}."
        )
    visit.refresh_from_db()


@action
def settle_visit(
    *,
    visit: BookedVisit,
    state: str,
    tell: bool = False,
    by: Member | None,
    at: datetime | None = None,
) -> BookedVisit:
    """Keep whether the patient came, did not, or called it off; `by` None for the schedule."""
    if by is not None:
        by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    if state not in {VisitState.CAME, VisitState.MISSED, VisitState.CANCELLED}:
        raise rules.FollowUpRefused("Say whether the patient came, did not, or called it off.")
    if state == VisitState.MISSED and visit.starts_at > at:
        raise rules.FollowUpRefused("The visit is still to come.")
    _change_visit(visit, at=at, state=VisitState(state))
    record(f"visit {state}", subject=visit, by=by, at=at, patient=visit.patient_id)
    if tell and state == VisitState.MISSED:
        _tell(visit, "missed", by=by, at=at)
    return visit


@action
def move_visit(
    *, visit: BookedVisit, starts_at: datetime, by: Member, at: datetime | None = None
) -> BookedVisit:
    """Move a booked visit; the patient is reminded of the new time."""
    by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    rules.check_visit(starts_at, now=at)
    _change_visit(visit, at=at, starts_at=starts_at, reminded_at=None)
    record("visit moved", subject=visit, by=by, at=at, to=starts_at.isoformat())
    return visit


@action
def remind(*, visit: BookedVisit, by: Member | None, at: datetime) -> bool:
    """Remind a patient of a visit, once."""
    fresh = BookedVisit.objects.filter(
        pk=visit.pk, state=VisitState.BOOKED, reminded_at__isnull=True
    )
    if not fresh.update(reminded_at=at):
        return False
    try:
        _tell(visit, "reminder", by=by, at=at)
    except RecordError:
        return False
    return True
