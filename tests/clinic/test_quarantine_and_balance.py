"""Stopped vials give nothing; every unit and every millilitre is accounted for, or asked about."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.stock import actions, balance
from glabella.clinic.stock.accounts import causes, unbalanced, vial_balance
from glabella.clinic.stock.actions import discard_vial, draw, draw_up, open_vial, waste_units
from glabella.clinic.stock.balance import Balance, Circumstances, likely_causes
from glabella.clinic.stock.holding import (
    explain_difference,
    measure_vial,
    quarantine_vial,
    release_vial,
)
from glabella.clinic.stock.models import HubLoss, Vial
from glabella.clinic.stock.queries import chart_vials, first_to_go, vial_row
from glabella.clinic.stock.rules import VialRefused
from glabella.clinic.stock.story import story
from glabella.clinic.treatments.actions import sign_treatment
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.planning import assess
from glabella.clinic.treatments.record import stored_points
from glabella.clinic.treatments.rules import SignRefused
from glabella.errors import RecordError
from tests.clinic.conftest import (
    PASSWORD,
    AnyReason,
    SignedIn,
    about,
    charted,
    measures,
    member,
    stock_vial,
)
from tests.laws import law


def policy(vial: Vial, **more: object) -> Vial:
    """Set the clinic's policy, and look at the vial anew."""
    Clinic.objects.filter(pk=vial.clinic_id).update(**more)
    return Vial.objects.get(pk=vial.pk)


def again(member: Member) -> Member:
    return Member.objects.get(pk=member.pk)


def test_a_quarantined_vial_cannot_be_signed_with_whatever_the_reason(
    draft: Treatment, vial: Vial, alice: Member
) -> None:
    quarantine_vial(vial=vial, reason="damaged", why="A crack in the glass.", by=alice)
    findings = assess(draft, stored_points(draft), now=timezone.now()).findings
    assert "vial-quarantined" in {finding.code for finding in findings}
    with pytest.raises(SignRefused, match="in quarantine"):
        sign_treatment(treatment=draft, by=alice, overrides=AnyReason())


