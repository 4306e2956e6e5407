"""What a report says: the fields of a public form, filled from the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from glabella import facts
from glabella.clinic.patients.measures import AREA_NAMES
from glabella.clinic.patients.models import Patient
from glabella.clinic.safety import rules
from glabella.clinic.safety.models import AdverseEvent, FollowUp, Outcome, Report
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.models import ChartPoint
from glabella.facts.vigilance import Filler, FormField, ReportForm
from glabella.units import Units, total

ROUTES = {
    "muscle": "intramuscular injection",
    "dermis": "intradermal injection",
    "bone": "injection onto the bone",
}


@dataclass(frozen=True, slots=True)
class Case:
    """An event with all that a form may ask of it; `points` are those that count for it."""

    event: AdverseEvent
    patient: Patient
    points: tuple[ChartPoint, ...]
    vials: tuple[Vial, ...]
    follow_ups: tuple[FollowUp, ...]
    today: date

    @property
    def criteria(self) -> list[str]:
        """Reasons why it is serious, from the event and what came later."""
        told = {*self.event.criteria, *(code for one in self.follow_ups for code in one.criteria)}
        return [one.code for one in facts.load().events.criteria if one.code in told]


def case_of(event: AdverseEvent, *, today: date) -> Case:
    """The case of an event: the whole treatment counts where no point was named."""
    named = set(event.points.values_list("point", flat=True))
    points = event.treatment.points.select_related("vial") if event.treatment else []
    return Case(
        event=event,
        patient=event.patient,
        points=tuple(point for point in points if not named or point.pk in named),
        vials=tuple(one.vial for one in event.vials.select_related("vial")),
        follow_ups=tuple(event.follow_ups.all()),
        today=today,
    )


def initials(patient: Patient) -> str:
    return f"{patient.given_name[:1]}.{patient.family_name[:1]}.".upper()


def _by_product(case: Case) -> dict[str, list[ChartPoint]]:
    groups: dict[str, list[ChartPoint]] = {}
    for point in case.points:
        groups.setdefault(point.vial.product, []).append(point)
    return groups


def _dose(case: Case) -> str:
    told = []
    for product, points in _by_product(case).items():
        name = facts.product(product).name
        amount = total([Units(float(one.units), product) for one in points], product).amount
        count = f"{len(points)} point{'s' if len(points) > 1 else ''}"
        told.append(f"{amount:g} U {name} in {count}, once")
    return "; ".join(told)


def _products(case: Case) -> str:
    return "; ".join(
        dict.fromkeys(
            f"{facts.product(vial.product).name} ({facts.product(vial.product).generic}), "
            f"{float(vial.vial_units):g} U vial"
            for vial in case.vials
        )
    )


def _areas(case: Case) -> str:
    areas = dict.fromkeys(point.area for point in case.points)
    return ", ".join(AREA_NAMES.get(area, "other points").lower() for area in areas)


def _last(case: Case) -> FollowUp | None:
    return case.follow_ups[-1] if case.follow_ups else None


def _ended(case: Case) -> str:
    gone = (one.date for one in case.follow_ups if one.outcome == Outcome.RECOVERED)
    day = next(gone, None)
    return day.isoformat() if day else ""


def narrative_of(case: Case) -> str:
    """The event in sentences, without a name: what, when, how it went on."""
    event = case.event
    name = rules.event_names()[event.event].partition(" (")[0]
    side = f", {event.side} side" if event.side else ""
    told = [f"{name}{side}, beginning on {event.onset.isoformat()}"]
    if event.treatment:
        day = (event.onset - event.treatment.date).days
        told[0] += f", {day} day{'' if day == 1 else 's'} after {_dose(case)} ({_areas(case)})"
    told[0] += "."
    if event.grade:
        known = {one.number: one.name.lower() for one in facts.load().events.grades}
        told.append(f"Severity: grade {event.grade}, {known[event.grade]}.")
    told += [event.description, f"Treatment: {event.management}" if event.management else ""]
    for one in case.follow_ups:
        done = f" Treatment: {one.management}" if one.management else ""
        told.append(
            f"{one.date.isoformat()}: {one.get_outcome_display().lower()}. {one.text}{done}"
        )
    if last := event.causes.last():
        sure = {one.code: one.name.lower() for one in facts.load().events.certainties}
        held = f"{last.get_cause_display().lower()}, {sure.get(last.certainty, last.certainty)}"
        told.append(f"The clinic's view of the cause: {held}.")
    return "\n".join(one for one in told if one)


def _criteria(case: Case) -> str:
    names = {one.code: one.name for one in facts.load().events.criteria}
    return "; ".join(names[code] for code in case.criteria)


def _reporter(case: Case) -> str:
    by = case.event.by
    clinic = case.patient.clinic.name
    return f"{by.display_name}, {by.role_words}, {clinic}" if by else clinic


def _history(case: Case) -> str:
    known = facts.load().conditions
    told = [known[code].name for code in case.patient.conditions if code in known]
    told += [f"Allergies: {case.patient.allergies}"] if case.patient.allergies else []
    return "; ".join(told)


def _outcome(case: Case) -> str:
    last = _last(case)
    return last.get_outcome_display() if last else Outcome.CONTINUING.label


def _management(case: Case) -> str:
    told = [case.event.management, *(one.management for one in case.follow_ups)]
    return "; ".join(one for one in told if one)


FILLERS: dict[Filler, Callable[[Case], str]] = {
    "patient_code": lambda case: initials(case.patient),
    "local_id": lambda case: f"G-{case.patient.pk}",
    "age": lambda case: f"{case.patient.age_years(case.event.onset)} years",
    "sex": lambda case: case.patient.get_sex_display(),
    "event_and_problem": lambda case: "Adverse event",
    "outcome_criteria": _criteria,
    "onset": lambda case: case.event.onset.isoformat(),
    "report_date": lambda case: case.today.isoformat(),
    "narrative": narrative_of,
    "history": _history,
    "product": _products,
    "dose": _dose,
    "route": lambda case: ", ".join(dict.fromkeys(ROUTES[one.depth] for one in case.points)),
    "given_on": lambda case: case.event.treatment.date.isoformat() if case.event.treatment else "",
    "reason": _areas,
    "lot": lambda case: "; ".join(dict.fromkeys(one.lot for one in case.vials)),
    "expiry": lambda case: "; ".join(dict.fromkeys(one.expiry.isoformat() for one in case.vials)),
    "reporter": _reporter,
    "reaction_ended": _ended,
    "outcome": _outcome,
    "is_serious": lambda case: "Yes" if case.criteria else "No",
    "treatment_of_event": _management,
    "drug_role": lambda case: "suspect",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A field of a form with what stands in it, and where that came from."""

    code: str
    name: str
    value: str
    needed: bool
    typed: bool

    @property
    def missing(self) -> bool:
        return self.needed and not self.value.strip()


