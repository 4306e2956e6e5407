"""What was seen beside what was forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from glabella import facts
from glabella.clinic.patients.measures import (
    AREA_NAMES,
    AREAS,
    BROW_PLACES,
    UPPER_AREAS,
    LinesAndBrows,
)
from glabella.clinic.records import of_clinic
from glabella.clinic.reviews import rating, rules
from glabella.clinic.reviews.forms import BeforeForm, ReviewForm, SecondRatingForm
from glabella.clinic.reviews.models import Kind, Rater, Rating, Review, ReviewAddendum
from glabella.clinic.safety import queries as safety
from glabella.clinic.safety import rules as event_rules
from glabella.clinic.treatments import queries as treatments
from glabella.clinic.treatments.models import State, Treatment
from glabella.clinic.treatments.planning import face_of, latest_measures
from glabella.clinic.treatments.preview import FindingRow, finding_row
from glabella.face import Face
from glabella.plan import Forecast
from glabella.plan.result import Curve

LAST_REMINDER_DAYS = 60
GRADE_STEP = 0.5


@dataclass(frozen=True, slots=True)
class Expected:
    """The forecast of one quantity on one day, and what was seen."""

    name: str
    median: float
    low: float
    high: float
    seen: float | None
    unit: str

    @property
    def verdict(self) -> str:
        """`inside` the interval, `above` or `below` it; empty when nothing was seen."""
        if self.seen is None:
            return ""
        # A whole grade stands for what rounds to it.
        slack = GRADE_STEP if self.unit == "grade" else 0.0
        if self.seen > self.high + slack:
            return "above"
        return "below" if self.seen < self.low - slack else "inside"


def _at(curve: Curve, days: tuple[int, ...], day: int) -> tuple[float, float, float]:
    """The curve on a day, between its nearest days in proportion."""
    after = next((i for i, known in enumerate(days) if known >= day), len(days) - 1)
    before = max(after - 1, 0)
    gap = days[after] - days[before]
    share = 1.0 if gap == 0 else min(max((day - days[before]) / gap, 0.0), 1.0)

    def between(values: tuple[float, ...]) -> float:
        return values[before] + share * (values[after] - values[before])

    return between(curve.median), between(curve.low), between(curve.high)


def expected_grades(forecast: Forecast, day: int, seen: LinesAndBrows | None) -> list[Expected]:
    """Grades per area; of paired areas the worse side counts, as a rater would have it."""
    worst: dict[tuple[str, str], tuple[float, float, float]] = {}
    for curve in forecast.grades:
        here = _at(curve.grade, forecast.days, day)
        key = (curve.area, curve.at)
        if key not in worst or here > worst[key]:
            worst[key] = here
    words = {"maximum": "at maximum", "rest": "at rest"}
    return [
        Expected(
            f"{AREA_NAMES.get(area, area)}, {words[at]}",
            *values,
            seen=seen.grade(area, at) if seen and area in AREAS else None,
            unit="grade",
        )
        for (area, at), values in worst.items()
    ]


def expected_brows(
    forecast: Forecast, day: int, *, face: Face, seen: LinesAndBrows | None
) -> list[Expected]:
    """Brow heights above the pupil: the height before, plus the forecast change."""
    rows = []
    for curve in forecast.brow:
        side = curve.side.value
        before = face.brow_right if side == "right" else face.brow_left
        for place in BROW_PLACES:
            base = getattr(before, f"{place}_mm")
            values = _at(getattr(curve, f"{place}_mm"), forecast.days, day)
            median, low, high = (base + change for change in values)
            found = seen.brow_mm(side, place) if seen else None
            name = f"{side.capitalize()} brow, {place}"
            rows.append(Expected(name, median, low, high, seen=found, unit="mm"))
    return rows


def expected(treatment: Treatment, *, on: date, seen: LinesAndBrows | None) -> list[Expected]:
    """The forecast for a day beside what was seen then; empty without a readable forecast."""
    forecast = treatments.stored_forecast(treatment)
    if forecast is None:
        return []
    plan = treatments.stored_plan(treatment)
    face = Face.fit(plan.patient.sex, plan.patient.measures)
    day = (on - treatment.date).days
    return expected_grades(forecast, day, seen) + expected_brows(
        forecast, day, face=face, seen=seen
    )


@dataclass(frozen=True, slots=True)
class EarlyWords:
    """What to say on a day that is too early to judge."""

    day: int
    first_day: int
    judge_from: date
    normal: str
    normal_source: str


def early_words(treatment: Treatment, *, on: date) -> EarlyWords | None:
    day = (on - treatment.date).days
    if not rules.is_early(day):
        return None
    normal = facts.load().safety.normal_on(max(day, 0))
    return EarlyWords(
        day=day,
        first_day=rules.first_day(),
        judge_from=treatment.date + timedelta(days=rules.first_day()),
        normal=normal.value if normal else "",
        normal_source=facts.load().sources[normal.source].citation if normal else "",
    )


def normal_words(day: int) -> str:
    normal = facts.load().safety.normal_on(day)
    return normal.value if normal else ""


def red_flags() -> list[FindingRow]:
    return [finding_row(flag) for flag in event_rules.red_flags()]


def reviews() -> QuerySet[Review]:
    return Review.objects.select_related(
        "treatment__patient", "treatment__injector", "by"
    ).prefetch_related("adverse_events")


@dataclass(frozen=True, slots=True)
class RatingRow:
    name: str
    value: str
    by_patient: bool


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A signed review beside the forecast for its day."""

    review: Review
    day: int
    expected: list[Expected]
    events: list[safety.EventRow]
    alarms: list[FindingRow]
    addenda: list[ReviewAddendum]
    ratings: list[RatingRow]
    agreement: rating.Agreement | None
    second: str


