"""What is done with reports to regulators: made, completed, checked, exported, sent."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import msgspec
from django.template.loader import render_to_string
from django.utils import timezone

from glabella import facts
from glabella.clinic.audit.actions import action, record
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.printing import pdf_of
from glabella.clinic.safety import rules
from glabella.clinic.safety.actions import report_answered
from glabella.clinic.safety.models import AdverseEvent, Report, ReportSent
from glabella.clinic.safety.record import sent_hash
from glabella.clinic.safety.reporting import as_json, case_of, fill

STYLE = Path(__file__).with_name("report.css")


@action
def start_report(
    *, event: AdverseEvent, form: str, by: Member, at: datetime | None = None
) -> Report:
    """Start a report of an event on a form, or go on with the one that there is."""
    by.require(Permission.RECORD_EVENTS)
    if form not in facts.load().reports:
        raise rules.ReportRefused(f"There is no form `{form}`. Choose one of the list.")
    at = at or timezone.now()
    report, made = Report.objects.get_or_create(
        event=event, form=form, defaults={"made_at": at, "by": by}
    )
    if made:
        record("report started", subject=report, by=by, at=at, form=form)
    return report


@action
def complete_report(
    *, report: Report, typed: dict[str, str], by: Member, at: datetime | None = None
) -> Report:
    """Keep what was typed where it differs from the record; the check has to be made anew."""
    by.require(Permission.RECORD_EVENTS)
    at = at or timezone.now()
    rules.check_not_sent(sent=ReportSent.objects.filter(report=report).exists())
    report.typed, prefilled = {}, fill_plain(report)
    kept = {key: value for key, value in typed.items() if value != prefilled.get(key)}
    report.typed, report.checked_at, report.checked_by = kept, None, None
    report.save(update_fields=["typed", "checked_at", "checked_by"])
    record("report completed", subject=report, by=by, at=at, fields=", ".join(sorted(kept)))
    return report


def fill_plain(report: Report) -> dict[str, str]:
    """The fields of a report by their names."""
    return {one.code: one.value for one in fill(report, today=timezone.localdate()).fields}


@action
def check_report(*, report: Report, by: Member, at: datetime | None = None) -> Report:
    """Somebody has read the report through as it is."""
    by.require(Permission.RECORD_EVENTS)
    at = at or timezone.now()
    rules.check_not_sent(sent=ReportSent.objects.filter(report=report).exists())
    report.checked_at, report.checked_by = at, by
    report.save(update_fields=["checked_at", "checked_by"])
    record("report checked", subject=report, by=by, at=at, form=report.form)
    return report


def content_of(report: Report, *, today: date) -> str:
    """A report as JSON; what was sent is what it said then."""
    sent = ReportSent.objects.filter(report=report).first()
    if sent is not None:
        return sent.content_json
    filled = fill(report, today=today)
    content = as_json(filled, case_of(report.event, today=today))
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()


@action
def send_report(
    *,
    report: Report,
    date: date,
    how: str,
    by: Member,
    reference: str = "",
    at: datetime | None = None,
) -> ReportSent:
    """Keep that a report was sent, with all that it said; its reminder is done."""
    by.require(Permission.RECORD_EVENTS)
    at = at or timezone.now()
    today = timezone.localdate(at)
    rules.check_not_sent(sent=ReportSent.objects.filter(report=report).exists())
    filled = fill(report, today=today)
    rules.check_sendable(checked=report.checked_at is not None, missing=filled.missing)
    rules.check_sent_on(date, told=report.event.onset, today=today)
    sent = ReportSent.objects.create(
        report=report,
        date=date,
        how=how,
        reference=reference,
        content_json=content_of(report, today=today),
        by=by,
        at=at,
    )
    record("report sent", subject=sent, by=by, at=at, content_hash=sent_hash(sent), how=how)
    outcome = f"{filled.form.name}, {sent.get_how_display().lower()}, {reference or 'no number'}"
    report_answered(event=report.event, outcome=outcome, by=by, at=at)
    return sent


@action
def export_report(*, report: Report, kind: str, by: Member, at: datetime | None = None) -> bytes:
    """A report as PDF or JSON; that it left the clinic's pages is noted."""
    by.require(Permission.RECORD_EVENTS)
    at = at or timezone.now()
    today = timezone.localdate(at)
    text = content_of(report, today=today)
    if kind == "json":
        made = text.encode()
    else:
        context = {"report": report, "content": msgspec.json.decode(text), "today": today}
        html = render_to_string("safety/report_document.html", context)
        made = pdf_of(html, STYLE.read_text(encoding="utf-8"))
    record("report exported", subject=report, by=by, at=at, form=report.form, kind=kind)
    return made
