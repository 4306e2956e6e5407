"""What is done with credentials, privileges, supervision, standing orders and public pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from glabella.clinic.audit.actions import action, record
from glabella.clinic.credentials import endings, rules
from glabella.clinic.credentials.files import Uploaded, read_evidence
from glabella.clinic.credentials.models import (
    CosignRule,
    Credential,
    CredentialKind,
    Evidence,
    Leave,
    NumberShown,
    Privilege,
    Profile,
    StandingOrder,
    Supervision,
)
from glabella.clinic.credentials.numbers import check_number
from glabella.clinic.credentials.record import order_hash
from glabella.clinic.credentials.scopes import product_name, scope_words
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.tasks.actions import raise_task
from glabella.clinic.tasks.models import Task, Urgency


def _keep(file: Uploaded | None, *, member: Member, by: Member, at: datetime) -> Evidence | None:
    if file is None:
        return None
    kind, content = read_evidence(file)
    return Evidence.objects.create(
        member=member,
        file_name=(file.name or "evidence")[-120:],
        kind=kind,
        size=len(content),
        digest=sha256(content).hexdigest(),
        content=content,
        at=at,
        by=by,
    )


def _enter(
    member: Member,
    kind: CredentialKind,
    about: dict[str, Any],
    file: Uploaded | None,
    *,
    by: Member,
    at: datetime,
) -> Credential:
    rules.check_dates(about.get("since"), about.get("until"))
    if about.get("register"):
        about["number"] = check_number(about["register"], about.get("number", ""))
    evidence = _keep(file, member=member, by=by, at=at)
    credential = Credential.objects.create(
        member=member, kind=kind, evidence=evidence, entered_at=at, entered_by=by, **about
    )
    words: dict[str, Any] = {
        name: str(about[name]) for name in ("number", "until") if about.get(name)
    }
    record(f"{kind.value} entered", subject=member, by=by, at=at, credential=credential.pk, **words)
    return credential


@action
def enter_credential(
    *,
    member: Member,
    kind: CredentialKind,
    by: Member,
    file: Uploaded | None = None,
    at: datetime | None = None,
    **about: Any,
) -> Credential:
    """Enter what a member showed; somebody other than the member verifies it."""
    by.require(Permission.EDIT_TEAM)
    return _enter(member, kind, about, file, by=by, at=at or timezone.now())


@action
def enter_own_credential(
    *,
    kind: CredentialKind,
    by: Member,
    file: Uploaded | None = None,
    at: datetime | None = None,
    **about: Any,
) -> Credential:
    """Enter one's own; it counts when somebody else has verified it."""
    by.require(Permission.SEE_TEAM)
    return _enter(by, kind, about, file, by=by, at=at or timezone.now())


@action
def verify_credential(
    *, credential: Credential, how: str, by: Member, at: datetime | None = None
) -> Credential:
    """Say that the paper was compared with its register or issuer; never one's own."""
    by.require(Permission.VERIFY_CREDENTIALS)
    at = at or timezone.now()
    credential = Credential.objects.select_for_update().get(pk=credential.pk)
    rules.check_other(holder=credential.member_id, by=by.pk, what="verifies their own credentials")
    rules.check_open_credential(credential)
    credential.verified_at, credential.verified_by, credential.verified_how = at, by, how
    credential.save(update_fields=["verified_at", "verified_by", "verified_how"])
    record(
        f"{credential.kind} verified",
        subject=credential.member,
        by=by,
        at=at,
        credential=credential.pk,
        how=how,
    )
    return credential


def _withdraw(
    one: Credential | Privilege | StandingOrder, *, why: str, by: Member, at: datetime
) -> None:
    rules.check_not_withdrawn(one.withdrawn_at)
    one.withdrawn_at, one.withdrawn_by, one.withdrawn_why = at, by, why.strip()
    one.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])


@action
def withdraw_credential(
    *, credential: Credential, why: str, by: Member, at: datetime | None = None
) -> Credential:
    """Take a credential out of force: entered wrongly, suspended, given back."""
    by.require(Permission.EDIT_TEAM)
    at = at or timezone.now()
    credential = Credential.objects.select_for_update().get(pk=credential.pk)
    _withdraw(credential, why=why, by=by, at=at)
    what = f"{credential.kind} withdrawn"
    record(what, subject=credential.member, by=by, at=at, credential=credential.pk, why=why)
    return credential


