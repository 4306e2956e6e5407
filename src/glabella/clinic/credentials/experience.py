"""Experience as the record tells it; nobody types it in.

A treatment counts once for each area in which it has points. One that was started as a correction
is a touch-up: it counts for the treatment that it corrects, never as a fresh one. A result is
counted from a review, where the lines of the area at maximum movement are graded: improved means
one grade or more below the last grade before the treatment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.credentials.scopes import scope_of, scopes
from glabella.clinic.patients.measures import AREAS
from glabella.clinic.patients.models import MeasureSet
from glabella.clinic.people.models import Member
from glabella.clinic.reviews.models import Kind, Review
from glabella.clinic.treatments.models import ChartPoint, State, Treatment
from glabella.clinic.treatments.rules import CORRECTION


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


def _scopes_by_treatment(member: Member) -> dict[int, set[str]]:
    rows = ChartPoint.objects.filter(
        treatment__injector=member, treatment__state=State.SIGNED
    ).only("treatment_id", "area", "region")
    found: dict[int, set[str]] = defaultdict(set)
    for row in rows.iterator(chunk_size=2000):
        found[row.treatment_id].add(scope_of(row))
    return found


def _corrections(treatments: Iterable[int]) -> set[int]:
    """Which of these treatments were started as a correction."""
    told = AuditEvent.objects.filter(
        action=CORRECTION, subject="treatment", subject_id__in=list(treatments)
    )
    return set(told.values_list("subject_id", flat=True))


def treatments_by_scope(member: Member) -> Counter[str]:
    """How many treatments of each area the member has signed, corrections apart."""
    found = _scopes_by_treatment(member)
    corrections = _corrections(found)
    return Counter(
        scope for key, areas in found.items() if key not in corrections for scope in areas
    )


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
    areas = _scopes_by_treatment(member)
    corrections = _corrections(areas)
    treatments = {one.pk: one for one in Treatment.objects.filter(pk__in=areas)}
    reviews: dict[int, list[Review]] = defaultdict(list)
    rows = Review.objects.filter(treatment__in=areas).prefetch_related("adverse_events")
    for review in rows.order_by("date", "id"):
        reviews[review.treatment_id].append(review)
    before = _last_grades(treatments.values())
    tallies: dict[str, Tally] = {}
    told = Experience()
    for key, scopes_here in areas.items():
        counted = _count(told, reviews[key], touch_up=key in corrections)
        for scope in scopes_here:
            tally = tallies.setdefault(scope, Tally(scope))
            _count(tally, reviews[key], touch_up=key in corrections)
            _grade_result(tally, counted, before.get(key))
    order = list(scopes())
    told.tallies = sorted(tallies.values(), key=lambda one: order.index(one.scope))
    return told


def _count(tally: Tally | Experience, seen: list[Review], *, touch_up: bool) -> Review | None:
    """Count a treatment; gives the review that judges it, which no touch-up has."""
    if any(review.adverse_events.all() for review in seen):
        tally.with_events += 1
    if touch_up:
        tally.touch_ups += 1
        return None
    tally.treatments += 1
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
