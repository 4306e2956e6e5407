"""What the team's pages show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone

from glabella.clinic.audit.queries import EventRow, trail_of
from glabella.clinic.credentials import rules
from glabella.clinic.credentials.answer import Answer, answer, may_treat, parts_of
from glabella.clinic.credentials.endings import endings_of
from glabella.clinic.credentials.experience import experience_of
from glabella.clinic.credentials.files import ENDINGS
from glabella.clinic.credentials.forms import (
    LeaveForm,
    QuestionForm,
    RolesForm,
    SupervisionForm,
    VerifyForm,
    WhyForm,
)
from glabella.clinic.credentials.models import (
    Credential,
    CredentialKind,
    Evidence,
    NumberShown,
    Privilege,
    Profile,
    StandingOrder,
    Supervision,
)
from glabella.clinic.credentials.numbers import REGISTERS
from glabella.clinic.credentials.rules import Part
from glabella.clinic.credentials.scopes import (
    Scope,
    product_name,
    scope_words,
    scopes,
)
from glabella.clinic.credentials.standing import standings_of
from glabella.clinic.gate import Gate
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.people.policy import PolicyForm
from glabella.clinic.records import of_clinic
from glabella.clinic.treatments.models import Treatment


def members() -> QuerySet[Member]:
    return Member.objects.select_related("clinic", "user")


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member on the team's list, with today's answer for those who inject."""

    member: Member
    answer: Answer | None

    @property
    def papers(self) -> list[Gate]:
        """The licence and the insurance, as the list shows them."""
        checks = self.answer.checks if self.answer else ()
        return [check for check in checks if check.name in ("Licence", "Insurance")]

    @property
    def tone(self) -> str:
        if self.answer is None:
            return ""
        if not self.answer.may:
            return "stop"
        warned = any(one.severity == "warn" for one in self.answer.findings)
        return "warn" if warned else "ok"

    @property
    def words(self) -> str:
        tones = {
            "": "does not inject",
            "ok": "may treat",
            "warn": "may treat, look",
            "stop": "may not treat",
        }
        return tones[self.tone]


def team_context(member: Member, *, on: date) -> dict[str, Any]:
    """Everybody at the clinic, how they stand today, and what ends soon."""
    everybody = list(of_clinic(members(), member.clinic_id))
    standings = standings_of(everybody, on=on)
    rows = []
    for one in everybody:
        said = None
        if one.may(Permission.SIGN):
            said = answer(standings[one.pk], None, (), on=on, orders=(), leaves=())
        rows.append(MemberRow(one, said))
    return {
        "rows": [row for row in rows if row.member.is_open],
        "closed": [row.member for row in rows if not row.member.is_open],
        "endings": endings_of(member.clinic, on=on),
    }


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """A paper with its state, and the forms that verify or withdraw it."""

    credential: Credential
    state: str
    tone: str
    register: str
    checked: str
    verify: VerifyForm | None
    withdraw: WhyForm


def _state(one: Credential, on: date) -> tuple[str, str]:
    if one.withdrawn_at:
        return f"withdrawn on {rules.day(one.withdrawn_at)}", ""
    if one.until and one.until < on:
        return "lapsed", "stop"
    if one.since and one.since > on:
        return f"from {rules.day(one.since)}", "note"
    if not one.is_verified:
        return "not verified", "warn"
    return ("ends soon", "warn") if rules.ends_soon(one.until, on) else ("in force", "ok")


def _credential_row(one: Credential, *, by: Member, on: date) -> CredentialRow:
    state, tone = _state(one, on)
    register = REGISTERS.get(one.register)
    open_still = not one.withdrawn_at and not one.is_verified
    may_verify = by.may(Permission.VERIFY_CREDENTIALS) and by.pk != one.member_id
    return CredentialRow(
        one,
        state,
        tone,
        register.name if register else "",
        register.checked if register else "",
        VerifyForm(auto_id=f"verify-{one.pk}-%s") if open_still and may_verify else None,
        WhyForm(auto_id=f"withdraw-{one.pk}-%s"),
    )


