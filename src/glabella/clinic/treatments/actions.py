"""What is done with treatments: started, charted, signed, added to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.cosigning.actions import ask_for_cosignature
from glabella.clinic.credentials.answer import cosigner_of
from glabella.clinic.credentials.scopes import scope_of
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.stock.actions import draw
from glabella.clinic.stock.queries import vials
from glabella.clinic.treatments import planning, rules
from glabella.clinic.treatments.body_session import SheetInput
from glabella.clinic.treatments.models import Addendum, ChartPoint, Override, State, Treatment
from glabella.clinic.treatments.points import Placed, PointInput, sent_point, stored
from glabella.clinic.treatments.record import addendum_hash, content_hash, stored_points
from glabella.plan.finding import Finding

# A hand that rests longer than this has finished a thought.
PAUSE = timedelta(seconds=20)


@action
def start_treatment(
    *,
    patient: Patient,
    by: Member,
    on: date | None = None,
    at: datetime | None = None,
    indication: str = "",
) -> Treatment:
    """Start a draft, or go on with the one this injector has open for the patient.

    `indication` is what is treated outside the face; it is empty for the face.
    """
    by.require(Permission.CHART)
    rules.check_not_own(patient_member_id=patient.member_id, member_id=by.pk)
    at = at or timezone.now()
    on = on or timezone.localdate(at)
    rules.check_date(on, born=patient.date_of_birth, today=timezone.localdate(at))
    draft, made = Treatment.objects.get_or_create(
        patient=patient,
        injector=by,
        state=State.DRAFT,
        indication=indication,
        defaults={"date": on, "created_at": at},
    )
    if made:
        record("treatment started", subject=draft, by=by, at=at, patient=patient.pk)
    return draft


def _next_version(
    treatment: Treatment, version: int, *, at: datetime, sheet: Mapping[str, Any]
) -> None:
    """Claim the next version of the draft, or say who was faster."""
    current = Treatment.objects.filter(pk=treatment.pk, state=State.DRAFT, version=version)
    if current.update(version=F("version") + 1, saved_at=at, **sheet):
        treatment.version, treatment.saved_at = version + 1, at
        for name, value in sheet.items():
            setattr(treatment, name, value)
        return
    treatment.refresh_from_db()
    rules.check_draft(signed_at=treatment.signed_at)
    raise rules.StaleDraft(
        "This chart was changed in another window since you loaded it. Your points are still "
        "here: look at what was saved, then keep yours or take the other."
    )


@action
def save_draft(
    *,
    treatment: Treatment,
    points: Sequence[PointInput],
    version: int,
    by: Member,
    at: datetime | None = None,
    sheet: SheetInput | None = None,
) -> tuple[Placed, ...]:
    """Keep the whole chart as sent, or nothing of it. Drafts leave no trail: each tap saves."""
    by.require(Permission.CHART)
    rules.check_draft(signed_at=treatment.signed_at)
    check = planning.point_check(treatment)
    known = vials(treatment.patient.clinic_id).in_bulk({point.vial for point in points})
    keys = [point.key for point in points]
    if doubled := {key for key in keys if keys.count(key) > 1}:
        raise rules.PointRefused("Two points have the same key.", key=doubled.pop())
    # Droplets come last, so that the points that have numbers count from one.
    kept = tuple(
        check(point, number, known)
        for number, point in enumerate(sorted(points, key=lambda one: bool(one.region)), start=1)
    )
    fields = sheet.fields() if sheet else {}
    _next_version(treatment, version, at=at or timezone.now(), sheet=fields)
    ChartPoint.objects.filter(treatment=treatment).delete()
    ChartPoint.objects.bulk_create(stored(treatment.pk, point) for point in kept)
    _keep_version(treatment, kept, by=by, at=at or timezone.now())
    return kept


def _keep_version(
    treatment: Treatment, points: Sequence[Placed], *, by: Member, at: datetime
) -> None:
    """Keep what was saved; taps of one hand in quick succession grow into one version."""
    kept = {"version": treatment.version, "saved_at": at, "points": _as_sent(points)}
    going_on = treatment.versions.filter(
        version=treatment.version - 1, by=by, saved_at__gt=at - PAUSE, saved_at__lte=at
    )
    if not going_on.update(**kept):
        treatment.versions.create(by=by, started_at=at, **kept)


def _as_sent(points: Sequence[Placed]) -> list[dict[str, object]]:
    return [point.as_json() for point in points]


@action
def restore_version(
    *, treatment: Treatment, version: int, by: Member, at: datetime | None = None
) -> tuple[Placed, ...]:
    """Bring back the points of an earlier version, as a new version of the draft."""
    by.require(Permission.CHART)
    kept = treatment.versions.filter(version=version).first()
    if kept is None:
        raise rules.StaleDraft(f"This draft has no version {version}.")
    points = [sent_point(point) for point in kept.points]
    record("version brought back", subject=treatment, by=by, at=at, version=version)
    return save_draft(treatment=treatment, points=points, version=treatment.version, by=by, at=at)


@action
def abandon_draft(*, treatment: Treatment, by: Member) -> None:
    """Throw a draft away; nothing was given."""
    by.require(Permission.CHART)
    treatment = Treatment.objects.select_for_update().get(pk=treatment.pk)
    rules.check_draft(signed_at=treatment.signed_at)
    record("draft abandoned", subject=treatment, by=by, patient=treatment.patient_id)
    treatment.delete()


def _draw_from_vials(
    treatment: Treatment, points: Sequence[Placed], *, by: Member, at: datetime
) -> None:
    # In the order of their keys, so that two who sign at once never wait for each other.
    for vial in sorted({point.vial for point in points}, key=lambda vial: vial.pk):
        units = sum(Decimal(str(point.units)) for point in points if point.vial.pk == vial.pk)
        draw(vial=vial, treatment=treatment, units=Decimal(units), by=by, at=at)


def _keep_overrides(
    treatment: Treatment,
    findings: Sequence[Finding],
    overrides: Mapping[str, str],
    *,
    by: Member,
    at: datetime,
) -> None:
    for finding in rules.stops_by_code(findings):
        code, reason = finding.code, overrides[finding.code].strip()
        Override.objects.create(
            treatment=treatment, code=code, message=finding.message, reason=reason, by=by, at=at
        )
        # The reason stands with the override: what may name somebody is no part of the trail.
        record("stop overridden", subject=treatment, by=by, at=at, code=code)


def _check_signer(treatment: Treatment, by: Member) -> None:
    by.require(Permission.SIGN)
    rules.check_draft(signed_at=treatment.signed_at)
    rules.check_not_own(patient_member_id=treatment.patient.member_id, member_id=by.pk)
    if treatment.injector_id != by.pk:
        raise rules.SignRefused(
            f"{treatment.injector.display_name} injected, so {treatment.injector.display_name} "
            "signs. If you injected, chart it in your own draft."
        )


@action
def sign_treatment(
    *,
    treatment: Treatment,
    by: Member,
    version: int | None = None,
    date: date | None = None,
    overrides: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Treatment:
    """Sign once: units leave their vials, the record is locked, all or nothing."""
    at = at or timezone.now()
    treatment = Treatment.objects.select_for_update().get(pk=treatment.pk)
    _check_signer(treatment, by)
    if version is not None and version != treatment.version:
        raise rules.StaleDraft("The chart was changed since this page was loaded. Look again.")
    treatment.date = date or treatment.date
    born, today = treatment.patient.date_of_birth, timezone.localdate(at)
    rules.check_date(treatment.date, born=born, today=today)
    points = stored_points(treatment)
    now = rules.moment_given(treatment.date, at=at)
    assessed = planning.assess(treatment, points, now=now)
    if assessed.problem:
        raise rules.SignRefused(assessed.problem)
    reasons = {} if overrides is None else overrides
    rules.check_stops(assessed.findings, reasons)
    # Asked before signing: the rule counts what was signed until now.
    second = cosigner_of(by, {scope_of(point) for point in points}, treatment.date)
    _draw_from_vials(treatment, points, by=by, at=at)
    _keep_overrides(treatment, assessed.findings, reasons, by=by, at=at)
    _lock(treatment, assessed, by=by, at=at)
    if second.member is not None:
        ask_for_cosignature(
            treatment=treatment, of=second.member, reason=second.reason, by=by, at=at
        )
    return treatment


def _lock(treatment: Treatment, assessed: planning.Assessment, *, by: Member, at: datetime) -> None:
    treatment.plan_json, treatment.forecast_json, treatment.facts_digest = assessed.kept()
    treatment.signed_at, treatment.signed_by, treatment.state = at, by, State.SIGNED
    treatment.content_hash = content_hash(treatment, assessed.points)
    treatment.save()
    record("treatment signed", subject=treatment, by=by, at=at, content_hash=treatment.content_hash)


@action
def add_addendum(
    *, treatment: Treatment, reason: str, text: str, by: Member, at: datetime | None = None
) -> Addendum:
    """Add to a signed treatment; what was signed stays as it is."""
    by.require(Permission.ADD_ADDENDA)
    if not treatment.is_signed:
        raise rules.SignRefused("This treatment is still a draft: change the chart itself.")
    at = at or timezone.now()
    addendum = Addendum.objects.create(treatment=treatment, reason=reason, text=text, by=by, at=at)
    signed = addendum_hash(addendum)
    record("addendum written", subject=addendum, by=by, at=at, content_hash=signed)
    return addendum
