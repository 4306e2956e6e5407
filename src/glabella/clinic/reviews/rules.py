"""When a treatment may be judged, and what an adverse event must say."""

from __future__ import annotations

from datetime import date

from glabella import facts
from glabella.errors import RecordError
from glabella.plan.finding import Finding

OTHER = "other"
# Names of an event in the facts that say nothing about what was seen.
NOT_EVENTS = frozenset({"any", "non-response", "under-treatment", "over-treatment"})


class ReviewRefused(RecordError):
    """The review cannot be kept as it is."""


def first_day() -> int:
    """The first day on which grades mean something."""
    return int(facts.load().safety.review_not_before_days.value)


def is_early(day: int) -> bool:
    return day < first_day()


def check_day(on: date, *, treated: date, today: date) -> None:
    if on > today:
        raise ReviewRefused("The review lies in the future. Date it on the day you looked.")
    if on < treated:
        raise ReviewRefused("The review lies before the treatment. Check the date.")


def check_kind(*, day: int, judged: bool) -> None:
    """Refuse grades and brow heights before the effect can be judged."""
    if is_early(day) and judged:
        raise ReviewRefused(
            f"Day {day} is too early to judge: the effect is still building. From day "
            f"{first_day()} on grades and brow heights are taken. Keep your words as a note, and "
            "leave the grades and heights empty."
        )


def check_something(*, judged: bool, note: str, events: int) -> None:
    if not (judged or note.strip() or events):
        raise ReviewRefused("There is nothing to keep yet: grade an area or write a note.")


def check_event(event: str, onset: date | None, *, treated: date, on: date, note: str) -> date:
    """The day an adverse event began; refuses one that is not in the list or out of time."""
    if event not in event_names():
        raise ReviewRefused(f"`{event}` is not in the list of adverse events.")
    if onset is None:
        raise ReviewRefused("An adverse event needs the date on which it began.")
    if not treated <= onset <= on:
        raise ReviewRefused("An adverse event begins between the treatment and this review.")
    if event == OTHER and not note.strip():
        raise ReviewRefused("Say in the note which other adverse event it was.")
    return onset


def event_names() -> dict[str, str]:
    """The closed list of adverse events: complications and warning signs of the facts."""
    safety = facts.load().safety
    names = {
        code: event.name for code, event in safety.complications.items() if code not in NOT_EVENTS
    }
    # A complication and a warning sign of the same name are one entry.
    taken = {name.casefold() for name in names.values()}
    for flag in safety.red_flags:
        if flag.text.value.casefold() not in taken:
            names[flag.code] = flag.text.value
    return names | {OTHER: "Other (say which in the note)"}


def red_flags() -> list[Finding]:
    """Signs that need a doctor at once, on any day."""
    return [
        Finding(code=flag.code, severity="stop", message=flag.text.value, source=flag.text.source)
        for flag in facts.load().safety.red_flags
    ]


def alarms(events: set[str]) -> list[Finding]:
    """What to do about the adverse events that cannot wait."""
    safety = facts.load().safety
    urgent = {flag.code for flag in safety.red_flags} | {"distant-spread", "diplopia"}
    names = event_names()
    manage = safety.complications["distant-spread"].manage
    return [
        Finding(
            code=code,
            severity="stop",
            message=f"{names[code]} needs a doctor at once.",
            mend=" ".join(fact.value for fact in manage),
            source=manage[0].source if manage else "",
        )
        for code in sorted(events & urgent)
    ]
