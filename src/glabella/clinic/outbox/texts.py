"""The built-in words of each kind of message, and what may stand in them.

A message shows on a locked phone, and others read along: it names the clinic, gives a link, and
says nothing of what was done. What is to be said stands behind the link.
"""

from __future__ import annotations

from dataclasses import dataclass

LINK = "{link}"
# What a clinic may write between braces, and what it becomes.
PLACEHOLDERS = {
    "clinic": "the clinic's name",
    "phone": "the clinic's telephone",
    "link": "a link for this patient alone",
    "given_name": "the patient's given name",
    "when": "day and hour of a booked visit",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Title and body of a message; `needs` are placeholders that the body cannot do without."""

    name: str
    title: str
    body: str
    needs: tuple[str, ...] = ()


BUILT_IN = {
    "check-in": Words(
        "Check-in",
        "A message from {clinic}",
        "{clinic} would like to know how you are. It takes a minute: {link}\n\n"
        "If something worries you, call {phone}. Replies to this message are not read.",
        ("link",),
    ),
    "recall": Words(
        "Invitation",
        "A message from {clinic}",
        "{clinic} would be glad to see you again. Call {phone} to find a time that suits you.",
    ),
    "booked": Words(
        "Booked visit",
        "A message from {clinic}",
        "You are booked at {clinic} on {when}. If you cannot come, call {phone}.",
        ("when",),
    ),
    "reminder": Words(
        "Reminder the day before",
        "A message from {clinic}",
        "{clinic} expects you on {when}. If you cannot come, call {phone}.",
        ("when",),
    ),
    "missed": Words(
        "After a visit that was missed",
        "A message from {clinic}",
        "{clinic} missed you on {when}. Call {phone} to find another time.",
        ("when",),
    ),
}
