"""What a forecast says of mouth, jaw and skin: tables for a day and plots over all days.

All of it is empty for a plan whose toxin does not get there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from glabella.chart.names import share_range, signed_range
from glabella.chart.plot import Trace
from glabella.face import Side
from glabella.plan.result import Curve, Forecast, JawCurve, MouthCurve

# Colour and dash of each quantity, and of each region of the skin.
REST, SMILE, LIP = ("#0b5563", ""), ("#9a5b00", "7 3"), ("#7a3a86", "2 3")
JAW: Final = ("#0b5563", "")
REGION_COLOURS: Final = ("#0b5563", "#9a5b00", "#7a3a86", "#2f7f52", "#a3231c")
# Sides that differ by less than this are drawn as one curve, in the unit of the plot.
SAME_MM: Final = 0.3
# What moves less than this over all days is not worth a table.
SEEN_MM: Final = 0.1


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its name and its cells, each a key to change it by and its words."""

    name: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What a day looks like in words."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """Curves over one axis of days, from `low` to `high`, with ruled `values` and their labels."""

    title: str
    traces: tuple[Trace, ...]
    values: tuple[tuple[float, str], ...]
    low: float
    high: float


def moves(curve: Curve, *, before: float) -> bool:
    """Whether the typical patient sees anything of it: a trace of toxin moves nothing."""
    values = (before, *curve.median)
    return max(values) - min(values) >= SEEN_MM


def mouth(forecast: Forecast) -> list[MouthCurve]:
    """The sides of the mouth, none where neither moves."""
    found = list(forecast.mouth)
    still = [(m.rest_mm, 0.0) for m in found]
    still += [(c, c.median[0]) for m in found for c in (m.smile_mm, m.upper_lip_mm)]
    return found if any(moves(curve, before=before) for curve, before in still) else []


def _jaw(forecast: Forecast) -> list[JawCurve]:
    found = list(forecast.jaw)
    return found if any(moves(jaw.width_mm, before=0.0) for jaw in found) else []


def tables(forecast: Forecast, index: int) -> list[Table]:
    """Mouth, jaw and skin on the day at `index`."""
    found: list[Table] = []
    if sides := mouth(forecast):
        rows = tuple(
            Row(curve.side, tuple(
                (f"day-mouth-{curve.side}-{name}", signed_range(values, index))
                for name, values in (
                    ("rest", curve.rest_mm), ("smile", curve.smile_mm), ("lip", curve.upper_lip_mm)
                )
            ))
            for curve in sorted(sides, key=_right_first)
        )  # fmt: skip
        columns = ("corner, rest", "corner, smile", "lip, smile")
        found.append(Table("Mouth", "mm against rest before, 90% range", columns, rows))
    if jaws := _jaw(forecast):
        rows = tuple(
            Row(jaw.side, ((f"day-jaw-{jaw.side}", signed_range(jaw.width_mm, index)),))
            for jaw in sorted(jaws, key=_right_first)
        )
        found.append(Table("Width of the jaw", "mm a side, 90% range", ("change",), rows))
    if forecast.skin:
        rows = tuple(
            Row(skin.region, (
                (f"day-skin-{skin.region}-pores", share_range(skin.pores, index)),
                (f"day-skin-{skin.region}-sebum", share_range(skin.sebum, index)),
            ))
            for skin in forecast.skin
        )  # fmt: skip
        found.append(Table("Skin", "of before, 90% range", ("pores", "sebum"), rows))
    return found


def texts(forecast: Forecast, index: int) -> dict[str, str]:
    """The words of all tables on a day, by their keys."""
    return {
        key: words
        for table in tables(forecast, index)
        for row in table.rows
        for key, words in row.cells
    }


def plots(forecast: Forecast) -> list[Plot]:
    """Mouth, jaw and skin over all days."""
    found: list[Plot] = []
    if sides := mouth(forecast):
        traces = (
            *_sided("Corner, rest", [(m.side, m.rest_mm) for m in sides], REST),
            *_sided("Corner, smile", [(m.side, m.smile_mm) for m in sides], SMILE),
            *_sided("Upper lip, smile", [(m.side, m.upper_lip_mm) for m in sides], LIP),
        )
        found.append(_in_mm("Mouth, mm against rest before", traces, step=4))
    if jaws := _jaw(forecast):
        sided = [(jaw.side, jaw.width_mm) for jaw in jaws]
        found.append(
            _in_mm("Width of the jaw, mm a side", tuple(_sided("Jaw", sided, JAW)), step=2)
        )
    if forecast.skin:
        traces = tuple(
            trace
            for skin, colour in zip(forecast.skin, REGION_COLOURS, strict=False)
            for trace in (
                Trace(f"{skin.region} pores", skin.pores, colour),
                Trace(f"{skin.region} sebum", skin.sebum, colour, "3 3"),
            )
        )
        values = ((0.5, "50%"), (0.75, "75%"), (1.0, "100%"))
        found.append(Plot("Pores and sebum left", traces, values, 0.4, 1.05))
    return found


def _right_first(curve: object) -> bool:
    """As one sees the patient: the right side stands first."""
    return getattr(curve, "side", None) != Side.RIGHT


def _in_mm(title: str, traces: tuple[Trace, ...], *, step: int) -> Plot:
    """A plot that holds all bands and zero, ruled every `step` mm."""
    lowest = min(0.0, *(min(trace.curve.low) for trace in traces))
    highest = max(0.0, *(max(trace.curve.high) for trace in traces))
    first, last = int(lowest // step), -int(-highest // step)
    last = max(last, first + 1)
    values = tuple(
        (float(i * step), f"{i * step:+d}" if i else "0") for i in range(first, last + 1)
    )
    return Plot(title, traces, values, values[0][0], values[-1][0])


def _sided(
    label: str, sided: Sequence[tuple[Side, Curve]], mark: tuple[str, str]
) -> Iterator[Trace]:
    """One curve, or two where the sides differ."""
    colour, dash = mark
    by_side = defaultdict(list, {side: list(curve.median) for side, curve in sided})
    left, right = by_side[Side.LEFT], by_side[Side.RIGHT]
    if len(left) == len(right) and all(
        abs(a - b) < SAME_MM for a, b in zip(left, right, strict=True)
    ):
        yield Trace(label, sided[0][1], colour, dash)
        return
    for side, curve in sided:
        other = dash if side is Side.LEFT else f"{dash or '1'} 2"
        yield Trace(f"{label} {side[0].upper()}", curve, colour, other)