@action
def grant_privileges(
    *,
    member: Member,
    areas: Sequence[str],
    by: Member,
    product_kinds: Sequence[str] = (),
    supervised: bool = False,
    since: date | None = None,
    until: date | None = None,
    basis: str = "",
    at: datetime | None = None,
) -> list[Privilege]:
    """Let a member treat these areas; never oneself."""
    by.require(Permission.VERIFY_CREDENTIALS)
    at = at or timezone.now()
    since = since or timezone.localdate(at)
    rules.check_other(holder=member.pk, by=by.pk, what="grants themself a privilege")
    rules.check_dates(since, until)
    granted = [
        Privilege(
            member=member,
            scope=scope,
            product_kinds=list(product_kinds),
            supervised=supervised,
            since=since,
            until=until,
            basis=basis,
            granted_by=by,
            granted_at=at,
        )
        for scope in rules.known_scopes(areas)
    ]
    Privilege.objects.bulk_create(granted)
    told: dict[str, Any] = {"under_supervision": "yes"} if supervised else {}
    words = scope_words(one.scope for one in granted)
    end = rules.day(until)
    record("privileges granted", subject=member, by=by, at=at, areas=words, until=end, **told)
    return granted


@action
def withdraw_privilege(
    *, privilege: Privilege, why: str, by: Member, at: datetime | None = None
) -> Privilege:
    by.require(Permission.VERIFY_CREDENTIALS)
    at = at or timezone.now()
    privilege = Privilege.objects.select_for_update().get(pk=privilege.pk)
    _withdraw(privilege, why=why, by=by, at=at)
    area = scope_words([privilege.scope])
    record("privilege withdrawn", subject=privilege.member, by=by, at=at, area=area, why=why)
    return privilege


@action
def set_supervision(
    *,
    member: Member,
    supervisor: Member | None,
    rule: CosignRule,
    by: Member,
    first: int | None = None,
    since: date | None = None,
    why: str = "",
    at: datetime | None = None,
) -> Supervision:
    """Name who supervises a member and what is co-signed from a day on; what was before stays."""
    by.require(Permission.VERIFY_CREDENTIALS)
    at = at or timezone.now()
    rules.check_other(holder=member.pk, by=by.pk, what="sets their own supervision")
    rules.check_supervisor(member, supervisor, rule=rule, first=first)
    supervision = Supervision.objects.create(
        member=member,
        supervisor=supervisor,
        rule=rule,
        first=first if rule == CosignRule.FIRST else None,
        since=since or timezone.localdate(at),
        why=why,
        by=by,
        at=at,
    )
    record(
        "supervision set",
        subject=member,
        by=by,
        at=at,
        supervisor=str(supervisor or "none"),
        rule=supervision.get_rule_display().lower(),
        first=supervision.first,
        since=rules.day(supervision.since),
    )
    return supervision


@action
def give_leave(
    *,
    member: Member,
    patient: Patient,
    areas: Sequence[str],
    reason: str,
    by: Member,
    on: date | None = None,
    at: datetime | None = None,
) -> Leave:
    """Let a member treat these areas of one patient on one day without a privilege."""
    by.require(Permission.COSIGN)
    at = at or timezone.now()
    rules.check_other(holder=member.pk, by=by.pk, what="gives themself leave")
    rules.check_leave(member, patient, reason=reason)
    known = rules.known_scopes(areas)
    leave = Leave.objects.create(
        member=member,
        patient=patient,
        scopes=known,
        on=on or timezone.localdate(at),
        reason=reason.strip(),
        by=by,
        at=at,
    )
    words = scope_words(known)
    record("leave given", subject=leave, by=by, at=at, to=str(member), areas=words, reason=reason)
    return leave


