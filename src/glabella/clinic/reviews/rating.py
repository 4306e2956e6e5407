"""Ratings beside one another: before and after, first and second rater, and how they agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from glabella import facts
from glabella.clinic.audit.models import Viewing
from glabella.clinic.patients.measures import AREA_NAMES, AREAS
from glabella.clinic.patients.models import MeasureSet, Patient
from glabella.clinic.people.models import Member
from glabella.clinic.reviews.models import Kind, Rater, Rating, Review
from glabella.clinic.reviews.rules import LINES
from glabella.clinic.treatments.models import Treatment

MOVEMENTS = ("maximum", "rest")
# Two raters who always choose the same step agree by definition; there is nothing to weigh.
NO_SPREAD = 0.0


def has_looked(member: Member, review: Review) -> bool:
    """Whether somebody had opened the first grades of a review."""
    looks = Viewing.objects.filter(by=member)
    return (
        looks.filter(page="reviews:review", subject="review", subject_id=review.pk).exists()
        or looks.filter(
            page="treatments:record",
            subject="treatment",
            subject_id=review.treatment_id,
            at__gte=review.signed_at,
        ).exists()
    )


def before_of(treatment: Treatment) -> MeasureSet | None:
    """The measures that stood when a treatment was signed."""
    if treatment.signed_at is None:
        return None
    known = treatment.patient.measure_sets.filter(at__lte=treatment.signed_at)
    return known.order_by("-at", "-id").first()


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """One thing that was judged before and after, in words; `tone` says which way it went."""

    name: str
    before: str
    after: tuple[str, ...]
    tone: str


@dataclass(frozen=True, slots=True)
class Results:
    """The table of a treatment: a column for each review."""

    days: tuple[int, ...]
    rows: tuple[BeforeAfter, ...]

    @property
    def empty(self) -> bool:
        return not self.rows


def _word(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _tone(before: float | None, after: Sequence[float | None], *, lower_is_better: bool) -> str:
    last = next((one for one in reversed(after) if one is not None), None)
    if before is None or last is None or before == last:
        return ""
    return "ok" if (last < before) == lower_is_better else "warn"


def _row(
    name: str, before: float | None, after: Sequence[float | None], *, lower_is_better: bool
) -> BeforeAfter | None:
    if all(one is None for one in after) and before is None:
        return None
    tone = _tone(before, after, lower_is_better=lower_is_better)
    return BeforeAfter(name, _word(before), tuple(map(_word, after)), tone)


def results_of(treatment: Treatment) -> Results:
    """Grades and ratings of a treatment, before beside each review that judged it."""
    reviews = [
        one
        for one in treatment.reviews.filter(kind=Kind.REVIEW).order_by("date", "id")
        if one.date >= treatment.date
    ]
    if not reviews:
        return Results((), ())
    measures = before_of(treatment)
    rows = [
        _row(
            f"{AREA_NAMES[area]}, {'at maximum' if movement == 'maximum' else 'at rest'}",
            measures.grade(area, movement) if measures else None,
            [one.grade(area, movement) for one in reviews],
            lower_is_better=True,
        )
        for area in AREAS
        for movement in MOVEMENTS
        if any(one.grade(area, movement) is not None for one in reviews)
    ]
    rows += _rating_rows(treatment, reviews)
    days = tuple((one.date - treatment.date).days for one in reviews)
    return Results(days, tuple(row for row in rows if row))


def _rating_rows(treatment: Treatment, reviews: Sequence[Review]) -> list[BeforeAfter | None]:
    told: dict[tuple[str, str, str], dict[int | None, float]] = {}
    for rating in treatment.ratings.exclude(rater=Rater.SECOND).exclude(scale=LINES):
        key = (rating.scale, rating.area, rating.side)
        told.setdefault(key, {})[rating.review_id] = float(rating.value)
    scales = facts.load().scales
    return [
        _row(
            ", ".join(word for word in (scales[code].name, area, side) if word),
            values.get(None),
            [values.get(one.pk) for one in reviews],
            lower_is_better=bool(scales[code].lower_is_better),
        )
        for (code, area, side), values in told.items()
        if code in scales
    ]


@dataclass(frozen=True, slots=True)
class Pair:
    """What two raters saw of one thing."""

    name: str
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two raters agree: the same grade, one apart at most, and the weighted kappa.

    The kappa weighs by the square of the difference; it is None where neither rater used more
    than one grade.
    """

    pairs: tuple[Pair, ...]
    kappa: float | None

    @property
    def count(self) -> int:
        return len(self.pairs)

    @property
    def same(self) -> int:
        return sum(one.first == one.second for one in self.pairs)

    @property
    def close(self) -> int:
        return sum(abs(one.first - one.second) <= 1 for one in self.pairs)


def weighted_kappa(pairs: Iterable[tuple[int, int]]) -> float | None:
    """Cohen's kappa with quadratic weights: 1 - observed / expected disagreement.

    >>> weighted_kappa([(0, 0), (1, 1), (3, 3)])
    1.0
    """
    seen = list(pairs)
    count = len(seen)
    if not count:
        return None
    observed = sum((first - second) ** 2 for first, second in seen) / count
    expected = sum((first - second) ** 2 for first, _ in seen for _, second in seen) / count / count
    return None if expected == NO_SPREAD else 1.0 - observed / expected


def pairs_of(review: Review, second: Iterable[Rating]) -> list[Pair]:
    """First and second grade of each area that both judged."""
    pairs = []
    for rating in second:
        if rating.scale != LINES or rating.rater != Rater.SECOND:
            continue
        first = review.grade(rating.area, rating.movement)
        if first is not None:
            at = "at maximum" if rating.movement == "maximum" else "at rest"
            name = f"{AREA_NAMES[rating.area]}, {at}"
            pairs.append(Pair(name, first, int(rating.value)))
    return pairs


def agreement_of(pairs: Sequence[Pair]) -> Agreement:
    return Agreement(tuple(pairs), weighted_kappa((one.first, one.second) for one in pairs))


def to_rate(patient: Patient, member: Member) -> list[Review]:
    """The last review of a patient, where somebody else signed it and nobody rated it again."""
    graded = Review.objects.filter(treatment__patient=patient, kind=Kind.REVIEW)
    last = graded.order_by("-date", "-id").first()
    if last is None or last.by_id == member.pk:
        return []
    return [] if last.ratings.filter(rater=Rater.SECOND).exists() else [last]
