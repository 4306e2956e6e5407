"""Virtual trials: drawn patients in arms, counted by the end points of published trials.

Patients are drawn once and treated in every arm, so that arms differ by treatment alone. They
are followed in blocks and only sums are kept: a trial of millions fits in little memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from glabella.face.frame import BothSides, Face
from glabella.plan.course import Reach, blocked, reach
from glabella.plan.movement import move
from glabella.plan.parameters import Parameters, calibrated
from glabella.plan.people import draw_from
from glabella.plan.place import place
from glabella.plan.plan import Treatment
from glabella.trials.cohort import DAY_ZERO, Sex
from glabella.trials.spec import ArmSpec, EndpointSpec, TrialSpec
from glabella.trials.tally import (
    BROW_EDGES_MM,
    FOLLOWED_DAYS,
    LOST_EDGES,
    PLACES,
    Array,
    Counts,
    Stratum,
    Tally,
    count_block,
)
from glabella.trials.uncertainty import trial_sd

BLOCK = 512
Z90 = 1.645


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Share of an arm's patients on a day; 90% interval for a new trial of this size."""

    arm: str
    day: int
    endpoint: EndpointSpec
    rate: float
    low: float
    high: float


class Duration(msgspec.Struct, frozen=True, kw_only=True):
    """Kaplan-Meier median of the days until responders lose the effect; None: not reached."""

    arm: str
    area: str
    at: str
    rater: str
    rule: str
    responders: float
    median_days: float | None
    low: float | None
    high: float | None


class BrowChange(msgspec.Struct, frozen=True, kw_only=True):
    """Median change of brow height at rest and 90% interval over patients, mm."""

    arm: str
    day: int
    side: str
    medial_mm: float
    peak_mm: float
    lateral_mm: float
    low: tuple[float, ...]
    high: tuple[float, ...]


class Adverse(msgspec.Struct, frozen=True, kw_only=True):
    """Share of an arm's patients with an unwanted result in the weeks around the review."""

    arm: str
    event: str
    rate: float
    low: float
    high: float


class TrialResult(msgspec.Struct, frozen=True, kw_only=True):
    rows: tuple[Rate, ...]
    durations: tuple[Duration, ...]
    brow: tuple[BrowChange, ...]
    adverse: tuple[Adverse, ...]


