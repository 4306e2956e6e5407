"""What virtual experiments are made of: plans as one writes them, and what is read off them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from glabella.effect import spread
from glabella.face.frame import Face, Side
from glabella.facts import PublishedRow
from glabella.facts import product as facts_of
from glabella.facts.literature import Endpoint, Population
from glabella.plan.course import activity, reach
from glabella.plan.forecast import follow, forecast
from glabella.plan.parameters import Parameters, calibrated, model_facts
from glabella.plan.people import draw
from glabella.plan.place import place
from glabella.plan.plan import Injection, LineGrades, Patient, Plan, Treatment
from glabella.plan.result import Curve, Forecast
from glabella.trials.cohort import DAY_ZERO
from glabella.trials.predict import predict

Array = NDArray[np.float64]
Sex = Literal["female", "male"]
Point = Literal["medial", "peak", "lateral"]

BOTOX, DYSPORT, XEOMIN, DAXXIFY = "botox-cosmetic", "dysport", "xeomin", "daxxify"
WOMAN = Patient(sex="female", age_years=42, lines={"glabella": LineGrades(maximum=3)})
MAN = msgspec.structs.replace(WOMAN, sex="male")
REVIEW_DAY = 14
# Long enough that every effect ends within it.
HORIZON_DAYS = 400
# A share on which nine of ten samples lie on one side of the truth: one-sided 95 %.
Z95 = 1.645


@dataclass(frozen=True, slots=True)
class Found:
    """What an experiment expects, what it found, and whether the one holds of the other."""

    expected: str
    words: str
    held: bool


def session(product: str = BOTOX, *, day: int = 0, **what: Any) -> Treatment:
    """A treatment on a day; the label's glabella unless it is told otherwise."""
    told = {"protocol", "areas", "injections"} & set(what)
    given = what if told else {"protocol": "glabella", **what}
    return Treatment(date=DAY_ZERO + timedelta(days=day), product=product, **given)


def both(**point: Any) -> tuple[Injection, Injection]:
    """The same point on the left and on the right."""
    return Injection(side=Side.LEFT, **point), Injection(side=Side.RIGHT, **point)


@dataclass(frozen=True, slots=True)
class Model:
    """The model under trial: experiments ask it for forecasts and for arms of a trial."""

    parameters: Parameters

    def expect(self, *sessions: Treatment, patient: Patient = WOMAN) -> Forecast:
        """The forecast from the last of the sessions."""
        plan = Plan(patient=patient, treatments=sessions or (session(),), horizon_days=HORIZON_DAYS)
        # To its own parameters a forecast adds what calibration left open.
        usual = self.parameters is calibrated()
        return forecast(plan, parameters=None if usual else self.parameters)

    def injecting(self, *points: Injection, patient: Patient = WOMAN) -> Forecast:
        """The forecast of single points of Botox Cosmetic and nothing else."""
        return self.expect(session(injections=points), patient=patient)

    def at_rest(self, *sessions: Treatment, patient: Patient, days: Array) -> Array:
        """Severity (P, T) of frown lines at rest on days from the first of several sessions."""
        plan = Plan(patient=patient, treatments=sessions)
        face, people = Face.fit(patient.sex, patient.measures), draw()
        reaches = tuple(
            reach(face, doses, day, people, sigma_mm=self.parameters.sigma_mm)
            for doses, day in ((place(face, one), (one.date - DAY_ZERO).days) for one in sessions)
        )
        course = follow(plan, face, reaches, days=days, people=people, parameters=self.parameters)
        return course.lines["glabella", Side.MIDLINE].rest[1:]

    def rate(self, product: str, units: float, *, rule: str, day: float, **who: Any) -> float:
        """Percent of an arm of whom the rater says so on a day; `units` go to one `area`."""
        return predict(_row(product, units, rule=rule, day=day, **who), self.parameters)

    def field_mm(self, product: str, units: float, *, volume_ml: float, day: float) -> float:
        """Width of the field in frontalis where one point has at least half its full effect.

        The typical patient; 0 where half effect is nowhere reached.
        """
        spreading = model_facts().spread
        sigma = spread.width_mm(
            np.array([volume_ml]),
            sigma_mm=float(self.parameters.sigma_mm) * facts_of(product).face_spread.value,
            reference_ml=spreading.reference_ml.value,
            exponent=spreading.volume_exponent.value,
        )
        people = draw().take(slice(0, 1))
        active = float(activity(np.array([day]), people, self.parameters, product)[0, 0])
        peak = units * active * float(spread.kernel(np.zeros(1), sigma)[0])
        peak *= float(self.parameters.muscle_sensitivity("frontalis"))
        over = peak / float(self.parameters.action(product).half_effect)
        return 2 * float(sigma[0]) * math.sqrt(2 * math.log(over)) if over > 1 else 0.0


