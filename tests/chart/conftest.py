"""A forecast of the label's three areas, and the default face, for all tests of the chart."""

from datetime import date

import pytest

from glabella.face import Face
from glabella.face.frame import BothSides
from glabella.plan import Injection, LineGrades, Patient, Plan, Treatment, forecast
from glabella.plan.result import Forecast


@pytest.fixture(scope="session")
def face() -> Face:
    return Face.fit("female")


@pytest.fixture(scope="session")
def plan() -> Plan:
    lines = {area: LineGrades(maximum=3, rest=1) for area in ("glabella", "forehead")}
    patient = Patient(sex="female", age_years=44, lines=lines)
    given = Treatment(date=date(2026, 3, 2), product="botox-cosmetic", protocol="glabella")
    return Plan(patient=patient, treatments=(given,), title="A plan <with> signs & words")


@pytest.fixture(scope="session")
def told(plan: Plan) -> Forecast:
    return forecast(plan)


@pytest.fixture(scope="session")
def told_below() -> Forecast:
    """A plan for mouth, jaw and neck with droplets in the skin of the cheeks."""
    lines = {area: LineGrades(maximum=3, rest=1) for area in ("chin", "platysma", "lip-lines")}
    droplets = tuple(
        Injection(units=1, x_mm=x, y_mm=-30, side=side, depth="dermis")
        for x in (30, 38, 46)
        for side in BothSides
    )
    given = Treatment(
        date=date(2026, 3, 2),
        product="botox-cosmetic",
        areas={"masseter": 50, "mouth-corner": 6, "chin": 8, "gummy-smile": 4},
        injections=droplets,
    )
    patient = Patient(sex="female", age_years=44, lines=lines)
    return forecast(Plan(patient=patient, treatments=(given,)))
