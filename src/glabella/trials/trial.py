"""Virtual trials: drawn patients in arms, counted by the end points of published trials.

Patients are drawn once and treated in every arm, so that arms differ by treatment alone. They
are followed in blocks and only sums are kept: a trial of millions fits in little memory. Blocks
know nothing of each other, so that several processes may share them with the same result.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import product
from multiprocessing import get_context

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from glabella.errors import GlabellaError, InputError
from glabella.face.frame import BothSides, Face
from glabella.plan.course import blocked, reach
from glabella.plan.movement import areas_with_lines
from glabella.plan.parameters import Parameters, calibrated
from glabella.plan.people import draw_block
from glabella.plan.place import Dose, place
from glabella.trials.cohort import DAY_ZERO, Sex
from glabella.trials.spec import ArmSpec, EndpointSpec, PopulationSpec, TrialSpec
from glabella.trials.tally import (
    BROW_MOST_MM,
    BROW_STEP_MM,
    LOST_EDGES,
    PLACES,
    Array,
    Counts,
    Schedule,
    Stratum,
    Tally,
    count,
)
from glabella.trials.uncertainty import Z90, parameter_sets, share_interval, trial_sd

# Patients in a block: a power of two, and few enough for little memory.
BLOCK = 2048
# Patients of whom the effect of what calibration left open is found.
CHECKED = 128
# Libraries of arrays read these when a process starts.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
DoseTable = dict[tuple[str, Sex], tuple[Dose, ...]]


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


# What the JSON of a trial holds.
TABLES = ("rows", "durations", "brow", "adverse")


class TrialResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a trial found; `notes` say where it was asked for more than the model knows."""

    rows: tuple[Rate, ...]
    durations: tuple[Duration, ...]
    brow: tuple[BrowChange, ...]
    adverse: tuple[Adverse, ...]
    notes: tuple[str, ...] = ()


def run_trial(
    spec: TrialSpec,
    *,
    parameters: Parameters | None = None,
    jobs: int = 1,
    progress: Callable[[float], None] = lambda share: None,
) -> TrialResult:
    """Run a virtual trial; the same specification gives the same result for any number of `jobs`.

    Raises InputError for products, protocols, sites or areas that do not exist, GeometryError for
    points off the face, before any patient is followed. `progress` is told the share that is done.
    """
    parameters = parameters or calibrated()
    doses = _place_all(spec, parameters)
    tallies = {arm.name: Tally.empty(spec) for arm in spec.arms}
    blocks = math.ceil(spec.population.n / BLOCK)
    follow = partial(_follow_block, spec, parameters, doses)
    for block, found in enumerate(_shared_out(follow, blocks, jobs), start=1):
        for arm, tally in found.items():
            tallies[arm].add(tally)
        progress(block / blocks)
    open_left = _left_open(spec, parameters, doses)
    told = [(arm, tallies[arm.name], open_left[arm.name]) for arm in spec.arms]
    return TrialResult(
        rows=tuple(row for each in told for row in _rates(spec, *each)),
        durations=tuple(row for each in told for row in _durations(spec, *each)),
        brow=tuple(row for arm, tally, _ in told for row in _brow_changes(spec, arm, tally)),
        adverse=tuple(row for each in told for row in _adverse(*each)),
        notes=tuple(_notes(spec)),
    )


def _place_all(spec: TrialSpec, parameters: Parameters) -> DoseTable:
    """The doses of each arm on the face of each sex that takes part; what is wrong says so here."""
    known = areas_with_lines()
    for end in (*spec.endpoints, *spec.durations):
        if end.area not in known:
            raise InputError(
                f"The model follows no lines in the area `{end.area}`. Areas of end points and "
                f"durations: {', '.join(known)}."
            )
    female = spec.population.female_fraction
    parts: dict[Sex, float] = {"female": female, "male": 1 - female}
    found: DoseTable = {}
    for arm, sex in product(spec.arms, (sex for sex, part in parts.items() if part > 0)):
        if treatment := arm.treatment(DAY_ZERO):
            try:
                found[arm.name, sex] = place(Face.fit(sex), treatment)
                parameters.action(treatment.product)
            except GlabellaError as error:
                raise type(error)(f"Arm `{arm.name}`: {error}") from error
    return found


