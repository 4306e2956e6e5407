"""Experience as the record tells it; nobody types it in.

A treatment counts once for each area in which it has points. One that corrects another is a
touch-up: it counts against the treatment that it corrects, whoever gives it, and never as a fresh
one. A result is counted from the first review, where the lines of the area at maximum movement are
graded: improved means one grade or more below the last grade before the treatment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from glabella.clinic.credentials.scopes import scope_of, scopes
from glabella.clinic.patients.measures import AREAS
from glabella.clinic.patients.models import MeasureSet
from glabella.clinic.people.models import Member
from glabella.clinic.reviews.models import Kind, Review
from glabella.clinic.safety.models import AdverseEvent
from glabella.clinic.treatments.models import ChartPoint, State, Treatment


@dataclass(slots=True)
class Tally:
    """One area of one member, counted."""

    scope: str
    treatments: int = 0
    touch_ups: int = 0
    reviewed: int = 0
    graded: int = 0
    improved: int = 0
    with_events: int = 0

    @property
    def name(self) -> str:
        known = scopes().get(self.scope)
        return known.words.capitalize() if known else self.scope


@dataclass(slots=True)
class Experience:
    """All of a member's signed treatments, and each area of them."""

    treatments: int = 0
    touch_ups: int = 0
    reviewed: int = 0
    with_events: int = 0
    tallies: list[Tally] = field(default_factory=list)


def _scopes(points: QuerySet[ChartPoint]) -> dict[int, set[str]]:
    """The areas of each treatment by where its points lie."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = points.only("treatment_id", "area", "region")
    for row in rows.iterator(chunk_size=2000):
        found[row.treatment_id].add(scope_of(row))
    return found


def _fresh(member: Member) -> dict[int, set[str]]:
    """The member's signed treatments that correct nothing, with their areas."""
    return _scopes(
        ChartPoint.objects.filter(
            treatment__injector=member,
            treatment__state=State.SIGNED,
            treatment__corrects=None,
        )
    )


def _touched_up(treatments: Iterable[int]) -> dict[int, set[str]]:
    """In which areas these treatments were corrected later, by whomever."""
    rows = Treatment.objects.filter(
        state=State.SIGNED, corrects__treatment__in=list(treatments)
    ).select_related("corrects")
    corrected = {one.pk: one.corrects.treatment_id for one in rows if one.corrects}
    found: dict[int, set[str]] = defaultdict(set)
    for key, areas in _scopes(ChartPoint.objects.filter(treatment__in=corrected)).items():
        found[corrected[key]] |= areas
    return found


def treatments_by_scope(member: Member) -> Counter[str]:
    """How many treatments of each area the member has signed, touch-ups apart."""
    return Counter(scope for areas in _fresh(member).values() for scope in areas)


def _last_grades(treatments: Iterable[Treatment]) -> dict[int, MeasureSet]:
    """The measures that each treatment was planned on."""
    wanted = list(treatments)
    sets: dict[int, list[MeasureSet]] = defaultdict(list)
    rows = MeasureSet.objects.filter(patient__in={one.patient_id for one in wanted})
    for row in rows.order_by("at", "id"):
        sets[row.patient_id].append(row)
    found: dict[int, MeasureSet] = {}
    for one in wanted:
        before = [row for row in sets[one.patient_id] if one.signed_at and row.at <= one.signed_at]
        if before:
            found[one.pk] = before[-1]
    return found


def _grade(row: Review | MeasureSet | None, scope: str) -> int | None:
    return row.grade(scope, "maximum") if row is not None and scope in AREAS else None


def experience_of(member: Member) -> Experience:
    """Everything that the record tells of a member's treatments."""
    areas = _fresh(member)
    again = _touched_up(areas)
    treatments = {one.pk: one for one in Treatment.objects.filter(pk__in=areas)}
    reviews: dict[int, list[Review]] = defaultdict(list)
    unwanted = _with_events(areas)
    rows = Review.objects.filter(treatment__in=areas)
    for review in rows.order_by("date", "id"):
        reviews[review.treatment_id].append(review)
    before = _last_grades(treatments.values())
    tallies: dict[str, Tally] = {}
    told = Experience()
    for key, scopes_here in areas.items():
        event = key in unwanted
        _count(told, reviews[key], again=key in again, event=event)
        for scope in scopes_here:
            tally = tallies.setdefault(scope, Tally(scope))
            retouched = scope in again.get(key, ())
            judged = _count(tally, reviews[key], again=retouched, event=event)
            _grade_result(tally, judged, before.get(key))
    order = list(scopes())
    told.tallies = sorted(tallies.values(), key=lambda one: order.index(one.scope))
    return told


def _with_events(treatments: Iterable[int]) -> set[int]:
    """Which of these treatments something unwanted followed, told at a review or otherwise."""
    keys = list(treatments)
    events = AdverseEvent.objects.filter(Q(treatment__in=keys) | Q(review__treatment__in=keys))
    told = events.exclude(treatment=None).values_list("treatment_id", flat=True)
    reviewed = events.exclude(review=None).values_list("review__treatment_id", flat=True)
    return {*told, *reviewed}


def _count(
    tally: Tally | Experience, seen: list[Review], *, again: bool, event: bool
) -> Review | None:
    """Count a treatment; gives the review that judges it."""
    tally.treatments += 1
    tally.touch_ups += again
    tally.with_events += event
    judged = [review for review in seen if review.kind == Kind.REVIEW]
    tally.reviewed += bool(judged)
    return judged[0] if judged else None


def _grade_result(tally: Tally, review: Review | None, before: MeasureSet | None) -> None:
    was, now = _grade(before, tally.scope), _grade(review, tally.scope)
    # Lines that were not there before cannot get better.
    if not was or now is None:
        return
    tally.graded += 1
    tally.improved += now < was
