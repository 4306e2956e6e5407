"""What is done with reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.reviews import correcting, rules
from glabella.clinic.reviews.models import Kind, Rater, Rating, Review, ReviewAddendum
from glabella.clinic.reviews.rating import has_looked
from glabella.clinic.reviews.record import rating_hash, review_addendum_hash, review_hash
from glabella.clinic.safety import rules as event_rules
from glabella.clinic.safety.actions import EventInput, raise_event
from glabella.clinic.safety.models import Origin
from glabella.clinic.treatments.actions import save_draft, start_treatment
from glabella.clinic.treatments.models import Treatment


@dataclass(frozen=True, slots=True)
class RatingInput:
    """A value on a scale; `by_patient` where the patient gave it."""

    scale: str
    value: float
    area: str = ""
    movement: str = ""
    side: str = ""
    by_patient: bool = False


@action
def sign_review(
    *,
    treatment: Treatment,
    date: date,
    seen: dict[str, Any],
    by: Member,
    note: str = "",
    events: Sequence[EventInput] = (),
    ratings: Sequence[RatingInput] = (),
    at: datetime | None = None,
) -> Review:
    """Keep what was seen; before the first day of judging only words and adverse events."""
    by.require(Permission.REVIEW)
    at = at or timezone.now()
    if not treatment.is_signed:
        raise rules.ReviewRefused("This treatment is not signed, so there is nothing to review.")
    day = (date - treatment.date).days
    judged = {name: value for name, value in seen.items() if value is not None}
    rules.check_day(date, treated=treatment.date, today=timezone.localdate(at))
    rules.check_kind(day=day, judged=bool(judged or ratings))
    rules.check_something(judged=bool(judged or ratings), note=note, events=len(events))
    event_rules.check_once(
        [(one.event, side) for one in events for side in event_rules.sides_of(one.event, one.side)]
    )
    kind = Kind.EARLY_CONTACT if rules.is_early(day) else Kind.REVIEW
    review = Review.objects.create(
        treatment=treatment, kind=kind, date=date, note=note, by=by, signed_at=at, **judged
    )
    for told in events:
        raise_event(
            patient=treatment.patient,
            told=told if told.event != event_rules.OTHER else replace(told, description=note),
            by=by,
            origin=Origin.REVIEW,
            treatment=treatment,
            review=review,
            on=date,
            at=at,
        )
    _rate(ratings, treatment=treatment, review=review, by=by, at=at)
    record(
        "review signed",
        subject=review,
        by=by,
        at=at,
        content_hash=review_hash(review),
        treatment=treatment.pk,
        day=day,
    )
    return review


def _rate(
    ratings: Sequence[RatingInput],
    *,
    treatment: Treatment,
    review: Review | None,
    by: Member,
    at: datetime,
    rater: str = "",
    blind: bool = False,
) -> list[Rating]:
    """Write ratings, each tied into the chain by its hash."""
    kept = []
    for told in ratings:
        rules.check_rating(told.scale, told.value)
        rating = Rating.objects.create(
            treatment=treatment,
            review=review,
            scale=told.scale,
            area=told.area,
            movement=told.movement,
            side=told.side,
            value=Decimal(str(told.value)),
            rater=rater or (Rater.PATIENT if told.by_patient else Rater.CLINICIAN),
            blind=blind,
            by=by,
            at=at,
        )
        signed = rating_hash(rating)
        record("rating signed", subject=rating, by=by, at=at, content_hash=signed, scale=told.scale)
        kept.append(rating)
    return kept


@action
def rate_before(
    *,
    treatment: Treatment,
    ratings: Sequence[RatingInput],
    by: Member,
    at: datetime | None = None,
) -> list[Rating]:
    """Keep how it stood on other scales before the treatment, on the day of it at the latest."""
    by.require(Permission.REVIEW)
    at = at or timezone.now()
    if timezone.localdate(at) > treatment.date:
        raise rules.ReviewRefused("What stood before is rated on the day of the treatment.")
    if Rating.objects.filter(treatment=treatment, review=None).exists():
        raise rules.ReviewRefused("What stood before was rated already.")
    if not ratings:
        raise rules.ReviewRefused("There is nothing to keep yet: give a value.")
    return _rate(ratings, treatment=treatment, review=None, by=by, at=at)


@action
def rate_second(
    *,
    review: Review,
    ratings: Sequence[RatingInput],
    by: Member,
    at: datetime | None = None,
) -> list[Rating]:
    """Keep what a second rater sees, and whether they had opened the first grades before."""
    by.require(Permission.REVIEW)
    at = at or timezone.now()
    rated = Rating.objects.filter(review=review, rater=Rater.SECOND).exists()
    rules.check_second(first=review.by_id, second=by.pk, kind=review.kind, rated=rated)
    if not ratings:
        raise rules.ReviewRefused("There is nothing to keep yet: give a grade.")
    return _rate(
        ratings,
        treatment=review.treatment,
        review=review,
        by=by,
        at=at,
        rater=Rater.SECOND,
        blind=not has_looked(by, review),
    )


@action
def start_correction(
    *, review: Review, vial: int, by: Member, at: datetime | None = None
) -> Treatment:
    """Start a draft that holds what a review's correction proposes; nothing is given yet.

    It is a draft as any other: unsigned, open to change, and every gate and limit applies to it.
    """
    by.require(Permission.CHART)
    at = at or timezone.now()
    rules.check_fresh(reviewed=review.date, today=timezone.localdate(at))
    rules.check_not_treated_since(correcting.treated_since(review))
    told = correcting.correction_of(review)
    points = correcting.chart_points(told, review.treatment, vial)
    draft = start_treatment(patient=review.treatment.patient, by=by, at=at)
    rules.check_empty(points=draft.points.count())
    draft.corrects = review
    draft.save(update_fields=["corrects"])
    save_draft(treatment=draft, points=points, version=draft.version, by=by, at=at)
    record("started as a correction", subject=draft, by=by, at=at, review=review.pk)
    return draft


@action
def add_addendum(
    *, review: Review, reason: str, text: str, by: Member, at: datetime | None = None
) -> ReviewAddendum:
    """Add to a signed review."""
    by.require(Permission.ADD_ADDENDA)
    at = at or timezone.now()
    addendum = ReviewAddendum.objects.create(review=review, reason=reason, text=text, by=by, at=at)
    signed = review_addendum_hash(addendum)
    record("addendum written", subject=addendum, by=by, at=at, content_hash=signed)
    return addendum
