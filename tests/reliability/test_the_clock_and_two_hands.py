"""A clock that was set back, and two people or two windows doing the same thing at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from glabella.clinic.audit import chain
from glabella.clinic.audit.models import AuditEvent, Link
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.stock.accounts import vial_balance
from glabella.clinic.stock.models import Draw, Vial
from glabella.clinic.treatments.actions import save_draft, sign_treatment
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.points import PointInput
from glabella.errors import RecordError
from tests.clinic import history
from tests.clinic.conftest import AnyReason, charted, glabella, stock_vial

HANDS = 4


@pytest.fixture
def people(transactional_db: None) -> dict[str, Member]:
    return history.cast()


@pytest.fixture
def draft(people: dict[str, Member]) -> Treatment:
    vial = stock_vial(people["assistant"], opened_by=people["injector"])
    return charted(history.other_patient(people), vial, people["injector"])


def set_clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: at)


def test_an_entry_signed_with_the_clock_set_back_says_so_and_the_order_holds(
    draft: Treatment, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = timezone.now()
    back = real - timedelta(minutes=30)
    set_clock(monkeypatch, back)
    # Just after midnight the clock that was set back still shows the day before.
    given = timezone.localdate(back)
    sign_treatment(treatment=draft, by=draft.injector, date=given, overrides=AnyReason())
    set_clock(monkeypatch, real)
    event = AuditEvent.objects.get(action="treatment signed")
    assert event.detail["clock"] == "the clock was 30 minutes behind an entry before"
    numbers = list(Link.objects.order_by("number").values_list("event__action", flat=True))
    assert numbers[-1] == "treatment signed"
    assert numbers.index("treatment started") < numbers.index("treatment signed")
    assert chain.verify(Clinic.objects.get()).holds


def test_a_clock_that_goes_right_is_not_spoken_of(draft: Treatment) -> None:
    sign_treatment(treatment=draft, by=draft.injector, overrides=AnyReason())
    assert not AuditEvent.objects.filter(detail__has_key="clock").exists()


def test_with_the_clock_a_day_back_nothing_is_signed_for_tomorrow(
    draft: Treatment, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, timezone.now() - timedelta(days=1))
    with pytest.raises(RecordError, match="date"):
        sign_treatment(treatment=draft, by=draft.injector, overrides=AnyReason())
    assert not Draw.objects.exists()


def together(work: Any, hands: int = HANDS) -> list[str]:
    """Do the same in several threads at once; each one's answer, or why it was refused."""
    ready = Barrier(hands)

    def one(number: int) -> str:
        try:
            ready.wait(timeout=10)
            work(number)
            return "done"
        except RecordError as refusal:
            return str(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(one, range(hands)))


def test_signing_in_several_windows_at_once_signs_once(draft: Treatment) -> None:
    def sign(_: int) -> None:
        sign_treatment(treatment=draft, by=draft.injector, overrides=AnyReason())

    answers = together(sign)
    assert answers.count("done") == 1, answers
    assert all("signed" in answer for answer in answers if answer != "done"), answers
    assert Draw.objects.count() == 1
    assert AuditEvent.objects.filter(action="treatment signed").count() == 1
    assert vial_balance(Vial.objects.get()).holds


def test_of_several_windows_that_save_one_draft_none_overwrites_another(draft: Treatment) -> None:
    vial = Vial.objects.get()

    def save(number: int) -> None:
        points = [PointInput(**one) for one in glabella(vial, 2.0 + number)]
        save_draft(treatment=draft, points=points, version=1, by=draft.injector)

    answers = together(save)
    assert answers.count("done") == 1, answers
    assert all("another window" in answer for answer in answers if answer != "done")
    assert len(set(draft.points.values_list("units", flat=True))) == 1
    assert Treatment.objects.get().version == 2


def test_the_chain_has_no_fork_when_several_work_at_once(people: dict[str, Member]) -> None:
    def work(number: int) -> None:
        history.other_patient(people)

    assert together(work) == ["done"] * HANDS
    found = chain.verify(Clinic.objects.get())
    assert found.holds, found.breaks
    assert found.links == AuditEvent.objects.count()
