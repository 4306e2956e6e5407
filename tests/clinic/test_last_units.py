"""Two people draw the last units at once: one gets them, one is told why not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection, connections

from glabella.clinic.patients.actions import add_patient
from glabella.clinic.people.permissions import Role
from glabella.clinic.stock.accounts import vial_balance
from glabella.clinic.stock.models import Draw, Vial
from glabella.clinic.treatments import actions
from glabella.clinic.treatments.actions import sign_treatment
from glabella.clinic.treatments.models import Treatment
from glabella.errors import RecordError
from tests.clinic.conftest import AnyReason, about, charted, measures, member, stock_vial

BOTH = 2


@pytest.fixture
def drafts(transactional_db: None) -> list[Treatment]:
    """Two charts of 20 U each on a vial that has 50 - 20 = 30 U left."""
    carol = member("Carol", Role.ASSISTANT)
    injectors = [member(name, Role.INJECTOR) for name in ("Alice", "Ann", "Amy")]
    vial = stock_vial(carol, opened_by=injectors[0], vial_units=Decimal(50), lot="LAST")
    charts = []
    for injector in injectors:
        patient = add_patient(
            about=about(f"Patient of {injector}"), measures=measures(), by=injector
        )
        charts.append(charted(patient, vial, injector))
    sign_treatment(treatment=charts[2], by=injectors[2], overrides=AnyReason())
    return charts[:BOTH]


def sign(draft: Treatment, together: Barrier) -> str:
    try:
        together.wait(timeout=10)
        sign_treatment(treatment=draft, by=draft.injector, overrides=AnyReason())
        return "signed"
    except RecordError as refusal:
        return str(refusal)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_at_once_one_gets_the_last_units(drafts: list[Treatment]) -> None:
    together = Barrier(BOTH)
    with ThreadPoolExecutor(BOTH) as pool:
        answers = list(pool.map(lambda draft: sign(draft, together), drafts))
    assert answers.count("signed") == 1, answers
    refusal = next(answer for answer in answers if answer != "signed")
    assert "10 U left" in refusal
    vial = Vial.objects.get(lot="LAST")
    assert vial.remaining_units == 10
    assert vial_balance(vial).holds
    assert Treatment.objects.filter(state="signed").count() == BOTH
    assert Draw.objects.count() == BOTH


@pytest.mark.django_db(transaction=True)
def test_units_that_go_between_the_check_and_the_draw_are_not_drawn_twice(
    drafts: list[Treatment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule has said yes when the vial is drained: the UPDATE itself still says no."""
    draft, draw = drafts[0], actions.draw

    def drained_first(**arguments: object) -> Draw:
        Vial.objects.filter(lot="LAST").update(remaining_units=5)
        return draw(**arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "draw", drained_first)
    with pytest.raises(RecordError, match="5 U left, not 20 U"):
        sign_treatment(treatment=draft, by=draft.injector, overrides=AnyReason())
    assert Vial.objects.get(lot="LAST").remaining_units == 30
    assert not Treatment.objects.get(pk=draft.pk).is_signed


def test_the_engine_takes_the_write_lock_at_once(db: None) -> None:
    if connection.vendor == "sqlite":
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
