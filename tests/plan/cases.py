"""Cases as a clinician would write them at a review, and how to read their corrections."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from glabella.plan.correct import correct
from glabella.plan.corrections.case import Case, read_case
from glabella.plan.corrections.correction import Correction

TREATED = date(2024, 3, 1)
LEVEL = {"medial_mm": 12, "peak_mm": 16, "lateral_mm": 14}
# The middle of the forehead alone, which is how a brow comes to peak.
CENTRAL = [
    {"x_mm": 0, "y_mm": 52, "side": "midline", "units": 4},
    {"x_mm": 14, "y_mm": 52, "side": "left", "units": 4},
    {"x_mm": 14, "y_mm": 52, "side": "right", "units": 4},
]


def brow(medial: float = 0, peak: float = 0, lateral: float = 0) -> dict[str, float]:
    """The heights of a brow that rose by so much since before."""
    rises = {"medial_mm": medial, "peak_mm": peak, "lateral_mm": lateral}
    return {place: LEVEL[place] + rise for place, rise in rises.items()}


def patient(**changes: Any) -> dict[str, Any]:
    """A woman of 45 with frown and forehead lines whose brows were measured."""
    return {
        "sex": "female",
        "age_years": 45,
        "lines": {"glabella": {"maximum": 3}, "forehead": {"maximum": 2}},
        "measures": {"brow_left": LEVEL, "brow_right": LEVEL},
    } | changes


def given(day: int = 0, **changes: Any) -> dict[str, Any]:
    """A signed session so many days after the first: glabella by the label, a central forehead."""
    told = {"areas", "injections", "protocol"} & set(changes)
    what = {} if told else {"areas": {"glabella": 20}, "injections": CENTRAL}
    when = (TREATED + timedelta(days=day)).isoformat()
    return {"date": when, "product": "botox-cosmetic", "status": "given"} | what | changes


def seen(*words: str, side: str | None = None, area: str | None = None) -> list[dict[str, str]]:
    """Observations in words."""
    where = {"side": side, "area": area}
    kept = {name: value for name, value in where.items() if value is not None}
    return [{"seen": word, **kept} for word in words]


def case(day: int = 15, *treatments: dict[str, Any], **changes: Any) -> Case:
    """A case so many days after the first treatment."""
    whole = {
        "patient": patient(),
        "treatments": list(treatments or [given()]),
        "today": (TREATED + timedelta(days=day)).isoformat(),
    }
    return read_case(json.dumps(whole | changes))


def answer(day: int = 15, *treatments: dict[str, Any], **changes: Any) -> Correction:
    return correct(case(day, *treatments, **changes))


def units_a_side(told: Correction) -> dict[str, float]:
    """Units that are proposed on each side."""
    sides: dict[str, float] = {}
    for one in told.proposed:
        for point in one.treatment.injections:
            side = str(point.side)
            sides[side] = sides.get(side, 0.0) + point.units
    return sides


def codes(told: Correction) -> set[str]:
    return {one.code for one in (*told.findings, *told.conflicts)}
