"""Writing messages, claiming them to be sent, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.links.actions import make_link
from glabella.clinic.links.addresses import address_of
from glabella.clinic.links.models import Purpose
from glabella.clinic.outbox import rules
from glabella.clinic.outbox.models import (
    Channel,
    Message,
    MessagePolicy,
    MessageState,
    MessageTemplate,
)
from glabella.clinic.outbox.rules import MessageRefused
from glabella.clinic.outbox.texts import LINK
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission

OPEN_AGAIN = (MessageState.FAILED, MessageState.UNSURE, MessageState.CANCELLED)


@dataclass(frozen=True, slots=True)
class LinkWanted:
    """The link that takes the place of `{link}` when the message is sent."""

    purpose: Purpose
    subject_id: int | None = None
    days: int = 7


def reach(patient: Patient) -> tuple[Channel, str]:
    """How a patient is reached: by e-mail, else by text where that is set up, else by telephone."""
    if patient.email:
        return Channel.EMAIL, patient.email
    if patient.phone:
        return (Channel.TEXT if settings.TEXT_URL else Channel.CALL), patient.phone
    raise MessageRefused(
        f"Neither an e-mail address nor a telephone number of {patient.name} is known. "
        "Add one on the patient's page, or speak to them."
    )


@action
def queue_message(
    *,
    patient: Patient,
    kind: str,
    title: str,
    body: str,
    by: Member | None,
    link: LinkWanted | None = None,
    stale_after: datetime | None = None,
    at: datetime | None = None,
) -> Message:
    """Write a message to a patient; it is sent from the outbox.

    `by` is None for what the clinic's own schedule writes: that waits for the day, and is not sent
    after `stale_after`. Raises MessageRefused when nothing is known to reach the patient by.
    """
    if by is not None:
        by.require(Permission.FOLLOW_UP)
    channel, address = reach(patient)
    message = Message.objects.create(
        clinic=patient.clinic,
        patient=patient,
        kind=kind,
        channel=channel,
        address=address,
        title=title,
        body=body,
        link_purpose=link.purpose if link else "",
        link_subject_id=link.subject_id if link else None,
        link_days=link.days if link else 0,
        made_at=at or timezone.now(),
        made_by=by,
        waits_for_day=by is None,
        stale_after=stale_after,
    )
    record("message written", subject=message, by=by, at=at, kind=kind, patient=patient.pk)
    return message


@action
def claim_message(*, message: Message, by: Member | None, at: datetime) -> tuple[str, str] | None:
    """Take a message to send it; gives its title and body, or None when somebody else has it.

    The link is made here and lives in memory only. Whoever claims and dies leaves a claim behind
    that nobody takes over: the message may have gone.
    """
    waiting = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED)
    if not waiting.update(
        state=MessageState.SENDING, claimed_at=at, attempts=F("attempts") + 1, problem=""
    ):
        return None
    message.refresh_from_db()
    body = message.body
    if message.link_purpose and message.patient and LINK in body:
        _, token = make_link(
            patient=message.patient,
            purpose=Purpose(message.link_purpose),
            subject_id=message.link_subject_id,
            days=message.link_days,
            by=by,
            at=at,
        )
        body = body.replace(LINK, address_of(Purpose(message.link_purpose), token))
    return message.title, body


def _settle(message: Message, state: MessageState, *, by: Member | None, **values: object) -> None:
    Message.objects.filter(pk=message.pk).update(state=state, **values)
    message.refresh_from_db()
    record(f"message {state.label.lower()}", subject=message, by=by, kind=message.kind)


@action
def settle_sent(*, message: Message, by: Member | None, at: datetime) -> None:
    """Keep that a claimed message went."""
    _settle(message, MessageState.SENT, by=by, sent_at=at, claimed_at=None, next_try_at=None)


@action
def settle_failed(
    *, message: Message, problem: str, again: bool, by: Member | None, at: datetime
) -> None:
    """Keep why a claimed message did not go, and when it is tried again."""
    later = rules.next_try(message.attempts, now=at) if again else None
    state = MessageState.QUEUED if later else MessageState.FAILED
    values = {"problem": problem[:300], "next_try_at": later, "claimed_at": None}
    if later:
        Message.objects.filter(pk=message.pk).update(state=state, **values)
        message.refresh_from_db()
    else:
        _settle(message, state, by=by, **values)


@action
def settle_unsure(*, message: Message, problem: str, by: Member | None) -> None:
    """Keep that nobody knows whether a message went; it is not sent again by itself."""
    _settle(message, MessageState.UNSURE, by=by, problem=problem[:300], claimed_at=None)


@action
def drop_claims(*, by: Member | None, at: datetime) -> int:
    """Let go of claims whose holder is gone; gives how many."""
    old = at - timedelta(minutes=rules.CLAIM_MINUTES)
    left = list(Message.objects.filter(state=MessageState.SENDING, claimed_at__lt=old))
    for message in left:
        _settle(
            message,
            MessageState.UNSURE,
            by=by,
            claimed_at=None,
            problem="The program stopped while it was sent. Ask whether it arrived.",
        )
    return len(left)


@action
def drop_stale(*, by: Member | None, at: datetime) -> int:
    """Cancel what waited so long that it would confuse; gives how many."""
    late = list(
        Message.objects.filter(state=MessageState.QUEUED, stale_after__lt=at).exclude(
            channel=Channel.CALL
        )
    )
    for message in late:
        _settle(
            message,
            MessageState.CANCELLED,
            by=by,
            problem="Its day passed before it could be sent.",
        )
    return len(late)


@action
def cancel_message(*, message: Message, by: Member, at: datetime | None = None) -> Message:
    """Take a message back that has not gone."""
    by.require(Permission.FOLLOW_UP)
    waiting = Message.objects.filter(pk=message.pk, state__in=("queued", "failed", "unsure"))
    if not waiting.update(state=MessageState.CANCELLED, next_try_at=None):
        message.refresh_from_db()
        raise MessageRefused(f"It is too late to cancel it: {message.get_state_display().lower()}.")
    message.refresh_from_db()
    record("message cancelled", subject=message, by=by, at=at, kind=message.kind)
    return message


@action
def resend_message(*, message: Message, by: Member, at: datetime | None = None) -> Message:
    """Send again what failed or was cancelled, to the address that is known now.

    What was sent already is written anew, so that the first one stays as it was.
    """
    by.require(Permission.FOLLOW_UP)
    assert message.patient is not None
    at = at or timezone.now()
    channel, address = reach(message.patient)
    if message.state == MessageState.SENT:
        wanted = (
            LinkWanted(Purpose(message.link_purpose), message.link_subject_id, message.link_days)
            if message.link_purpose
            else None
        )
        return queue_message(
            patient=message.patient,
            kind=message.kind,
            title=message.title,
            body=message.body,
            link=wanted,
            by=by,
            at=at,
        )
    again = Message.objects.filter(pk=message.pk, state__in=OPEN_AGAIN)
    if not again.update(
        state=MessageState.QUEUED,
        channel=channel,
        address=address,
        attempts=0,
        problem="",
        next_try_at=None,
        stale_after=None,
        waits_for_day=False,
    ):
        raise MessageRefused("It is waiting to be sent already.")
    message.refresh_from_db()
    record("message sent again", subject=message, by=by, at=at, kind=message.kind)
    return message


@action
def mark_delivered(*, message: Message, by: Member, at: datetime | None = None) -> Message:
    """Keep that it was said by telephone, or that the patient has it after all."""
    by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    said = Message.objects.filter(pk=message.pk, state__in=("queued", "unsure", "failed"))
    if not said.update(state=MessageState.SENT, sent_at=at, problem="", next_try_at=None):
        raise MessageRefused("This message is settled already.")
    message.refresh_from_db()
    record("message delivered by hand", subject=message, by=by, at=at, kind=message.kind)
    return message


@action
def write_template(
    *, kind: str, title: str, body: str, by: Member, at: datetime | None = None
) -> MessageTemplate:
    """Keep the clinic's own words for a kind of message."""
    by.require(Permission.EDIT_POLICY)
    at = at or timezone.now()
    rules.check_template(kind, title, body)
    template, _ = MessageTemplate.objects.update_or_create(
        clinic=by.clinic,
        kind=kind,
        defaults={"title": title, "body": body, "changed_at": at, "changed_by": by},
    )
    record("message text changed", subject=template, by=by, at=at, kind=kind)
    return template


@action
def drop_template(*, kind: str, by: Member, at: datetime | None = None) -> None:
    """Go back to the built-in words."""
    by.require(Permission.EDIT_POLICY)
    template = MessageTemplate.objects.filter(clinic=by.clinic, kind=kind).first()
    if template:
        record("message text set back", subject=template, by=by, at=at, kind=kind)
        template.delete()


@action
def set_message_policy(*, by: Member, at: datetime | None = None, **values: object) -> None:
    """Keep the quiet hours of a clinic."""
    by.require(Permission.EDIT_POLICY)
    policy, _ = MessagePolicy.objects.update_or_create(clinic=by.clinic, defaults=values)
    told = ", ".join(f"{name} {value}" for name, value in values.items())
    record("message policy set", subject=policy, by=by, at=at, chosen=told)
