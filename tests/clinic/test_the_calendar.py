"""The calendar feed parses, names nobody, keeps its UIDs and closes when it is revoked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from glabella.clinic.followup.actions import book_visit, move_visit, settle_visit
from glabella.clinic.followup.calendar import calendar_of
from glabella.clinic.followup.feeds import feeds_of, make_feed, revoke_feed
from glabella.clinic.followup.models import BookedVisit, CalendarFeed
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.tasks.actions import add_task, finish_task, snooze_task, take_task
from glabella.clinic.tasks.models import Task
from tests.clinic.conftest import SignedIn, member, signed_days_ago


def path_of(address: str) -> str:
    return "/follow-up/" + address.split("/follow-up/")[1]


def events(feed: CalendarFeed) -> dict[str, Any]:
    """The feed as a calendar reads it, by UID."""
    read = Calendar.from_ical(calendar_of(feed, now=timezone.now()))
    return {str(one["uid"]): one for one in read.walk("VEVENT")}


@pytest.fixture
def feed(alice: Member) -> CalendarFeed:
    return make_feed(whole_clinic=True, by=alice)[0]


@pytest.fixture
def visit(dan: Patient, alice: Member) -> BookedVisit:
    return book_visit(
        patient=dan,
        starts_at=timezone.now().replace(microsecond=0) + timedelta(days=3),
        minutes=45,
        what="Treatment",
        member=alice,
        by=alice,
    )


def test_a_visit_in_the_calendar(feed: CalendarFeed, visit: BookedVisit) -> None:
    uid = f"visit-{visit.pk}@test-clinic.glabella"
    told = events(feed)[uid]
    assert told["summary"] == f"Treatment, patient {visit.patient_id}"
    assert told["dtstart"].dt == visit.starts_at
    assert told["dtend"].dt - told["dtstart"].dt == timedelta(minutes=45)
    assert told["status"] == "CONFIRMED"


def test_what_moves_keeps_its_uid_and_counts_up(
    feed: CalendarFeed, visit: BookedVisit, alice: Member
) -> None:
    before = events(feed)
    move_visit(visit=visit, starts_at=visit.starts_at + timedelta(days=1), by=alice)
    moved = events(feed)
    assert before.keys() == moved.keys()
    (uid,) = moved
    assert (int(before[uid]["sequence"]), int(moved[uid]["sequence"])) == (0, 1)
    settle_visit(visit=visit, state="cancelled", by=alice)
    gone = events(feed)[uid]
    assert (gone["status"], int(gone["sequence"])) == ("CANCELLED", 2)


def test_reviews_and_tasks_are_all_day(
    feed: CalendarFeed, dan: Patient, alice: Member, carol: Member, today: date
) -> None:
    treatment = signed_days_ago(dan, alice, carol, 14)
    task = add_task(title="Call Dan Test", due=today, urgency="soon", patient=dan, by=alice)
    told = events(feed)
    review = told[f"review-{treatment.pk}@test-clinic.glabella"]
    assert review["dtstart"].dt == treatment.date + timedelta(days=14)
    assert not isinstance(review["dtstart"].dt, datetime)
    uid = f"task-{task.pk}@test-clinic.glabella"
    assert told[uid]["summary"] == f"Task (soon), patient {dan.pk}"
    snooze_task(task=task, until=today + timedelta(days=2), reason="Away", by=alice)
    assert int(events(feed)[uid]["sequence"]) == 1
    finish_task(task=Task.objects.get(), outcome="Done", by=alice)
    assert uid not in events(feed)


def test_nobody_is_named(feed: CalendarFeed, visit: BookedVisit, alice: Member) -> None:
    add_task(
        title=f"Call {visit.patient.name}",
        due=timezone.localdate(),
        urgency="now",
        patient=visit.patient,
        by=alice,
    )
    text = calendar_of(feed, now=timezone.now()).decode()
    for name in (visit.patient.given_name, visit.patient.family_name):
        assert name not in text


def test_a_members_calendar_has_their_own(
    alice: Member, ann: Member, carol: Member, visit: BookedVisit
) -> None:
    signed_days_ago(visit.patient, alice, carol, 14)
    task = add_task(title="Call", due=timezone.localdate(), urgency="soon", by=alice)
    take_task(task=task, by=ann)
    mine, hers = (make_feed(whole_clinic=False, by=one)[0] for one in (alice, ann))
    assert {uid.split("-")[0] for uid in events(mine)} == {"visit", "review"}
    assert {uid.split("-")[0] for uid in events(hers)} == {"task"}


def test_hours_are_told_in_the_clinics_zone(
    feed: CalendarFeed, visit: BookedVisit, settings: Any
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    BookedVisit.objects.update(starts_at="2026-07-01T08:00:00+00:00")
    then = datetime.fromisoformat("2026-06-30T08:00:00+00:00")
    text = calendar_of(feed, now=then).decode()
    assert "TZID=Europe/Berlin:20260701T100000" in text
    assert "BEGIN:VTIMEZONE" in text


def test_the_address_is_secret_and_can_be_closed(
    alice: Member, visit: BookedVisit, signed_in: SignedIn
) -> None:
    feed, address = make_feed(whole_clinic=True, by=alice)
    url = path_of(address)
    answer = Client().get(url)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer.headers["Cache-Control"]
    feed.refresh_from_db()
    assert feed.read_at is not None
    assert url.split("/")[-1].removesuffix(".ics") not in str(list(CalendarFeed.objects.values()))
    assert signed_in(alice).post(f"/follow-up/calendar/{feed.pk}/revoke/").status_code == 302
    assert Client().get(url).status_code == 404
    assert Client().get("/follow-up/feed/guessed.ics").status_code == 404


def test_the_page_shows_the_address_once(alice: Member, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    made = client.post("/follow-up/calendar/", {"mine": "1"}).content.decode()
    assert "/follow-up/feed/" in made
    assert "/follow-up/feed/" not in client.get("/follow-up/calendar/").content.decode()
    assert CalendarFeed.objects.get().member == alice


def test_another_members_and_another_clinics_feeds_are_not_there(
    alice: Member, ann: Member, signed_in: SignedIn
) -> None:
    mine, _ = make_feed(whole_clinic=False, by=alice)
    assert not feeds_of(ann)
    zoe = member("Zoe", Role.OWNER, clinic="Other Clinic")
    for other in (ann, zoe):
        url = f"/follow-up/calendar/{mine.pk}/revoke/"
        assert signed_in(other).post(url).status_code == 404
    assert revoke_feed(feed=mine, by=alice).revoked_at is not None


def test_a_feed_reads_its_own_clinic_only(visit: BookedVisit) -> None:
    zoe = member("Zoe", Role.OWNER, clinic="Other Clinic")
    assert not events(make_feed(whole_clinic=True, by=zoe)[0])