def test_a_vial_that_is_stopped_between_the_check_and_the_draw_gives_nothing(
    draft: Treatment, vial: Vial, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check still saw the vial as good; the draw itself refuses."""
    from glabella.clinic.treatments import actions as signing

    real = signing._draw_from_vials

    def stopped_first(*args: Any, **kwargs: Any) -> None:
        Vial.objects.filter(pk=vial.pk).update(held=True)
        real(*args, **kwargs)

    monkeypatch.setattr(signing, "_draw_from_vials", stopped_first)
    with pytest.raises(RecordError, match="put into quarantine meanwhile"):
        sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    assert Vial.objects.get(pk=vial.pk).remaining_units == 100
    assert not Treatment.objects.get(pk=draft.pk).is_signed


def test_a_release_needs_a_reason_and_a_role_and_frees_the_vial_only_when_none_stands(
    vial: Vial, alice: Member, carol: Member
) -> None:
    first = quarantine_vial(vial=vial, reason="damaged", why="A crack?", by=alice)
    second = quarantine_vial(vial=vial, reason="other", why="Label is torn.", by=carol)
    with pytest.raises(NotAllowed):
        release_vial(quarantine=first, reason="Looked at, it is whole.", by=alice)
    with pytest.raises(VialRefused, match="at least 10"):
        release_vial(quarantine=first, reason="fine", by=carol)
    release_vial(quarantine=first, reason="Looked at, it is whole.", by=carol)
    assert Vial.objects.get(pk=vial.pk).held
    release_vial(quarantine=second, reason="The carton proves it.", by=carol)
    assert not Vial.objects.get(pk=vial.pk).held
    with pytest.raises(VialRefused, match="Somebody else released"):
        release_vial(quarantine=second, reason="The carton proves it.", by=carol)


def test_the_story_tells_who_did_what_and_why_in_the_order_of_time(
    vial: Vial, alice: Member, carol: Member
) -> None:
    stop = quarantine_vial(vial=vial, reason="damaged", why="A crack?", by=alice)
    release_vial(quarantine=stop, reason="Looked at, it is whole.", by=carol)
    waste_units(vial=vial, units=Decimal(4), reason="dropped", by=alice)
    discard_vial(vial=vial, reason="remainder", by=alice)
    told = story(Vial.objects.get(pk=vial.pk))
    assert [event.what.split(" with ")[0].split(":")[0] for event in told] == [
        "Received",
        "Opened and diluted",
        "Quarantined",
        "Released",
        "Wasted",
        "Discarded",
    ]
    assert [event.at for event in told] == sorted(event.at for event in told)


def test_one_patient_a_vial_is_a_stop_that_nobody_signs_past(
    signed: Treatment, vial: Vial, ann: Member
) -> None:
    policy(vial, shared_vials=False)
    other = add_patient(about=about("Eve"), measures=measures(), by=ann)
    second = charted(other, vial, ann)
    with pytest.raises(SignRefused, match="one patient for each vial"):
        sign_treatment(treatment=second, by=ann, overrides=AnyReason())


def test_the_draw_itself_refuses_a_second_patient(
    signed: Treatment, vial: Vial, ann: Member
) -> None:
    vial = policy(vial, shared_vials=False)
    other = add_patient(about=about("Eve"), measures=measures(), by=ann)
    second = charted(other, vial, ann)
    with pytest.raises(VialRefused, match="one patient for each vial"):
        draw(vial=vial, treatment=second, units=Decimal(4), by=ann, at=timezone.now())


def test_hub_loss_is_counted_at_signing_by_the_clinics_own_figure(
    draft: Treatment, vial: Vial, alice: Member
) -> None:
    policy(vial, hub_loss_ml=Decimal("0.05"))
    sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    held = vial_balance(vial)
    assert (held.drawn, held.hub, held.remaining) == (20, 2, 78)
    assert held.holds
    assert held.ml(held.hub) == pytest.approx(0.05)


def test_syringes_that_were_counted_are_not_counted_again_at_signing(
    draft: Treatment, vial: Vial, alice: Member
) -> None:
    policy(vial, hub_loss_ml=Decimal("0.05"))
    draw_up(vial=vial, syringes=3, by=alice)
    sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    assert HubLoss.objects.get().syringes == 3
    assert vial_balance(vial).hub == 6


def test_a_hub_cannot_keep_more_than_the_vial_holds(
    dan: Patient, carol: Member, alice: Member
) -> None:
    vial = policy(
        stock_vial(carol, opened_by=alice, vial_units=Decimal(50)), hub_loss_ml=Decimal("0.2")
    )
    waste_units(vial=vial, units=Decimal(45), reason="spilled", by=alice)
    draw_up(vial=vial, syringes=4, by=alice)
    held = vial_balance(vial)
    assert (held.hub, held.remaining, held.holds) == (5, 0, True)


@pytest.mark.parametrize("units", ["0", "-1", "100.01"])
def test_no_more_is_wasted_than_there_is(vial: Vial, alice: Member, units: str) -> None:
    with pytest.raises(VialRefused, match="can be wasted"):
        waste_units(vial=vial, units=Decimal(units), reason="spilled", by=alice)


def test_an_unopened_vial_is_not_wasted_in_part_nor_an_open_one_returned(
    vial: Vial, carol: Member
) -> None:
    with pytest.raises(VialRefused, match="does not go back"):
        discard_vial(vial=vial, reason="returned", by=carol)
    whole = stock_vial(carol)
    with pytest.raises(VialRefused, match="discarded whole"):
        waste_units(vial=whole, units=Decimal(1), reason="spilled", by=carol)
    discard_vial(vial=whole, reason="returned", by=carol)
    assert vial_row(Vial.objects.get(pk=whole.pk), timezone.now()).state == "Returned"


def test_a_discard_without_its_witness_is_refused_where_the_clinic_asks_for_one(
    vial: Vial, alice: Member, ann: Member
) -> None:
    policy(vial, witness_required=True)
    for witness, words in ((None, "asks for a witness"), (alice, "own witness")):
        with pytest.raises(VialRefused, match=words):
            discard_vial(vial=vial, reason="remainder", by=again(alice), witness=witness)
    discard = discard_vial(vial=vial, reason="remainder", by=again(alice), witness=ann)
    assert discard.witness == ann


def test_a_witness_confirms_with_their_own_password(
    signed_in: SignedIn, vial: Vial, alice: Member, ann: Member
) -> None:
    policy(vial, witness_required=True)
    sent = {"reason": "remainder", "witness_name": "ann", "witness_password": "wrong"}
    url = f"/stock/{vial.pk}/discard/"
    wrong = signed_in(alice).post(url, sent)
    assert wrong.status_code == 422
    assert b"do not match" in wrong.content
    signed_in(alice).post(url, sent | {"witness_password": PASSWORD})
    assert Vial.objects.get(pk=vial.pk).discard.witness == ann


def test_a_member_of_another_clinic_is_no_witness(
    signed_in: SignedIn, vial: Vial, alice: Member
) -> None:
    member("Zoe", Role.INJECTOR, clinic="Other Clinic")
    sent = {"reason": "remainder", "witness_name": "zoe", "witness_password": PASSWORD}
    assert signed_in(alice).post(f"/stock/{vial.pk}/discard/", sent).status_code == 422


def test_what_is_measured_short_is_taken_out_of_the_book_and_asked_about(
    vial: Vial, alice: Member, carol: Member
) -> None:
    measure_vial(vial=vial, found_ml=Decimal("2.0"), by=alice)
    held = vial_balance(vial)
    assert (held.missing, held.remaining, held.holds) == (20, 80, True)
    assert unbalanced(vial.clinic_id) == [vial.pk]
    # A later count that agrees explains nothing.
    measure_vial(vial=vial, found_ml=Decimal("2.0"), by=alice)
    assert unbalanced(vial.clinic_id) == [vial.pk]
    explain_difference(vial=vial, reason="spill", words="Ann knocked it over.", by=carol)
    assert unbalanced(vial.clinic_id) == []


def test_what_a_syringe_cannot_be_read_to_is_no_difference(vial: Vial, alice: Member) -> None:
    measured = measure_vial(vial=vial, found_ml=Decimal("2.46"), by=alice)
    assert (measured.short_units, measured.reason) == (0, "")
    assert unbalanced(vial.clinic_id) == []


def test_more_than_the_book_is_noted_and_never_added(vial: Vial, alice: Member) -> None:
    measure_vial(vial=vial, found_ml=Decimal("2.9"), by=alice)
    assert Vial.objects.get(pk=vial.pk).remaining_units == 100
    assert unbalanced(vial.clinic_id) == [vial.pk]
    assert "More is left than was to be" in causes(Vial.objects.get(pk=vial.pk))[-1]


def around(**more: Any) -> Circumstances:
    held = Balance(received=100, drawn=40, remaining=50, missing=10, diluent_ml=2.5)
    return Circumstances(**({"balance": held, "missing": 10.0, "draws": 2, "syringes": 0} | more))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "no hub loss is counted"),
        ({"drafts": [("The draft of Ann", 10.0)]}, "is not signed"),
        ({"twins": [("Vial GLV000002", -10.0)]}, "charted on the other"),
        (
            {"booked_ml": 1.5, "found_ml": 0.25, "known_diluent_ml": [1.25, 2.5]},
            "probably diluted with 1.25 mL",
        ),
        ({"missing": -10.0}, "More is left"),
        ({"unmeasured": True, "missing": 0.0}, "without being measured"),
        ({"balance": Balance(received=100, remaining=90), "missing": 10.0}, "past the clinic's"),
    ],
)
def test_the_likely_cause_is_told_first(more: dict[str, Any], words: str) -> None:
    assert words in likely_causes(around(**more))[0]


@pytest.mark.parametrize(
    "more",
    [
        {"missing": 40.0, "draws": 1},
        {"drafts": [("The draft of Ann", 30.0)], "draws": 0},
        {"twins": [("Vial GLV000002", 10.0)], "draws": 0},
        {"booked_ml": 1.5, "found_ml": 1.5, "known_diluent_ml": [1.25, 2.5], "draws": 0},
    ],
)
def test_a_cause_that_does_not_fit_is_not_told(more: dict[str, Any]) -> None:
    assert likely_causes(around(**more)) == []


def test_the_vial_page_names_the_draft_that_holds_its_units(
    draft: Treatment, vial: Vial, alice: Member, carol: Member, signed_in: SignedIn
) -> None:
    measure_vial(vial=vial, found_ml=Decimal("2.0"), by=alice)
    page = signed_in(carol).get(f"/stock/{vial.pk}/").content.decode()
    assert "The draft of Alice of" in page
    assert "is not signed" in page


def test_the_vial_that_runs_out_of_time_first_goes_first(
    carol: Member, alice: Member, now: datetime
) -> None:
    later = stock_vial(carol, opened_by=alice, lot="LATER", at=now - timedelta(hours=1))
    sooner = stock_vial(carol, opened_by=alice, lot="SOONER", at=now - timedelta(hours=5))
    rows = chart_vials(later.clinic_id, now, also=set())
    assert [row.lot for row in first_to_go(rows)] == ["SOONER"]
    assert [row.first for row in rows] == [True, False]
    # A remainder too small for any area of the label waits.
    waste_units(vial=sooner, units=Decimal(95), reason="spilled", by=alice)
    rows = chart_vials(later.clinic_id, now, also=set())
    assert [row.lot for row in first_to_go(rows)] == ["LATER"]


class TestTheBalanceCloses(TestCase):
    """Whatever is done with a vial, in whatever order, units and mL add up to what came in."""

    STEPS = st.one_of(
        st.tuples(st.just("waste"), st.decimals("0.01", "130", places=2)),
        st.tuples(st.just("hubs"), st.integers(1, 5)),
        st.tuples(st.just("measure"), st.decimals("0", "3", places=2)),
        st.tuples(st.just("draw"), st.sampled_from([1.0, 2.5, 4.0, 11.3])),
        st.tuples(st.just("stop"), st.none()),
        st.tuples(st.just("discard"), st.none()),
    )

    def do(self, step: str, value: Any, vial: Vial, alice: Member, carol: Member) -> None:
        if step == "waste":
            waste_units(vial=vial, units=value, reason="spilled", by=alice)
        elif step == "hubs":
            draw_up(vial=vial, syringes=value, by=alice)
        elif step == "measure":
            measure_vial(vial=vial, found_ml=value, by=alice)
        elif step == "draw":
            patient = add_patient(about=about("Drawn"), measures=measures(), by=alice)
            draft = charted(patient, vial, alice, units=value)
            sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
        elif step == "stop":
            stop = quarantine_vial(vial=vial, reason="other", why="To be looked at.", by=alice)
            release_vial(quarantine=stop, reason="Looked at, all well.", by=carol)
        else:
            discard_vial(vial=vial, reason="remainder", by=alice)

    @law
    @given(
        steps=st.lists(STEPS, max_size=5),
        hub=st.sampled_from(["0", "0.03", "0.2"]),
        diluent=st.sampled_from(["1", "2.5", "3.33"]),
    )
    def test_after_every_step(self, steps: list[Any], hub: str, diluent: str) -> None:
        carol, alice = member("Carol", Role.ASSISTANT), member("Alice", Role.INJECTOR)
        vial = policy(stock_vial(carol), hub_loss_ml=Decimal(hub))
        alice = again(alice)
        open_vial(vial=vial, diluent_ml=Decimal(diluent), by=alice)
        for step, value in steps:
            vial = Vial.objects.get(pk=vial.pk)
            # What is not allowed changes nothing, and the sum below shows it.
            with suppress(RecordError):
                self.do(step, value, vial, alice, carol)
            held = vial_balance(vial)
            assert held.holds, held
            assert held.remaining >= 0
            received, *parts = held.rows
            assert received[1] == pytest.approx(sum(units for _, units, _ in parts), abs=1e-6)
            assert received[2] == pytest.approx(float(diluent))
            assert sum(ml or 0.0 for _, _, ml in parts) == pytest.approx(float(diluent), abs=1e-6)


def test_a_write_past_the_pages_is_told_as_such(vial: Vial) -> None:
    Vial.objects.filter(pk=vial.pk).update(remaining_units=90)
    assert "past the clinic's own pages" in causes(Vial.objects.get(pk=vial.pk))[0]
    assert balance.Balance(received=100, remaining=90).gap == 10
    assert actions.draw
