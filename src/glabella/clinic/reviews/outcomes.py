"""How treatments went: responders and how long it lasted, touch-ups told apart.

A touch-up is no treatment of its own here: what is seen after it counts as the result of the
treatment with a touch-up, and never as a fresh success.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from glabella import facts
from glabella.clinic.patients.measures import AREA_NAMES, AREAS
from glabella.clinic.patients.models import MeasureSet
from glabella.clinic.records import of_clinic
from glabella.clinic.reviews.models import Kind, Rater, Rating, Review
from glabella.clinic.reviews.rating import Agreement, Pair, agreement_of, pairs_of
from glabella.clinic.treatments.models import State, Treatment

# Lines that are worth judging: moderate or severe before, as trials take them.
FROM_GRADE = 2
GOOD_GRADE = 1


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one area of one treatment; a touch-up and all that followed it stand apart."""

    area: str
    before: int
    first: int | None
    touched_up: bool
    after_touch_up: int | None
    back_after_days: int | None

    @property
    def responded(self) -> bool | None:
        """None to mild, and better than before, without a touch-up; None if nobody looked."""
        return None if self.first is None else is_response(self.before, self.first)

    @property
    def responded_after_touch_up(self) -> bool | None:
        if self.after_touch_up is None:
            return None
        return is_response(self.before, self.after_touch_up)


def is_response(before: int, after: int) -> bool:
    return after <= GOOD_GRADE and after < before


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; a percentage only where there are enough to say something."""

    hits: int
    of: int

    @property
    def percent(self) -> float | None:
        enough = self.of >= facts.load().events.few.value
        return self.hits / self.of if enough else None


@dataclass(frozen=True, slots=True)
class AreaOutcome:
    """One area over all treatments of a clinic."""

    name: str
    alone: Share
    with_touch_up: Share
    touched_up: int
    back_days: float | None
    back_count: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    treatments: int
    touch_ups: int
    areas: tuple[AreaOutcome, ...]
    agreement: Agreement
    blind: int


def _reviews(treatment: Treatment) -> list[Review]:
    rows = (one for one in treatment.reviews.all() if one.kind == Kind.REVIEW)
    return sorted(rows, key=lambda one: (one.date, one.pk))


def result_of(
    treatment: Treatment, area: str, before: int, touch_ups: Sequence[Treatment]
) -> Result:
    """One area of a treatment, from its own reviews and from those of its touch-ups."""
    own = [(one.date, one.grade(area, "maximum")) for one in _reviews(treatment)]
    touched = min((one.date for one in touch_ups), default=None)
    later = [
        (one.date, one.grade(area, "maximum")) for extra in touch_ups for one in _reviews(extra)
    ]
    fresh = [(day, grade) for day, grade in own if touched is None or day <= touched]
    after = [(day, grade) for day, grade in own if touched is not None and day > touched] + later
    return Result(
        area=area,
        before=before,
        first=_first(fresh),
        touched_up=touched is not None,
        after_touch_up=_first(sorted(after, key=lambda one: one[0])),
        back_after_days=_back(fresh, before, treatment.date) if touched is None else None,
    )


def _first(graded: Iterable[tuple[date, int | None]]) -> int | None:
    return next((grade for _, grade in graded if grade is not None), None)


def _back(graded: Sequence[tuple[date, int | None]], before: int, treated: date) -> int | None:
    """Days until a review that found the line as it was, after one that found it better."""
    better = False
    for day, grade in graded:
        if grade is None:
            continue
        if better and grade >= before:
            return (day - treated).days
        better = better or grade < before
    return None


def _measures(treatment: Treatment, known: Sequence[MeasureSet]) -> MeasureSet | None:
    """The last measures before the signature, from those that were fetched."""
    signed = treatment.signed_at
    earlier = [one for one in known if signed is not None and one.at <= signed]
    return max(earlier, key=lambda one: (one.at, one.pk), default=None)


def results(clinic: int) -> list[Result]:
    """Each judged area of each treatment of a clinic that is no touch-up."""
    treatments = list(
        of_clinic(Treatment.objects.filter(state=State.SIGNED), clinic)
        .select_related("corrects")
        .prefetch_related("reviews", "points", "patient__measure_sets")
        .order_by("date", "id")
    )
    touch_ups: dict[int, list[Treatment]] = {}
    for one in treatments:
        if one.corrects is not None:
            touch_ups.setdefault(one.corrects.treatment_id, []).append(one)
    found = []
    for treatment in treatments:
        if treatment.corrects_id is not None:
            continue
        measures = _measures(treatment, list(treatment.patient.measure_sets.all()))
        treated = {point.area for point in treatment.points.all()}
        for area in AREAS:
            before = measures.grade(area, "maximum") if measures else None
            if area in treated and before is not None and before >= FROM_GRADE:
                found.append(result_of(treatment, area, before, touch_ups.get(treatment.pk, [])))
    return found


def _area_outcome(area: str, rows: Sequence[Result]) -> AreaOutcome:
    alone = [one.responded for one in rows if one.responded is not None]
    after = [
        one.responded_after_touch_up for one in rows if one.responded_after_touch_up is not None
    ]
    back = [one.back_after_days for one in rows if one.back_after_days is not None]
    return AreaOutcome(
        AREA_NAMES[area],
        Share(sum(alone), len(alone)),
        Share(sum(after), len(after)),
        sum(one.touched_up for one in rows),
        median(back) if back else None,
        len(back),
    )


def _pairs(clinic: int) -> tuple[list[Pair], int]:
    second = list(
        of_clinic(Rating.objects.filter(rater=Rater.SECOND), clinic).select_related("review")
    )
    pairs = [pair for one in second if one.review for pair in pairs_of(one.review, [one])]
    return pairs, len({one.review_id for one in second if one.blind})


def outcomes_of(clinic: int) -> Outcomes:
    """What came of a clinic's treatments, area by area."""
    rows = results(clinic)
    signed = of_clinic(Treatment.objects.filter(state=State.SIGNED), clinic)
    touch_ups = signed.filter(corrects__isnull=False).count()
    pairs, blind = _pairs(clinic)
    return Outcomes(
        treatments=signed.count() - touch_ups,
        touch_ups=touch_ups,
        areas=tuple(
            _area_outcome(area, own)
            for area in AREAS
            if (own := [one for one in rows if one.area == area])
        ),
        agreement=agreement_of(pairs),
        blind=blind,
    )
