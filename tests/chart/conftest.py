"""A forecast of the label's three areas, and the default face, for all tests of the chart."""

from datetime import date

import pytest

from glabella.face import Face
from glabella.plan import LineGrades, Patient, Plan, Treatment, forecast
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
