"""A report to a regulator: filled from the record, read through, sent, and locked then."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from glabella import facts
from glabella.clinic.audit.chain import verify
from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.safety.actions import EventInput, follow_up, raise_event
from glabella.clinic.safety.models import Report, ReportSent
from glabella.clinic.safety.reporting import fill
from glabella.clinic.safety.reports import (
    check_report,
    complete_report,
    export_report,
    fill_plain,
    send_report,
    start_report,
)
from glabella.clinic.safety.rules import ReportRefused
from glabella.clinic.tasks.models import Task
from tests.clinic.conftest import Patient, SignedIn, member, signed_days_ago
from tests.clinic.events import raised
from tests.clinic.test_the_printed_page import words

FORMS = ("medwatch-3500", "yellow-card", "case-exchange")


@pytest.fixture
def reports(dan: Patient, alice: Member, carol: Member) -> dict[str, Report]:
    """The report of one serious event on each form."""
    treatment = signed_days_ago(dan, alice, carol, 14)
    event = raised(
        treatment,
        alice,
        "swallowing",
        criteria=("hospital",),
        grade=3,
        description="Solid food stuck.",
        management="Sent to hospital.",
        cause="product",
        certainty="possible",
    )
    follow_up(
        event=event,
        date=timezone.localdate(),
        outcome="recovered",
        text="Eats as before.",
        by=alice,
    )
    return {form: start_report(event=event, form=form, by=alice) for form in FORMS}


@pytest.fixture
def medwatch(reports: dict[str, Report]) -> Report:
    return reports["medwatch-3500"]


def sent(report: Report, by: Member, **more: Any) -> ReportSent:
    return send_report(report=report, date=timezone.localdate(), how="online", by=by, **more)


def content(report: Report, by: Member) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(export_report(report=report, kind="json", by=by))
    return told


def fields(told: dict[str, Any]) -> dict[str, str]:
    return {one["code"]: one["value"] for part in told["sections"] for one in part["fields"]}


def test_medwatch_is_filled_from_the_record(medwatch: Report, alice: Member) -> None:
    told = fields(content(medwatch, alice))
    assert told["A1"] == "D.T."
    assert told["A2"].endswith("years")
    assert told["B2"] == "Hospital needed, or a longer stay"
    assert "Solid food stuck." in told["B5"]
    assert "Eats as before." in told["B5"]
    assert told["D1"] == "Botox Cosmetic (onabotulinumtoxinA), 100 U vial"
    assert told["D2"] == "20 U Botox Cosmetic in 5 points, once"
    assert told["D6"] == "LOT-14-DAYS"
    assert told["G"] == "Alice, injector, Test Clinic"


def test_a_yellow_card_has_initials_batch_and_outcome(
    reports: dict[str, Report], alice: Member
) -> None:
    told = fields(content(reports["yellow-card"], alice))
    assert told["initials"] == "D.T."
    assert told["batch"] == "LOT-14-DAYS"
    assert told["outcome"] == "Gone"
    assert told["stopped"] == timezone.localdate().isoformat()
    assert told["serious"] == "Yes"


def test_the_case_for_exchange_uses_the_codes_that_were_read(
    reports: dict[str, Report], alice: Member
) -> None:
    told = content(reports["case-exchange"], alice)
    assert told["seriousness"] == ["requiresInpatientHospitalization"]
    assert {"D.1", "D.2.2a", "E.i.1.1a", "G.k.1", "G.k.2.2"} <= set(fields(told))


@pytest.mark.parametrize("form", FORMS)
def test_no_form_names_the_patient(reports: dict[str, Report], alice: Member, form: str) -> None:
    report = reports[form]
    patient = report.event.patient
    told = json.dumps(content(report, alice))
    for secret in (patient.family_name, str(patient.date_of_birth), "1984"):
        assert secret not in told


def test_only_the_points_that_were_named_count_for_the_dose(
    dan: Patient, alice: Member, carol: Member
) -> None:
    treatment = signed_days_ago(dan, alice, carol, 10)
    points = tuple(treatment.points.values_list("pk", flat=True)[:2])
    event = raised(treatment, alice, "bruising", points=points)
    report = start_report(event=event, form="medwatch-3500", by=alice)
    assert fill_plain(report)["D-D2"] == "8 U Botox Cosmetic in 2 points, once"


def test_what_a_form_needs_and_lacks_is_listed(dan: Patient, alice: Member) -> None:
    event = raised_without_treatment(dan, alice)
    report = start_report(event=event, form="medwatch-3500", by=alice)
    page = fill(report, today=timezone.localdate())
    assert "Lot" in page.missing
    assert "Weight" in page.empty
    with pytest.raises(ReportRefused, match="still empty"):
        sent(check_report(report=report, by=alice), alice)


def raised_without_treatment(dan: Patient, alice: Member) -> Any:
    [event] = raise_event(patient=dan, told=EventInput("allergy", timezone.localdate()), by=alice)
    return event


def test_what_is_typed_goes_before_the_record_and_the_rest_stays_with_it(
    medwatch: Report, alice: Member
) -> None:
    typed = fill_plain(medwatch) | {"A-A4": "61 kg", "B-B7": ""}
    complete_report(report=medwatch, typed=typed, by=alice)
    assert medwatch.typed == {"A-A4": "61 kg"}
    told = fields(content(medwatch, alice))
    assert told["A4"] == "61 kg"


def test_it_is_sent_only_when_somebody_has_read_it_through(
    medwatch: Report, alice: Member, bob: Member
) -> None:
    with pytest.raises(ReportRefused, match="read the report through"):
        sent(medwatch, alice)
    check_report(report=medwatch, by=bob)
    complete_report(report=medwatch, typed={"A-A4": "61 kg"}, by=alice)
    with pytest.raises(ReportRefused, match="read the report through"):
        sent(medwatch, alice)


def test_sending_keeps_the_number_and_closes_the_reminder(
    medwatch: Report, alice: Member, bob: Member
) -> None:
    assert Task.objects.filter(kind="report", done_at=None).count() == 1
    check_report(report=medwatch, by=bob)
    kept = sent(medwatch, bob, reference="US-123")
    task = Task.objects.get(kind="report")
    assert task.done_by == bob
    assert "US-123" in task.outcome
    assert kept.reference == "US-123"
    assert verify(alice.clinic).holds


def test_what_was_sent_is_not_touched_by_what_comes_later(medwatch: Report, alice: Member) -> None:
    sent(check_report(report=medwatch, by=alice), alice)
    before = content(medwatch, alice)
    today = timezone.localdate()
    follow_up(event=medwatch.event, date=today, outcome="lasting", text="Hoarse.", by=alice)
    assert content(medwatch, alice) == before
    for change in (
        lambda: complete_report(report=medwatch, typed={}, by=alice),
        lambda: check_report(report=medwatch, by=alice),
        lambda: sent(medwatch, alice),
    ):
        with pytest.raises(ReportRefused, match="was sent"):
            change()


def test_a_report_is_not_sent_before_the_event_or_tomorrow(medwatch: Report, alice: Member) -> None:
    check_report(report=medwatch, by=alice)
    for day in (medwatch.event.onset - timedelta(days=1), timezone.localdate() + timedelta(days=1)):
        with pytest.raises(ReportRefused, match="between the day of the event and today"):
            send_report(report=medwatch, date=day, how="online", by=alice)


@pytest.mark.parametrize("form", FORMS)
def test_the_pdf_shows_the_fields_and_the_export_is_noted(
    signed_in: SignedIn, reports: dict[str, Report], alice: Member, form: str
) -> None:
    answer = signed_in(alice).get(f"/safety/reports/{reports[form].pk}/pdf/")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    if shutil.which("pdftotext") is not None:
        printed = words(answer.content)
        assert facts.load().reports[form].name in printed
        assert "LOT-14-DAYS" in printed
        assert "Draft, not checked" in printed
    event = AuditEvent.objects.filter(action="report exported").latest("id")
    assert (event.by, event.detail["kind"]) == (alice, "pdf")


def test_the_whole_way_through_the_pages(
    signed_in: SignedIn, medwatch: Report, alice: Member
) -> None:
    client, url = signed_in(alice), f"/safety/reports/{medwatch.pk}/"
    page = client.get(url).content.decode()
    assert "Trouble swallowing" in page
    client.post(url, fill_plain(medwatch) | {"A-A4": "61 kg"})
    client.post(f"{url}check/")
    bad = client.post(f"{url}sent/", {"date": "", "how": "online", "reference": "US-9"})
    assert bad.status_code == 422
    assert "US-9" in bad.content.decode()
    today = timezone.localdate().isoformat()
    good = {"date": today, "how": "online", "reference": "US-9"}
    assert "US-9" in client.post(f"{url}sent/", good, follow=True).content.decode()
    assert json.loads(client.get(f"{url}json/").content)["form"] == "medwatch-3500"


def test_starting_it_twice_goes_on_with_the_first(medwatch: Report, bob: Member) -> None:
    assert start_report(event=medwatch.event, form="medwatch-3500", by=bob) == medwatch
    with pytest.raises(ReportRefused, match="no form"):
        start_report(event=medwatch.event, form="letter", by=bob)


def test_a_stock_keeper_exports_nothing(medwatch: Report, carol: Member) -> None:
    with pytest.raises(NotAllowed):
        export_report(report=medwatch, kind="json", by=carol)


def test_another_clinic_sees_no_report(signed_in: SignedIn, medwatch: Report) -> None:
    zoe = signed_in(member("Zoe", Role.INJECTOR, clinic="Other Clinic"))
    for page in ("", "pdf/", "json/"):
        assert zoe.get(f"/safety/reports/{medwatch.pk}/{page}").status_code == 404
    for page in ("check/", "sent/"):
        assert zoe.post(f"/safety/reports/{medwatch.pk}/{page}").status_code == 404