def _row(
    product: str,
    units: float,
    *,
    rule: str,
    day: float,
    area: str = "glabella",
    at: Literal["maximum", "rest"] = "maximum",
    rater: Literal["investigator", "both"] = "investigator",
    sex: Sex = "female",
    severe_percent: float = 100.0,
) -> PublishedRow:
    """An arm as a published row would tell of it: what `predict` reads, without a result."""
    return PublishedRow(
        id="",
        study="",
        product=product,
        units=units,
        areas={area: units} if units else {},
        population=Population(sex=sex, severe_percent=severe_percent),
        day=day,
        endpoint=Endpoint(area=area, at=at, rater=rater, rule=rule),  # type: ignore[arg-type]
        role="validation",
        value=0.0,
        unit="%",
        kind="trial",
        source="glabella-model",
        locator="",
    )


def on(found: Forecast, day: int, values: tuple[float, ...]) -> float:
    """A curve's value on a forecast day."""
    return values[found.days.index(day)]


def strength(found: Forecast, muscle: str, side: Side = Side.LEFT) -> Curve:
    return next(m.strength for m in found.muscles if (m.muscle, m.side) == (muscle, side))


def rise(found: Forecast, point: Point, day: int = REVIEW_DAY, side: Side = Side.LEFT) -> Curve:
    """The rise of the brow at a point on one day in mm: median, low and high, one value each."""
    curve: Curve = next(getattr(b, f"{point}_mm") for b in found.brow if b.side == side)
    return Curve(
        median=(on(found, day, curve.median),),
        low=(on(found, day, curve.low),),
        high=(on(found, day, curve.high),),
    )


def risen(found: Forecast, point: Point, day: int = REVIEW_DAY) -> float:
    """The median rise of the brow at a point, left side, in mm."""
    return rise(found, point, day).median[0]


def middle(found: Forecast, day: int = REVIEW_DAY) -> float:
    """The rise of the middle of the typical patient's left brow at rest, in mm."""
    nodes = next(
        state.brow_mm["left"]
        for state in found.states
        if (state.day, state.expression) == (day, "rest")
    )
    return nodes[len(nodes) // 2]


def share(found: Forecast, day: int, area: str = "glabella") -> float:
    """Percent of patients whose lines are rated none or mild at full movement."""
    grades = next(g for g in found.grades if (g.area, g.at) == (area, "maximum"))
    return 100 * on(found, day, grades.none_or_mild)


def risk(found: Forecast, event: str) -> float:
    """Percent of patients with an unwanted result; 0 where no toxin gets to what would cause it."""
    return 100 * next((r.probability for r in found.risks if r.event == event), 0.0)


def worn_off(found: Forecast, area: str = "glabella", which: str = "median") -> float:
    """Day on which the effect has worn off in half the patients (or `low`, `high`)."""
    course = next((c for c in found.courses if c.area == area), None)
    day: float | None = getattr(course.wear_off, f"{which}_days") if course else 0.0
    return math.inf if day is None else day


def onset(found: Forecast) -> float:
    """Median day on which the frown lines are first better."""
    day = next((c.onset.median_days for c in found.courses), None)
    return math.inf if day is None else day


def hidden_difference(percent: float, size: int) -> float:
    """The largest difference in points that two arms of this size would not show.

    One-sided 95 % for two equal shares; at least one patient.
    """
    share = max(percent / 100, 1 / size)
    return 100 * max(Z95 * math.sqrt(2 * share * (1 - share) / size), 1 / size)


def percents(values: Sequence[float]) -> str:
    """Shares in words."""
    return ", ".join(f"{value:.0f}" for value in values) + "%"


def days(values: Sequence[float]) -> str:
    """Days in words."""
    return "day " + ", ".join(f"{value:.0f}" for value in values)


def rising(values: Sequence[float]) -> bool:
    return all(one < two for one, two in itertools.pairwise(values))
