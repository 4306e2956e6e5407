"""Plans and their forecast: the spine of Glabella."""

from glabella.plan.finding import Finding
from glabella.plan.forecast import forecast
from glabella.plan.limits import check
from glabella.plan.place import Dose, area_of, place, stamp
from glabella.plan.plan import (
    Injection,
    LineGrades,
    Patient,
    Plan,
    Review,
    Treatment,
    plan_schema,
    read_plan,
)
from glabella.plan.result import FaceState, Forecast

__all__ = [
    "Dose",
    "FaceState",
    "Finding",
    "Forecast",
    "Injection",
    "LineGrades",
    "Patient",
    "Plan",
    "Review",
    "Treatment",
    "area_of",
    "check",
    "forecast",
    "place",
    "plan_schema",
    "read_plan",
    "stamp",
]
