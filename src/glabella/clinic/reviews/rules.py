"""When a treatment may be judged, and what an adverse event must say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from glabella import facts
from glabella.errors import RecordError
from glabella.plan.corrections.seen import both_lids
from glabella.plan.finding import Finding

OTHER = "other"
# Names of an event in the facts that say nothing about what was seen.
NOT_EVENTS = frozenset({"any", "non-response", "under-treatment"})


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


def is_sided(event: str) -> bool:
    """Whether it matters on which side it was seen."""
    return any(code == event and kind.sided for code, kind in facts.load().corrections.seen.items())


def check_side(event: str, side: str) -> str:
    """The side of an event; refuses one where there is none, or that is not known."""
    if side not in ("", "left", "right"):
        raise ReviewRefused(f"`{side}` is no side of the patient. Choose left or right.")
    return side if is_sided(event) else ""


# A review older than this is looked at again before toxin is added on its word.
FRESH_DAYS = 7


def check_fresh(*, reviewed: date, today: date) -> None:
    """Refuse to add toxin on the word of an old review."""
    if (today - reviewed).days > FRESH_DAYS:
        raise ReviewRefused(
            f"This review is {(today - reviewed).days} days old, and the effect has changed since. "
            "Review again before anything is added."
        )


def check_not_treated_since(treated: date | None) -> None:
    """Refuse a correction that may have been given already."""
    if treated is not None:
        raise ReviewRefused(
            f"The patient was treated again on {treated:%d %b %Y}, after this review. Review that "
            "treatment first."
        )


def check_empty(*, points: int) -> None:
    """Refuse to put a correction on a chart that holds something else."""
    if points:
        raise ReviewRefused(
            "You have a draft with points open for this patient. Sign it or throw it away, then "
            "add the correction."
        )


def red_flags() -> list[Finding]:
    """Signs that need a doctor at once, on any day."""
    return [
        Finding(code=flag.code, severity="stop", message=flag.text.value, source=flag.text.source)
        for flag in facts.load().safety.red_flags
    ]


def check_once(events: Sequence[str]) -> None:
    """Raise ReviewRefused for an event that is listed twice, with the word for lids on both."""
    if len(set(events)) == len(events):
        return
    refused = "The same adverse event is listed twice. Keep one of them."
    if events.count("eyelid-ptosis") > 1:
        refused += f" If a lid droops on each side, choose `{event_names()['drooping-lids']}`."
    raise ReviewRefused(refused)


def flagged(events: Sequence[tuple[str, str]]) -> set[str]:
    """Events of a review and what they are together: lids on both sides are a red flag."""
    codes = {code for code, _ in events}
    both = both_lids(side for code, side in events if code == "eyelid-ptosis")
    return codes | {"drooping-lids"} if both else codes


def alarms(events: set[str]) -> list[Finding]:
    """What to do about the adverse events that cannot wait."""
    safety, known = facts.load().safety, facts.load().corrections.seen
    urgent = {code for code, kind in known.items() if kind.answer == "urgent"}
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
