"""How long treatments last and when a patient may be asked back; pure functions on plain values.

A touch-up belongs to the treatment before it: the date at which that wears off stays, while the
label's interval counts from the last toxin that was given.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from glabella import facts


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when an area's effect has probably worn off; None: beyond the forecast."""

    low: date | None
    median: date | None
    high: date | None


@dataclass(frozen=True, slots=True)
class Given:
    """A signed treatment as the recall list sees it."""

    treatment: int
    on: date
    not_before: date
    areas: dict[str, Span] = field(default_factory=dict)
    baseline: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeenGrade:
    """A grade at maximum that a review found."""

    treatment: int
    on: date
    area: str
    grade: int


@dataclass(frozen=True, slots=True)
class AreaWear:
    """When an area is due and on what it stands; `back` when a review saw its lines back."""

    area: str
    span: Span
    back: date | None
    held: date | None

    @property
    def due(self) -> date | None:
        return self.back or self.span.median


@dataclass(frozen=True, slots=True)
class Due:
    """When a patient's treatment has probably worn off, and when they may be asked back."""

    anchor: int
    treated: date
    last_given: date
    areas: tuple[AreaWear, ...]
    due: date
    not_before: date
    forecast: bool
    touch_ups: int

    def invite_from(self, lead_days: int) -> date:
        """Never before the label's interval has passed since the last toxin."""
        return max(self.due - timedelta(days=lead_days), self.not_before)


def touch_up_days() -> int:
    return int(facts.load().safety.touch_up_latest_days.value)


def sessions(given: Sequence[Given], corrections: Collection[int]) -> list[list[Given]]:
    """Treatments with their touch-ups, earliest first."""
    grouped: list[list[Given]] = []
    for one in sorted(given, key=lambda one: (one.on, one.treatment)):
        near = grouped and (one.on - grouped[-1][0].on).days <= touch_up_days()
        if grouped and (near or one.treatment in corrections):
            grouped[-1].append(one)
        else:
            grouped.append([one])
    return grouped


def _wear(session: Sequence[Given], seen: Sequence[SeenGrade]) -> list[AreaWear]:
    """Each area by the first of the session that treated it."""
    first = session[0]
    spans: dict[str, Span] = {}
    for one in session:
        for area, span in one.areas.items():
            spans.setdefault(area, span)
    ids = {one.treatment for one in session}
    rows = []
    for area, span in spans.items():
        before = first.baseline.get(area)
        told = [
            grade
            for grade in seen
            if grade.treatment in ids
            and grade.area == area
            and (grade.on - first.on).days > touch_up_days()
        ]
        back = [one.on for one in told if before and one.grade >= before]
        held = [one.on for one in told if before and one.grade < before]
        rows.append(AreaWear(area, span, min(back, default=None), max(held, default=None)))
    return rows


def due_of(
    given: Sequence[Given],
    *,
    corrections: Collection[int] = (),
    seen: Sequence[SeenGrade] = (),
) -> Due | None:
    """When a patient is due, from all that was given; None when nothing was."""
    grouped = sessions(given, corrections)
    if not grouped:
        return None
    last = grouped[-1]
    wear: dict[str, AreaWear] = {}
    for session in grouped:
        # What is treated again counts from then on.
        wear |= {one.area: one for one in _wear(session, seen)}
    not_before = max(one.not_before for session in grouped for one in session)
    # What had worn off before the last visit and was left alone then asks nobody back now.
    treated_last = {area for one in last for area in one.areas}
    current = [
        one
        for one in wear.values()
        if one.area in treated_last or (one.due and one.due >= last[0].on)
    ]
    dates = [one.due for one in current if one.due]
    return Due(
        anchor=last[0].treatment,
        treated=last[0].on,
        last_given=last[-1].on,
        areas=tuple(sorted(current, key=lambda one: (one.due or date.max, one.area))),
        due=min(dates) if dates else not_before,
        not_before=not_before,
        forecast=bool(dates),
        touch_ups=len(last) - 1,
    )