def run_trial(
    spec: TrialSpec,
    *,
    parameters: Parameters | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> TrialResult:
    """Run a virtual trial; the same specification gives the same result.

    Raises InputError for products, protocols or sites that do not exist. `progress` is told the
    share that is done.
    """
    parameters = parameters or calibrated()
    days = _days(spec)
    rows: list[Rate] = []
    durations: list[Duration] = []
    brow: list[BrowChange] = []
    adverse: list[Adverse] = []
    for index, arm in enumerate(spec.arms):
        tally = Tally()
        for done, stratum in blocks(spec):
            _follow(spec, arm, stratum, days=days, parameters=parameters, tally=tally)
            progress((index + done) / len(spec.arms))
        rows += _rates(spec, arm, tally)
        durations += _durations(spec, arm, tally)
        brow += _brow_changes(spec, arm, tally)
        adverse += _adverse(arm, tally)
    return TrialResult(
        rows=tuple(rows), durations=tuple(durations), brow=tuple(brow), adverse=tuple(adverse)
    )


def _days(spec: TrialSpec) -> Array:
    regular = [*range(15), *range(20, FOLLOWED_DAYS + 1, 10)]
    return np.array(sorted({*regular, *spec.visits_days}), dtype=float)


def blocks(spec: TrialSpec) -> Iterator[tuple[float, Stratum]]:
    """The trial's patients in blocks of one sex and grade, with the share that is done by then."""
    population = spec.population
    rng = np.random.default_rng([population.seed, 1])
    grades = np.array([int(grade) for grade in population.baseline_grades])
    shares = np.cumsum(list(population.baseline_grades.values()))
    drawn = 0
    source = draw_from(population.seed)
    while drawn < population.n:
        count = min(BLOCK, population.n - drawn)
        people = source(BLOCK).take(slice(0, count))
        female = rng.random(count) < population.female_fraction
        grade = grades[np.minimum(np.searchsorted(shares, rng.random(count)), len(grades) - 1)]
        drawn += count
        sexes: dict[Sex, NDArray[np.bool_]] = {"female": female, "male": ~female}
        for sex, of_sex in sexes.items():
            for one in np.unique(grades):
                chosen = np.flatnonzero(of_sex & (grade == one))
                if len(chosen):
                    yield drawn / population.n, Stratum(sex, int(one), people.take(chosen))


def _reach(arm: ArmSpec, stratum: Stratum, parameters: Parameters) -> list[Reach]:
    if arm.product is None:
        return []
    face = Face.fit(stratum.sex)
    fields = {name: getattr(arm, name) for name in ArmSpec.__struct_fields__ if name != "name"}
    treatment = Treatment(date=DAY_ZERO, **fields)
    return [reach(face, place(face, treatment), 0.0, stratum.people, sigma_mm=parameters.sigma_mm)]


def _follow(
    spec: TrialSpec,
    arm: ArmSpec,
    stratum: Stratum,
    *,
    days: Array,
    parameters: Parameters,
    tally: Tally,
) -> None:
    """Treat one block in one arm and add what was counted to the tally."""
    face, people = Face.fit(stratum.sex), stratum.people
    bulk = parameters.bulk(stratum.sex, "average")
    arrived = _reach(arm, stratum, parameters)
    lost = blocked(face, arrived, days, people, parameters, bulk=bulk)
    moved = move(face, lost, people)
    count_block(spec, moved, stratum, days=days, parameters=parameters, tally=tally)


def _interval(share: float, patients: int) -> tuple[float, float]:
    """Where another trial of this size would fall nine times in ten."""
    inside = min(max(share, 0.5 / patients), 1 - 0.5 / patients)
    spread = math.sqrt(1 / (patients * inside * (1 - inside)) + trial_sd() ** 2)
    logit = math.log(inside / (1 - inside))
    low, high = (1 / (1 + math.exp(-(logit + z * spread))) for z in (-Z90, Z90))
    return round(low, 4), round(high, 4)


def _rates(spec: TrialSpec, arm: ArmSpec, tally: Tally) -> Iterator[Rate]:
    for index, end in enumerate(spec.endpoints):
        for visit in spec.visits_days:
            share = tally.said[index, visit] / tally.patients
            low, high = _interval(share, tally.patients)
            yield Rate(
                arm=arm.name, day=visit, endpoint=end, rate=round(share, 4), low=low, high=high
            )


def _durations(spec: TrialSpec, arm: ArmSpec, tally: Tally) -> Iterator[Duration]:
    for index, end in enumerate(spec.durations):
        counted = tally.lost_on[index]
        responders = int(counted.sum())
        low, median, high = kaplan_meier_median(counted)
        yield Duration(
            arm=arm.name,
            area=end.area,
            at=end.at,
            rater=end.rater,
            rule=end.rule,
            responders=round(responders / tally.patients, 4),
            median_days=median,
            low=low,
            high=high,
        )


def kaplan_meier_median(
    counted: Counts,
) -> tuple[float | None, float | None, float | None]:
    """Median day of loss with its 90% interval, from counts by half day; None: not reached.

    Everyone is followed to the same last day, so the Kaplan-Meier estimate is the share still
    kept; the interval is where its binomial band crosses one half (Brookmeyer and Crowley 1982).
    """
    responders = int(counted.sum())
    if responders == 0:
        return None, None, None
    kept = 1 - np.cumsum(counted) / responders
    band = Z90 * np.sqrt(np.maximum(kept * (1 - kept), 0) / responders)

    def crossing(survival: Array) -> float | None:
        below = np.flatnonzero(survival[:-1] <= 1 / 2)
        return float(LOST_EDGES[below[0] + 1]) if len(below) else None

    return crossing(kept - band), crossing(kept), crossing(kept + band)


def _quantile(counted: Counts, share: float) -> float:
    reached = np.cumsum(counted) / counted.sum()
    return round(float(BROW_EDGES_MM[int(np.searchsorted(reached, share))] + 0.01), 2) + 0.0


def _brow_changes(spec: TrialSpec, arm: ArmSpec, tally: Tally) -> Iterator[BrowChange]:
    for visit in spec.visits_days:
        for side in BothSides:
            counted = [tally.brow[visit, side.value, where] for where in PLACES]
            medial, peak, lateral = (_quantile(one, 0.5) for one in counted)
            yield BrowChange(
                arm=arm.name,
                day=visit,
                side=side.value,
                medial_mm=medial,
                peak_mm=peak,
                lateral_mm=lateral,
                low=tuple(_quantile(one, 0.05) for one in counted),
                high=tuple(_quantile(one, 0.95) for one in counted),
            )


def _adverse(arm: ArmSpec, tally: Tally) -> Iterator[Adverse]:
    for event, count in tally.events.items():
        share = count / tally.patients
        low, high = _interval(share, tally.patients)
        yield Adverse(arm=arm.name, event=event, rate=round(share, 4), low=low, high=high)
