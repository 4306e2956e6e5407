"""What the pages show of adverse events, guides and reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from glabella import facts
from glabella.clinic.patients.models import Patient
from glabella.clinic.safety import rules
from glabella.clinic.safety.forms import EventForm, SentForm
from glabella.clinic.safety.models import AdverseEvent, GuideRun, Listing, Report
from glabella.clinic.safety.reporting import case_of
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.points import Placed, placed
from glabella.clinic.treatments.preview import FindingRow, finding_row, point_name, product_name
from glabella.clinic.treatments.queries import record_svg, stored_plan
from glabella.face import Face


def events() -> QuerySet[AdverseEvent]:
    return AdverseEvent.objects.select_related(
        "patient__clinic", "treatment", "review", "by"
    ).prefetch_related("follow_ups", "causes", "points", "reports__sent")


def runs() -> QuerySet[GuideRun]:
    return GuideRun.objects.select_related(
        "patient", "treatment", "event", "by", "end__by"
    ).prefetch_related("done__by")


def reports() -> QuerySet[Report]:
    return Report.objects.select_related(
        "event__patient__clinic", "event__treatment", "event__by", "by", "checked_by", "sent__by"
    )


@dataclass(frozen=True, slots=True)
class EventRow:
    """An adverse event in a list."""

    id: int
    name: str
    onset: date
    day: int | None
    grade: str
    seriousness: str
    serious: bool
    outcome: str
    over: bool


def event_name(event: AdverseEvent) -> str:
    name = rules.event_names().get(event.event, event.event).partition(" (")[0]
    return name + (f", {event.side}" if event.side else "")


def grade_words(grade: int | None) -> str:
    names = {one.number: one.name.lower() for one in facts.load().events.grades}
    return f"grade {grade}, {names[grade]}" if grade else ""


def criteria_of(event: AdverseEvent) -> list[str]:
    """The reasons why an event is serious, those that came later with it."""
    told = {*event.criteria, *(code for one in event.follow_ups.all() for code in one.criteria)}
    return [one.name for one in facts.load().events.criteria if one.code in told]


def event_row(event: AdverseEvent) -> EventRow:
    follow_ups = list(event.follow_ups.all())
    reasons = criteria_of(event)
    treated = event.treatment.date if event.treatment else None
    return EventRow(
        id=event.pk,
        name=event_name(event),
        onset=event.onset,
        day=(event.onset - treated).days if treated else None,
        grade=grade_words(event.grade),
        seriousness=f"Serious: {', '.join(reasons).lower()}" if reasons else "Not serious",
        serious=bool(reasons),
        outcome=follow_ups[-1].get_outcome_display() if follow_ups else "No follow-up yet",
        over=rules.is_over([one.outcome for one in follow_ups]),
    )


def _marked(treatment: Treatment) -> list[tuple[int, Placed]]:
    rows = treatment.points.select_related("vial__opening", "vial__discard")
    return [(row.pk, placed(row)) for row in rows]


def point_choices(treatment: Treatment | None) -> list[tuple[int, str]]:
    """The points of a treatment by their keys, as they are ticked."""
    if treatment is None:
        return []
    return [(pk, _point_words(point)) for pk, point in _marked(treatment) if not point.region]


def _point_words(point: Placed) -> str:
    given = f"{point.units:g} U {product_name(point.product)}, lot {point.vial.lot}"
    return f"{point.number}: {point_name(point)}, {given}"


def face_svg(treatment: Treatment | None, *, title: str) -> str:
    """The face with the points that were given; empty where nothing was."""
    if treatment is None or not treatment.is_signed:
        return ""
    plan = stored_plan(treatment)
    face = Face.fit(plan.patient.sex, plan.patient.measures)
    return record_svg(face, tuple(point for _, point in _marked(treatment)), title=title)


def event_form(
    treatment: Treatment | None, sent: QueryDict | None, *, chosen: str, today: date
) -> EventForm:
    """The form of an event, empty or as just sent."""
    first = {"onset": today, "event": chosen, "origin": "visit"}
    return EventForm(sent, initial=first, points=point_choices(treatment))


def new_event_context(patient: Patient, treatment: Treatment | None) -> dict[str, Any]:
    keys = {} if treatment is None else {point.key: pk for pk, point in _marked(treatment)}
    return {
        "patient": patient,
        "treatment": treatment,
        "face_svg": face_svg(treatment, title="Tap the points that it may come from"),
        "keys": keys,
        "red_flags": [finding_row(flag) for flag in rules.red_flags()],
        "guides": [(key, one.name) for key, one in facts.load().guides.items() if one.urgent],
        "grades": facts.load().events.grades,
    }


def last_treatment(patient: Patient) -> Treatment | None:
    return patient.treatments.filter(state="signed").order_by("-date", "-id").first()


@dataclass(frozen=True, slots=True)
class FormChoice:
    """A public form, the report on it where there is one, and what it is for."""

    code: str
    name: str
    authority: str
    when: str
    source: str
    report: Report | None


@dataclass(frozen=True, slots=True)
class EventPage:
    """An adverse event with its course and what was done about it."""

    event: AdverseEvent
    row: EventRow
    alarms: list[FindingRow]
    points: list[str]
    lots: list[tuple[str, str, date]]
    face_svg: str
    certainties: dict[str, str]
    forms: list[FormChoice]
    guide: str
    guide_name: str
    runs: list[GuideRun]
    report_due: bool
    tell: str
    tell_source: str
    listed: bool
    normal: str


def event_page(event: AdverseEvent) -> EventPage:
    known = facts.load()
    row, case = event_row(event), case_of(event, today=timezone.localdate())
    named = set(event.points.values_list("point", flat=True))
    marked = _marked(event.treatment) if event.treatment and named else []
    made = {one.form: one for one in event.reports.all()}
    guide = rules.guide_for(event.event)
    lots = [(product_name(one.product), one.lot, one.expiry) for one in case.vials]
    day = row.day if row.day is not None else -1
    normal = known.safety.normal_on(day)
    return EventPage(
        event=event,
        row=row,
        alarms=[finding_row(one) for one in rules.alarms({event.event})],
        points=[f"{one.number}: {point_name(one)}" for pk, one in marked if pk in named],
        lots=list(dict.fromkeys(lots)),
        face_svg=_svg_of(event, [one for pk, one in marked if pk in named]),
        certainties={one.code: one.name for one in known.events.certainties},
        forms=[
            FormChoice(
                code,
                form.name,
                form.authority,
                form.when.value,
                known.sources[form.when.source].citation,
                made.get(code),
            )
            for code, form in known.reports.items()
        ],
        guide=guide,
        guide_name=known.guides[guide].name,
        runs=list(runs().filter(event=event)),
        report_due=row.serious and not any(hasattr(one, "sent") for one in made.values()),
        tell=known.events.tell.value,
        tell_source=known.sources[known.events.tell.source].citation,
        listed=event.listing == Listing.LISTED,
        normal=normal.value if normal else "",
    )


def _svg_of(event: AdverseEvent, points: list[Placed]) -> str:
    if not points or event.treatment is None:
        return ""
    plan = stored_plan(event.treatment)
    face = Face.fit(plan.patient.sex, plan.patient.measures)
    return record_svg(face, tuple(points), title="Points that it may come from")


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of a running guide: what it says, whether it is done, and when it is due."""

    step: rules.StepText
    due: rules.Due
    done_at: datetime | None
    done_by: str
    left_out: bool
    note: str
    next: bool


