"""Asking for a history, keeping what is told, and going through it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db.models import Max
from django.utils import timezone

from glabella import facts
from glabella.clinic.audit.actions import action, record
from glabella.clinic.intake import rules
from glabella.clinic.intake.answers import Answers, Confirmed, read, written
from glabella.clinic.intake.models import BeforePolicy, Channel, Intake, Invitation, Screening
from glabella.clinic.intake.record import intake_hash, screening_hash
from glabella.clinic.links.actions import make_link, use_link
from glabella.clinic.links.models import PatientLink, Purpose
from glabella.clinic.outbox.actions import queue_message
from glabella.clinic.patients.actions import heed
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission

TABLET_DAYS = 1
LINK_DAYS = 7


@action
def invite(
    *, patient: Patient, channel: Channel, by: Member, at: datetime | None = None
) -> tuple[Invitation, str]:
    """Ask a patient for a history; gives the token of the link, which is not kept."""
    by.require(Permission.SCREEN)
    days = TABLET_DAYS if channel == Channel.TABLET else LINK_DAYS
    link, token = make_link(patient=patient, purpose=Purpose.INTAKE, by=by, days=days, at=at)
    return Invitation.objects.create(link=link, channel=channel), token


@action
def mail_link(*, patient: Patient, url: str, by: Member, at: datetime | None = None) -> None:
    """Write the message that carries the link."""
    by.require(Permission.SCREEN)
    queue_message(
        patient=patient,
        kind="intake-link",
        title=f"{by.clinic.name}: a few questions before your visit",
        body=(
            f"Please answer a few questions about your health before your visit:\n\n{url}\n\n"
            f"The link works once, for {LINK_DAYS} days. What you answer goes to "
            f"{by.clinic.name} only."
        ),
        by=by,
        at=at,
    )


@action
def keep(
    *, link: PatientLink, typed: dict[str, str], by: None = None, at: datetime | None = None
) -> None:
    """Keep what the patient has typed so far. It leaves no trail: each pause saves."""
    Invitation.objects.filter(link=link).update(
        kept_json=msgspec.json.encode(typed).decode(), kept_at=at or timezone.now()
    )


def _intake(
    patient: Patient,
    answers: Answers,
    *,
    channel: Channel | str,
    filled_by: str,
    typed_by: Member | None,
    at: datetime,
) -> Intake:
    rules.check_answers(answers, today=timezone.localdate(at))
    # One at a time for a patient, so that two who send at once get two numbers.
    Patient.objects.select_for_update().get(pk=patient.pk)
    last = Intake.objects.filter(patient=patient).aggregate(last=Max("number"))["last"] or 0
    intake = Intake.objects.create(
        patient=patient,
        number=last + 1,
        channel=channel,
        filled_by=filled_by,
        typed_by=typed_by,
        filled_at=at,
        answers_json=written(answers),
        facts_digest=facts.load().digest,
    )
    signed = intake_hash(intake)
    record("history told", subject=intake, by=typed_by, at=at, content_hash=signed)
    return intake


@action
def send_intake(
    *,
    link: PatientLink,
    answers: Answers,
    filled_by: str = "",
    by: None = None,
    at: datetime | None = None,
) -> Intake:
    """Keep a history that came by a link or the tablet, and close the link."""
    at = at or timezone.now()
    invitation = Invitation.objects.get(link=link)
    intake = _intake(
        link.patient,
        answers,
        channel=invitation.channel,
        filled_by=filled_by or link.patient.name,
        typed_by=None,
        at=at,
    )
    # What was typed on the way is in the history now.
    Invitation.objects.filter(pk=invitation.pk).update(kept_json="")
    use_link(link=link, at=at)
    return intake


@action
def take_intake(
    *,
    patient: Patient,
    answers: Answers,
    by: Member,
    filled_by: str = "",
    at: datetime | None = None,
) -> Intake:
    """Keep a history that a member typed while the patient told it."""
    by.require(Permission.SCREEN)
    return _intake(
        patient,
        answers,
        channel=Channel.TOGETHER,
        filled_by=filled_by or patient.name,
        typed_by=by,
        at=at or timezone.now(),
    )


@action
def screen(
    *,
    intake: Intake,
    confirmed: Sequence[Confirmed],
    by: Member,
    tool: str = "",
    note: str = "",
    unchanged: bool = False,
    also: Sequence[str] = (),
    at: datetime | None = None,
) -> Screening:
    """Go through a history; what stands becomes the patient's conditions, with `also`."""
    by.require(Permission.SCREEN)
    at = at or timezone.now()
    answers = read(intake.answers_json)
    rules.check_last(intake.number, last=_last_number(intake))
    rules.check_confirmed(answers, confirmed)
    conditions = list(dict.fromkeys([*rules.conditions_of(answers, confirmed), *also]))
    screening = Screening.objects.create(
        intake=intake,
        at=at,
        by=by,
        unchanged=unchanged,
        confirmed_json=msgspec.json.encode(list(confirmed)).decode(),
        conditions=conditions,
        tool=tool,
        note=note,
    )
    signed = screening_hash(screening)
    record("screened", subject=screening, by=by, at=at, content_hash=signed)
    heed(patient=intake.patient, conditions=conditions, by=by, at=at)
    return screening


def _last_number(intake: Intake) -> int:
    last = Intake.objects.filter(patient=intake.patient_id).aggregate(last=Max("number"))["last"]
    return int(last)


@action
def nothing_changed(*, patient: Patient, by: Member, at: datetime | None = None) -> Screening:
    """Confirm the last screening again: the patient says that nothing has changed.

    What was added on the patient's page since then stays.
    """
    by.require(Permission.SCREEN)
    last = Screening.objects.filter(intake__patient=patient).select_related("intake").first()
    if last is None:
        raise rules.IntakeRefused("There is no screening yet that could be unchanged.")
    confirmed = msgspec.json.decode(last.confirmed_json, type=list[Confirmed])
    return screen(
        intake=last.intake,
        confirmed=confirmed,
        by=by,
        tool=last.tool,
        note=last.note,
        unchanged=True,
        also=patient.conditions,
        at=at,
    )


@action
def set_policy(
    *, screening_days: int, assessment_days: int, consent_days: int, by: Member
) -> BeforePolicy:
    """Set how long screenings, assessments and consents stand here."""
    by.require(Permission.EDIT_POLICY)
    policy, _ = BeforePolicy.objects.update_or_create(
        clinic=by.clinic,
        defaults={
            "screening_days": screening_days,
            "assessment_days": assessment_days,
            "consent_days": consent_days,
        },
    )
    told = f"{screening_days}, {assessment_days}, {consent_days} days"
    record("policy set", subject=policy, by=by, before_treatment=told)
    return policy