@action
def sign_order(
    *,
    title: str,
    areas: Sequence[str],
    product: str,
    max_units: Decimal,
    min_age: int,
    conditions: str,
    until: date,
    by: Member,
    max_age: int | None = None,
    since: date | None = None,
    previous: StandingOrder | None = None,
    at: datetime | None = None,
) -> StandingOrder:
    """Write and sign a standing order, or the next version of one, which ends the one before."""
    by.require(Permission.ASSESS)
    at = at or timezone.now()
    today = timezone.localdate(at)
    since = today if previous or not since else since
    rules.check_dates(since, until)
    rules.check_prescribes(by, on=today)
    version = 1
    if previous is not None:
        previous = StandingOrder.objects.select_for_update().get(pk=previous.pk)
        version = previous.version + 1
        _withdraw(previous, why=f"Replaced by version {version}.", by=by, at=at)
    order = StandingOrder.objects.create(
        clinic=by.clinic,
        title=title,
        scopes=rules.known_scopes(areas),
        product=product,
        max_units=max_units,
        min_age=min_age,
        max_age=max_age,
        conditions=conditions,
        since=since,
        until=until,
        version=version,
        previous=previous,
        signed_by=by,
        signed_at=at,
    )
    signed, name = order_hash(order), product_name(product)
    record("standing order signed", subject=order, by=by, at=at, content_hash=signed, product=name)
    return order


@action
def withdraw_order(
    *, order: StandingOrder, why: str, by: Member, at: datetime | None = None
) -> StandingOrder:
    by.require(Permission.ASSESS)
    at = at or timezone.now()
    order = StandingOrder.objects.select_for_update().get(pk=order.pk)
    _withdraw(order, why=why, by=by, at=at)
    record("standing order withdrawn", subject=order, by=by, at=at, why=why)
    return order


def _free_slug(member: Member) -> str:
    """An address from the name; a number behind it if somebody has it already."""
    wanted = slugify(member.display_name)[:50] or "injector"
    taken = set(Profile.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    tries = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, 10_000))
    return next(one for one in tries if one not in taken)


@action
def wish_profile(
    *,
    words: str,
    number_shown: NumberShown,
    indexed: bool,
    wished: bool,
    by: Member,
    at: datetime | None = None,
) -> Profile:
    """Ask for one's own page for patients, or take it down; words that changed are agreed anew."""
    by.require(Permission.SIGN)
    at = at or timezone.now()
    profile = Profile.objects.select_for_update().filter(member=by).first()
    profile = profile or Profile(member=by, slug=_free_slug(by))
    same = (profile.words, profile.number_shown, profile.indexed) == (words, number_shown, indexed)
    profile.words, profile.number_shown, profile.indexed = words, number_shown, indexed
    profile.wished_at = (profile.wished_at or at) if wished else None
    if not (same and wished):
        profile.agreed_at, profile.agreed_by = None, None
    profile.save()
    asked = "public page wished" if wished else "public page taken down"
    record(asked, subject=by, by=by, at=at, address=profile.slug)
    return profile


@action
def agree_profile(
    *, profile: Profile, agreed: bool, by: Member, at: datetime | None = None
) -> Profile:
    """Let an injector's page be seen, or take it down; it is never there unless wished."""
    by.require(Permission.EDIT_TEAM)
    at = at or timezone.now()
    profile = Profile.objects.select_for_update().get(pk=profile.pk)
    rules.check_wished(profile, agreed=agreed)
    profile.agreed_at, profile.agreed_by = (at, by) if agreed else (None, None)
    profile.save(update_fields=["agreed_at", "agreed_by"])
    said = "public page agreed" if agreed else "public page closed"
    record(said, subject=profile.member, by=by, at=at, address=profile.slug)
    return profile


@action
def raise_endings(*, clinic: Clinic, by: Member | None, at: datetime | None = None) -> list[Task]:
    """Put on the owner's list what ends within 60 days or has ended; each thing once."""
    at = at or timezone.now()
    today = timezone.localdate(at)
    found = {one.key: one for one in endings.endings_of(clinic, on=today)}
    known = Task.objects.filter(clinic=clinic, key__in=found)
    for key in set(known.values_list("key", flat=True)):
        del found[key]
    if not found:
        return []
    owner = endings.first_owner(clinic)
    return [
        raise_task(
            clinic=clinic,
            key=one.key,
            kind="credential-ends",
            title=one.title,
            due=max(one.until, today),
            urgency=Urgency.NOW if one.tone == "stop" else Urgency.SOON,
            assignee=owner,
            url=one.url,
            by=by,
            at=at,
        )
        for one in found.values()
    ]


def look_for_endings(*, user: Any, by: None = None, **_: Any) -> None:
    """What runs at each sign-in, so that nobody has to set up a clock for it."""
    member = getattr(user, "member", None)
    if member is not None:
        raise_endings(clinic=member.clinic, by=by)
