"""The hashes over what is signed of adverse events, guides and reports."""

from __future__ import annotations

from datetime import UTC, datetime

from glabella.clinic.audit.chain import digest, signed_content
from glabella.clinic.safety.models import (
    AdverseEvent,
    CauseAssessment,
    EventAddendum,
    FollowUp,
    GuideEnd,
    GuideRun,
    ReportSent,
    StepDone,
)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


@signed_content(AdverseEvent)
def event_hash(event: AdverseEvent) -> str:
    """SHA-256 over the event with its points and vials, who signed and when."""
    return digest(
        {
            "event": event.pk,
            "patient": event.patient_id,
            "treatment": event.treatment_id,
            "review": event.review_id,
            "origin": event.origin,
            "what": [event.event, event.side, event.grade, sorted(event.criteria)],
            "onset": event.onset.isoformat(),
            "time": event.onset_time.isoformat() if event.onset_time else None,
            "words": [event.description, event.management],
            "listing": [event.listing, event.listing_words],
            "points": sorted(event.points.values_list("point", flat=True)),
            "vials": sorted(event.vials.values_list("vial", flat=True)),
            "by": event.by_id,
            "at": _utc(event.signed_at),
        }
    )


@signed_content(FollowUp)
def follow_up_hash(told: FollowUp) -> str:
    return digest(
        {
            "event": told.event_id,
            "date": told.date.isoformat(),
            "what": [told.outcome, told.grade, sorted(told.criteria)],
            "words": [told.text, told.management],
            "next": told.next_on.isoformat() if told.next_on else None,
            "by": told.by_id,
            "at": _utc(told.at),
        }
    )


@signed_content(CauseAssessment)
def cause_hash(told: CauseAssessment) -> str:
    return digest(
        {
            "event": told.event_id,
            "cause": [told.cause, told.certainty, told.reason],
            "by": told.by_id,
            "at": _utc(told.at),
        }
    )


@signed_content(EventAddendum)
def event_addendum_hash(addendum: EventAddendum) -> str:
    return digest(
        {
            "event": addendum.event_id,
            "reason": addendum.reason,
            "text": addendum.text,
            "by": addendum.by_id,
            "at": _utc(addendum.at),
        }
    )


@signed_content(GuideRun)
def run_hash(run: GuideRun) -> str:
    return digest(
        {
            "patient": run.patient_id,
            "event": run.event_id,
            "guide": run.guide,
            "steps": run.steps_json,
            "by": run.by_id,
            "at": _utc(run.started_at),
        }
    )


@signed_content(StepDone)
def step_hash(done: StepDone) -> str:
    return digest(
        {
            "run": done.run_id,
            "step": [done.step, done.left_out, done.note],
            "by": done.by_id,
            "at": _utc(done.at),
        }
    )


@signed_content(GuideEnd)
def end_hash(end: GuideEnd) -> str:
    return digest({"run": end.run_id, "text": end.text, "by": end.by_id, "at": _utc(end.at)})


@signed_content(ReportSent)
def sent_hash(sent: ReportSent) -> str:
    return digest(
        {
            "report": sent.report_id,
            "date": sent.date.isoformat(),
            "how": [sent.how, sent.reference],
            "content": sent.content_json,
            "by": sent.by_id,
            "at": _utc(sent.at),
        }
    )
