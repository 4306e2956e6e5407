"""Reads the codes on cartons: pictures become text, text becomes what the carton says."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date

import zxingcpp
from biip import ParseError
from biip.gs1_messages import GS1Message
from biip.symbology import SymbologyIdentifier
from django.utils.html import escape
from PIL import Image, UnidentifiedImageError

from glabella import facts
from glabella.errors import RecordError
from glabella.facts.integrity import CartonCode

LARGEST_PICTURE = 12 * 1024 * 1024
LARGEST_SIDE = 2400
PHOTO_SIDE = 1600
GROUP_SEPARATOR = "\x1d"
# What keyboard scanners send in its place when they are set so.
STAND_INS = ("<GS>", "{GS}", "␝")
NDC_PREFIX = "03"


class ScanRefused(RecordError):
    """The code cannot be read, or is not that of a vial."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a GS1 code says; what it does not hold is empty."""

    gtin: str = ""
    lot: str = ""
    expiry: date | None = None
    serial: str = ""


def read_text(text: str) -> Scan:
    """What a scanned text says: with or without brackets, with or without a symbology prefix."""
    text = text.strip().strip("\r\n")
    for stand_in in STAND_INS:
        text = text.replace(stand_in, GROUP_SEPARATOR)
    if not text:
        raise ScanRefused("Nothing was scanned. Scan the square code on the carton.")
    try:
        if text.startswith("]"):
            text = text[len(str(SymbologyIdentifier.extract(text).value)) :]
        brackets = text.startswith("(")
        message = GS1Message.parse_hri(text) if brackets else GS1Message.parse(text)
    except (ParseError, ValueError) as error:
        raise ScanRefused(
            "This is not the GS1 code of a carton. Scan the square code that stands beside the "
            "lot and the expiry, or type what is printed."
        ) from error
    return _scan(message)


def _scan(message: GS1Message) -> Scan:
    found = {one.ai.ai: one for one in message.element_strings}
    gtin = found.get("01")
    if gtin is None:
        raise ScanRefused("The code holds no trade item number, so it is not that of a carton.")
    if gtin.gtin_error:
        raise ScanRefused(
            f"The number {gtin.value} fails its own check digit: it was misread, or the carton is "
            "not genuine. Scan again; if it fails again, do not use the vial and report it."
        )
    expiry = found.get("17")
    if expiry is not None and expiry.date is None:
        raise ScanRefused(f"The expiry {expiry.value} in the code is no date. Do not use the vial.")
    return Scan(
        gtin=gtin.value,
        lot=found["10"].value if "10" in found else "",
        expiry=expiry.date if expiry else None,
        serial=found["21"].value if "21" in found else "",
    )


def _opened(picture: bytes) -> Image.Image:
    if len(picture) > LARGEST_PICTURE:
        raise ScanRefused("The picture is larger than 12 MB. Take it with fewer pixels.")
    try:
        image = Image.open(io.BytesIO(picture))
        # A few bytes may unfold to a huge picture: the sizes are looked at before the pixels.
        image.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
        image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        return image.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise ScanRefused("This file is no picture that can be read: send JPEG or PNG.") from error


def read_picture(picture: bytes) -> list[str]:
    """The codes in a picture as scanners send them; several cartons in one photo are all read."""
    codes = zxingcpp.read_barcodes(_opened(picture))
    found = [
        code.symbology_identifier + code.bytes.decode("latin-1") for code in codes if code.valid
    ]
    if not found:
        raise ScanRefused(
            "No code was found in the picture. Hold the camera closer, level and without glare, "
            "or type what is printed."
        )
    return list(dict.fromkeys(found))


def photo(picture: bytes) -> bytes:
    """A photo as it is kept: a JPEG of moderate size without place, device or time."""
    image = _opened(picture)
    image.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=82)
    return kept.getvalue()


def carton_of(gtin: str) -> CartonCode | None:
    """The carton whose drug code is inside this trade item number; None when none was seen."""
    if gtin[1:3] != NDC_PREFIX:
        return None
    known = facts.load().integrity.cartons
    return next((carton for carton in known if carton.digits == gtin[3:13]), None)


def gs1_svg(*, gtin: str, expiry: date, lot: str, serial: str) -> str:
    """A carton's code as a picture, for trying the scanner in the demo."""
    content = f"(01){gtin}(17){expiry:%y%m%d}(10){lot}(21){serial}"
    made = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    return _inline(made.to_svg(), f"Code of a carton of lot {lot}")


def label_svg(number: str) -> str:
    """The code on a vial's own label."""
    made = zxingcpp.create_barcode(number, zxingcpp.BarcodeFormat.DataMatrix)
    return _inline(made.to_svg(), f"Code of vial {number}")


def gtin_of(carton: CartonCode) -> str:
    """The trade item number of a single carton, with its check digit."""
    body = f"0{NDC_PREFIX}{carton.digits}"
    odd, even = (sum(int(digit) for digit in body[start::2]) for start in (0, 1))
    return f"{body}{-(3 * odd + even) % 10}"


def _inline(svg: str, name: str) -> str:
    """The drawing without the head of a file, named, and scaled by its box, not in fixed pixels."""
    drawing = svg[svg.index("<svg") :]
    size = drawing.split('width="', 1)[1].split('"', 1)[0]
    head = f'<svg viewBox="0 0 {size} {size}" role="img" aria-label="{escape(name)}" '
    return drawing.replace("<svg ", head, 1)
