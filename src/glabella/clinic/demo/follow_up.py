"""The follow-up of the demo clinic: check-ins, a recall list with life in it, an outbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from glabella.clinic.demo.cast import DemoPatient, DemoVial, days, lines
from glabella.clinic.followup import actions
from glabella.clinic.followup.models import CheckIn
from glabella.clinic.outbox.carriers import Letter, NotSent
from glabella.clinic.outbox.models import Message
from glabella.clinic.outbox.sending import send_one
from glabella.clinic.patients.actions import edit_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.tasks.actions import add_task, finish_task
from glabella.clinic.treatments.models import Treatment

Cast = dict[str, Member]
# Treats a patient with 20 U in the glabella some days ago.
Treats = Callable[[DemoPatient | Patient, DemoVial, datetime], Treatment]
CHECK_INS = (1, 3, 7, 14)


@dataclass(frozen=True, slots=True)
class Story:
    """A patient of the follow-up: treated so long ago, and what was done since."""

    family_name: str
    ago: int
    step: str = ""
    reason: str = ""
    before: int = 0


STORIES = (
    Story("Nine", 3),
    Story("Ten", 150, "no-answer"),
    Story("Eleven", 165, "booked"),
    Story("Twelve", 170, "not-now", "On a long journey, wants to be asked when she is back."),
    Story("Thirteen", 180, "lost", "Has moved to another town."),
    Story("Fourteen", 320),
    Story("Fifteen", 140, "missed"),
    # Came back in time.
    Story("Sixteen", 70, before=200),
)


def _carried(letter: Letter) -> None:
    """Nothing leaves the demo; who has no real mailbox is refused, as a server would."""
    if "typing-error" in letter.to:
        raise NotSent(
            "The mail server refused it (550 no such mailbox). Check the address on the "
            "patient's page.",
            again=False,
        )


def _send(message: Message | None, at: datetime) -> None:
    if message is not None and message.channel != "call":
        send_one(message, now=at, carriers={"email": _carried, "text": _carried})


def _ask(treatment: Treatment, now: datetime) -> dict[int, CheckIn]:
    """The check-ins of a treatment, each asked on its day."""
    asked = {}
    for day in CHECK_INS:
        at = now - (timezone.localdate(now) - treatment.date) + timedelta(days=day)
        if at <= now:
            asked[day] = actions.ask(treatment=treatment, day=day, days=CHECK_INS, by=None, at=at)
            _send(asked[day].message, at)
    return asked


def _reached_by(patient: Patient, by: Member, **contact: str) -> None:
    about = {"date_of_birth": patient.date_of_birth, **contact}
    edit_patient(patient=patient, about=about, measures={}, by=by)


def _step(story: Story, treatment: Treatment, cast: Cast, now: datetime) -> None:
    by, patient, when = cast["assistant"], treatment.patient, now + timedelta(days=3)
    if story.step in {"booked", "missed"}:
        missed = story.step == "missed"
        booked_at = now - timedelta(days=9)
        visit = actions.book_visit(
            patient=patient,
            starts_at=(now - timedelta(days=2)) if missed else when,
            minutes=30,
            what="Treatment",
            member=cast["injector"],
            treatment=treatment,
            by=by,
            at=booked_at,
        )
        if missed:
            actions.settle_visit(visit=visit, state="missed", by=by, at=now - timedelta(days=1))
    elif story.step:
        actions.add_step(
            treatment=treatment,
            kind=story.step,
            reason=story.reason,
            until=timezone.localdate(now) + timedelta(days=60),
            by=by,
            at=now - timedelta(days=4),
        )


def _vial(name: str, ago: int) -> DemoVial:
    """The vial of a treatment so long ago."""
    lot, opened = f"DEMO-F{ago:03}", days(ago + 0.1)
    return DemoVial(name, "botox-cosmetic", 50, lot, days(120), days(ago + 5), opened, "1.25")


def _tell_one(story: Story, treats: Treats, cast: Cast, now: datetime) -> Treatment:
    name = story.family_name.lower()
    contact = {"email": f"demo-patient-{name}@example.org", "phone": "01632 960002"}
    who: DemoPatient | Patient = DemoPatient(
        story.family_name, "female", 44, lines("31", "21", "20"), contact
    )
    if story.before:
        first = treats(who, _vial(name, story.before), now - timedelta(days=story.before))
        who = first.patient
    treatment = treats(who, _vial(name, story.ago), now - timedelta(days=story.ago))
    _step(story, treatment, cast, now)
    return treatment


def _answers(treatment: Treatment, now: datetime) -> None:
    """A red flag on day 3, after a quiet first day."""
    asked = _ask(treatment, now)
    told = timedelta(hours=2)
    actions.answer_check_in(check_in=asked[1], how="good", by=None, at=asked[1].made_at + told)
    actions.answer_check_in(
        check_in=asked[3],
        how="worried",
        red_flags=["double-vision"],
        words="Since this morning, when I look to the right.",
        by=None,
        at=now,
    )


def tell_follow_up(cast: Cast, now: datetime, treats: Treats) -> None:
    """Add the follow-up to a demo clinic whose treatments are signed."""
    told = [_tell_one(story, treats, cast, now) for story in STORIES]
    _answers(told[0], now)
    by = cast["assistant"]
    two = Patient.objects.get(given_name="Demo Patient", family_name="Two", clinic=by.clinic)
    _reached_by(two, cast["injector"], email="demo-patient-two@example.org")
    asked = _ask(two.treatments.get(), now)
    for day, signs in ((1, ["bruising"]), (3, []), (7, ["spock-brow"])):
        at = asked[day].made_at + timedelta(hours=3)
        actions.answer_check_in(check_in=asked[day], how="good", signs=signs, by=None, at=at)
    four = Patient.objects.get(given_name="Demo Patient", family_name="Four", clinic=by.clinic)
    _reached_by(four, cast["injector"], email="demo-patient-four@typing-error.example.org")
    _send(actions.invite(treatment=four.treatments.get(), by=by, at=now), now)
    three = Patient.objects.get(given_name="Demo Patient", family_name="Three", clinic=by.clinic)
    _reached_by(three, cast["injector"], phone="01632 960003")
    _ask(three.treatments.get(), now)
    today = timezone.localdate(now)
    add_task(title="Order needles, 32 G", due=today, urgency="routine", by=by, at=now)
    done = add_task(title="Send the photo consent form", due=today, urgency="soon", by=by, at=now)
    finish_task(task=done, outcome="Done", by=by, at=now)
    for treatment in Treatment.objects.filter(patient__clinic=by.clinic, state="signed"):
        actions.keep_span(treatment=treatment, by=None)
