"""Writing messages."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.outbox.models import Channel, Message
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.errors import RecordError


class MessageRefused(RecordError):
    """The message cannot be sent."""


@action
def queue_message(
    *,
    patient: Patient,
    kind: str,
    title: str,
    body: str,
    by: Member | None,
    at: datetime | None = None,
) -> Message:
    """Write a message to a patient; it is sent from the outbox, by e-mail before text message.

    `by` is None for what the clinic's own schedule writes. Raises MessageRefused when nothing is
    known to reach the patient by.
    """
    if by is not None:
        by.require(Permission.FOLLOW_UP)
    channel, address = (
        (Channel.EMAIL, patient.email) if patient.email else (Channel.TEXT, patient.phone)
    )
    if not address:
        raise MessageRefused(
            f"Neither an e-mail address nor a telephone number of {patient.name} is known. "
            "Add one on the patient's page, or speak to them."
        )
    message = Message.objects.create(
        clinic=patient.clinic,
        patient=patient,
        kind=kind,
        channel=channel,
        address=address,
        title=title,
        body=body,
        made_at=at or timezone.now(),
        made_by=by,
    )
    record("message written", subject=message, by=by, at=at, kind=kind, patient=patient.pk)
    return message