def _shared_out(
    follow: Callable[[int], dict[str, Tally]], blocks: int, jobs: int
) -> Iterator[dict[str, Tally]]:
    """What was counted in each block, in order, by this process or by several."""
    if min(jobs, blocks) <= 1:
        yield from map(follow, range(blocks))
        return
    with (
        _one_thread_each(),
        ProcessPoolExecutor(min(jobs, blocks), mp_context=get_context("spawn")) as pool,
    ):
        yield from pool.map(follow, range(blocks))


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that are started meanwhile use one thread for arrays, for each has its own core."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _follow_block(
    spec: TrialSpec, parameters: Parameters, doses: DoseTable, block: int
) -> dict[str, Tally]:
    """Draw one block and treat it in every arm; what was counted, by arm."""
    schedule = Schedule.of(spec)
    found = {arm.name: Tally.empty(spec) for arm in spec.arms}
    for stratum in strata(spec.population, block):
        face = Face.fit(stratum.sex)
        bulk = parameters.bulk(stratum.sex, "average")
        for arm, tally in found.items():
            given = doses.get((arm, stratum.sex), ())
            arrived = (
                [reach(face, given, 0.0, stratum.people, sigma_mm=parameters.sigma_mm)]
                if given
                else []
            )
            lost = blocked(
                face, arrived, schedule.days, stratum.people, parameters, bulk=bulk
            ).single()
            count(spec, schedule, stratum, lost, parameters=parameters, tally=tally)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class LeftOpen:
    """How far what calibration left open moves the figures of an arm (SD on the logit scale).

    `said` (end points, visits), `kept` (durations) at the median, `events`.
    """

    said: Array
    kept: Array
    events: dict[str, float]

    @classmethod
    def of(cls, tallies: list[Tally]) -> LeftOpen:
        """From the same patients, followed with each of several sets of parameters."""
        patients = tallies[0].patients
        lost = np.array([tally.lost_on for tally in tallies])
        return cls(
            said=_logit([tally.said for tally in tallies], patients).std(axis=0),
            kept=np.array([_kept_at_median(one) for one in np.moveaxis(lost, 1, 0)]),
            events={
                event: float(_logit([tally.events[event] for tally in tallies], patients).std())
                for event in tallies[0].events
            },
        )


def _logit(counts: list[Array] | list[float] | Array, of: int | Array) -> Array:
    """Shares of counts on the logit scale, none and all moved in by half a patient."""
    return np.asarray(logit((np.asarray(counts) + 0.5) / (np.asarray(of) + 1)))


def _kept_at_median(lost: Counts) -> float:
    """SD (logit) of the share kept on the median day of all sets together, of (sets, bins)."""
    responders = lost.sum(axis=1)
    if responders.min() == 0:
        return 0.0
    day = int(np.searchsorted(np.cumsum(lost.sum(axis=0)), responders.sum() / 2))
    return float(_logit(lost[:, day + 1 :].sum(axis=1), responders).std())


def _left_open(spec: TrialSpec, parameters: Parameters, doses: DoseTable) -> dict[str, LeftOpen]:
    """The same few patients, treated with several sets of parameters that are all likely."""
    few = msgspec.structs.replace(
        spec, population=msgspec.structs.replace(spec.population, n=CHECKED)
    )
    found = [_follow_block(few, one, doses, 0) for one in parameter_sets(parameters)]
    return {arm.name: LeftOpen.of([tallies[arm.name] for tallies in found]) for arm in spec.arms}


def strata(population: PopulationSpec, block: int) -> Iterator[Stratum]:
    """The patients of a block, by sex."""
    size = min(BLOCK, population.n - block * BLOCK)
    people = draw_block(population.seed, block, BLOCK)
    rng = np.random.default_rng([population.seed, block, 1])
    female = rng.random(size) < population.female_fraction
    shares = sorted(population.baseline_grades.items())
    limits = np.cumsum([share for _, share in shares])
    place_of = np.minimum(np.searchsorted(limits, rng.random(size)), len(shares) - 1)
    grade = np.array([int(name) for name, _ in shares])[place_of]
    sexes: dict[Sex, NDArray[np.bool_]] = {"female": female, "male": ~female}
    for sex, of_sex in sexes.items():
        if of_sex.any():
            chosen = np.flatnonzero(of_sex)
            yield Stratum(sex, grade[chosen], people.take(chosen))


