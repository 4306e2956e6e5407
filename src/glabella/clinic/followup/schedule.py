"""What is done by itself: asking, reminding, settling, sending.

Each part looks at what is there and does what is missing, so that running it twice, or after a week
of silence, does nothing twice and sends nothing that has grown stale.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from glabella.clinic.followup import actions, queries, recall
from glabella.clinic.followup.models import BookedVisit, VisitState
from glabella.clinic.outbox.sending import Sent, send_waiting
from glabella.clinic.people.models import Clinic
from glabella.clinic.records import of_clinic
from glabella.clinic.treatments.models import State, Treatment


@dataclass(slots=True)
class Round:
    """What one round of the follow-up did."""

    asked: int = 0
    passed: int = 0
    reminded: int = 0
    settled: int = 0
    read: int = 0
    sent: Sent = field(default_factory=Sent)

    def words(self) -> str:
        return (
            f"{self.asked} check-ins asked, {self.passed} not; {self.reminded} visits reminded of, "
            f"{self.settled} settled; {self.read} treatments read for the recall list; "
            f"messages: {self.sent.sent} sent, {self.sent.failed} not, "
            f"{self.sent.unsure} perhaps, {self.sent.stale} too late."
        )


def _ask(clinic: Clinic, told: Round, now: datetime) -> None:
    days = queries.policy_of(clinic).check_in_days
    for treatment, day in queries.to_be_asked(clinic, now=now):
        asked = actions.ask(treatment=treatment, day=day, days=days, by=None, at=now)
        told.passed += bool(asked.not_asked)
        told.asked += not asked.not_asked


def _remind(clinic: Clinic, told: Round, now: datetime) -> None:
    """Remind of the visits of tomorrow."""
    tomorrow = queries.local_date(clinic, now) + timedelta(days=1)
    ahead = of_clinic(BookedVisit.objects.select_related("patient__clinic"), clinic).filter(
        state=VisitState.BOOKED,
        reminded_at__isnull=True,
        starts_at__range=(now, now + timedelta(days=2)),
        # Who booked today knows.
        made_at__lt=now - timedelta(hours=12),
    )
    for visit in ahead:
        if queries.local_date(clinic, visit.starts_at) == tomorrow:
            told.reminded += actions.remind(visit=visit, by=None, at=now)


def _settle(clinic: Clinic, told: Round, now: datetime) -> None:
    """Patients who were treated on the day of their visit have come."""
    past = BookedVisit.objects.filter(
        patient__clinic=clinic, state=VisitState.BOOKED, starts_at__lt=now
    )
    for visit in past:
        on = queries.local_date(clinic, visit.starts_at)
        treated = Treatment.objects.filter(patient=visit.patient_id, state=State.SIGNED, date=on)
        reviewed = Treatment.objects.filter(patient=visit.patient_id, reviews__date=on)
        if treated.exists() or reviewed.exists():
            actions.settle_visit(visit=visit, state=VisitState.CAME, by=None, at=now)
            told.settled += 1


def follow_up(*, now: datetime) -> Round:
    """One round over all clinics."""
    told = Round()
    for clinic in Clinic.objects.select_related("message_policy", "follow_up_policy"):
        for treatment in recall.unread(clinic):
            actions.keep_span(treatment=treatment, by=None)
            told.read += 1
        _ask(clinic, told, now)
        _remind(clinic, told, now)
        _settle(clinic, told, now)
    told.sent = send_waiting(now=now)
    return told
