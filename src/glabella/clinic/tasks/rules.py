"""How a task may be finished or put off."""

from __future__ import annotations

from datetime import date, timedelta

from glabella.errors import RecordError

# One tap finishes a task with one of these.
OUTCOMES = ("Done", "Spoke to the patient", "No answer, left word", "Not needed any more")
LONGEST_SNOOZE_DAYS = 90
FEWEST_WORDS = 2


class TaskRefused(RecordError):
    """The task cannot be finished or put off like this."""


def check_outcome(outcome: str, *, needs_words: bool) -> str:
    """The outcome without blanks; a red flag is not closed by a button."""
    said = outcome.strip()
    if not said:
        raise TaskRefused("Say what came of it.")
    if needs_words and (said in OUTCOMES or len(said.split()) < FEWEST_WORDS):
        raise TaskRefused(
            "This one is urgent: write what came of it in your own words, "
            "such as whom you spoke to and what they will do."
        )
    return said


def check_snooze(until: date, reason: str, *, today: date, needs_words: bool) -> str:
    """The reason without blanks; what is to be done at once is not put off."""
    if needs_words:
        raise TaskRefused("What is to be done at once cannot be put off. Take it, or ask somebody.")
    if not reason.strip():
        raise TaskRefused("Say why it is put off.")
    if not today < until <= today + timedelta(days=LONGEST_SNOOZE_DAYS):
        raise TaskRefused(
            f"Put it off until a day from tomorrow on, at most {LONGEST_SNOOZE_DAYS} days ahead."
        )
    return reason.strip()
