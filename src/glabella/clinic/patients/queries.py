"""What the pages show of patients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Max, Q
from django.http import QueryDict
from django.utils import timezone

from glabella import facts
from glabella.clinic.patients.forms import MeasuresForm, PatientForm
from glabella.clinic.patients.measures import AREA_NAMES, AREAS, UPPER_AREAS
from glabella.clinic.patients.models import MeasureSet, Patient
from glabella.clinic.people.models import Member
from glabella.clinic.records import of_clinic
from glabella.clinic.reviews.models import Review
from glabella.clinic.reviews.rules import first_day
from glabella.clinic.safety import queries as safety
from glabella.clinic.treatments.models import State, Treatment
from glabella.clinic.treatments.queries import WearOff, review_due, stored_forecast, wear_off
from glabella.units import Units, total

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class PatientRow:
    id: int
    name: str
    date_of_birth: date
    age_years: int
    sex: str
    last_treated: date | None
    history: int


def patient_page(clinic: int, *, words: str, number: str) -> Page[Any]:
    """Patients whose names, e-mail or phone hold every word."""
    found = of_clinic(Patient.objects.all(), clinic).annotate(
        last_treated=Max("treatments__date", filter=Q(treatments__state=State.SIGNED))
    )
    for word in words.split():
        found = found.filter(
            Q(given_name__icontains=word)
            | Q(family_name__icontains=word)
            | Q(email__icontains=word)
            | Q(phone__icontains=word)
        )
    # Said again because grouping for the annotation drops the order of the model.
    found = found.order_by("family_name", "given_name", "id")
    return Paginator(found, PAGE_SIZE).get_page(number)


def patient_rows(page: Page[Patient], *, today: date) -> list[PatientRow]:
    return [
        PatientRow(
            patient.pk,
            patient.name,
            patient.date_of_birth,
            patient.age_years(today),
            patient.get_sex_display(),
            getattr(patient, "last_treated", None),
            len(patient.conditions),
        )
        for patient in page
    ]


def bound_forms(patient: Patient, sent: QueryDict | None) -> tuple[PatientForm, MeasuresForm]:
    """The forms of a patient as stored, or as just sent."""
    last = patient.measure_sets.first()
    # The form may not write to the patient that it was made from: the action compares them.
    shown = Patient.objects.get(pk=patient.pk)
    about = PatientForm(sent, instance=shown, clinic=patient.clinic_id)
    return about, MeasuresForm(sent, instance=last)


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing on the timeline; `kind` chooses how it is shown."""

    kind: str
    date: date
    title: str
    text: str = ""
    url_name: str = ""
    url_id: int = 0
    tone: str = ""


@dataclass(frozen=True, slots=True)
class GradeLine:
    name: str
    maximum: int | None
    rest: int | None


def units_words(treatment: Treatment) -> str:
    """Units of a treatment, one sum for each product: "20 U Botox Cosmetic"."""
    sums: dict[str, list[Units]] = {}
    for point in treatment.points.all():
        product = point.vial.product
        sums.setdefault(product, []).append(Units(float(point.units), product))
    return ", ".join(
        f"{total(amounts, product).amount:g} U {facts.product(product).name}"
        for product, amounts in sums.items()
    )


def _areas(treatment: Treatment) -> str:
    areas = dict.fromkeys(point.area for point in treatment.points.all())
    return ", ".join(AREA_NAMES.get(area, "other points").lower() for area in areas)


def _treatment_moments(treatment: Treatment) -> list[Moment]:
    if not treatment.is_signed:
        text = f"Started by {treatment.injector.display_name}"
        return [
            Moment("draft", treatment.date, "Draft", text, "treatments:chart", treatment.pk, "note")
        ]
    what = f"{units_words(treatment)} – {_areas(treatment)}"
    title = "Touch-up" if treatment.corrects_id else "Treatment"
    moments = [Moment("treatment", treatment.date, title, what, "treatments:record", treatment.pk)]
    moments += [
        Moment(
            "addendum",
            timezone.localdate(addendum.at),
            "Addendum",
            f"{addendum.reason}: {addendum.text}",
            "treatments:record",
            treatment.pk,
        )
        for addendum in treatment.addenda.all()
    ]
    return moments + [_review_moment(review, treatment) for review in treatment.reviews.all()]


def _review_moment(review: Review, treatment: Treatment) -> Moment:
    day = (review.date - treatment.date).days
    events = len(review.adverse_events.all())
    said = f"{events} adverse event{'s' if events > 1 else ''}" if events else ""
    text = " – ".join(part for part in (said, review.note) if part)
    title = f"{review.get_kind_display()}, day {day}"
    tone = "warn" if events else ""
    return Moment("review", review.date, title, text, "reviews:review", review.pk, tone)


def _safety_moments(patient: Patient) -> list[Moment]:
    """Adverse events and guides that were run; an event of a review stands with the review too."""
    moments = [
        Moment(
            "event",
            event.onset,
            safety.event_name(event),
            safety.event_row(event).outcome,
            "safety:event",
            event.pk,
            "stop" if event.is_serious else "warn",
        )
        for event in patient.adverse_events.prefetch_related("follow_ups").select_related(
            "treatment"
        )
    ]
    return moments + [
        Moment(
            "guide",
            timezone.localdate(run.started_at),
            f"Guide: {safety.guide_name(run)}",
            "",
            "safety:guide",
            run.pk,
        )
        for run in patient.guide_runs.all()
    ]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What comes next for a patient."""

    treatment_id: int
    review_from: date
    review_due: date
    reviewed: bool
    too_early: bool
    wear_off: list[WearOff]


def upcoming(treatments: list[Treatment], *, today: date) -> Upcoming | None:
    """The review and wear-off of the last signed treatment."""
    last = next((treatment for treatment in treatments if treatment.is_signed), None)
    if last is None:
        return None
    review_from = last.date + timedelta(days=first_day())
    return Upcoming(
        treatment_id=last.pk,
        review_from=review_from,
        review_due=review_due(last),
        reviewed=any(review.kind == "review" for review in last.reviews.all()),
        too_early=today < review_from,
        wear_off=wear_off(stored_forecast(last)),
    )


def grade_lines(measures: MeasureSet | None) -> list[GradeLine]:
    """The graded areas; those of the upper face always, the others where something was seen."""
    if measures is None:
        return []
    lines = {
        area: GradeLine(
            AREA_NAMES[area], measures.grade(area, "maximum"), measures.grade(area, "rest")
        )
        for area in AREAS
    }
    return [
        line
        for area, line in lines.items()
        if area in UPPER_AREAS or line.maximum is not None or line.rest is not None
    ]


def timeline_context(patient: Patient, *, member: Member, today: date) -> dict[str, Any]:
    """A patient's story, latest first, and what comes next."""
    treatments = list(
        patient.treatments.select_related("injector").prefetch_related(
            "points__vial", "addenda", "reviews__adverse_events"
        )
    )
    moments = [moment for treatment in treatments for moment in _treatment_moments(treatment)]
    moments += _safety_moments(patient)
    measures = patient.measure_sets.first()
    known = facts.load().conditions
    return {
        "patient": patient,
        "age_years": patient.age_years(today),
        "moments": sorted(moments, key=lambda moment: moment.date, reverse=True),
        "upcoming": upcoming(treatments, today=today),
        "measures": measures,
        "grades": grade_lines(measures),
        "conditions": [known[code].name for code in patient.conditions if code in known],
        "own_record": patient.member_id == member.pk,
        "today": today,
    }
