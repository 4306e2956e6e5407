"""Virtual experiments on droplets in the dermis: pores, sebum, and the muscle below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from glabella.plan.plan import Injection
from glabella.plan.result import Curve, Forecast
from glabella.trials.experiment import Found, Model, both, on, strength

# A field of droplets over the forehead: so many units and mL at each point, as one series did.
UNITS, VOLUME_ML = 0.5, 0.015
COLUMNS_MM, ROWS_MM = (6.0, 15.0, 24.0, 33.0, 42.0), (32.0, 40.0, 48.0, 56.0)
# Forecast days nearest to the weeks of the studies.
WEEKS = {1: 7, 2: 14, 4: 28, 8: 55, 12: 85, 16: 110}
LOWEST_DAYS = (14.0, 42.0)
# A share of before that a study would have called unchanged.
UNCHANGED = 0.98
BACK = 0.95


def _field(depth: Literal["dermis", "muscle"]) -> tuple[Injection, ...]:
    return tuple(
        point
        for x in COLUMNS_MM
        for y in ROWS_MM
        for point in both(x_mm=x, y_mm=y, units=UNITS, volume_ml=VOLUME_ML, depth=depth)
    )


def _forehead(found: Forecast, what: Literal["pores", "sebum"]) -> Curve:
    """What is left of pores or sebum of the forehead; as before where droplets do nothing."""
    curve: Curve | None = next(
        (getattr(skin, what) for skin in found.skin if skin.region == "forehead"), None
    )
    untouched = (1.0,) * len(found.days)
    return curve or Curve(median=untouched, low=untouched, high=untouched)


def _left(found: Forecast, curve: Sequence[float], weeks: Sequence[int]) -> list[float]:
    return [on(found, WEEKS[week], tuple(curve)) for week in weeks]


def sebum_lower_for_months(model: Model) -> Found:
    found = model.injecting(*_field("dermis"))
    left = _left(found, _forehead(found, "sebum").median, (1, 4, 8, 12))
    return Found(
        f"median sebum of the forehead below {UNCHANGED:.0%} of before in each of these weeks",
        ", ".join(f"{part:.0%}" for part in left),
        max(left) < UNCHANGED,
    )


def sebum_back_by_week_16(model: Model) -> Found:
    found = model.injecting(*_field("dermis"))
    curve = _forehead(found, "sebum").median
    lowest = found.days[int(np.argmin(curve))]
    (late,) = _left(found, curve, (16,))
    return Found(
        f"median sebum lowest from day {LOWEST_DAYS[0]:g} to {LOWEST_DAYS[1]:g}, and back to "
        f"{BACK:.0%} in week 16",
        f"day {lowest}; {late:.0%}",
        LOWEST_DAYS[0] <= lowest <= LOWEST_DAYS[1] and late >= BACK,
    )


def _may_not_change(model: Model, what: Literal["pores", "sebum"], week: int) -> Found:
    found = model.injecting(*_field("dermis"))
    curve = _forehead(found, what)
    ((low, high),) = zip(
        _left(found, curve.low, (week,)), _left(found, curve.high, (week,)), strict=True
    )
    return Found(
        f"the 90% interval of {what} in week {week} reaches to {UNCHANGED:.0%} of before or above",
        f"{low:.0%} to {high:.0%}",
        high >= UNCHANGED,
    )


def sebum_unchanged(model: Model) -> Found:
    return _may_not_change(model, "sebum", 4)


def pores_unchanged(model: Model) -> Found:
    return _may_not_change(model, "pores", 2)


def droplets_spare_muscle(model: Model) -> Found:
    dermis, muscle = (
        1 - on(found, WEEKS[2], strength(found, "frontalis").median)
        for found in (model.injecting(*_field(depth)) for depth in ("dermis", "muscle"))
    )
    return Found(
        "frontalis loses less than half as much from the dermis in week 2",
        f"{dermis:.0%} against {muscle:.0%}",
        dermis < muscle / 2,
    )


EXPERIMENTS: tuple[Callable[[Model], Found], ...] = (
    sebum_lower_for_months,
    sebum_back_by_week_16,
    sebum_unchanged,
    pores_unchanged,
    droplets_spare_muscle,
)