@dataclass(frozen=True, slots=True)
class FilledSection:
    code: str
    name: str
    source: str
    fields: tuple[Filled, ...]


@dataclass(frozen=True, slots=True)
class FilledReport:
    """A report as it stands: its form, its fields, and what a form needs that is empty."""

    report: Report
    form: ReportForm
    sections: tuple[FilledSection, ...]

    @property
    def fields(self) -> Iterator[Filled]:
        return (field for section in self.sections for field in section.fields)

    @property
    def missing(self) -> list[str]:
        return [field.name for field in self.fields if field.missing]

    @property
    def empty(self) -> list[str]:
        """Fields that the form does not insist on."""
        return [one.name for one in self.fields if not one.needed and not one.value.strip()]


def field_key(section: str, field: str) -> str:
    """The name of a field within its form, as it is typed and stored."""
    return f"{section}-{field}".replace(".", "_")


def _filled(section: str, field: FormField, case: Case, typed: dict[str, str]) -> Filled:
    key = field_key(section, field.code)
    filler = FILLERS.get(field.filler)
    own = typed.get(key)
    value = own if own is not None else filler(case) if filler else ""
    return Filled(key, field.name, value, field.needed, own is not None)


def fill(report: Report, *, today: date) -> FilledReport:
    """A report with each field of its form: what was typed, or else what the record has."""
    known = facts.load()
    form, case = known.reports[report.form], case_of(report.event, today=today)
    sections = tuple(
        FilledSection(
            section.code,
            section.name.value,
            known.sources[section.name.source].citation,
            tuple(_filled(section.code, field, case, report.typed) for field in section.fields),
        )
        for section in form.sections
    )
    return FilledReport(report, form, sections)


def as_json(filled: FilledReport, case: Case) -> dict[str, Any]:
    """A report as data: each field with its code, and the seriousness in words of exchange."""
    words = {one.code: one.exchange for one in facts.load().events.criteria}
    sections = zip(filled.form.sections, filled.sections, strict=True)
    return {
        "form": filled.report.form,
        "name": filled.form.name,
        "authority": filled.form.authority,
        "facts": facts.load().digest,
        "sections": [
            {
                "code": asked.code,
                "name": told.name,
                "fields": [
                    {"code": field.code, "name": field.name, "value": one.value or None}
                    for field, one in zip(asked.fields, told.fields, strict=True)
                ],
            }
            for asked, told in sections
        ],
        "seriousness": [words[code] for code in case.criteria],
        "missing": filled.missing,
        "empty": filled.empty,
    }
