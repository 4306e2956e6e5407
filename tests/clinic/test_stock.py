"""Vials: received, opened with a known dilution, drawn, discarded, all accounted for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from glabella import facts
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed
from glabella.clinic.stock.accounts import unbalanced, vial_balance
from glabella.clinic.stock.actions import discard_vial, open_vial, receive_vial
from glabella.clinic.stock.models import Vial
from glabella.clinic.stock.queries import dilution_rows, vial_row
from glabella.clinic.stock.rules import VialRefused, VialState, end_of_day, shared_vial, usable
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import SignedIn, stock_vial

NOON = datetime(2026, 5, 4, 12, tzinfo=timezone.get_default_timezone())


def state(**more: object) -> VialState:
    good = {
        "product": "botox-cosmetic",
        "lot": "L1",
        "expiry": date(2026, 12, 31),
        "vial_units": 100.0,
        "remaining_units": 60.0,
        "opened_at": NOON - timedelta(hours=1),
        "use_by": NOON + timedelta(hours=23),
    }
    return VialState(**(good | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, ""),
        ({"expiry": date(2026, 5, 3)}, "vial-expired"),
        ({"expiry": date(2026, 5, 4)}, ""),
        ({"use_by": NOON - timedelta(seconds=1)}, "vial-over-age"),
        ({"use_by": NOON}, ""),
        ({"opened_at": None, "use_by": None}, "vial-not-opened"),
        ({"opened_at": NOON + timedelta(hours=1)}, "vial-opened-later"),
        ({"remaining_units": 0.0}, "vial-empty"),
        ({"discarded": True}, "vial-discarded"),
    ],
)
def test_a_vial_is_usable_or_says_why_not(wrong: dict[str, object], code: str) -> None:
    findings = usable(state(**wrong), NOON)
    assert [finding.code for finding in findings] == ([code] if code else [])
    assert all(finding.severity == "stop" and finding.mend for finding in findings)


def test_units_per_tenth_millilitre_follow_from_the_diluent(vial: Vial) -> None:
    row = vial_row(vial, timezone.now())
    assert row.units_per_tenth_ml == 4
    assert row.state == "In use"


def test_use_by_is_never_later_than_the_expiry(carol: Member, alice: Member) -> None:
    today = timezone.localdate()
    vial = stock_vial(carol, opened_by=alice, product="daxxify", lot="D", expiry=today)
    assert vial.opening.use_by == end_of_day(today)


def test_use_by_follows_the_hours_of_the_facts(vial: Vial) -> None:
    hours = facts.product("botox-cosmetic").storage.opened_hours
    assert hours is not None
    assert vial.opening.use_by - vial.opening.opened_at == timedelta(hours=hours.value)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"expiry": date(2020, 1, 1)}, "expired on"),
        ({"expiry": date(9999, 12, 31)}, "Check the year"),
        ({"product": "nothing"}, "no product"),
    ],
)
def test_a_carton_that_cannot_be_is_not_received(
    carol: Member, wrong: dict[str, object], words: str
) -> None:
    with pytest.raises(VialRefused, match=words):
        stock_vial(carol, **wrong)  # type: ignore[arg-type]


def test_a_form_that_is_refused_keeps_what_was_typed(signed_in: SignedIn, carol: Member) -> None:
    sent = {"vial-TOTAL_FORMS": "1", "vial-INITIAL_FORMS": "0"} | {
        f"vial-0-{name}": value
        for name, value in {
            "product": "jeuveau",
            "vial_units": "100",
            "lot": "TYPED-9",
            "expiry": "2011-01-01",
        }.items()
    }
    answer = signed_in(carol).post("/stock/receive/", sent)
    assert answer.status_code == 422
    assert b"TYPED-9" in answer.content
    assert b"This lot expired on" in answer.content


def test_a_vial_is_diluted_once(vial: Vial, alice: Member) -> None:
    with pytest.raises(VialRefused, match="open already"):
        open_vial(vial=vial, diluent_ml=Decimal(1), by=alice)


def test_an_expired_vial_is_not_opened(carol: Member, alice: Member) -> None:
    received = timezone.now() - timedelta(days=30)
    expiry = timezone.localdate() - timedelta(days=1)
    vial = stock_vial(carol, at=received, expiry=expiry)
    with pytest.raises(VialRefused, match="expired"):
        open_vial(vial=vial, diluent_ml=Decimal("2.5"), by=alice)


def test_the_dilutions_offered_have_a_source(vial: Vial) -> None:
    rows = dilution_rows(vial)
    assert [row.diluent_ml for row in rows] == [2.5]
    assert all(row.source for row in rows)


def test_a_dilution_without_a_source_is_a_warning_on_the_page(
    signed_in: SignedIn, carol: Member, alice: Member
) -> None:
    vial = stock_vial(carol)
    answer = signed_in(alice).post(f"/stock/{vial.pk}/open/", {"diluent_ml": "3.3"}, follow=True)
    assert b"No source names 3.3 mL" in answer.content


@pytest.mark.parametrize("diluent", ["0", "-1", "NaN", "lots", ""])
def test_a_diluent_that_is_no_volume_is_refused(
    signed_in: SignedIn, carol: Member, alice: Member, diluent: str
) -> None:
    vial = stock_vial(carol)
    answer = signed_in(alice).post(f"/stock/{vial.pk}/open/", {"diluent_ml": diluent})
    assert answer.status_code == 422
    assert not hasattr(Vial.objects.get(pk=vial.pk), "opening")


def test_a_discard_writes_down_what_was_wasted(
    signed: Treatment, vial: Vial, alice: Member
) -> None:
    discard = discard_vial(vial=vial, reason="remainder", by=alice)
    vial.refresh_from_db()
    assert (discard.units, vial.remaining_units) == (80, 0)
    balance = vial_balance(vial)
    assert (balance.drawn, balance.discarded, balance.remaining) == (20, 80, 0)
    assert balance.holds
    assert unbalanced(vial.clinic_id) == []
    with pytest.raises(VialRefused, match="discarded already"):
        discard_vial(vial=vial, reason="remainder", by=alice)


def test_units_that_vanish_are_flagged(signed_in: SignedIn, carol: Member, vial: Vial) -> None:
    Vial.objects.filter(pk=vial.pk).update(remaining_units=90)
    assert unbalanced(vial.clinic_id) == [vial.pk]
    assert b"do not add up" in signed_in(carol).get("/").content


@pytest.mark.parametrize("remaining", ["-1", "101"])
def test_the_database_itself_refuses_an_impossible_remainder(vial: Vial, remaining: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Vial.objects.filter(pk=vial.pk).update(remaining_units=Decimal(remaining))


def test_a_vial_for_one_patient_that_served_another_is_a_warning() -> None:
    vial = state(product="xeomin")
    assert shared_vial(vial, other_patients=0, allowed=True) == []
    (finding,) = shared_vial(vial, other_patients=1, allowed=True)
    assert finding.severity == "warn"
    assert finding.source


def test_an_injector_does_not_receive_and_a_reviewer_does_not_open(
    alice: Member, bob: Member, carol: Member
) -> None:
    vial = stock_vial(carol)
    with pytest.raises(NotAllowed, match="may not receive vials"):
        receive_vial(
            product="xeomin",
            lot="X",
            expiry=timezone.localdate(),
            vial_units=Decimal(100),
            by=alice,
        )
    with pytest.raises(NotAllowed, match="may not open"):
        open_vial(vial=vial, diluent_ml=Decimal("2.5"), by=bob)
