"""Adverse events with life: a mild bruise, a lid that is followed, a serious one half reported."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from glabella.clinic.patients.models import Patient
from glabella.clinic.people.permissions import Role
from glabella.clinic.reviews.actions import RatingInput, rate_second
from glabella.clinic.reviews.models import Review
from glabella.clinic.safety.actions import (
    EventInput,
    answer_step,
    assess_cause,
    close_guide,
    follow_up,
    raise_event,
    start_guide,
)
from glabella.clinic.safety.models import AdverseEvent, Origin
from glabella.clinic.safety.reports import complete_report, fill_plain, start_report
from glabella.clinic.safety.rules import kept_steps

if TYPE_CHECKING:
    from glabella.clinic.demo.story import Cast


def _patient(name: str) -> Patient:
    return Patient.objects.get(family_name=name)


def _raise(
    name: str, told: EventInput, cast: Cast, at: datetime, origin: Origin = Origin.VISIT
) -> AdverseEvent:
    """An event of the last treatment of a demo patient."""
    patient = _patient(name)
    treatment = patient.treatments.filter(state="signed", date__lte=timezone.localdate(at)).first()
    [event] = raise_event(
        patient=patient,
        told=told,
        treatment=treatment,
        origin=origin,
        by=cast[Role.INJECTOR],
        at=at,
    )
    return event


def _points(name: str, numbers: set[int]) -> tuple[int, ...]:
    treatment = _patient(name).treatments.filter(state="signed").first()
    points = treatment.points.filter(number__in=numbers) if treatment else []
    return tuple(point.pk for point in points)


def bruise(cast: Cast, now: datetime) -> None:
    """Mild, seen two days after the treatment, gone a week later."""
    at = now - timedelta(days=12)
    event = _raise(
        "Two",
        EventInput(
            "bruising",
            timezone.localdate(at) - timedelta(days=1),
            grade=1,
            description="Coin-sized bruise beside the left brow.",
            management="Ice and pressure.",
            points=_points("Two", {2}),
            cause="injection",
            certainty="probable",
        ),
        cast,
        at,
    )
    later = at + timedelta(days=8)
    follow_up(
        event=event,
        date=timezone.localdate(later),
        outcome="recovered",
        text="Gone, no mark left.",
        by=cast[Role.INJECTOR],
        at=later,
    )


def lid(cast: Cast, now: datetime) -> None:
    """A lid that droops since yesterday, with its guide half run."""
    at = now - timedelta(hours=3)
    event = _raise(
        "Three",
        EventInput(
            "eyelid-ptosis",
            timezone.localdate(at) - timedelta(days=1),
            side="right",
            grade=2,
            description="Right lid about 2 mm lower, worse in the evening.",
            points=_points("Three", {4, 5}),
        ),
        cast,
        at,
        Origin.CALL,
    )
    assess_cause(
        event=event,
        cause="both",
        certainty="probable",
        reason="Fits the time, and two points lie low.",
        by=cast[Role.SUPERVISOR],
        at=at,
    )
    run = start_guide(
        patient=event.patient, guide="lid", event=event, by=cast[Role.INJECTOR], at=at
    )
    for number, step in enumerate(("flags", "measure", "tell"), start=1):
        seen = at + timedelta(minutes=3 * number)
        answer_step(run=run, step=step, note="", by=cast[Role.INJECTOR], at=seen)
    looked = now - timedelta(hours=2)
    follow_up(
        event=event,
        date=timezone.localdate(looked),
        outcome="continuing",
        text="Seen: right lid 2 mm lower than the left. No red flag.",
        next_on=timezone.localdate(looked) + timedelta(days=7),
        by=cast[Role.INJECTOR],
        at=looked,
    )


def swallowing(cast: Cast, now: datetime) -> None:
    """A serious one of months ago: gone, its report half filled."""
    at = now - timedelta(days=92)
    event = _raise(
        "Four",
        EventInput(
            "swallowing",
            timezone.localdate(at) - timedelta(days=1),
            ("hospital",),
            grade=3,
            description="Trouble swallowing solid food, voice clear, breathing normal.",
            management="Sent to the emergency department, one night in hospital.",
            cause="product",
            certainty="possible",
        ),
        cast,
        at,
        Origin.EMERGENCY,
    )
    run = start_guide(
        patient=event.patient, guide="spread", event=event, by=cast[Role.INJECTOR], at=at
    )
    for number, step in enumerate(kept_steps(run.steps_json), start=1):
        answer_step(
            run=run, step=step.code, by=cast[Role.INJECTOR], at=at + timedelta(minutes=2 * number)
        )
    closed = at + timedelta(days=2)
    close_guide(run=run, text="Home again, eats soft food.", by=cast[Role.SUPERVISOR], at=closed)
    follow_up(
        event=event,
        date=timezone.localdate(at + timedelta(days=30)),
        outcome="recovered",
        text="Swallows as before.",
        by=cast[Role.SUPERVISOR],
        at=at + timedelta(days=30),
    )
    report = start_report(
        event=event, form="medwatch-3500", by=cast[Role.SUPERVISOR], at=at + timedelta(days=31)
    )
    typed = fill_plain(report) | {"A-A4": "61 kg"}
    complete_report(
        report=report, typed=typed, by=cast[Role.SUPERVISOR], at=at + timedelta(days=31)
    )


def second_rater(cast: Cast, now: datetime) -> None:
    """The review of a demo patient, rated by somebody who had not seen the first grades."""
    review = Review.objects.get(treatment__patient=_patient("Five"))
    at = review.signed_at + timedelta(hours=1)
    graded = (("glabella", "maximum", 1.0), ("glabella", "rest", 1.0), ("forehead", "maximum", 3.0))
    ratings = [RatingInput("lines", value, area=area, movement=at_) for area, at_, value in graded]
    rate_second(review=review, ratings=ratings, by=cast[Role.INJECTOR], at=at)


def tell(cast: Cast, now: datetime) -> None:
    """The main kinds of events, each with life in it."""
    bruise(cast, now)
    lid(cast, now)
    swallowing(cast, now)
    second_rater(cast, now)
