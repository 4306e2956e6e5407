"""Validation: every published row beside what the model says, fitted rows apart from the others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella import facts
from glabella.facts import PublishedRow
from glabella.plan.parameters import Parameters, calibrated
from glabella.plan.report import table
from glabella.trials.likelihood import UNKNOWN_ARM_SIZE, transform
from glabella.trials.predict import can_predict, predict
from glabella.trials.uncertainty import Z90, duration_shift, parameter_sets, share_interval

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One published row and the model's figure with the interval a new trial would fall in.

    `use` is "fitted", "not fitted" or "from memory" (shown, never fitted and never scored);
    `predicted` is for a new trial, None where the model has no word for the end point;
    `in_its_trial` is for the trial of a fitted row, with what the fit found to set it apart.
    """

    row: PublishedRow
    use: str
    predicted: float | None
    low: float | None = None
    high: float | None = None
    in_its_trial: float | None = None

    @property
    def error(self) -> float | None:
        """Distance from what was published; a fitted row is compared with its own trial."""
        if self.predicted is None:
            return None
        own = self.predicted if self.in_its_trial is None else self.in_its_trial
        return abs(own - self.row.value)

    @property
    def inside(self) -> bool | None:
        if self.low is None or self.high is None:
            return None
        return self.low <= self.row.value <= self.high


def validate(parameters: Parameters | None = None) -> tuple[Comparison, ...]:
    """Compare every published row; rows that the model cannot predict are listed as such."""
    parameters = parameters or calibrated()
    rows = facts.load().literature
    known = [row for row in rows if can_predict(row)]
    spread = dict(zip((row.id for row in known), _parameter_sd(known, parameters), strict=True))
    calibration = facts.load().calibration
    residuals = calibration.residuals if calibration else ()
    in_trial = {residual.row: residual.in_its_trial for residual in residuals}
    return tuple(
        _compare(row, in_trial.get(row.id), parameters, spread.get(row.id)) for row in rows
    )


def _parameter_sd(rows: list[PublishedRow], parameters: Parameters) -> Array:
    """How far what calibration left open moves each row, on the row's own scale (R,)."""
    each = [
        [transform(row, predict(row, some)) for row in rows] for some in parameter_sets(parameters)
    ]
    return np.asarray(np.std(each, axis=0))


def _compare(
    row: PublishedRow, in_trial: float | None, parameters: Parameters, spread: float | None
) -> Comparison:
    use = "from memory" if row.from_memory else "not fitted" if in_trial is None else "fitted"
    if spread is None:
        return Comparison(row, use, None)
    predicted = predict(row, parameters)
    low, high = interval(row, parameters, spread)
    return Comparison(
        row, use, round(predicted, 1), round(low, 1), round(high, 1), in_its_trial=in_trial
    )


def interval(
    row: PublishedRow, parameters: Parameters, parameter_sd: float = 0.0
) -> tuple[float, float]:
    """Where a new trial of this design would fall nine times in ten.

    It holds what is not known of the parameters, what sets a trial apart, and its patients.
    """
    size, predicted = row.n or UNKNOWN_ARM_SIZE, predict(row, parameters)
    if row.unit == "%":
        low, high = share_interval(predicted / 100, size, parameter_sd)
        return 100 * low, 100 * high
    reach = duration_shift(size)
    less, more = (predict(row, parameters, shift=shift) for shift in (-reach, reach))
    low, high = (
        math.hypot(math.log(predicted / less), Z90 * parameter_sd),
        math.hypot(math.log(more / predicted), Z90 * parameter_sd),
    )
    return predicted * math.exp(-low), predicted * math.exp(high)


def scores(compared: tuple[Comparison, ...], use: str) -> dict[str, float]:
    """Rows compared, median absolute error in percentage points, share of intervals that hold."""
    chosen = [c for c in compared if c.use == use and c.predicted is not None]
    points = [c.error for c in chosen if c.row.unit == "%" and c.error is not None]
    new_trial = [
        abs(c.predicted - c.row.value)
        for c in chosen
        if c.row.unit == "%" and c.predicted is not None
    ]
    held = [c.inside for c in chosen if c.inside is not None]
    return {
        "rows": len(chosen),
        "median_absolute_error_points": round(float(np.median(points)), 1) if points else math.nan,
        "median_absolute_error_new_trial_points": (
            round(float(np.median(new_trial)), 1) if new_trial else math.nan
        ),
        "share_inside_interval": round(float(np.mean(held)), 3) if held else math.nan,
    }


def as_text(compared: tuple[Comparison, ...]) -> str:
    """A table to read: rows fitted, not fitted, from memory, and those without a prediction."""
    parts = []
    for use in ("fitted", "not fitted", "from memory"):
        chosen = [c for c in compared if c.use == use and c.predicted is not None]
        found = scores(compared, use)
        parts.append(
            f"Rows {use}: {found['rows']:g}, median absolute error "
            f"{found['median_absolute_error_points']:g} points "
            f"(as a new trial {found['median_absolute_error_new_trial_points']:g}), "
            f"{found['share_inside_interval']:.0%} inside the 90% interval\n"
            + table(HEAD, [_cells(c) for c in chosen])
        )
    silent = [c.row.id for c in compared if c.predicted is None]
    parts.append(
        f"No prediction for {len(silent)} rows (the model has no word for their end point):\n  "
        + "\n  ".join(silent)
    )
    return "\n\n".join(parts) + "\n"


HEAD = ("row", "rule", "published", "this trial", "a new trial", "low", "high", "inside")


def _cells(compared: Comparison) -> tuple[str, ...]:
    row = compared.row
    return (
        row.id,
        row.endpoint.rule,
        f"{row.value:g} {row.unit}",
        "" if compared.in_its_trial is None else f"{compared.in_its_trial:g}",
        f"{compared.predicted:g}",
        f"{compared.low:g}",
        f"{compared.high:g}",
        "yes" if compared.inside else "no",
    )


def as_json(compared: tuple[Comparison, ...]) -> dict[str, object]:
    """The same with scores, as plain values."""
    return {
        "scores": {use: scores(compared, use) for use in ("fitted", "not fitted")},
        "rows": [
            {
                "id": c.row.id,
                "use": c.use,
                "product": c.row.product,
                "units": c.row.units,
                "day": c.row.day,
                "endpoint": c.row.endpoint,
                "published": c.row.value,
                "unit": c.row.unit,
                "predicted": c.predicted,
                "in_its_trial": c.in_its_trial,
                "low": c.low,
                "high": c.high,
                "source": c.row.source,
            }
            for c in compared
        ],
    }
