"""What a check-in says to the patient, and what the clinic sees of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from glabella import facts
from glabella.clinic.followup import rules
from glabella.clinic.followup.models import (
    BookedVisit,
    CheckIn,
    CheckInAnswer,
    CheckInChoice,
    EffectSpan,
    FollowUpPolicy,
    VisitState,
)
from glabella.clinic.followup.reading import read_span
from glabella.clinic.outbox.queries import zone_of
from glabella.clinic.patients.measures import AREA_NAMES
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.records import of_clinic
from glabella.clinic.reviews.queries import Expected, expected
from glabella.clinic.reviews.rules import first_day
from glabella.clinic.tasks.queries import tasks_of_patient
from glabella.clinic.treatments.models import State, Treatment
from glabella.clinic.treatments.preview import product_name
from glabella.clinic.treatments.queries import review_due


def policy_of(clinic: Clinic) -> FollowUpPolicy:
    """What the clinic has chosen; the built-in policy where it has chosen nothing."""
    try:
        return clinic.follow_up_policy
    except FollowUpPolicy.DoesNotExist:
        return FollowUpPolicy(clinic=clinic)


def local(clinic: Clinic, moment: datetime) -> datetime:
    return moment.astimezone(zone_of(clinic))


def local_date(clinic: Clinic, moment: datetime) -> date:
    return local(clinic, moment).date()


def end_of(clinic: Clinic, day: date) -> datetime:
    """The last minute of a day where the clinic is."""
    return datetime.combine(day, time(23, 59), tzinfo=zone_of(clinic))


def wants_check_ins(patient: Patient) -> bool:
    last = CheckInChoice.objects.filter(patient=patient).last()
    return last is None or last.wanted


def not_before(patient_id: int) -> date | None:
    """The end of the label's interval, from the last toxin that a patient was given."""
    signed = Treatment.objects.filter(patient=patient_id, state=State.SIGNED)
    kept = EffectSpan.objects.filter(treatment__in=signed)
    ends = list(kept.values_list("not_before", flat=True))
    fresh = signed.exclude(pk__in=kept.values("treatment"))
    return max([*ends, *(read_span(one).not_before for one in fresh)], default=None)


def to_be_asked(clinic: Clinic, *, now: datetime) -> Iterator[tuple[Treatment, int]]:
    """Signed treatments and the days on which their patients are to be asked by now."""
    policy = policy_of(clinic)
    if not policy.check_ins:
        return
    today = local_date(clinic, now)
    since = today - timedelta(days=max(policy.check_in_days) + rules.LATE_DAYS)
    recent = of_clinic(Treatment.objects.select_related("patient__clinic"), clinic).filter(
        state=State.SIGNED, date__gte=since, date__lt=today
    )
    for treatment in recent.prefetch_related("check_ins"):
        known = {check_in.day for check_in in treatment.check_ins.all()}
        for day in policy.check_in_days:
            if day not in known and treatment.date + timedelta(days=day) <= today:
                yield treatment, day


def check_ins() -> QuerySet[CheckIn]:
    return CheckIn.objects.select_related(
        "treatment__patient__clinic", "treatment__injector", "message"
    ).prefetch_related("answers__by", "treatment__points")


def sign_words() -> dict[str, str]:
    return {sign.code: sign.words for sign in rules.SIGNS}


def answer_words(answer: CheckInAnswer) -> str:
    """An answer in one line: the red flags first."""
    flags, signs = rules.red_flag_words(), sign_words()
    told = [flags[code] for code in answer.red_flags] + [signs[code] for code in answer.signs]
    parts = ["; ".join(told), answer.get_how_display(), f"“{answer.words}”" if answer.words else ""]
    return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Course:
    """How long something that a patient noticed mostly lasts."""

    words: str
    lasts: str
    source: str


def courses(signs: list[str]) -> list[Course]:
    """What is known of how long these last; those of which nothing is known are left out."""
    known, sources, words = facts.load().safety.complications, facts.load().sources, sign_words()
    told = []
    for code in signs:
        lasts = known[code].lasts_days
        if lasts is None:
            continue
        low, high = (f"{day:g}" for day in lasts.value)
        span = f"up to {high} days" if low == "0" else f"{low} to {high} days"
        told.append(Course(words[code], span, sources[lasts.source].citation))
    return told


@dataclass(frozen=True, slots=True)
class CheckInPage:
    """What a patient reads on the page of a check-in."""

    check_in: CheckIn
    clinic: Clinic
    day: int
    treated: date
    normal: str
    normal_source: str
    too_early: bool
    judged_from: date
    review_wanted: bool
    review_due: date
    booked: datetime | None
    products: str
    lots: str
    care: str
    care_source: str
    flag_source: str
    answered: bool
    wants: bool


def _review_wanted(treatment: Treatment, day: int) -> bool:
    reviewed = treatment.reviews.filter(kind="review").exists()
    return day >= facts.load().safety.review_days.value and not reviewed


