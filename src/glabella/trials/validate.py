"""Validation: every published row beside what the model says, fitted rows apart from the others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri
from scipy.stats import binom

from glabella import facts
from glabella.facts import PublishedRow
from glabella.plan.parameters import Parameters, calibrated
from glabella.plan.report import table
from glabella.trials.calibrate import BETWEEN_TRIALS_LOGIT_SD, DURATION_LOG_SD, UNKNOWN_ARM_SIZE
from glabella.trials.predict import can_predict, predict

Z90 = 1.645
TAIL = 0.05
NODES = 64


@dataclass(frozen=True, slots=True)
class Comparison:
    """One published row and the model's figure with the interval a new trial would fall in.

    `use` is "fitted", "not fitted" or "from memory" (shown, never fitted and never scored);
    `predicted` is None where the model has no word for the end point.
    """

    row: PublishedRow
    use: str
    predicted: float | None
    low: float | None = None
    high: float | None = None

    @property
    def error(self) -> float | None:
        return None if self.predicted is None else abs(self.predicted - self.row.value)

    @property
    def inside(self) -> bool | None:
        if self.low is None or self.high is None:
            return None
        return self.low <= self.row.value <= self.high


def validate(parameters: Parameters | None = None) -> tuple[Comparison, ...]:
    """Compare every published row; rows that the model cannot predict are listed as such."""
    parameters = parameters or calibrated()
    calibration = facts.load().calibration
    fitted = {residual.row for residual in calibration.residuals} if calibration else set()
    return tuple(_compare(row, fitted, parameters) for row in facts.load().literature)


def _compare(row: PublishedRow, fitted: set[str], parameters: Parameters) -> Comparison:
    use = "fitted" if row.id in fitted else "from memory" if row.from_memory else "not fitted"
    if not can_predict(row):
        return Comparison(row, use, None)
    predicted = predict(row, parameters)
    low, high = interval(row, predicted)
    return Comparison(row, use, round(predicted, 1), round(low, 1), round(high, 1))


def interval(row: PublishedRow, predicted: float) -> tuple[float, float]:
    """Where a new trial of this design would fall nine times in ten."""
    if row.unit != "%":
        reach = math.exp(Z90 * DURATION_LOG_SD)
        return predicted / reach, predicted * reach
    size = row.n or UNKNOWN_ARM_SIZE
    share = float(np.clip(predicted / 100, 0.5 / size, 1 - 0.5 / size))
    low, high = patients_counted(share, size)
    return 100 * low / size, 100 * high / size


def patients_counted(share: float, size: int) -> tuple[int, int]:
    """How many of `size` patients a new trial would count, nine times in ten.

    The trial's own share is normal on the logit scale around `share`; the count is binomial.
    """
    middles = (np.arange(NODES) + 0.5) / NODES
    shares = expit(logit(share) + BETWEEN_TRIALS_LOGIT_SD * ndtri(middles))
    counts = np.arange(size + 1)
    reached = np.asarray(binom.cdf(counts[:, None], size, shares)).mean(axis=1)
    low, high = np.searchsorted(reached, [TAIL, 1 - TAIL])
    return int(low), int(high)


def scores(compared: tuple[Comparison, ...], use: str) -> dict[str, float]:
    """Rows compared, median absolute error in percentage points, share of intervals that hold."""
    chosen = [c for c in compared if c.use == use and c.predicted is not None]
    points = [c.error for c in chosen if c.row.unit == "%" and c.error is not None]
    held = [c.inside for c in chosen if c.inside is not None]
    return {
        "rows": len(chosen),
        "median_absolute_error_points": round(float(np.median(points)), 1) if points else math.nan,
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
            f"{found['median_absolute_error_points']:g} points, "
            f"{found['share_inside_interval']:.0%} inside the 90% interval\n"
            + table(HEAD, [_cells(c) for c in chosen])
        )
    silent = [c.row.id for c in compared if c.predicted is None]
    parts.append(
        f"No prediction for {len(silent)} rows (the model has no word for their end point):\n  "
        + "\n  ".join(silent)
    )
    return "\n\n".join(parts) + "\n"


HEAD = ("row", "rule", "published", "model", "low", "high", "inside")


def _cells(compared: Comparison) -> tuple[str, ...]:
    row = compared.row
    return (
        row.id,
        row.endpoint.rule,
        f"{row.value:g} {row.unit}",
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
                "low": c.low,
                "high": c.high,
                "source": c.row.source,
            }
            for c in compared
        ],
    }
