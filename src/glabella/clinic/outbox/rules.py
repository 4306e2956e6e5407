"""What a message may say, when it may be sent, and when it is tried again."""

from __future__ import annotations

import re
import string
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from glabella import facts
from glabella.clinic.outbox.texts import BUILT_IN, PLACEHOLDERS
from glabella.errors import RecordError

# Minutes to wait after each attempt that failed for a while.
BACK_OFF_MINUTES = (1, 5, 15, 60, 240)
MOST_ATTEMPTS = len(BACK_OFF_MINUTES) + 1
# A claim older than this was never ended: whoever had it is gone.
CLAIM_MINUTES = 10
# Words that would tell somebody who reads along what the patient had done.
TELLING = ("toxin", "botulinum", "inject", "treatment", "wrinkle", "units", "filler", "side effect")


class MessageRefused(RecordError):
    """The message cannot be sent."""


class TemplateRefused(RecordError):
    """The words of a message cannot be used."""


def _names(text: str) -> set[str]:
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise TemplateRefused(
            "A brace stands alone. Write placeholders as {clinic}, and no other braces."
        ) from error
    return {name for _, name, _, _ in parts if name is not None}


def telling_words(text: str) -> list[str]:
    """Words of a message that say what was done; product names are among them."""
    names = {product.name for product in facts.load().products.values()}
    words = {*TELLING, *(name.lower() for name in names), *(name.split()[0] for name in names)}
    low = text.lower()
    return sorted(
        {word.lower() for word in words if re.search(rf"\b{re.escape(word.lower())}", low)}
    )


def check_template(kind: str, title: str, body: str) -> None:
    """Refuse unknown or missing placeholders, and words that give the patient away."""
    built_in = BUILT_IN[kind]
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    unknown = sorted((_names(title) | _names(body)) - PLACEHOLDERS.keys())
    if unknown:
        raise TemplateRefused(f"{{{unknown[0]}}} is not known. Known are {known}.")
    missing = sorted(set(built_in.needs) - _names(body))
    if missing:
        raise TemplateRefused(
            f"The text needs {{{missing[0]}}}, {PLACEHOLDERS[missing[0]]}. Put it back."
        )
    if "link" in _names(title) or ("link" in _names(body) and "link" not in built_in.needs):
        raise TemplateRefused("{link} belongs in the text of a check-in only.")
    if "\n" in title or "\r" in title:
        raise TemplateRefused("The subject is one line.")
    if told := telling_words(f"{title} {body}"):
        raise TemplateRefused(
            f"“{told[0]}” tells everybody who reads along what the patient had done. A message "
            "names the clinic only; what is to be said stands behind the link."
        )


def fill(text: str, values: dict[str, str]) -> str:
    """The text with its placeholders filled; `{link}` stays until the message is sent."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def is_quiet(now: datetime, *, start: time, end: time, zone: ZoneInfo) -> bool:
    """Whether it is a time at which nobody wants a message that can wait."""
    here = now.astimezone(zone).time()
    if start <= end:
        return start <= here < end
    return here >= start or here < end


def next_try(attempts: int, *, now: datetime) -> datetime | None:
    """When an attempt is made again after so many; None when it is given up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + timedelta(minutes=BACK_OFF_MINUTES[attempts - 1])
