"""A virtual trial as tables to read."""

from __future__ import annotations

from glabella.plan.report import table
from glabella.trials.spec import EndpointSpec
from glabella.trials.trial import TrialResult


def as_text(result: TrialResult) -> str:
    """The trial as tables to read."""
    rates = [
        (r.arm, f"day {r.day}", _told(r.endpoint), f"{r.rate:.1%}", f"{r.low:.1%}", f"{r.high:.1%}")
        for r in result.rows
    ]
    lasting = [
        (
            d.arm,
            d.area,
            f"{d.rule} at {d.at}, {d.rater}",
            f"{d.responders:.1%}",
            _day(d.median_days),
            _day(d.low),
            _day(d.high),
        )
        for d in result.durations
    ]
    brow = [
        (
            b.arm,
            f"day {b.day}",
            b.side,
            *(f"{mm:+.2f}" for mm in (b.medial_mm, b.peak_mm, b.lateral_mm)),
        )
        for b in result.brow
    ]
    harm = [
        (a.arm, a.event, f"{a.rate:.2%}", f"{a.low:.2%}", f"{a.high:.2%}") for a in result.adverse
    ]
    parts = [
        "Shares of patients, with 90% intervals for a trial of this size\n"
        + table(("arm", "day", "end point", "rate", "low", "high"), rates),
        "Unwanted results in the weeks around the review\n"
        + table(("arm", "event", "rate", "low", "high"), harm),
        "Median change of brow height, mm\n"
        + table(("arm", "day", "side", "medial", "peak", "lateral"), brow),
    ]
    if lasting:
        head = ("arm", "area", "kept", "responders", "median day", "low", "high")
        parts.insert(
            1,
            "How long responders keep it, with 90% intervals for a trial of this size\n"
            + table(head, lasting),
        )
    if result.notes:
        parts.append("\n".join(f"Note: {note}" for note in result.notes))
    return "\n\n".join(parts) + "\n"


def _told(end: EndpointSpec) -> str:
    return f"{end.area} at {end.at}: {end.rule}, {end.rater}"


def _day(value: float | None) -> str:
    return "not reached" if value is None else f"{value:g}"
