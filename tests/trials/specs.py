"""Small specifications of virtual trials, and where to find a figure in what they give."""

from __future__ import annotations

import json
from typing import Any

from glabella.trials.spec import TrialSpec, read_trial
from glabella.trials.trial import TrialResult

NONE_OR_MILD = {
    "area": "glabella",
    "at": "maximum",
    "rater": "investigator",
    "rule": "none_or_mild",
}
PLACEBO = {"name": "placebo", "product": None}
WOMEN = {"n": 600, "seed": 7, "female_fraction": 1, "baseline_grades": {"3": 1}}


def written(arms: list[dict[str, Any]], n: int = 600, **changes: Any) -> dict[str, Any]:
    """A trial as JSON says it; `changes` replace whole parts."""
    whole = {
        "arms": arms,
        "population": {**WOMEN, "n": n},
        "visits_days": [30, 120],
        "endpoints": [NONE_OR_MILD],
        "durations": [NONE_OR_MILD],
    }
    return whole | changes


def spec(arms: list[dict[str, Any]], n: int = 600, **changes: Any) -> TrialSpec:
    return read_trial(json.dumps(written(arms, n, **changes)))


def glabella(units: float, name: str = "", product: str = "botox-cosmetic") -> dict[str, Any]:
    return {"name": name or f"{units} U", "product": product, "areas": {"glabella": units}}


def rate(result: TrialResult, arm: str, day: int, rule: str = "none_or_mild") -> float:
    return next(
        row.rate for row in result.rows if (row.arm, row.day, row.endpoint.rule) == (arm, day, rule)
    )
