"""Writing texts, telling, signing, taking and withdrawing consents; photographs by scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db.models import Max
from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.consent import built_in, rules, signature, told
from glabella.clinic.consent.models import (
    Consent,
    ConsentText,
    Method,
    PhotoScope,
    Scope,
    State,
    Withdrawal,
)
from glabella.clinic.consent.record import consent_hash, withdrawal_hash
from glabella.clinic.intake.queries import policy_of
from glabella.clinic.intake.rules import adult_years
from glabella.clinic.links.actions import make_link, use_link
from glabella.clinic.links.models import PatientLink, Purpose
from glabella.clinic.outbox.actions import queue_message
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission

LINK_DAYS = 14


@action
def write_text(*, title: str, body: str, by: Member, at: datetime | None = None) -> ConsentText:
    """Make the next version of the clinic's text; consents signed before keep theirs."""
    by.require(Permission.EDIT_POLICY)
    rules.check_text(title, body)
    return _new_text(title, body, by=by, at=at or timezone.now())


def _new_text(title: str, body: str, *, by: Member, at: datetime) -> ConsentText:
    texts = ConsentText.objects.filter(clinic=by.clinic_id)
    number = (texts.aggregate(last=Max("number"))["last"] or 0) + 1
    text = ConsentText.objects.create(
        clinic=by.clinic, number=number, title=title, body=body, made_at=at, made_by=by
    )
    record("consent text written", subject=text, by=by, at=at, number=number)
    return text


@action
def tell(
    *,
    patient: Patient,
    areas: Sequence[str],
    products: Sequence[str],
    discussed: Sequence[str],
    alternatives: bool,
    off_label: bool,
    copy: str,
    by: Member,
    photos: Mapping[str, bool] | None = None,
    questions: str = "",
    replies: str = "",
    at: datetime | None = None,
) -> Consent:
    """Keep that everything was talked through; the patient has not signed yet."""
    by.require(Permission.TAKE_CONSENT)
    at = at or timezone.now()
    rules.check_for(areas, products)
    risks, beyond = told.risks_of(areas), told.off_label(areas, products)
    rules.check_told(
        risks=[risk.code for risk in risks],
        discussed=discussed,
        alternatives=alternatives,
        off_label=off_label or not beyond,
    )
    rules.check_answered(questions=questions, replies=replies)
    kept = told.Told(risks=risks, off_label=beyond, photos=dict(photos or {}))
    text = ConsentText.objects.filter(clinic=by.clinic_id).first()
    days = timedelta(days=policy_of(by.clinic_id).consent_days)
    consent = Consent.objects.create(
        patient=patient,
        text=text or _new_text(built_in.TITLE, built_in.body(), by=by, at=at),
        areas=list(areas),
        products=list(products),
        told_json=msgspec.json.encode(kept).decode(),
        discussed_at=at,
        discussed_by=by,
        questions=questions,
        replies=replies,
        copy=copy,
        valid_until=timezone.localdate(at) + days,
    )
    record("consent talked through", subject=consent, by=by, at=at, patient=patient.pk)
    return consent


def _sign(
    consent: Consent, *, by: Member | None, at: datetime, signer: str, name: str, **how: str
) -> None:
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if consent.state != State.OPEN:
        raise rules.ConsentRefused("This consent is signed already.")
    is_minor = consent.patient.age_years(timezone.localdate(at)) < adult_years()
    relation, method = how.get("relation", ""), how.get("method", Method.DRAWN)
    rules.check_signer(signer=signer, name=name, relation=relation, is_minor=is_minor)
    strokes = signature.read(how.get("strokes", "")) if method == Method.DRAWN else []
    consent.signer, consent.signer_name = signer, name.strip()
    consent.relation, consent.method = relation.strip(), method
    consent.strokes_json = msgspec.json.encode(strokes).decode() if strokes else ""
    consent.signed_at, consent.state = at, State.SIGNED
    consent.save()
    signed = consent_hash(consent)
    record("consent signed", subject=consent, by=by, at=at, content_hash=signed, signer=signer)


@action
def sign_by_link(
    *,
    link: PatientLink,
    consent: Consent,
    signer: str,
    name: str,
    method: str = Method.DRAWN,
    relation: str = "",
    strokes: str = "",
    by: None = None,
    at: datetime | None = None,
) -> None:
    """The patient signs on a page of their own; a member takes it afterwards."""
    at = at or timezone.now()
    how = {"method": method, "relation": relation, "strokes": strokes}
    _sign(consent, by=None, at=at, signer=signer, name=name, **how)
    use_link(link=link, at=at)


