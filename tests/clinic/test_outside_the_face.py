"""Sessions outside the face: charted, signed, read again, and never mixed with the face."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from glabella.clinic.body.actions import read_scale, start_session
from glabella.clinic.body.models import ScaleReading
from glabella.clinic.body.queries import LayInput, laid_points, next_sessions, repeated_points
from glabella.clinic.body.rules import ScaleRefused
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments import planning, rules
from glabella.clinic.treatments.actions import save_draft, sign_treatment, start_treatment
from glabella.clinic.treatments.body_session import SheetInput, elsewhere
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.points import PointInput
from glabella.clinic.treatments.record import is_intact, stored_points
from glabella.errors import InputError, UserError
from glabella.face import Side
from tests.clinic.conftest import AnyReason, about, charted, measures, member, post_json, stock_vial

SignedIn = Callable[[Member], Client]
MIGRAINE, SWEAT, CHILD = "chronic-migraine", "axillary-sweating", "upper-limb-spasticity-child"


def botox(by: Member, opened_by: Member, units: int = 200, **more: Any) -> Vial:
    """An open vial of therapeutic Botox, 4 U in 0.1 mL."""
    return stock_vial(
        by, opened_by=opened_by, product="botox", vial_units=Decimal(units),
        **({"lot": "LOT-T1"} | more),
    )  # fmt: skip


@pytest.fixture
def therapeutic(carol: Member, alice: Member) -> Vial:
    return botox(carol, alice)


def as_input(points: list[dict[str, object]]) -> list[PointInput]:
    return [PointInput(**{"key": f"p{i}", **one}) for i, one in enumerate(points)]  # type: ignore[arg-type]


def laid(
    patient: Patient, vial: Vial, by: Member, indication: str = MIGRAINE, **more: Any
) -> Treatment:
    at = more.pop("at", None)
    draft = start_session(patient=patient, indication=indication, by=by, at=at)
    sheet = more.pop("sheet", SheetInput())
    points = as_input(laid_points(draft, LayInput(vial=vial.pk, **more)))
    save_draft(treatment=draft, points=points, version=0, sheet=sheet, by=by, at=at)
    return draft


def findings(draft: Treatment) -> dict[str, str]:
    told = planning.assess(draft, stored_points(draft), now=timezone.now())
    assert told.problem == ""
    return {one.code: one.message for one in told.findings}


def given_days_ago(
    patient: Patient, by: Member, carol: Member, days: int, indication: str = MIGRAINE
) -> Treatment:
    at = timezone.now() - timedelta(days=days)
    vial = botox(carol, by, lot=f"LOT-T{days}", at=at - timedelta(hours=1))
    draft = laid(patient, vial, by, indication, at=at)
    return sign_treatment(treatment=draft, by=by, overrides=AnyReason(), at=at)


def test_a_session_is_signed_like_any_treatment(
    dan: Patient, therapeutic: Vial, alice: Member
) -> None:
    sheet = SheetInput(scale_before=64, guidance="anatomy")
    signed = sign_treatment(
        treatment=laid(dan, therapeutic, alice, sheet=sheet), by=alice, overrides=AnyReason()
    )
    therapeutic.refresh_from_db()
    assert therapeutic.remaining_units == Decimal("45.00")
    assert signed.is_signed
    assert is_intact(signed, stored_points(signed))
    assert '"indication":"chronic-migraine"' in signed.plan_json
    assert "No forecast" in signed.forecast_json
    with pytest.raises(DatabaseError), transaction.atomic():
        Treatment.objects.filter(pk=signed.pk).update(indication=SWEAT)


def test_what_was_signed_is_told_apart_from_what_was_changed_behind_it(
    dan: Patient, therapeutic: Vial, alice: Member
) -> None:
    signed = sign_treatment(
        treatment=laid(dan, therapeutic, alice), by=alice, overrides=AnyReason()
    )
    signed.indication = SWEAT
    assert not is_intact(signed, stored_points(signed))


def test_the_draft_keeps_weight_guidance_and_scale(
    therapeutic: Vial, alice: Member, dan: Patient
) -> None:
    sheet = SheetInput(weight_kg=61.5, guidance="emg", scale_before=58)
    draft = laid(dan, therapeutic, alice, sheet=sheet)
    draft.refresh_from_db()
    assert draft.weight_kg == Decimal("61.50")
    assert draft.guidance == "emg"
    assert draft.scale_before == Decimal("58.00")


def test_face_and_body_have_each_their_own_draft(
    dan: Patient, vial: Vial, therapeutic: Vial, alice: Member
) -> None:
    face = charted(dan, vial, alice)
    body = laid(dan, therapeutic, alice)
    assert face.pk != body.pk
    assert start_treatment(patient=dan, by=alice).pk == face.pk
    assert start_session(patient=dan, indication=MIGRAINE, by=alice).pk == body.pk
    assert start_session(patient=dan, indication=SWEAT, by=alice).pk not in {face.pk, body.pk}


def test_an_unknown_indication_is_refused(dan: Patient, alice: Member) -> None:
    with pytest.raises(InputError, match="No indication 'hiccups'"):
        start_session(patient=dan, indication="hiccups", by=alice)


def test_the_limit_counts_over_all_indications_and_names_them(
    dan: Patient, therapeutic: Vial, alice: Member, carol: Member
) -> None:
    for days, indication in ((20, MIGRAINE), (30, SWEAT)):
        given_days_ago(dan, alice, carol, days, indication)
    said = findings(laid(dan, therapeutic, alice))["cumulative-maximum"]
    assert "410 U Botox within 84 days" in said
    assert "100 U for Sweating of the armpits" in said


def test_the_face_counts_and_its_units_are_never_added(
    dan: Patient, vial: Vial, therapeutic: Vial, alice: Member
) -> None:
    sign_treatment(treatment=charted(dan, vial, alice), by=alice, overrides=AnyReason())
    said = findings(laid(dan, therapeutic, alice))["cumulative-together"]
    assert "155 U Botox is 39% of its limit and 20 U Botox Cosmetic is 5% of its own" in said


def test_the_body_counts_for_the_face(
    dan: Patient, vial: Vial, alice: Member, carol: Member
) -> None:
    given_days_ago(dan, alice, carol, 20)
    draft = charted(dan, vial, alice)
    assert [one.units for one in elsewhere(draft)] == [155]
    assert "155 U Botox is 39% of its own" in findings(draft)["cumulative-together"]


def test_a_body_session_is_no_history_of_the_face(
    dan: Patient, vial: Vial, alice: Member, carol: Member
) -> None:
    given_days_ago(dan, alice, carol, 20)
    draft = charted(dan, vial, alice)
    assert planning.earlier_treatments(dan, before=draft) == []
    assert "interval" not in findings(draft)


def test_a_vial_of_the_body_is_not_offered_in_the_face(
    dan: Patient, vial: Vial, therapeutic: Vial, alice: Member, signed_in: SignedIn
) -> None:
    draft = start_treatment(patient=dan, by=alice)
    page = signed_in(alice).get(f"/treatments/{draft.pk}/chart/").content.decode()
    assert vial.lot in page
    assert therapeutic.lot not in page


def test_a_point_in_the_face_from_a_vial_of_the_body_cannot_be_signed(
    dan: Patient, therapeutic: Vial, alice: Member
) -> None:
    draft = charted(dan, therapeutic, alice)
    told = planning.assess(draft, stored_points(draft), now=timezone.now())
    assert "Botox is no product for the face" in told.problem
    with pytest.raises(UserError, match="no product for the face"):
        sign_treatment(treatment=draft, by=alice, overrides=AnyReason())


def test_two_products_in_one_session_cannot_be_signed(
    dan: Patient, vial: Vial, therapeutic: Vial, alice: Member
) -> None:
    draft = laid(dan, therapeutic, alice)
    points = [point.as_json() for point in stored_points(draft)]
    points[0] |= {"vial": vial.pk}
    sent = [PointInput(**one) for one in points]  # type: ignore[arg-type]
    save_draft(treatment=draft, points=sent, version=1, by=alice)
    with pytest.raises(rules.SignRefused, match="A session has one product"):
        sign_treatment(treatment=draft, by=alice, overrides=AnyReason())


@pytest.fixture
def kim(alice: Member) -> Patient:
    """A child of seven years."""
    born = date(timezone.localdate().year - 7, 1, 1)
    return add_patient(
        about=about("Kim", date_of_birth=born), measures=measures(), by=alice,
        at=timezone.now() - timedelta(days=30),
    )  # fmt: skip


def test_a_child_is_stopped_without_its_weight_and_above_it(
    kim: Patient, therapeutic: Vial, alice: Member
) -> None:
    wanted = {"targets": ("biceps",), "sides": (Side.RIGHT,)}
    draft = laid(kim, therapeutic, alice, CHILD, weight_kg=20, **wanted)
    assert "no-weight" in findings(draft)
    draft.weight_kg = Decimal(20)
    assert "no-weight" not in findings(draft)
    heavy = laid_points(draft, LayInput(vial=therapeutic.pk, weight_kg=45, **wanted))
    save_draft(treatment=draft, points=as_input(heavy * 2), version=1, by=alice,
               sheet=SheetInput(weight_kg=20))  # fmt: skip
    draft.refresh_from_db()
    assert "the limit is 120 U" in findings(draft)["weight-maximum"]


def test_a_point_off_its_picture_or_indication_is_refused(
    dan: Patient, therapeutic: Vial, alice: Member
) -> None:
    draft = start_session(patient=dan, indication=MIGRAINE, by=alice)
    good: dict[str, Any] = {
        "key": "p1", "target": "frontalis", "x_mm": 14, "y_mm": 50, "side": "left", "units": 5,
        "vial": therapeutic.pk,
    }  # fmt: skip
    for change, words in (
        ({"target": "soleus"}, "does not belong to Chronic migraine"),
        ({"target": ""}, "does not belong to Chronic migraine"),
        ({"x_mm": 400.0}, "off the picture"),
        ({"x_mm": float("nan")}, "off the picture"),
        ({"side": "midline"}, "say left or right"),
        ({"vial": 999999}, "not in stock"),
        ({"units": 0.0}, "more than 0 units"),
    ):
        with pytest.raises(rules.PointRefused, match=words):
            save_draft(treatment=draft, points=[PointInput(**(good | change))], version=0, by=alice)


def test_the_last_session_is_repeated_from_the_vial_in_hand(
    dan: Patient, vial: Vial, therapeutic: Vial, alice: Member, carol: Member
) -> None:
    first = given_days_ago(dan, alice, carol, 90)
    draft = start_session(patient=dan, indication=MIGRAINE, by=alice)
    again = repeated_points(draft, therapeutic.pk)
    assert len(again) == 31
    assert {one["vial"] for one in again} == {therapeutic.pk}
    kept = [(p.target, p.x_mm, p.y_mm, p.units) for p in stored_points(first)]
    assert [(o["target"], o["x_mm"], o["y_mm"], o["units"]) for o in again] == kept
    with pytest.raises(InputError, match="Choose a vial of Botox"):
        repeated_points(draft, vial.pk)


def test_a_scale_is_read_after_and_kept_as_it_is(
    dan: Patient, alice: Member, carol: Member, today: date
) -> None:
    signed = given_days_ago(dan, alice, carol, 60)
    read = read_scale(treatment=signed, value=Decimal(55), date=today, by=alice)
    assert read.scale == "HIT-6"
    for value, on, words in (
        (Decimal(90), today, "goes from 36 to 78"),
        (Decimal(50), signed.date, "later day"),
        (Decimal(50), today + timedelta(days=1), "in the future"),
    ):
        with pytest.raises(ScaleRefused, match=words):
            read_scale(treatment=signed, value=value, date=on, by=alice)
    with pytest.raises(NotAllowed):
        read_scale(treatment=signed, value=Decimal(50), date=today, by=carol)
    with pytest.raises(DatabaseError), transaction.atomic():
        ScaleReading.objects.update(value=40)


def test_a_scale_is_not_read_of_a_draft_or_where_none_is_known(
    dan: Patient, therapeutic: Vial, alice: Member, carol: Member, today: date
) -> None:
    with pytest.raises(ScaleRefused, match="not signed"):
        read_scale(treatment=laid(dan, therapeutic, alice), value=Decimal(50), date=today, by=alice)
    lids = given_days_ago(dan, alice, carol, 20, "blepharospasm")
    with pytest.raises(ScaleRefused, match="No source"):
        read_scale(treatment=lids, value=Decimal(1), date=today, by=alice)


def test_the_timeline_says_from_when_it_may_come_again(
    dan: Patient, alice: Member, carol: Member, today: date
) -> None:
    signed = given_days_ago(dan, alice, carol, 60)
    [row] = next_sessions(dan, today=today)
    assert row.from_day == signed.date + timedelta(days=84)
    assert not row.overdue


def test_the_pages_of_a_session_from_choice_to_print(
    dan: Patient, therapeutic: Vial, alice: Member, carol: Member, signed_in: SignedIn
) -> None:
    given_days_ago(dan, alice, carol, 90)
    client = signed_in(alice)
    assert "Chronic migraine" in client.get(f"/body/patient/{dan.pk}/").content.decode()
    started = client.post(f"/body/patient/{dan.pk}/", {"indication": MIGRAINE})
    page = client.get(started.url).content.decode()
    for words in ("Lay the protocol", "Repeat the session", "No forecast", "31", "bt", "HIT-6"):
        assert words in page
    base = started.url
    points = post_json(client, f"{base}lay/", {"vial": therapeutic.pk}).json()["points"]
    sent = [one | {"key": f"p{i}"} for i, one in enumerate(points)]
    body = {"version": 0, "points": sent, "sheet": {"scale_before": 60}}
    saved = post_json(client, f"{base}draft/", body).json()
    assert saved["version"] == 1
    assert "155" in saved["totals_html"]
    assert post_json(client, f"{base}draft/", body).status_code == 409
    draft = Treatment.objects.get(state="draft", indication=MIGRAINE)
    assert client.get(f"/treatments/{draft.pk}/chart/").url == base
    form = {"version": 1, "date": draft.date.isoformat()}
    signed = client.post(f"/treatments/{draft.pk}/sign/", form)
    record = client.get(signed.url).content.decode()
    for words in ("Occipitalis, left", "Read HIT-6 now", "What was found at signing"):
        assert words in record
    printed = client.get(f"/treatments/{draft.pk}/pdf/")
    assert printed.status_code in {200, 501}
    assert client.get(f"/patients/{dan.pk}/").status_code == 200
    assert client.get(f"/treatments/{draft.pk}/review/").status_code == 200


def test_a_refusal_of_the_page_is_said_in_words(
    dan: Patient, therapeutic: Vial, alice: Member, signed_in: SignedIn
) -> None:
    client = signed_in(alice)
    draft = start_session(patient=dan, indication="cervical-dystonia", by=alice)
    told = post_json(client, f"/body/{draft.pk}/lay/", {"vial": therapeutic.pk})
    assert told.status_code == 422
    assert "Type the units" in told.json()["error"]
    wrong = client.post(f"/body/patient/{dan.pk}/", {"indication": "hiccups"})
    assert "No indication" in wrong.content.decode()


def test_another_clinic_sees_nothing_of_it(
    dan: Patient, therapeutic: Vial, alice: Member, carol: Member, signed_in: SignedIn
) -> None:
    draft = laid(dan, therapeutic, alice)
    client = signed_in(member("Eve", Role.INJECTOR, clinic="Other Clinic"))
    for address in (f"/body/patient/{dan.pk}/", f"/body/{draft.pk}/"):
        assert client.get(address).status_code == 404
    for name in ("draft", "lay", "repeat"):
        assert post_json(client, f"/body/{draft.pk}/{name}/", {}).status_code == 404
    assert signed_in(carol).get(f"/body/{draft.pk}/").status_code == 403