@dataclass(frozen=True, slots=True)
class GuidePage:
    run: GuideRun
    name: str
    gap: str
    urgent: bool
    steps: list[StepRow]
    done: int
    next: StepRow | None
    phone: str
    ended: bool


def guide_page(run: GuideRun) -> GuidePage:
    """A run as it stands for everybody who looks at it."""
    guide = facts.load().guides.get(run.guide)
    done = {one.step: one for one in run.done.all()}
    steps = rules.kept_steps(run.steps_json)
    started_on = timezone.localdate(run.started_at)
    first = next((one.code for one in steps if one.code not in done), "")
    rows = []
    for step in steps:
        answer = done.get(step.code)
        treated = run.treatment.date if run.treatment else None
        rows.append(
            StepRow(
                step,
                rules.due_of(step, started=run.started_at, treated=treated, today=started_on),
                answer.at if answer else None,
                answer.by.display_name if answer else "",
                answer.left_out if answer else False,
                answer.note if answer else "",
                step.code == first,
            )
        )
    return GuidePage(
        run=run,
        name=guide_name(run),
        gap=guide.gap if guide else "",
        urgent=guide.urgent if guide else False,
        steps=rows,
        done=len(done),
        next=next((row for row in rows if row.next), None),
        phone=run.patient.phone,
        ended=hasattr(run, "end"),
    )


def guides() -> list[tuple[str, str, bool, int]]:
    """All guides: key, name, whether urgent, and how many steps no source was read for."""
    return [
        (
            key,
            guide.name,
            guide.urgent,
            sum(not step.sourced for step in rules.step_texts(guide)),
        )
        for key, guide in facts.load().guides.items()
    ]


def events_of(treatment: Treatment) -> list[EventRow]:
    return [event_row(one) for one in events().filter(treatment=treatment)]


def open_runs(patient: Patient) -> list[GuideRun]:
    return list(patient.guide_runs.filter(end__isnull=True))


def guide_of(event: AdverseEvent) -> str:
    return rules.guide_for(event.event)


def sent_form() -> SentForm:
    return SentForm(initial={"date": timezone.localdate()})


def corrections_of(treatment: Treatment) -> list[Treatment]:
    """Touch-ups of a treatment that were signed."""
    found = Treatment.objects.filter(corrects__treatment=treatment, state="signed")
    return list(found.order_by("date", "id"))


def open_events(patient: Patient) -> list[EventRow]:
    told = patient.adverse_events.select_related("treatment").prefetch_related("follow_ups")
    rows = [event_row(one) for one in told]
    return [row for row in rows if not row.over]


def refusal(form: forms.BaseForm) -> str:
    """What a form without a page of its own was refused for."""
    return " ".join(str(error) for error in form.non_field_errors()) or "Choose a step."


def guide_name(run: GuideRun) -> str:
    guide = facts.load().guides.get(run.guide)
    return guide.name if guide else run.guide
