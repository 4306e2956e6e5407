"""Plans as a clinician would write them, and how to read their forecasts."""

from __future__ import annotations

import json
from typing import Any

from glabella.plan import Forecast, Plan, forecast, read_plan
from glabella.plan.result import BrowCurve, Curve

Points = list[dict[str, Any]]

DAY = "2026-11-20"
FROWNING = {"glabella": {"maximum": 3}}


def patient(**changes: Any) -> dict[str, Any]:
    """A woman of 42 with severe frown lines, changed as asked."""
    return {"sex": "female", "age_years": 42, "lines": FROWNING} | changes


def treatment(**changes: Any) -> dict[str, Any]:
    """A session with Botox Cosmetic; the label's glabella unless it is told otherwise."""
    told = {"protocol", "areas", "injections"} & set(changes)
    what = {} if told else {"protocol": "glabella"}
    return {"date": DAY, "product": "botox-cosmetic"} | what | changes


def plan(*treatments: dict[str, Any], **changes: Any) -> Plan:
    """A plan of these treatments; other words change the patient."""
    whole = {"patient": patient(**changes), "treatments": list(treatments or [treatment()])}
    return read_plan(json.dumps(whole))


def both(**point: Any) -> Points:
    """The same point on the left and on the right."""
    return [{**point, "side": side} for side in ("left", "right")]


def expect(*treatments: dict[str, Any], **changes: Any) -> Forecast:
    return forecast(plan(*treatments, **changes))


def injecting(points: Points, **changes: Any) -> Forecast:
    """The forecast of single points and nothing else."""
    return expect(treatment(injections=points), **changes)


def strength(found: Forecast, muscle: str, side: str = "left") -> Curve:
    (curve,) = (m.strength for m in found.muscles if (m.muscle, m.side) == (muscle, side))
    return curve


def brow(found: Forecast, side: str = "left") -> BrowCurve:
    (curve,) = (b for b in found.brow if b.side == side)
    return curve


def on(found: Forecast, day: int, values: tuple[float, ...]) -> float:
    return values[found.days.index(day)]


def share(found: Forecast, day: int, area: str = "glabella", side: str = "midline") -> float:
    """Share of patients rated none or mild at full movement."""
    (course,) = (g for g in found.grades if (g.area, g.side, g.at) == (area, side, "maximum"))
    return on(found, day, course.none_or_mild)


def risk(found: Forecast, event: str) -> float:
    (probability,) = (r.probability for r in found.risks if r.event == event)
    return probability


def worn_off(found: Forecast, area: str = "glabella") -> float | None:
    return next(c.wear_off.median_days for c in found.courses if c.area == area)


def codes(found: Forecast) -> set[str]:
    return {finding.code for finding in found.findings}
