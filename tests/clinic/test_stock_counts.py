"""Counting blind, signing what was found, ordering, and who used what."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.utils import timezone

from glabella.clinic.audit.chain import verify
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.stock.accounts import unbalanced, vial_balance
from glabella.clinic.stock.actions import discard_vial, waste_units
from glabella.clinic.stock.models import Vial
from glabella.clinic.stocktake import actions
from glabella.clinic.stocktake.models import CountLine, StockCount
from glabella.clinic.stocktake.queries import kit_rows, reorder_rows
from glabella.clinic.stocktake.rules import CountRefused, Entry, of_weight, safe_cell
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import SignedIn, member, stock_vial

WORDS = "It was not in the refrigerator."


@pytest.fixture
def whole(carol: Member) -> Vial:
    return stock_vial(carol, lot="WHOLE")


@pytest.fixture
def count(vial: Vial, whole: Vial, carol: Member) -> StockCount:
    """A count of one open and one unopened vial."""
    return actions.start_count(by=carol)


def line(count: StockCount, vial: Vial) -> CountLine:
    return count.lines.get(vial=vial)


def enter(count: StockCount, carol: Member, found: dict[Vial, Entry]) -> None:
    entries = {line(count, vial).pk: entry for vial, entry in found.items()}
    actions.enter_count(count=count, entries=entries, by=carol)


THERE, MISSING = Entry(seen=True), Entry(seen=False)
FULL = Entry(seen=True, found_ml=Decimal("2.5"))


def test_a_count_that_agrees_is_signed_without_a_word(
    count: StockCount, vial: Vial, whole: Vial, carol: Member
) -> None:
    enter(count, carol, {vial: FULL, whole: THERE})
    actions.sign_count(count=count, reasons={}, by=carol)
    assert unbalanced(vial.clinic_id) == []
    assert verify(carol.clinic).holds


def test_a_difference_needs_its_reason_and_the_record_follows(
    count: StockCount, vial: Vial, whole: Vial, carol: Member
) -> None:
    enter(count, carol, {vial: Entry(found_ml=Decimal("2.0")), whole: MISSING})
    with pytest.raises(CountRefused, match="differs from the book"):
        actions.sign_count(count=count, reasons={}, by=carol)
    assert not StockCount.objects.get().signed_at
    reasons = {
        line(count, vial).pk: ("spill", "Carol spilled half a millilitre."),
        line(count, whole).pk: ("not-known", WORDS),
    }
    actions.sign_count(count=count, reasons=reasons, by=carol)
    assert vial_balance(vial).remaining == 80
    assert vial_balance(whole).missing == 100
    assert vial_balance(whole).holds
    assert unbalanced(vial.clinic_id) == [whole.pk]


def test_nothing_is_signed_before_everything_is_counted(
    count: StockCount, vial: Vial, whole: Vial, carol: Member
) -> None:
    enter(count, carol, {vial: THERE, whole: THERE})
    with pytest.raises(CountRefused, match=f"Not counted yet: {vial.number}"):
        actions.sign_count(count=count, reasons={}, by=carol)


def test_what_is_drawn_while_one_counts_is_counted_again(
    count: StockCount, vial: Vial, whole: Vial, carol: Member, alice: Member
) -> None:
    enter(count, carol, {vial: FULL, whole: THERE})
    waste_units(vial=vial, units=Decimal(4), reason="spilled", by=alice)
    with pytest.raises(CountRefused, match="since it was counted"):
        actions.sign_count(count=count, reasons={}, by=carol)


def test_a_signed_count_is_locked_also_in_the_database(
    count: StockCount, vial: Vial, whole: Vial, carol: Member
) -> None:
    enter(count, carol, {vial: FULL, whole: THERE})
    actions.sign_count(count=count, reasons={}, by=carol)
    with pytest.raises(CountRefused, match="signed meanwhile"):
        actions.sign_count(count=count, reasons={}, by=carol)
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        CountLine.objects.update(words="x")
    assert actions.start_count(by=carol).pk != count.pk


def test_the_page_hides_the_book_until_all_is_entered_and_keeps_what_was_typed(
    signed_in: SignedIn, count: StockCount, vial: Vial, whole: Vial, carol: Member
) -> None:
    client, url = signed_in(carol), f"/stock-counts/{count.pk}/"
    page = client.get(url).content.decode()
    assert vial.number in page
    assert "100 U in the book" not in page
    assert "Book" not in page
    key, other = line(count, vial).pk, line(count, whole).pk
    wrong = client.post(url, {f"seen-{key}": "there", f"ml-{key}": "two"})
    assert wrong.status_code == 422
    assert b'value="two"' in wrong.content
    sent = {f"seen-{key}": "there", f"g-{key}": "2,0", f"seen-{other}": "there"}
    compared = client.post(url, sent, follow=True).content.decode()
    assert "-20 U" in compared
    refused = client.post(f"{url}compare/", {f"words-{key}": "Hm"})
    assert refused.status_code == 422
    assert b'value="Hm"' in refused.content
    signing = {f"reason-{key}": "hub", f"words-{key}": "Twenty syringes today."}
    done = client.post(f"{url}compare/", signing, follow=True)
    assert b"Signed by Carol" in done.content


def test_a_gram_is_a_millilitre_as_the_facts_assume() -> None:
    assert of_weight(Decimal("1.5")) == Decimal("1.50")


def test_another_clinics_count_is_not_there(signed_in: SignedIn, count: StockCount) -> None:
    zoe = signed_in(member("Zoe", Role.ASSISTANT, clinic="Other Clinic"))
    assert zoe.get(f"/stock-counts/{count.pk}/").status_code == 404
    assert zoe.post(f"/stock-counts/{count.pk}/compare/").status_code == 404


def test_what_to_order_counts_good_unopened_vials_only(
    carol: Member, alice: Member, today: date
) -> None:
    stock_vial(carol)
    stock_vial(carol, opened_by=alice)
    stock_vial(carol, expiry=today + timedelta(days=10))
    kept = {"product": "botox-cosmetic", "vial_units": Decimal(100), "by": carol}
    actions.set_par_level(least=3, **kept)
    (row,) = reorder_rows(carol.clinic_id, today=today)
    assert (row.there, row.soon, row.order) == (2, 1, 2)
    actions.set_par_level(least=0, **kept)
    assert [row.order for row in reorder_rows(carol.clinic_id, today=today)] == [0]
    with pytest.raises(CountRefused, match="comes in vials of 50, 100 U"):
        actions.set_par_level(least=1, product="botox-cosmetic", vial_units=Decimal(70), by=carol)


def test_the_emergency_kit_says_what_is_out_of_date(carol: Member, today: date) -> None:
    for item, days in (("Old", -1), ("Soon", 5), ("Good", 300)):
        actions.keep_kit_item(item=item, expiry=today + timedelta(days=days), by=carol)
    states = {row.item.item: row.state for row in kit_rows(carol.clinic_id, today=today)}
    assert states == {"Old": "Expired", "Soon": "Expires soon", "Good": "In date"}
    actions.keep_kit_item(item="Old", expiry=today + timedelta(days=400), by=carol)
    assert {row.state for row in kit_rows(carol.clinic_id, today=today)} == {
        "In date",
        "Expires soon",
    }


def test_usage_and_waste_by_member_product_and_month(
    signed_in: SignedIn, signed: Treatment, vial: Vial, alice: Member
) -> None:
    Vial.objects.filter(pk=vial.pk).update(price=400)
    waste_units(vial=vial, units=Decimal(4), reason="spilled", by=alice)
    discard_vial(vial=vial, reason="remainder", by=alice)
    answer = signed_in(alice).get("/stock-counts/usage/")
    (row,) = answer.context["rows"]
    assert (row.member, row.product_name) == ("Alice", "Botox Cosmetic")
    assert (row.units["given"], row.units["wasted"], row.units["discarded"]) == (20, 4, 76)
    assert row.waste_fraction == 0.8
    assert row.cost_per_unit_given == pytest.approx(20)


def test_the_spreadsheet_runs_nothing(
    signed_in: SignedIn, signed: Treatment, alice: Member
) -> None:
    Member.objects.filter(pk=alice.pk).update(display_name='=HYPERLINK("x")')
    sent = signed_in(alice).get("/stock-counts/usage.csv")
    assert sent.content.startswith(b"\xef\xbb\xbf")
    assert b"'=HYPERLINK" in sent.content
    assert [safe_cell(one) for one in ("+1", "-1", "@x", "\tx", "plain", None, 3)] == [
        "'+1",
        "'-1",
        "'@x",
        "'\tx",
        "plain",
        "",
        "3",
    ]


def test_the_sheet_of_the_day_shows_what_was_touched(
    signed_in: SignedIn, signed: Treatment, vial: Vial, whole: Vial, alice: Member
) -> None:
    (row,) = signed_in(alice).get("/stock-counts/day/").context["rows"]
    assert (row.vial.pk, row.drawn, row.left, row.holds) == (vial.pk, 20, 80, True)
    long_ago = signed_in(alice).get("/stock-counts/day/", {"day": "2001-01-01"})
    assert long_ago.context["rows"] == []
    assert signed_in(alice).get("/stock-counts/day/", {"day": "2001-13-99"}).status_code == 200


def test_every_room_of_the_stock_is_an_app() -> None:
    known = {config.label for config in apps.get_app_configs()}
    assert {"stock", "coldchain", "stocktake", "lot_recalls"} <= known
    assert timezone.now()
