"""A virtual trial as Parquet: one long table with a row for every figure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from glabella.trials.spec import EndpointSpec
from glabella.trials.tally import PLACES
from glabella.trials.trial import Duration, TrialResult

# What a figure is not about stays empty. `figure` is rate, responders, median, brow or unwanted.
COLUMNS = pyarrow.schema(
    [
        *((name, pyarrow.string()) for name in ("arm", "figure")),
        ("day", pyarrow.int32()),
        *((name, pyarrow.string()) for name in ("area", "at", "rater", "rule")),
        *((name, pyarrow.string()) for name in ("side", "place", "event")),
        *((name, pyarrow.float64()) for name in ("value", "low", "high")),
        ("unit", pyarrow.string()),
    ]
)


def write(path: Path, result: TrialResult) -> None:
    """Write a trial's results; the notes go into the schema's metadata. Raises OSError."""
    told = COLUMNS.with_metadata({"glabella.notes": "\n".join(result.notes)})
    parquet.write_table(pyarrow.Table.from_pylist(list(_figures(result)), schema=told), path)


def _figures(result: TrialResult) -> Iterator[dict[str, Any]]:
    for rate in result.rows:
        yield {
            "arm": rate.arm,
            "figure": "rate",
            "day": rate.day,
            **_asked(rate.endpoint),
            "value": rate.rate,
            "low": rate.low,
            "high": rate.high,
            "unit": "fraction",
        }
    for lasting in result.durations:
        own = {"arm": lasting.arm, **_asked(lasting)}
        yield {**own, "figure": "responders", "value": lasting.responders, "unit": "fraction"}
        yield {
            **own,
            "figure": "median",
            "value": lasting.median_days,
            "low": lasting.low,
            "high": lasting.high,
            "unit": "d",
        }
    for brow in result.brow:
        for place, low, high in zip(PLACES, brow.low, brow.high, strict=True):
            yield {
                "arm": brow.arm,
                "figure": "brow",
                "day": brow.day,
                "side": brow.side,
                "place": place,
                "value": getattr(brow, f"{place}_mm"),
                "low": low,
                "high": high,
                "unit": "mm",
            }
    for harm in result.adverse:
        yield {
            "arm": harm.arm,
            "figure": "unwanted",
            "event": harm.event,
            "value": harm.rate,
            "low": harm.low,
            "high": harm.high,
            "unit": "fraction",
        }


def _asked(end: EndpointSpec | Duration) -> dict[str, str]:
    return {name: getattr(end, name) for name in ("area", "at", "rater", "rule")}
