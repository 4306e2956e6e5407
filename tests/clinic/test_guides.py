"""A complication guide: started with one tap, ticked by several people, kept in the record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from glabella import facts
from glabella.clinic.audit.chain import verify
from glabella.clinic.audit.models import Viewing
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.safety.actions import answer_step, close_guide, start_guide
from glabella.clinic.safety.models import GuideRun, StepDone
from glabella.clinic.safety.queries import guide_page
from glabella.clinic.safety.rules import (
    GuideRefused,
    event_names,
    guide_for,
    kept_steps,
    step_texts,
)
from glabella.clinic.treatments.models import Treatment
from glabella.errors import RecordError
from tests.clinic.conftest import Patient, SignedIn, member, signed_days_ago
from tests.clinic.events import raised


@pytest.fixture
def five_days(dan: Patient, alice: Member, carol: Member) -> Treatment:
    return signed_days_ago(dan, alice, carol, 5)


@pytest.fixture
def run(five_days: Treatment, alice: Member) -> GuideRun:
    event = raised(five_days, alice, "eyelid-ptosis", side="left")
    return start_guide(patient=event.patient, guide="lid", event=event, by=alice)


def test_every_event_leads_to_a_guide() -> None:
    known = facts.load().guides
    assert all(guide_for(event) in known for event in event_names())
    assert guide_for("something new") == "general"


def test_a_step_is_cited_or_says_that_it_is_not() -> None:
    for guide in facts.load().guides.values():
        for step in step_texts(guide):
            assert bool(step.source) == step.sourced, step


def test_no_step_gives_a_medicine_that_was_not_read() -> None:
    medicines = ("adrenaline", "epinephrine", "antihistamine", "steroid", "ibuprofen", "aspirin")
    for key, guide in facts.load().guides.items():
        for step in step_texts(guide):
            named = [one for one in medicines if one in step.text.lower()]
            assert step.sourced or not named, (key, named)


def test_the_guide_for_an_allergic_reaction_says_that_nothing_was_read() -> None:
    guide = facts.load().guides["allergy"]
    assert guide.gap == "No source on treating anaphylaxis was read."
    assert guide.urgent


def test_it_is_started_with_one_tap_from_the_event(
    signed_in: SignedIn, five_days: Treatment, alice: Member
) -> None:
    event = raised(five_days, alice, "eyelid-ptosis", side="left")
    answer = signed_in(alice).post(f"/safety/events/{event.pk}/guide/", follow=True)
    page = answer.content.decode()
    assert "Drooping upper lid" in page
    assert "Next:" in page
    assert GuideRun.objects.get().treatment == five_days


def test_it_is_started_in_an_emergency_before_there_is_an_event(
    signed_in: SignedIn, dan: Patient, alice: Member
) -> None:
    client, url = signed_in(alice), f"/safety/patients/{dan.pk}/guide/"
    client.post(url, {"guide": "allergy"})
    assert GuideRun.objects.get().event is None
    assert "A guide is running" in client.get(f"/patients/{dan.pk}/").content.decode()
    answer = client.post(url, {"guide": "hiccups"}, follow=True)
    assert "There is no guide" in answer.content.decode()


def test_starting_it_again_goes_on_with_what_is_open(run: GuideRun, bob: Member) -> None:
    again = start_guide(patient=run.patient, guide="lid", event=run.event, by=bob)
    assert again == run


def test_several_people_tick_and_each_tick_has_a_name_and_a_time(
    signed_in: SignedIn, run: GuideRun, alice: Member, bob: Member
) -> None:
    signed_in(alice).post(f"/safety/runs/{run.pk}/step/", {"step": "flags"})
    signed_in(bob).post(f"/safety/runs/{run.pk}/step/", {"step": "measure", "note": "2 and 4 mm"})
    page = signed_in(alice).get(f"/safety/runs/{run.pk}/steps/").content.decode()
    assert "Alice" in page
    assert "Bob" in page
    assert "2 and 4 mm" in page
    assert "2 of 7 steps answered" in page


def test_of_two_who_tick_the_same_step_the_first_one_counts(
    run: GuideRun, alice: Member, bob: Member
) -> None:
    first = answer_step(run=run, step="flags", by=alice)
    assert answer_step(run=run, step="flags", by=bob) == first
    assert StepDone.objects.get().by == alice


def test_leaving_a_step_out_needs_a_reason(
    signed_in: SignedIn, run: GuideRun, alice: Member
) -> None:
    with pytest.raises(GuideRefused, match="Say why"):
        answer_step(run=run, step="drops", left_out=True, by=alice)
    client = signed_in(alice)
    sent = {"step": "drops", "left_out": "on"}
    page = client.post(f"/safety/runs/{run.pk}/step/", sent, follow=True).content.decode()
    assert "Say why the step is left out." in page
    client.post(f"/safety/runs/{run.pk}/step/", sent | {"note": "Dry eye"})
    assert StepDone.objects.get().left_out


def test_a_step_that_the_guide_has_not_is_refused(run: GuideRun, alice: Member) -> None:
    with pytest.raises(GuideRefused, match="has no step"):
        answer_step(run=run, step="dance", by=alice)


def test_it_is_closed_when_every_step_is_answered(run: GuideRun, alice: Member) -> None:
    with pytest.raises(GuideRefused, match="7 steps are still open"):
        close_guide(run=run, text="Gone", by=alice)
    for step in kept_steps(run.steps_json):
        answer_step(run=run, step=step.code, by=alice)
    with pytest.raises(RecordError, match="Say how it ended"):
        close_guide(run=run, text=" ", by=alice)
    close_guide(run=run, text="Gone", by=alice)
    with pytest.raises(GuideRefused, match="was closed"):
        answer_step(run=run, step="flags", by=alice)
    assert verify(alice.clinic).holds


def test_a_refused_close_keeps_what_was_typed(
    signed_in: SignedIn, run: GuideRun, alice: Member
) -> None:
    answer = signed_in(alice).post(f"/safety/runs/{run.pk}/close/", {"text": "It was nothing."})
    assert answer.status_code == 422
    assert "It was nothing." in answer.content.decode()


def test_the_first_step_that_is_open_is_the_next_one_and_later_ones_have_a_date(
    run: GuideRun, five_days: Treatment, alice: Member
) -> None:
    answer_step(run=run, step="flags", by=alice)
    page = guide_page(run)
    assert page.next is not None
    assert page.next.step.code == "measure"
    last = page.steps[-1]
    assert last.step.when == "later"
    assert last.due.on == five_days.date + timedelta(days=28)


def test_what_a_run_said_stays_when_the_facts_change(run: GuideRun) -> None:
    kept = kept_steps(run.steps_json)
    assert [one.code for one in kept] == [
        one.code for one in step_texts(facts.load().guides["lid"])
    ]
    assert run.steps_json.startswith('[{"code":"flags"')


def test_a_page_that_asks_again_and_again_is_one_look(
    signed_in: SignedIn, run: GuideRun, alice: Member
) -> None:
    client = signed_in(alice)
    client.get(f"/safety/runs/{run.pk}/")
    seen = Viewing.objects.count()
    for _ in range(3):
        assert client.get(f"/safety/runs/{run.pk}/steps/").status_code == 200
    assert Viewing.objects.count() == seen


def test_a_stock_keeper_starts_no_guide(dan: Patient, carol: Member) -> None:
    with pytest.raises(NotAllowed):
        start_guide(patient=dan, guide="lid", by=carol)


def test_another_clinic_sees_no_run(signed_in: SignedIn, run: GuideRun) -> None:
    zoe = signed_in(member("Zoe", Role.INJECTOR, clinic="Other Clinic"))
    assert zoe.get(f"/safety/runs/{run.pk}/").status_code == 404
    assert zoe.get(f"/safety/runs/{run.pk}/steps/").status_code == 404
    assert zoe.post(f"/safety/runs/{run.pk}/step/", {"step": "flags"}).status_code == 404
    assert zoe.post(f"/safety/runs/{run.pk}/close/", {"text": "x"}).status_code == 404
    assert zoe.post(f"/safety/patients/{run.patient_id}/guide/").status_code == 404


def test_all_guides_are_listed_with_what_is_not_sourced(signed_in: SignedIn, bob: Member) -> None:
    page = signed_in(bob).get("/safety/guides/").content.decode()
    for guide in facts.load().guides.values():
        assert guide.name in page
