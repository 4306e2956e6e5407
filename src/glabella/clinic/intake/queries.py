"""What the pages show of histories and screenings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from django.db.models import QuerySet
from django.utils import timezone

from glabella import facts
from glabella.clinic.intake import rules
from glabella.clinic.intake.answers import Answers, Confirmed, EarlierToxin, read
from glabella.clinic.intake.models import BeforePolicy, Intake, Invitation, Screening
from glabella.clinic.intake.questions import name_of, sections
from glabella.clinic.links.models import PatientLink
from glabella.clinic.patients.models import Patient
from glabella.plan.finding import Finding


def policy_of(clinic_id: int) -> BeforePolicy:
    """The clinic's own figures, or those it starts with."""
    return BeforePolicy.objects.filter(clinic=clinic_id).first() or BeforePolicy(
        clinic_id=clinic_id
    )


def screenings() -> QuerySet[Screening]:
    return Screening.objects.select_related("intake", "by")


def last_screening(patient: Patient, *, now: datetime) -> Screening | None:
    """The screening that counts at a moment: the last one until then."""
    return screenings().filter(intake__patient=patient, at__lte=now).first()


def last_intake(patient: Patient, *, now: datetime | None = None) -> Intake | None:
    told = patient.intakes.filter(filled_at__lte=now or timezone.now())
    return told.select_related("typed_by").first()


def confirmed_of(screening: Screening) -> dict[str, Confirmed]:
    found = msgspec.json.decode(screening.confirmed_json, type=list[Confirmed])
    return {one.code: one for one in found}


def kept(link: PatientLink) -> dict[str, str]:
    """What was typed before, in this history that is not sent yet."""
    invitation = Invitation.objects.filter(link=link).first()
    if invitation is None or not invitation.kept_json:
        return {}
    return msgspec.json.decode(invitation.kept_json, type=dict[str, str])


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer as told, and what a member made of it."""

    code: str
    question: str
    name: str
    answer: str
    words: str
    confirmed: Confirmed | None


@dataclass(frozen=True, slots=True)
class ProductRow:
    """What the label of one product says of this patient."""

    name: str
    tone: str
    said: list[tuple[str, str, str]]


def answer_rows(answers: Answers, confirmed: dict[str, Confirmed]) -> list[AnswerRow]:
    """Answers in the order of the questions."""
    questions = (question for section in sections() for question in section.questions)
    return [
        AnswerRow(
            question.code,
            question.text,
            name_of(question.code),
            one.answer,
            one.words,
            confirmed.get(question.code),
        )
        for question in questions
        if (one := answers.said.get(question.code))
    ]


def product_rows(conditions: list[str]) -> list[ProductRow]:
    rows = []
    for product_id, said in rules.by_product(conditions).items():
        tones = {severity for _, severity, _ in said}
        tone = "stop" if "stop" in tones else "warn" if tones else "ok"
        told = [(name_of(code), fact.value, fact.source) for code, _, fact in said]
        rows.append(ProductRow(facts.product(product_id).name, tone, told))
    return rows


def findings_of(
    patient: Patient, screening: Screening, *, on: date, by_label: bool
) -> list[Finding]:
    """What a screening says, whatever is planned; `by_label` adds what every label forbids."""
    answers = read(screening.intake.answers_json)
    confirmed = confirmed_of(screening)
    found = rules.age(patient.age_years(on)) if by_label else []
    found += rules.always_stops(patient.conditions) if by_label else []
    found += rules.cautions(patient.conditions)
    found += rules.appearance(answers, confirmed)
    return found + rules.earlier_within(answers.earlier, on=on)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A patient's histories: the last one with its answers, and the ones before."""

    intake: Intake | None
    screening: Screening | None
    open: bool
    stale: bool
    days: int
    heeded: list[AnswerRow]
    denied: list[AnswerRow]
    earlier: tuple[EarlierToxin, ...]
    wishes: str
    findings: list[Finding]
    products: list[ProductRow]
    versions: list[Intake]
    told: list[Screening]


def history_page(patient: Patient, *, now: datetime) -> HistoryPage:
    intake, screening = last_intake(patient, now=now), last_screening(patient, now=now)
    days = policy_of(patient.clinic_id).screening_days
    answers = read(intake.answers_json) if intake else Answers(said={})
    current = screening if screening and intake and screening.intake_id == intake.pk else None
    rows = answer_rows(answers, confirmed_of(current) if current else {})
    on = timezone.localdate(now)
    return HistoryPage(
        intake=intake,
        screening=screening,
        open=intake is not None and current is None,
        stale=current is not None and rules.is_stale(current.at, now=now, days=days),
        days=days,
        heeded=[row for row in rows if row.answer != "no"],
        denied=[row for row in rows if row.answer == "no"],
        earlier=answers.earlier,
        wishes=answers.wishes,
        findings=findings_of(patient, current, on=on, by_label=True) if current else [],
        products=product_rows(patient.conditions) if current else [],
        versions=list(patient.intakes.select_related("typed_by")),
        told=list(screenings().filter(intake__patient=patient)),
    )


def sourced(findings: list[Finding]) -> list[dict[str, Any]]:
    """Findings with their sources written out."""
    known = facts.load().sources
    return [
        msgspec.structs.asdict(one)
        | {"source_text": known[one.source].citation if one.source in known else ""}
        for one in findings
    ]
