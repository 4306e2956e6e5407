"""What an adverse event must say, when a guide's steps are due, and when a report may be sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

import msgspec

from glabella import facts
from glabella.clinic.safety.models import ENDS, Listing
from glabella.errors import RecordError
from glabella.facts import Fact
from glabella.facts.vigilance import Guide, When
from glabella.plan.corrections.seen import both_lids
from glabella.plan.finding import Finding

OTHER = "other"
# Names of an event in the facts that say nothing about what was seen.
NOT_EVENTS = frozenset({"any", "under-treatment"})
GENERAL = "general"
DEATH_GRADE = 5
LIFE_GRADE = 4


class EventRefused(RecordError):
    """The adverse event cannot be kept as it is."""


class GuideRefused(RecordError):
    """The guide cannot go on like this."""


class ReportRefused(RecordError):
    """The report cannot be kept or sent as it is."""


@cache
def event_names() -> dict[str, str]:
    """The closed list of adverse events: complications, warning signs and further kinds."""
    known = facts.load()
    names = {
        code: event.name
        for code, event in known.safety.complications.items()
        if code not in NOT_EVENTS
    }
    names |= {code: kind.name for code, kind in known.events.kinds.items()}
    # A complication and a warning sign of the same name are one entry.
    taken = {name.casefold() for name in names.values()}
    for flag in known.safety.red_flags:
        if flag.text.value.casefold() not in taken:
            names[flag.code] = flag.text.value
    return names | {OTHER: "Other (say which in the words)"}


def is_sided(event: str) -> bool:
    """Whether it matters on which side it was seen."""
    return any(code == event and kind.sided for code, kind in facts.load().corrections.seen.items())


def sides_of(event: str, side: str) -> tuple[str, ...]:
    """The sides that a choice stands for: `both` is one event on each side."""
    if side not in ("", "left", "right", "both"):
        raise EventRefused(f"`{side}` is no side of the patient. Choose left, right or both.")
    if not is_sided(event):
        return ("",)
    return ("left", "right") if side == "both" else (side,)


def check_event(
    event: str, onset: date | None, *, treated: date | None, on: date, words: str
) -> date:
    """The day an event began; refuses one that is not in the list or out of time."""
    if event not in event_names():
        raise EventRefused(f"`{event}` is not in the list of adverse events.")
    if onset is None:
        raise EventRefused("An adverse event needs the date on which it began.")
    if onset > on:
        raise EventRefused("An adverse event begins no later than the day on which it is told.")
    if treated is not None and onset < treated:
        raise EventRefused("An adverse event begins between the treatment and today.")
    if event == OTHER and not words.strip():
        raise EventRefused("Say in the words which other adverse event it was.")
    return onset


def check_grade(grade: int | None, criteria: Sequence[str]) -> None:
    """Refuse a grade and reasons that contradict each other."""
    known = {one.code: one.name for one in facts.load().events.criteria}
    if stray := sorted(set(criteria) - set(known)):
        raise EventRefused(f"`{stray[0]}` is no reason for calling an event serious.")
    if grade == DEATH_GRADE and "death" not in criteria:
        raise EventRefused("Grade 5 is a death: tick it as the reason, or mend the grade.")
    if "death" in criteria and grade not in (None, DEATH_GRADE):
        raise EventRefused("A death is grade 5. Mend the grade or the reason.")
    if grade == LIFE_GRADE and not criteria:
        raise EventRefused(
            "A life-threatening event is serious: tick the reason, or mend the grade."
        )


def check_once(events: Iterable[tuple[str, str]]) -> None:
    """Raise EventRefused for an event that is listed twice on the same side."""
    listed = list(events)
    if len(set(listed)) == len(listed):
        return
    refused = "The same adverse event is listed twice on one side. Keep one of them."
    if any(event == "eyelid-ptosis" for event, _ in listed):
        refused += " If a lid droops on each side, choose the side of each."
    raise EventRefused(refused)


def check_points(chosen: Iterable[int], known: Iterable[int]) -> None:
    if set(chosen) - set(known):
        raise EventRefused("A point that was tapped is not one of this treatment. Reload the page.")


def flagged(events: Sequence[tuple[str, str]]) -> set[str]:
    """Events of one time and what they are together: lids on both sides are a red flag."""
    codes = {code for code, _ in events}
    both = both_lids(side for code, side in events if code == "eyelid-ptosis")
    return codes | {"drooping-lids"} if both else codes


def is_urgent(event: str) -> bool:
    """Whether a doctor is needed at once."""
    known = facts.load()
    seen = {str(code): kind for code, kind in known.corrections.seen.items()}
    if event in seen:
        return seen[event].answer == "urgent"
    return event in known.events.kinds and known.events.kinds[event].urgent


def alarms(events: set[str]) -> list[Finding]:
    """What to do about the adverse events that cannot wait."""
    names, manage = event_names(), facts.load().safety.complications["distant-spread"].manage
    return [
        Finding(
            code=code,
            severity="stop",
            message=f"{names.get(code, code)} needs a doctor at once.",
            mend=" ".join(fact.value for fact in manage) if code != "allergy" else "",
            source=manage[0].source if manage and code != "allergy" else "",
        )
        for code in sorted(code for code in events if is_urgent(code))
    ]


def red_flags() -> list[Finding]:
    """Signs that need a doctor at once, on any day."""
    return [
        Finding(code=flag.code, severity="stop", message=flag.text.value, source=flag.text.source)
        for flag in facts.load().safety.red_flags
    ]


def listing_of(event: str, products: Iterable[str]) -> tuple[Listing, str]:
    """Whether the label facts of these products name an event, and the words that do."""
    wanted = sorted(set(products))
    if not wanted:
        return Listing.NOT_KNOWN, ""
    known = facts.load()
    flags = {flag.code for flag in known.safety.red_flags} | {"distant-spread", "diplopia"}
    words = []
    for product in wanted:
        name, boxed = known.products[product].name, known.products[product].boxed_warning
        if event in flags and boxed is not None:
            words.append(f"{name}: {boxed.value} ({_citation(boxed)})")
        words += [
            f"{name}: {row.text.value} ({_citation(row.text)})"
            for row in known.events.listed
            if row.product == product and event in row.codes
        ]
    if words:
        return Listing.LISTED, "\n".join(words)
    names = ", ".join(known.products[product].name for product in wanted)
    if not {row.product for row in known.events.listed} & set(wanted):
        return Listing.NOT_KNOWN, f"No list of adverse events was read for {names}."
    return Listing.NOT_LISTED, f"No fact that was read names it for {names}."


def _citation(fact: Fact[str]) -> str:
    return facts.load().sources[fact.source].citation


def is_over(outcomes: Sequence[str]) -> bool:
    """Whether the course of an event has ended, by its follow-ups in their order."""
    return bool(outcomes) and outcomes[-1] in ENDS


def check_follow_up(on: date, *, onset: date, today: date, next_on: date | None) -> None:
    if not onset <= on <= today:
        raise EventRefused("A follow-up lies between the onset and today. Check the date.")
    if next_on is not None and next_on < on:
        raise EventRefused("The next look lies before this one. Check the date.")


# Guides


class StepText(msgspec.Struct, frozen=True, kw_only=True):
    """A step as it was told to the person: kept with the run, whatever the facts say later."""

    code: str
    when: When
    text: str
    source: str
    sourced: bool
    note: str = ""
    after_days: int = 0


@cache
def _facts_by_path() -> dict[str, Fact[str]]:
    return dict(facts.walk(facts.load()))


def step_texts(guide: Guide) -> tuple[StepText, ...]:
    """The steps of a guide with their words and citations, those that are due first in front."""
    told = []
    for step in guide.steps:
        fact = step.text or _facts_by_path()[step.of]
        sourced = fact.kind != "assumption"
        told.append(
            StepText(
                code=step.code,
                when=step.when,
                text=fact.value,
                source=_citation(fact) if sourced else "",
                sourced=sourced,
                note=fact.note or "",
                after_days=step.after_days,
            )
        )
    return tuple(told)


def kept_steps(text: str) -> tuple[StepText, ...]:
    """The steps of a run as they were when it was started."""
    return msgspec.json.decode(text, type=tuple[StepText, ...])


def guide_for(event: str) -> str:
    """The guide of an event; the general one where it has none."""
    found = (key for key, guide in facts.load().guides.items() if event in guide.about)
    return next(found, GENERAL)


def check_guide(guide: str) -> Guide:
    known = facts.load().guides
    if guide not in known:
        raise GuideRefused(f"There is no guide `{guide}`. Choose one of the list.")
    return known[guide]


@dataclass(frozen=True, slots=True)
class Due:
    """When a step is due."""

    at: datetime | None
    on: date | None


def due_of(step: StepText, *, started: datetime, treated: date | None, today: date) -> Due:
    """At once: when the guide was started. Today: on that day. Later: days after treatment."""
    if step.when == "at-once":
        return Due(started, None)
    if step.when == "today":
        return Due(None, today)
    return Due(None, max((treated or today) + timedelta(days=step.after_days), today))


def check_open_run(*, ended: bool) -> None:
    if ended:
        raise GuideRefused("This guide was closed. Start it again if it is needed again.")


def check_left_out(note: str) -> None:
    if not note.strip():
        raise GuideRefused("Say why the step is left out.")


def check_all_answered(open_steps: Sequence[str]) -> None:
    if open_steps:
        raise GuideRefused(
            f"{len(open_steps)} step{'s are' if len(open_steps) > 1 else ' is'} still open. "
            "Tick them, or leave them out with a reason, then close the guide."
        )


# Reports


def check_sendable(*, checked: bool, missing: Sequence[str]) -> None:
    """Refuse to mark as sent what nobody read through, or what lacks a needed field."""
    if missing:
        raise ReportRefused(f"Needed on this form and still empty: {', '.join(missing)}.")
    if not checked:
        raise ReportRefused("Somebody has to read the report through first: mark it as checked.")


def check_sent_on(on: date, *, told: date, today: date) -> None:
    if not told <= on <= today:
        raise ReportRefused("A report is sent between the day of the event and today.")


def check_not_sent(*, sent: bool) -> None:
    if sent:
        raise ReportRefused("This report was sent. Add to the event, and send a new report.")
