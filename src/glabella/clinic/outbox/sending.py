"""Sending what waits: one claim, one attempt, one settlement a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from glabella.clinic.outbox import actions, queries
from glabella.clinic.outbox.carriers import CARRIERS, Letter, NotSent, PerhapsSent
from glabella.clinic.outbox.models import Channel, Message, MessageState
from glabella.clinic.people.models import Clinic
from glabella.clinic.records import of_clinic


@dataclass(slots=True)
class Sent:
    """What one round of sending did."""

    sent: int = 0
    failed: int = 0
    unsure: int = 0
    stale: int = 0


def waiting(now: datetime) -> list[Message]:
    """Messages whose time has come, oldest first; those of a clinic that sleeps stay."""
    due = Message.objects.filter(
        Q(next_try_at__isnull=True) | Q(next_try_at__lte=now), state=MessageState.QUEUED
    ).exclude(channel=Channel.CALL)
    found = due.select_related("clinic__message_policy", "patient__clinic").order_by(
        "made_at", "id"
    )
    return [
        message
        for clinic in Clinic.objects.filter(messages__state=MessageState.QUEUED).distinct()
        # Nobody writes to a patient whose record is restricted.
        for message in of_clinic(found, clinic)
        if not (message.waits_for_day and queries.is_quiet(message.clinic, now))
    ]


def send_one(
    message: Message,
    *,
    now: datetime,
    carriers: Mapping[str, Callable[[Letter], None]] = CARRIERS,
) -> MessageState | None:
    """Claim a message and hand it to its carrier; None when somebody else was faster."""
    claimed = actions.claim_message(message=message, by=None, at=now)
    if claimed is None:
        return None
    title, body = claimed
    letter = Letter(message.address, message.clinic.name, title, body)
    try:
        carriers[message.channel](letter)
    except NotSent as error:
        actions.settle_failed(
            message=message, problem=str(error), again=error.again, by=None, at=now
        )
    except PerhapsSent as error:
        actions.settle_unsure(message=message, problem=str(error), by=None)
    else:
        actions.settle_sent(message=message, by=None, at=timezone.now())
    return MessageState(message.state)


def send_waiting(
    *, now: datetime, carriers: Mapping[str, Callable[[Letter], None]] = CARRIERS
) -> Sent:
    """Send all that may go now; safe to run twice at once."""
    told = Sent(
        unsure=actions.drop_claims(by=None, at=now), stale=actions.drop_stale(by=None, at=now)
    )
    for message in waiting(now):
        match send_one(message, now=now, carriers=carriers):
            case MessageState.SENT:
                told.sent += 1
            case MessageState.UNSURE:
                told.unsure += 1
            case MessageState.FAILED | MessageState.QUEUED:
                told.failed += 1
    return told