@dataclass(frozen=True, slots=True)
class PrivilegeRow:
    privilege: Privilege
    scope: Scope | None
    holds: bool
    ends_soon: bool
    withdraw: WhyForm


def _privilege_rows(member: Member, on: date) -> list[PrivilegeRow]:
    known = scopes()
    order = list(known)
    rows = Privilege.objects.filter(member=member).select_related("granted_by", "withdrawn_by")
    return [
        PrivilegeRow(
            one,
            known.get(one.scope),
            one.holds(on),
            rules.ends_soon(one.until, on),
            WhyForm(auto_id=f"privilege-{one.pk}-%s"),
        )
        for one in sorted(
            rows, key=lambda row: (order.index(row.scope) if row.scope in known else 99, -row.pk)
        )
    ]


def _supervision(member: Member, on: date) -> Supervision | None:
    rows = Supervision.objects.filter(member=member, since__lte=on)
    return rows.select_related("supervisor", "by").first()


def _credentials(member: Member) -> QuerySet[Credential]:
    light = Evidence.objects.defer("content")
    rows = Credential.objects.filter(member=member).select_related(
        "verified_by", "entered_by", "withdrawn_by"
    )
    return rows.prefetch_related(Prefetch("evidence", light))


def member_context(member: Member, *, by: Member, on: date) -> dict[str, Any]:
    """Everything on file about a member, for their page."""
    kinds = CredentialKind.values
    known = sorted(_credentials(member), key=lambda one: kinds.index(one.kind))
    rows = [_credential_row(one, by=by, on=on) for one in known]
    injects = member.may(Permission.SIGN)
    privileges = _privilege_rows(member, on)
    return {
        "person": member,
        "answer": may_treat(member, None, (), on=on) if injects or not member.is_open else None,
        "papers": [row for row in rows if not row.credential.withdrawn_at],
        "old_papers": [row for row in rows if row.credential.withdrawn_at],
        "privileges": [row for row in privileges if row.holds],
        "old_privileges": [row for row in privileges if not row.holds],
        "supervision": _supervision(member, on),
        "experience": experience_of(member),
        "history": history_of(member),
        "profile": Profile.objects.filter(member=member).first(),
        "roles_form": RolesForm(initial={"roles": member.roles}, auto_id="roles-%s"),
        "close_form": WhyForm(auto_id="close-%s"),
        "is_self": member.pk == by.pk,
        "kinds": CredentialKind.choices,
    }


def history_of(member: Member) -> list[EventRow]:
    """What was done to a member's account, papers and privileges, latest first."""
    return trail_of(member)[::-1]


def orders() -> QuerySet[StandingOrder]:
    return StandingOrder.objects.select_related("signed_by", "withdrawn_by", "previous")


@dataclass(frozen=True, slots=True)
class OrderRow:
    order: StandingOrder
    product: str
    areas: str
    state: str
    tone: str


def order_row(order: StandingOrder, *, on: date) -> OrderRow:
    if order.withdrawn_at:
        state, tone = order.withdrawn_why, ""
    elif order.until < on:
        state, tone = "ended", "stop"
    elif order.since > on:
        state, tone = f"from {rules.day(order.since)}", "note"
    else:
        soon = rules.ends_soon(order.until, on)
        state, tone = ("ends soon", "warn") if soon else ("in force", "ok")
    return OrderRow(order, product_name(order.product), scope_words(order.scopes), state, tone)


def order_rows(clinic: int, *, on: date) -> list[OrderRow]:
    return [order_row(one, on=on) for one in of_clinic(orders(), clinic)]


def order_values(order: StandingOrder) -> dict[str, Any]:
    """An order as the form of its next version begins."""
    names = ("title", "product", "max_units", "min_age", "max_age", "conditions")
    return {name: getattr(order, name) for name in names} | {"areas": order.scopes}


