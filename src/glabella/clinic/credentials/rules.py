"""Whether somebody may treat: one check after the other, each with its reason.

What may be signed past, and by whom:
- Without an open account, the injector's role or a licence that is in force nobody signs: no
  reason replaces a licence.
- Without a privilege, or without the supervisor that a privilege asks for, the injector's own
  reason does not count either: a supervisor can give leave for one patient on one day, with a
  reason, and that leave is in the record.
- A licence that nobody verified, an insurance that ended and the limits of a standing order stop
  too, and there the signer may give a reason. A clinic turns these off in its policy where it
  works otherwise, such as a clinic of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from glabella.clinic.credentials.models import (
    CosignRule,
    Credential,
    CredentialKind,
    Leave,
    Profile,
    StandingOrder,
)
from glabella.clinic.credentials.scopes import kind_of, product_name, scope_words, scopes
from glabella.clinic.credentials.standing import Standing, standing_of
from glabella.clinic.gate import Gate
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.errors import RecordError
from glabella.plan.finding import Finding, Severity

WARN_DAYS = 60
SHORTEST_REASON = 10
NEVER_OVERRIDDEN = frozenset(
    {
        "account-closed",
        "not-an-injector",
        "own-treatment",
        "no-licence",
        "licence-lapsed",
        "no-privilege",
        "no-supervisor",
    }
)


class CredentialRefused(RecordError):
    """A credential, a privilege or an order that cannot be kept as it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a treatment does: an area by a technique, with how much of which product.

    `units` None means that it is not known yet, `product` "" that it may be any.
    """

    scope: str
    product: str = ""
    units: Decimal | None = None


def _stop(code: str, message: str, mend: str) -> Finding:
    return Finding(code=code, severity="stop", message=message, mend=mend)


def day(one: date | None) -> str:
    return f"{one:%d %b %Y}".lstrip("0") if one else "open end"


def ends_soon(until: date | None, on: date) -> bool:
    return until is not None and on <= until <= on + timedelta(days=WARN_DAYS)


def _days_left(until: date, on: date) -> str:
    left = (until - on).days
    return "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"


def account(standing: Standing) -> Gate:
    member = standing.member
    if not member.is_open:
        finding = _stop(
            "account-closed",
            f"The account of {member} is closed.",
            "An owner can open it again on the team page.",
        )
    elif not member.may(Permission.SIGN):
        finding = _stop(
            "not-an-injector",
            f"{member} ({member.role_words}) is no injector here.",
            "An owner can give the role on the team page.",
        )
    else:
        return Gate("Account", f"open, {member.role_words}")
    return Gate("Account", finding.message, (finding,))


def oneself(standing: Standing, patient_member: int | None) -> Gate:
    if patient_member is None or patient_member != standing.member.pk:
        return Gate("Not oneself", "the patient is somebody else")
    own = _stop("own-treatment", "Nobody treats themself.", "Ask a colleague who injects.")
    return Gate("Not oneself", own.message, (own,))


def _no_licence(standing: Standing, on: date) -> Finding:
    name, here = standing.member, standing.clinic.jurisdiction
    mend = "The owner or the holder enters the licence on the team page; somebody else verifies it."
    held = standing.of_kind(CredentialKind.LICENCE)
    elsewhere = [one for one in held if one.holds(on)]
    if elsewhere:
        places = ", ".join(sorted({one.jurisdiction for one in elsewhere}))
        return _stop("no-licence", f"{name} is licensed for {places}, and not for {here}.", mend)
    lapsed = max((one.until for one in held if one.until and one.until < on), default=None)
    if lapsed:
        return _stop("licence-lapsed", f"The licence of {name} lapsed on {day(lapsed)}.", mend)
    return _stop("no-licence", f"No licence of {name} is in force on {day(on)}.", mend)


def licence(standing: Standing, on: date) -> Gate:
    held = standing.licences(on)
    if not held:
        missing = _no_licence(standing, on)
        return Gate("Licence", missing.message, (missing,))
    best = held[0]
    assert best.until is not None
    words = f"{best.jurisdiction} {best.number}, until {day(best.until)}"
    findings: list[Finding] = []
    if not best.is_verified:
        findings.append(_unverified(standing, best))
    else:
        words += f", verified by {best.verified_by} on {day(best.verified_at)}"
    if ends_soon(best.until, on):
        left = _days_left(best.until, on)
        findings.append(
            Finding(
                code="licence-ends-soon",
                severity="warn",
                message=f"The licence of {standing.member} ends {left}, on {day(best.until)}.",
                mend="Enter the renewed one as soon as it is there.",
            )
        )
    return Gate("Licence", words, tuple(findings))


def _unverified(standing: Standing, one: Credential) -> Finding:
    severity: Severity = "stop" if standing.clinic.verification_required else "note"
    return Finding(
        code="licence-unverified",
        severity=severity,
        message=f"Nobody has verified the licence of {standing.member} yet.",
        mend=f"Somebody other than {standing.member} compares {one.number} with the register.",
    )


def insurance(standing: Standing, on: date) -> Gate:
    held = standing.insurances(on)
    severity: Severity = "stop" if standing.clinic.insurance_required else "note"
    if not held:
        missing = Finding(
            code="no-insurance",
            severity=severity,
            message=f"No insurance of {standing.member} is in force on {day(on)}.",
            mend="Enter the policy with its cover on the team page.",
        )
        return Gate("Insurance", missing.message, (missing,))
    best = held[0]
    assert best.until is not None
    words = f"{best.issuer}, {best.cover}, until {day(best.until)}"
    findings = []
    if not best.is_verified and standing.clinic.verification_required:
        findings.append(
            Finding(
                code="insurance-unverified",
                severity="warn",
                message=f"Nobody has verified the insurance of {standing.member} yet.",
                mend="Somebody else looks at the policy and says so on the team page.",
            )
        )
    if ends_soon(best.until, on):
        findings.append(
            Finding(
                code="insurance-ends-soon",
                severity="warn",
                message=f"The insurance of {standing.member} ends {_days_left(best.until, on)}.",
                mend="Enter the renewed policy.",
            )
        )
    return Gate("Insurance", words, tuple(findings))


def _missing_privileges(
    standing: Standing, parts: Sequence[Part], leaves: Sequence[Leave], on: date
) -> Iterable[Finding]:
    name = standing.member
    missing: dict[str, set[str]] = {}
    for part in parts:
        kind = kind_of(part.product) if part.product else ""
        if standing.privilege(part.scope, kind, on) is None:
            missing.setdefault(kind, set()).add(part.scope)
    for kind, lacking in missing.items():
        for leave in leaves:
            if given := lacking & set(leave.scopes):
                lacking.difference_update(given)
                yield Finding(
                    code="leave-given",
                    severity="warn",
                    message=f"{leave.by} lets {name} treat here on this day: "
                    f"{scope_words(given)}. {leave.reason}",
                )
        if lacking:
            with_what = f" with {kind}" if kind else ""
            required = standing.clinic.privileges_required
            yield Finding(
                code="no-privilege",
                severity="stop" if required else "note",
                message=f"{name} has no privilege for: {scope_words(lacking)}{with_what}.",
                mend="A supervisor or an owner grants it on the team page, or a supervisor gives "
                'leave for this patient today under "May they treat?".',
            )


def privileges(
    standing: Standing, parts: Sequence[Part], leaves: Sequence[Leave], on: date
) -> Gate:
    """Whether each area is covered; where one is not, only a supervisor helps."""
    findings = tuple(_missing_privileges(standing, parts, leaves, on))
    held = {one.scope for one in standing.privileges if one.holds(on)}
    asked = {part.scope for part in parts}
    if not asked:
        return Gate("Privileges", f"{len(held)} of {len(scopes())} areas")
    return Gate("Privileges", scope_words(asked & held) or "none for this", findings)


def supervised_scopes(standing: Standing, parts: Iterable[Part], on: date) -> set[str]:
    """What of this the member may do only under supervision."""
    found = set()
    for part in parts:
        kind = kind_of(part.product) if part.product else ""
        privilege = standing.privilege(part.scope, kind, on)
        if privilege is not None and privilege.supervised:
            found.add(part.scope)
    return found


def supervision(standing: Standing, parts: Sequence[Part], on: date) -> Gate:
    own, chief = standing.supervision, standing.supervisor
    watched = supervised_scopes(standing, parts, on)
    asked = own is not None and own.rule != CosignRule.NONE
    words = f"supervised by {chief.member}" if chief else "no supervisor"
    if not watched and not asked:
        return Gate("Supervision", f"not needed; {words}" if chief else "not needed")
    problem = _no_supervisor(standing, on)
    if problem:
        return Gate("Supervision", problem.message, (problem,))
    assert chief is not None
    findings: tuple[Finding, ...] = ()
    if watched:
        findings = (
            Finding(
                code="under-supervision",
                severity="warn",
                message=f"{standing.member} treats this only under supervision: "
                f"{scope_words(watched)}. {chief.member} supervises and co-signs.",
            ),
        )
    return Gate("Supervision", words, findings)


def _no_supervisor(standing: Standing, on: date) -> Finding | None:
    chief, name = standing.supervisor, standing.member
    mend = "An owner or a supervisor names one on the team page."
    if chief is None:
        return _stop("no-supervisor", f"{name} needs a supervisor for this and has none.", mend)
    if not (chief.member.is_open and chief.member.may(Permission.COSIGN)):
        why = "does not supervise here any more"
    elif not chief.is_licensed(on):
        why = "has no verified licence in force"
    else:
        return None
    return _stop("no-supervisor", f"{chief.member}, who supervises {name}, {why}.", mend)


def orders_for(
    orders: Iterable[StandingOrder], part: Part, *, age: int | None, on: date
) -> list[StandingOrder]:
    """The standing orders that cover a part, its limits of units apart."""
    return [
        order
        for order in orders
        if order.holds(on)
        and part.scope in order.scopes
        and (not part.product or part.product == order.product)
        and (age is None or order.min_age <= age <= (order.max_age or age))
    ]


def over_limit(order: StandingOrder, parts: Iterable[Part], *, assessed: bool) -> Finding | None:
    """An order's limit is for one session: all its areas together.

    Where a prescriber assesses each patient, that order may go further than the standing one.
    """
    given = [
        float(part.units or 0)
        for part in parts
        if part.product == order.product and part.scope in order.scopes
    ]
    units, most = sum(given), float(order.max_units)
    if units <= most:
        return None
    name = product_name(order.product)
    return Finding(
        code="over-standing-order",
        severity="warn" if assessed else "stop",
        message=f"{units:g} U {name} are more than the {most:g} U {name} of the standing order "
        f'"{order.title}".',
        mend="Give less, or have a prescriber order this for the patient.",
    )


def orders(
    standing: Standing,
    parts: Sequence[Part],
    known: Sequence[StandingOrder],
    *,
    age: int | None,
    on: date,
) -> Gate:
    """Who ordered it: the injector's own right to prescribe, a standing order, or a prescriber."""
    if standing.prescribes(on):
        return Gate("Order", f"{standing.member} prescribes")
    if not parts:
        return Gate("Order", "asked for each area")
    found = {part.scope: orders_for(known, part, age=age, on=on) for part in parts}
    open_scopes = {scope for scope, covering in found.items() if not covering}
    used = {order.pk: order for covering in found.values() for order in covering[:1]}
    words = "; ".join(f"{order}, by {order.signed_by}" for order in used.values())
    if not open_scopes:
        over = [
            one
            for order in used.values()
            if (one := over_limit(order, parts, assessed=standing.clinic.assessment_required))
        ]
        return Gate("Order", f"standing order: {words}", tuple(over))
    assessed = standing.clinic.assessment_required
    what = scope_words(open_scopes) or "this"
    finding = Finding(
        code="no-standing-order",
        severity="note" if assessed else "stop",
        message=f"{standing.member} does not prescribe, and no standing order covers: {what}.",
        mend="A prescriber assesses this patient, or writes a standing order.",
    )
    return Gate("Order", words or "a prescriber's order for this patient is needed", (finding,))


