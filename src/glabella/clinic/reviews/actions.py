"""What is done with reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.reviews import correcting, rules
from glabella.clinic.reviews.models import AdverseEvent, Kind, Review, ReviewAddendum, Seriousness
from glabella.clinic.reviews.record import review_addendum_hash, review_hash
from glabella.clinic.treatments.actions import save_draft, start_treatment
from glabella.clinic.treatments.models import Treatment


@dataclass(frozen=True, slots=True)
class EventInput:
    """An adverse event as reported."""

    event: str
    onset: date | None
    seriousness: str = Seriousness.NOT_SERIOUS
    side: str = ""


@action
def sign_review(
    *,
    treatment: Treatment,
    date: date,
    seen: dict[str, Any],
    by: Member,
    note: str = "",
    events: Sequence[EventInput] = (),
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
    rules.check_kind(day=day, judged=bool(judged))
    rules.check_something(judged=bool(judged), note=note, events=len(events))
    onsets = [
        rules.check_event(one.event, one.onset, treated=treatment.date, on=date, note=note)
        for one in events
    ]
    rules.check_once([one.event for one in events])
    kind = Kind.EARLY_CONTACT if rules.is_early(day) else Kind.REVIEW
    review = Review.objects.create(
        treatment=treatment, kind=kind, date=date, note=note, by=by, signed_at=at, **judged
    )
    AdverseEvent.objects.bulk_create(
        AdverseEvent(
            review=review,
            event=one.event,
            side=rules.check_side(one.event, one.side),
            onset=onset,
            seriousness=one.seriousness,
        )
        for one, onset in zip(events, onsets, strict=True)
    )
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
