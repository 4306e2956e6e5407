"""A second pair of eyes: asked for, given, or asking for changes; nothing signed is touched."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from glabella.clinic.audit import chain
from glabella.clinic.cosigning import rules
from glabella.clinic.cosigning.actions import (
    ask_for_changes,
    ask_for_cosignature,
    cosign,
    cosign_all,
)
from glabella.clinic.cosigning.models import Cosignature
from glabella.clinic.cosigning.queries import panel, punctuality, queue, standing_of
from glabella.clinic.cosigning.rules import CosignRefused, Standing
from glabella.clinic.credentials.actions import set_supervision
from glabella.clinic.credentials.models import CosignRule
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.tasks.models import Task
from glabella.clinic.treatments.actions import add_addendum, sign_treatment
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import (
    AnyReason,
    SignedIn,
    licence,
    member,
    paper,
    signed_days_ago,
    the_clinic,
)

FIRST = "First time in this area."


@pytest.fixture
def asked(signed: Treatment, alice: Member) -> Treatment:
    ask_for_cosignature(treatment=signed, reason=FIRST, by=alice)
    return signed


def test_what_is_asked_for_waits_with_any_supervisor(
    asked: Treatment, bob: Member, now: datetime
) -> None:
    (row,) = queue(bob, now=now)
    assert (row.treatment, row.standing, row.reason) == (asked, Standing.WAITING, FIRST)
    assert row.of == "any supervisor"
    assert not row.overdue
    (late,) = queue(bob, now=now + timedelta(hours=73))
    assert late.overdue


def test_what_is_asked_of_one_supervisor_waits_with_no_other(
    signed: Treatment, alice: Member, bob: Member, now: datetime
) -> None:
    other = member("Sue", Role.SUPERVISOR)
    ask_for_cosignature(treatment=signed, reason=FIRST, of=other, by=alice)
    assert queue(bob, now=now) == []
    assert len(queue(other, now=now)) == 1


def test_co_signing_settles_it_and_stands_in_the_chain(
    asked: Treatment, bob: Member, now: datetime
) -> None:
    cosign(treatment=asked, by=bob, note="Seen.")
    assert standing_of(asked) == Standing.COSIGNED
    assert queue(bob, now=now) == []
    found = chain.verify(the_clinic())
    assert found.holds
    assert any(one.event.action == "treatment co-signed" for one in _links())


def _links() -> list[chain.Link]:
    return list(chain.Link.objects.select_related("event"))


def test_co_signing_twice_is_told(asked: Treatment, bob: Member) -> None:
    cosign(treatment=asked, by=bob)
    with pytest.raises(CosignRefused, match="already"):
        cosign(treatment=asked, by=member("Sue", Role.SUPERVISOR))
    assert Cosignature.objects.count() == 1


def test_nobody_co_signs_their_own_treatment(dan: Patient, carol: Member) -> None:
    both = member("Ida", Role.INJECTOR, Role.SUPERVISOR)
    own = signed_days_ago(dan, both, carol, 1)
    with pytest.raises(CosignRefused, match="their own"):
        cosign(treatment=own, by=both)
    with pytest.raises(CosignRefused, match="somebody else"):
        ask_for_cosignature(treatment=own, reason=FIRST, of=both, by=both)


def test_nobody_co_signs_what_was_done_to_them(signed: Treatment, bob: Member) -> None:
    signed.patient.member = bob
    signed.patient.save()
    with pytest.raises(CosignRefused, match="You are the patient"):
        cosign(treatment=signed, by=bob)
    assert not panel(signed, bob).may_cosign


def test_a_draft_is_not_co_signed(draft: Treatment, bob: Member) -> None:
    with pytest.raises(CosignRefused, match="draft"):
        cosign(treatment=draft, by=bob)


def test_only_supervisors_co_sign(asked: Treatment, olga: Member, ann: Member) -> None:
    for person in (olga, ann):
        with pytest.raises(NotAllowed, match="co-sign"):
            cosign(treatment=asked, by=person)


def test_changes_are_asked_for_in_words_and_answered_by_an_addendum(
    asked: Treatment, bob: Member, alice: Member, now: datetime
) -> None:
    with pytest.raises(CosignRefused, match="at least"):
        ask_for_changes(treatment=asked, note="why?", by=bob)
    before = asked.content_hash
    ask_for_changes(treatment=asked, note="Why 4 U in the procerus?", by=bob)
    assert standing_of(asked) == Standing.CHANGES
    assert queue(bob, now=now) == []
    task = Task.objects.get()
    assert task.assignee == alice
    assert "Why 4 U" in task.title
    later = now + timedelta(minutes=5)
    add_addendum(treatment=asked, reason="Asked", text="Strong muscle.", by=alice, at=later)
    assert standing_of(asked) == Standing.ANSWERED
    assert len(queue(bob, now=later)) == 1
    cosign(treatment=asked, by=bob, at=later + timedelta(minutes=1))
    assert standing_of(asked) == Standing.COSIGNED
    asked.refresh_from_db()
    assert asked.content_hash == before


def test_an_addendum_after_the_second_name_asks_for_it_again(
    asked: Treatment, bob: Member, alice: Member, now: datetime
) -> None:
    cosign(treatment=asked, by=bob, at=now)
    later = now + timedelta(hours=1)
    add_addendum(treatment=asked, reason="Left out", text="Ice.", by=alice, at=later)
    assert standing_of(asked) == Standing.ADDED_TO
    assert [row.standing for row in queue(bob, now=later)] == [Standing.ADDED_TO]


def test_asked_twice_is_asked_once(asked: Treatment, alice: Member) -> None:
    again = ask_for_cosignature(treatment=asked, reason="Once more", by=alice)
    assert again.reason == FIRST


def test_several_are_co_signed_together_or_none(
    asked: Treatment, alice: Member, bob: Member, carol: Member
) -> None:
    second = signed_days_ago(asked.patient, alice, carol, 3)
    cosign(treatment=second, by=bob)
    with pytest.raises(CosignRefused, match="already"):
        cosign_all(treatments=[asked, second], by=bob)
    assert standing_of(asked) == Standing.WAITING
    assert len(cosign_all(treatments=[asked], by=bob)) == 1


def test_how_prompt_co_signing_is(asked: Treatment, bob: Member, now: datetime) -> None:
    assert punctuality(bob.clinic_id, now=now).median_hours is None
    cosign(treatment=asked, by=bob, at=timezone.now() + timedelta(hours=6))
    kept = punctuality(bob.clinic_id, now=now + timedelta(days=1))
    assert (kept.asked, kept.cosigned, kept.in_time, kept.signed) == (1, 1, 1, 1)
    assert kept.median_hours == pytest.approx(6, abs=0.1)
    assert kept.share_looked_at == 1


@pytest.mark.parametrize(
    ("said", "asked", "addenda", "stands"),
    [
        ([], False, [], Standing.NOT_ASKED),
        ([], True, [], Standing.WAITING),
        ([("co-signed", 1)], False, [], Standing.COSIGNED),
        ([("co-signed", 1)], True, [0], Standing.COSIGNED),
        ([("co-signed", 1)], True, [2], Standing.ADDED_TO),
        ([("changes", 1)], True, [0], Standing.CHANGES),
        ([("changes", 1)], True, [2], Standing.ANSWERED),
        ([("changes", 1), ("co-signed", 3)], True, [2], Standing.COSIGNED),
        ([("changes", 1), ("changes", 3)], True, [2], Standing.CHANGES),
    ],
)
def test_how_a_treatment_stands_follows_from_what_was_said(
    said: list[tuple[str, int]], asked: bool, addenda: list[int], stands: Standing
) -> None:
    start = timezone.now()
    rows = [
        Cosignature(pk=number, decision=decision, at=start + timedelta(hours=hour))
        for number, (decision, hour) in enumerate(said, start=1)
    ]
    added = [start + timedelta(hours=hour) for hour in addenda]
    assert rules.standing(asked=asked, said=rows, addenda=added) == stands


def test_the_pages_lead_from_the_request_to_the_second_name(
    signed: Treatment, alice: Member, bob: Member, signed_in: SignedIn
) -> None:
    injector, supervisor = signed_in(alice), signed_in(bob)
    asking = f"/cosigning/{signed.pk}/ask/"
    assert injector.post(asking, {"of": "", "reason": ""}).status_code == 422
    assert injector.post(asking, {"of": bob.pk, "reason": FIRST}).status_code == 302
    assert signed.patient.name in supervisor.get("/cosigning/").content.decode()
    short = supervisor.post(f"/cosigning/{signed.pk}/changes/", {"note": "why?"})
    assert short.status_code == 422
    assert b"why?" in short.content
    assert supervisor.post(f"/cosigning/{signed.pk}/", {"note": ""}).status_code == 302
    page = injector.get(f"/treatments/{signed.pk}/").content.decode()
    assert "Co-signed" in page
    assert "Bob" in page


def test_the_queue_co_signs_those_chosen(
    asked: Treatment, bob: Member, signed_in: SignedIn
) -> None:
    client = signed_in(bob)
    client.post("/cosigning/all/", {"treatment": [asked.pk]})
    assert standing_of(asked) == Standing.COSIGNED
    again = client.post("/cosigning/all/", {"treatment": [asked.pk, "x"]}, follow=True)
    assert "already" in again.content.decode()


def test_another_clinic_sees_nothing_of_it(
    asked: Treatment, now: datetime, signed_in: SignedIn
) -> None:
    zoe = member("Zoe", Role.SUPERVISOR, clinic="Other Clinic")
    assert queue(zoe, now=now) == []
    client = signed_in(zoe)
    assert client.get(f"/cosigning/{asked.pk}/").status_code == 404
    assert client.post("/cosigning/all/", {"treatment": [asked.pk]}).status_code == 404
    assert standing_of(asked) == Standing.WAITING


def test_what_the_supervision_asks_for_is_asked_at_signing(
    draft: Treatment, alice: Member, bob: Member, olga: Member, now: datetime
) -> None:
    paper(bob, licence(number="TEST-9"))
    set_supervision(member=alice, supervisor=bob, rule=CosignRule.ALWAYS, by=olga)
    sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    (row,) = queue(bob, now=now)
    assert row.treatment == draft
    assert "Every treatment by Alice is co-signed." in row.reason


def test_only_the_first_treatments_of_an_area_are_asked_for(
    dan: Patient, alice: Member, bob: Member, carol: Member, olga: Member
) -> None:
    paper(bob, licence(number="TEST-9"))
    set_supervision(
        member=alice,
        supervisor=bob,
        rule=CosignRule.FIRST,
        first=1,
        since=timezone.localdate() - timedelta(days=300),
        by=olga,
    )
    first = signed_days_ago(dan, alice, carol, 200)
    signed_days_ago(dan, alice, carol, 90)
    assert [row.treatment for row in queue(bob, now=timezone.now())] == [first]


def test_without_a_supervisor_nobody_is_asked(
    signed: Treatment, bob: Member, now: datetime
) -> None:
    assert queue(bob, now=now) == []