def review_page(review: Review) -> ReviewPage:
    treatment = review.treatment
    events = list(review.adverse_events.all())
    rows = [safety.event_row(event) for event in events]
    codes = event_rules.flagged([(event.event, event.side) for event in events])
    alarms = event_rules.alarms(codes)
    ratings = list(review.ratings.select_related("by"))
    second = [one for one in ratings if one.rater == Rater.SECOND]
    return ReviewPage(
        review=review,
        day=(review.date - treatment.date).days,
        expected=expected(treatment, on=review.date, seen=review),
        events=rows,
        alarms=[finding_row(alarm) for alarm in alarms],
        addenda=list(review.addenda.select_related("by")),
        ratings=[rating_row(one) for one in ratings if one.rater != Rater.SECOND],
        agreement=rating.agreement_of(rating.pairs_of(review, second)) if second else None,
        second=_second_words(second),
    )


def rating_row(one: Rating) -> RatingRow:
    """A value on a scale in words."""
    scale = facts.load().scales[one.scale]
    steps = {step.value: step.name for step in scale.steps}
    word = steps.get(int(one.value), "")
    value = " ".join(part for part in (f"{float(one.value):g}", scale.unit, word) if part)
    name = ", ".join(part for part in (scale.name, one.side) if part)
    return RatingRow(name, value, scale.by_patient)


def _second_words(second: list[Rating]) -> str:
    """Who rated a second time, and whether they knew the first grades."""
    if not second:
        return ""
    by, blind = second[0].by.display_name, second[0].blind
    knew = "without having opened the first grades" if blind else "after opening the first grades"
    return f"{by}, {knew}"


def bound_form(treatment: Treatment, sent: QueryDict | None, *, today: date) -> ReviewForm:
    """The form of a review, empty or as just sent; it opens what the treatment was about."""
    return ReviewForm(
        sent,
        initial={"date": today},
        early=rules.is_early((today - treatment.date).days),
        today=today,
        lower_treated=treatment.points.exclude(area__in=(*UPPER_AREAS, "")).exists(),
        scales=rules.scales_for(treated_areas(treatment)),
    )


def treated_areas(treatment: Treatment) -> list[str]:
    return list(dict.fromkeys(treatment.points.values_list("area", flat=True)))


def before_form(treatment: Treatment, sent: QueryDict | None) -> BeforeForm:
    return BeforeForm(sent, scales=rules.scales_for(treated_areas(treatment)))


def second_form(review: Review, sent: QueryDict | None) -> SecondRatingForm:
    """The lines that the first rater graded, by name alone."""
    graded = [
        (area, movement)
        for area in AREAS
        for movement in rating.MOVEMENTS
        if review.grade(area, movement) is not None
    ]
    names = [
        f"{AREA_NAMES[area]}, {'at maximum' if movement == 'maximum' else 'at rest'}"
        for area, movement in graded
    ]
    return SecondRatingForm(sent, graded=graded, names=names)


def new_review_context(treatment: Treatment, *, on: date) -> dict[str, Any]:
    return {
        "treatment": treatment,
        "day": (on - treatment.date).days,
        "early": early_words(treatment, on=on),
        "normal": normal_words((on - treatment.date).days),
        "red_flags": red_flags(),
        "expected": expected(treatment, on=on, seen=None),
        "face": face_of(treatment.patient, latest_measures(treatment.patient)),
        "named_scales": rules.named_scales(treated_areas(treatment)),
    }


@dataclass(frozen=True, slots=True)
class DueRow:
    """A treatment whose review is due."""

    treatment_id: int
    patient_id: int
    patient_name: str
    treated: date
    due: date
    day: int
    overdue: bool


def reviews_due(clinic: int, *, today: date) -> list[DueRow]:
    """Signed treatments without a review whose effect can be judged now."""
    since = today - timedelta(days=LAST_REMINDER_DAYS)
    until = today - timedelta(days=rules.first_day())
    waiting = (
        of_clinic(Treatment.objects.all(), clinic)
        .filter(state=State.SIGNED, date__range=(since, until))
        .exclude(reviews__kind=Kind.REVIEW)
        .select_related("patient")
        .order_by("date", "id")
    )
    return [
        DueRow(
            treatment.pk,
            treatment.patient_id,
            treatment.patient.name,
            treatment.date,
            treatments.review_due(treatment),
            (today - treatment.date).days,
            today > treatments.review_due(treatment) + timedelta(days=7),
        )
        for treatment in waiting
    ]
