"""Cohorts: the drawn patients of a published arm, and how the model treats them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.face.frame import Face
from glabella.face.muscles import elements
from glabella.facts import PublishedRow
from glabella.plan.course import Reach, blocked, reach
from glabella.plan.lines import follow_lines
from glabella.plan.movement import Movement, drive_left, move
from glabella.plan.parameters import Parameters
from glabella.plan.people import People, draw
from glabella.plan.place import place
from glabella.plan.plan import LineGrades, Treatment

Array = NDArray[np.float64]
Sex = Literal["female", "male"]

# A trial has no calendar: every arm is injected on one day, whichever.
DAY_ZERO = date(2000, 1, 1)
_VISITS = (10, 14, 21, 28, 30, 112, 120, 168, 170, 196, 250, 252)
_REGULAR = (*range(8), *range(40, 200, 10), *range(200, 401, 20))
DAYS = np.array(sorted({*_VISITS, *_REGULAR}), dtype=float)
# When a trial does not say how many of its patients had severe lines, or were men: what those that
# say so had together (270 and 66 of 589 severe; 88 % women in two of two).
USUAL_SEVERE_PERCENT = 57.0
USUAL_FEMALE_PERCENT = 88.0
# The forecast speaks in the terms of the label's own trials. They do not say how many had severe
# lines: taken half-way between those that say so and all.
REFERENCE_STUDY = "glabella pivotal trials, pooled"
REFERENCE_SEVERE_PERCENT = 79.0


@dataclass(frozen=True, slots=True)
class Arm:
    """What every patient of an arm gets: total units per area of one product."""

    product: str
    areas: tuple[tuple[str, float], ...]

    @classmethod
    def of(cls, row: PublishedRow) -> Arm:
        return cls(row.product, tuple(sorted(row.areas.items())))

    @property
    def placebo(self) -> bool:
        return self.product == "placebo" or not any(units for _, units in self.areas)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Severity of lines in a stratum of some weight and grade: before (P, 1), on DAYS (P, T)."""

    weight: float
    grade: int
    at: str
    before: Array
    severity: Array

    @property
    def graded(self) -> float | Array:
        """The grade that an improvement is counted from; lines at rest were not graded alike."""
        return self.grade if self.at == "maximum" else self.before


def people() -> People:
    """The drawn patients of every cohort: those of every forecast."""
    return draw()


@lru_cache(maxsize=256)
def _reach(arm: Arm, sex: Sex, sigma_mm: float) -> Reach:
    face = Face.fit(sex)
    treatment = Treatment(
        date=DAY_ZERO,
        product=arm.product,
        areas=dict(arm.areas),  # type: ignore[arg-type]
    )
    return reach(face, place(face, treatment), 0.0, people(), sigma_mm=sigma_mm)


def movement(arm: Arm, sex: Sex, parameters: Parameters) -> Movement:
    """Everything that moves in an arm's patients of one sex on DAYS."""
    face, bulk = Face.fit(sex), parameters.bulk(sex, "average")
    lost = blocked(
        face, [_reach(arm, sex, float(parameters.sigma_mm))], DAYS, people(), parameters, bulk=bulk
    )
    return move(face, lost, people())


def outcomes(row: PublishedRow, parameters: Parameters) -> list[Outcome]:
    """How the model's patients of a row's arm fare, by sex and baseline grade."""
    population = row.population
    reference = row.study == REFERENCE_STUDY
    severe = REFERENCE_SEVERE_PERCENT if reference else USUAL_SEVERE_PERCENT
    female = USUAL_FEMALE_PERCENT
    if population is not None:
        severe = population.severe_percent if population.severe_percent is not None else severe
        female = population.female_percent if population.female_percent is not None else female
        female = {"female": 100.0, "male": 0.0}.get(population.sex, female)
    found = []
    sexes: dict[Sex, float] = {"female": female, "male": 100 - female}
    for sex, of_sex in sexes.items():
        for grade, of_grade in ((3, severe), (2, 100 - severe)):
            weight = of_sex * of_grade / 100**2
            if weight > 0:
                before, severity = _severity(row, sex, grade, parameters)
                found.append(Outcome(weight, grade, row.endpoint.at, before, severity))
    return found


def _severity(
    row: PublishedRow, sex: Sex, grade: int, parameters: Parameters
) -> tuple[Array, Array]:
    arm, area = Arm.of(row), row.endpoint.area
    if arm.placebo:
        drive = np.ones((len(people()), len(DAYS)))
    else:
        drive = _drive(arm, sex, area, parameters)
    course = follow_lines(DAYS, drive, LineGrades(maximum=grade), people(), parameters)
    severity = course.at(row.endpoint.at)
    return severity[1:, :1], severity[1:]


@lru_cache(maxsize=64)
def _drive(arm: Arm, sex: Sex, area: str, parameters: Parameters) -> Array:
    """Strength left behind an area's lines (P, T); only its own muscles are computed."""
    face, arrived = Face.fit(sex), _reach(arm, sex, float(parameters.sigma_mm))
    grid = elements(face)
    muscles = {site.muscle for site in facts.load().anatomy.sites.values() if site.area == area}
    muscles |= {"depressor-supercilii"} if area == "glabella" else set()
    own = np.array([grid.names[index][0] in muscles for index in grid.muscle])
    near = replace(arrived, density=np.where(own, arrived.density, 0.0))
    lost = blocked(face, [near], DAYS, people(), parameters, bulk=parameters.bulk(sex, "average"))
    drives = drive_left(face, lost)
    return next(found for (name, _), found in drives.items() if name == area)