def supervision_form(member: Member, sent: QueryDict | None) -> SupervisionForm:
    now = _supervision(member, timezone.localdate())
    initial = {"supervisor": now.supervisor_id, "rule": now.rule, "first": now.first} if now else {}
    return SupervisionForm(sent, member=member, initial=initial)


def _asked_by(treatment: Treatment | None, sent: QueryDict) -> QueryDict | dict[str, Any] | None:
    """What the form asks: a chart's own question, or what was chosen on the page."""
    if treatment is None:
        return sent if "member" in sent else None
    parts = parts_of(treatment)
    return {
        "member": treatment.injector_id,
        "patient": treatment.patient_id,
        "on": treatment.date,
        "areas": [part.scope for part in parts],
        "product": parts[0].product if len({part.product for part in parts}) == 1 else "",
    }


def question_context(
    member: Member, sent: QueryDict, *, treatment: Treatment | None, today: date
) -> dict[str, Any]:
    """May they treat? The answer with every reason, and leave where a supervisor may give it."""
    clinic = member.clinic_id
    form = QuestionForm(_asked_by(treatment, sent), clinic=clinic, today=today)
    told = _answered(form, treatment)
    return {
        "form": form,
        "answer": told,
        "areas": scope_words(form.cleaned_data["areas"]) if told else "",
        "leave_form": _leave_form(told, form, by=member) if told else None,
    }


def _answered(form: QuestionForm, treatment: Treatment | None) -> Answer | None:
    if not form.is_bound or not form.is_valid():
        return None
    asked = form.cleaned_data
    product = asked["product"]
    parts: Iterable[Part] = [Part(code, product) for code in asked["areas"]]
    if treatment is not None:
        parts = parts_of(treatment)
    return may_treat(asked["member"], asked["patient"], parts, on=asked["on"])


def _leave_form(told: Answer, form: QuestionForm, *, by: Member) -> LeaveForm | None:
    asked = form.cleaned_data
    missing = any(one.code == "no-privilege" for one in told.stops)
    able = by.may(Permission.COSIGN) and by.pk != told.member.pk
    today = told.on == timezone.localdate()
    if not (missing and able and today and asked["patient"]):
        return None
    initial = {"member": told.member.pk, "patient": asked["patient"].pk, "areas": asked["areas"]}
    return LeaveForm(initial=initial, clinic=by.clinic_id, auto_id="leave-%s")


def question_url(sent: QueryDict) -> str:
    """The page of the question to which leave was the answer."""
    query = QueryDict(mutable=True)
    for name in ("member", "patient"):
        query[name] = sent.get(name, "")
    query.setlist("areas", sent.getlist("areas"))
    query["on"] = timezone.localdate().isoformat()
    return f"{reverse('credentials:may-treat')}?{query.urlencode()}"


def evidence_response(kept: Evidence) -> HttpResponse:
    """A file to be saved under a plain name; no browser runs or guesses at what is in it."""
    response = HttpResponse(bytes(kept.content), content_type=kept.kind)
    name = f"evidence-{kept.pk}.{ENDINGS[kept.kind]}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def policy_history(clinic: Clinic) -> list[EventRow]:
    """Each change of the policy, latest first."""
    return [one for one in trail_of(clinic)[::-1] if one.action == "policy changed"]


def changed_words(form: PolicyForm, changed: list[str]) -> str:
    if not changed:
        return "Nothing was changed."
    labels = [str(form.fields[name].label or name) for name in changed]
    return f"Changed: {'; '.join(labels)}."


def profile_values(profile: Profile | None) -> dict[str, Any]:
    if profile is None:
        return {"number_shown": NumberShown.WHOLE}
    names = ("words", "number_shown", "indexed")
    return {name: getattr(profile, name) for name in names} | {
        "wished": profile.wished_at is not None
    }