def check_dates(since: date | None, until: date | None) -> None:
    if since and until and until < since:
        raise CredentialRefused("It ends before it begins. Check the years.")


def check_other(*, holder: int, by: int, what: str) -> None:
    if holder == by:
        raise CredentialRefused(f"Nobody {what}. Ask a colleague.")


def check_open_credential(credential: Credential) -> None:
    check_not_withdrawn(credential.withdrawn_at)
    if credential.is_verified:
        raise CredentialRefused("This was verified already.")


def check_not_withdrawn(withdrawn_at: datetime | None) -> None:
    if withdrawn_at is not None:
        raise CredentialRefused(f"This was withdrawn on {day(withdrawn_at)}.")


def known_scopes(asked: Iterable[str]) -> list[str]:
    """The areas in their fixed order; refuses none, and what is not known."""
    wanted, known = set(asked), scopes()
    if not wanted:
        raise CredentialRefused("Choose at least one area.")
    if strange := wanted - known.keys():
        raise CredentialRefused(f"No such area: {', '.join(sorted(strange))}.")
    return [code for code in known if code in wanted]


def check_supervisor(
    member: Member, supervisor: Member | None, *, rule: CosignRule, first: int | None
) -> None:
    if rule != CosignRule.NONE and supervisor is None:
        raise CredentialRefused("A co-signature needs a supervisor. Choose who co-signs.")
    if rule == CosignRule.FIRST and not first:
        raise CredentialRefused("How many treatments of each area are co-signed?")
    if supervisor is None:
        return
    if supervisor.pk == member.pk:
        raise CredentialRefused("Nobody supervises themself. Choose somebody else.")
    if not supervisor.may(Permission.COSIGN) or supervisor.clinic_id != member.clinic_id:
        raise CredentialRefused(f"{supervisor} is no supervisor here.")


def check_leave(member: Member, patient: Patient, *, reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise CredentialRefused(f"Give your reason in at least {SHORTEST_REASON} characters.")
    if member.clinic_id != patient.clinic_id:
        raise CredentialRefused("The patient belongs to another clinic.")
    if patient.member_id == member.pk:
        raise CredentialRefused("Nobody treats themself, with leave or without.")


def check_prescribes(member: Member, *, on: date) -> None:
    if not standing_of(member, on=on).prescribes(on):
        raise CredentialRefused(
            f"{member} has no verified licence in force that lets prescribe. Enter it on the team "
            "page, tick that it lets prescribe, and have somebody else verify it."
        )


def check_wished(profile: Profile, *, agreed: bool) -> None:
    if agreed and profile.wished_at is None:
        raise CredentialRefused(f"{profile.member} does not wish a public page.")
