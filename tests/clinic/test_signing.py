"""Signing: units leave the vials and the record is locked, all or nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed
from glabella.clinic.stock.accounts import vial_balance
from glabella.clinic.stock.actions import discard_vial
from glabella.clinic.stock.models import Draw, Vial
from glabella.clinic.treatments import actions
from glabella.clinic.treatments.actions import save_draft, sign_treatment, start_treatment
from glabella.clinic.treatments.models import Override, Treatment
from glabella.clinic.treatments.points import PointInput
from glabella.clinic.treatments.record import is_intact, stored_points
from glabella.clinic.treatments.rules import (
    LockedRecord,
    SignRefused,
    StaleDraft,
    stops_by_code,
)
from glabella.errors import RecordError
from glabella.plan import Finding
from tests.clinic.conftest import (
    WHY,
    AnyReason,
    SignedIn,
    about,
    charted,
    in_order,
    measures,
    stock_vial,
)


def test_the_units_leave_the_vial_and_the_balance_holds(signed: Treatment, vial: Vial) -> None:
    vial.refresh_from_db()
    assert vial.remaining_units == 80
    assert [draw.units for draw in Draw.objects.filter(treatment=signed)] == [Decimal(20)]
    balance = vial_balance(vial)
    assert (balance.received, balance.drawn, balance.remaining) == (100, 20, 80)
    assert balance.holds


def test_a_signed_treatment_keeps_plan_forecast_facts_and_hash(signed: Treatment) -> None:
    assert '"botox-cosmetic"' in signed.plan_json
    assert signed.forecast_json
    assert len(signed.facts_digest) == len(signed.content_hash) == 64
    fresh = Treatment.objects.get(pk=signed.pk)
    assert is_intact(fresh, stored_points(fresh))


def test_signing_leaves_a_trail(signed: Treatment, alice: Member) -> None:
    written = AuditEvent.objects.filter(by=alice).values_list("action", flat=True)
    assert {"treatment started", "units drawn", "treatment signed"} <= set(written)


def test_a_treatment_is_signed_once(signed: Treatment, alice: Member) -> None:
    with pytest.raises(LockedRecord, match="addendum"):
        sign_treatment(treatment=signed, by=alice)


def test_a_failure_in_the_middle_leaves_nothing(
    draft: Treatment, vial: Vial, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise OSError("the disk is full")

    monkeypatch.setattr(actions, "content_hash", broken)
    events = AuditEvent.objects.count()
    with pytest.raises(OSError, match="disk"):
        sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    vial.refresh_from_db()
    draft.refresh_from_db()
    assert vial.remaining_units == 100
    assert not draft.is_signed
    assert not Draw.objects.exists()
    assert AuditEvent.objects.count() == events


def test_an_empty_chart_is_not_signed(dan: Patient, alice: Member) -> None:
    draft = start_treatment(patient=dan, by=alice)
    with pytest.raises(SignRefused, match="Nothing is charted"):
        sign_treatment(treatment=draft, by=alice, overrides=AnyReason())


def test_a_chart_that_was_changed_meanwhile_is_not_signed(draft: Treatment, alice: Member) -> None:
    with pytest.raises(StaleDraft):
        sign_treatment(treatment=draft, by=alice, version=0, overrides=AnyReason())


def test_a_date_in_the_future_is_refused(draft: Treatment, alice: Member) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(SignRefused, match="future"):
        sign_treatment(treatment=draft, by=alice, date=tomorrow, overrides=AnyReason())


def test_a_treatment_cannot_be_started_in_the_future(dan: Patient, alice: Member) -> None:
    with pytest.raises(SignRefused, match="future"):
        start_treatment(patient=dan, by=alice, on=timezone.localdate() + timedelta(days=1))


def test_a_date_before_the_vial_was_opened_is_refused(draft: Treatment, alice: Member) -> None:
    last_week = timezone.localdate() - timedelta(days=7)
    with pytest.raises(SignRefused, match="opened later"):
        sign_treatment(treatment=draft, by=alice, date=last_week, overrides=AnyReason())


def test_no_reason_opens_an_over_age_vial(dan: Patient, carol: Member, alice: Member) -> None:
    old = stock_vial(carol, opened_by=alice, at=timezone.now() - timedelta(days=3))
    with pytest.raises(SignRefused, match="had to be used by"):
        sign_treatment(treatment=charted(dan, old, alice), by=alice, overrides=AnyReason())


def test_no_reason_opens_an_expired_vial(dan: Patient, carol: Member, alice: Member) -> None:
    at = timezone.now() - timedelta(days=10)
    expiry = timezone.localdate() - timedelta(days=2)
    old = stock_vial(carol, opened_by=alice, at=at, expiry=expiry)
    with pytest.raises(SignRefused, match="expired on"):
        sign_treatment(treatment=charted(dan, old, alice), by=alice, overrides=AnyReason())


def test_nothing_is_drawn_from_an_unopened_vial(dan: Patient, carol: Member, alice: Member) -> None:
    sealed = stock_vial(carol)
    with pytest.raises(SignRefused, match="not opened"):
        sign_treatment(treatment=charted(dan, sealed, alice), by=alice, overrides=AnyReason())


def test_nothing_is_drawn_from_a_discarded_vial(
    draft: Treatment, vial: Vial, alice: Member
) -> None:
    discard_vial(vial=vial, reason="damaged", by=alice)
    with pytest.raises(SignRefused, match="discarded"):
        sign_treatment(treatment=draft, by=alice, overrides=AnyReason())


def test_an_empty_vial_gives_nothing(dan: Patient, carol: Member, alice: Member) -> None:
    small = stock_vial(carol, opened_by=alice, vial_units=Decimal(50), lot="SMALL")
    first = charted(dan, small, alice, units=10)
    sign_treatment(treatment=first, by=alice, overrides=AnyReason())
    erin = add_patient(about=about("Erin"), measures=measures(), by=alice)
    with pytest.raises(SignRefused, match="is empty"):
        sign_treatment(treatment=charted(erin, small, alice), by=alice, overrides=AnyReason())


def test_no_more_is_drawn_than_is_left(dan: Patient, carol: Member, alice: Member) -> None:
    small = stock_vial(carol, opened_by=alice, vial_units=Decimal(50), lot="SMALL")
    with pytest.raises(SignRefused, match="50 U left"):
        sign_treatment(
            treatment=charted(dan, small, alice, units=11), by=alice, overrides=AnyReason()
        )


def test_a_contraindication_stops_until_somebody_gives_a_reason(vial: Vial, alice: Member) -> None:
    infected = about("Fay", conditions=["infection-at-site"])
    fay = in_order(add_patient(about=infected, measures=measures(), by=alice), alice)
    draft = charted(fay, vial, alice)
    with pytest.raises(SignRefused, match="give your reason"):
        sign_treatment(treatment=draft, by=alice)
    with pytest.raises(SignRefused, match="give your reason"):
        sign_treatment(treatment=draft, by=alice, overrides={"anything": WHY})
    sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    kept = Override.objects.get(treatment=draft)
    assert (kept.reason, kept.by) == (WHY, alice)


def test_stops_of_one_code_are_answered_by_one_reason_that_names_them_all() -> None:
    def stop(message: str) -> Finding:
        return Finding(code="rim", severity="stop", message=message)

    note = Finding(code="rim", severity="note", message="not this")
    (joined,) = stops_by_code([stop("One."), note, stop("Two."), stop("One.")])
    assert joined.message == "One. Two."


def test_only_who_injected_signs(draft: Treatment, ann: Member) -> None:
    with pytest.raises(SignRefused, match="Alice injected"):
        sign_treatment(treatment=draft, by=ann, overrides=AnyReason())


def test_a_reviewer_does_not_sign(draft: Treatment, bob: Member) -> None:
    with pytest.raises(NotAllowed, match="may not sign a treatment"):
        sign_treatment(treatment=draft, by=bob)


def test_nobody_signs_their_own_treatment(draft: Treatment, dan: Patient, alice: Member) -> None:
    dan.member = alice
    dan.save()
    with pytest.raises(RecordError, match="Nobody treats themself"):
        sign_treatment(treatment=draft, by=alice, overrides=AnyReason())


def test_the_earlier_treatment_stands_in_the_plan_of_the_next(
    signed: Treatment, dan: Patient, vial: Vial, alice: Member
) -> None:
    second = sign_treatment(treatment=charted(dan, vial, alice), by=alice, overrides=AnyReason())
    assert second.plan_json.count('"status":"given"') == 1
    assert second.plan_json.count('"status":"planned"') == 1


def test_signing_in_the_browser_keeps_the_reason_that_was_typed(
    signed_in: SignedIn, vial: Vial, alice: Member
) -> None:
    infected = about("Fay", conditions=["infection-at-site"])
    fay = in_order(add_patient(about=infected, measures=measures(), by=alice), alice)
    draft = charted(fay, vial, alice)
    client, url = signed_in(alice), f"/treatments/{draft.pk}/sign/"
    page = client.get(url)
    (name,) = page.context["form"].reasons
    sent = {"version": draft.version, "date": timezone.localdate().isoformat(), name: "short"}
    again = client.post(url, sent)
    assert again.status_code == 422
    assert b"short" in again.content
    done = client.post(url, sent | {name: WHY})
    assert done.status_code == 302
    assert Treatment.objects.get(pk=draft.pk).is_signed


def test_an_addendum_stands_beside_what_was_signed(
    signed_in: SignedIn, signed: Treatment, alice: Member
) -> None:
    before = signed.content_hash
    url = f"/treatments/{signed.pk}/addendum/"
    answer = signed_in(alice).post(url, {"reason": "Left out", "text": "Ice was used."})
    assert answer.status_code == 302
    page = signed_in(alice).get(f"/treatments/{signed.pk}/").content.decode()
    assert "Ice was used." in page
    assert "Record intact" in page
    assert Treatment.objects.get(pk=signed.pk).content_hash == before


def test_points_saved_by_one_injector_are_not_signed_unseen_by_the_page(
    draft: Treatment, vial: Vial, alice: Member, ann: Member, signed_in: SignedIn
) -> None:
    url, version = f"/treatments/{draft.pk}/sign/", draft.version
    one = PointInput(key="x", x_mm=0, y_mm=9, side="midline", units=2, vial=vial.pk)
    save_draft(treatment=draft, points=[one], version=version, by=ann)
    sent = {"version": version, "date": timezone.localdate().isoformat()}
    answer = signed_in(alice).post(url, sent)
    assert answer.status_code == 422
    assert b"changed since" in answer.content
