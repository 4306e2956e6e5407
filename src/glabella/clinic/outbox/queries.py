"""What waits in the outbox, what went, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from glabella.clinic.outbox import rules
from glabella.clinic.outbox.models import (
    Channel,
    Message,
    MessagePolicy,
    MessageState,
    MessageTemplate,
)
from glabella.clinic.outbox.texts import BUILT_IN, LINK, PLACEHOLDERS, Words
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.records import of_clinic

PAGE_SIZE = 25
TONES = {
    MessageState.QUEUED: "note",
    MessageState.SENDING: "note",
    MessageState.SENT: "ok",
    MessageState.FAILED: "stop",
    MessageState.UNSURE: "warn",
    MessageState.CANCELLED: "",
}
BY_PHONE = Q(channel=Channel.CALL, state=MessageState.QUEUED)
FILTERS: dict[str, tuple[str, Q]] = {
    "waiting": ("Waiting", Q(state__in=("queued", "sending")) & ~Q(channel=Channel.CALL)),
    "call": ("To call", BY_PHONE),
    "problems": ("Problems", Q(state__in=("failed", "unsure"))),
    "sent": ("Sent", Q(state="sent")),
    "all": ("All", Q()),
}


def policy_of(clinic: Clinic) -> MessagePolicy:
    """The clinic's policy; the built-in one where it has set none."""
    try:
        return clinic.message_policy
    except MessagePolicy.DoesNotExist:
        return MessagePolicy(clinic=clinic)


def zone_of(clinic: Clinic) -> ZoneInfo:
    """Where the clinic's days and hours are: one zone for an installation."""
    return ZoneInfo(settings.TIME_ZONE)


def is_quiet(clinic: Clinic, now: datetime) -> bool:
    policy = policy_of(clinic)
    return rules.is_quiet(
        now, start=policy.quiet_from, end=policy.quiet_until, zone=zone_of(clinic)
    )


def words_of(clinic: Clinic, kind: str) -> Words:
    """The clinic's own words for a kind of message, or the built-in ones."""
    own = MessageTemplate.objects.filter(clinic=clinic, kind=kind).first()
    built_in = BUILT_IN[kind]
    return Words(built_in.name, own.title, own.body, built_in.needs) if own else built_in


def composed(patient: Patient, kind: str, *, when: str = "") -> tuple[str, str]:
    """Title and body of a message to a patient; `{link}` is filled when it is sent."""
    clinic = patient.clinic
    words = words_of(clinic, kind)
    values = {
        "clinic": clinic.name,
        "phone": clinic.phone or "the clinic",
        "given_name": patient.given_name,
        "when": when,
    }
    return rules.fill(words.title, values), rules.fill(words.body, values)


def messages_of(clinic_id: int) -> QuerySet[Message]:
    return of_clinic(Message.objects.select_related("patient", "made_by", "clinic"), clinic_id)


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as the outbox shows it."""

    id: int
    patient_id: int | None
    patient_name: str
    kind: str
    channel: str
    by_phone: bool
    address: str
    title: str
    body: str
    state: str
    tone: str
    made_at: datetime
    made_by: str
    sent_at: datetime | None
    next_try_at: datetime | None
    attempts: int
    problem: str
    may_cancel: bool
    may_resend: bool
    may_deliver: bool
    subject_id: int | None


def message_row(message: Message) -> MessageRow:
    state = MessageState(message.state)
    by_phone = message.channel == Channel.CALL
    troubled = state in {MessageState.FAILED, MessageState.UNSURE}
    waits = state == MessageState.QUEUED
    built_in = BUILT_IN.get(message.kind)
    return MessageRow(
        id=message.pk,
        patient_id=message.patient_id,
        patient_name=message.patient.name if message.patient else "",
        kind=built_in.name if built_in else message.kind.capitalize(),
        channel=message.get_channel_display(),
        by_phone=by_phone,
        address=message.address,
        title=message.title,
        body=message.body.replace(LINK, "[the patient's own link]"),
        state="To call" if by_phone and waits else state.label,
        tone=TONES[state],
        made_at=message.made_at,
        made_by=message.made_by.display_name if message.made_by else "the schedule",
        sent_at=message.sent_at,
        next_try_at=message.next_try_at,
        attempts=message.attempts,
        problem=message.problem,
        may_cancel=waits or troubled,
        may_resend=message.patient_id is not None and not waits and state != MessageState.SENDING,
        may_deliver=troubled or (by_phone and waits),
        subject_id=message.link_subject_id if message.kind == "check-in" else None,
    )


def outbox_page(clinic_id: int, *, show: str, number: str) -> Page[Message]:
    found = messages_of(clinic_id).filter(FILTERS[show][1])
    return Paginator(found, PAGE_SIZE).get_page(number)


def outbox_counts(clinic_id: int) -> dict[str, int]:
    """How many are under each filter that asks for somebody."""
    asked = ("waiting", "call", "problems")
    counted = {code: Count("pk", filter=FILTERS[code][1]) for code in asked}
    return of_clinic(Message.objects.all(), clinic_id).order_by().aggregate(**counted)


@dataclass(frozen=True, slots=True)
class Carrying:
    """How messages leave this installation, in words."""

    email: str
    text: str
    quiet: str
    sleeps_now: bool


def carrying(member: Member, *, now: datetime) -> Carrying:
    backend = str(settings.EMAIL_BACKEND)
    policy = policy_of(member.clinic)
    return Carrying(
        email=(
            f"by {settings.EMAIL_HOST}"
            if "smtp" in backend
            else "to the server's console only, until GLABELLA_SMTP_URL is set"
        ),
        text=(
            "by the gateway"
            if settings.TEXT_URL
            else "not set up: who has no e-mail address is called"
        ),
        quiet=f"{policy.quiet_from:%H:%M} to {policy.quiet_until:%H:%M}",
        sleeps_now=is_quiet(member.clinic, now),
    )


def outbox_context(member: Member, *, show: str, number: str, now: datetime) -> dict[str, object]:
    """The outbox as its page shows it; without a choice, what needs somebody comes first."""
    counts = outbox_counts(member.clinic_id)
    fallback = next((code for code in ("problems", "call", "waiting") if counts[code]), "sent")
    show = show if show in FILTERS else fallback
    page = outbox_page(member.clinic_id, show=show, number=number)
    return {
        "page": page,
        "rows": [message_row(message) for message in page],
        "show": show,
        "filters": {code: (words, counts.get(code)) for code, (words, _) in FILTERS.items()},
        "carrying": carrying(member, now=now),
    }


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """The words of one kind of message, with how they read."""

    kind: str
    name: str
    own: bool
    title: str
    body: str
    shown_title: str
    shown_body: str


def template_rows(clinic: Clinic) -> list[TemplateRow]:
    own = set(MessageTemplate.objects.filter(clinic=clinic).values_list("kind", flat=True))
    when = timezone.localtime(timezone=zone_of(clinic)).strftime("%A, %d %B, %H:%M")
    values = {
        "clinic": clinic.name,
        "phone": clinic.phone or "the clinic",
        "given_name": "Given name",
        "when": when,
        "link": f"{settings.SITE_URL}/…",
    }
    rows = []
    for kind in BUILT_IN:
        words = words_of(clinic, kind) if kind in own else BUILT_IN[kind]
        title, body = (rules.fill(text, values) for text in (words.title, words.body))
        rows.append(
            TemplateRow(kind, words.name, kind in own, words.title, words.body, title, body)
        )
    return rows


def placeholders() -> dict[str, str]:
    return {f"{{{name}}}": words for name, words in PLACEHOLDERS.items()}
