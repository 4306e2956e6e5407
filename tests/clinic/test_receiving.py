"""Vials come in: scanned, photographed or typed; what looks false is stopped with words."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from glabella import facts
from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.stock import scanning
from glabella.clinic.stock.actions import open_vial, receive_vials
from glabella.clinic.stock.models import Delivery, KnownCode, Supplier, Vial
from glabella.clinic.stock.receiving import NO_LOT, Carton, suspicions
from glabella.clinic.stock.rules import VialRefused
from glabella.clinic.stock.scanning import Scan, ScanRefused, read_picture, read_text
from glabella.clinic.tasks.models import Task
from tests.clinic.conftest import SignedIn, member, stock_vial

GTIN = "00300239232013"
UNKNOWN = "04150123456782"
CODE = f"01{GTIN}17310228" + "10C1234C3\x1d21SERIAL9"
SCAN = Scan(gtin=GTIN, lot="C1234C3", expiry=date(2031, 2, 28), serial="SERIAL9")


def carton(**more: Any) -> Carton:
    good = {
        "product": "botox-cosmetic",
        "vial_units": Decimal(100),
        "lot": "C1234C3",
        "expiry": timezone.localdate() + timedelta(days=300),
        "gtin": GTIN,
        "serial": "SERIAL9",
    }
    return Carton(**(good | more))


def picture(*texts: str, kind: str = "PNG") -> bytes:
    """A photo with one code beside the other."""
    drawn = [
        Image.fromarray(
            zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, gs1=True).to_image(
                scale=6
            )
        )
        for text in texts
    ]
    whole = Image.new("L", (sum(one.width + 60 for one in drawn) or 100, 320), 255)
    for place, one in enumerate(drawn):
        whole.paste(one, (30 + place * (one.width + 60), 40))
    kept = io.BytesIO()
    whole.save(kept, kind)
    return kept.getvalue()


def brackets(serial: str = "SERIAL9", gtin: str = GTIN) -> str:
    return f"(01){gtin}(17)310228(10)C1234C3(21){serial}"


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f"]d2{CODE}",
        f"]d2{CODE}\r\n",
        CODE.replace("\x1d", "<GS>"),
        CODE.replace("\x1d", "␝"),
        brackets(),
    ],
)
def test_a_scan_is_read_however_the_scanner_sends_it(text: str) -> None:
    assert read_text(text) == SCAN


def test_a_day_of_nought_is_the_last_day_of_the_month() -> None:
    assert read_text(f"01{GTIN}1731020010L").expiry == date(2031, 2, 28)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Nothing was scanned"),
        ("hello", "not the GS1 code"),
        ("]d2", "no trade item number"),
        ("10LOT", "no trade item number"),
        ("0100300239232019", "check digit"),
        ("GLV000001", "not the GS1 code"),
    ],
)
def test_a_scan_that_is_no_carton_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ScanRefused, match=words):
        read_text(text)


def test_a_photo_of_two_cartons_gives_both_codes() -> None:
    found = read_picture(picture(brackets("A1"), brackets("B2")))
    assert {read_text(one).serial for one in found} == {"A1", "B2"}


@pytest.mark.parametrize(
    ("sent", "words"),
    [(b"no picture at all", "no picture"), (picture(), "No code was found")],
)
def test_a_picture_without_a_code_says_what_to_do(sent: bytes, words: str) -> None:
    with pytest.raises(ScanRefused, match=words):
        read_picture(sent)


def test_every_drug_code_that_was_seen_makes_a_number_that_is_read_back() -> None:
    for known in facts.load().integrity.cartons:
        number = scanning.gtin_of(known)
        assert scanning.carton_of(number) == known
        assert read_text(f"01{number}").gtin == number
    assert scanning.carton_of(UNKNOWN) is None


def test_a_photo_is_kept_small_and_without_its_metadata() -> None:
    image = Image.new("RGB", (3000, 1000), "white")
    exif = Image.Exif()
    exif[0x010F] = "Some camera"
    sent = io.BytesIO()
    image.save(sent, "JPEG", exif=exif)
    kept = Image.open(io.BytesIO(scanning.photo(sent.getvalue())))
    assert max(kept.size) == scanning.PHOTO_SIDE
    assert not kept.getexif()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"lot": "c3709c3"}, "counterfeit-lot"),
        ({"lot": "C3060", "gtin": ""}, "counterfeit-lot"),
        ({"lot": NO_LOT}, "lot-missing"),
        ({"vial_units": Decimal(150), "gtin": ""}, "size-impossible"),
        ({"vial_units": Decimal(50)}, "code-of-another"),
        ({"product": "xeomin"}, "code-of-another"),
    ],
)
def test_what_looks_false_is_stopped_with_words_source_and_whom_to_tell(
    carol: Member, wrong: dict[str, Any], code: str
) -> None:
    assert [one.code for one in suspicions(carton(**wrong))] == [code]
    (vial,) = receive_vials(cartons=[carton(**wrong)], by=carol)
    stop = vial.quarantines.get()
    assert vial.held
    assert stop.source
    assert "800-551-3989" in stop.mend
    assert Task.objects.get(key=f"quarantine-{vial.pk}").url == f"/stock/{vial.pk}/"
    with pytest.raises(VialRefused, match="in quarantine"):
        open_vial(vial=vial, diluent_ml=Decimal("2.5"), by=carol)


def test_a_good_carton_is_not_suspected(carol: Member) -> None:
    assert suspicions(carton()) == []
    (vial,) = receive_vials(cartons=[carton()], by=carol)
    assert not vial.held


def test_the_same_serial_twice_is_refused_and_nothing_of_the_list_is_kept(carol: Member) -> None:
    receive_vials(cartons=[carton()], by=carol)
    with pytest.raises(VialRefused, match="one of the two is a copy"):
        receive_vials(cartons=[carton(serial="NEW"), carton()], by=carol)
    assert Vial.objects.count() == 1
    assert Delivery.objects.count() == 1


def test_vials_without_a_serial_number_are_not_taken_for_copies(carol: Member) -> None:
    receive_vials(cartons=[carton(serial=""), carton(serial="")], by=carol)
    assert Vial.objects.count() == 2


def test_an_empty_list_is_refused(carol: Member) -> None:
    with pytest.raises(VialRefused, match="No vial is on the list"):
        receive_vials(cartons=[], by=carol)


def test_an_unknown_number_is_tied_once_with_who_and_when(carol: Member) -> None:
    told = carton(gtin=UNKNOWN, tie=True)
    receive_vials(cartons=[told, carton(gtin=UNKNOWN, tie=True, serial="2")], by=carol)
    known = KnownCode.objects.get()
    assert (known.product, known.tied_by) == ("botox-cosmetic", carol)
    assert AuditEvent.objects.filter(action="code tied to a product").count() == 1


def scan(client: Client, **sent: Any) -> Any:
    return client.post("/stock/scan/", sent)


def test_a_scan_fills_in_the_product_and_says_what_is_wrong(
    signed_in: SignedIn, carol: Member
) -> None:
    client = signed_in(carol)
    (read,) = scan(client, text=CODE).json()["cartons"]
    assert (read["product"], read["vial_units"], read["expiry"]) == (
        "botox-cosmetic",
        "100",
        "2031-02-28",
    )
    assert read["stops"] == []
    (stopped,) = scan(client, text=CODE.replace("C1234C3", "C3709C3")).json()["cartons"]
    assert "counterfeit" in stopped["stops"][0]["message"]
    receive_vials(cartons=[carton()], by=carol)
    again = scan(client, text=CODE)
    assert again.status_code == 422
    assert "one of the two is a copy" in again.json()["error"]


def test_a_number_that_somebody_tied_is_known_from_then_on_in_this_clinic_only(
    signed_in: SignedIn, carol: Member
) -> None:
    text = brackets("X7", UNKNOWN)
    client = signed_in(carol)
    (before,) = scan(client, text=text).json()["cartons"]
    assert before["tie"]
    assert "kept for this number" in before["note"]
    receive_vials(cartons=[carton(gtin=UNKNOWN, tie=True)], by=carol)
    (after,) = scan(client, text=text).json()["cartons"]
    assert (after["product"], after["tie"]) == ("botox-cosmetic", False)
    other = signed_in(member("Zoe", Role.ASSISTANT, clinic="Other Clinic"))
    assert scan(other, text=text).json()["cartons"][0]["tie"]


def test_a_photo_is_read_by_the_clinic(signed_in: SignedIn, carol: Member) -> None:
    sent = SimpleUploadedFile("photo.png", picture(brackets()), "image/png")
    (read,) = scan(signed_in(carol), picture=sent).json()["cartons"]
    assert read["serial"] == "SERIAL9"


def form(*lines: dict[str, str], **more: str) -> dict[str, str]:
    sent = {"vial-TOTAL_FORMS": str(len(lines)), "vial-INITIAL_FORMS": "0"}
    for place, line in enumerate(lines):
        sent |= {f"vial-{place}-{name}": value for name, value in line.items()}
    return sent | more


LINE = {
    "product": "botox-cosmetic",
    "vial_units": "100",
    "lot": "C1234C3",
    "expiry": "2031-02-28",
    "price": "410.50",
}


def test_several_vials_are_received_in_one_go_with_supplier_note_and_photo(
    signed_in: SignedIn, carol: Member
) -> None:
    client = signed_in(carol)
    client.post("/stock/suppliers/", {"name": "Trader", "licence": "WDA 1", "checked": "on"})
    trader = Supplier.objects.get()
    assert (trader.licence_checked_by, trader.licence) == (carol, "WDA 1")
    photo = SimpleUploadedFile("carton.png", picture(brackets()), "image/png")
    sent = form(LINE | {"serial": "1"}, LINE | {"serial": "2"}, {"product": ""}, note_number="N-1")
    answer = client.post(
        "/stock/receive/", sent | {"supplier": str(trader.pk), "photo": photo}, follow=True
    )
    assert b"2 vials are in stock" in answer.content
    assert b"WDA 1, checked on" in answer.content
    delivery = Delivery.objects.get()
    assert set(delivery.vials.values_list("price", flat=True)) == {Decimal("410.50")}
    shown = client.get(f"/stock/deliveries/{delivery.pk}/photo/")
    assert shown["Content-Type"] == "image/jpeg"
    assert shown.content.startswith(b"\xff\xd8")


def test_a_carton_without_a_lot_is_typed_as_such(signed_in: SignedIn, carol: Member) -> None:
    client = signed_in(carol)
    bare = {name: value for name, value in LINE.items() if name != "lot"}
    refused = client.post("/stock/receive/", form(bare))
    assert refused.status_code == 422
    assert b"if none is printed, tick the box" in refused.content
    answer = client.post("/stock/receive/", form(bare | {"no_lot": "on"}), follow=True)
    assert b"The carton has no lot number" in answer.content


def test_a_supplier_is_not_checked_without_a_number(signed_in: SignedIn, carol: Member) -> None:
    answer = signed_in(carol).post("/stock/suppliers/", {"name": "Trader", "checked": "on"})
    assert answer.status_code == 422
    assert b"Type the number of the licence" in answer.content


@pytest.mark.parametrize("by", ["number", "serial", "lot", "code"])
def test_a_vial_is_found_by_label_serial_lot_or_carton(
    signed_in: SignedIn, carol: Member, by: str
) -> None:
    (vial,) = receive_vials(cartons=[carton()], by=carol)
    code = {"number": vial.number, "serial": vial.serial, "lot": vial.lot, "code": CODE}[by]
    answer = signed_in(carol).get("/stock/find/", {"code": code})
    assert answer.url == f"/stock/{vial.pk}/"


def test_what_is_not_there_is_not_found(signed_in: SignedIn, carol: Member) -> None:
    stock_vial(carol)
    stock_vial(carol)
    for code in ("", "GLV999999", "GLV99999999999999999999", "LOT-7", "nothing"):
        assert signed_in(carol).get("/stock/find/", {"code": code}).url == "/stock/"


def test_another_clinics_delivery_is_not_there(signed_in: SignedIn, carol: Member) -> None:
    (vial,) = receive_vials(cartons=[carton()], photo=b"\xff\xd8", by=carol)
    zoe = signed_in(member("Zoe", Role.ASSISTANT, clinic="Other Clinic"))
    for page in ("", "photo/"):
        assert zoe.get(f"/stock/deliveries/{vial.delivery_id}/{page}").status_code == 404
    for page in ("", "label/", "label.pdf"):
        assert zoe.get(f"/stock/{vial.pk}/{page}").status_code == 404
    assert zoe.get("/stock/find/", {"code": vial.number}).url == "/stock/"


def test_the_codes_to_practise_on_can_be_scanned(signed_in: SignedIn, carol: Member) -> None:
    answer = signed_in(carol).get("/stock/practice/")
    for made in answer.context["cartons"]:
        assert read_text(made.text).gtin
        assert made.code.startswith("<svg")


def test_the_label_says_what_is_in_the_vial_and_its_code_names_it(
    signed_in: SignedIn, vial: Vial, carol: Member
) -> None:
    answer = signed_in(carol).get(f"/stock/{vial.pk}/label/")
    for words in (vial.number, vial.lot, "4 U in 0.1 mL", "Use by", "By A"):
        assert words in answer.content.decode()
    printed = signed_in(carol).get(f"/stock/{vial.pk}/label.pdf")
    assert printed.content.startswith(b"%PDF")
