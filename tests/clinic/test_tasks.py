"""The clinic's list of things to do: raised once, taken, put off with a reason, finished once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.tasks.actions import (
    TaskRefused,
    add_task,
    finish_task,
    leave_task,
    raise_task,
    snooze_task,
    take_task,
)
from glabella.clinic.tasks.models import Snooze, Task, Urgency
from glabella.clinic.tasks.queries import chosen, tasks_of_patient, todays_tasks
from tests.clinic.conftest import SignedIn, member


def raised(by: Member, key: str = "k", **more: Any) -> Task:
    told: dict[str, Any] = {"kind": "call", "title": "Call Dan", "due": timezone.localdate()}
    return raise_task(clinic=by.clinic, key=key, by=None, **told | more)


def test_the_same_thing_is_raised_once_while_it_is_open(alice: Member) -> None:
    first, second = raised(alice), raised(alice, title="Other words")
    assert first == second
    assert Task.objects.get().title == "Call Dan"
    finish_task(task=first, outcome="Done", by=alice)
    assert raised(alice) != first


def test_the_loudest_comes_first_and_then_the_earliest(alice: Member, today: date) -> None:
    raised(alice, "routine", due=today - timedelta(days=9))
    raised(alice, "soon", urgency=Urgency.SOON, due=today)
    raised(alice, "later soon", urgency=Urgency.SOON, due=today + timedelta(days=1))
    raised(alice, "now", urgency=Urgency.NOW, due=today)
    keys = [task.key for task in chosen(alice, show="open", today=today)]
    assert keys == ["now", "soon", "later soon", "routine"]


def test_what_is_urgent_is_finished_in_words_only(alice: Member) -> None:
    task = raised(alice, urgency=Urgency.NOW)
    for said in ("", "   ", "Done", "Spoke to the patient", "ok"):
        with pytest.raises(TaskRefused):
            finish_task(task=task, outcome=said, by=alice)
    finish_task(task=task, outcome="Sent to the emergency department by taxi.", by=alice)
    assert Task.objects.get().done_by == alice


def test_of_two_who_finish_at_once_one_is_told(alice: Member, bob: Member) -> None:
    task = raised(alice)
    same = Task.objects.get(pk=task.pk)
    finish_task(task=task, outcome="Spoke to the patient", by=alice)
    with pytest.raises(TaskRefused, match="Alice finished this task meanwhile: “Spoke to"):
        finish_task(task=same, outcome="Done", by=bob)
    assert AuditEvent.objects.filter(action="task finished").count() == 1


def test_a_task_is_taken_by_one(alice: Member, bob: Member) -> None:
    task = raised(alice)
    take_task(task=task, by=alice)
    with pytest.raises(TaskRefused, match="Alice has taken"):
        take_task(task=Task.objects.get(), by=bob)
    take_task(task=task, by=alice)
    leave_task(task=task, by=alice)
    assert take_task(task=task, by=bob).assignee == bob
    finish_task(task=task, outcome="Done", by=bob)
    with pytest.raises(TaskRefused, match="finished"):
        take_task(task=task, by=alice)


def test_a_task_is_put_off_with_a_reason_and_comes_back(alice: Member, today: date) -> None:
    task, then = raised(alice), today + timedelta(days=3)
    for until, reason in ((then, " "), (today, "Away"), (today + timedelta(days=91), "Away")):
        with pytest.raises(TaskRefused):
            snooze_task(task=task, until=until, reason=reason, by=alice)
    snooze_task(task=task, until=then, reason="On holiday", by=alice)
    assert not chosen(alice, show="open", today=today)
    assert [one.pk for one in chosen(alice, show="later", today=today)] == [task.pk]
    assert [one.pk for one in chosen(alice, show="open", today=then)] == [task.pk]
    with pytest.raises(DatabaseError), transaction.atomic():
        Snooze.objects.update(reason="Other")


def test_what_is_to_be_done_at_once_is_not_put_off(alice: Member, today: date) -> None:
    task = raised(alice, urgency=Urgency.NOW)
    with pytest.raises(TaskRefused, match="cannot be put off"):
        snooze_task(task=task, until=today + timedelta(days=1), reason="Busy", by=alice)


def test_today_shows_what_is_due_and_counts_the_rest(alice: Member, today: date) -> None:
    for number in range(8):
        raised(alice, f"key {number}")
    raised(alice, "ahead", due=today + timedelta(days=1))
    told = todays_tasks(alice, now=timezone.now())
    assert (len(told.rows), told.more) == (6, 2)


def test_an_auditor_works_no_tasks(alice: Member) -> None:
    with pytest.raises(NotAllowed):
        finish_task(task=raised(alice), outcome="Done", by=member("Aud", Role.AUDITOR))


def test_the_list_in_the_hand(signed_in: SignedIn, alice: Member, dan: Patient) -> None:
    client = signed_in(alice)
    task = raised(alice, patient=dan, detail="Since this morning")
    shown = client.get("/tasks/").content.decode()
    assert "Since this morning" in shown
    assert dan.name in shown
    client.post(f"/tasks/{task.pk}/take/", {"next": "/tasks/?show=mine"})
    assert "Give back" in client.get("/tasks/?show=mine").content.decode()
    answer = client.post(f"/tasks/{task.pk}/finish/", {"outcome": "Done", "next": "/tasks/"})
    assert answer.url == "/tasks/"
    assert "Finished by Alice" in client.get("/tasks/?show=done").content.decode()
    again = client.post(f"/tasks/{task.pk}/finish/", {"outcome": "Done twice"})
    assert again.status_code == 422
    assert "meanwhile" in again.content.decode()
    # Nobody is led to another site by a crafted form.
    away = client.post(f"/tasks/{task.pk}/take/", {"next": "https://example.org/"})
    assert away.url == "/tasks/"


def test_what_was_typed_for_an_urgent_task_is_not_lost(signed_in: SignedIn, alice: Member) -> None:
    task = raised(alice, urgency=Urgency.NOW)
    answer = signed_in(alice).post(f"/tasks/{task.pk}/finish/", {"outcome": "Called"})
    assert answer.status_code == 422
    assert "Called</textarea>" in answer.content.decode()


def test_a_task_by_hand_and_on_the_patients_page(
    signed_in: SignedIn, alice: Member, dan: Patient, today: date
) -> None:
    add_task(title="Order needles", due=today, urgency="routine", by=alice)
    add_task(title="Order needles", due=today, urgency="routine", by=alice)
    assert Task.objects.count() == 2
    mine = add_task(title="Send photos", due=today, urgency="soon", patient=dan, by=alice)
    assert [row.id for row in tasks_of_patient(dan.pk, member=alice, now=timezone.now())] == [
        mine.pk
    ]
    assert "Send photos" in signed_in(alice).get(f"/patients/{dan.pk}/").content.decode()
    client = signed_in(alice)
    kept = {"title": "Ring the supplier", "due": today.isoformat(), "urgency": "soon"}
    assert client.post("/tasks/new/", kept).status_code == 302
    assert "Ring the supplier" in client.get("/").content.decode()


def test_another_clinics_tasks_are_not_there(signed_in: SignedIn, alice: Member) -> None:
    task = raised(alice)
    zoe = signed_in(member("Zoe", Role.INJECTOR, clinic="Other Clinic"))
    assert zoe.get(f"/tasks/{task.pk}/").status_code == 404
    for act in ("take", "finish", "snooze"):
        assert zoe.post(f"/tasks/{task.pk}/{act}/", {"outcome": "Done"}).status_code == 404
    assert "Call Dan" not in zoe.get("/tasks/").content.decode()
    assert Task.objects.get().done_at is None