def _notes(spec: TrialSpec) -> Iterator[str]:
    if ages := spec.population.age_years:
        yield (
            f"Ages of {ages[0]} to {ages[1]} years change nothing: the model has no effect of age, "
            "for the one large trial that was read by age found none."
        )
    if any(end.rater != "investigator" for end in spec.durations):
        yield (
            "Durations follow the lines themselves, not one reading of them: "
            "they are the same for every rater."
        )


def _rate(count: float, patients: int, unsure: float) -> dict[str, float]:
    share = count / patients
    low, high = share_interval(share, patients, unsure)
    # Nobody, or everybody, is the end of its own interval.
    found = {"rate": share, "low": min(share, low), "high": max(share, high)}
    return {name: round(one, 4) for name, one in found.items()}


def _rates(spec: TrialSpec, arm: ArmSpec, tally: Tally, unsure: LeftOpen) -> Iterator[Rate]:
    for index, end in enumerate(spec.endpoints):
        for column, visit in enumerate(spec.visits_days):
            said, sd = (float(one[index, column]) for one in (tally.said, unsure.said))
            yield Rate(arm=arm.name, day=visit, endpoint=end, **_rate(said, tally.patients, sd))


def _durations(spec: TrialSpec, arm: ArmSpec, tally: Tally, unsure: LeftOpen) -> Iterator[Duration]:
    for end, counted, sd in zip(spec.durations, tally.lost_on, unsure.kept, strict=True):
        low, median, high = kaplan_meier_median(counted, float(sd))
        yield Duration(
            arm=arm.name,
            area=end.area,
            at=end.at,
            rater=end.rater,
            rule=end.rule,
            responders=round(int(counted.sum()) / tally.patients, 4),
            median_days=median,
            low=low,
            high=high,
        )


def kaplan_meier_median(
    counted: Counts, unsure: float = 0.0
) -> tuple[float | None, float | None, float | None]:
    """Median day of loss with its 90% interval, from counts by half day; None: not reached.

    Everyone is followed to the same last day, so the Kaplan-Meier estimate is the share still
    kept; the interval is where its band for another trial of this size crosses one half
    (Brookmeyer and Crowley 1982). `unsure` is what calibration left open (SD, logit).
    """
    responders = int(counted.sum())
    if responders == 0:
        return None, None, None
    kept = 1 - np.cumsum(counted) / responders
    inside = np.clip(kept, 0.5 / responders, 1 - 0.5 / responders)
    sampling = 1 / (responders * inside * (1 - inside))
    band = Z90 * np.sqrt(sampling + trial_sd() ** 2 + unsure**2)

    def crossing(survival: Array) -> float | None:
        below = np.flatnonzero((survival <= 1 / 2)[:-1] & (kept < 1)[:-1])
        return float(LOST_EDGES[below[0] + 1]) if len(below) else None

    low, high = (expit(logit(inside) + sign * band) for sign in (-1, 1))
    return crossing(low), crossing(kept), crossing(high)


def _quantile(counted: Counts, share: float) -> float:
    reached = np.cumsum(counted) / counted.sum()
    bin_of = int(np.searchsorted(reached, share))
    return round(bin_of * BROW_STEP_MM - BROW_MOST_MM, 2) + 0.0


def _brow_changes(spec: TrialSpec, arm: ArmSpec, tally: Tally) -> Iterator[BrowChange]:
    for column, visit in enumerate(spec.visits_days):
        for index, side in enumerate(BothSides):
            low, middle, high = (
                tuple(_quantile(counted, share) for counted in tally.brow[column, index])
                for share in (0.05, 0.5, 0.95)
            )
            medians = {f"{place}_mm": mm for place, mm in zip(PLACES, middle, strict=True)}
            yield BrowChange(
                arm=arm.name, day=visit, side=side.value, low=low, high=high, **medians
            )


def _adverse(arm: ArmSpec, tally: Tally, unsure: LeftOpen) -> Iterator[Adverse]:
    for event, count_of in tally.events.items():
        found = _rate(count_of, tally.patients, unsure.events[event])
        yield Adverse(arm=arm.name, event=event, **found)
