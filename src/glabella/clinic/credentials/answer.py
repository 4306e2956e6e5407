"""One answer to "may this person do this to this patient today?", with every reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from glabella.clinic.credentials import rules
from glabella.clinic.credentials.experience import treatments_by_scope
from glabella.clinic.credentials.models import CosignRule, Leave, StandingOrder
from glabella.clinic.credentials.rules import Part
from glabella.clinic.credentials.scopes import scope_of, scope_words, scopes
from glabella.clinic.credentials.standing import Standing, standing_of
from glabella.clinic.gate import Gate
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.treatments.models import Treatment
from glabella.plan.finding import Finding


@dataclass(frozen=True, slots=True)
class Answer:
    """Every check with how it came out; `may` when nothing stops it."""

    member: Member
    on: date
    checks: tuple[Gate, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for check in self.checks for finding in check.findings)

    @property
    def stops(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "stop")

    @property
    def may(self) -> bool:
        return not self.stops

    @property
    def for_good(self) -> bool:
        """Whether no reason of the signer's goes past what stops it."""
        return any(finding.code in rules.NEVER_OVERRIDDEN for finding in self.stops)


def parts_of(treatment: Treatment) -> tuple[Part, ...]:
    """What a chart does, area by area and product by product."""
    units: dict[tuple[str, str], Decimal] = {}
    for point in treatment.points.select_related("vial"):
        key = (scope_of(point), point.vial.product)
        units[key] = units.get(key, Decimal(0)) + point.units
    return tuple(Part(scope, product, total) for (scope, product), total in units.items())


def in_force(clinic: int) -> list[StandingOrder]:
    orders = StandingOrder.objects.filter(clinic=clinic, withdrawn_at=None)
    return list(orders.select_related("signed_by"))


def _leaves(member: Member, patient: Patient | None, on: date) -> list[Leave]:
    if patient is None:
        return []
    return list(Leave.objects.filter(member=member, patient=patient, on=on).select_related("by"))


def answer(
    standing: Standing,
    patient: Patient | None,
    parts: Sequence[Part],
    *,
    on: date,
    orders: Sequence[StandingOrder],
    leaves: Sequence[Leave],
) -> Answer:
    """The checks in the order in which somebody would ask."""
    age = patient.age_years(on) if patient else None
    checks = (
        rules.account(standing),
        rules.oneself(standing, patient.member_id if patient else None),
        rules.licence(standing, on),
        rules.insurance(standing, on),
        rules.privileges(standing, parts, leaves, on),
        rules.supervision(standing, parts, on),
        rules.orders(standing, parts, orders, age=age, on=on),
    )
    return Answer(standing.member, on, checks)


def may_treat(
    member: Member, patient: Patient | None, parts: Iterable[Part], *, on: date
) -> Answer:
    """May this person do this to this patient on this day?"""
    asked = tuple(parts)
    standing = standing_of(member, on=on)
    missing = any(standing.privilege(part.scope, "", on) is None for part in asked)
    return answer(
        standing,
        patient,
        asked,
        on=on,
        orders=[] if standing.prescribes(on) else in_force(member.clinic_id),
        leaves=_leaves(member, patient, on) if missing else [],
    )


def may_prescribe(member: Member, *, on: date) -> bool:
    """Whether the member holds a licence that lets prescribe, and that counts on the day."""
    return standing_of(member, on=on).prescribes(on)


@dataclass(frozen=True, slots=True)
class Cosigner:
    """Who must co-sign, or nobody (None), and why."""

    member: Member | None
    reason: str


def cosigner_of(member: Member, areas: Iterable[str], on: date) -> Cosigner:
    """Who must co-sign what a member does in these areas (codes of `scope_of`)."""
    asked = set(areas)
    standing = standing_of(member, on=on)
    own, chief = standing.supervision, standing.supervisor
    if own is None or chief is None:
        return Cosigner(None, f"{member} has no supervisor.")
    watched = rules.supervised_scopes(standing, [Part(scope) for scope in asked], on)
    if watched:
        why = f"{member} treats this only under supervision: {scope_words(watched)}."
        return Cosigner(chief.member, why)
    if own.rule == CosignRule.ALWAYS:
        return Cosigner(chief.member, f"Every treatment by {member} is co-signed.")
    if own.rule == CosignRule.FIRST:
        return _first(standing, asked)
    return Cosigner(None, f"No rule asks for a co-signature of {member}.")


def _first(standing: Standing, asked: set[str]) -> Cosigner:
    """The first treatments of each area are co-signed, counted from the record."""
    own, chief = standing.supervision, standing.supervisor
    assert own is not None
    assert own.first is not None
    assert chief is not None
    done = treatments_by_scope(standing.member)
    few = {scope: done.get(scope, 0) for scope in asked if done.get(scope, 0) < own.first}
    if not few:
        return Cosigner(None, f"{standing.member} has signed {own.first} or more of each of these.")
    told = ", ".join(f"{scope_words([scope])} {number}" for scope, number in sorted(few.items()))
    return Cosigner(
        chief.member,
        f"The first {own.first} treatments of each area are co-signed; signed so far: {told}.",
    )


def injector_gate(treatment: Treatment, *, on: date) -> tuple[Answer, str]:
    """The answer for a chart as it stands, with the words of its gate."""
    found = may_treat(treatment.injector, treatment.patient, parts_of(treatment), on=on)
    held = {check.name: check.words for check in found.checks}
    return found, f"{treatment.injector}: {held['Licence']}; {held['Insurance']}."


def all_parts() -> tuple[Part, ...]:
    return tuple(Part(code) for code in scopes())
