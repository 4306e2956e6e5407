"""An adverse event: told from anywhere, linked to points and lots, followed until its outcome."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from glabella.clinic.audit.chain import verify
from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.safety.actions import (
    EventInput,
    add_event_addendum,
    assess_cause,
    follow_up,
    raise_event,
)
from glabella.clinic.safety.models import AdverseEvent, Listing, Origin
from glabella.clinic.safety.overview import Count, overview
from glabella.clinic.safety.rules import EventRefused, event_names, listing_of
from glabella.clinic.tasks.models import Task
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import Patient, SignedIn, member, signed_days_ago
from tests.clinic.events import raised, told


@pytest.fixture
def fortnight(dan: Patient, alice: Member, carol: Member) -> Treatment:
    return signed_days_ago(dan, alice, carol, 14)


def test_an_event_names_its_points_and_with_them_its_lot(
    fortnight: Treatment, alice: Member
) -> None:
    points = tuple(fortnight.points.values_list("pk", flat=True)[:2])
    event = raised(fortnight, alice, points=points, grade=1)
    assert [one.point_id for one in event.points.all()] == list(points)
    assert [one.vial.lot for one in event.vials.all()] == ["LOT-14-DAYS"]


def test_without_points_the_whole_treatment_with_its_lots_counts(
    fortnight: Treatment, alice: Member
) -> None:
    event = raised(fortnight, alice)
    assert not event.points.exists()
    assert [one.vial.lot for one in event.vials.all()] == ["LOT-14-DAYS"]


def test_a_point_of_another_treatment_is_refused(
    fortnight: Treatment, signed: Treatment, alice: Member
) -> None:
    with pytest.raises(EventRefused, match="not one of this treatment"):
        raised(fortnight, alice, points=(signed.points.all()[0].pk,))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"event": "hiccups"}, "not in the list"),
        ({"event": "other"}, "Say in the words"),
        ({"grade": 5}, "Grade 5 is a death"),
        ({"grade": 4}, "is serious"),
        ({"grade": 2, "criteria": ("death",)}, "A death is grade 5"),
        ({"criteria": ("expensive",)}, "no reason"),
        ({"event": "eyelid-ptosis", "side": "top"}, "no side"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    fortnight: Treatment, alice: Member, more: dict[str, object], words: str
) -> None:
    with pytest.raises(EventRefused, match=words):
        raised(fortnight, alice, **more)  # type: ignore[arg-type]
    assert not AdverseEvent.objects.exists()


@pytest.mark.parametrize("days", [-20, 1])
def test_an_onset_lies_between_the_treatment_and_today(
    fortnight: Treatment, alice: Member, days: int
) -> None:
    onset = timezone.localdate() + timedelta(days=days)
    with pytest.raises(EventRefused, match="begins"):
        raise_event(
            patient=fortnight.patient,
            treatment=fortnight,
            told=EventInput("headache", onset),
            by=alice,
        )


def test_both_lids_are_two_events(fortnight: Treatment, alice: Member) -> None:
    both = raise_event(
        patient=fortnight.patient,
        treatment=fortnight,
        told=told(fortnight, "eyelid-ptosis", side="both"),
        by=alice,
    )
    assert [one.side for one in both] == ["left", "right"]


def test_an_event_without_a_treatment_can_be_told(dan: Patient, alice: Member) -> None:
    [event] = raise_event(
        patient=dan,
        told=EventInput("allergy", timezone.localdate()),
        origin=Origin.EMERGENCY,
        by=alice,
    )
    assert event.listing == "not-known"


def test_a_patient_tells_by_a_link_without_a_member(fortnight: Treatment) -> None:
    [event] = raise_event(
        patient=fortnight.patient,
        treatment=fortnight,
        told=told(fortnight, "swallowing"),
        origin=Origin.CHECK_IN,
        by=None,
    )
    assert event.by is None
    assert AuditEvent.objects.get(action="adverse event signed").by is None
    assert Task.objects.get(patient=fortnight.patient).urgency == "now"


def test_whether_it_was_to_be_expected_is_kept_with_the_words_of_the_facts(
    fortnight: Treatment, alice: Member
) -> None:
    ptosis, nodule = (raised(fortnight, alice, code) for code in ("eyelid-ptosis", "nodule"))
    assert ptosis.listing == "listed"
    assert "pooled trials" in ptosis.listing_words
    assert nodule.listing == "not-listed"
    assert "No fact that was read" in nodule.listing_words


@pytest.mark.parametrize("product", ["botox-cosmetic", "dysport", "daxxify", "letybo", "xeomin"])
def test_a_sign_of_the_boxed_warning_is_listed_for_every_product(product: str) -> None:
    listing, words = listing_of("swallowing", [product])
    assert listing == "listed"
    assert "swallowing" in words


def test_a_serious_event_asks_for_its_report_until_that_is_sent(
    fortnight: Treatment, alice: Member
) -> None:
    raised(fortnight, alice, "headache")
    assert not Task.objects.filter(kind="report").exists()
    raised(fortnight, alice, "allergy", criteria=("hospital",))
    assert Task.objects.get(kind="report").title == "Report: allergic reaction"


def test_what_becomes_serious_later_asks_for_a_report_too(
    fortnight: Treatment, alice: Member
) -> None:
    event = raised(fortnight, alice, "infection")
    follow_up(
        event=event,
        date=timezone.localdate(),
        outcome="continuing",
        text="Taken into hospital.",
        criteria=("hospital",),
        by=alice,
    )
    assert Task.objects.filter(kind="report", done_at=None).exists()
    page = overview(alice.clinic_id, period="all", today=timezone.localdate())
    assert [one.row.id for one in page.reports_due] == [event.pk]


def test_an_event_is_followed_until_its_outcome(fortnight: Treatment, alice: Member) -> None:
    event, today = raised(fortnight, alice), timezone.localdate()
    first = Task.objects.get(kind="adverse-event")
    later = today + timedelta(days=7)
    follow_up(event=event, date=today, outcome="recovering", text="Less", next_on=later, by=alice)
    first.refresh_from_db()
    assert first.done_by == alice
    waiting = Task.objects.get(kind="adverse-event", done_at=None)
    assert waiting.due == later
    follow_up(event=event, date=today, outcome="recovered", text="Gone", by=alice)
    assert not Task.objects.filter(kind="adverse-event", done_at=None).exists()
    page = overview(alice.clinic_id, period="all", today=today)
    assert page.followed == []


def test_a_follow_up_is_not_dated_before_the_onset(fortnight: Treatment, alice: Member) -> None:
    event = raised(fortnight, alice)
    with pytest.raises(EventRefused, match="between the onset and today"):
        follow_up(event=event, date=fortnight.date, outcome="recovered", text="x", by=alice)


def test_a_death_in_the_course_is_serious(fortnight: Treatment, alice: Member) -> None:
    event = raised(fortnight, alice)
    told_later = follow_up(
        event=event, date=timezone.localdate(), outcome="died", text="x", by=alice
    )
    assert told_later.criteria == ["death"]


def test_the_cause_is_assessed_by_name_and_the_last_word_stands_last(
    signed_in: SignedIn, fortnight: Treatment, alice: Member, bob: Member
) -> None:
    event = raised(fortnight, alice, cause="injection", certainty="probable")
    assess_cause(event=event, cause="unrelated", certainty="possible", reason="Fell.", by=bob)
    assert [one.by for one in event.causes.all()] == [alice, bob]
    page = signed_in(bob).get(f"/safety/events/{event.pk}/").content.decode()
    assert "Neither: unrelated" in page
    assert "Fell." in page


def test_all_of_it_is_tied_into_the_chain_and_a_change_shows(
    fortnight: Treatment, alice: Member
) -> None:
    event = raised(fortnight, alice, cause="product", certainty="certain")
    follow_up(event=event, date=timezone.localdate(), outcome="recovered", text="Gone", by=alice)
    add_event_addendum(event=event, reason="Side", text="It was the left.", by=alice)
    verified = verify(alice.clinic)
    assert verified.holds, verified.breaks
    assert verified.contents >= 4
    signed = AuditEvent.objects.get(action="adverse event signed")
    assert signed.subject_id == event.pk
    assert len(signed.detail["hash"]) == 64


def test_an_event_of_a_review_is_the_same_record(
    signed_in: SignedIn, fortnight: Treatment, bob: Member
) -> None:
    review = sign_review(
        treatment=fortnight,
        date=timezone.localdate(),
        seen={},
        note="Told by the patient.",
        events=[told(fortnight, "infection", grade=2)],
        by=bob,
    )
    event = review.adverse_events.get()
    assert (event.origin, event.patient) == ("review", fortnight.patient)
    page = signed_in(bob).get(f"/reviews/{review.pk}/").content.decode()
    assert f"/safety/events/{event.pk}/" in page


def test_a_stock_keeper_tells_nothing(fortnight: Treatment, carol: Member) -> None:
    with pytest.raises(NotAllowed):
        raised(fortnight, carol)


def test_an_event_is_raised_from_the_page_of_a_treatment(
    signed_in: SignedIn, fortnight: Treatment, alice: Member
) -> None:
    client, url = signed_in(alice), f"/safety/treatments/{fortnight.pk}/event/"
    page = client.get(url).content.decode()
    assert "Tap the points that it may come from" in page
    point = fortnight.points.all()[0]
    sent = {
        "event": "bruising",
        "grade": "1",
        "onset": fortnight.date.isoformat(),
        "origin": "visit",
        "points": [point.pk],
    }
    answer = client.post(url, sent, follow=True)
    assert answer.status_code == 200, answer.content
    assert AdverseEvent.objects.get().points.get().point == point
    assert "LOT-14-DAYS" in answer.content.decode()


def test_what_was_typed_stays_when_the_form_is_refused(
    signed_in: SignedIn, fortnight: Treatment, alice: Member
) -> None:
    sent = {
        "event": "bruising",
        "onset": "",
        "origin": "call",
        "description": "Beside the left brow",
        "cause": "product",
    }
    answer = signed_in(alice).post(f"/safety/treatments/{fortnight.pk}/event/", sent)
    assert answer.status_code == 422
    assert "Beside the left brow" in answer.content.decode()
    assert "A cause needs how sure you are" in answer.content.decode()


def test_another_clinic_sees_none_of_it(
    signed_in: SignedIn, fortnight: Treatment, alice: Member
) -> None:
    event = raised(fortnight, alice)
    zoe = signed_in(member("Zoe", Role.INJECTOR, clinic="Other Clinic"))
    for page in ("", "follow-up/", "cause/", "addendum/"):
        assert zoe.get(f"/safety/events/{event.pk}/{page}").status_code == 404
    for page in ("guide/", "report/"):
        assert zoe.post(f"/safety/events/{event.pk}/{page}").status_code == 404
    assert zoe.get(f"/safety/treatments/{fortnight.pk}/event/").status_code == 404
    assert zoe.get(f"/safety/patients/{fortnight.patient_id}/event/").status_code == 404
    assert "Bruise" not in zoe.get("/safety/").content.decode()


def test_the_overview_counts_by_kind_lot_and_injector(
    signed_in: SignedIn, fortnight: Treatment, alice: Member
) -> None:
    raised(fortnight, alice, "bruising")
    raised(fortnight, alice, "allergy", criteria=("important",))
    page = overview(alice.clinic_id, period="all", today=timezone.localdate())
    assert [(one.name, one.events, one.serious) for one in page.kinds] == [
        ("Allergic reaction", 1, 1),
        ("Bruise", 1, 0),
    ]
    assert [(one.name, one.events, one.treatments) for one in page.lots] == [
        ("Botox Cosmetic, lot LOT-14-DAYS", 2, 1)
    ]
    assert [(one.name, one.events, one.treatments) for one in page.injectors] == [("Alice", 2, 1)]
    assert "too few" in signed_in(alice).get("/safety/").content.decode()


def test_a_share_is_shown_only_where_there_are_enough_treatments() -> None:
    assert Count("Alice", 1, 0, 19).share is None
    assert Count("Alice", 1, 0, 20).share == 0.05


def test_the_list_has_complications_warning_signs_and_more() -> None:
    names = event_names()
    assert {"non-response", "eyelid-ptosis", "swallowing", "allergy", "faint", "other"} <= set(
        names
    )
    assert len(set(names.values())) == len(names)
    assert "under-treatment" not in names


def test_of_a_product_whose_list_was_not_read_nothing_is_known() -> None:
    assert listing_of("bruising", ["botox"])[0] == Listing.NOT_KNOWN
    assert "was read for Botox" in listing_of("bruising", ["botox"])[1]
    assert listing_of("headache", ["botox-cosmetic"])[0] == Listing.LISTED