def _booked(patient: Patient, now: datetime) -> datetime | None:
    ahead = BookedVisit.objects.filter(
        patient=patient, state=VisitState.BOOKED, starts_at__gte=now
    ).first()
    return local(patient.clinic, ahead.starts_at) if ahead else None


def check_in_page(check_in: CheckIn, *, now: datetime) -> CheckInPage:
    treatment, safety = check_in.treatment, facts.load().safety
    clinic, sources = treatment.patient.clinic, facts.load().sources
    day = max((local_date(clinic, now) - treatment.date).days, 0)
    normal = safety.normal_on(day)
    care = safety.complications["distant-spread"].manage[0]
    vials = [point.vial for point in treatment.points.select_related("vial")]
    products = dict.fromkeys(product_name(vial.product) for vial in vials)
    return CheckInPage(
        check_in=check_in,
        clinic=clinic,
        day=day,
        treated=treatment.date,
        normal=normal.value if normal else "",
        normal_source=sources[normal.source].citation if normal else "",
        too_early=day < first_day(),
        judged_from=treatment.date + timedelta(days=first_day()),
        review_wanted=_review_wanted(treatment, day),
        review_due=review_due(treatment),
        booked=_booked(treatment.patient, now),
        products=", ".join(products),
        lots=", ".join(dict.fromkeys(vial.lot for vial in vials)),
        care=care.value,
        care_source=sources[care.source].citation,
        flag_source=sources[safety.red_flags[0].text.source].citation,
        answered=bool(check_in.answers.all()),
        wants=wants_check_ins(treatment.patient),
    )


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer as the clinic reads it."""

    at: datetime
    day: int
    via: str
    by: str
    how: str
    tone: str
    flags: list[str]
    signs: list[str]
    words: str


TONES = {"now": "stop", "soon": "warn", "": "ok"}


def answer_row(answer: CheckInAnswer) -> AnswerRow:
    flags, signs = rules.red_flag_words(), sign_words()
    treatment = answer.check_in.treatment
    return AnswerRow(
        at=answer.at,
        day=(local_date(treatment.patient.clinic, answer.at) - treatment.date).days,
        via=answer.get_via_display(),
        by=answer.by.display_name if answer.by else "",
        how=answer.get_how_display(),
        tone=TONES[rules.urgency(answer.red_flags, answer.signs, answer.how)],
        flags=[flags[code] for code in answer.red_flags],
        signs=[signs[code] for code in answer.signs],
        words=answer.words,
    )


def expected_on(treatment: Treatment, on: date) -> list[Expected]:
    """The forecast of the treated lines at full movement on a day."""
    areas = {point.area for point in treatment.points.all()}
    names = {f"{AREA_NAMES[area]}, at maximum" for area in areas if area in AREA_NAMES}
    return [one for one in expected(treatment, on=on, seen=None) if one.name in names]


@dataclass(frozen=True, slots=True)
class CheckInRow:
    """One check-in of a patient, with what was said."""

    id: int
    day: int
    due: date
    state: str
    tone: str
    answers: list[AnswerRow]
    expected: list[Expected]


def _state_of(check_in: CheckIn, answers: list[AnswerRow]) -> tuple[str, str]:
    if answers:
        return "answered", answers[-1].tone
    if check_in.not_asked:
        return f"not asked: {check_in.not_asked}", ""
    message = check_in.message
    if message is None or message.state in {"queued", "sending"}:
        return "to be called" if message and message.channel == "call" else "on its way", "note"
    if message.state == "sent":
        return "no answer yet", "note"
    return f"message {message.get_state_display().lower()}", "warn"


@dataclass(frozen=True, slots=True)
class PatientFollowUp:
    """The card of a patient's page: the check-ins of the last treatment, and what is booked."""

    rows: list[CheckInRow]
    booked: datetime | None
    wants: bool


def check_in_row(check_in: CheckIn) -> CheckInRow:
    answers = [answer_row(answer) for answer in check_in.answers.all()]
    state, tone = _state_of(check_in, answers)
    told = expected_on(check_in.treatment, check_in.due) if answers else []
    return CheckInRow(check_in.pk, check_in.day, check_in.due, state, tone, answers, told)


def patient_follow_up(patient: Patient) -> PatientFollowUp:
    """The check-ins of the last treatment that has any, latest first."""
    found = list(check_ins().filter(treatment__patient=patient).order_by("-due", "-id")[:16])
    last = [one for one in found if one.treatment_id == found[0].treatment_id]
    return PatientFollowUp(
        rows=[check_in_row(one) for one in last],
        booked=_booked(patient, timezone.now()),
        wants=wants_check_ins(patient),
    )


def follow_up_context(patient: Patient, *, member: Member, now: datetime) -> dict[str, object]:
    """What the patient's page shows of the follow-up: check-ins, what is booked, tasks."""
    tasks = tasks_of_patient(patient.pk, member=member, now=now)
    return {
        "follow_up": patient_follow_up(patient),
        "tasks": [task for task in tasks if task.done_at is None],
        "tasks_done": [task for task in tasks if task.done_at is not None],
    }