@action
def sign_here(
    *,
    consent: Consent,
    signer: str,
    name: str,
    by: Member,
    method: str = Method.DRAWN,
    relation: str = "",
    strokes: str = "",
    at: datetime | None = None,
) -> Consent:
    """The patient signs in front of the member, who takes it in the same step."""
    by.require(Permission.TAKE_CONSENT)
    at = at or timezone.now()
    how = {"method": method, "relation": relation, "strokes": strokes}
    _sign(consent, by=by, at=at, signer=signer, name=name, **how)
    return take(consent=consent, by=by, at=at)


@action
def take_in_one(
    *,
    patient: Patient,
    told: Mapping[str, Any],
    signed: Mapping[str, Any],
    by: Member,
    at: datetime | None = None,
) -> Consent:
    """Everything in one sitting: talked through, signed by the patient, taken."""
    by.require(Permission.TAKE_CONSENT)
    consent = tell(patient=patient, by=by, at=at, **told)
    return sign_here(consent=consent, by=by, at=at, **signed)


@action
def take(*, consent: Consent, by: Member, at: datetime | None = None) -> Consent:
    """Countersign: this member has made sure that the patient knows and wants it."""
    by.require(Permission.TAKE_CONSENT)
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if consent.state != State.SIGNED:
        raise rules.ConsentRefused("Only a consent that the patient has just signed is taken.")
    if consent.patient.member_id == by.pk:
        raise rules.ConsentRefused("Nobody takes their own consent. Ask a colleague.")
    at = at or timezone.now()
    consent.taken_by, consent.taken_at, consent.state = by, at, State.TAKEN
    consent.save()
    signed = consent_hash(consent)
    record("consent taken", subject=consent, by=by, at=at, content_hash=signed)
    photos = msgspec.json.decode(consent.told_json, type=told.Told).photos
    for scope, granted in photos.items():
        _scope(consent.patient, scope, granted, by=by, at=at, consent=consent)
    return consent


def _scope(
    patient: Patient,
    scope: str,
    granted: bool,
    *,
    by: Member,
    at: datetime,
    consent: Consent | None = None,
) -> PhotoScope:
    answer = PhotoScope.objects.create(
        patient=patient, scope=Scope(scope), granted=granted, at=at, by=by, consent=consent
    )
    said = "yes" if granted else "no"
    record("photo scope", subject=answer, by=by, at=at, scope=scope, granted=said)
    return answer


@action
def answer_on_photos(
    *, patient: Patient, scope: str, granted: bool, by: Member, at: datetime | None = None
) -> PhotoScope:
    """Keep a later yes or no to one use of photographs."""
    by.require(Permission.TAKE_CONSENT)
    if scope not in Scope.values:
        raise rules.ConsentRefused(f"There is no use of photographs called `{scope}`.")
    return _scope(patient, scope, granted, by=by, at=at or timezone.now())


@action
def withdraw(
    *, consent: Consent, by: Member, words: str = "", at: datetime | None = None
) -> Withdrawal:
    """Take a consent back: nothing more is given on it; what was given stays on record."""
    by.require(Permission.SCREEN)
    if Withdrawal.objects.filter(consent=consent).exists():
        raise rules.ConsentRefused("This consent was withdrawn already.")
    at = at or timezone.now()
    withdrawal = Withdrawal.objects.create(consent=consent, at=at, by=by, words=words.strip())
    signed = withdrawal_hash(withdrawal)
    record("consent withdrawn", subject=withdrawal, by=by, at=at, content_hash=signed)
    return withdrawal


@action
def invite_to_sign(
    *, consent: Consent, by: Member, days: int = LINK_DAYS, at: datetime | None = None
) -> str:
    """A link on which the patient reads and signs; gives its token."""
    by.require(Permission.TAKE_CONSENT)
    if consent.state != State.OPEN:
        raise rules.ConsentRefused("This consent is signed already.")
    _, token = make_link(
        patient=consent.patient,
        purpose=Purpose.CONSENT,
        subject_id=consent.pk,
        by=by,
        days=days,
        at=at,
    )
    return token


@action
def mail_link(*, consent: Consent, url: str, by: Member, at: datetime | None = None) -> None:
    """Write the message that carries the link."""
    by.require(Permission.TAKE_CONSENT)
    queue_message(
        patient=consent.patient,
        kind="consent-link",
        title=f"{by.clinic.name}: please read and sign",
        body=(
            "Please read what we talked about, and sign if you agree:\n\n"
            f"{url}\n\nThe link works once, for {LINK_DAYS} days. Take your time, and call us "
            "with any question."
        ),
        by=by,
        at=at,
    )
